/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys below lxc.net.N: a table of their own (net-keys.c), with types (net-types.c). */
#ifndef CONF_NET_KEYS_H
#define CONF_NET_KEYS_H

#include "conf/types.h"

struct net_type;

struct net_choice {
	const char *name; /* NULL ends a list */
	int value;
};

struct net_key {
	const char *name; /* behind "lxc.net.N." */
	const struct net_type *type;
	size_t offset; /* of the member in struct nic */
	enum nic_type only; /* the type of interface it belongs to, NIC_UNSET: every one */
	bool listed; /* in the list of keys of an interface */
	const char *help;
	const char *example;
	int family; /* of addresses, routes and gateways */
	unsigned int max;
	const struct net_choice *choices; /* the first is the default */
};

struct net_type {
	int (*parse)(struct nic *nic, const struct net_key *key,
		     const struct conf_item *it, const char *value,
		     struct lxc_error **err);
	void (*print)(const struct nic *nic, const struct net_key *key, struct buf *out);
	void (*clear)(struct nic *nic, const struct net_key *key);
};

#define NIC_MEMBER(nic, key, type) ((type *)(void *)((char *)(nic) + (key)->offset))
#define NIC_MEMBER_CONST(nic, key, type) \
	((type const *)(const void *)((const char *)(nic) + (key)->offset))

/* The rows, ended by one without a name. */
extern const struct net_key net_keys[];

extern const struct net_type net_type_type; /* the interface's type; resets all else */
extern const struct net_type net_type_up; /* bool: any text is true */
extern const struct net_type net_type_bool; /* bool: 0 or 1 */
extern const struct net_type net_type_ifname; /* char[IFNAMSIZ] */
extern const struct net_type net_type_text; /* char * */
extern const struct net_type net_type_hwaddr; /* char * */
extern const struct net_type net_type_uint; /* unsigned int */
extern const struct net_type net_type_queues; /* int above 0 */
extern const struct net_type net_type_choice; /* int */
extern const struct net_type net_type_router; /* bool by name */
extern const struct net_type net_type_addresses; /* nic.addresses of one family */
extern const struct net_type net_type_routes; /* nic.routes of one family */
extern const struct net_type net_type_gateway; /* struct nic_gateway */
extern const struct net_type net_type_vlan; /* nic.veth_vlan */
extern const struct net_type net_type_tagged; /* nic.veth_tagged */

/* Everything but index and next to the state of a new interface. */
void nic_reset(struct nic *nic);

/* "xx:…" with a random digit in the place of each x, so that the address is unicast. */
void hwaddr_fill(char *text);

/* The interface with an index, or NULL. */
struct nic *conf_nic(const struct conf *c, unsigned int index);

/*
 * If key is lxc.net.N.hwaddr, fill the placeholders of value in place, so that what is
 * recorded is what is used.
 */
void conf_fill_hwaddr(const char *key, char *value);

/* Names of the keys of an interface, one a line, for lxc.net.N: 0 or -EINVAL. */
int net_list_keys(const struct conf *c, const char *key, struct buf *out);

/* Whether key is lxc.net.N or one of its keys. */
bool net_is_key(const char *key);

/*
 * The row nearest to the end of an unknown lxc.net.N.KEY, or NULL; *ret_sub is where KEY
 * begins.
 */
const struct net_key *net_nearest(const char *key, const char **ret_sub);

#endif
