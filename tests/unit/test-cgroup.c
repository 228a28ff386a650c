/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cgroups: which there are, and directories made and removed below one of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "cgroup/dir.h"
#include "cgroup/layout.h"
#include "util/file.h"

#define _cleanup_error_ _cleanup_(error_freep)

/* --- layout --- */

static const struct {
	const char *list, *controller;
	bool has;
} lists[] = {
	{ "", "cpu", false },
	{ "", "", false },
	{ "cpu", "cpu", true },
	{ "cpu", "", false },
	{ "cpu", "cp", false },
	{ "cpu", "cpuset", false },
	{ "cpuset", "cpu", false },
	{ "cpuacct,cpu", "cpu", true },
	{ "cpu,cpuacct", "cpu", true },
	{ "cpu,cpuacct", "cpuacct", true },
	{ "cpu,cpuacct", "acct", false },
	{ "cpu,cpuacct", "cpu,cpuacct", false },
	{ "net_cls,net_prio,cpu", "net_prio", true },
	{ "name=systemd", "name=systemd", true },
	{ "name=systemd", "systemd", false },
	{ "name=systemd", "name", false },
	{ "CPU", "cpu", false },
};

static void test_has_controller(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (cgroup_has_controller(lists[i].list, lists[i].controller) !=
		    lists[i].has)
			fail_msg("\"%s\" in \"%s\"", lists[i].controller, lists[i].list);
}

static void expect_hierarchy(const struct cgroup_hierarchy *h)
{
	struct stat st;
	char path[512];

	assert_int_equal(*h->base, '/');
	assert_int_equal(strncmp(h->mount, "/sys/fs/cgroup", 14), 0);
	(void)snprintf(path, sizeof(path), "%s%s/cgroup.procs", h->mount, h->base);
	assert_int_equal(stat(path, &st), 0);
	size_t n = strlen(h->base);
	assert_false(n >= 11 && !strcmp(h->base + n - 11, "/init.scope"));
}

static void test_host(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	for (int relative = 0; relative < 2; relative++) {
		_cleanup_cgroup_host_ struct cgroup_host all = {}, same = {}, none = {};

		assert_int_equal(cgroup_host_open(&all, relative, NULL, &err), 0);
		for (size_t i = 0; i < all.n_v1; i++)
			expect_hierarchy(&all.v1[i]);
		if (all.unified.mount) {
			expect_hierarchy(&all.unified);
			assert_string_equal(all.unified.controllers, "");
		}
		assert_in_range(all.layout, CGROUP_LEGACY, CGROUP_UNIFIED);
		if (all.layout == CGROUP_UNIFIED)
			assert_int_equal(all.n_v1, 0);
		assert_int_equal(cgroup_host_open(&same, relative, "@all", &err), 0);
		assert_int_equal(same.n_v1, all.n_v1);
		/* the unified one has no name and is never left out */
		assert_int_equal(cgroup_host_open(&none, relative, "nonsense", &err), 0);
		assert_int_equal(none.n_v1, 0);
		assert_int_equal(!none.unified.mount, !all.unified.mount);
		for (size_t i = 0; i < all.n_v1; i++) {
			_cleanup_cgroup_host_ struct cgroup_host one = {};
			char use[256];

			(void)snprintf(use, sizeof(use), "nonsense, %.*s",
				       (int)strcspn(all.v1[i].controllers, ","),
				       all.v1[i].controllers);
			assert_int_equal(cgroup_host_open(&one, relative, use, &err), 0);
			assert_int_equal(one.n_v1, 1);
			assert_string_equal(one.v1[0].controllers, all.v1[i].controllers);
		}
	}
	assert_null(err);
}

/* --- directories --- */

static char base[128]; /* a cgroup of our own; "" when we cannot have one */

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int make_base(void **state)
{
	const char *mount = is_cgroup2("/sys/fs/cgroup") ? "/sys/fs/cgroup"
			    : is_cgroup2("/sys/fs/cgroup/unified")
				    ? "/sys/fs/cgroup/unified"
				    : NULL;

	if (geteuid() != 0 || !mount)
		return 0;
	(void)snprintf(base, sizeof(base), "%s/test-cgroup.%d", mount, getpid());
	if (mkdir(base, 0755) < 0)
		base[0] = '\0';
	return 0;
}

static int remove_base(void **state)
{
	return base[0] ? rmdir(base) : 0;
}

#define NEED_BASE()                                                               \
	do {                                                                      \
		if (!base[0]) {                                                   \
			print_message("# this takes root and a cgroup2 that can " \
				      "be written\n");                            \
			skip();                                                   \
		}                                                                 \
	} while (0)

static bool exists(const char *path)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/%s", base, path);
	return access(full, F_OK) == 0;
}

