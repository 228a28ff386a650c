/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lxc.net: all interfaces; lxc.net.N: one of them; lxc.net.N.KEY: a row of the table below.
 * The first key with a new number makes the interface, even if its value is bad.
 */
#include "conf/net-keys.h"

#include <limits.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

#include "conf/keys.h"
#include "util/parse.h"

#define PREFIX "lxc.net."
#define INDEX_MAX (INT_MAX - 1)
#define VLAN_ID_MAX 65535
#define NEAREST_DISTANCE 3

#ifndef IPVLAN_F_PRIVATE
#define IPVLAN_F_PRIVATE 0x01
#define IPVLAN_F_VEPA 0x02
#endif

static const struct net_choice veth_modes[] = { { "bridge", false },
						{ "router", true },
						{} };

static const struct net_choice macvlan_modes[] = {
	{ "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA },
	{ "bridge", MACVLAN_MODE_BRIDGE },
	{ "passthru", MACVLAN_MODE_PASSTHRU },
	{},
};

static const struct net_choice ipvlan_modes[] = {
	{ "l3", IPVLAN_MODE_L3 },
	{ "l3s", IPVLAN_MODE_L3S },
	{ "l2", IPVLAN_MODE_L2 },
	{},
};

static const struct net_choice ipvlan_isolations[] = {
	{ "bridge", 0 },
	{ "private", IPVLAN_F_PRIVATE },
	{ "vepa", IPVLAN_F_VEPA },
	{},
};

/* clang-format off */
#define NET(name_, type_, member, ...) \
	{ .name = name_, .type = &net_type_##type_, \
	  .offset = offsetof(struct nic, member), __VA_ARGS__ }

const struct net_key net_keys[] = {
	NET("type", type, type, .listed = true, .example = "veth",
	    .help = "kind of interface; it comes first, because it resets all other keys"),
	NET("script.up", text, script_up, .listed = true, .example = "/usr/local/bin/up",
	    .help = "program run on the host when the interface has been made"),
	NET("script.down", text, script_down, .listed = true, .example = "/usr/local/bin/down",
	    .help = "program run on the host before the interface is removed"),
	NET("flags", up, up, .listed = true, .example = "up",
	    .help = "up: activate the interface"),
	NET("link", ifname, link, .listed = true, .example = "lxcbr0",
	    .help = "the bridge, parent or device on the host"),
	NET("name", ifname, name, .listed = true, .example = "eth0",
	    .help = "name inside the container"),
	NET("hwaddr", hwaddr, hwaddr, .listed = true, .example = "00:16:3e:12:34:56",
	    .help = "hardware address; an x stands for a random digit"),
	NET("mtu", text, mtu, .listed = true, .example = "1500",
	    .help = "largest packet in bytes"),
	NET("ipv6.address", addresses, addresses, .listed = true, .example = "2001:db8::2/64",
	    .family = AF_INET6, .help = "an IPv6 address; repeat for more"),
	NET("ipv6.gateway", gateway, gateway6, .listed = true, .example = "2001:db8::1",
	    .family = AF_INET6, .help = "an address, auto (that of the link) or dev"),
	NET("ipv4.address", addresses, addresses, .listed = true,
	    .example = "10.0.3.2/24 10.0.3.255", .family = AF_INET,
	    .help = "an IPv4 address and perhaps its broadcast address; repeat for more"),
	NET("ipv4.gateway", gateway, gateway4, .listed = true, .example = "10.0.3.1",
	    .family = AF_INET, .help = "an address, auto (that of the link) or dev"),
	NET("l2proxy", bool, l2proxy, .example = "1",
	    .help = "answer for the container's addresses on the link"),
	NET("veth.pair", ifname, veth_pair, .only = NIC_VETH, .listed = true,
	    .example = "veth-web", .help = "name of the end on the host"),
	NET("veth.mode", router, veth_router, .only = NIC_VETH, .example = "router",
	    .choices = veth_modes, .help = "how the end on the host is connected"),
	NET("veth.ipv4.route", routes, routes, .only = NIC_VETH, .listed = true,
	    .example = "192.0.2.0/24", .family = AF_INET,
	    .help = "a route to the container on the host; repeat for more"),
	NET("veth.ipv6.route", routes, routes, .only = NIC_VETH, .listed = true,
	    .example = "2001:db8:1::/48", .family = AF_INET6,
	    .help = "a route to the container on the host; repeat for more"),
	NET("veth.vlan.id", vlan, veth_vlan, .only = NIC_VETH, .listed = true,
	    .example = "7", .help = "untagged VLAN of the bridge port, or none"),
	NET("veth.vlan.tagged.id", tagged, veth_tagged, .only = NIC_VETH, .example = "8",
	    .help = "tagged VLAN of the bridge port; repeat for more"),
	NET("veth.n_rxqueues", queues, veth_rxqueues, .only = NIC_VETH, .example = "2",
	    .help = "number of receive queues"),
	NET("veth.n_txqueues", queues, veth_txqueues, .only = NIC_VETH, .example = "2",
	    .help = "number of send queues"),
	NET("macvlan.mode", choice, macvlan_mode, .only = NIC_MACVLAN, .listed = true,
	    .example = "bridge", .choices = macvlan_modes,
	    .help = "who the interface may talk to"),
	NET("ipvlan.mode", choice, ipvlan_mode, .only = NIC_IPVLAN, .listed = true,
	    .example = "l2", .choices = ipvlan_modes, .help = "layer that is switched"),
	NET("ipvlan.isolation", choice, ipvlan_isolation, .only = NIC_IPVLAN, .listed = true,
	    .example = "private", .choices = ipvlan_isolations,
	    .help = "who the interface may talk to"),
	NET("vlan.id", uint, vlan_id, .only = NIC_VLAN, .listed = true, .example = "42",
	    .max = VLAN_ID_MAX, .help = "number of the VLAN"),
	{}
};
/* clang-format on */

static const struct net_key *find_key(const char *name)
{
	for (const struct net_key *k = net_keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

/* N and KEY of "N.KEY", KEY "" for "N": 0 or -EINVAL. */
static int split(const char *rest, unsigned int *ret_index, const char **ret_sub)
{
	size_t n = strcspn(rest, ".");
	_cleanup_free_ char *number = strndup(rest, n);
	uint64_t index = 0;

	if (!number)
		return -ENOMEM;
	if (parse_decimal(number, INDEX_MAX, &index) < 0)
		return -EINVAL;
	*ret_index = (unsigned int)index;
	*ret_sub = rest + n + (rest[n] == '.');
	return 0;
}

struct nic *conf_nic(const struct conf *c, unsigned int index)
{
	for (struct nic *nic = c->nics; nic; nic = nic->next)
		if (nic->index == index)
			return nic;
	return NULL;
}

static struct nic *ensure_nic(struct conf *c, unsigned int index)
{
	struct nic **at = &c->nics, *nic;

	while (*at && (*at)->index < index)
		at = &(*at)->next;
	if (*at && (*at)->index == index)
		return *at;
	nic = calloc(1, sizeof(*nic));
	if (!nic)
		return NULL;
	nic->index = index;
	nic_reset(nic);
	nic->next = *at;
	*at = nic;
	return nic;
}

static void remove_nic(struct conf *c, unsigned int index)
{
	struct nic **at = &c->nics, *nic;

	while (*at && (*at)->index != index)
		at = &(*at)->next;
	nic = *at;
	if (!nic)
		return;
	*at = nic->next;
	(void)nic_free(nic);
}

static int bad_index(const struct conf_item *it, struct lxc_error **err)
{
	(void)conf_fault(it, err, "the number of the interface is missing");
	error_hint(err, "write lxc.net.0.type, lxc.net.0.link …");
	return -EINVAL;
}

static int wrong_type(const struct conf_item *it, const struct net_key *key,
		      const struct nic *nic, struct lxc_error **err)
{
	const char *wanted = nic_type_names[key->only];

	if (nic->type == NIC_UNSET)
		(void)conf_fault(it, err, "the type of the interface is not set yet");
	else
		(void)conf_fault(it, err, "the interface is of type %s, not %s",
				 nic_type_names[nic->type], wanted);
	error_hint(err, "set lxc.net.%u.type = %s before it", nic->index, wanted);
	return -EINVAL;
}

/* The row of lxc.net.N.KEY, or NULL and an error. */
static const struct net_key *find_row(const struct conf_item *it, const char *sub,
				      const char *value, struct lxc_error **err)
{
	const struct net_key *key = find_key(sub);

	if (!*sub) {
		(void)conf_fault_value(it, value, err, "has no key that it belongs to");
		error_hint(err, "did you mean %s.type?", it->name);
	} else if (!key) {
		(void)conf_unknown_key(it->name, err);
	}
	return key;
}

static int net_parse(struct conf *c, const struct conf_item *it, const char *value,
		     struct lxc_error **err)
{
	const struct net_key *key;
	const char *sub = "";
	unsigned int index = 0;
	int r = split(it->rest, &index, &sub);

	if (r < 0)
		return r == -ENOMEM ? conf_no_memory(it, err) : bad_index(it, err);
	key = find_row(it, sub, value, err);
	if (!key)
		return *sub ? -ENOENT : -EINVAL;
	struct nic *nic = ensure_nic(c, index);

	if (!nic)
		return conf_no_memory(it, err);
	if (key->only != NIC_UNSET && nic->type != key->only)
		return wrong_type(it, key, nic, err);
	r = key->type->parse(nic, key, it, value, err);
	if (r == -EINVAL && key->example)
		error_hint(err, "for example: %s = %s", it->name, key->example);
	return r;
}

static int net_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	const struct net_key *key;
	const char *sub = "";
	unsigned int index = 0;
	int r = split(it->rest, &index, &sub);
	const struct nic *nic = r < 0 ? NULL : conf_nic(c, index);

	if (!nic)
		return -EINVAL;
	key = find_key(sub);
	if (!key)
		return -ENOENT;
	if (key->only != NIC_UNSET && nic->type != key->only)
		return -EINVAL;
	key->type->print(nic, key, out);
	return 0;
}

/* An interface that is not there can be cleared, one of its keys cannot. */
static int net_clear(struct conf *c, const struct conf_item *it)
{
	const struct net_key *key;
	const char *sub = "";
	unsigned int index = 0;
	int r = split(it->rest, &index, &sub);
	struct nic *nic = r < 0 ? NULL : conf_nic(c, index);

	if (r < 0)
		return r;
	if (!*sub) {
		remove_nic(c, index);
		return 0;
	}
	key = find_key(sub);
	if (!key)
		return -ENOENT;
	if (!nic || (key->only != NIC_UNSET && nic->type != key->only))
		return -EINVAL;
	key->type->clear(nic, key);
	return 0;
}

const struct conf_type conf_type_net = { "net", net_parse, net_print, net_clear };

/* --- lxc.net --- */

static int nets_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	(void)conf_fault(it, err, "takes no value: it only clears all interfaces");
	error_hint(err, "name the interface: lxc.net.0.type, lxc.net.0.link …");
	return -EINVAL;
}

static int nets_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	for (const struct nic *nic = c->nics; nic; nic = nic->next) {
		const char *name = nic_type_names[nic->type];

		buf_printf(out, "%s\n", name ? name : "(invalid)");
	}
	return 0;
}

