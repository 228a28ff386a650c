/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conversation with rtnetlink.  A dump ends with NLMSG_DONE, anything else with the
 * acknowledgement that it asks for.
 */
#include "net/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "net/send.h"
#include "util/macro.h"

/* The kernel fills at most 32 KiB at once. */
#define BUFFER_SIZE 32768
#define PATIENCE_MS 5000

int netlink_init(struct netlink *q, const struct deadline *d)
{
	int one = 1;

	*q = (struct netlink){ .deadline = d ? *d : deadline_in(PATIENCE_MS) };
	q->sock = net_open();
	if (q->sock < 0)
		return q->sock;
	if (setsockopt(q->sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one)) <
	    0)
		return -EOPNOTSUPP;
	q->buffer = malloc(BUFFER_SIZE);
	return q->buffer ? 0 : -ENOMEM;
}

void netlink_done(struct netlink *q)
{
	close_p(&q->sock);
	free_p(&q->buffer);
	*q = (struct netlink){ .sock = NO_FD };
}

static int send_message(struct netlink *q, struct nlmsghdr *h)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	h->nlmsg_seq = ++q->sequence;
	h->nlmsg_flags |= NLM_F_REQUEST;
	if ((h->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		h->nlmsg_flags |= NLM_F_ACK;
	while (sendto(q->sock, h, h->nlmsg_len, 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* One datagram from the kernel: its size, or -errno. */
static int receive(struct netlink *q)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		struct iovec vector = { q->buffer, BUFFER_SIZE };
		struct msghdr m = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &vector,
			.msg_iovlen = 1,
		};
		int r = wait_fd(q->sock, POLLIN, &q->deadline);

		if (r < 0)
			return r;
		ssize_t n = recvmsg(q->sock, &m, MSG_DONTWAIT);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n >= 0 && m.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		if (n >= 0 && from.nl_pid == 0)
			return (int)n;
	}
}

/* The error in NLMSG_ERROR and NLMSG_DONE, 0 for success. */
static int status_of(struct nlmsghdr *h)
{
	int status = 0;

	if (nlmsg_datalen(h) >= (int)sizeof(status))
		memcpy(&status, nlmsg_data(h), sizeof(status));
	return status;
}

int netlink_run(struct netlink *q, struct nl_msg *m,
		int (*take)(struct nlmsghdr *h, void *data), void *data)
{
	int r = send_message(q, nlmsg_hdr(m));

	q->torn = false;
	while (r == 0) {
		int size = receive(q);

		if (size < 0)
			return size;
		for (struct nlmsghdr *h = (void *)q->buffer; nlmsg_ok(h, size) && r == 0;
		     h = nlmsg_next(h, &size)) {
			if (h->nlmsg_seq != q->sequence)
				continue;
			q->torn |= (h->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
				return status_of(h);
			r = take(h, data);
		}
	}
	return r;
}