static void test_make(void **state)
{
	NEED_BASE();
	_cleanup_close_ int dir = cgroup_make(base, "c1");
	_cleanup_close_ int deep = cgroup_make(base, "a/b/c");
	_cleanup_close_ int beside = cgroup_make(base, "a/b/d");
	struct stat st;

	assert_true(dir >= 0 && deep >= 0 && beside >= 0);
	assert_int_equal(fcntl(dir, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstatat(deep, "cgroup.procs", &st, 0), 0);
	assert_true(exists("c1") && exists("a/b/c") && exists("a/b/d"));
	assert_int_equal(cgroup_make(base, "c1"), -EEXIST);
	assert_int_equal(cgroup_make(base, "a/b"), -EEXIST);
	assert_int_equal(cgroup_make("/sys/fs/cgroup/no-such-place", "c1"), -ENOENT);
	assert_int_equal(cgroup_write(dir, "cgroup.max.depth", "3"), 0);
	assert_int_equal(cgroup_write(dir, "no-such-file", "3"), -ENOENT);
	assert_int_equal(cgroup_write(dir, "cgroup.max.depth", "nonsense"), -EINVAL);
	assert_int_equal(cgroup_remove(base, "c1", false), 0);
	assert_int_equal(cgroup_remove(base, "a", false), 0);
	assert_false(exists("c1") || exists("a"));
	assert_int_equal(cgroup_remove(base, "c1", true), 0);
}

static void test_too_long(void **state)
{
	char path[CGROUP_PATH_MAX + 1];

	NEED_BASE();
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(cgroup_make(base, path), -ENAMETOOLONG);
	assert_int_equal(cgroup_remove(base, path, true), -ENAMETOOLONG);
}

static void make_all(const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int fd = cgroup_make(base, paths[i]);

		assert_true(fd >= 0);
		(void)close(fd);
	}
}

static void test_remove_children(void **state)
{
	static const char *const paths[] = { "c1", "c1/system.slice",
					     "c1/system.slice/a.service", "c1/x/y/z" };

	NEED_BASE();
	make_all(paths, ARRAY_SIZE(paths));
	assert_int_equal(cgroup_remove(base, "c1", false), 0);
	assert_false(exists("c1"));
}

/* A container chooses the names of its own cgroups. */
static void test_remove_hidden(void **state)
{
	static const char *const paths[] = { "c1", "c1/.lxc", "c1/.lxc/..x", "c1/..." };

	NEED_BASE();
	make_all(paths, ARRAY_SIZE(paths));
	int r = cgroup_remove(base, "c1", true);
	for (size_t i = ARRAY_SIZE(paths); i-- > 0;) {
		char full[512];

		(void)snprintf(full, sizeof(full), "%s/%s", base, paths[i]);
		(void)rmdir(full);
	}
	assert_int_equal(r, 0);
}

#define DEEP 60

/* …and how deep they are. */
static void test_remove_deep(void **state)
{
	char path[DEEP * 2 + 1] = "";

	NEED_BASE();
	for (size_t i = 0; i < DEEP; i++) {
		memcpy(path + 2 * i, "d/", 3);
		path[2 * i + 1] = '\0';
		_cleanup_close_ int fd = cgroup_make(base, path);
		assert_true(fd >= 0);
		path[2 * i + 1] = '/';
	}
	int r = cgroup_remove(base, "d", true);
	for (size_t i = DEEP; i-- > 0;) {
		char full[512];

		path[2 * i + 1] = '\0';
		(void)snprintf(full, sizeof(full), "%s/%s", base, path);
		(void)rmdir(full);
	}
	assert_int_equal(r, 0);
}

/* A process that has entered a cgroup, and lives until it is killed. */
static pid_t start_inside(const char *path)
{
	char full[512], text[16];
	int status;

	(void)snprintf(full, sizeof(full), "%s/%s/cgroup.procs", base, path);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		for (;;)
			(void)pause();
	(void)snprintf(text, sizeof(text), "%d", pid);
	assert_int_equal(file_write(AT_FDCWD, full, text), 0);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	return pid;
}

static void test_remove_processes(void **state)
{
	static const char *const paths[] = { "c1", "c1/inner", "c1/inner/most" };
	int status;

	NEED_BASE();
	make_all(paths, ARRAY_SIZE(paths));
	pid_t outer = start_inside("c1"), inner = start_inside("c1/inner/most");
	assert_int_equal(cgroup_remove(base, "c1", false), -EBUSY);
	assert_int_equal(waitpid(outer, &status, WNOHANG), 0);
	assert_int_equal(waitpid(inner, &status, WNOHANG), 0);
	assert_true(exists("c1/inner/most"));
	int r = cgroup_remove(base, "c1", true);
	assert_int_equal(waitpid(outer, &status, 0), outer);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(inner, &status, 0), inner);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(r, 0);
	assert_false(exists("c1"));
}

/* Children of a process that has entered; they fork as fast as they can. */
static void fork_for_ever(int start)
{
	char c;

	(void)!read(start, &c, 1);
	for (int i = 0; i < 30; i++) {
		if (fork() == 0)
			for (;;) {
				if (fork() == 0)
					_exit(0);
				(void)waitpid(-1, NULL, 0);
			}
	}
	for (;;)
		(void)pause();
}

static void test_remove_fork_bomb(void **state)
{
	static const char *const paths[] = { "c1" };
	char file[512], text[16];
	int ends[2];

	NEED_BASE();
	make_all(paths, 1);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		fork_for_ever(ends[0]);
	(void)snprintf(file, sizeof(file), "%s/c1/cgroup.procs", base);
	(void)snprintf(text, sizeof(text), "%d", pid);
	assert_int_equal(file_write(AT_FDCWD, file, text), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	(void)usleep(20000);
	assert_int_equal(cgroup_remove(base, "c1", true), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(exists("c1"));
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has_controller),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_remove_children),
		cmocka_unit_test(test_remove_hidden),
		cmocka_unit_test(test_remove_deep),
		cmocka_unit_test(test_remove_processes),
		cmocka_unit_test(test_remove_fork_bomb),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_base, remove_base);
}
