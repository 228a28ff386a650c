/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command socket, serving side: one handler per command.  A client may be anybody on the
 * machine: what it says is taken only with credentials of root or of our own user, it is
 * never waited for, and its lengths are limits to check, not to believe.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "core/serve.h"
#include "util/syscall.h"

bool request_struct(const struct client *c, size_t at_least, void *ret, size_t size)
{
	size_t have = c->request.datalen;

	if (have < at_least)
		return false;
	memset(ret, 0, size);
	memcpy(ret, request_data(c), MIN(have, size));
	return true;
}

const char *request_text(const struct client *c)
{
	size_t n = c->request.datalen;
	const char *text = request_data(c);

	return n == 0 ? "" : text[n - 1] ? NULL : text;
}

static void close_client(struct monitor *m, struct client *c)
{
	if (c->kind == CLIENT_TTY && c->tty == 0)
		relay_take_back(m);
	else if (c->kind == CLIENT_TTY && c->tty <= m->n_ttys)
		m->ttys[c->tty - 1].reserved = false;
	reply_forget(c);
	close_p(&c->fd);
	c->fd = NO_FD;
	c->kind = CLIENT_FREE;
}

static enum after get_state(struct monitor *m, struct client *c)
{
	return reply_value(c, 0, m->state);
}

static enum after get_init_pid(struct monitor *m, struct client *c)
{
	return reply_value(c, 0, m->run.pid > 0 ? m->run.pid : -1);
}

static enum after get_clone_flags(struct monitor *m, struct client *c)
{
	return reply_value(c, 0, m->plan.header->clone_flags);
}

static enum after get_name(struct monitor *m, struct client *c)
{
	return reply_text(c, plan_text(&m->plan, m->plan.header->name));
}

static enum after get_lxcpath(struct monitor *m, struct client *c)
{
	return reply_text(c, plan_text(&m->plan, m->plan.header->lxcpath));
}

static enum after get_init_pidfd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->run.pidfd);
}

static enum after get_devpts_fd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->devpts);
}

/* The state tells whether a process that joins the container would run. */
static enum after get_plan(struct monitor *m, struct client *c)
{
	int fds[] = { m->plan_fd, m->run.pidfd };

	if (m->run.pid <= 0 || m->state == STATE_STARTING || m->state == STATE_STOPPING)
		return reply_value(c, -ESRCH, 0);
	return reply_send(c, &(struct reply){
				     .ret = m->state,
				     .value = m->run.suffix,
				     .fds = fds,
				     .n_fds = ARRAY_SIZE(fds),
			     });
}

/* The configuration that the container was started with, as the library printed it. */
static enum after get_config_item(struct monitor *m, struct client *c)
{
	const char *key = request_text(c);
	struct plan_blob items = m->plan.header->items;
	const char *p = plan_data(&m->plan, items), *end = p ? p + items.size : NULL;

	if (!key || !*key)
		return reply_value(c, -EINVAL, 0);
	while (p && p < end) {
		const char *value = p + strlen(p) + 1;

		if (!strcmp(p, key))
			return reply_text(c, value);
		p = value + strlen(value) + 1;
	}
	return reply_text(c, NULL);
}

static enum after stop(struct monitor *m, struct client *c)
{
	int r = monitor_stop(m);

	if (r < 0)
		return reply_value(c, r, 0);
	c->kind = CLIENT_STOP;
	return KEEP;
}

static enum after add_state_client(struct monitor *m, struct client *c)
{
	int wanted[STATE_COUNT];
	unsigned int mask = 0;

	if (c->request.datalen != sizeof(wanted))
		return reply_value(c, -EINVAL, 0);
	memcpy(wanted, request_data(c), sizeof(wanted));
	for (size_t i = 0; i < STATE_COUNT; i++)
		if (wanted[i])
			mask |= 1u << i;
	/* 2: not the present RUNNING but the one after a reboot */
	if (mask & 1u << m->state && wanted[m->state] != 2)
		return reply_value(c, m->state, m->state);
	c->states = mask;
	c->kind = CLIENT_STATE;
	(void)reply_value(c, STATE_COUNT, STATE_COUNT);
	return KEEP;
}

static bool is_about_freezing(int state)
{
	return state == STATE_RUNNING || state == STATE_FREEZING ||
	       state == STATE_FROZEN || state == STATE_THAWED;
}

