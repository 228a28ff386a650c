/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relaying between terminals: a child with a terminal of its own relays to the master of
 * another one, while this test plays the user at the first and the program at the second.
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
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "core/proxy.h"
#include "util/file.h"

#define PATIENCE 20000 /* ms */
#define CTRL_A 1

struct pair {
	int master, slave;
};

static struct pair user, program;
static int end[2]; /* the proxy's end_fd */
static int logged; /* and its log */
static struct termios before;
static pid_t child;

static int open_pair(struct pair *p)
{
	char name[64];

	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->master < 0 || grantpt(p->master) < 0 || unlockpt(p->master) < 0 ||
	    ptsname_r(p->master, name, sizeof(name)))
		return -1;
	p->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return p->slave < 0 ? -1 : 0;
}

static int make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return -1;
	cfmakeraw(&t);
	return tcsetattr(fd, TCSANOW, &t);
}

static int open_terminals(void **state)
{
	const struct winsize size = { .ws_row = 33, .ws_col = 77 };
	char name[] = "/tmp/test-proxy.XXXXXX";

	child = 0;
	logged = mkstemp(name);
	return logged < 0 || unlink(name) < 0 || open_pair(&user) < 0 ||
	       open_pair(&program) < 0 || make_raw(program.slave) < 0 ||
	       ioctl(user.slave, TIOCSWINSZ, &size) < 0 ||
	       tcgetattr(user.slave, &before) < 0 || pipe2(end, O_CLOEXEC) < 0;
}

static void shut(int *fd)
{
	close_p(fd);
	*fd = NO_FD;
}

static int close_terminals(void **state)
{
	int *const fds[] = { &user.master, &user.slave, &program.master, &program.slave,
			     &end[0],	   &end[1],	&logged };

	if (child > 0) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		shut(fds[i]);
	return 0;
}

/* In the child: 0 when it ended and left everything as it was. */
static int relay(int escape)
{
	const struct proxy p = {
		.in = user.slave,
		.out = user.slave,
		.master = program.master,
		.end_fd = end[0],
		.log_fd = logged,
		.escape = escape,
	};
	struct deadline d = deadline_in(PATIENCE);
	struct termios after;
	sigset_t mask;

	/* only ours stay open, so that an end is an end */
	shut(&user.master);
	shut(&program.slave);
	shut(&end[1]);
	if (setsid() < 0 || ioctl(user.slave, TIOCSCTTY, 0) < 0)
		return 1;
	(void)signal(SIGHUP, SIG_IGN);
	int r = proxy_run(&p, &d, NULL);
	if (r < 0)
		return r == -ETIMEDOUT ? 2 : 3;
	if (tcgetattr(user.slave, &after) == 0 &&
	    (after.c_lflag != before.c_lflag || after.c_iflag != before.c_iflag ||
	     after.c_oflag != before.c_oflag))
		return 4;
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	return sigismember(&mask, SIGWINCH) ? 5 : 0;
}

static bool is_raw(void)
{
	struct termios t;

	return tcgetattr(user.slave, &t) == 0 && !(t.c_lflag & (ICANON | ECHO | ISIG));
}

/* Start the relay and wait until it has made the terminal raw. */
static void start(int escape)
{
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(relay(escape));
	for (int i = 0; i < 5000 && !is_raw(); i++)
		(void)usleep(1000);
	assert_true(is_raw());
}

static void expect_end(void)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	child = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void type(int fd, const char *text, size_t size)
{
	assert_int_equal(file_write_all(fd, text, size), 0);
}

static void expect_bytes(int fd, const char *expected, size_t size)
{
	struct deadline d = deadline_in(PATIENCE);
	char text[256];
	size_t have = 0;

	while (have < size) {
		assert_int_equal(wait_fd(fd, POLLIN, &d), 0);
		ssize_t n = read(fd, text + have, size - have);
		assert_true(n > 0);
		have += n;
	}
	assert_memory_equal(text, expected, size);
}

static void expect_silence(int fd)
{
	struct deadline d = deadline_in(0);

	assert_int_equal(wait_fd(fd, POLLIN, &d), -ETIMEDOUT);
}

#define TYPE(text) type(user.master, text, sizeof(text) - 1)
#define ARRIVES(text) expect_bytes(program.slave, text, sizeof(text) - 1)

/* --- both ways --- */

static void test_both_ways(void **state)
{
	_cleanup_free_ char *copy = NULL;

	start(CTRL_A);
	TYPE("hello\r\n\003\004\034\021\377");
	ARRIVES("hello\r\n\003\004\034\021\377"); /* nothing of it is for us */
	type(program.slave, "world\n\0\033[1m", 11);
	expect_bytes(user.master, "world\n\0\033[1m", 11);
	TYPE("\001q");
	expect_end();
	expect_silence(program.slave);
	assert_int_equal(lseek(logged, 0, SEEK_SET), 0);
	assert_int_equal(file_read_fd(logged, &copy, NULL), 0);
	assert_memory_equal(copy, "world\n\0\033[1m", 11);
}

