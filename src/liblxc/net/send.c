/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending ready-made rtnetlink messages.
 *
 * Only the last message of a batch asks for an answer; the kernel answers every one that
 * it refuses anyway, in order.  So a batch usually costs one sendto(2), one recvfrom(2).
 * The answers are queued before sendto(2) returns: with MSG_DONTWAIT nothing can block.
 */
#include "net/send.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "util/macro.h"

int net_open(void)
{
	int one = 1, sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (sock < 0)
		return -errno;
	/* without these an answer is only longer or has no text */
	(void)setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	(void)setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return sock;
}

/* Number the messages from 1 and let the last be acknowledged: how many, or -EINVAL. */
static int prepare(char *messages, size_t size)
{
	struct nlmsghdr h;
	size_t at = 0, last = 0;
	int n = 0;

	while (at + sizeof(h) <= size) {
		memcpy(&h, messages + at, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > size - at)
			return -EINVAL;
		h.nlmsg_flags = (h.nlmsg_flags | NLM_F_REQUEST) & ~NLM_F_ACK;
		h.nlmsg_seq = ++n;
		h.nlmsg_pid = 0;
		memcpy(messages + at, &h, sizeof(h));
		last = at;
		at += NLMSG_ALIGN(h.nlmsg_len);
	}
	if (!n || at < size)
		return -EINVAL;
	memcpy(&h, messages + last, sizeof(h));
	h.nlmsg_flags |= NLM_F_ACK;
	memcpy(messages + last, &h, sizeof(h));
	return n;
}

/* The kernel's own words among the attributes of an answer. */
static void copy_text(const struct nlmsghdr *h, char *ret_text, size_t room)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t at = NLMSG_LENGTH(sizeof(*e));

	ret_text[0] = '\0';
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
	while (at + sizeof(struct nlattr) <= h->nlmsg_len) {
		const struct nlattr *a = (const void *)((const char *)h + at);

		if (a->nla_len < sizeof(*a) || a->nla_len > h->nlmsg_len - at)
			return;
		if ((a->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG) {
			size_t n = MIN(a->nla_len - sizeof(*a), room - 1);

			memcpy(ret_text, a + 1, n);
			ret_text[n] = '\0';
			return;
		}
		at += NLA_ALIGN(a->nla_len);
	}
}

/* One datagram from the kernel: its size, or -errno. */
static ssize_t receive(int sock, void *buffer, size_t size)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(sock, buffer, size, MSG_DONTWAIT,
				     (struct sockaddr *)&from, &length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -EIO : -errno;
		if (from.nl_pid == 0)
			return n;
	}
}

/* Read answers until that of the last message, number n: the first refusal, or 0. */
static int collect(int sock, unsigned int n, struct net_reply *ret_reply)
{
	char buffer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	int result = 0;

	for (;;) {
		ssize_t size = receive(sock, buffer, sizeof(buffer));

		if (size < 0)
			return result ? result : (int)size;
		const struct nlmsghdr *h = (const void *)buffer;

		for (; NLMSG_OK(h, (size_t)size); h = NLMSG_NEXT(h, size)) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			if (h->nlmsg_type != NLMSG_ERROR ||
			    h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
				continue;
			if (e->error && !result) {
				result = e->error;
				if (ret_reply) {
					ret_reply->failed = h->nlmsg_seq - 1;
					copy_text(h, ret_reply->text,
						  sizeof(ret_reply->text));
				}
			}
			if (h->nlmsg_seq == n)
				return result;
		}
	}
}

int net_send(int sock, void *messages, size_t size, struct net_reply *ret_reply)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int n = prepare(messages, size);
	ssize_t sent;

	if (ret_reply)
		*ret_reply = (struct net_reply){ 0 };
	if (n < 0)
		return n;
	do
		sent = sendto(sock, messages, size, 0, (struct sockaddr *)&kernel,
			      sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : collect(sock, n, ret_reply);
}

int net_index(int sock, const char *name)
{
	struct ifreq request = { 0 };
	size_t n = strnlen(name, IFNAMSIZ);

	if (!n || n == IFNAMSIZ)
		return -EINVAL;
	memcpy(request.ifr_name, name, n);
	/* a socket of any family knows its namespace's interfaces */
	return ioctl(sock, SIOCGIFINDEX, &request) < 0 ? -errno : request.ifr_ifindex;
}

int net_delete(int sock, const char *name)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg link;
		struct nlattr attribute;
		char name[IFNAMSIZ];
	} m = {
		.h = { .nlmsg_len = sizeof(m), .nlmsg_type = RTM_DELLINK },
		.link = { .ifi_family = AF_UNSPEC },
		.attribute = { .nla_type = IFLA_IFNAME },
	};
	size_t n = strnlen(name, IFNAMSIZ);

	if (!n || n == IFNAMSIZ)
		return -EINVAL;
	memcpy(m.name, name, n);
	m.attribute.nla_len = sizeof(m.attribute) + n + 1;
	m.h.nlmsg_len = sizeof(m) - sizeof(m.name) + NLA_ALIGN(n + 1);
	int r = net_send(sock, &m, m.h.nlmsg_len, NULL);

	return r == -ENODEV ? 0 : r;
}
