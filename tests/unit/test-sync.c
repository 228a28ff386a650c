/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The channel between two of our processes: messages, descriptors, errors, garbage. */
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
#include <sys/resource.h>
#include <sys/socket.h>

#include "core/sync.h"

#define _cleanup_error_ _cleanup_(error_freep)
#define ROLES offsetof(struct sync_message, roles)
#define ERROR_AT sizeof(uint32_t) /* the error record behind the type */

static int ends[2] = { NO_FD, NO_FD };
static int fds[SYNC_FDS_MAX];
static int before; /* how many descriptors are open */

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int make_pair(void **state)
{
	before = count_fds();
	return sync_pair(ends);
}

/* No test leaves a descriptor open that was not there before. */
static int close_pair(void **state)
{
	close_p(&ends[0]);
	close_p(&ends[1]);
	return count_fds() != before;
}

/* --- messages --- */

static void test_message(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct sync_message m = { .type = SYNC_STATE, .value = -7, .pid = 4711 }, got;

	assert_int_equal(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
	assert_int_equal(sync_send(ends[0], &m, NULL), 0);
	m.value = 8;
	assert_int_equal(sync_send(ends[0], &m, NULL), 0);
	assert_int_equal(sync_receive(ends[1], &got, fds, &err), 1);
	assert_int_equal(got.type, SYNC_STATE);
	assert_int_equal(got.value, -7);
	assert_int_equal(got.pid, 4711);
	assert_int_equal(got.n_fds, 0);
	/* one record is one message, and no place for descriptors is needed */
	assert_int_equal(sync_receive(ends[1], &got, NULL, &err), 1);
	assert_int_equal(got.value, 8);
	assert_null(err);
}

static void test_end(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct sync_message m = { .type = SYNC_PREPARED };

	(void)close(ends[0]);
	ends[0] = NO_FD;
	assert_int_equal(sync_receive(ends[1], &m, fds, &err), 0);
	assert_null(err);
	/* no SIGPIPE, which would end this test */
	assert_int_equal(sync_send(ends[1], &m, NULL), -EPIPE);
	assert_int_equal(sync_receive(-1, &m, fds, &err), -EBADF);
	assert_string_equal(error_message(err), "sync receive: Bad file descriptor");
}

/* --- descriptors --- */

static int numbered(int i)
{
	int fd = memfd_create("numbered", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, i + 1), 0);
	return fd;
}

static void pass(uint32_t n)
{
	struct sync_message m = { .type = SYNC_FDS, .n_fds = n }, got = {};
	int mine[SYNC_FDS_MAX] = {};

	for (uint32_t i = 0; i < n; i++) {
		mine[i] = numbered(i);
		m.roles[i] = i % 5;
	}
	assert_int_equal(sync_send(ends[0], &m, mine), 0);
	for (uint32_t i = 0; i < n; i++)
		(void)close(mine[i]);
	assert_int_equal(sync_receive(ends[1], &got, fds, NULL), 1);
	assert_int_equal(got.n_fds, n);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(got.roles[i], i % 5);
		assert_int_equal(lseek(fds[i], 0, SEEK_END), i + 1);
		assert_int_equal(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
		(void)close(fds[i]);
	}
}

static void test_fds(void **state)
{
	pass(1);
	pass(7);
	pass(SYNC_FDS_MAX);
	struct sync_message m = { .n_fds = SYNC_FDS_MAX + 1 };
	assert_int_equal(sync_send(ends[0], &m, fds), -E2BIG);
}

/* A record of any bytes with n descriptors, each a copy of ends[1]. */
static void send_raw(const void *record, size_t size, size_t n)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(253 * sizeof(int))];
	} control = {};
	struct iovec iov = { .iov_base = (void *)record, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (size_t i = 0; i < n; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &ends[1], sizeof(int));
	}
	assert_int_equal(sendmsg(ends[0], &msg, MSG_NOSIGNAL), size);
}

/* More of them than a message can have, than it says, than the receiver wants. */
static void test_surplus_fds(void **state)
{
	static const struct {
		size_t sent;
		uint32_t said;
		bool wanted;
	} cases[] = { { 1, 0, true },	   { 3, 2, true },	   { 2, 3, true },
		      { 0, 1, true },	   { 1, 1, false },	   { 253, 253, true },
		      { 253, 240, false }, { 5, UINT32_MAX, true } };
	int open_ones = count_fds();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;
		struct sync_message m = { .type = SYNC_FDS, .n_fds = cases[i].said }, got;

		send_raw(&m, sizeof(m), cases[i].sent);
		assert_int_equal(
			sync_receive(ends[1], &got, cases[i].wanted ? fds : NULL, &err),
			-EBADMSG);
		assert_string_equal(error_message(err),
				    "sync broken record: Bad message");
		assert_int_equal(count_fds(), open_ones);
	}
}

/* --- errors --- */

static void test_error(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL, *got = NULL;
	struct sync_message m;

	error_set(&err, -ENOENT, "mount", "%s on %s", "/srv", "srv");
	error_hint(&err, "create it");
	sync_send_error(ends[0], err);
	sync_send_error(ends[0], err);
	error_set(&got, -EIO, "old", "one");
	assert_int_equal(sync_receive(ends[1], &m, fds, &got), -ENOENT);
	error_wrap(&got, -ENOENT, "start", "%s", "c1");
	assert_string_equal(error_message(got),
			    "start c1: mount /srv on srv: No such file or directory");
	assert_string_equal(got->text + got->hint, "create it");
	assert_int_equal(got->code, LXC_ERROR_NOT_FOUND);
	assert_int_equal(sync_receive(ends[1], &m, fds, NULL), -ENOENT);
}

