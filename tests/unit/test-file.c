/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files, directories and trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "util/file.h"
#include "util/path.h"
#include "util/wait.h"

#define NOBODY 65534

static char directory[] = "/tmp/test-file.XXXXXX";
static int dir = NO_FD; /* of it; every test has it empty */

static int open_directory(void **state)
{
	(void)snprintf(directory, sizeof(directory), "/tmp/test-file.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0;
}

static int close_directory(void **state)
{
	_cleanup_close_ int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);

	close_p(&dir);
	return file_remove_tree(tmp, directory + strlen("/tmp/"));
}

/* Exit status of function in a child, or -signal. */
static int in_child(int (*function)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler is for the parent */
		_exit(function());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int put(const char *name, const char *text)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
}

static bool exists(const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void expect_text(const char *name, const char *text)
{
	_cleanup_free_ char *have = NULL;

	assert_int_equal(file_read(dir, name, &have, NULL), 0);
	assert_string_equal(have, text);
}

static int count_entries(void)
{
	DIR *d = opendir(directory);
	int n = 0;

	while (d && readdir(d))
		n++;
	(void)closedir(d);
	return n - 2;
}

/* --- reading and writing --- */

static void test_read(void **state)
{
	_cleanup_free_ char *text = NULL, *none = NULL;
	size_t size = 99;
	_cleanup_close_ int fd = openat(dir, "f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(file_read(dir, "f", &none, &size), 0);
	assert_string_equal(none, "");
	assert_int_equal(size, 0);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(file_write_all(fd, "ab\0", 3), 0);
	assert_int_equal(file_read(dir, "f", &text, &size), 0);
	assert_int_equal(size, 9000);
	assert_memory_equal(text + 8997, "ab\0", 4);
	assert_int_equal(file_read(dir, "missing", &text, &size), -ENOENT);
	assert_int_equal(file_read(dir, ".", &text, &size), -EISDIR);
	assert_int_equal(size, 9000);
}

static void test_read_too_much(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(put("f", ""), 0);
	_cleanup_close_ int fd = openat(dir, "f", O_RDWR | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, FILE_SIZE_MAX), 0);
	assert_int_equal(file_read_fd(fd, &text, NULL), 0);
	free(steal_ptr(text));
	assert_int_equal(ftruncate(fd, FILE_SIZE_MAX + 1), 0);
	assert_int_equal(file_read(dir, "f", &text, NULL), -EFBIG);
	assert_null(text);
}

static void test_write(void **state)
{
	assert_int_equal(file_write(dir, "f", "text"), -ENOENT);
	assert_false(exists("f"));
	assert_int_equal(put("f", "....long"), 0);
	assert_int_equal(file_write(dir, "f", "text"), 0);
	expect_text("f", "textlong");
	assert_int_equal(file_write_all(-1, "x", 1), -EBADF);
	assert_int_equal(file_write_all(-1, "x", 0), 0);
}

/* --- replacing --- */

static void test_replace(void **state)
{
	struct stat st;

	assert_int_equal(file_replace(dir, "f", "one", 3, 0640), 0);
	expect_text("f", "one");
	assert_int_equal(fstatat(dir, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777 & ~0022, 0640 & ~0022);
	assert_int_equal(file_replace(dir, "f", "", 0, 0600), 0);
	expect_text("f", "");
	/* a link is replaced, what it names is not touched */
	assert_int_equal(put("other", "other"), 0);
	assert_int_equal(symlinkat("other", dir, "link"), 0);
	assert_int_equal(file_replace(dir, "link", "new", 3, 0600), 0);
	expect_text("link", "new");
	expect_text("other", "other");
	assert_int_equal(count_entries(), 3);
}

static void test_replace_fails(void **state)
{
	assert_int_equal(mkdirat(dir, "d", 0755), 0);
	assert_int_equal(file_replace(dir, "d", "x", 1, 0600), -EISDIR);
	assert_int_equal(file_replace(-1, "f", "x", 1, 0600), -EBADF);
	assert_int_equal(count_entries(), 1);
}

#define BLOCK 20000 /* more than one page, so that a torn write would show */

/* Until killed: a's, then b's, and so on. */
static void replace_for_ever(void)
{
	static char data[BLOCK];

	for (int i = 0;; i++) {
		memset(data, 'a' + i % 2, sizeof(data));
		if (file_replace(dir, "f", data, sizeof(data), 0600) < 0)
			_exit(1);
	}
}

static void expect_whole(void)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;

	assert_int_equal(file_read(dir, "f", &text, &size), 0);
	assert_int_equal(size, BLOCK);
	for (size_t i = 1; i < size; i++)
		if (text[i] != text[0])
			fail_msg("byte %zu is of another version", i);
}

/* Whenever somebody reads, and whenever the writer dies: the old or the new. */
static void test_replace_survives(void **state)
{
	for (int round = 0; round < 12; round++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			replace_for_ever();
		while (!exists("f"))
			assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		for (int i = 0; i < round * 3; i++)
			expect_whole();
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		expect_whole();
	}
	/* and a temporary file left by the dead is in nobody's way */
	assert_int_equal(file_replace(dir, "f", "end", 3, 0600), 0);
	expect_text("f", "end");
}

/* --- directories --- */

static void test_make_dirs(void **state)
{
	static const struct {
		const char *path;
		int r;
	} cases[] = {
		{ "a/b/c", 0 },		 { "a/b/c", 0 },
		{ "a//d/", 0 },		 { "a/./e", 0 },
		{ "f", -ENOTDIR },	 { "f/g", -ENOTDIR },
		{ "link", 0 },		 { "link/in", 0 },
		{ "dangling", -ENOENT }, { "dangling/x", -ENOENT },
	};

	assert_int_equal(put("f", ""), 0);
	assert_int_equal(mkdirat(dir, "real", 0755), 0);
	assert_int_equal(symlinkat("real", dir, "link"), 0);
	assert_int_equal(symlinkat("nowhere", dir, "dangling"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *path = path_join(directory, cases[i].path);
		int r = file_make_dirs(path, 0755);

		/* mkdir(2) of a dangling link says that it exists */
		if (r != cases[i].r && !(cases[i].r == -ENOENT && r == -EEXIST))
			fail_msg("%s: %d instead of %d", cases[i].path, r, cases[i].r);
	}
	assert_true(exists("a/b/c") && exists("a/d") && exists("a/e"));
	assert_true(exists("real/in"));
	assert_false(exists("nowhere"));
	assert_int_equal(file_make_dirs("/", 0755), 0);
}

static int make_no_dir(void)
{
	return file_make_dirs("", 0755) == -ENOENT ? 0 : 1;
}

static void test_make_no_dir(void **state)
{
	assert_int_equal(in_child(make_no_dir), 0);
}

/* --- removing --- */

static void make_tree(void)
{
	static const char *const dirs[] = { "t",       "t/a",	  "t/a/b",
					    "t/a/b/c", "t/empty", "outside" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		assert_int_equal(mkdirat(dir, dirs[i], 0755), 0);
	assert_int_equal(put("t/file", "x"), 0);
	assert_int_equal(put("t/a/b/c/.hidden", "x"), 0);
	assert_int_equal(put("t/a/..odd", "x"), 0);
	assert_int_equal(put("outside/keep", "kept"), 0);
	assert_int_equal(mkfifoat(dir, "t/a/fifo", 0600), 0);
	assert_int_equal(symlinkat("../outside", dir, "t/to-dir"), 0);
	assert_int_equal(symlinkat("../outside/keep", dir, "t/to-file"), 0);
	assert_int_equal(symlinkat("/nowhere", dir, "t/dangling"), 0);
	assert_int_equal(linkat(dir, "outside/keep", dir, "t/hard", 0), 0);
}

static void test_remove_tree(void **state)
{
	make_tree();
	assert_int_equal(file_remove_tree(dir, "t"), 0);
	assert_false(exists("t"));
	expect_text("outside/keep", "kept");
	assert_int_equal(file_remove_tree(dir, "t"), -ENOENT);
	/* a link itself, and a file */
	assert_int_equal(symlinkat("outside", dir, "link"), 0);
	assert_int_equal(file_remove_tree(dir, "link"), 0);
	assert_false(exists("link"));
	expect_text("outside/keep", "kept");
	assert_int_equal(file_remove_tree(dir, "outside/keep"), 0);
	assert_int_equal(file_remove_tree(dir, "outside"), 0);
	assert_int_equal(count_entries(), 0);
}

static void test_remove_deep(void **state)
{
	for (int i = 0; i < 200; i++) {
		_cleanup_close_ int parent = dir;

		assert_int_equal(mkdirat(parent, "d", 0755), 0);
		dir = openat(parent, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(dir >= 0);
	}
	close_p(&dir);
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(file_remove_tree(dir, "d"), 0);
	assert_int_equal(count_entries(), 0);
}

/* A mount namespace of its own; descriptors from before do not see its mounts. */
static int enter_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || chdir(directory) < 0)
		return -1;
	dir = AT_FDCWD;
	return mkdir("t/mnt", 0755);
}

static bool is_mount_refused(int r)
{
	return r == -EXDEV || r == -EBUSY;
}

/* These return the number of the first step that goes wrong. */
static int remove_around_tmpfs(void)
{
	if (enter_mounts() < 0 || mount("tmpfs", "t/mnt", "tmpfs", 0, NULL) < 0 ||
	    put("t/mnt/keep", "x") < 0)
		return 1;
	if (!is_mount_refused(file_remove_tree(AT_FDCWD, "t")))
		return 2;
	if (access("t/mnt/keep", F_OK) < 0)
		return 3;
	if (access("t/file", F_OK) == 0 || access("t/a", F_OK) == 0)
		return 4;
	return umount("t/mnt") < 0 || file_remove_tree(AT_FDCWD, "t") != 0 ? 5 : 0;
}

/* A bind mount of the same file system has the same device number. */
static int remove_around_bind(void)
{
	if (enter_mounts() < 0 || mount("outside", "t/mnt", NULL, MS_BIND, NULL) < 0)
		return 1;
	int r = file_remove_tree(AT_FDCWD, "t");
	if (access("outside/keep", F_OK) < 0)
		return 2;
	return is_mount_refused(r) ? 0 : 3;
}

static void test_remove_other_file_system(void **state)
{
	if (geteuid() != 0) {
		print_message("# mounts take root\n");
		skip();
	}
	make_tree();
	assert_int_equal(in_child(remove_around_tmpfs), 0);
}

static void test_remove_bind_mount(void **state)
{
	if (geteuid() != 0) {
		print_message("# mounts take root\n");
		skip();
	}
	make_tree();
	assert_int_equal(in_child(remove_around_bind), 0);
}

/* Somebody else's file in a directory like /tmp: nothing to do with its being no directory. */
static int remove_foreign(void)
{
	if (fchmodat(dir, "t", 01777, 0) < 0 || fchmodat(dir, ".", 0755, 0) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 1;
	int r = file_remove_tree(dir, "t");
	return r == -EPERM || r == -EACCES ? 0 : 2;
}

static void test_remove_foreign(void **state)
{
	if (geteuid() != 0) {
		print_message("# becoming another user takes root\n");
		skip();
	}
	assert_int_equal(mkdirat(dir, "t", 0755), 0);
	assert_int_equal(put("t/file", ""), 0);
	assert_int_equal(in_child(remove_foreign), 0);
	assert_true(exists("t/file"));
}

#define IN_DIRECTORY(test) \
	cmocka_unit_test_setup_teardown(test, open_directory, close_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_read),
		IN_DIRECTORY(test_read_too_much),
		IN_DIRECTORY(test_write),
		IN_DIRECTORY(test_replace),
		IN_DIRECTORY(test_replace_fails),
		IN_DIRECTORY(test_replace_survives),
		IN_DIRECTORY(test_make_dirs),
		IN_DIRECTORY(test_make_no_dir),
		IN_DIRECTORY(test_remove_tree),
		IN_DIRECTORY(test_remove_deep),
		IN_DIRECTORY(test_remove_other_file_system),
		IN_DIRECTORY(test_remove_bind_mount),
		IN_DIRECTORY(test_remove_foreign),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
