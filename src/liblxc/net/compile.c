/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's part of an interface: the values are checked, the bridge is looked up, names
 * and addresses are chosen; veth.c makes the messages.
 */
#include "net/compile.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "net/libnl.h"
#include "net/message.h"
#include "net/query.h"
#include "net/veth.h"
#include "util/parse.h"

/* What the kernel lets a veth have, and what IPv6 needs. */
#define MTU_MIN 68
#define MTU_MAX 65535
#define MTU_MIN_IPV6 1280
#define MTU_DEFAULT 1500

static int bad_value(const struct nic *nic, const char *key, const char *value,
		     const char *why, struct lxc_error **err)
{
	(void)error_set(err, -EINVAL, "config", "lxc.net.%u.%s %s", nic->index, key,
			value);
	error_detail(err, "%s", why);
	return -EINVAL;
}

static int bad_hwaddr(const struct nic *nic, const char *why, struct lxc_error **err)
{
	(void)bad_value(nic, "hwaddr", nic->hwaddr, why, err);
	error_hint(err, "for example: lxc.net.%u.hwaddr = 00:16:3e:xx:xx:xx", nic->index);
	return -EINVAL;
}

static int check_bridge(const struct nic *nic, const struct net_link *link,
			struct lxc_error **err)
{
	bool is_ovs = !strcmp(link->kind, "openvswitch");
	int r = is_ovs ? -EOPNOTSUPP : -EINVAL;

	if (!strcmp(link->kind, "bridge"))
		return 0;
	(void)error_set(err, r, "network", "lxc.net.%u.link %s", nic->index, nic->link);
	if (is_ovs)
		error_detail(err, "an Open vSwitch bridge, which is not supported yet");
	else
		error_detail(err, "not a bridge but %s%s",
			     link->kind[0] ? "an interface of kind "
					   : "a plain interface",
			     link->kind);
	error_hint(err,
		   "name a bridge, or let the interface be its own: "
		   "lxc.net.%u.type = macvlan",
		   nic->index);
	return r;
}

static int find_bridge(const struct nic *nic, struct net_link *ret,
		       struct lxc_error **err)
{
	*ret = (struct net_link){ .mtu = MTU_DEFAULT };
	if (!nic->link[0])
		return 0;
	int r = net_host_link(nic->link, ret, err);

	if (r == -ENODEV) {
		(void)error_set(err, r, "network", "lxc.net.%u.link %s", nic->index,
				nic->link);
		error_detail(err, "no such bridge");
		error_hint(
			err,
			"ip link add %s type bridge && ip link set %s up, or start the lxc-net service",
			nic->link, nic->link);
	}
	return r < 0 ? r : check_bridge(nic, ret, err);
}

static bool has_ipv6(const struct nic *nic)
{
	for (size_t i = 0; i < nic->n_addresses; i++)
		if (nic->addresses[i].family == AF_INET6)
			return true;
	return false;
}

static int parse_mtu(const struct nic *nic, unsigned int *ret, struct lxc_error **err)
{
	uint64_t mtu;

	if (!nic->mtu)
		return 0;
	if (parse_decimal(nic->mtu, MTU_MAX, &mtu) < 0 || mtu < MTU_MIN)
		return bad_value(nic, "mtu", nic->mtu, "not a number from 68 to 65535",
				 err);
	if (mtu < MTU_MIN_IPV6 && has_ipv6(nic))
		return bad_value(nic, "mtu", nic->mtu, "IPv6 needs at least 1280", err);
	*ret = mtu;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_mac(const char *text, uint8_t ret[ETH_ALEN])
{
	for (size_t i = 0; i < ETH_ALEN; i++) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0 || text[2] != (i == ETH_ALEN - 1 ? '\0' : ':'))
			return false;
		ret[i] = high << 4 | low;
		text += 3;
	}
	return true;
}

static int check_mac(const struct nic *nic, uint8_t ret[ETH_ALEN], struct lxc_error **err)
{
	static const uint8_t zero[ETH_ALEN];

	if (!nic->hwaddr)
		return 0;
	if (!parse_mac(nic->hwaddr, ret))
		return bad_hwaddr(
			nic, "not six hexadecimal bytes, like 00:16:3e:0a:0b:0c", err);
	if (ret[0] & 1)
		return bad_hwaddr(nic, "a multicast address: the first byte must be even",
				  err);
	if (!memcmp(ret, zero, ETH_ALEN))
		return bad_hwaddr(nic, "not all bytes may be zero", err);
	return 0;
}

