/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command socket: its address, which others compute, too, and what a client makes of
 * servers that answer as they should not.  The server is a thread that takes one connection
 * for each question and answers from a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "core/command.h"
#include "util/macro.h"

#define _cleanup_error_ _cleanup_(error_freep)
#define PATIENCE 20000 /* ms */
#define LXCPATH "/var/lib/lxc"
#define X10 "xxxxxxxxxx"
#define X80 X10 X10 X10 X10 X10 X10 X10 X10

/* --- address --- */

/* FNV-1a with the shifts of its authors' reference code in place of the multiplication. */
static uint64_t fnv1a(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++) {
		h ^= (unsigned char)*text;
		h += (h << 1) + (h << 4) + (h << 5) + (h << 7) + (h << 8) + (h << 40);
	}
	return h;
}

static void test_fnv1a(void **state)
{
	/* test vectors of draft-eastlake-fnv */
	assert_true(fnv1a("") == UINT64_C(0xcbf29ce484222325));
	assert_true(fnv1a("a") == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(fnv1a("foobar") == UINT64_C(0x85944171f73967e8));
}

static void expect_address(const char *lxcpath, const char *name, const char *text)
{
	struct sockaddr_un address;
	size_t n = strlen(text);
	const char zeros[sizeof(address.sun_path)] = "";

	memset(&address, 0x55, sizeof(address));
	assert_int_equal(command_address(lxcpath, name, &address),
			 offsetof(struct sockaddr_un, sun_path) + 1 + n);
	assert_int_equal(address.sun_family, AF_UNIX);
	assert_int_equal(address.sun_path[0], '\0');
	assert_memory_equal(address.sun_path + 1, text, n);
	assert_memory_equal(address.sun_path + 1 + n, zeros,
			    sizeof(address.sun_path) - 1 - n);
}

static void test_address(void **state)
{
	expect_address(LXCPATH, "c1", "/var/lib/lxc/c1/command");
	expect_address("/home/u/.local/share/lxc", "web-1.example",
		       "/home/u/.local/share/lxc/web-1.example/command");
	expect_address("relative", "c 1", "relative/c 1/command");
	expect_address("/", "c1", "//c1/command");
}

/* Up to 105 bytes the text itself, from 106 on its hash. */
static void test_long_address(void **state)
{
	char name[200];

	for (size_t n = 80; n < sizeof(name) - 1; n++) {
		char plain[300], path[300], text[300];

		memset(name, 'n', n);
		name[n] = '\0';
		int size = snprintf(plain, sizeof(plain), "%s/%s/command", LXCPATH, name);
		(void)snprintf(path, sizeof(path), "%s/%s", LXCPATH, name);
		(void)snprintf(text, sizeof(text), "lxc/%016llx/command",
			       (unsigned long long)fnv1a(path));
		expect_address(LXCPATH, name, size < 106 ? plain : text);
	}
	/* as bytes, once and for all */
	expect_address("/" X80, X10 X10, "lxc/2ff890a4e41885d3/command");
}

/* --- a server --- */

#define SERVER_FDS 3

struct answer {
	int ret, datalen;
	long value;
	const char *data;
	size_t sent; /* of the data; */
	size_t cut; /* …of the reply; 0: all of it */
	int n_fds;
	bool silent, refuse; /* never answer; close without */
	bool gone; /* …and nobody listens any more */
};

struct server {
	int listener;
	struct answer answer;
	struct command_request got;
	char payload[64];
	struct ucred who;
};

static void send_answer(int fd, const struct answer *a)
{
	struct command_reply reply = { a->ret, a->datalen, (void *)(intptr_t)a->value };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(SERVER_FDS * sizeof(int))];
	} control = {};
	struct iovec iov = { &reply, a->cut ? a->cut : sizeof(reply) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const int fds[SERVER_FDS] = { fd, fd, fd };

	if (a->n_fds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(a->n_fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(a->n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, a->n_fds * sizeof(int));
	}
	(void)sendmsg(fd, &msg, MSG_NOSIGNAL);
	/* in two pieces, as a stream may deliver it */
	(void)send(fd, a->data, a->sent / 2, MSG_NOSIGNAL);
	(void)send(fd, a->data + a->sent / 2, a->sent - a->sent / 2, MSG_NOSIGNAL);
}

static void take_request(struct server *s, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control = {};
	struct iovec iov = { &s->got, sizeof(s->got) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;

	if (recvmsg(fd, &msg, 0) != sizeof(s->got))
		return;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_type == SCM_CREDENTIALS)
		memcpy(&s->who, CMSG_DATA(c), sizeof(s->who));
	if (s->got.datalen > 0 && s->got.datalen <= (int)sizeof(s->payload))
		(void)recv(fd, s->payload, s->got.datalen, MSG_WAITALL);
}

static void *serve(void *argument)
{
	struct server *s = argument;
	struct deadline d = deadline_in(PATIENCE);
	_cleanup_close_ int fd = wait_fd(s->listener, POLLIN, &d) < 0
					 ? NO_FD
					 : accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	char c;

	if (fd < 0)
		return NULL;
	take_request(s, fd);
	if (s->answer.gone) {
		close_p(&s->listener);
		s->listener = NO_FD;
	}
	if (s->answer.silent)
		(void)!read(fd, &c, 1); /* until the client gives up */
	else if (!s->answer.refuse)
		send_answer(fd, &s->answer);
	return NULL;
}

static char name[32];

static int make_name(void **state)
{
	return snprintf(name, sizeof(name), "test-command-%d", getpid()) < 0;
}

/* Ask a server that answers so. */
static int ask(const struct answer *answer, struct server *s, int64_t ms,
	       struct command_result *result)
{
	struct deadline d = deadline_in(ms);
	const struct command_question q = {
		.lxcpath = LXCPATH,
		.name = name,
		.command = COMMAND_GET_CONFIG_ITEM,
		.data = "lxc.tty.max",
		.size = 12,
		.deadline = &d,
	};
	pthread_t thread;

	*s = (struct server){ .answer = *answer };
	s->listener = command_listen(LXCPATH, name, NULL);
	assert_true(s->listener >= 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, s), 0);
	int r = command_ask(&q, result);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close_p(&s->listener);
	return r;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static const struct {
	const char *what;
	struct answer answer;
	int r;
	const char *data;
	long value;
	size_t n_fds;
} answers[] = {
	{ "nothing but yes", { 0 }, 0 },
	{ "a number", { .value = 4711 }, 0, NULL, 4711 },
	{ "a negative number", { .value = -1 }, 0, NULL, -1 },
	{ "data", { .datalen = 2, .data = "4", .sent = 2 }, 0, "4" },
	{ "data without NUL", { .datalen = 5, .data = "hello", .sent = 5 }, 0, "hello" },
	{ "more data than said", { .datalen = 2, .data = "hello", .sent = 5 }, 0, "he" },
	{ "a positive result",
	  { .ret = 3, .datalen = 1, .data = "x", .sent = 1 },
	  0,
	  "x" },
	{ "one descriptor", { .n_fds = 1 }, 0, NULL, 0, 1 },
	{ "two and data",
	  { .n_fds = 2, .datalen = 1, .data = "x", .sent = 1 },
	  0,
	  "x",
	  0,
	  2 },
	{ "three", { .n_fds = 3 }, 0, NULL, 0, 3 },
	{ "an error", { .ret = -ENOENT }, -ENOENT },
	{ "an error and a descriptor", { .ret = -EPERM, .n_fds = 1 }, -EPERM },
	{ "half a reply", { .cut = 8 }, -EBADMSG },
	{ "one byte", { .cut = 1, .n_fds = 2 }, -EBADMSG },
	{ "half of the data", { .datalen = 8, .data = "hell", .sent = 4 }, -ECONNRESET },
	{ "none of the data", { .datalen = 8 }, -ECONNRESET },
	{ "data of negative size", { .datalen = -1 }, -EBADMSG },
	{ "smallest size", { .datalen = INT32_MIN }, -EBADMSG },
	{ "data of 2 GiB", { .datalen = INT32_MAX }, -EBADMSG },
	{ "17 MiB and descriptors", { .datalen = 17 << 20, .n_fds = 2 }, -EBADMSG },
	/* it listens still, so it does not want us; it is gone, so it does not run */
	{ "nothing at all", { .refuse = true }, -ECONNRESET },
	{ "nothing, and is gone", { .refuse = true, .gone = true }, -ECONNREFUSED },
	{ "half, and is gone",
	  { .datalen = 8, .data = "hell", .sent = 4, .gone = true },
	  -ECONNREFUSED },
};

static void test_answers(void **state)
{
	int before = count_fds();

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct command_result result;
		struct server s;
		int r = ask(&answers[i].answer, &s, PATIENCE, &result);

		if (r != answers[i].r)
			fail_msg("%s: %d instead of %d", answers[i].what, r,
				 answers[i].r);
		assert_int_equal(s.got.cmd, COMMAND_GET_CONFIG_ITEM);
		assert_int_equal(s.got.datalen, 12);
		assert_string_equal(s.payload, "lxc.tty.max");
		assert_int_equal(s.who.pid, getpid());
		assert_int_equal(s.who.uid, geteuid());
		assert_int_equal(result.n_fds, answers[i].n_fds);
		assert_int_equal(result.connection, NO_FD);
		assert_int_equal(!result.data, !answers[i].data);
		if (result.data)
			assert_string_equal(result.data, answers[i].data);
		if (r == 0 && answers[i].value)
			assert_int_equal(result.value, answers[i].value);
		command_result_done(&result);
		assert_int_equal(count_fds(), before);
	}
}

