/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel tells about links and addresses. */
#include "net/decode.h"

#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>

static const char *operstate_name(const struct nlattr *a)
{
	/* clang-format off */
	static const char *const names[] = {
		"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up",
	};
	/* clang-format on */
	unsigned int state = a ? nla_get_u8(a) : 0;

	return names[state < ARRAY_SIZE(names) ? state : 0];
}

static void print_hwaddr(const struct nlattr *a, char *text, size_t room)
{
	const uint8_t *bytes = nla_data(a);
	int n = nla_len(a);

	for (int i = 0, at = 0; i < n && (size_t)at + 4 <= room; i++)
		at += snprintf(text + at, room - at, "%s%02x", i ? ":" : "", bytes[i]);
}

static void parse_stats(const struct nlattr *a, struct net_link *link)
{
	struct rtnl_link_stats64 stats = { 0 };

	memcpy(&stats, nla_data(a), MIN((size_t)nla_len(a), sizeof(stats)));
	link->rx_bytes = stats.rx_bytes;
	link->tx_bytes = stats.tx_bytes;
	link->rx_packets = stats.rx_packets;
	link->tx_packets = stats.tx_packets;
}

static void parse_kind(struct nlattr *a, struct net_link *link)
{
	struct nlattr *info[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(info, IFLA_INFO_MAX, a, NULL) == 0 && info[IFLA_INFO_KIND])
		(void)nla_strlcpy(link->kind, info[IFLA_INFO_KIND], sizeof(link->kind));
}

int decode_link(struct nlmsghdr *h, struct net_link *ret)
{
	/* clang-format off */
	static const struct nla_policy policy[IFLA_MAX + 1] = {
		[IFLA_IFNAME] = { .type = NLA_STRING },
		[IFLA_MTU] = { .type = NLA_U32 },
		[IFLA_MASTER] = { .type = NLA_U32 },
		[IFLA_LINK] = { .type = NLA_U32 },
		[IFLA_OPERSTATE] = { .type = NLA_U8 },
	};
	/* clang-format on */
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *header = nlmsg_data(h);

	if (nlmsg_parse(h, sizeof(*header), tb, IFLA_MAX, (void *)policy) < 0 ||
	    !tb[IFLA_IFNAME])
		return -EBADMSG;
	*ret = (struct net_link){
		.index = header->ifi_index,
		.flags = header->ifi_flags,
		.operstate = operstate_name(tb[IFLA_OPERSTATE]),
		.mtu = tb[IFLA_MTU] ? nla_get_u32(tb[IFLA_MTU]) : 0,
		.master = tb[IFLA_MASTER] ? nla_get_u32(tb[IFLA_MASTER]) : 0,
		.peer = tb[IFLA_LINK] ? nla_get_u32(tb[IFLA_LINK]) : 0,
	};
	(void)nla_strlcpy(ret->name, tb[IFLA_IFNAME], sizeof(ret->name));
	if (tb[IFLA_LINKINFO])
		parse_kind(tb[IFLA_LINKINFO], ret);
	if (tb[IFLA_ADDRESS])
		print_hwaddr(tb[IFLA_ADDRESS], ret->hwaddr, sizeof(ret->hwaddr));
	if (tb[IFLA_STATS64])
		parse_stats(tb[IFLA_STATS64], ret);
	return 0;
}

const void *decode_address(struct nlmsghdr *h, const struct ifaddrmsg **ret_header)
{
	const struct ifaddrmsg *header = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1];

	if (nlmsg_parse(h, sizeof(*header), tb, IFA_MAX, NULL) < 0)
		return NULL;
	struct nlattr *a = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	int size = header->ifa_family == AF_INET    ? 4
		   : header->ifa_family == AF_INET6 ? 16
						    : -1;

	if (!a || nla_len(a) != size)
		return NULL;
	*ret_header = header;
	return nla_data(a);
}
