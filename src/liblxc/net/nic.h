/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One network interface of a container, as configured: lxc.net.N.* */
#ifndef NET_NIC_H
#define NET_NIC_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

enum nic_type {
	NIC_UNSET, /* allocated by a key, type not yet given */
	NIC_VETH,
	NIC_MACVLAN,
	NIC_IPVLAN,
	NIC_VLAN,
	NIC_PHYS,
	NIC_EMPTY,
	NIC_NONE,
	NIC_TYPES,
};

/* "veth" and so on; NULL for NIC_UNSET. */
extern const char *const nic_type_names[NIC_TYPES];

struct nic_address {
	int family; /* AF_INET, AF_INET6 */
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
	unsigned int prefix;
	struct in_addr broadcast; /* AF_INET only; 0: none */
};

enum nic_gateway_kind { GATEWAY_NONE, GATEWAY_ADDRESS, GATEWAY_AUTO, GATEWAY_DEVICE };

struct nic_gateway {
	enum nic_gateway_kind kind;
	struct nic_address address; /* of GATEWAY_ADDRESS; prefix unused */
};

struct nic {
	unsigned int index; /* the N of lxc.net.N; the list is sorted by it */
	enum nic_type type;
	bool up;
	char link[IFNAMSIZ];
	char name[IFNAMSIZ]; /* in the container; "": the default of the type */
	char *hwaddr; /* text, placeholders already replaced; NULL: kernel's choice */
	char *mtu; /* text, or NULL */
	struct nic_address *addresses; /* IPv4 and IPv6 mixed, in the order of the lines */
	size_t n_addresses;
	struct nic_gateway gateway4, gateway6;
	char *script_up, *script_down;
	bool l2proxy;
	char veth_pair[IFNAMSIZ]; /* host side; "": generated */
	bool veth_router; /* lxc.net.N.veth.mode = router */
	struct nic_address *routes; /* lxc.net.N.veth.ipv4.route and ipv6.route */
	size_t n_routes;
	int veth_vlan; /* -1: unset, -2: none (no untagged VLAN), else the id */
	uint16_t *veth_tagged;
	size_t n_veth_tagged;
	int veth_rxqueues, veth_txqueues; /* 0: kernel's choice */
	int macvlan_mode; /* enum macvlan_mode of <linux/if_link.h> */
	int ipvlan_mode; /* IPVLAN_MODE_* */
	int ipvlan_isolation; /* 0 bridge, IPVLAN_F_PRIVATE, IPVLAN_F_VEPA */
	unsigned int vlan_id;
	struct nic *next;
};

/* Free one, not what follows it.  Returns NULL. */
struct nic *nic_free(struct nic *nic);
DEFINE_FREE(struct nic, nic_free)

#endif
