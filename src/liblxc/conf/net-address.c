/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the keys of a network interface hold: addresses, routes and gateways. */
#include "conf/net-keys.h"

#include <arpa/inet.h>
#include <string.h>

#include "util/parse.h"

#define BLANKS " \t"

/* --- addresses: ADDRESS[/PREFIX] [BROADCAST] --- */

/* What an IPv4 address without prefix has: its class's. */
static unsigned int class_prefix(struct in_addr v4)
{
	uint32_t host = ntohl(v4.s_addr);

	return host >> 31 == 0 ? 8 : host >> 30 == 2 ? 16 : host >> 29 == 6 ? 24 : 32;
}

static void default_broadcast(struct nic_address *a)
{
	if (a->family == AF_INET && a->prefix < 31)
		a->broadcast.s_addr = a->v4.s_addr | htonl(UINT32_MAX >> a->prefix);
}

/* 0, -EINVAL or -ENOMEM; has_prefix: a prefix is required. */
static int address_parse(const char *text, int family, bool has_prefix,
			 struct nic_address *ret)
{
	_cleanup_free_ char *copy = strdup(text);
	char *broadcast, *prefix;
	struct nic_address a = { .family = family };
	unsigned int max = family == AF_INET ? 32 : 128;

	if (!copy)
		return -ENOMEM;
	broadcast = copy + strcspn(copy, BLANKS);
	if (*broadcast)
		*broadcast++ = '\0';
	broadcast += strspn(broadcast, BLANKS);
	prefix = strchr(copy, '/');
	if (prefix)
		*prefix++ = '\0';
	else if (has_prefix)
		return -EINVAL;
	if (inet_pton(family, copy, &a.v6) != 1)
		return -EINVAL;
	a.prefix = family == AF_INET ? class_prefix(a.v4) : 64;
	if (prefix && parse_uint(prefix, max, &a.prefix) < 0)
		return -EINVAL;
	default_broadcast(&a);
	if (*broadcast &&
	    (family != AF_INET || inet_pton(AF_INET, broadcast, &a.broadcast) != 1))
		return -EINVAL;
	*ret = a;
	return 0;
}

static int address_fault(const struct net_key *key, const struct conf_item *it,
			 const char *value, const char *example, struct lxc_error **err)
{
	(void)conf_fault_value(it, value, err, "is not an IPv%d address",
			       key->family == AF_INET ? 4 : 6);
	error_hint(err, "use %s", example);
	return -EINVAL;
}

static int add_address(struct nic_address **list, size_t *n, const struct nic_address *a)
{
	struct nic_address *grown = reallocarray(*list, *n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grown[(*n)++] = *a;
	*list = grown;
	return 0;
}

static void print_address(const struct nic_address *a, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(a->family, &a->v6, text, sizeof(text));
	buf_str(out, text);
}

static void print_addresses(const struct nic_address *list, size_t n, int family,
			    struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < n; i++) {
		if (list[i].family != family)
			continue;
		buf_str(out, between);
		print_address(&list[i], out);
		buf_printf(out, "/%u", list[i].prefix);
		between = "\n";
	}
}

static void remove_family(struct nic_address *list, size_t *n, int family)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (list[i].family != family)
			list[kept++] = list[i];
	*n = kept;
}

static int addresses_parse(struct nic *nic, const struct net_key *key,
			   const struct conf_item *it, const char *value,
			   struct lxc_error **err)
{
	struct nic_address a;
	int r = address_parse(value, key->family, false, &a);

	if (r == -EINVAL)
		return address_fault(key, it, value, key->example, err);
	if (r == 0)
		r = add_address(&nic->addresses, &nic->n_addresses, &a);
	return r < 0 ? conf_no_memory(it, err) : 0;
}

static void addresses_print(const struct nic *nic, const struct net_key *key,
			    struct buf *out)
{
	print_addresses(nic->addresses, nic->n_addresses, key->family, out);
}

static void addresses_clear(struct nic *nic, const struct net_key *key)
{
	remove_family(nic->addresses, &nic->n_addresses, key->family);
}

const struct net_type net_type_addresses = { addresses_parse, addresses_print,
					     addresses_clear };

static int routes_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	struct nic_address a;
	int r = address_parse(value, key->family, true, &a);

	if (r == -EINVAL)
		return address_fault(key, it, value, key->example, err);
	if (r == 0)
		r = add_address(&nic->routes, &nic->n_routes, &a);
	return r < 0 ? conf_no_memory(it, err) : 0;
}

static void routes_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	print_addresses(nic->routes, nic->n_routes, key->family, out);
}

static void routes_clear(struct nic *nic, const struct net_key *key)
{
	remove_family(nic->routes, &nic->n_routes, key->family);
}

const struct net_type net_type_routes = { routes_parse, routes_print, routes_clear };

static int gateway_parse(struct nic *nic, const struct net_key *key,
			 const struct conf_item *it, const char *value,
			 struct lxc_error **err)
{
	struct nic_gateway *gateway = NIC_MEMBER(nic, key, struct nic_gateway);
	struct nic_gateway g = { .address.family = key->family };

	if (!strcmp(value, "auto"))
		g.kind = GATEWAY_AUTO;
	else if (!strcmp(value, "dev"))
		g.kind = GATEWAY_DEVICE;
	else if (inet_pton(key->family, value, &g.address.v6) == 1)
		g.kind = GATEWAY_ADDRESS;
	else
		return address_fault(key, it, value, "an address, auto or dev", err);
	*gateway = g;
	return 0;
}

static void gateway_print(const struct nic *nic, const struct net_key *key,
			  struct buf *out)
{
	const struct nic_gateway *g = NIC_MEMBER_CONST(nic, key, struct nic_gateway);

	switch (g->kind) {
	case GATEWAY_NONE:
		return;
	case GATEWAY_ADDRESS:
		print_address(&g->address, out);
		return;
	case GATEWAY_AUTO:
		buf_str(out, "auto");
		return;
	case GATEWAY_DEVICE:
		buf_str(out, "dev");
		return;
	}
}

static void gateway_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, struct nic_gateway) = (struct nic_gateway){};
}

const struct net_type net_type_gateway = { gateway_parse, gateway_print, gateway_clear };
