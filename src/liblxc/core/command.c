/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command socket: address, listening side, asking. */
#include "core/command.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/macro.h"

const char *const state_names[STATE_COUNT] = {
	[STATE_STOPPED] = "STOPPED",   [STATE_STARTING] = "STARTING",
	[STATE_RUNNING] = "RUNNING",   [STATE_STOPPING] = "STOPPING",
	[STATE_ABORTING] = "ABORTING", [STATE_FREEZING] = "FREEZING",
	[STATE_FROZEN] = "FROZEN",     [STATE_THAWED] = "THAWED",
};

/* Longest name, without the leading NUL, that is used as it is. */
#define NAME_LENGTH_MAX 106

/* No answer of a monitor is longer. */
#define REPLY_DATA_MAX (16 << 20)

/* FNV-1a, 64 bits: part of the protocol for long names. */
static uint64_t hash(const char *text, uint64_t value)
{
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 0x100000001b3ull;
	return value;
}

int command_address(const char *lxcpath, const char *name, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	char *to = ret->sun_path + 1;
	size_t room = sizeof(ret->sun_path) - 1;
	int n = snprintf(to, room, "%s/%s/command", lxcpath, name);

	if (n >= NAME_LENGTH_MAX) {
		uint64_t h = hash(lxcpath, 0xcbf29ce484222325ull);

		h = hash(name, hash("/", h));
		memset(to, 0, room);
		n = snprintf(to, room, "lxc/%016llx/command", (unsigned long long)h);
	}
	return n < 0 ? -EINVAL : (int)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

int command_listen(const char *lxcpath, const char *name, struct lxc_error **err)
{
	struct sockaddr_un address;
	int length = command_address(lxcpath, name, &address), on = 1;
	_cleanup_close_ int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (length < 0 || fd < 0)
		return error_set(err, length < 0 ? length : -errno, "command socket",
				 "%s", name);
	if (bind(fd, (struct sockaddr *)&address, length) < 0) {
		int r = -errno;

		error_set(err, r, "command socket", "%s/%s", lxcpath, name);
		if (r == -EADDRINUSE) {
			error_detail(err, "already running");
			error_hint(
				err,
				"see lxc-info -P %s -n %s, or stop it first: lxc-stop -P %s "
				"-n %s",
				lxcpath, name, lxcpath, name);
		}
		return r;
	}
	/* credentials must come with the first bytes, so the flag is set before listening */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    listen(fd, 100) < 0)
		return error_set(err, -errno, "command socket", "%s/%s", lxcpath, name);
	return steal_fd(fd);
}

void command_result_done(struct command_result *r)
{
	free(r->data);
	for (size_t i = 0; i < r->n_fds; i++)
		close_p(&r->fds[i]);
	close_p(&r->connection);
	*r = (struct command_result){ .connection = NO_FD };
}

static int send_request(int fd, const struct command_request *q, const void *data,
			size_t size)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control = {};
	struct iovec iov = { .iov_base = (void *)q, .iov_len = sizeof(*q) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct ucred who = { .pid = getpid(), .uid = geteuid(), .gid = getegid() };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(who));
	memcpy(CMSG_DATA(c), &who, sizeof(who));
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) != sizeof(*q))
		return -errno;
	if (size && send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		return -errno;
	return 0;
}

static int send_fd(int connection, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec iov = { .iov_base = (char[1]){}, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(connection, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *msg, struct command_result *ret)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (ret->n_fds < COMMAND_FDS_MAX)
				ret->fds[ret->n_fds++] = fd;
			else
				(void)close(fd);
		}
	}
}

static int receive_reply(int fd, const struct deadline *d, struct command_reply *reply,
			 struct command_result *ret)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(COMMAND_FDS_MAX * sizeof(int)) +
			  CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = { .iov_base = reply, .iov_len = sizeof(*reply) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int r = wait_fd(fd, POLLIN, d);

	if (r < 0)
		return r;
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	take_fds(&msg, ret);
	if (n == 0)
		return -ECONNRESET;
	return n == sizeof(*reply) ? 0 : -EBADMSG;
}

static int receive_data(int fd, const struct deadline *d, size_t size,
			struct command_result *ret)
{
	_cleanup_free_ char *data = malloc(size + 1);
	size_t have = 0;

