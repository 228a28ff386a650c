/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The monitor: one small process per running container, one thread.  It executes the plan,
 * owns the cgroups, the terminals and the command socket, and takes everything down when init
 * has ended.  Whatever it waits for, it serves the command socket meanwhile.
 *
 *   monitor.c   life of the container      serve.c   command socket
 *   events.c    the event loop             relay.c   console and log
 *   freeze.c    freezing and thawing       announce.c  who listens to every container
 *   notify.c    listeners of seccomp
 */
#ifndef CORE_MONITOR_H
#define CORE_MONITOR_H

#include <termios.h>

#include "cgroup/devices.h"
#include "core/command.h"
#include "core/ring.h"
#include "core/run.h"

/* Descriptors that the library hands to the program; MONITOR_LOG and beyond may be missing. */
enum monitor_fd {
	MONITOR_PLAN = 3,
	MONITOR_LIBRARY = 4,
	MONITOR_LISTEN = 5, /* attach: pidfd of init */
	MONITOR_LOG = 6,
	MONITOR_SHARE = 7, /* and on, by enum ns_kind: namespaces to join */
	MONITOR_FD_COUNT = MONITOR_SHARE + NS_COUNT,
};

#define MONITOR_CLIENTS_MAX 512

/* No request that we know needs more data. */
#define REQUEST_DATA_MAX 1024

enum client_kind {
	CLIENT_FREE,
	CLIENT_REQUEST, /* its request is not complete yet */
	CLIENT_STATE, /* waits for a state */
	CLIENT_TTY, /* holds a terminal; the connection is the reservation */
	CLIENT_STOP, /* waits for the end */
	CLIENT_FREEZE, /* waits until the container is frozen */
	CLIENT_THAW, /* or until it runs again */
	CLIENT_LISTENER, /* has a descriptor to send behind its request */
	CLIENT_REPLY, /* has not taken all of its answer yet */
};

struct client {
	enum client_kind kind;
	int fd;
	bool trusted;
	unsigned int states; /* CLIENT_STATE: mask of wanted ones */
	unsigned int tty; /* CLIENT_TTY: number, 0: console */
	unsigned long number; /* in the order of their coming */
	char *rest; /* CLIENT_REPLY: mapped memory, how much, how much is sent */
	size_t rest_size, rest_sent;
	size_t size; /* CLIENT_REQUEST: bytes so far */
	union {
		struct command_request request;
		char bytes[sizeof(struct command_request) + REQUEST_DATA_MAX];
	};
};

struct tty {
	int ptx, pts;
	bool reserved;
};

/* One direction of the console: what was read and not yet written. */
struct relay_buffer {
	char data[2048];
	size_t size;
};

struct relay {
	int ptx, pts; /* the container's console */
	int in, out; /* the peer: a terminal or file; NO_FD: none */
	struct log_file log;
	struct ring ring;
	bool raw; /* in was a terminal and has been made raw */
	struct termios saved;
	int proxy; /* master that a client of the console holds, while it does */
	struct relay_buffer to_peer, to_console;
};

/* A change from running to frozen or back that is under way. */
struct freezer {
	bool active;
	bool wanted; /* frozen */
	int events; /* cgroup.events of the unified hierarchy, or NO_FD */
	int state; /* freezer.state of version 1, or NO_FD */
	struct deadline end;
};

struct monitor {
	struct run run; /* first: run->wait() gets back to us */
	struct plan plan;
	int library;
	int listen;
	int signals;
	enum container_state state;
	bool foreground;
	bool quit; /* the caller of a start in the foreground is gone */
	bool stop_wanted; /* a stop was asked for: no reboot any more */
	int devpts;
	bool listener_lent; /* somebody outside decides by it */
	struct relay relay;
	struct freezer freezer;
	struct device_rules devices; /* once a rule was added */
	bool devices_known;
	struct tty *ttys;
	size_t n_ttys;
	int plan_fd;
	int spare; /* descriptor to give up when there are no more */
	unsigned long accepted;
	struct client clients[MONITOR_CLIENTS_MAX];
};

/* monitor.c: what main() does; never returns to anything. */
int monitor_main(void);
void monitor_set_state(struct monitor *m, enum container_state state);
/* Ask init to end: a signal, or the one of lxc.signal.stop. */
int monitor_stop(struct monitor *m);

/* events.c */
int events_open(struct monitor *m);
/* Serve until fd is readable: 0 or -errno. */
int events_wait(struct run *run, int fd);

/* serve.c */
/* One more connection: whether there was one. */
bool serve_accept(struct monitor *m);
void serve_client(struct monitor *m, struct client *c);
void serve_state(struct monitor *m, enum container_state state);
/* Answer everybody who waits for that. */
void serve_result(struct monitor *m, enum client_kind kind, int ret);
/* The terminals of one life are gone at its end, whoever still holds them. */
void serve_close_terminals(struct monitor *m);
/* The end, for everybody who is still connected. */
void serve_close_all(struct monitor *m);

/* announce.c: tell whoever listens to the containers of this path. */
struct announcement {
	enum event_type type;
	int value;
};
void announce(const struct monitor *m, const struct announcement *list, size_t n);

/* freeze.c */
/*
 * Begin to freeze or thaw: 0 when that is done or under way, -errno.  Seconds until it is given
 * up, negative: never.
 */
int freezer_begin(struct monitor *m, bool freeze, int timeout);
/* Let a container that is to end run, whoever froze it. */
void freezer_release(struct monitor *m);
/* The container is gone. */
void freezer_end(struct monitor *m);
/* What to poll, and for how many milliseconds at most (-1: no limit). */
struct pollfd freezer_poll(const struct monitor *m, int *ret_timeout);
/* Look how far it has got. */
void freezer_check(struct monitor *m);

/* notify.c */
/* The listener of init's filter; owned from now on. */
void notify_take(struct monitor *m, int listener);
/* That of a process that attached, which goes to the supervisor: 0 or -errno. */
int notify_pass(struct monitor *m, int listener);
struct pollfd notify_poll(const struct monitor *m);
struct pollfd notify_poll_supervisor(const struct monitor *m);
void notify_ready(struct monitor *m, short revents);
/* The supervisor has ended, unasked. */
void notify_lost(struct monitor *m);
void notify_close(struct monitor *m);

/* relay.c */
void relay_init(struct relay *r);
/* Get the memory of lxc.console.buffer.size. */
int relay_prepare(struct monitor *m, struct lxc_error **err);
void relay_open(struct monitor *m);
void relay_close(struct relay *r);
/* Descriptors to poll, and what to do when they are ready. */
size_t relay_poll(struct relay *r, struct pollfd *fds);
void relay_ready(struct relay *r, const struct pollfd *fds, size_t n);
void relay_resize(struct relay *r);
/* Lend the console to a client: the master it gets, or -errno. */
int relay_lend(struct monitor *m);
void relay_take_back(struct monitor *m);

#endif