static void test_deadline(void **state)
{
	const struct answer silent = { .silent = true };
	struct command_result result;
	struct server s;
	int before = count_fds();

	int64_t start = wait_now();
	assert_int_equal(ask(&silent, &s, 50, &result), -ETIMEDOUT);
	assert_true(wait_now() - start < INT64_C(10000000000));
	assert_int_equal(count_fds(), before);
}

static void test_nobody(void **state)
{
	const struct command_question q = {
		.lxcpath = LXCPATH,
		.name = name,
		.command = COMMAND_GET_STATE,
	};
	struct command_result result;
	struct deadline d = deadline_in(PATIENCE);

	assert_int_equal(command_ask(&q, &result), -ECONNREFUSED);
	assert_int_equal(result.connection, NO_FD);
	assert_int_equal(command_state(LXCPATH, name, &d), STATE_STOPPED);
}

/* In a child: a container of somebody else's, who only calls it ours. */
static int listen_as_nobody(int ready)
{
	if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
		return 1;
	struct server s = { .listener = command_listen(LXCPATH, name, NULL),
			    .answer = { .value = STATE_RUNNING } };
	if (s.listener < 0 || write(ready, "x", 1) != 1)
		return 2;
	(void)serve(&s);
	return s.got.cmd == 0 ? 0 : 3; /* it is not even asked */
}

