/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces and addresses of a network namespace, seen from outside: the kernel is asked
 * with a namespace id, so that no process has to enter it.  And links of the host.
 */
#ifndef NET_QUERY_H
#define NET_QUERY_H

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "net/nic.h"
#include "util/error.h"
#include "util/macro.h"
#include "util/wait.h"

struct net_address {
	int family; /* AF_INET, AF_INET6 */
	char text[INET6_ADDRSTRLEN];
	unsigned int prefix;
	unsigned int scope; /* RT_SCOPE_* of <linux/rtnetlink.h> */
};

struct net_link {
	unsigned int index;
	char name[IFNAMSIZ];
	char kind[16]; /* "veth", "bridge", "openvswitch"…; "" for hardware and lo */
	unsigned int flags; /* IFF_* */
	const char *operstate; /* "up", "down", "unknown"…; static */
	unsigned int mtu;
	unsigned int master; /* index of the bridge, or 0 */
	unsigned int peer; /* index, in its own namespace, of the other end; 0: none */
	char hwaddr[64]; /* "00:16:3e:…", or "" */
	uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
	struct net_address *addresses; /* IPv4 first */
	size_t n_addresses;
};

struct net_view {
	struct net_link *links; /* by index */
	size_t n_links;
};

struct net_view *net_view_free(struct net_view *view);
DEFINE_FREE(struct net_view, net_view_free)

/*
 * All links, with their addresses, of the namespace that netns_fd refers to (an open
 * /proc/PID/ns/net); NO_FD: the caller's own.  LXC_ERROR_UNSUPPORTED when the kernel
 * cannot be asked about another namespace, which takes CAP_NET_ADMIN in both.  d may be
 * NULL: five seconds.
 */
int net_query(int netns_fd, const struct deadline *d, struct net_view **ret,
	      struct lxc_error **err);

/*
 * A link of the caller's namespace by name, without its addresses: nothing to free.
 * -ENODEV (LXC_ERROR_NOT_FOUND) when there is none.
 */
int net_host_link(const char *name, struct net_link *ret, struct lxc_error **err);

/*
 * The first address (the widest scope first) of a link of the caller's namespace.
 * -EADDRNOTAVAIL when it has none of that family.
 */
int net_host_address(unsigned int index, int family, struct nic_address *ret,
		     struct lxc_error **err);

#endif