/* Others freeze the container themselves, and then tell us. */
static enum after serve_state_clients(struct monitor *m, struct client *c)
{
	int state = (int)(intptr_t)c->request.data;

	if (!is_about_freezing(state) || !is_about_freezing(m->state))
		return reply_value(c, -EINVAL, 0);
	if (state != (int)m->state)
		monitor_set_state(m, state);
	return reply_value(c, 0, 0);
}

/* The terminal itself tells its size. */
static enum after terminal_winch(struct monitor *m, struct client *c)
{
	return CLOSE;
}

static enum after get_systemd_scope(struct monitor *m, struct client *c)
{
	return reply_value(c, -ENOENT, 0);
}

/* clang-format off */
static serve_handler *const handlers[COMMAND_COUNT] = {
	[COMMAND_GET_TTY_FD] = serve_get_tty_fd,
	[COMMAND_TERMINAL_WINCH] = terminal_winch,
	[COMMAND_STOP] = stop,
	[COMMAND_GET_STATE] = get_state,
	[COMMAND_GET_INIT_PID] = get_init_pid,
	[COMMAND_GET_CLONE_FLAGS] = get_clone_flags,
	[COMMAND_GET_CGROUP] = serve_get_cgroup,
	[COMMAND_GET_CONFIG_ITEM] = get_config_item,
	[COMMAND_GET_NAME] = get_name,
	[COMMAND_GET_LXCPATH] = get_lxcpath,
	[COMMAND_ADD_STATE_CLIENT] = add_state_client,
	[COMMAND_CONSOLE_LOG] = serve_console_log,
	[COMMAND_SERVE_STATE_CLIENTS] = serve_state_clients,
	[COMMAND_SECCOMP_ADD_LISTENER] = serve_add_listener,
	[COMMAND_ADD_DEVICE_RULE] = serve_add_device_rule,
	[COMMAND_FREEZE] = serve_freeze,
	[COMMAND_UNFREEZE] = serve_thaw,
	[COMMAND_GET_CGROUP2_FD] = serve_get_cgroup2_fd,
	[COMMAND_GET_INIT_PIDFD] = get_init_pidfd,
	[COMMAND_GET_LIMIT_CGROUP] = serve_get_limit_cgroup,
	[COMMAND_GET_LIMIT_CGROUP2_FD] = serve_get_limit_cgroup2_fd,
	[COMMAND_GET_DEVPTS_FD] = get_devpts_fd,
	[COMMAND_GET_SECCOMP_NOTIFY_FD] = serve_get_seccomp_notify_fd,
	[COMMAND_GET_CGROUPS] = serve_get_cgroups,
	[COMMAND_GET_CGROUP_FD] = serve_get_cgroup_fd,
	[COMMAND_GET_LIMIT_CGROUP_FD] = serve_get_limit_cgroup_fd,
	[COMMAND_GET_SYSTEMD_SCOPE] = get_systemd_scope,
};
/* clang-format on */

static enum after dispatch(struct monitor *m, struct client *c)
{
	int command = c->request.cmd;

	if (!c->trusted)
		return reply_value(c, -EPERM, 0);
	if (command == COMMAND_GET_PLAN)
		return get_plan(m, c);
	if (command < 0 || command >= COMMAND_COUNT || !handlers[command])
		return reply_value(c, -ENOSYS, 0);
	return handlers[command](m, c);
}

/* The kernel vouches for the credentials; descriptors that nobody asked for are closed. */
static void take_control(struct client *c, struct msghdr *msg)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		if (h->cmsg_level != SOL_SOCKET)
			continue;
		if (h->cmsg_type == SCM_CREDENTIALS &&
		    h->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
			struct ucred who;

			memcpy(&who, CMSG_DATA(h), sizeof(who));
			c->trusted = who.uid == 0 ||
				     (who.uid == geteuid() && who.gid == getegid());
		}
		if (h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= h->cmsg_len;
		     at += sizeof(int)) {
			int fd;

			memcpy(&fd, (char *)h + at, sizeof(fd));
			(void)close(fd);
		}
	}
}

