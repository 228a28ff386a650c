/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log files that rotate and are read from their end; the last failed start on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/failure.h"
#include "core/logfile.h"
#include "util/file.h"

static char dir[64];
static char path[128], rotated[128];

static int make_dir(void **state)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/test-record.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/c1", dir);
	if (mkdir(path, 0700) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/c1/c1.log", dir);
	(void)snprintf(rotated, sizeof(rotated), "%s/c1/c1.log.1", dir);
	return 0;
}

static int remove_dir(void **state)
{
	return file_remove_tree(AT_FDCWD, dir);
}

static void append(const char *text)
{
	int fd = logfile_open_rotated(path);

	assert_true(fd > STDERR_FILENO);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void check_tail(size_t lines, const char *expected)
{
	struct buf out = {};

	assert_int_equal(logfile_tail(path, lines, &out), 0);
	assert_string_equal(out.data ? out.data : "", expected);
	buf_done(&out);
}

static void test_usual(void **state)
{
	char *usual = logfile_usual(dir, "c1");

	assert_string_equal(usual, path);
	free(usual);
}

static void test_tail(void **state)
{
	struct buf out = {};

	assert_int_equal(logfile_tail(path, 1, &out), -ENOENT);
	append("one\ntwo\n");
	append("three");
	check_tail(0, "one\ntwo\nthree");
	check_tail(1, "three");
	check_tail(2, "two\nthree");
	check_tail(9, "one\ntwo\nthree");
	append("\n\n");
	check_tail(1, "\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(logfile_tail(path, 1, &out), -EINVAL);
	assert_int_equal(rmdir(path), 0);
}

/* The long one gets the other name, once; a reader sees both. */
static void test_rotation(void **state)
{
	struct stat st;

	append("old\nlast\n");
	append("");
	assert_int_equal(stat(rotated, &st), -1);
	/* holes count: what matters is the size */
	assert_int_equal(truncate(path, LOGFILE_SIZE_MAX), 0);
	append("new\n");
	assert_int_equal(stat(rotated, &st), 0);
	assert_int_equal(st.st_size, LOGFILE_SIZE_MAX);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(truncate(rotated, 9), 0);
	check_tail(2, "last\nnew\n");
	assert_int_equal(unlink(path), 0);
	check_tail(1, "last\n");
	assert_int_equal(unlink(rotated), 0);
}

/* Somebody's own file stays as it is, however long; a link in the usual place is no log. */
static void test_not_ours(void **state)
{
	struct stat st;

	append("x\n");
	assert_int_equal(truncate(path, LOGFILE_SIZE_MAX), 0);
	int fd = logfile_open(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(stat(rotated, &st), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(logfile_open_rotated(path), -ELOOP);
	assert_int_equal(unlink(path), 0);
}

static void test_failure(void **state)
{
	struct lxc_error *err = NULL;
	struct lxc_failure *f = NULL;

	assert_int_equal(failure_load(dir, "c1", &f), -ENOENT);
	error_set(&err, -ENOENT, "mount", "/srv");
	error_wrap(&err, -ENOENT, "start", "c1");
	error_hint(&err, "create it");
	assert_int_equal(failure_save(dir, "nobody", err), -ENOENT);
	assert_int_equal(failure_save(dir, "c1", err), 0);
	assert_int_equal(failure_load(dir, "c1", &f), 0);
	assert_true(f->time > 0);
	assert_string_equal(f->error->message,
			    "start c1: mount /srv: No such file or directory");
	assert_string_equal(f->error->text + f->error->hint, "create it");
	f = failure_free(f);
	failure_clear(dir, "c1");
	assert_int_equal(failure_load(dir, "c1", &f), -ENOENT);
	failure_clear(dir, "c1");
	error_clear(&err);
}

/* What is no record of ours is refused, wherever it goes wrong. */
static void test_failure_broken(void **state)
{
	static const char junk[] =
		"lxcfail1xxxxxxxxyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";
	struct lxc_failure *f = NULL;
	char file[128];

	(void)snprintf(file, sizeof(file), "%s/c1/failed-start", dir);
	for (size_t n = 0; n < sizeof(junk); n++) {
		int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(file_write_all(fd, junk, n), 0);
		close(fd);
		assert_int_equal(failure_load(dir, "c1", &f), -EBADMSG);
		assert_null(f);
	}
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(failure_load(dir, "c1", &f), -EBADMSG);
	assert_int_equal(unlink(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),	 cmocka_unit_test(test_tail),
		cmocka_unit_test(test_rotation), cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_failure),	 cmocka_unit_test(test_failure_broken),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