	if (!data)
		return -ENOMEM;
	while (have < size) {
		int r = wait_fd(fd, POLLIN, d);
		ssize_t n = r < 0 ? r : recv(fd, data + have, size - have, 0);

		if (n <= 0)
			return r < 0 ? r : n < 0 ? -errno : -ECONNRESET;
		have += n;
	}
	data[size] = '\0';
	ret->data = steal_ptr(data);
	ret->size = size;
	return 0;
}

static int ask(int fd, const struct command_request *request,
	       const struct command_question *q, struct command_result *ret)
{
	const struct deadline *d = q->deadline;
	struct command_reply reply = {};
	int r = send_request(fd, request, q->data, q->size);

	if (r == 0 && q->fd)
		r = send_fd(fd, *q->fd);
	if (r == 0)
		r = receive_reply(fd, d, &reply, ret);
	if (r < 0)
		return r;
	ret->ret = reply.ret;
	ret->value = (long)(intptr_t)reply.data;
	if (reply.ret < 0 && reply.datalen == 0)
		return reply.ret;
	if (reply.datalen < 0 || reply.datalen > REPLY_DATA_MAX)
		return -EBADMSG;
	return reply.datalen ? receive_data(fd, d, reply.datalen, ret) : 0;
}

#define BACKLOG_STEP_MS \
	5 /* a listener whose queue is full cannot be polled for a place */

static int connect_to(int fd, const struct sockaddr_un *address, int length,
		      const struct deadline *d)
{
	while (connect(fd, (const struct sockaddr *)address, length) < 0) {
		struct deadline step = deadline_in(BACKLOG_STEP_MS);

		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (deadline_left(d) == 0)
			return -ETIMEDOUT;
		(void)wait_fds(NULL, 0, &step);
	}
	return 0;
}

/* Questions whose answer, whatever it is, root does nothing with but show it. */
static bool is_harmless(int command)
{
	static const int harmless[] = {
		COMMAND_STOP,
		COMMAND_GET_STATE,
		COMMAND_GET_INIT_PID,
		COMMAND_GET_CLONE_FLAGS,
		COMMAND_GET_CONFIG_ITEM,
		COMMAND_GET_NAME,
		COMMAND_GET_LXCPATH,
		COMMAND_ADD_STATE_CLIENT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (command == harmless[i])
			return true;
	return false;
}

static bool is_owner(uid_t uid, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == uid;
}

/*
 * Abstract names can be bound by anybody.  The credentials are those that the other side had
 * when it called listen(): only root and we ourselves may speak for a container, and
 * to root also the user whose directory it is in, as far as it does no harm.
 */
static int check_peer(int fd, const struct command_question *q)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	if (peer.uid == 0 || peer.uid == geteuid())
		return 0;
	return geteuid() == 0 && is_harmless(q->command) && is_owner(peer.uid, q->lxcpath)
		       ? 0
		       : -EACCES;
}

/* A connection that ended without an answer: is the container gone, or did it refuse us? */
static int after_reset(const struct sockaddr_un *address, int length,
		       const struct deadline *d)
{
	_cleanup_close_ int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = fd < 0 ? -errno : connect_to(fd, address, length, d);

	return r < 0 ? r : -ECONNRESET;
}

int command_ask(const struct command_question *q, struct command_result *ret)
{
	struct sockaddr_un address;
	int length = command_address(q->lxcpath, q->name, &address);
	struct command_request request = {
		.cmd = q->command,
		.datalen = q->size,
		.data = q->data,
	};

	*ret = (struct command_result){ .connection = NO_FD };
	if (length < 0)
		return length;
	_cleanup_close_ int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = fd < 0 ? -errno : connect_to(fd, &address, length, q->deadline);
	if (r == 0)
		r = check_peer(fd, q);
	if (r == 0)
		r = ask(fd, &request, q, ret);
	if (r < 0) {
		command_result_done(ret);
		return r == -ECONNRESET || r == -EPIPE
			       ? after_reset(&address, length, q->deadline)
			       : r;
	}
	if (q->keep)
		ret->connection = steal_fd(fd);
	return 0;
}

int command_state(const char *lxcpath, const char *name, const struct deadline *d)
{
	_cleanup_command_ struct command_result result;
	int r = command_ask(&(struct command_question){ .lxcpath = lxcpath,
							.name = name,
							.command = COMMAND_GET_STATE,
							.deadline = d },
			    &result);

	if (r == -ECONNREFUSED)
		return STATE_STOPPED;
	if (r < 0)
		return r;
	return result.value >= 0 && result.value < STATE_COUNT ? (int)result.value
							       : -EBADMSG;
}
