/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places below a root that an enemy has prepared.  Next to the root lies a directory, the
 * tripwire, that stays empty whatever is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mount/root.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/syscall.h"

static char top[] = "/tmp/test-mount-root.XXXXXX";
static int top_fd = NO_FD, root = NO_FD;

static const char *const links[][2] = {
	/* target, name */
	{ "/dir", "absolute" },
	{ "dir", "relative" },
	{ "../../../../dir", "dotdot" },
	{ "/", "slash" },
	{ "chain2", "chain1" },
	{ "/chain3", "chain2" },
	{ "./dir/../dir", "chain3" },
	{ "../tripwire", "up" },
	{ "/../tripwire", "up-absolute" },
	{ "../tripwire/new", "dangling-up" },
	{ "/nowhere", "dangling" },
	{ "nowhere/deep", "dangling-deep" },
	{ "loop2", "loop1" },
	{ "loop1", "loop2" },
	{ "/file", "to-file" },
	{ "/proc/self/root", "magic" },
	{ "/dir/inner", "to-inner" },
};

static int make_root(void **state)
{
	(void)snprintf(top, sizeof(top), "/tmp/test-mount-root.XXXXXX");
	if (!mkdtemp(top))
		return -1;
	top_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(top_fd, "root", 0755) < 0 || mkdirat(top_fd, "tripwire", 0755) < 0)
		return -1;
	root = openat(top_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(root, "dir", 0755) < 0 || mkdirat(root, "dir/inner", 0755) < 0)
		return -1;
	close_p(&(int){ openat(root, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644) });
	close_p(&(int){ openat(root, "dir/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644) });
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i][0], root, links[i][1]) < 0)
			return -1;
	return 0;
}