/* Read what has come; 1 when the request is complete, 0 when not, -errno. */
static int read_request(struct client *c)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred)) +
			  CMSG_SPACE(253 * sizeof(int))];
	} control;
	size_t head = sizeof(struct command_request);
	size_t want = c->size < head ? head : head + (size_t)c->request.datalen;
	struct iovec iov = { .iov_base = c->bytes + c->size, .iov_len = want - c->size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -ECONNRESET;
	take_control(c, &msg);
	c->size += n;
	if (c->size < head)
		return 0;
	if (c->request.datalen < 0 || c->request.datalen > REQUEST_DATA_MAX)
		return -EINVAL;
	return c->size == head + (size_t)c->request.datalen;
}

void serve_client(struct monitor *m, struct client *c)
{
	if (c->kind == CLIENT_REPLY) {
		if (reply_resume(c) == CLOSE)
			close_client(m, c);
		return;
	}
	if (c->kind == CLIENT_LISTENER) {
		serve_listener(m, c);
		close_client(m, c);
		return;
	}
	if (c->kind != CLIENT_REQUEST) {
		char byte;

		/* nothing more is expected: the end, or noise that ends it */
		if (recv(c->fd, &byte, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN)
			close_client(m, c);
		return;
	}
	int r = read_request(c);
	if (r == 0 && c->size == sizeof(struct command_request))
		r = read_request(c); /* the data usually lies behind the head already */
	if (r == 0)
		return;
	if (r < 0) {
		if (r == -EINVAL)
			(void)reply_value(c, -EINVAL, 0);
		close_client(m, c);
		return;
	}
	if (dispatch(m, c) == CLOSE)
		close_client(m, c);
}

/* A place for a new client; one that has not got its request together loses its own. */
static struct client *find_place(struct monitor *m)
{
	struct client *slowest = NULL;

	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++) {
		struct client *c = &m->clients[i];

		if (c->kind == CLIENT_FREE)
			return c;
		if ((c->kind == CLIENT_REQUEST || c->kind == CLIENT_LISTENER) &&
		    (!slowest || c->number < slowest->number))
			slowest = c;
	}
	if (slowest)
		close_client(m, slowest);
	return slowest;
}

/* Strangers get an answer, but no place. */
static bool is_stranger(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return true;
	return peer.uid != 0 && (peer.uid != geteuid() || peer.gid != getegid());
}

static void refuse(int fd, int why)
{
	struct command_reply refusal = { .ret = why };

	(void)send(fd, &refusal, sizeof(refusal), MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
}

/* Out of descriptors: without one nobody can even be turned away. */
static void turn_away(struct monitor *m)
{
	close_p(&m->spare);
	int fd = accept4(m->listen, NULL, NULL, SOCK_CLOEXEC);

	close_p(&fd);
	m->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool serve_accept(struct monitor *m)
{
	int fd = accept4(m->listen, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			turn_away(m);
		return false;
	}
	if (is_stranger(fd)) {
		refuse(fd, -EPERM);
		return true;
	}
	struct client *c = find_place(m);
	if (!c) {
		refuse(fd, -EBUSY);
		return false; /* before the next one: whether some have gone meanwhile */
	}
	c->kind = CLIENT_REQUEST;
	c->fd = fd;
	c->size = 0;
	c->number = ++m->accepted;
	c->trusted = false;
	serve_client(m, c);
	return true;
}

void serve_state(struct monitor *m, enum container_state state)
{
	struct state_message message = { .value = state };
	const char *name = plan_text(&m->plan, m->plan.header->name);

	memcpy(message.name, name, MIN(strlen(name), sizeof(message.name) - 1));
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++) {
		struct client *c = &m->clients[i];

		if (c->kind != CLIENT_STATE || !(c->states & 1u << state))
			continue;
		(void)send(c->fd, &message, sizeof(message), MSG_NOSIGNAL | MSG_DONTWAIT);
		close_client(m, c);
	}
}

void serve_result(struct monitor *m, enum client_kind kind, int ret)
{
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++) {
		if (m->clients[i].kind != kind)
			continue;
		(void)reply_value(&m->clients[i], ret, 0);
		close_client(m, &m->clients[i]);
	}
}

void serve_close_terminals(struct monitor *m)
{
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++)
		if (m->clients[i].kind == CLIENT_TTY)
			close_client(m, &m->clients[i]);
}

void serve_close_all(struct monitor *m)
{
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++)
		if (m->clients[i].kind != CLIENT_FREE)
			close_client(m, &m->clients[i]);
}
