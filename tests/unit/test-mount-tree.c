/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts as descriptors.  Each case runs in a child with a mount namespace of its own, in a
 * directory that it knows as the present one; it returns the number of the step that failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "mount/tree.h"
#include "util/file.h"
#include "util/syscall.h"

static char directory[] = "/tmp/test-mount-tree.XXXXXX";

static int make_directory(void **state)
{
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	return rmdir(directory);
}

/* A tmpfs of our own to work in: nothing is left behind. */
static int enter(void)
{
	return unshare(CLONE_NEWNS) < 0 ||
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	       mount("tmpfs", directory, "tmpfs", 0, "size=1M") < 0 ||
	       chdir(directory) < 0 || mkdir("from", 0755) < 0 || mkdir("to", 0755) < 0;
}

static void expect_done(int (*function)(void))
{
	int status = 0;

	if (geteuid() != 0) {
		print_message("# mounts take root\n");
		skip();
	}
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(enter() ? 99 : function());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int open_target(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}

static unsigned long flags_of(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) < 0 ? ~0ul : fs.f_flag;
}

static bool can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	close_p(&fd);
	return fd >= 0;
}

/* --- copies --- */

static int bind_read_only(void)
{
	_cleanup_close_ int target = open_target("to");
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, "from", false);

	if (target < 0 || tree < 0 || !can_write("from/f"))
		return 1;
	if (fcntl(tree, F_GETFD) != FD_CLOEXEC)
		return 2;
	if (tree_set(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, false) != 0)
		return 3;
	if (tree_attach(tree, target) != 0)
		return 4;
	if (can_write("to/g") || errno != EROFS || access("to/f", F_OK) < 0)
		return 5;
	if (flags_of("to") != (ST_RDONLY | ST_NOSUID | ST_RELATIME))
		return 6;
	/* the original is as it was, and so is the copy again */
	if (!can_write("from/g") || tree_set(tree, 0, MOUNT_ATTR_RDONLY, false) != 0)
		return 7;
	return can_write("to/h") && flags_of("to") & ST_NOSUID ? 0 : 8;
}

static void test_bind_read_only(void **state)
{
	expect_done(bind_read_only);
}

static int copy_recursively(void)
{
	_cleanup_close_ int target = open_target("to");

	if (mkdir("from/sub", 0755) < 0 || mount("x", "from/sub", "tmpfs", 0, NULL) < 0 ||
	    !can_write("from/sub/f"))
		return 1;
	_cleanup_close_ int alone = tree_copy(AT_FDCWD, "from", false);
	_cleanup_close_ int all = tree_copy(AT_FDCWD, "from", true);
	if (alone < 0 || all < 0 || tree_attach(all, target) != 0)
		return 2;
	if (access("to/sub/f", F_OK) < 0 || faccessat(alone, "sub/f", F_OK, 0) == 0)
		return 3;
	if (tree_set(all, MOUNT_ATTR_RDONLY, 0, false) != 0 || !can_write("to/sub/g"))
		return 4;
	if (tree_set(all, MOUNT_ATTR_RDONLY, 0, true) != 0 || can_write("to/sub/h"))
		return 5;
	/* a descriptor itself, by the empty path */
	_cleanup_close_ int fd = open_target("from/sub");
	_cleanup_close_ int own = tree_copy(fd, "", false);
	return own >= 0 && faccessat(own, "f", F_OK, 0) == 0 ? 0 : 6;
}

static void test_copy_recursively(void **state)
{
	expect_done(copy_recursively);
}

/* Access times are one field: a new value replaces the old one. */
static int set_access_times(void)
{
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, "from", false);
	_cleanup_close_ int target = open_target("to");

	if (tree < 0 || tree_attach(tree, target) != 0)
		return 1;
	if (tree_set(tree, MOUNT_ATTR_NOATIME, 0, false) != 0 ||
	    !(flags_of("to") & ST_NOATIME))
		return 2;
	if (tree_set(tree, 0, MOUNT_ATTR__ATIME, false) != 0 ||
	    flags_of("to") != ST_RELATIME)
		return 3;
	if (tree_set(tree, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, false) != 0 ||
	    flags_of("to") != 0)
		return 4;
	return tree_set(tree, 0, 0, true) == 0 && tree_set(-1, 0, 0, false) == 0 ? 0 : 5;
}

static void test_access_times(void **state)
{
	expect_done(set_access_times);
}

static int copy_what_is_not_there(void)
{
	if (tree_copy(AT_FDCWD, "missing", true) != -ENOENT)
		return 1;
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, "from", false);
	if (tree_attach(tree, -1) != -EBADF)
		return 2;
	if (!can_write("file"))
		return 3;
	_cleanup_close_ int file = open_target("file");
	if (tree_attach(tree, file) >= 0) /* a directory on a file */
		return 4;
	return tree_set(-1, MOUNT_ATTR_RDONLY, 0, false) == -EBADF ? 0 : 5;
}

