/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking the kernel about links and addresses.
 *
 * For another namespace: 1. its id in ours, RTM_GETNSID with its descriptor, given out by
 * RTM_NEWNSID when it has none (for a veth pair the kernel does so by itself); 2. dumps
 * with that id.  Strict checking is needed: a kernel that ignored the id would tell about
 * our own namespace.
 */
#include "net/query.h"

#include <arpa/inet.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "net/decode.h"
#include "net/libnl.h"
#include "net/message.h"
#include "net/netlink.h"

#define OWN_NAMESPACE (-1)

struct addresses {
	int family;
	unsigned int index;
	unsigned int scope; /* of ret, or above all */
	struct nic_address *ret;
};

static int take_link(struct nlmsghdr *h, void *data)
{
	struct net_view *view = data;
	struct net_link *links;

	if (h->nlmsg_type != RTM_NEWLINK)
		return 0;
	links = realloc(view->links, (view->n_links + 1) * sizeof(*links));
	if (!links)
		return -ENOMEM;
	view->links = links;
	int r = decode_link(h, &links[view->n_links]);

	view->n_links += r == 0;
	return r;
}

static struct net_link *find_link(struct net_view *view, unsigned int index)
{
	for (size_t i = 0; i < view->n_links; i++)
		if (view->links[i].index == index)
			return &view->links[i];
	return NULL;
}

static int take_address(struct nlmsghdr *h, void *data)
{
	const struct ifaddrmsg *header;
	const void *bytes = h->nlmsg_type == RTM_NEWADDR ? decode_address(h, &header)
							 : NULL;
	struct net_link *link = bytes ? find_link(data, header->ifa_index) : NULL;

	if (!link)
		return 0; /* another family, or of a link made since */
	struct net_address *a =
		realloc(link->addresses, (link->n_addresses + 1) * sizeof(*a));

	if (!a)
		return -ENOMEM;
	link->addresses = a;
	a += link->n_addresses++;
	*a = (struct net_address){
		.family = header->ifa_family,
		.prefix = header->ifa_prefixlen,
		.scope = header->ifa_scope,
	};
	(void)inet_ntop(a->family, bytes, a->text, sizeof(a->text));
	return 0;
}

static int take_first(struct nlmsghdr *h, void *data)
{
	struct addresses *want = data;
	const struct ifaddrmsg *header;
	const void *bytes = h->nlmsg_type == RTM_NEWADDR ? decode_address(h, &header)
							 : NULL;

	if (!bytes || header->ifa_index != want->index ||
	    header->ifa_family != want->family || header->ifa_scope >= want->scope)
		return 0;
	want->scope = header->ifa_scope;
	*want->ret = (struct nic_address){
		.family = want->family,
		.prefix = header->ifa_prefixlen,
	};
	if (want->family == AF_INET)
		memcpy(&want->ret->v4, bytes, sizeof(want->ret->v4));
	else
		memcpy(&want->ret->v6, bytes, sizeof(want->ret->v6));
	return 0;
}

static int take_nsid(struct nlmsghdr *h, void *data)
{
	static const struct nla_policy policy[NETNSA_MAX + 1] = {
		[NETNSA_NSID] = { .type = NLA_U32 },
	};
	struct nlattr *tb[NETNSA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWNSID ||
	    nlmsg_parse(h, sizeof(struct rtgenmsg), tb, NETNSA_MAX, (void *)policy) < 0 ||
	    !tb[NETNSA_NSID])
		return 0;
	*(int *)data = (int)nla_get_u32(tb[NETNSA_NSID]);
	return 0;
}

static int ask_nsid(struct netlink *q, uint16_t type, int netns_fd, int *ret_id)
{
	struct rtgenmsg header = { .rtgen_family = AF_UNSPEC };
	_cleanup_message_ struct nl_msg *m =
		message_new(type, 0, &header, sizeof(header));

	if (!m || nla_put_u32(m, NETNSA_FD, netns_fd) ||
	    (type == RTM_NEWNSID && nla_put_u32(m, NETNSA_NSID, (uint32_t)-1)))
		return -ENOMEM;
	return netlink_run(q, m, take_nsid, ret_id);
}

static bool is_own_namespace(int netns_fd)
{
	struct stat own, other;

	return netns_fd < 0 || (stat("/proc/thread-self/ns/net", &own) == 0 &&
				fstat(netns_fd, &other) == 0 &&
				own.st_dev == other.st_dev && own.st_ino == other.st_ino);
}

