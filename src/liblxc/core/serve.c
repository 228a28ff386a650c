/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command socket, serving side: one handler per command.  A client may be anybody on the
 * machine: what it says is taken only with credentials of root or of our own user, it is
 * never waited for, and its lengths are limits to check, not to believe.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "core/monitor.h"
#include "util/syscall.h"

static void close_client(struct monitor *m, struct client *c)
{
	if (c->kind == CLIENT_TTY && c->tty == 0)
		relay_take_back(m);
	else if (c->kind == CLIENT_TTY && c->tty <= m->n_ttys)
		m->ttys[c->tty - 1].reserved = false;
	close_p(&c->fd);
	c->fd = NO_FD;
	c->kind = CLIENT_FREE;
}

static int send_reply(struct client *c, const struct command_reply *reply, const int *fds,
		      size_t n_fds)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(COMMAND_FDS_MAX * sizeof(int))];
	} control = {};
	struct iovec iov[2] = {
		{ .iov_base = (void *)reply, .iov_len = sizeof(*reply) },
		{ .iov_base = reply->data, .iov_len = reply->datalen },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = reply->datalen > 0 ? 2 : 1 };

	if (n_fds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		struct cmsghdr *h = CMSG_FIRSTHDR(&msg);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(h), fds, n_fds * sizeof(int));
	}
	return sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* What a handler does with the connection afterwards. */
enum after { CLOSE, KEEP };

static enum after reply_value(struct client *c, int ret, long value)
{
	(void)send_reply(c, &(struct command_reply){ ret, 0, (void *)(intptr_t)value },
			 NULL, 0);
	return CLOSE;
}

static enum after reply_text(struct client *c, const char *text)
{
	struct command_reply reply = { .ret = text ? 0 : -1 };

	if (text) {
		reply.data = (void *)text;
		reply.datalen = strlen(text) + 1;
	}
	(void)send_reply(c, &reply, NULL, 0);
	return CLOSE;
}

static enum after reply_fd(struct client *c, int fd)
{
	struct command_reply reply = { .ret = fd < 0 ? -EBADF : 0 };

	(void)send_reply(c, &reply, &fd, fd < 0 ? 0 : 1);
	return CLOSE;
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

static enum after get_cgroup(struct monitor *m, struct client *c)
{
	char path[CGROUP_PATH_MAX];

	run_cgroup_path(&m->run, true, path);
	return reply_text(c, path);
}

static enum after get_limit_cgroup(struct monitor *m, struct client *c)
{
	char path[CGROUP_PATH_MAX];

	run_cgroup_path(&m->run, false, path);
	return reply_text(c, path);
}

static enum after get_init_pidfd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->run.pidfd);
}

static enum after get_cgroup2_fd(struct monitor *m, struct client *c)
{
	int leaf = m->run.unified_leaf;

	return reply_fd(c, leaf >= 0 ? leaf : m->run.unified);
}

static enum after get_limit_cgroup2_fd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->run.unified);
}

static enum after get_devpts_fd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->devpts);
}

static enum after get_plan(struct monitor *m, struct client *c)
{
	int fds[] = { m->plan_fd, m->run.pidfd };
	struct command_reply reply = { .data = (void *)(intptr_t)m->run.suffix };

	if (m->state != STATE_RUNNING && m->state != STATE_FROZEN)
		return reply_value(c, -ESRCH, 0);
	(void)send_reply(c, &reply, fds, ARRAY_SIZE(fds));
	return CLOSE;
}

/* The configuration that the container was started with, as the library printed it. */
static enum after get_config_item(struct monitor *m, struct client *c)
{
	const char *key = c->bytes + sizeof(struct command_request);
	struct plan_blob items = m->plan.header->items;
	const char *p = plan_data(&m->plan, items), *end = p ? p + items.size : NULL;

