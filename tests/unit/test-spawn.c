/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs: what reaches them, and what comes back.  Started as "NAME --play PART" this
 * program is the one that is run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "util/file.h"
#include "util/spawn.h"
#include "util/syscall.h"

#define _cleanup_error_ _cleanup_(error_freep)
#define PATIENCE 20000 /* ms */
#define WHOLE_PATIENCE 120 /* s */
#define SELF "/proc/self/exe"
#define ARGV(...) ((char *const *)(const char *const[]){ __VA_ARGS__, NULL })
#define SH(text) ARGV("sh", "-c", text)
#define PLAY(part) ARGV("player", "--play", part)

/* --- the program --- */

static int play_fds(void)
{
	for (int fd = 0; fd < 2000; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			(void)printf("%d ", fd);
	return 0;
}

static int play_ids(void)
{
	(void)printf("%d %d %d", getpid(), getppid(), getsid(0));
	return 0;
}

static int play_echo(void)
{
	char text[64];
	ssize_t n = read(7, text, sizeof(text));

	return n < 0 || write(1, text, n) != n;
}

static int play(const char *part)
{
	static const struct {
		const char *name;
		int (*play)(void);
	} parts[] = { { "fds", play_fds }, { "ids", play_ids }, { "echo", play_echo } };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(part, parts[i].name))
			return parts[i].play();
	return 99;
}

/* --- what is common --- */

/* The output of a program that ends with 0. */
static char *output_of(const struct spawn *s)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct deadline d = deadline_in(PATIENCE);
	char *text = NULL;
	int status = -1;

	if (spawn_capture(s, &d, 4096, &text, &status, &err) < 0)
		fail_msg("%s", error_message(err));
	if (status)
		fail_msg("status %#x: %s", status, text);
	return text;
}