static const struct {
	int escape;
	const char *typed[4]; /* one write(2) each */
	const char *arrives;
	bool ends;
} escapes[] = {
	{ 1, { "abc", "\001q" }, "abc", true },
	{ 1, { "abc\001qdef" }, "abc", true },
	{ 1, { "\001", "q" }, "", true },
	{ 1, { "\001x" }, "x", false },
	{ 1, { "\001\001" }, "\001", false },
	{ 1, { "\001\001q" }, "\001q", false },
	{ 1, { "\001\001\001q" }, "\001", true },
	{ 1, { "\001", "\001", "q", "\001q" }, "\001q", true },
	{ 1, { "a\001b\001c" }, "abc", false },
	{ 1, { "q\002q" }, "q\002q", false },
	{ 2, { "\001q\002\002", "\002q" }, "\001q\002", true },
	{ 0, { "\001q\001\001" }, "\001q\001\001", false },
	{ -1, { "\001q" }, "\001q", false },
};

static void test_escapes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
		start(escapes[i].escape);
		for (size_t j = 0; j < 4 && escapes[i].typed[j]; j++) {
			type(user.master, escapes[i].typed[j],
			     strlen(escapes[i].typed[j]));
			(void)usleep(2000);
		}
		expect_bytes(program.slave, escapes[i].arrives,
			     strlen(escapes[i].arrives));
		if (!escapes[i].ends) {
			expect_silence(program.slave);
			assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
			type(end[1], "x", 1);
		}
		expect_end();
		expect_silence(program.slave);
		if (!escapes[i].ends)
			expect_bytes(end[0], "x", 1);
	}
}

/* --- sizes --- */

static bool has_size(int rows, int columns)
{
	struct winsize size;

	for (int i = 0; i < 5000; i++) {
		if (ioctl(program.slave, TIOCGWINSZ, &size) == 0 && size.ws_row == rows &&
		    size.ws_col == columns)
			return true;
		(void)usleep(1000);
	}
	return false;
}

static void test_size(void **state)
{
	const struct winsize size = { .ws_row = 12, .ws_col = 120 };

	start(CTRL_A);
	assert_true(has_size(33, 77));
	assert_int_equal(ioctl(user.master, TIOCSWINSZ, &size), 0);
	assert_true(has_size(12, 120));
	TYPE("\001q");
	expect_end();
}

/* --- ends --- */

/* What the master still holds is shown before it ends. */
static void test_drain(void **state)
{
	char text[10000], shown[10000];
	size_t have = 0;

	memset(text, 'x', sizeof(text));
	start(CTRL_A);
	assert_int_equal(kill(child, SIGSTOP), 0);
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	assert_int_equal(fcntl(program.slave, F_SETFL, O_NONBLOCK), 0);
	ssize_t n = write(program.slave, text, sizeof(text));
	assert_true(n > 1000);
	shut(&end[1]);
	assert_int_equal(kill(child, SIGCONT), 0);
	while (have < (size_t)n) {
		struct deadline d = deadline_in(PATIENCE);
		assert_int_equal(wait_fd(user.master, POLLIN, &d), 0);
		ssize_t more = read(user.master, shown + have, n - have);
		assert_true(more > 0);
		have += more;
	}
	assert_memory_equal(text, shown, n);
	expect_end();
}

/* The program's side closes, as when the container stops. */
static void test_hangup(void **state)
{
	start(CTRL_A);
	type(program.slave, "bye", 3);
	expect_bytes(user.master, "bye", 3);
	shut(&program.slave);
	expect_end();
}

/* The user's terminal is gone: the program reads an end of file, and what it says counts. */
static void test_user_leaves(void **state)
{
	start(CTRL_A);
	shut(&user.slave);
	shut(&user.master);
	ARRIVES("\004");
	(void)close(program.slave);
	program.slave = NO_FD;
	expect_end();
}

static void test_deadline(void **state)
{
	struct lxc_error *err = NULL;
	const struct proxy p = {
		.in = -1, .out = -1, .end_fd = -1, .log_fd = -1, .master = program.master
	};
	struct deadline d = deadline_in(20);
	sigset_t mask;

	assert_int_equal(proxy_run(&p, &d, &err), -ETIMEDOUT);
	assert_string_equal(error_message(err), "relay terminal: Connection timed out");
	error_clear(&err);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	assert_int_equal(sigismember(&mask, SIGWINCH), 0);
}

#define WITH_TERMINALS(test) \
	cmocka_unit_test_setup_teardown(test, open_terminals, close_terminals)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TERMINALS(test_both_ways), WITH_TERMINALS(test_escapes),
		WITH_TERMINALS(test_size),	WITH_TERMINALS(test_drain),
		WITH_TERMINALS(test_hangup),	WITH_TERMINALS(test_user_leaves),
		WITH_TERMINALS(test_deadline),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
