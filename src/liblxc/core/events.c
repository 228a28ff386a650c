/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event loop of the monitor.  It is entered from wherever the monitor has to wait for
 * something, and left when that is readable; everything else is served meanwhile.
 */
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

#include "core/monitor.h"
#include "util/syscall.h"

/* Terminal input of a foreground start ends it like a hang-up of its caller. */
enum {
	FIXED_WANTED,
	FIXED_LISTEN,
	FIXED_SIGNALS,
	FIXED_LIBRARY,
	FIXED_FREEZER,
	FIXED_LISTENER,
	FIXED_SUPERVISOR,
	FIXED_COUNT
};

/* New connections that are looked at before everybody else has a turn. */
#define ACCEPT_BURST 32

#define RELAY_FDS_MAX 4

struct poll_set {
	struct pollfd fds[FIXED_COUNT + RELAY_FDS_MAX + MONITOR_CLIENTS_MAX];
	struct client *clients[MONITOR_CLIENTS_MAX];
	size_t n_relay, n_clients;
	int timeout;
};

int events_open(struct monitor *m)
{
	static const int left_alone[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT };
	sigset_t mask;

	sigfillset(&mask);
	for (size_t i = 0; i < ARRAY_SIZE(left_alone); i++)
		sigdelset(&mask, left_alone[i]);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	m->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->signals < 0 ? -errno : 0;
}

static void fill(struct monitor *m, int fd, struct poll_set *set)
{
	struct pollfd *f = set->fds;

	f[FIXED_WANTED] = (struct pollfd){ .fd = fd, .events = POLLIN };
	f[FIXED_LISTEN] = (struct pollfd){ .fd = m->listen, .events = POLLIN };
	f[FIXED_SIGNALS] = (struct pollfd){ .fd = m->signals, .events = POLLIN };
	f[FIXED_LIBRARY] =
		(struct pollfd){ .fd = m->quit ? -1 : m->library, .events = 0 };
	f[FIXED_FREEZER] = freezer_poll(m, &set->timeout);
	f[FIXED_LISTENER] = notify_poll(m);
	f[FIXED_SUPERVISOR] = notify_poll_supervisor(m);
	set->n_relay = relay_poll(&m->relay, f + FIXED_COUNT);
	set->n_clients = 0;
	f += FIXED_COUNT + set->n_relay;
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++) {
		struct client *c = &m->clients[i];

		if (c->kind == CLIENT_FREE)
			continue;
		set->clients[set->n_clients] = c;
		f[set->n_clients++] = (struct pollfd){
			.fd = c->fd,
			.events = c->kind == CLIENT_REPLY ? POLLOUT : POLLIN,
		};
	}
}

/* Signals go to init, as if it had got them; a hang-up asks it to end. */
static void serve_signals(struct monitor *m)
{
	struct signalfd_siginfo info;

	while (read(m->signals, &info, sizeof(info)) == sizeof(info)) {
		int sig = info.ssi_signo;

		if (sig == SIGCHLD || sig == SIGPIPE || sig == SIGTTOU || sig == SIGTTIN)
			continue;
		if (sig == SIGWINCH) {
			relay_resize(&m->relay);
			continue;
		}
		if (m->run.pidfd >= 0)
			(void)sys_pidfd_send_signal(m->run.pidfd,
						    sig == SIGHUP ? SIGTERM : sig);
	}
}

static void serve(struct monitor *m, struct poll_set *set)
{
	const struct pollfd *clients = set->fds + FIXED_COUNT + set->n_relay;

	if (set->fds[FIXED_SIGNALS].revents)
		serve_signals(m);
	if (set->fds[FIXED_LISTENER].revents)
		notify_ready(m, set->fds[FIXED_LISTENER].revents);
	if (set->fds[FIXED_SUPERVISOR].revents)
		notify_lost(m);
	relay_ready(&m->relay, set->fds + FIXED_COUNT, set->n_relay);
	for (size_t i = 0; i < set->n_clients; i++)
		if (clients[i].revents && set->clients[i]->fd == clients[i].fd)
			serve_client(m, set->clients[i]);
	if (set->fds[FIXED_LISTEN].revents & POLLIN)
		for (int i = 0; i < ACCEPT_BURST && serve_accept(m); i++)
			;
	if (set->fds[FIXED_LIBRARY].revents) {
		/* once the container runs in the background, there is nobody any more to go */
		m->quit = true;
		(void)monitor_stop(m);
	}
}

int events_wait(struct run *run, int fd)
{
	struct monitor *m = (struct monitor *)run;
	struct poll_set set;

	for (;;) {
		fill(m, fd, &set);
		int n = poll(set.fds, FIXED_COUNT + set.n_relay + set.n_clients,
			     set.timeout);

		if (n < 0 && errno != EINTR)
			return -errno;
		freezer_check(m);
		if (n <= 0)
			continue;
		if (set.fds[FIXED_WANTED].revents) {
			/* once more for the console: what it said before the end */
			relay_ready(&m->relay, set.fds + FIXED_COUNT, set.n_relay);
			return 0;
		}
		serve(m, &set);
	}
}
