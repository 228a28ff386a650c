/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting with deadlines, and the locks that are waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "util/lock.h"
#include "util/syscall.h"
#include "util/wait.h"

#define _cleanup_error_ _cleanup_(error_freep)
#define MS INT64_C(1000000)
#define PATIENCE 10000 /* ms; nothing here takes that long */

/* --- deadlines --- */

static void test_deadline(void **state)
{
	struct deadline never = deadline_in(-1), now = deadline_in(0),
			later = deadline_in(60000), huge = deadline_in(INT64_MAX);

	assert_int_equal(deadline_left(NULL), -1);
	assert_int_equal(deadline_left(&never), -1);
	assert_int_equal(deadline_left(&huge), -1);
	assert_int_equal(deadline_left(&DEADLINE_NONE), -1);
	assert_true(deadline_left(&now) <= 1);
	assert_in_range(deadline_left(&later), 50000, 60000);
	assert_int_equal(never.cancel_fd, -1);
	assert_int_equal(later.cancel_fd, -1);
	struct deadline past = { .at = wait_now() - 5 * MS, .cancel_fd = -1 };
	assert_int_equal(deadline_left(&past), 0);
	/* not over until it is over: rounded up, or a wait would spin */
	struct deadline soon = { .at = wait_now() + MS / 2, .cancel_fd = -1 };
	assert_in_range(deadline_left(&soon), 0, 1);
	struct deadline far = deadline_in(INT64_C(1) << 40);
	assert_int_equal(deadline_left(&far), INT32_MAX);
}

static void test_timeout(void **state)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int64_t before = wait_now();
	struct deadline d = deadline_in(30);
	assert_int_equal(wait_fd(ends[0], POLLIN, &d), -ETIMEDOUT);
	assert_true(wait_now() - before >= 30 * MS);
	/* what is ready is ready, however late it is */
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(wait_fd(ends[0], POLLIN, &d), 0);
	assert_int_equal(wait_fd(ends[0], POLLIN, NULL), 0);
	assert_int_equal(wait_fd(ends[1], POLLOUT, &d), 0);
	(void)close(ends[1]);
	(void)close(ends[0]);
	d = deadline_in(20);
	assert_int_equal(wait_fds(NULL, 0, &d), -ETIMEDOUT);
}

