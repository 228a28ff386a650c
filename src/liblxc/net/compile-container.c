/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's part of an interface: addresses, up, default routes, in this order.
 *
 * A gateway outside all prefixes of its interface needs a route of its own before the
 * default route.  The prefixes are known here, and a new namespace has no others, so that
 * this is decided now and not by trying.
 */
#include "net/compile.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

#include "net/libnl.h"
#include "net/message.h"
#include "net/query.h"

#define ADDRESS_BITS(family) ((family) == AF_INET ? 32u : 128u)
#define ADDRESS_SIZE(family) ((family) == AF_INET ? 4 : 16)

struct gateway {
	int family;
	const char *key; /* "ipv4" */
	const struct nic_gateway *wanted;
};

static const void *address_bytes(const struct nic_address *a)
{
	return a->family == AF_INET ? (const void *)&a->v4 : &a->v6;
}

static const char *address_text(const struct nic_address *a, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(a->family, address_bytes(a), text, INET6_ADDRSTRLEN);
}

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, b, bytes) != 0)
		return false;
	return !rest || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0;
}

/* Whether the interface's own addresses make a way to the gateway. */
static bool is_on_link(const struct nic *nic, const struct nic_address *gateway)
{
	if (gateway->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&gateway->v6))
		return true;
	for (size_t i = 0; i < nic->n_addresses; i++) {
		const struct nic_address *a = &nic->addresses[i];

		/* the kernel makes no route for the widest and the narrowest prefix */
		if (a->family != gateway->family || a->prefix == 0 ||
		    a->prefix >= ADDRESS_BITS(a->family))
			continue;
		if (same_prefix(address_bytes(a), address_bytes(gateway), a->prefix))
			return true;
	}
	return false;
}

static int add_up(struct net_message_list *list, const char *name, const char *what,
		  unsigned int index)
{
	struct ifinfomsg header = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_NEWLINK, 0, &header, sizeof(header));

	if (!m || nla_put_string(m, IFLA_IFNAME, name))
		return -ENOMEM;
	return message_append(list, m, 0, name, "lxc.net.%u.flags %s", index, what);
}