static void test_longest_error(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL, *got = NULL;
	char text[ERROR_TEXT_MAX + 100];
	struct sync_message m;

	memset(text, 'x', sizeof(text));
	error_set(&err, -EIO, "mount", "%.*s", (int)sizeof(text), text);
	for (int i = 0; i < 20; i++)
		error_wrap(&err, -EIO, "start", "%d", i);
	sync_send_error(ends[0], err);
	assert_int_equal(sync_receive(ends[1], &m, fds, &got), -EIO);
	assert_memory_equal(got, err, error_size(err));
}

static void test_lost_error(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -EIO, "mount", "%s", "x");
	(void)close(ends[1]);
	ends[1] = NO_FD;
	sync_send_error(ends[0], err); /* there is nobody to tell, nor to be killed */
}

/* An error that somebody has made up: type and record in one piece of memory. */
static size_t make_record(char *record, int errnum)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	const uint32_t type = SYNC_ERROR;

	error_set(&err, -EPERM, "mount", "%s", "/srv");
	err->errnum = errnum;
	memcpy(record, &type, sizeof(type));
	memcpy(record + ERROR_AT, err, error_size(err));
	return ERROR_AT + error_size(err);
}

static void test_cut_error(void **state)
{
	char record[sizeof(struct lxc_error)];
	size_t size = make_record(record, EPERM);
	struct sync_message m;

	for (size_t n = sizeof(uint32_t); n < size; n++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		send_raw(record, n, 0);
		assert_int_equal(sync_receive(ends[1], &m, fds, &err), -EBADMSG);
		assert_string_equal(error_message(err),
				    "sync broken error record: Bad message");
	}
	send_raw(record, size, 0);
	assert_int_equal(sync_receive(ends[1], &m, fds, NULL), -EPERM);
}

/* Whatever errno it claims, an error is a failure and never a message. */
static void test_error_without_errno(void **state)
{
	const int bad[] = { 0, -1, -EPERM, -4095 };
	char record[sizeof(struct lxc_error)];
	struct sync_message m;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;
		size_t size = make_record(record, bad[i]);

		send_raw(record, size, 0);
		assert_true(sync_receive(ends[1], &m, fds, &err) < 0);
		assert_non_null(err);
	}
}

/* Descriptors beside an error are nobody's. */
static void test_error_with_fds(void **state)
{
	char record[sizeof(struct lxc_error)];
	int open_ones = count_fds();
	struct sync_message m;

	for (int i = 0; i < 2; i++) {
		size_t size = make_record(record, EPERM);

		send_raw(record, i ? size : size - 1, 3);
		assert_int_equal(sync_receive(ends[1], &m, fds, NULL),
				 i ? -EPERM : -EBADMSG);
		int now = count_fds();
		for (int fd = 0; fd < 3 && now > open_ones; fd++)
			(void)close(fds[fd]);
		assert_int_equal(now, open_ones);
	}
}

/* --- garbage --- */

static void test_garbage(void **state)
{
	char record[6000];
	struct sync_message m;
	unsigned int random = 1;

	for (size_t n = 1; n < sizeof(record); n += n < 300 ? 1 : 97) {
		_cleanup_error_ struct lxc_error *err = NULL;

		for (size_t i = 0; i < n; i++)
			record[i] = (random = random * 1103515245 + 12345) >> 16;
		/* the member that says how many descriptors there are stays wrong */
		if (n >= ROLES)
			memset(record + offsetof(struct sync_message, n_fds), 0x55, 4);
		send_raw(record, n, 0);
		assert_int_equal(sync_receive(ends[1], &m, fds, &err), -EBADMSG);
		assert_non_null(err);
	}
	for (size_t n = 1; n < ROLES; n++) {
		memset(record, 0, sizeof(record));
		send_raw(record, n, 0);
		assert_int_equal(sync_receive(ends[1], &m, fds, NULL), -EBADMSG);
	}
}

static void test_is_closed(void **state)
{
	const struct sync_message m = { .type = SYNC_RELEASE };

	assert_false(sync_is_closed(ends[0]));
	assert_int_equal(sync_send(ends[1], &m, NULL), 0);
	assert_false(sync_is_closed(ends[0]));
	int other = dup(ends[1]);
	close_p(&ends[1]);
	ends[1] = -1;
	assert_false(sync_is_closed(ends[0]));
	(void)close(other);
	assert_true(sync_is_closed(ends[0]));
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, make_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(test_message),
		WITH_PAIR(test_end),
		WITH_PAIR(test_fds),
		WITH_PAIR(test_surplus_fds),
		WITH_PAIR(test_error),
		WITH_PAIR(test_longest_error),
		WITH_PAIR(test_lost_error),
		WITH_PAIR(test_cut_error),
		WITH_PAIR(test_error_without_errno),
		WITH_PAIR(test_error_with_fds),
		WITH_PAIR(test_garbage),
		WITH_PAIR(test_is_closed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
