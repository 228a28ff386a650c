/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that waits in the foreground for a container to end hands the signals that it is
 * sent to the container's init.  A thread of its own takes them, as the library's functions
 * are no work for a signal handler.
 */
#include "tool.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int forwarded[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPWR, SIGALRM,
};

static sigset_t signals;

/* Nobody to hand it to: what it does by itself. */
static void die(int sig)
{
	sigset_t one;

	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	kill(getpid(), sig);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
}

static void *forward(void *argument)
{
	struct lxc_container *c = argument;
	siginfo_t info;

	for (;;) {
		int sig = sigwaitinfo(&signals, &info);

		/* the keys of the terminal reach the container's monitor, too */
		if (sig < 0 || info.si_code == SI_KERNEL)
			continue;
		int init = lxc_container_init_pidfd(c);

		if (init < 0) {
			die(sig);
			continue;
		}
		/* as the historical monitor did: a hang-up asks to end */
		syscall(SYS_pidfd_send_signal, init, sig == SIGHUP ? SIGTERM : sig, NULL,
			0);
		close(init);
	}
	return NULL;
}

int tool_forward_signals(struct tool *t, struct lxc_container *c)
{
	pthread_t thread;

	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(*forwarded); i++)
		sigaddset(&signals, forwarded[i]);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (!lxc_container_get(c) || pthread_create(&thread, NULL, forward, c) != 0)
		return tool_error(t, "no thread for signals can be made");
	return 0;
}