static void expect_output(const struct spawn *s, const char *expected)
{
	_cleanup_free_ char *text = output_of(s);

	assert_string_equal(text, expected);
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int memory_with(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* --- descriptors --- */

static void test_fds(void **state)
{
	_cleanup_close_ int fd = memory_with("seven");
	struct spawn s = {
		.path = SELF,
		.argv = PLAY("echo"),
		.fds = { { fd, 7 }, { -1, 0 } },
		.n_fds = 2,
	};

	expect_output(&s, "seven");
	s.argv = PLAY("fds");
	s.fds[0].to = 3;
	expect_output(&s, "0 1 2 3 ");
	s.fds[0] = (struct spawn_fd){ -1, 0 };
	s.n_fds = 1;
	expect_output(&s, "0 1 2 ");
}

/* Sources that are the targets of others, one source twice. */
static void test_fds_swapped(void **state)
{
	_cleanup_close_ int a = memory_with("A");
	_cleanup_close_ int b = memory_with("B");
	_cleanup_close_ int six = dup3(a, 6, O_CLOEXEC);
	_cleanup_close_ int seven = dup3(b, 7, O_CLOEXEC);
	const struct spawn s = {
		.path = "/bin/sh",
		.argv = SH("cat <&6; cat <&7; cat <&8; cat <&9"),
		.fds = { { -1, 0 }, { 6, 7 }, { 7, 6 }, { -1, 8 }, { 6, 9 } },
		.n_fds = 5,
	};

	assert_true(a < 6 && b < 6 && six == 6 && seven == 7);
	expect_output(&s, "BA");
}

/* A descriptor of the caller that is not close-on-exec and was not named. */
static void test_only_named_fds(void **state)
{
	_cleanup_close_ int high = fcntl(STDOUT_FILENO, F_DUPFD, 50);
	struct spawn s = {
		.path = SELF,
		.argv = PLAY("fds"),
		.fds = { { -1, 0 }, { -1, 3 } },
		.n_fds = 2,
	};

	assert_int_equal(high, 50);
	expect_output(&s, "0 1 2 3 ");
}

/* The same, between those that were named. */
static void test_fds_between(void **state)
{
	_cleanup_close_ int low = fcntl(STDOUT_FILENO, F_DUPFD, 15);
	struct spawn s = {
		.path = SELF,
		.argv = PLAY("fds"),
		.fds = { { -1, 0 }, { -1, 20 } },
		.n_fds = 2,
	};

	assert_int_equal(low, 15);
	expect_output(&s, "0 1 2 20 ");
}

static void test_too_many_fds(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct spawn s = { .path = "true", .argv = SH("true") };
	char *text = NULL;
	struct process p;
	int status;

	s.n_fds = SPAWN_FDS_MAX + 1;
	assert_int_equal(spawn_start(&s, &p, &err), -E2BIG);
	s.n_fds = SPAWN_FDS_MAX - 1; /* and two for the output */
	assert_true(spawn_capture(&s, NULL, 10, &text, &status, &err) < 0);
	assert_null(text);
	/* a descriptor that is not open is a failure, not silence */
	s = (struct spawn){ .path = "true", .argv = SH("true"), .fds = { { 987, 3 } } };
	s.n_fds = 1;
	assert_int_equal(spawn_run(&s, NULL, &err), -EBADF);
}

/* --- finding and starting --- */

static void test_path(void **state)
{
	char none[] = "/tmp/test-spawn.XXXXXX", file[64];
	const struct spawn s = { .path = "sh", .argv = SH("echo found") };
	_cleanup_free_ char *path = strdup(getenv("PATH"));

	expect_output(&s, "found\n");
	/* a directory, and a file that cannot be executed, of that name are passed over */
	assert_non_null(mkdtemp(none));
	(void)snprintf(file, sizeof(file), "%s/sh", none);
	assert_int_equal(mkdir(file, 0755), 0);
	char both[128];
	(void)snprintf(both, sizeof(both), "/nowhere::%s:/usr/bin:/bin", none);
	assert_int_equal(setenv("PATH", both, 1), 0);
	expect_output(&s, "found\n");
	assert_int_equal(rmdir(file), 0);
	_cleanup_close_ int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	expect_output(&s, "found\n");
	assert_int_equal(unsetenv("PATH"), 0);
	expect_output(&s, "found\n");
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(none), 0);
}

static const struct {
	const char *path, *what;
	int r;
	const char *message;
	const char *hint;
} missing[] = {
	{ "no-such-program", "template", -ENOENT,
	  "template no-such-program: No such file or directory",
	  "install it, or add its directory to PATH" },
	{ "no-such-program", NULL, -ENOENT,
	  "program no-such-program: No such file or directory",
	  "install it, or add its directory to PATH" },
	{ "/nowhere/monitor", "monitor", -ENOENT,
	  "monitor /nowhere/monitor: No such file or directory", NULL },
	{ "/etc/passwd", NULL, -EACCES, "program /etc/passwd: Permission denied",
	  "make it executable: chmod +x /etc/passwd" },
	{ "/tmp", NULL, -EACCES, "program /tmp: Permission denied",
	  "this is a directory: name a program" },
	{ "", NULL, -ENOENT, NULL, NULL },
};

static void test_missing(void **state)
{
	int before = count_fds();

	for (size_t i = 0; i < ARRAY_SIZE(missing) * 2; i++) {
		_cleanup_error_ struct lxc_error *err = NULL;
		size_t n = i / 2;
		struct spawn s = { .path = missing[n].path,
				   .argv = SH("exit 0"),
				   .what = missing[n].what,
				   .detached = i % 2 };
		struct process p;
		int r = spawn_start(&s, &p, &err);

		if (!missing[n].message) { /* "": a directory of PATH, or nothing */
			assert_true(r == -ENOENT || r == -EACCES);
			continue;
		}
		assert_int_equal(r, missing[n].r);
		assert_string_equal(error_message(err), missing[n].message);
		assert_string_equal(err->hint ? err->text + err->hint : "",
				    missing[n].hint ? missing[n].hint : "");
		assert_int_equal(spawn_start(&s, &p, NULL), missing[n].r);
	}
	assert_int_equal(count_fds(), before);
	assert_int_equal(waitpid(-1, NULL, __WALL), -1); /* none is left */
	assert_int_equal(errno, ECHILD);
}

static void test_environment(void **state)
{
	struct spawn s = {
		.path = "/bin/sh",
		.argv = SH("echo \"$A,$B,$HOME\"; pwd"),
		.envp = ARGV("A=1", "B=two words"),
		.directory = "/usr/bin/..",
	};

	expect_output(&s, "1,two words,\n/usr\n");
	assert_int_equal(setenv("TEST_SPAWN", "of the caller", 1), 0);
	s.argv = SH("echo $TEST_SPAWN");
	s.envp = NULL;
	expect_output(&s, "of the caller\n");
	assert_int_equal(unsetenv("TEST_SPAWN"), 0);
	s.directory = "/nowhere";
	assert_int_equal(spawn_run(&s, NULL, NULL), -ENOENT);
}

/* --- relation to us --- */

static void test_child(void **state)
{
	struct spawn s = { .path = SELF, .argv = PLAY("ids"), .session = true };
	_cleanup_free_ char *text = output_of(&s);
	int pid = 0, parent = 0, session = 0;

	assert_int_equal(sscanf(text, "%d %d %d", &pid, &parent, &session), 3);
	assert_int_equal(parent, getpid());
	assert_int_equal(session, pid);
	s.session = false;
	_cleanup_free_ char *again = output_of(&s);
	assert_int_equal(sscanf(again, "%d %d %d", &pid, &parent, &session), 3);
	assert_int_equal(session, getsid(0));
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}

static void test_detached(void **state)
{
	int ends[2], pid = 0, parent = 0, session = 0;
	char text[64] = "";

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const struct spawn s = { .path = SELF,
				 .argv = PLAY("ids"),
				 .fds = { { ends[1], 1 } },
				 .n_fds = 1,
				 .detached = true,
				 .session = true };
	struct process p;
	assert_int_equal(spawn_start(&s, &p, NULL), 0);
	(void)close(ends[1]);
	assert_int_equal(p.pidfd, NO_FD);
	assert_int_equal(waitpid(p.pid, NULL, __WALL | WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	struct deadline d = deadline_in(PATIENCE);
	assert_int_equal(wait_fd(ends[0], POLLIN, &d), 0);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	(void)close(ends[0]);
	assert_int_equal(sscanf(text, "%d %d %d", &pid, &parent, &session), 3);
	assert_int_equal(pid, p.pid);
	assert_int_equal(session, p.pid);
	assert_int_not_equal(parent, getpid());
	assert_int_equal(waitpid(-1, NULL, __WALL), -1); /* nor the one in between */
}

/* --- results --- */

static const struct {
	const char *script;
	int r;
	const char *message;
} results[] = {
	{ "exit 0", 0, NULL },
	{ "exit 1", -EIO, "hook /bin/sh: exit status 1" },
	{ "exit 127", -EIO, "hook /bin/sh: exit status 127" },
	{ "kill -TERM $$", -EIO, "hook /bin/sh: killed by signal 15" },
	{ "kill -KILL $$", -EIO, "hook /bin/sh: killed by signal 9" },
};

static void test_results(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;
		struct spawn s = { .path = "/bin/sh",
				   .argv = SH(results[i].script),
				   .what = "hook" };
		struct deadline d = deadline_in(PATIENCE);

		assert_int_equal(spawn_run(&s, &d, &err), results[i].r);
		if (!results[i].message) {
			assert_null(err);
			continue;
		}
		assert_string_equal(error_message(err), results[i].message);
		assert_int_equal(err->code, LXC_ERROR_PROGRAM);
	}
}

static void test_capture(void **state)
{
	struct spawn s = { .path = "/bin/sh",
			   .argv = SH("echo out; echo err >&2; printf 'x\\0y'; exit 3") };
	struct deadline d = deadline_in(PATIENCE);
	_cleanup_free_ char *text = NULL, *none = NULL, *cut = NULL;
	int status = -1, before = count_fds();

	assert_int_equal(spawn_capture(&s, &d, 100, &text, &status, NULL), 0);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_memory_equal(text, "out\nerr\nx\0y", 12);
	s.argv = SH("kill -9 $$");
	assert_int_equal(spawn_capture(&s, &d, 100, &none, &status, NULL), 0);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_string_equal(none, "");
	/* more than the limit, and than a pipe holds: the rest is read and dropped */
	s.argv = SH("i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo "
		    "0123456789012345678901234567890123456789; done");
	assert_int_equal(spawn_capture(&s, &d, 15, &cut, &status, NULL), 0);
	assert_int_equal(status, 0);
	assert_string_equal(cut, "012345678901234");
	assert_int_equal(count_fds(), before);
}

/* Past the deadline the program is killed and reaped, whatever it thinks of signals. */
static void test_deadline(void **state)
{
	struct spawn s = { .path = "/bin/sh",
			   .argv = SH("trap '' TERM INT; exec sleep 600"),
			   .what = "template" };
	int before = count_fds(), status = 4711;
	char *text = NULL;

	for (int i = 0; i < 2; i++) {
		_cleanup_error_ struct lxc_error *err = NULL;
		struct deadline d = deadline_in(150);
		int64_t start = wait_now();
		int r = i ? spawn_capture(&s, &d, 100, &text, &status, &err)
			  : spawn_run(&s, &d, &err);

		assert_int_equal(r, -ETIMEDOUT);
		assert_true(wait_now() - start < INT64_C(30000000000));
		assert_string_equal(error_message(err),
				    "template /bin/sh: Connection timed out");
		assert_int_equal(err->code, LXC_ERROR_TIMEOUT);
		assert_int_equal(waitpid(-1, NULL, __WALL), -1);
	}
	assert_null(text);
	assert_int_equal(status, 4711);
	assert_int_equal(count_fds(), before);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fds),
		cmocka_unit_test(test_fds_swapped),
		cmocka_unit_test(test_only_named_fds),
		cmocka_unit_test(test_fds_between),
		cmocka_unit_test(test_too_many_fds),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_detached),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_deadline),
	};

	if (argc > 2 && !strcmp(argv[1], "--play"))
		return play(argv[2]);
	(void)alarm(WHOLE_PATIENCE); /* a program that hangs is a failure, too */
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
