/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a configured interface to ready-made rtnetlink messages, which the monitor and the
 * container's first process send with net_send().  What needs the host's state (does the
 * bridge exist, what is its MTU) is looked up here; what is known only at run time (a
 * process id, an interface index) is a hole whose offset is told.
 *
 * Errors name the key: "config lxc.net.0.mtu 1x: …".
 */
#ifndef NET_COMPILE_H
#define NET_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/nic.h"
#include "util/error.h"

/*
 * For net_send() on the host, once the container's first process exists: makes the pair
 * with the peer already in that process's network namespace, under its final name and
 * down; the host end joins the bridge, without IPv6 of its own, and is up.
 */
struct net_message {
	void *data; /* one or two netlink messages back to back */
	size_t size;
	size_t pid_offset; /* in data: 4 bytes for the pid, as the sender sees it */
	char host_name[IFNAMSIZ];
};

void net_message_done(struct net_message *m);

/* One message to be sent inside the container's network namespace. */
struct net_step {
	size_t offset, size; /* in data of the list */
	size_t index_offset; /* in data: 4 bytes for net_index(name); 0: no hole */
	char name[IFNAMSIZ]; /* the interface it is about */
	char *what; /* for errors: "lxc.net.0.ipv4.address 10.0.3.5/24" */
};

/*
 * The messages of all interfaces in the order in which they are sent, back to back: fill
 * the holes, then one net_send() does all of them.
 */
struct net_message_list {
	void *data;
	size_t size;
	struct net_step *steps;
	size_t n_steps;
	bool has_loopback; /* already brings lo up */
};

void net_message_list_done(struct net_message_list *list);

/*
 * The host's part of an interface of type NIC_VETH; LXC_ERROR_UNSUPPORTED for the others.
 * name is the interface's name in the container, see net_choose_name().
 */
int net_compile_host(const struct nic *nic, const char *name, struct net_message *ret,
		     struct lxc_error **err);

/*
 * Append the container's part: addresses, up (lo too), gateways.  To be called for every
 * interface, in their order, on one list that began as { 0 }.
 */
int net_compile_container(const struct nic *nic, const char *name,
			  struct net_message_list *list, struct lxc_error **err);

/*
 * The name of nic, one of the list nics, in the container: the configured one, or the
 * first ethN that no interface of the list has by configuration or by this rule; "lo" for
 * NIC_EMPTY, the device's own for NIC_PHYS.
 */
void net_choose_name(const struct nic *nics, const struct nic *nic,
		     char ret_name[IFNAMSIZ]);

#endif
