/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs from callers in every state: their signals, threads and descriptors.  Each
 * caller is a child of the test.  Started as "NAME --play" this program is the one that is
 * run, and prints its signals and descriptors.
 */
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
#include <sys/resource.h>
#include <sys/wait.h>

#include "util/file.h"
#include "util/spawn.h"
#include "util/syscall.h"

#define PATIENCE 20000 /* ms */
#define WHOLE_PATIENCE 120 /* s */
#define SELF "/proc/self/exe"
#define ARGV(...) ((char *const *)(const char *const[]){ __VA_ARGS__, NULL })
#define SH(text) ARGV("sh", "-c", text)

static int play(void)
{
	sigset_t blocked;

	(void)sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction now;

		if (sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
			(void)printf("ignored %d ", sig);
		if (sigismember(&blocked, sig) == 1)
			(void)printf("blocked %d ", sig);
	}
	for (int fd = 0; fd < 3000; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			(void)printf("%d ", fd);
	return 0;
}

static const struct spawn player = {
	.path = SELF,
	.argv = ARGV("player", "--play"),
	.fds = { { -1, 0 } },
	.n_fds = 1,
};

/* Whether the player, run now, says this. */
static bool says(const struct spawn *s, const char *expected)
{
	struct deadline d = deadline_in(PATIENCE);
	_cleanup_free_ char *text = NULL;
	int status = -1;

	if (spawn_capture(s, &d, 4096, &text, &status, NULL) < 0 || status)
		return false;
	if (!strcmp(text, expected))
		return true;
	(void)dprintf(STDERR_FILENO, "# said: %s\n", text);
	return false;
}

/* Exit status of function in a child, or -signal. */
static int in_child(int (*function)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(function());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* --- signals --- */

static void handle(int sig)
{
}

static int caller_with_signals(void)
{
	static const int ignored[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGPIPE,
				       SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR2 };
	struct sigaction act = { .sa_handler = handle }, now;
	sigset_t before, after;

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	if (sigaction(SIGTERM, &act, NULL) < 0 || sigaction(SIGUSR1, &act, NULL) < 0)
		return 1;
	sigemptyset(&before);
	sigaddset(&before, SIGQUIT);
	sigaddset(&before, SIGWINCH);
	sigaddset(&before, SIGALRM);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (!says(&player, "0 1 2 "))
		return 2;
	/* and nothing of it has changed for the caller */
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(&after, sig) == 1 && sigismember(&before, sig) != 1)
			return 3;
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		if (sigaction(ignored[i], NULL, &now) < 0 || now.sa_handler != SIG_IGN)
			return 4;
	if (sigaction(SIGTERM, NULL, &now) < 0 || now.sa_handler != handle)
		return 5;
	return sigismember(&after, SIGQUIT) == 1 ? 0 : 6;
}

static void test_signals(void **state)
{
	assert_int_equal(in_child(caller_with_signals), 0);
}

static volatile sig_atomic_t strange; /* a handler ran in another process */
static pid_t self;

static void on_winch(int sig)
{
	if (syscall(SYS_getpid) != self)
		strange = 1;
}

/* Signals to the whole process group, as a terminal sends them, for as long as it takes. */
static pid_t start_storm(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)signal(SIGWINCH, SIG_IGN);
		for (;;)
			(void)kill(0, SIGWINCH);
	}
	return pid;
}

/* Memory is shared until the program runs: no handler may see that. */
static int caller_in_storm(void)
{
	struct sigaction act = { .sa_handler = on_winch, .sa_flags = SA_RESTART };
	const struct spawn s = { .path = "/bin/true", .argv = ARGV("true") };
	int r = 0;

	if (setpgid(0, 0) < 0 || sigaction(SIGWINCH, &act, NULL) < 0)
		return 1;
	self = getpid();
	pid_t storm = start_storm();
	for (int i = 0; i < 300 && r == 0 && !strange; i++)
		r = spawn_run(&s, NULL, NULL);
	(void)kill(storm, SIGKILL);
	(void)waitpid(storm, NULL, 0);
	return r < 0 ? 2 : strange ? 3 : 0;
}

static void test_handlers_stay_here(void **state)
{
	assert_int_equal(in_child(caller_in_storm), 0);
}

/* --- callers that reap --- */

static int run_one(const char *script, int expected)
{
	struct lxc_error *err = NULL;
	struct spawn s = { .path = "/bin/sh", .argv = SH(script) };
	struct deadline d = deadline_in(PATIENCE);
	int r = spawn_run(&s, &d, &err);

	if (r == expected && !r == !err) {
		error_clear(&err);
		return 0;
	}
	(void)dprintf(STDERR_FILENO, "# %s: %d, %s\n", script, r,
		      err ? error_message(err) : "no error");
	return r < 0 && !err ? 2 : 1;
}

static int caller_ignores_children(void)
{
	(void)signal(SIGCHLD, SIG_IGN);
	int r = run_one("exit 0", 0);

	return r ? r : run_one("exit 3", -EIO);
}