static void test_missing(void **state)
{
	expect_done(copy_what_is_not_there);
}

/* --- new file systems --- */

static int make_tmpfs(void)
{
	char why[128] = "untouched";
	_cleanup_close_ int target = open_target("to");
	_cleanup_close_ int tree =
		tree_make("tmpfs", "name", "size=8k,mode=0711,nr_inodes=9",
			  MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, why, sizeof(why));
	struct stat st;
	struct statvfs fs;

	if (tree < 0 || strcmp(why, "untouched"))
		return 1;
	if (tree_attach(tree, target) != 0 || stat("to", &st) < 0 ||
	    statvfs("to", &fs) < 0)
		return 2;
	if ((st.st_mode & 07777) != 0711 || fs.f_blocks * fs.f_frsize != 8192 ||
	    fs.f_files != 9)
		return 3;
	if ((fs.f_flag & (ST_NODEV | ST_NOEXEC | ST_NOSUID)) != (ST_NODEV | ST_NOEXEC))
		return 4;
	_cleanup_free_ char *mounts = NULL;
	if (file_read(AT_FDCWD, "/proc/self/mounts", &mounts, NULL) < 0)
		return 5;
	return strstr(mounts, "\nname /tmp/test-mount-tree.") ? 0 : 6;
}

static void test_make(void **state)
{
	expect_done(make_tmpfs);
}

/* What the kernel says about data that it does not take. */
static const struct {
	const char *type, *data;
	int r;
	const char *why;
} refused[] = {
	{ "tmpfs", "nonsense=1", -EINVAL, "tmpfs: Unknown parameter 'nonsense'" },
	{ "tmpfs", "size=1M,nonsense", -EINVAL, "tmpfs: Unknown parameter 'nonsense'" },
	{ "tmpfs", "size=lots", -EINVAL, "tmpfs: Bad value for 'size'" },
	{ "tmpfs", "size", -EINVAL, NULL },
	{ "no-such-fs", NULL, -ENODEV, "untouched" },
};

static int make_refused(void)
{
	int before = open_target(".");

	close_p(&before);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		char why[128] = "untouched", little[8] = "old";

		if (tree_make(refused[i].type, NULL, refused[i].data, 0, why,
			      sizeof(why)) != refused[i].r ||
		    (refused[i].why && strcmp(why, refused[i].why))) {
			(void)dprintf(STDERR_FILENO, "# %s: %s\n", refused[i].data, why);
			return 1 + i;
		}
		if (tree_make(refused[i].type, NULL, refused[i].data, 0, NULL, 0) !=
			    refused[i].r ||
		    tree_make(refused[i].type, NULL, refused[i].data, 0, little,
			      sizeof(little)) != refused[i].r)
			return 20 + i;
	}
	static char data[5000];
	memset(data, 'x', sizeof(data) - 1);
	if (tree_make("tmpfs", NULL, data, 0, NULL, 0) != -E2BIG)
		return 30;
	int after = open_target(".");
	close_p(&after);
	return after == before ? 0 : 31; /* nothing is left open */
}

static void test_refused(void **state)
{
	expect_done(make_refused);
}

/* --- propagation --- */

static bool reaches(const char *on, const char *seen)
{
	struct stat a, b;
	bool same = mount("p", on, "tmpfs", 0, NULL) == 0 && stat(on, &a) == 0 &&
		    stat(seen, &b) == 0 && a.st_dev == b.st_dev;

	(void)umount(on);
	return same;
}

static int propagate(void)
{
	_cleanup_close_ int target = open_target("to");

	if (mkdir("from/sub", 0755) < 0 || mount("from", "from", NULL, MS_BIND, NULL) < 0)
		return 1;
	_cleanup_close_ int from = open("from", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree_propagate(from, MS_SHARED, false) != 0)
		return 2;
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, "from", false);
	if (tree < 0 || tree_attach(tree, target) != 0)
		return 3;
	if (!reaches("from/sub", "to/sub") || !reaches("to/sub", "from/sub"))
		return 4;
	if (tree_propagate(tree, MS_SLAVE, true) != 0 || !reaches("from/sub", "to/sub") ||
	    reaches("to/sub", "from/sub"))
		return 5;
	if (tree_propagate(tree, 0, true) != 0 || !reaches("from/sub", "to/sub"))
		return 6;
	if (tree_propagate(tree, MS_PRIVATE, false) != 0 || reaches("from/sub", "to/sub"))
		return 7;
	return tree_propagate(-1, MS_PRIVATE, false) == -EBADF ? 0 : 8;
}

static void test_propagate(void **state)
{
	expect_done(propagate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bind_read_only),
		cmocka_unit_test(test_copy_recursively),
		cmocka_unit_test(test_access_times),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_propagate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