static int add_address(struct net_message_list *list, const struct nic *nic,
		       const char *name, const struct nic_address *a)
{
	struct ifaddrmsg header = { .ifa_family = a->family, .ifa_prefixlen = a->prefix };
	_cleanup_message_ struct nl_msg *m = message_new(
		RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	int size = ADDRESS_SIZE(a->family);
	char text[INET6_ADDRSTRLEN];

	if (!m || nla_put(m, IFA_LOCAL, size, address_bytes(a)) ||
	    nla_put(m, IFA_ADDRESS, size, address_bytes(a)))
		return -ENOMEM;
	if (a->family == AF_INET && a->broadcast.s_addr &&
	    nla_put(m, IFA_BROADCAST, size, &a->broadcast))
		return -ENOMEM;
	return message_append(
		list, m, NLMSG_HDRLEN + offsetof(struct ifaddrmsg, ifa_index), name,
		"lxc.net.%u.%s.address %s/%u", nic->index,
		a->family == AF_INET ? "ipv4" : "ipv6", address_text(a, text), a->prefix);
}

/*
 * A route by the interface: to destination alone or, if NULL, the default route; through
 * gateway unless NULL.
 */
static struct nl_msg *build_route(int family, const struct nic_address *destination,
				  const struct nic_address *gateway)
{
	struct rtmsg header = {
		.rtm_family = family,
		.rtm_dst_len = destination ? ADDRESS_BITS(family) : 0,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = gateway || family == AF_INET6 ? RT_SCOPE_UNIVERSE
							   : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};
	_cleanup_message_ struct nl_msg *m = message_new(
		RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	int size = ADDRESS_SIZE(family);

	if (!m ||
	    (destination && nla_put(m, RTA_DST, size, address_bytes(destination))) ||
	    (gateway && nla_put(m, RTA_GATEWAY, size, address_bytes(gateway))) ||
	    nla_put_u32(m, RTA_OIF, 0))
		return NULL;
	return steal_ptr(m);
}

/* NULL: everything, directly on the link. */
struct route {
	const struct nic_address *destination, *gateway;
};

static int add_route(struct net_message_list *list, const struct nic *nic,
		     const char *name, const struct gateway *g, const char *text,
		     struct route route)
{
	_cleanup_message_ struct nl_msg *m =
		build_route(g->family, route.destination, route.gateway);

	if (!m)
		return -ENOMEM;
	return message_append(list, m, message_last_u32(m), name,
			      "lxc.net.%u.%s.gateway %s", nic->index, g->key, text);
}

static int fail(const struct nic *nic, const struct gateway *g, const char *text,
		const char *needs, struct lxc_error **err)
{
	(void)error_set(err, -EINVAL, "config", "lxc.net.%u.%s.gateway %s", nic->index,
			g->key, text);
	error_detail(err, "needs lxc.net.%u.%s", nic->index, needs);
	return -EINVAL;
}

/* The text of the key's value. */
static const char *gateway_text(const struct nic_gateway *g, char text[INET6_ADDRSTRLEN])
{
	switch (g->kind) {
	case GATEWAY_NONE:
		return "";
	case GATEWAY_AUTO:
		return "auto";
	case GATEWAY_DEVICE:
		return "dev";
	case GATEWAY_ADDRESS:
		break;
	}
	return address_text(&g->address, text);
}

static int check_gateway(const struct nic *nic, const struct gateway *g, const char *text,
			 struct lxc_error **err)
{
	bool has_address = false;

	for (size_t i = 0; i < nic->n_addresses; i++)
		has_address |= nic->addresses[i].family == g->family;
	if (!nic->up)
		return fail(nic, g, text, "flags = up", err);
	if (!has_address)
		return fail(nic, g, text,
			    g->family == AF_INET ? "ipv4.address" : "ipv6.address", err);
	if (g->wanted->kind == GATEWAY_AUTO && !nic->link[0])
		return fail(nic, g, text, "link", err);
	return 0;
}

/* "auto": the first address that the link has on the host. */
static int look_up(const struct nic *nic, const struct gateway *g,
		   struct nic_address *ret, struct lxc_error **err)
{
	struct net_link link;
	int r = net_host_link(nic->link, &link, err);

	if (r == 0)
		r = net_host_address(link.index, g->family, ret, err);
	if (r == -EADDRNOTAVAIL) {
		(void)error_set_code(err, r, LXC_ERROR_NOT_FOUND, "network",
				     "lxc.net.%u.%s.gateway auto", nic->index, g->key);
		error_detail(err, "%s has no %s address", nic->link,
			     g->family == AF_INET ? "IPv4" : "IPv6");
		error_hint(err, "ip address add ADDRESS/PREFIX dev %s", nic->link);
		return r;
	}
	return r < 0 ? error_wrap(err, r, "network", "lxc.net.%u.%s.gateway auto",
				  nic->index, g->key)
		     : 0;
}

static int add_gateway(struct net_message_list *list, const struct nic *nic,
		       const char *name, const struct gateway *g, struct lxc_error **err)
{
	char buffer[INET6_ADDRSTRLEN];
	const char *text = gateway_text(g->wanted, buffer);
	struct nic_address address = g->wanted->address;

	if (g->wanted->kind == GATEWAY_NONE)
		return 0;
	int r = check_gateway(nic, g, text, err);

	if (r == 0 && g->wanted->kind == GATEWAY_AUTO)
		r = look_up(nic, g, &address, err);
	if (r < 0)
		return r;
	if (g->wanted->kind == GATEWAY_DEVICE) {
		r = add_route(list, nic, name, g, text, (struct route){});
	} else {
		if (!is_on_link(nic, &address))
			r = add_route(list, nic, name, g, text,
				      (struct route){ .destination = &address });
		if (r == 0)
			r = add_route(list, nic, name, g, text,
				      (struct route){ .gateway = &address });
	}
	return r < 0 ? error_set(err, r, "network", "lxc.net.%u", nic->index) : 0;
}

static int add_interface(struct net_message_list *list, const struct nic *nic,
			 const char *name)
{
	int r = 0;

	for (size_t i = 0; i < nic->n_addresses && r == 0; i++)
		r = add_address(list, nic, name, &nic->addresses[i]);
	if (r == 0 && nic->up && !list->has_loopback) {
		r = add_up(list, "lo", "up (loopback)", nic->index);
		list->has_loopback = r == 0;
	}
	if (r == 0 && nic->up && nic->type != NIC_EMPTY)
		r = add_up(list, name, "up", nic->index);
	return r;
}

static bool has_settings(const struct nic *nic)
{
	return nic->up || nic->n_addresses || nic->gateway4.kind != GATEWAY_NONE ||
	       nic->gateway6.kind != GATEWAY_NONE;
}

int net_compile_container(const struct nic *nic, const char *name,
			  struct net_message_list *list, struct lxc_error **err)
{
	const struct gateway gateways[] = {
		{ AF_INET, "ipv4", &nic->gateway4 },
		{ AF_INET6, "ipv6", &nic->gateway6 },
	};

	if (nic->type == NIC_NONE || !has_settings(nic))
		return 0;
	int r = libnl_open(err);
	if (r < 0)
		return r;
	r = add_interface(list, nic, name);
	if (r < 0)
		return error_set(err, r, "network", "lxc.net.%u", nic->index);
	for (size_t i = 0; i < ARRAY_SIZE(gateways) && r == 0; i++)
		r = add_gateway(list, nic, name, &gateways[i], err);
	return r;
}