/* SIGCHLD is ignored by many daemons, and by what they start. */
static void test_ignored_children(void **state)
{
	assert_int_equal(in_child(caller_ignores_children), 0);
}

static void reap(int sig)
{
	int saved = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static int caller_reaps(void)
{
	struct sigaction act = { .sa_handler = reap, .sa_flags = SA_RESTART };

	if (sigaction(SIGCHLD, &act, NULL) < 0)
		return 9;
	for (int i = 0; i < 20; i++) {
		int r = run_one("exit 0", 0);

		if (r)
			return r;
	}
	return 0;
}

static void test_reaped_children(void **state)
{
	assert_int_equal(in_child(caller_reaps), 0);
}

/* --- descriptors --- */

#define MANY 1000

static int caller_with_many_fds(void)
{
	struct rlimit limit = { .rlim_cur = MANY + 200, .rlim_max = MANY + 200 };
	struct spawn s = player;

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1;
	for (int i = 0; i < MANY; i++)
		if (fcntl(STDOUT_FILENO, F_DUPFD, 3) < 0)
			return 2;
	if (!says(&s, "0 1 2 "))
		return 3;
	s.fds[s.n_fds++] = (struct spawn_fd){ 900, 3 };
	s.fds[s.n_fds++] = (struct spawn_fd){ 3, 4 };
	return says(&s, "0 1 2 3 4 ") ? 0 : 4;
}

static void test_many_fds(void **state)
{
	assert_int_equal(in_child(caller_with_many_fds), 0);
}

static int caller_without_stdin(void)
{
	struct spawn s = player;

	(void)close(STDIN_FILENO);
	if (!says(&s, "0 1 2 "))
		return 1;
	s.n_fds = 0; /* inherited: it stays closed */
	return says(&s, "1 2 ") && fcntl(STDIN_FILENO, F_GETFD) < 0 ? 0 : 2;
}

static int caller_without_stdio(void)
{
	struct spawn s = { .path = "/bin/sh",
			   .argv = SH("echo out; echo err >&2; cat"),
			   .fds = { { -1, 0 } },
			   .n_fds = 1 };

	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	if (!says(&s, "out\nerr\n"))
		return 1;
	s.argv = SH("exit 0");
	return spawn_run(&s, NULL, NULL) == 0 ? 0 : 2;
}

static void test_closed_stdio(void **state)
{
	assert_int_equal(in_child(caller_without_stdin), 0);
	assert_int_equal(in_child(caller_without_stdio), 0);
}

static int caller_without_room(void)
{
	struct lxc_error *err = NULL;
	char *text = NULL;
	int status, fd = 0, last = 0;

	while ((fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) >= 0)
		last = fd;
	if (spawn_capture(&player, NULL, 10, &text, &status, &err) >= 0 || !err)
		return 1;
	error_clear(&err);
	(void)close(last);
	if (spawn_capture(&player, NULL, 10, &text, &status, &err) >= 0 || !err)
		return 2;
	error_clear(&err);
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return fd == last ? 0 : 3; /* the one place is free again */
}

static void test_no_fds_left(void **state)
{
	assert_int_equal(in_child(caller_without_room), 0);
}

/* --- threads --- */

#define THREADS 12
#define ROUNDS 15

static void *spawn_often(void *number)
{
	int n = (int)(intptr_t)number;
	char script[64], expected[16];

	(void)snprintf(script, sizeof(script), "echo %d; exit 0", n);
	(void)snprintf(expected, sizeof(expected), "%d\n", n);
	const struct spawn s = { .path = "sh", .argv = SH(script) };
	const struct spawn missing = { .path = "/nowhere/x", .argv = SH("exit 0") };
	const struct spawn failing = { .path = "sh", .argv = SH("exit 5") };
	for (int i = 0; i < ROUNDS; i++) {
		if (!says(&s, expected) || spawn_run(&missing, NULL, NULL) != -ENOENT ||
		    spawn_run(&failing, NULL, NULL) != -EIO)
			return (void *)(intptr_t)1;
	}
	return NULL;
}

static int caller_with_threads(void)
{
	pthread_t threads[THREADS];
	int failed = 0;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, spawn_often, (void *)(intptr_t)i))
			return 100;
	for (int i = 0; i < THREADS; i++) {
		void *result = NULL;

		(void)pthread_join(threads[i], &result);
		failed += result != NULL;
	}
	return failed ? failed : waitpid(-1, NULL, __WALL) == -1 ? 0 : 101;
}

static void test_threads(void **state)
{
	assert_int_equal(in_child(caller_with_threads), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_handlers_stay_here),
		cmocka_unit_test(test_ignored_children),
		cmocka_unit_test(test_reaped_children),
		cmocka_unit_test(test_many_fds),
		cmocka_unit_test(test_closed_stdio),
		cmocka_unit_test(test_no_fds_left),
		cmocka_unit_test(test_threads),
	};

	if (argc > 1 && !strcmp(argv[1], "--play"))
		return play();
	(void)alarm(WHOLE_PATIENCE); /* a program that hangs is a failure, too */
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