static void test_cancel(void **state)
{
	int cancel[2], ends[2];
	struct deadline d = deadline_in(PATIENCE);

	assert_int_equal(pipe2(cancel, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	d.cancel_fd = cancel[0];
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(wait_fd(ends[0], POLLIN, &d), 0);
	assert_int_equal(write(cancel[1], "x", 1), 1);
	assert_int_equal(wait_fd(ends[0], POLLIN, &d), -ECANCELED);
	assert_int_equal(wait_fds(NULL, 0, &d), -ECANCELED);
	for (int i = 0; i < 2; i++) {
		(void)close(cancel[i]);
		(void)close(ends[i]);
	}
}

static void test_many(void **state)
{
	struct pollfd fds[65];
	int ends[2];
	struct deadline d = deadline_in(PATIENCE);

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[3] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	fds[63] = (struct pollfd){ .fd = ends[1], .events = POLLOUT };
	assert_int_equal(wait_fds(fds, 65, &d), -E2BIG);
	assert_int_equal(wait_fds(fds, 64, &d), 1);
	assert_int_equal(fds[3].revents, 0);
	assert_int_equal(fds[63].revents, POLLOUT);
	(void)close(ends[1]);
	assert_int_equal(wait_fds(fds, 4, &d), 1);
	assert_int_equal(fds[3].revents, POLLHUP);
	(void)close(ends[0]);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	alarms++;
}

/* Signals neither end a wait nor make it longer. */
static void test_signals(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, before;
	const struct itimerval often = { { 0, 3000 }, { 0, 3000 } }, never = {};
	int64_t start = wait_now();
	struct deadline d = deadline_in(60);

	assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(wait_fds(NULL, 0, &d), -ETIMEDOUT);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_true(alarms >= 3);
	assert_true(wait_now() - start >= 60 * MS);
}

/* --- children --- */

static void test_child(void **state)
{
	static const struct {
		int exit, kill;
	} ends[] = { { 0, 0 }, { 7, 0 }, { 0, SIGKILL }, { 0, SIGTERM } };

	for (size_t i = 0; i < ARRAY_SIZE(ends) * 2; i++) {
		struct deadline d = deadline_in(PATIENCE);
		int sig = ends[i / 2].kill;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			if (sig)
				(void)raise(sig);
			_exit(ends[i / 2].exit);
		}
		_cleanup_close_ int pidfd = i % 2 ? sys_pidfd_open(pid, 0) : NO_FD;
		int status = wait_child(pid, pidfd, &d);
		assert_true(status >= 0);
		assert_int_equal(sig ? WTERMSIG(status) : WEXITSTATUS(status),
				 sig ? sig : ends[i / 2].exit);
		assert_int_equal(wait_child(pid, NO_FD, &d), -ECHILD);
	}
}

static void test_child_deadline(void **state)
{
	struct deadline d = deadline_in(20);
	int cancel[2];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		for (;;)
			(void)pause();
	_cleanup_close_ int pidfd = sys_pidfd_open(pid, 0);
	assert_int_equal(wait_child(pid, pidfd, &d), -ETIMEDOUT);
	assert_int_equal(pipe2(cancel, O_CLOEXEC), 0);
	(void)close(cancel[1]);
	d = deadline_in(PATIENCE);
	d.cancel_fd = cancel[0];
	assert_int_equal(wait_child(pid, pidfd, &d), -ECANCELED);
	(void)close(cancel[0]);
	/* neither of them has reaped it */
	assert_int_equal(kill(pid, SIGKILL), 0);
	int status = wait_child(pid, pidfd, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* --- locks --- */

static char directory[] = "/tmp/test-wait.XXXXXX";
static char path[64];

static int make_path(void **state)
{
	if (!mkdtemp(directory))
		return -1;
	return snprintf(path, sizeof(path), "%s/lock", directory) < 0;
}

static int remove_path(void **state)
{
	(void)unlink(path);
	return rmdir(directory);
}

static void test_lock(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct deadline d = deadline_in(PATIENCE);
	_cleanup_close_ int first = lock_file(path, &d, &err);
	_cleanup_close_ int other = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	assert_true(first >= 0);
	assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(first, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* two descriptors of one process exclude each other; one may lock twice */
	assert_int_equal(lock_try(other), -EAGAIN);
	assert_int_equal(lock_try(first), 0);
	/* a close of another descriptor does not unlock, unlike fcntl(2)'s old locks */
	int third = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(close(third), 0);
	assert_int_equal(lock_try(other), -EAGAIN);
	close_p(&first);
	first = NO_FD;
	assert_int_equal(lock_try(other), 0);
	assert_null(err);
	assert_int_equal(lock_try(-1), -EBADF);
}

static void test_lock_timeout(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct deadline d = deadline_in(PATIENCE);
	_cleanup_close_ int first = lock_file(path, &d, NULL);
	char text[128];
	int cancel[2];

	assert_true(first >= 0);
	int64_t before = wait_now();
	d = deadline_in(40);
	assert_int_equal(lock_file(path, &d, &err), -ETIMEDOUT);
	assert_in_range(wait_now() - before, 40 * MS, 5000 * MS);
	(void)snprintf(text, sizeof(text), "lock %s: Connection timed out", path);
	assert_string_equal(error_message(err), text);
	(void)snprintf(text, sizeof(text), "another program holds it: see fuser %s",
		       path);
	assert_string_equal(err->text + err->hint, text);
	assert_int_equal(err->code, LXC_ERROR_TIMEOUT);

	assert_int_equal(pipe2(cancel, O_CLOEXEC), 0);
	(void)close(cancel[1]);
	d = deadline_in(PATIENCE);
	d.cancel_fd = cancel[0];
	assert_int_equal(lock_file(path, &d, &err), -ECANCELED);
	(void)snprintf(text, sizeof(text), "lock %s: Operation canceled", path);
	assert_string_equal(error_message(err), text);
	(void)close(cancel[0]);
}

static void test_lock_errors(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct deadline d = deadline_in(PATIENCE);
	char below[80], text[128];

	(void)snprintf(below, sizeof(below), "%s/none/lock", directory);
	assert_int_equal(lock_file(below, &d, &err), -ENOENT);
	(void)snprintf(text, sizeof(text), "lock %s: No such file or directory", below);
	assert_string_equal(error_message(err), text);
	(void)unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(lock_file(path, &d, &err), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(lock_file(directory, &d, &err), -EISDIR);
}

/* A child that has the lock, says so, and lives until it is killed. */
static pid_t start_holder(void)
{
	int ends[2];
	char c;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (lock_file(path, &DEADLINE_NONE, NULL) < 0)
			_exit(1);
		(void)!write(ends[1], "x", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 1);
	(void)close(ends[0]);
	return pid;
}

static void *kill_soon(void *pid)
{
	struct deadline d = deadline_in(60);

	(void)wait_fds(NULL, 0, &d);
	(void)kill(*(pid_t *)pid, SIGKILL);
	return NULL;
}

static void test_lock_of_the_dead(void **state)
{
	struct deadline d = deadline_in(PATIENCE), short_one = deadline_in(5);
	pid_t pid = start_holder();
	pthread_t thread;

	assert_int_equal(lock_file(path, &short_one, NULL), -ETIMEDOUT);
	assert_int_equal(pthread_create(&thread, NULL, kill_soon, &pid), 0);
	int64_t before = wait_now();
	_cleanup_close_ int fd = lock_file(path, &d, NULL);
	assert_true(fd >= 0);
	assert_in_range(wait_now() - before, 30 * MS, 5000 * MS);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_child_deadline),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_lock_timeout),
		cmocka_unit_test(test_lock_errors),
		cmocka_unit_test(test_lock_of_the_dead),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_path, remove_path);
}
