/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of the command socket: sending, and what is left to be sent. */
#include "core/reply.h"

#include <string.h>
#include <sys/mman.h>

#include "util/macro.h"

#define REPLY_IOV_MAX (1 + REPLY_PARTS_MAX)

/* Keep what lies behind the first sent bytes; without memory the client sees an early end. */
static enum after keep_rest(struct client *c, const struct iovec *iov, size_t n,
			    size_t size, size_t sent)
{
	char *to = mmap(NULL, size - sent, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (to == MAP_FAILED)
		return CLOSE;
	c->rest = to;
	c->rest_size = size - sent;
	c->rest_sent = 0;
	for (size_t i = 0; i < n; i++) {
		size_t skip = MIN(sent, iov[i].iov_len), here = iov[i].iov_len - skip;

		if (here)
			memcpy(to, (const char *)iov[i].iov_base + skip, here);
		to += here;
		sent -= skip;
	}
	c->kind = CLIENT_REPLY;
	return KEEP;
}

static void add_fds(struct msghdr *msg, void *room, const int *fds, size_t n)
{
	if (!n)
		return;
	msg->msg_control = room;
	msg->msg_controllen = CMSG_SPACE(n * sizeof(int));
	struct cmsghdr *h = CMSG_FIRSTHDR(msg);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(h), fds, n * sizeof(int));
}

enum after reply_send(struct client *c, const struct reply *r)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(COMMAND_FDS_MAX * sizeof(int))];
	} control = {};
	struct command_reply head = { .ret = r->ret, .data = (void *)(intptr_t)r->value };
	struct iovec iov[REPLY_IOV_MAX] = { { &head, sizeof(head) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 + r->n_parts };
	size_t size = sizeof(head);

	for (size_t i = 0; i < r->n_parts; i++) {
		iov[1 + i] = r->parts[i];
		size += r->parts[i].iov_len;
	}
	head.datalen = size - sizeof(head);
	add_fds(&msg, control.room, r->fds, MIN(r->n_fds, (size_t)COMMAND_FDS_MAX));
	ssize_t n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 || (size_t)n == size)
		return CLOSE;
	return keep_rest(c, iov, 1 + r->n_parts, size, n);
}

enum after reply_value(struct client *c, int ret, long value)
{
	return reply_send(c, &(struct reply){ .ret = ret, .value = value });
}

enum after reply_text(struct client *c, const char *text)
{
	if (!text)
		return reply_value(c, -1, 0);
	return reply_send(c, &(struct reply){
				     .parts = { { (void *)text, strlen(text) + 1 } },
				     .n_parts = 1,
			     });
}

enum after reply_fd(struct client *c, int fd)
{
	if (fd < 0)
		return reply_value(c, -EBADF, 0);
	return reply_send(c, &(struct reply){ .fds = &fd, .n_fds = 1 });
}

enum after reply_resume(struct client *c)
{
	ssize_t n = send(c->fd, c->rest + c->rest_sent, c->rest_size - c->rest_sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? KEEP : CLOSE;
	c->rest_sent += n;
	return c->rest_sent == c->rest_size ? CLOSE : KEEP;
}

void reply_forget(struct client *c)
{
	if (c->rest)
		(void)munmap(c->rest, c->rest_size);
	c->rest = NULL;
}
