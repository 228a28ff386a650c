/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The messages that make a veth pair.
 *
 * One RTM_NEWLINK makes it: the peer is born in the container's namespace under its final
 * name, the host end on the bridge and up.  The peer is born down, so the host end has no
 * carrier yet and IPv6 has not begun on it when the second message, sent with the first,
 * sets its address generation to none: a bridge port needs no addresses.  (The
 * kernel does not take IFLA_AF_SPEC in the first.)  For a port, whose packets all go to
 * the bridge, this is as good as net.ipv6.conf.NAME.disable_ipv6 = 1, without the walk
 * through procfs.
 */
#include "net/veth.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "net/message.h"

/* What either end has. */
static int put_end(struct nl_msg *m, const struct veth *v, const char *name,
		   const uint8_t *mac)
{
	if (nla_put_string(m, IFLA_IFNAME, name) || nla_put_u32(m, IFLA_MTU, v->mtu) ||
	    (mac && nla_put(m, IFLA_ADDRESS, ETH_ALEN, mac)) ||
	    (v->txqueues && nla_put_u32(m, IFLA_NUM_TX_QUEUES, v->txqueues)) ||
	    (v->rxqueues && nla_put_u32(m, IFLA_NUM_RX_QUEUES, v->rxqueues)))
		return -ENOMEM;
	return 0;
}

/* IFLA_LINKINFO of the pair: the peer, whose last attribute is the hole for the pid. */
static int put_peer(struct nl_msg *m, const struct veth *v, size_t *ret_pid_offset)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data, *peer;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, "veth"))
		return -ENOMEM;
	data = nla_nest_start(m, IFLA_INFO_DATA);
	peer = data ? nla_nest_start(m, VETH_INFO_PEER) : NULL;
	if (!peer || nlmsg_append(m, &header, sizeof(header), NLMSG_ALIGNTO) ||
	    put_end(m, v, v->name, v->has_mac ? v->mac : NULL) ||
	    nla_put_u32(m, IFLA_NET_NS_PID, 0))
		return -ENOMEM;
	*ret_pid_offset = message_last_u32(m);
	if (nla_nest_end(m, peer) || nla_nest_end(m, data) || nla_nest_end(m, info))
		return -ENOMEM;
	return 0;
}

struct nl_msg *veth_build(const struct veth *v, size_t *ret_pid_offset)
{
	struct ifinfomsg header = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	_cleanup_message_ struct nl_msg *m = message_new(
		RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));

	if (!m || put_end(m, v, v->host_name, v->host_mac) ||
	    (v->bridge && nla_put_u32(m, IFLA_MASTER, v->bridge)) ||
	    put_peer(m, v, ret_pid_offset))
		return NULL;
	return steal_ptr(m);
}

struct nl_msg *veth_build_no_ipv6(const struct veth *v)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_NEWLINK, 0, &header, sizeof(header));
	struct nlattr *spec, *inet6;

	if (!m || nla_put_string(m, IFLA_IFNAME, v->host_name))
		return NULL;
	spec = nla_nest_start(m, IFLA_AF_SPEC);
	inet6 = spec ? nla_nest_start(m, AF_INET6) : NULL;
	if (!inet6 || nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) ||
	    nla_nest_end(m, inet6) || nla_nest_end(m, spec))
		return NULL;
	return steal_ptr(m);
}
