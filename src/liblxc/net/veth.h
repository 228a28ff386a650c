/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages that make a veth pair, from values that have been checked. */
#ifndef NET_VETH_H
#define NET_VETH_H

#include <linux/if_ether.h>
#include <netlink/msg.h>
#include <stdint.h>

#include "net/nic.h"

struct veth {
	const char *name; /* of the peer, in the container */
	char host_name[IFNAMSIZ];
	uint8_t host_mac[ETH_ALEN];
	uint8_t mac[ETH_ALEN]; /* of the peer */
	bool has_mac; /* otherwise the kernel's choice */
	unsigned int mtu;
	unsigned int bridge; /* index; 0: none */
	unsigned int txqueues, rxqueues; /* 0: the kernel's choice */
};

/*
 * Make the pair: NULL without memory.  *ret_pid_offset is where, in the message, the pid
 * of a process in the peer's network namespace has to be put.
 */
struct nl_msg *veth_build(const struct veth *v, size_t *ret_pid_offset);

/* Keep the host end from making itself IPv6 addresses. */
struct nl_msg *veth_build_no_ipv6(const struct veth *v);

#endif
