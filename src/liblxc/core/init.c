/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Process 1 of an application container.  It executes the command in a child, reaps whatever
 * ends, and ends itself when no process is left, as the command ended: with its exit status,
 * or 128 and the number of the signal that killed it.
 *
 * Signals from outside of the container reach the command; SIGTERM and SIGPWR ask every process
 * to end, and a second after the last one did, kill the others.  Signals that the container's
 * own processes send are ignored: they mean the init of a system.
 *
 * It arrives here through the whole plan, and so is confined as the command is.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "core/op-kinds.h"
#include "isolate/confine.h"
#include "util/syscall.h"

#define KILL_SECONDS 1
#define HALT_SIGNAL 37 /* SIGRTMIN + 3 of glibc, whatever this is built with */
#define EXIT_UNKNOWN 1
#define EXIT_SIGNAL 128

struct init {
	pid_t command;
	int signals;
	int code; /* exit code */
	bool ending; /* every process was asked to end */
};

/*
 * By this signal systemd halts, and a shutdown takes an init that blocks it for a systemd:
 * it is the one that is handled.
 */
static volatile pid_t halt_target;

static void forward_halt(int sig)
{
	if (halt_target > 0)
		(void)kill(halt_target, sig);
}

static void fill_mask(sigset_t *mask)
{
	static const int left_alone[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT };

	sigfillset(mask);
	for (size_t i = 0; i < ARRAY_SIZE(left_alone); i++)
		sigdelset(mask, left_alone[i]);
	sigdelset(mask, HALT_SIGNAL);
}

/* --- the others --- */

/* Where other processes are process 1, ours are what is left of them: our children. */
static void kill_children(void)
{
	char list[4096];
	_cleanup_close_ int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
	pid_t pid = 0;

	for (ssize_t i = 0; i < n; i++) {
		if (list[i] >= '0' && list[i] <= '9') {
			pid = pid * 10 + list[i] - '0';
			continue;
		}
		if (pid > 0)
			(void)kill(pid, SIGKILL);
		pid = 0;
	}
}

static void end_all(int sig)
{
	if (getpid() == 1)
		(void)kill(-1, sig);
	else
		kill_children();
}

/* --- signals --- */

static bool is_from_inside(const struct signalfd_siginfo *s)
{
	/* the kernel shows a sender from outside as process 0 */
	return getpid() == 1 && s->ssi_code != SI_KERNEL && s->ssi_pid != 0;
}

/* False when no child is left. */
static bool reap(struct init *init)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (pid == init->command) {
			init->command = halt_target = 0;
			init->code = WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status)
							 : WEXITSTATUS(status);
		}
		if (!init->ending)
			continue;
		(void)alarm(KILL_SECONDS);
		if (getpid() != 1)
			kill_children(); /* those that have just become ours */
	}
	return pid == 0 || errno != ECHILD;
}

static void take_signal(struct init *init, const struct signalfd_siginfo *s)
{
	int sig = s->ssi_signo;

	if (is_from_inside(s))
		return;
	if (sig == SIGALRM) {
		end_all(SIGKILL);
	} else if (sig == SIGTERM || sig == SIGPWR) {
		if (init->ending)
			return;
		init->ending = true;
		end_all(SIGTERM);
		(void)alarm(KILL_SECONDS);
	} else if (init->command > 0) {
		(void)kill(init->command, sig);
	}
}

/* --- life --- */

/* Nothing of the caller's or the container's is held open by us. */
static void let_go(struct run *run)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);

	for (int fd = 0; null_fd >= 0 && fd <= STDERR_FILENO; fd++)
		(void)dup2(null_fd, fd);
	run->sync = run->root = run->dev = run->console = NO_FD;
	(void)sys_close_range(STDERR_FILENO + 1, ~0u, 0);
}

/*
 * Nothing is left to do but to wait and to kill.  A filter of the container's may kill whoever
 * asks for what it does not know, such as a further filter; but it confines us as well.
 */
static void confine(const struct run *run)
{
	static const int calls[] = {
		SYS_wait4, SYS_waitid, SYS_kill, SYS_getpid, SYS_setitimer, SYS_openat,
#ifdef SYS_alarm
		SYS_alarm, SYS_open,
#endif
	};
	const struct plan_confine *own = plan_confinement(run->plan);

	if (!own || own->seccomp.size)
		return;
	/* without it this works as well */
	(void)confine_self(&(struct confinement){
		.calls = calls,
		.n_calls = ARRAY_SIZE(calls),
		/* of other processes 1 it can see only its children */
		.dir = getpid() == 1 ? NULL : "/proc",
		.rights = CONFINE_READ_FILE,
	});
}

/* For ps, and for those who look for monitors by their title. */
static void set_title(void)
{
	char *title = program_invocation_name;
	size_t n = strlen(title);

	(void)prctl(PR_SET_NAME, "init", 0, 0, 0);
	memset(title, 0, n);
	if (n >= strlen("init"))
		memcpy(title, "init", strlen("init"));
}

static __attribute__((noreturn)) void supervise(struct run *run, struct init *init,
						const sigset_t *mask)
{
	struct signalfd_siginfo info;
	bool user_namespace = run->plan->header->clone_flags & CLONE_NEWUSER;

	run_set_pdeath(run, run->pdeath);
	/* in a user namespace there is nothing to gain from us, and whoever attaches has to see us */
	(void)prctl(PR_SET_DUMPABLE, user_namespace, 0, 0, 0);
	set_title();
	let_go(run);
	init->signals = signalfd(-1, mask, SFD_CLOEXEC);
	confine(run);
	for (;;) {
		if (read(init->signals, &info, sizeof(info)) != sizeof(info)) {
			if (init->signals >= 0 && errno == EINTR)
				continue;
			_exit(EXIT_UNKNOWN);
		}
		if (info.ssi_signo != SIGCHLD)
			take_signal(init, &info);
		else if (!reap(init))
			_exit(init->code);
	}
}

/* The command, in a session of its own with its standard input as terminal if it is one. */
static int execute(struct run *run, const struct op *op, struct lxc_error **err)
{
	sigset_t none;

	sigemptyset(&none);
	(void)signal(HALT_SIGNAL, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setsid();
	(void)ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	return run_exec(run, op, err);
}

int run_application(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	struct init init = { .signals = NO_FD, .code = EXIT_UNKNOWN };
	sigset_t mask;

	fill_mask(&mask);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	(void)signal(HALT_SIGNAL, forward_halt);
	if (getpid() != 1)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	init.command = sys_clone3(&args);
	if (init.command < 0)
		return error_set(err, init.command, "clone", "the command");
	if (init.command == 0)
		return execute(run, op, err);
	halt_target = init.command;
	int r = drop_without_exec(((const struct op_exec *)op)->keep_caps);
	if (r < 0) {
		(void)kill(init.command, SIGKILL);
		return error_set(err, r, "drop", "capabilities of init");
	}
	supervise(run, &init, &mask);
}