	if (c->request.datalen < 1 || key[c->request.datalen - 1] != '\0')
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
	memcpy(wanted, c->bytes + sizeof(struct command_request), sizeof(wanted));
	for (size_t i = 0; i < STATE_COUNT; i++)
		if (wanted[i])
			mask |= 1u << i;
	/* 2: not the present RUNNING but the one after a reboot */
	if (mask & 1u << m->state && wanted[m->state] != 2)
		return reply_value(c, 0, m->state);
	c->states = mask;
	c->kind = CLIENT_STATE;
	(void)reply_value(c, 0, STATE_COUNT);
	return KEEP;
}

/* Number of the first tty that nobody holds, from 1; 0: none. */
static unsigned int free_tty(const struct monitor *m)
{
	for (size_t i = 0; i < m->n_ttys; i++)
		if (m->ttys[i].ptx >= 0 && !m->ttys[i].reserved)
			return i + 1;
	return 0;
}

static enum after get_tty_fd(struct monitor *m, struct client *c)
{
	int wanted = (int)(intptr_t)c->request.data, fd;
	unsigned int n = wanted < 0 ? free_tty(m) : (unsigned int)wanted;

	if (wanted == 0) {
		fd = relay_lend(m);
	} else if (n == 0 || n > m->n_ttys || m->ttys[n - 1].reserved) {
		fd = -EBUSY;
	} else {
		fd = m->ttys[n - 1].ptx;
	}
	if (fd < 0)
		return reply_value(c, fd == -ENOENT ? fd : -EBUSY, 0);
	if (n)
		m->ttys[n - 1].reserved = true;
	c->kind = CLIENT_TTY;
	c->tty = n;
	struct command_reply reply = { .data = (void *)(intptr_t)n };
	(void)send_reply(c, &reply, &fd, 1);
	return KEEP;
}

static enum after (*const handlers[COMMAND_COUNT])(struct monitor *, struct client *) = {
	[COMMAND_GET_TTY_FD] = get_tty_fd,
	[COMMAND_STOP] = stop,
	[COMMAND_GET_STATE] = get_state,
	[COMMAND_GET_INIT_PID] = get_init_pid,
	[COMMAND_GET_CLONE_FLAGS] = get_clone_flags,
	[COMMAND_GET_CGROUP] = get_cgroup,
	[COMMAND_GET_CONFIG_ITEM] = get_config_item,
	[COMMAND_GET_NAME] = get_name,
	[COMMAND_GET_LXCPATH] = get_lxcpath,
	[COMMAND_ADD_STATE_CLIENT] = add_state_client,
	[COMMAND_GET_CGROUP2_FD] = get_cgroup2_fd,
	[COMMAND_GET_INIT_PIDFD] = get_init_pidfd,
	[COMMAND_GET_LIMIT_CGROUP] = get_limit_cgroup,
	[COMMAND_GET_LIMIT_CGROUP2_FD] = get_limit_cgroup2_fd,
	[COMMAND_GET_DEVPTS_FD] = get_devpts_fd,
};

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
	if (c->request.datalen < 0 || c->request.datalen > COMMAND_DATA_MAX)
		return -EINVAL;
	return c->size == head + (size_t)c->request.datalen;
}

void serve_client(struct monitor *m, struct client *c)
{
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
		if (c->kind == CLIENT_REQUEST &&
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

/* Out of descriptors: without one nobody can even be turned away. */
static void turn_away(struct monitor *m)
{
	close_p(&m->spare);
	int fd = accept4(m->listen, NULL, NULL, SOCK_CLOEXEC);

	close_p(&fd);
	m->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void serve_accept(struct monitor *m)
{
	int fd = accept4(m->listen, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			turn_away(m);
		return;
	}
	if (is_stranger(fd)) {
		struct command_reply refusal = { .ret = -EPERM };

		(void)send(fd, &refusal, sizeof(refusal), MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)close(fd);
		return;
	}
	struct client *c = find_place(m);
	if (!c) {
		(void)close(fd);
		return;
	}
	c->kind = CLIENT_REQUEST;
	c->fd = fd;
	c->size = 0;
	c->number = ++m->accepted;
	c->trusted = false;
	serve_client(m, c);
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