static void test_stranger(void **state)
{
	struct deadline d = deadline_in(PATIENCE);
	int ready[2], status = 0;
	char c;

	if (geteuid() != 0) {
		print_message("# becoming another user takes root\n");
		skip();
	}
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(listen_as_nobody(ready[1]));
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	assert_int_equal(command_state(LXCPATH, name, &d), -EACCES);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- state --- */

static int state_from(long value)
{
	struct server s = { .answer = { .value = value } };
	struct deadline d = deadline_in(PATIENCE);
	pthread_t thread;

	s.listener = command_listen(LXCPATH, name, NULL);
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	int r = command_state(LXCPATH, name, &d);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(s.listener);
	assert_int_equal(s.got.cmd, COMMAND_GET_STATE);
	assert_int_equal(s.got.datalen, 0);
	return r;
}

static void test_state(void **state)
{
	static const char *const names[] = { "STOPPED",	 "STARTING", "RUNNING",
					     "STOPPING", "ABORTING", "FREEZING",
					     "FROZEN",	 "THAWED" };

	static_assert(ARRAY_SIZE(names) == STATE_COUNT, "all states");
	for (int i = 0; i < STATE_COUNT; i++) {
		assert_int_equal(state_from(i), i);
		assert_string_equal(state_names[i], names[i]);
	}
	assert_int_equal(state_from(STATE_COUNT), -EBADMSG);
	assert_int_equal(state_from(-1), -EBADMSG);
	assert_int_equal(state_from(INT64_C(1) << 32), -EBADMSG);
}

/* --- listening --- */

static void test_listen(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	_cleanup_close_ int first = command_listen(LXCPATH, name, &err);
	char message[200], hint[200];

	assert_true(first >= 0);
	assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
	assert_int_equal(command_listen(LXCPATH, name, &err), -EADDRINUSE);
	(void)snprintf(message, sizeof(message),
		       "command socket " LXCPATH "/%s: already running", name);
	(void)snprintf(hint, sizeof(hint),
		       "see lxc-info -P " LXCPATH " -n %s, or stop it first: lxc-stop "
		       "-P " LXCPATH " -n %s",
		       name, name);
	assert_string_equal(error_message(err), message);
	assert_string_equal(err->text + err->hint, hint);
	assert_int_equal(err->code, LXC_ERROR_BUSY);
	assert_int_equal(command_listen(LXCPATH, name, NULL), -EADDRINUSE);
	/* another path is another container */
	_cleanup_close_ int other = command_listen("/other", name, &err);
	assert_true(other >= 0);
}

/* A client that keeps its connection reads from it later. */
static void test_keep(void **state)
{
	struct server s = { .answer = { .value = 2, .sent = 5, .data = "later" } };
	_cleanup_command_ struct command_result result;
	struct deadline d = deadline_in(PATIENCE);
	const struct command_question q = {
		.lxcpath = LXCPATH,
		.name = name,
		.command = COMMAND_ADD_STATE_CLIENT,
		.keep = true,
		.deadline = &d,
	};
	pthread_t thread;
	char text[8] = "";

	s.listener = command_listen(LXCPATH, name, NULL);
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	assert_int_equal(command_ask(&q, &result), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(s.listener);
	assert_int_equal(result.value, 2);
	assert_true(result.connection >= 0);
	assert_int_equal(fcntl(result.connection, F_GETFD), FD_CLOEXEC);
	assert_int_equal(recv(result.connection, text, 5, MSG_WAITALL), 5);
	assert_string_equal(text, "later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fnv1a),	     cmocka_unit_test(test_address),
		cmocka_unit_test(test_long_address), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_deadline),     cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_stranger),     cmocka_unit_test(test_state),
		cmocka_unit_test(test_listen),	     cmocka_unit_test(test_keep),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_name, NULL);
}
