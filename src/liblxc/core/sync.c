/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one typed channel between two of our processes. */
#include "core/sync.h"

#include <string.h>
#include <sys/socket.h>

#include "util/macro.h"

union record {
	uint32_t type;
	struct sync_message message;
	struct {
		uint32_t type;
		char error[offsetof(struct lxc_error, message)];
	} failure;
};

int sync_pair(int ret_ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_ends) < 0
		       ? -errno
		       : 0;
}

static int send_record(int fd, const void *record, size_t size, const int *fds,
		       size_t n_fds)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(SYNC_FDS_MAX * sizeof(int))];
	} control = {};
	struct iovec iov = { .iov_base = (void *)record, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n_fds > SYNC_FDS_MAX)
		return -E2BIG;
	if (n_fds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	while (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int sync_send(int fd, const struct sync_message *m, const int *fds)
{
	size_t size = offsetof(struct sync_message, roles) + m->n_fds;

	return send_record(fd, m, size, fds, m->n_fds);
}

void sync_send_error(int fd, const struct lxc_error *e)
{
	union record r;
	size_t size = error_size(e);

	r.type = SYNC_ERROR;
	memcpy(r.failure.error, e, size);
	(void)send_record(fd, &r, offsetof(union record, failure.error) + size, NULL, 0);
}

/* Descriptors beyond what is wanted are closed, never left behind. */
static uint32_t take_fds(struct msghdr *msg, int *fds)
{
	uint32_t n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < here; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (fds && n < SYNC_FDS_MAX)
				fds[n++] = fd;
			else
				(void)close(fd);
		}
	}
	return n;
}

static int take_error(const union record *r, size_t size, struct lxc_error **err)
{
	struct lxc_error *own = NULL;
	size_t head = offsetof(union record, failure.error);
	int failed = size < head ? -EBADMSG
				 : error_from_record(&own, r->failure.error, size - head);

	if (failed < 0)
		return error_set(err, failed, "sync", "broken error record");
	int errnum = own->errnum > 0 ? own->errnum : EIO;
	if (err) {
		error_clear(err);
		*err = own;
	} else {
		(void)error_free(own);
	}
	return -errnum;
}

int sync_receive(int fd, struct sync_message *ret, int *fds, struct lxc_error **err)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(SYNC_FDS_MAX * sizeof(int))];
	} control;
	union record r = {};
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof(r) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	while ((n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC)) < 0)
		if (errno != EINTR)
			return errno == ECONNRESET
				       ? 0
				       : error_set(err, -errno, "sync", "receive");
	if (n == 0)
		return 0;
	uint32_t n_fds = take_fds(&msg, fds);
	if (r.type == SYNC_ERROR) {
		for (uint32_t i = 0; i < n_fds; i++)
			(void)close(fds[i]);
		return take_error(&r, n, err);
	}
	if ((size_t)n < offsetof(struct sync_message, roles) ||
	    r.message.n_fds != n_fds) {
		for (uint32_t i = 0; i < n_fds; i++)
			(void)close(fds[i]);
		return error_set(err, -EBADMSG, "sync", "broken record");
	}
	*ret = r.message;
	return 1;
}

bool sync_is_closed(int fd)
{
	struct pollfd one = { .fd = fd };

	return poll(&one, 1, 0) == 1 && one.revents & POLLHUP;
}
