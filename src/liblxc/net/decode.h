/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel tells about links and addresses. */
#ifndef NET_DECODE_H
#define NET_DECODE_H

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "net/query.h"

/* From an RTM_NEWLINK: without addresses.  0 or -EBADMSG. */
int decode_link(struct nlmsghdr *h, struct net_link *ret);

/*
 * The bytes of the address in an RTM_NEWADDR, its own one for a point-to-point link, and
 * the header; NULL when it is neither IPv4 nor IPv6.
 */
const void *decode_address(struct nlmsghdr *h, const struct ifaddrmsg **ret_header);

#endif