static int entries(const char *path)
{
	int fd = openat(top_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fdopendir(fd);

	while (d && readdir(d))
		n++;
	(void)closedir(d);
	return n - 2;
}

static int remove_root(void **state)
{
	_cleanup_close_ int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool clean = entries("tripwire") == 0 && entries(".") == 2;

	close_p(&root);
	close_p(&top_fd);
	return file_remove_tree(tmp, top + strlen("/tmp/")) < 0 || !clean;
}

/* Whether fd is the file at path, seen from outside. */
static bool is_same(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 &&
	       fstatat(top_fd, path, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct question {
	const char *path;
	const char *place; /* from the top, or NULL: */
	int r;
};

static void expect_places(const char *what, int (*function)(int root, const char *path),
			  const struct question *questions, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct question *q = &questions[i];
		_cleanup_close_ int fd = function(root, q->path);

		if (q->place ? fd < 0 || !is_same(fd, q->place) : fd != q->r)
			fail_msg("%s %s: %d instead of %s, %d", what, q->path, fd,
				 q->place ? q->place : "an error", q->r);
		if (fd >= 0)
			assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(entries("tripwire"), 0);
		assert_int_equal(entries("."), 2);
	}
}

/* --- opening --- */

static int open_path(int at, const char *path)
{
	return root_open(at, path, O_PATH);
}

static const struct question opened[] = {
	{ "dir", "root/dir" },
	{ "/dir", "root/dir" },
	{ "//dir/./inner/", "root/dir/inner" },
	{ ".", "root" },
	{ "/", "root" },
	{ "..", "root" },
	{ "../../..", "root" },
	{ "dir/../..", "root" },
	{ "../tripwire", NULL, -ENOENT },
	{ "absolute", "root/dir" },
	{ "absolute/inner", "root/dir/inner" },
	{ "relative/../file", "root/file" },
	{ "dotdot", "root/dir" },
	{ "slash", "root" },
	{ "slash/slash/slash/dir", "root/dir" },
	{ "chain1", "root/dir" },
	{ "up", NULL, -ENOENT },
	{ "up-absolute", NULL, -ENOENT },
	{ "dangling", NULL, -ENOENT },
	{ "loop1", NULL, -ELOOP },
	{ "file/x", NULL, -ENOTDIR },
	{ "to-file", "root/file" },
	{ "magic", NULL, -ENOENT }, /* there is no /proc in this root */
	{ "", NULL, -ENOENT },
};

static void test_open(void **state)
{
	expect_places("open", open_path, opened, ARRAY_SIZE(opened));
	assert_int_equal(root_open(-1, "dir", O_PATH), -EBADF);
	assert_int_equal(root_open(root, "file", O_PATH | O_DIRECTORY), -ENOTDIR);
	assert_int_equal(root_open(root, "absolute", O_PATH | O_NOFOLLOW | O_DIRECTORY),
			 -ENOTDIR);
}

/* Magic links go to objects, not to paths: no root holds them. */
static void test_magic_links(void **state)
{
	_cleanup_close_ int slash = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	static const char *const paths[] = { "proc/self/root", "/proc/self/root/tmp",
					     "proc/self/cwd", "proc/self/exe",
					     "proc/thread-self/fd/0" };

	if (access("/proc/self/root", F_OK) < 0) {
		print_message("# there is no /proc\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_int_equal(root_open(slash, paths[i], O_PATH), -ELOOP);
		assert_int_equal(root_ensure_dir(slash, paths[i]), -ELOOP);
		assert_int_equal(root_ensure_file(slash, paths[i]), -ELOOP);
	}
}

/* --- making --- */

static const struct question dirs[] = {
	{ "dir", "root/dir" },
	{ "new", "root/new" },
	{ "new", "root/new" },
	{ "/new/a//b/", "root/new/a/b" },
	{ "absolute/sub", "root/dir/sub" },
	{ "chain1/deep/er", "root/dir/deep/er" },
	{ "../../escape", "root/escape" },
	{ "/../../tripwire/x", "root/tripwire/x" },
	{ "made/../other", "root/other" },
	{ "dangling", NULL, -ENOENT },
	{ "dangling/x", NULL, -ENOENT },
	{ "dangling-up", NULL, -ENOENT },
	{ "dangling-up/x", NULL, -ENOENT },
	{ "dangling-deep/x/y", NULL, -ENOENT },
	{ "magic", NULL, -ENOENT },
	{ "magic/tmp", NULL, -ENOENT },
	{ "loop1/x", NULL, -ELOOP },
	{ "file", NULL, -ENOTDIR },
	{ "file/x", NULL, -ENOTDIR },
	{ "to-file/x", NULL, -ENOTDIR },
};

static void test_ensure_dir(void **state)
{
	struct stat st;
	mode_t mask = umask(022);

	expect_places("directory", root_ensure_dir, dirs, ARRAY_SIZE(dirs));
	(void)umask(mask);
	assert_int_equal(fstatat(root, "new/a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(fstatat(root, "nowhere", &st, 0), -1);
}

/* Once the root has a directory of that name, links that go "up" end there. */
static void test_up_is_inside(void **state)
{
	static const struct question up[] = {
		{ "up/x", NULL, -ENOENT },	  { "tripwire", "root/tripwire" },
		{ "up/x", "root/tripwire/x" },	  { "up-absolute/y", "root/tripwire/y" },
		{ "dangling-up", NULL, -ENOENT },
	};

	expect_places("directory", root_ensure_dir, up, ARRAY_SIZE(up));
}

static const struct question files[] = {
	{ "file", "root/file" },
	{ "to-file", "root/file" },
	{ "absolute/f", "root/dir/f" },
	{ "fresh", "root/fresh" },
	{ "fresh", "root/fresh" },
	{ "/with/parents/f", "root/with/parents/f" },
	{ "chain1/made", "root/dir/made" },
	{ "../../../f", "root/f" },
	{ "dir", "root/dir" }, /* to mount on it is up to the caller */
	{ "dangling", NULL, -ENOENT },
	{ "dangling-up", NULL, -ENOENT },
	{ "dangling/f", NULL, -ENOENT },
	{ "magic", NULL, -ENOENT },
	{ "loop1", NULL, -ELOOP },
	{ "file/f", NULL, -ENOTDIR },
	{ "missing/", NULL, -EINVAL },
	{ "missing/.", NULL, -EINVAL },
	{ "", NULL, -EINVAL },
};

static void test_ensure_file(void **state)
{
	struct stat st;

	expect_places("file", root_ensure_file, files, ARRAY_SIZE(files));
	assert_int_equal(fstatat(root, "fresh", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(fstatat(root, "missing", &st, 0), -1);
}

static const struct {
	const char *path;
	const char *parent;
	const char *name;
} parents[] = {
	{ "f", "root", "f" },
	{ "/f", "root", "f" },
	{ "dir/f", "root/dir", "f" },
	{ "absolute/f", "root/dir", "f" },
	{ "p1/p2/f", "root/p1/p2", "f" },
	{ "../f", "root", "f" },
	{ "a..b", "root", "a..b" },
	{ "dir/absolute", "root/dir", "absolute" },
	{ "" },
	{ "/" },
	{ "dir/" },
	{ "." },
	{ ".." },
	{ "dir/.." },
	{ "dangling/f", NULL, "" },
};

static void test_parent(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++) {
		const char *name = "untouched";
		_cleanup_close_ int fd = root_parent(root, parents[i].path, &name);

		if (!parents[i].parent) {
			assert_int_equal(fd, parents[i].name ? -ENOENT : -EINVAL);
			assert_string_equal(name, "untouched");
			continue;
		}
		assert_true(fd >= 0 && is_same(fd, parents[i].parent));
		assert_string_equal(name, parents[i].name);
	}
}

static void test_too_long(void **state)
{
	_cleanup_free_ char *path = calloc(1, PATH_MAX + 2);
	const char *name;

	memset(path, 'n', NAME_MAX + 1);
	assert_int_equal(root_ensure_dir(root, path), -ENAMETOOLONG);
	assert_int_equal(root_ensure_file(root, path), -ENAMETOOLONG);
	for (size_t i = 0; i < PATH_MAX; i += 2)
		memcpy(path + i, "x/", 2);
	assert_int_equal(root_ensure_dir(root, path), -ENAMETOOLONG);
	path[PATH_MAX] = 'y';
	assert_int_equal(root_ensure_file(root, path), -ENAMETOOLONG);
	assert_true(root_parent(root, path, &name) < 0);
	assert_int_equal(faccessat(root, "x", F_OK, 0), -1);
}

/* --- an enemy at work --- */

static atomic_bool done;

static void *exchange(void *unused)
{
	while (!done)
		(void)syscall(SYS_renameat2, root, "victim", root, "evil",
			      RENAME_EXCHANGE);
	return NULL;
}

/* A name that is a directory now and a link out of the root then. */
static void test_race(void **state)
{
	pthread_t thread;

	assert_int_equal(mkdirat(root, "victim", 0755), 0);
	assert_int_equal(symlinkat("../tripwire", root, "evil"), 0);
	done = false;
	assert_int_equal(pthread_create(&thread, NULL, exchange, NULL), 0);
	for (int i = 0; i < 3000; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "victim/d%d/x", i % 7);
		close_p(&(int){ root_ensure_dir(root, path) });
		(void)snprintf(path, sizeof(path), "victim/f%d", i);
		close_p(&(int){ root_ensure_file(root, path) });
	}
	done = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(entries("tripwire"), 0);
	assert_int_equal(entries("."), 2);
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_open),	   IN_ROOT(test_magic_links),
		IN_ROOT(test_ensure_dir),  IN_ROOT(test_up_is_inside),
		IN_ROOT(test_ensure_file), IN_ROOT(test_parent),
		IN_ROOT(test_too_long),	   IN_ROOT(test_race),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