/* The namespace's id in ours, OWN_NAMESPACE without one. */
static int find_namespace(struct netlink *q, int netns_fd, int *ret_id)
{
	int r, id = NETNSA_NSID_NOT_ASSIGNED;

	*ret_id = OWN_NAMESPACE;
	if (is_own_namespace(netns_fd))
		return 0;
	r = ask_nsid(q, RTM_GETNSID, netns_fd, &id);
	if (r == 0 && id == NETNSA_NSID_NOT_ASSIGNED) {
		r = ask_nsid(q, RTM_NEWNSID, netns_fd, &id);
		/* somebody else may have been faster */
		if (r == 0 || r == -EEXIST)
			r = ask_nsid(q, RTM_GETNSID, netns_fd, &id);
	}
	if (r == 0 && id < 0)
		r = -EOPNOTSUPP;
	*ret_id = id;
	return r;
}

static int dump_links(struct netlink *q, int nsid, struct net_view *view)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));

	if (!m || (nsid != OWN_NAMESPACE && nla_put_u32(m, IFLA_TARGET_NETNSID, nsid)))
		return -ENOMEM;
	return netlink_run(q, m, take_link, view);
}

static int dump_addresses(struct netlink *q, int nsid, struct net_view *view)
{
	struct ifaddrmsg header = { .ifa_family = AF_UNSPEC };
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));

	if (!m || (nsid != OWN_NAMESPACE && nla_put_u32(m, IFA_TARGET_NETNSID, nsid)))
		return -ENOMEM;
	return netlink_run(q, m, take_address, view);
}

struct net_view *net_view_free(struct net_view *view)
{
	for (size_t i = 0; view && i < view->n_links; i++)
		free(view->links[i].addresses);
	if (view)
		free(view->links);
	free(view);
	return NULL;
}

/* Everything, as it was at one moment if three attempts are enough for that. */
static int dump_all(struct netlink *q, int nsid, struct net_view **ret)
{
	for (int attempt = 1;; attempt++) {
		_cleanup_(net_view_freep) struct net_view *view =
			calloc(1, sizeof(*view));
		int r = view ? dump_links(q, nsid, view) : -ENOMEM;
		bool torn = q->torn;

		if (r == 0)
			r = dump_addresses(q, nsid, view);
		if (r < 0)
			return r;
		if ((torn || q->torn) && attempt < 3)
			continue;
		*ret = steal_ptr(view);
		return 0;
	}
}

int net_query(int netns_fd, const struct deadline *d, struct net_view **ret,
	      struct lxc_error **err)
{
	_cleanup_(netlink_done) struct netlink q = { .sock = NO_FD };
	int nsid, r = libnl_open(err);

	if (r < 0)
		return r;
	r = netlink_init(&q, d);
	if (r < 0)
		return error_set(err, r, "query", "network");
	r = find_namespace(&q, netns_fd, &nsid);
	if (r < 0)
		return error_set(err, r, "query", "network namespace");
	r = dump_all(&q, nsid, ret);
	if (r == -EINVAL && nsid != OWN_NAMESPACE)
		r = -EOPNOTSUPP; /* a kernel that does not know the attribute */
	return r < 0 ? error_set(err, r, "query", "network interfaces") : 0;
}

static int get_link(struct netlink *q, const char *name, struct net_view *view)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_GETLINK, 0, &header, sizeof(header));

	if (!m || nla_put_string(m, IFLA_IFNAME, name))
		return -ENOMEM;
	return netlink_run(q, m, take_link, view);
}

int net_host_link(const char *name, struct net_link *ret, struct lxc_error **err)
{
	_cleanup_(netlink_done) struct netlink q = { .sock = NO_FD };
	_cleanup_(net_view_freep) struct net_view *view = calloc(1, sizeof(*view));
	int r = libnl_open(err);

	if (r < 0)
		return r;
	r = view ? netlink_init(&q, NULL) : -ENOMEM;
	if (r == 0)
		r = get_link(&q, name, view);
	if (r == 0 && view->n_links == 0)
		r = -ENODEV;
	if (r < 0)
		return error_set(err, r, "network", "%s", name);
	*ret = view->links[0];
	return 0;
}

int net_host_address(unsigned int index, int family, struct nic_address *ret,
		     struct lxc_error **err)
{
	_cleanup_(netlink_done) struct netlink q = { .sock = NO_FD };
	struct ifaddrmsg header = { .ifa_family = family, .ifa_index = index };
	struct nic_address found = { 0 };
	struct addresses want = {
		.family = family,
		.index = index,
		.scope = RT_SCOPE_NOWHERE + 1,
		.ret = &found,
	};
	int r = libnl_open(err);

	if (r < 0)
		return r;
	_cleanup_message_ struct nl_msg *m =
		message_new(RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));
	r = m ? netlink_init(&q, NULL) : -ENOMEM;
	if (r == 0)
		r = netlink_run(&q, m, take_first, &want);
	if (r == 0 && !found.family)
		r = -EADDRNOTAVAIL;
	if (r < 0)
		return error_set(err, r, "network", "address of interface %u", index);
	*ret = found;
	return 0;
}