/* What the kernel takes for the name of an interface. */
static bool is_name(const char *name)
{
	if (!name[0] || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

static int check_names(const struct nic *nic, const char *name, struct lxc_error **err)
{
	static const char why[] = "not a name that an interface can have";

	if (!is_name(name))
		return bad_value(nic, "name", name, why, err);
	if (nic->veth_pair[0] && !is_name(nic->veth_pair))
		return bad_value(nic, "veth.pair", nic->veth_pair, why, err);
	return 0;
}

static int random_bytes(void *data, size_t size, struct lxc_error **err)
{
	ssize_t n = getrandom(data, size, 0);

	if (n == (ssize_t)size)
		return 0;
	return error_set(err, n < 0 ? -errno : -EIO, "random", "bytes");
}

/* "veth" and six letters or digits. */
static int generate_name(char ret_name[IFNAMSIZ], struct lxc_error **err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	uint8_t bytes[6];
	int r = random_bytes(bytes, sizeof(bytes), err);

	if (r < 0)
		return r;
	memcpy(ret_name, "veth", 4);
	for (size_t i = 0; i < sizeof(bytes); i++)
		ret_name[4 + i] = letters[bytes[i] % (sizeof(letters) - 1)];
	return 0;
}

/* The configured name of the host end, if nobody has it, or a generated one. */
static int choose_host_name(const struct nic *nic, char ret_name[IFNAMSIZ],
			    struct lxc_error **err)
{
	struct net_link link;

	if (!nic->veth_pair[0])
		return generate_name(ret_name, err);
	memcpy(ret_name, nic->veth_pair, IFNAMSIZ);
	int r = net_host_link(ret_name, &link, err);

	if (r == -ENODEV) {
		error_clear(err); /* that is what we want */
		return 0;
	}
	if (r < 0)
		return r;
	r = error_set(err, -EEXIST, "network", "lxc.net.%u.veth.pair %s", nic->index,
		      ret_name);
	error_detail(err, "an interface of this name exists already");
	error_hint(err, "ip link delete %s, unless another container uses it", ret_name);
	return r;
}

static int check_unsupported(const struct nic *nic, struct lxc_error **err)
{
	const struct {
		bool used;
		const char *key;
	} keys[] = {
		{ nic->type != NIC_VETH, "type" },
		{ nic->veth_router, "veth.mode" },
		{ nic->n_routes != 0, "veth route" },
		{ nic->veth_vlan != -1, "veth.vlan.id" },
		{ nic->n_veth_tagged != 0, "veth.vlan.tagged.id" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].used) {
			(void)error_set(err, -EOPNOTSUPP, "config", "lxc.net.%u.%s",
					nic->index, keys[i].key);
			error_detail(err, "not supported yet");
			return -EOPNOTSUPP;
		}
	return 0;
}

static int check(const struct nic *nic, struct veth *v, struct lxc_error **err)
{
	int r = check_unsupported(nic, err);

	if (r == 0)
		r = check_names(nic, v->name, err);
	if (r == 0)
		r = check_mac(nic, v->mac, err);
	if (r == 0)
		r = parse_mtu(nic, &v->mtu, err);
	v->has_mac = nic->hwaddr != NULL;
	v->txqueues = MAX(nic->veth_txqueues, 0);
	v->rxqueues = MAX(nic->veth_rxqueues, 0);
	return r;
}

/* What the host decides. */
static int choose(const struct nic *nic, struct veth *v, struct lxc_error **err)
{
	struct net_link bridge;
	int r = find_bridge(nic, &bridge, err);

	if (r == 0)
		r = random_bytes(v->host_mac, ETH_ALEN, err);
	if (r < 0)
		return r;
	/* the highest there is: a bridge takes the lowest of its ports for its own */
	v->host_mac[0] = 0xfe;
	v->bridge = bridge.index;
	if (!v->mtu)
		v->mtu = bridge.mtu;
	return choose_host_name(nic, v->host_name, err);
}

/* Whether the host end would get IPv6 from the kernel, which a port does not need. */
static bool has_idle_ipv6(const struct veth *v)
{
	return v->bridge && v->mtu >= MTU_MIN_IPV6 &&
	       access("/proc/net/if_inet6", F_OK) == 0;
}

static int build(const struct veth *v, struct net_message *ret)
{
	size_t pid_offset = 0, first_size, size;
	bool two = has_idle_ipv6(v);
	_cleanup_message_ struct nl_msg *first = veth_build(v, &pid_offset);
	_cleanup_message_ struct nl_msg *second = two ? veth_build_no_ipv6(v) : NULL;

	if (!first || (two && !second))
		return -ENOMEM;
	size = first_size = NLMSG_ALIGN(nlmsg_hdr(first)->nlmsg_len);
	if (two)
		size += NLMSG_ALIGN(nlmsg_hdr(second)->nlmsg_len);
	char *data = malloc(size);

	if (!data)
		return -ENOMEM;
	memcpy(data, nlmsg_hdr(first), first_size);
	if (two)
		memcpy(data + first_size, nlmsg_hdr(second), size - first_size);
	*ret = (struct net_message){ .data = data,
				     .size = size,
				     .pid_offset = pid_offset };
	memcpy(ret->host_name, v->host_name, IFNAMSIZ);
	return 0;
}

int net_compile_host(const struct nic *nic, const char *name, struct net_message *ret,
		     struct lxc_error **err)
{
	struct veth v = { .name = name };
	int r = check(nic, &v, err);

	if (r == 0)
		r = choose(nic, &v, err);
	if (r == 0)
		r = libnl_open(err);
	if (r < 0)
		return r;
	r = build(&v, ret);
	return r < 0 ? error_set(err, r, "network", "lxc.net.%u", nic->index) : 0;
}