static int nets_clear(struct conf *c, const struct conf_item *it)
{
	while (c->nics)
		remove_nic(c, c->nics->index);
	return 0;
}

const struct conf_type conf_type_nets = { "nets", nets_parse, nets_print, nets_clear };

/* --- what the other files need to know about interfaces --- */

void conf_fill_hwaddr(const char *key, char *value)
{
	const char *sub = "";
	unsigned int index;

	if (!strncmp(key, PREFIX, strlen(PREFIX)) &&
	    split(key + strlen(PREFIX), &index, &sub) == 0 && !strcmp(sub, "hwaddr"))
		hwaddr_fill(value);
}

bool net_is_key(const char *key)
{
	const char *sub = "";
	unsigned int index;

	return !strncmp(key, PREFIX, strlen(PREFIX)) &&
	       split(key + strlen(PREFIX), &index, &sub) == 0 && (!*sub || find_key(sub));
}

int net_list_keys(const struct conf *c, const char *key, struct buf *out)
{
	const struct nic *nic = NULL;
	const char *sub = "";
	unsigned int index = 0;

	if (!strncmp(key, PREFIX, strlen(PREFIX)) &&
	    split(key + strlen(PREFIX), &index, &sub) == 0 && !*sub)
		nic = conf_nic(c, index);
	if (!nic)
		return -EINVAL;
	for (const struct net_key *k = net_keys; k->name; k++) {
		bool empty = nic->type == NIC_EMPTY && !strcmp(k->name, "flags");

		if (empty)
			break;
		if (k->listed && (k->only == NIC_UNSET || k->only == nic->type))
			buf_printf(out, "%s\n", k->name);
	}
	return 0;
}

const struct net_key *net_nearest(const char *key, const char **ret_sub)
{
	const struct net_key *best = NULL;
	size_t least = NEAREST_DISTANCE + 1;
	const char *sub = "";
	unsigned int index;

	if (strncmp(key, PREFIX, strlen(PREFIX)) ||
	    split(key + strlen(PREFIX), &index, &sub) < 0)
		return NULL;
	for (const struct net_key *k = net_keys; k->name; k++) {
		size_t distance = parse_distance(sub, k->name, NEAREST_DISTANCE);

		if (distance < least && distance < strlen(k->name)) {
			least = distance;
			best = k;
		}
	}
	*ret_sub = sub;
	return best;
}
