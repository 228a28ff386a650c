/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces: names, error texts, and, as root, the real thing: a child makes a network
 * namespace with a bridge in it (the host), a grandchild another one (the container), the
 * compiled messages are sent, and what became of them is looked at from both sides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "net/compile.h"
#include "net/message.h"
#include "net/query.h"
#include "net/send.h"
#include "util/file.h"

/* For children, which must not assert: say what was wrong and end. */
#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			(void)fprintf(stderr, "# line %d: %s\n", __LINE__, #condition); \
			_exit(1);                                                       \
		}                                                                       \
	} while (0)

static struct nic_address address(const char *text, unsigned int prefix)
{
	struct nic_address a = { .family = strchr(text, ':') ? AF_INET6 : AF_INET,
				 .prefix = prefix };

	(void)inet_pton(a.family, text, a.family == AF_INET ? (void *)&a.v4 : &a.v6);
	if (a.family == AF_INET && prefix < 31)
		a.broadcast.s_addr = a.v4.s_addr | htonl(UINT32_MAX >> prefix);
	return a;
}

static struct nic_gateway gateway(const char *text)
{
	if (!text)
		return (struct nic_gateway){ .kind = GATEWAY_NONE };
	if (!strcmp(text, "auto"))
		return (struct nic_gateway){ .kind = GATEWAY_AUTO };
	if (!strcmp(text, "dev"))
		return (struct nic_gateway){ .kind = GATEWAY_DEVICE };
	return (struct nic_gateway){ .kind = GATEWAY_ADDRESS,
				     .address = address(text, 0) };
}

static void test_names(void **state)
{
	struct nic nics[] = {
		{ .type = NIC_VETH },
		{ .type = NIC_EMPTY },
		{ .type = NIC_VETH, .name = "eth1" },
		{ .type = NIC_PHYS, .link = "eth2" },
		{ .type = NIC_PHYS, .link = "eth9", .name = "wan" },
		{ .type = NIC_MACVLAN },
		{ .type = NIC_VETH },
	};
	static const char *const expected[] = { "eth0", "lo",	"eth1", "eth2",
						"wan",	"eth3", "eth4" };

	for (size_t i = 0; i + 1 < ARRAY_SIZE(nics); i++)
		nics[i].next = &nics[i + 1];
	for (size_t i = 0; i < ARRAY_SIZE(nics); i++) {
		char name[IFNAMSIZ];

		net_choose_name(nics, &nics[i], name);
		assert_string_equal(name, expected[i]);
	}
}

/* What a user sees when the host's part cannot be compiled. */
static const struct {
	enum nic_type type; /* NIC_UNSET: veth */
	const char *link, *pair, *hwaddr, *mtu;
	int vlan;
	enum lxc_error_code code;
	const char *message, *hint;
} host_errors[] = {
	/* clang-format off */
	{ .link = "nobridge0", .code = LXC_ERROR_NOT_FOUND,
	  .message = "network lxc.net.3.link nobridge0: no such bridge",
	  .hint = "ip link add nobridge0 type bridge && ip link set nobridge0 up, or start the lxc-net service" },
	{ .link = "lo", .code = LXC_ERROR_INVALID,
	  .message = "network lxc.net.3.link lo: not a bridge but a plain interface",
	  .hint = "name a bridge, or let the interface be its own: lxc.net.3.type = macvlan" },
	{ .mtu = "1500x", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.mtu 1500x: not a number from 68 to 65535" },
	{ .mtu = "67", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.mtu 67: not a number from 68 to 65535" },
	{ .mtu = "65536", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.mtu 65536: not a number from 68 to 65535" },
	{ .mtu = "1279", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.mtu 1279: IPv6 needs at least 1280" },
	{ .hwaddr = "00:16:3e:00:00", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr 00:16:3e:00:00: not six hexadecimal bytes, like 00:16:3e:0a:0b:0c",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .hwaddr = "00:16:3e:00:00:0g", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr 00:16:3e:00:00:0g: not six hexadecimal bytes, like 00:16:3e:0a:0b:0c",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .hwaddr = "00:16:3e:00:00:00:", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr 00:16:3e:00:00:00:: not six hexadecimal bytes, like 00:16:3e:0a:0b:0c",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .hwaddr = "", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr : not six hexadecimal bytes, like 00:16:3e:0a:0b:0c",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .hwaddr = "01:16:3e:00:00:00", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr 01:16:3e:00:00:00: a multicast address: the first byte must be even",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .hwaddr = "00:00:00:00:00:00", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.hwaddr 00:00:00:00:00:00: not all bytes may be zero",
	  .hint = "for example: lxc.net.3.hwaddr = 00:16:3e:xx:xx:xx" },
	{ .pair = "lo", .code = LXC_ERROR_EXISTS,
	  .message = "network lxc.net.3.veth.pair lo: an interface of this name exists already",
	  .hint = "ip link delete lo, unless another container uses it" },
	{ .pair = "a/b", .code = LXC_ERROR_INVALID,
	  .message = "config lxc.net.3.veth.pair a/b: not a name that an interface can have" },
	{ .type = NIC_MACVLAN, .code = LXC_ERROR_UNSUPPORTED,
	  .message = "config lxc.net.3.type: not supported yet" },
	{ .vlan = 7, .code = LXC_ERROR_UNSUPPORTED,
	  .message = "config lxc.net.3.veth.vlan.id: not supported yet" },
	/* clang-format on */
};

static void test_host_errors(void **state)
{
	struct nic_address own = { .family = AF_INET6, .prefix = 64 };

	for (size_t i = 0; i < ARRAY_SIZE(host_errors); i++) {
		__auto_type c = &host_errors[i];
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		struct net_message m = { 0 };
		struct nic nic = { .index = 3, .addresses = &own, .n_addresses = 1 };

		nic.type = c->type ? c->type : NIC_VETH;
		nic.hwaddr = (char *)c->hwaddr;
		nic.mtu = (char *)c->mtu;
		nic.veth_vlan = c->vlan ? c->vlan : -1;
		(void)snprintf(nic.link, IFNAMSIZ, "%s", c->link ? c->link : "");
		(void)snprintf(nic.veth_pair, IFNAMSIZ, "%s", c->pair ? c->pair : "");
		assert_true(net_compile_host(&nic, "eth0", &m, &err) < 0);
		assert_null(m.data);
		assert_string_equal(error_message(err), c->message);
		assert_int_equal(err->code, c->code);
		assert_string_equal(err->text + err->hint, c->hint ? c->hint : "");
	}
}

static void test_gateway_errors(void **state)
{
	static const struct {
		bool up, has_address;
		const char *link, *gateway4, *gateway6, *message;
	} cases[] = {
		{ false, true, "", "10.9.0.1", NULL,
		  "config lxc.net.2.ipv4.gateway 10.9.0.1: needs lxc.net.2.flags = up" },
		{ true, false, "", "dev", NULL,
		  "config lxc.net.2.ipv4.gateway dev: needs lxc.net.2.ipv4.address" },
		{ true, true, "", NULL, "fe80::1",
		  "config lxc.net.2.ipv6.gateway fe80::1: needs lxc.net.2.ipv6.address" },
		{ true, true, "", "auto", NULL,
		  "config lxc.net.2.ipv4.gateway auto: needs lxc.net.2.link" },
		{ true, true, "nobridge0", "auto", NULL,
		  "network lxc.net.2.ipv4.gateway auto: network nobridge0: No such device" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		_cleanup_(net_message_list_done) struct net_message_list list = { 0 };
		struct nic_address own = address("10.9.0.5", 24);
		struct nic nic = {
			.index = 2,
			.type = NIC_VETH,
			.up = cases[i].up,
			.addresses = &own,
			.n_addresses = cases[i].has_address,
			.gateway4 = gateway(cases[i].gateway4),
			.gateway6 = gateway(cases[i].gateway6),
		};

		(void)snprintf(nic.link, IFNAMSIZ, "%s", cases[i].link);
		assert_true(net_compile_container(&nic, "eth0", &list, &err) < 0);
		assert_string_equal(error_message(err), cases[i].message);
	}
}

/* Order and number of the container's messages, and what errors would call them. */
static void test_container_steps(void **state)
{
	_cleanup_(net_message_list_done) struct net_message_list list = { 0 };
	struct nic_address own[] = { address("10.9.0.5", 24), address("fd00:9::5", 64) };
	struct nic nics[] = {
		{ .type = NIC_EMPTY },
		{ .type = NIC_VETH,
		  .index = 1,
		  .up = true,
		  .addresses = own,
		  .n_addresses = 2,
		  .gateway4 = gateway("169.254.0.1"),
		  .gateway6 = gateway("fe80::1") },
		{ .type = NIC_VETH, .index = 2, .up = true },
		{ .type = NIC_NONE, .index = 3, .up = true },
	};
	static const char *const expected[] = {
		"lxc.net.1.ipv4.address 10.9.0.5/24",
		"lxc.net.1.ipv6.address fd00:9::5/64",
		"lxc.net.1.flags up (loopback)",
		"lxc.net.1.flags up",
		"lxc.net.1.ipv4.gateway 169.254.0.1",
		"lxc.net.1.ipv4.gateway 169.254.0.1",
		"lxc.net.1.ipv6.gateway fe80::1",
		"lxc.net.2.flags up",
	};
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(nics); i++)
		assert_int_equal(net_compile_container(&nics[i], "eth0", &list, NULL), 0);
	assert_int_equal(list.n_steps, ARRAY_SIZE(expected));
	for (size_t i = 0; i < list.n_steps; i++) {
		const struct net_step *s = &list.steps[i];

		assert_string_equal(s->what, expected[i]);
		assert_int_equal(s->offset, at);
		assert_true(!s->index_offset || (s->index_offset >= at + NLMSG_HDRLEN &&
						 s->index_offset + 4 <= at + s->size));
		at += s->size;
	}
	assert_int_equal(at, list.size);
}

/* A batch that the kernel refuses in the middle, without any right. */
static void test_send_errors(void **state)
{
	_cleanup_close_ int sock = net_open();
	struct {
		struct nlmsghdr h;
		struct ifinfomsg link;
	} m[2] = {
		{ { .nlmsg_len = sizeof(m[0]), .nlmsg_type = RTM_GETLINK },
		  { .ifi_index = 0x7ffffff0 } },
		{ { .nlmsg_len = sizeof(m[0]), .nlmsg_type = RTM_GETLINK },
		  { .ifi_index = 1 } },
	};
	struct net_reply reply;

	assert_true(sock >= 0);
	assert_int_equal(net_send(sock, m, sizeof(m), &reply), -ENODEV);
	assert_int_equal(reply.failed, 0);
	assert_int_equal(net_send(sock, m, sizeof(m[0]) - 1, &reply), -EINVAL);
	assert_int_equal(net_send(sock, m, sizeof(m[0]) + 3, &reply), -EINVAL);
	assert_int_equal(net_send(sock, m, 0, &reply), -EINVAL);
	assert_int_equal(net_send(sock, &m[1], sizeof(m[1]), &reply), 0);
	assert_string_equal(reply.text, "");
	assert_int_equal(net_index(sock, "lo"), 1);
	assert_int_equal(net_index(sock, "nobridge0"), -ENODEV);
	assert_int_equal(net_index(sock, ""), -EINVAL);
	assert_int_equal(net_index(sock, "a-name-too-long-"), -EINVAL);
}

/* The own namespace needs no right. */
static void test_query_own(void **state)
{
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	_cleanup_(net_view_freep) struct net_view *view = NULL, *same = NULL;
	_cleanup_close_ int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct deadline cancel = deadline_in(60000);

	assert_int_equal(net_query(NO_FD, NULL, &view, &err), 0);
	assert_true(view->n_links >= 1);
	assert_string_equal(view->links[0].name, "lo");
	assert_int_equal(net_query(fd, NULL, &same, &err), 0);
	assert_int_equal(same->n_links, view->n_links);
	same = net_view_free(same);
	assert_true(net_query(null, NULL, &same, &err) < 0);
	cancel.cancel_fd = null; /* always readable */
	assert_int_equal(net_query(NO_FD, &cancel, &same, &err), -ECANCELED);
	assert_string_equal(error_message(err),
			    "query network interfaces: Operation canceled");
	assert_null(same);
}

/* One interface of a container on a host with the bridge br7. */
struct scene {
	const char *link, *pair, *hwaddr, *mtu;
	bool up;
	const char *own4, *own6, *gateway4, *gateway6;
	unsigned int expected_mtu;
	const char *via4, *via6; /* gateway of the default route; "": by the device */
	bool host_route; /* to the IPv4 gateway */
};

static const struct scene scenes[] = {
	/* clang-format off */
	{ .link = "br7", .pair = "vhost7", .hwaddr = "02:16:3e:0A:0b:0c", .up = true,
	  .own4 = "10.9.0.5", .own6 = "fd00:9::5", .gateway4 = "auto", .gateway6 = "auto",
	  .expected_mtu = 1400, .via4 = "10.9.0.1", .via6 = "fd00:9::1" },
	{ .link = "br7", .mtu = "1300", .up = true, .own4 = "10.9.0.5", .own6 = "fd00:9::5",
	  .gateway4 = "10.9.0.254", .gateway6 = "fe80::1",
	  .expected_mtu = 1300, .via4 = "10.9.0.254", .via6 = "fe80::1" },
	{ .link = "", .up = true, .own4 = "192.0.2.5", .own6 = "fd00:8::5",
	  .gateway4 = "169.254.0.1", .gateway6 = "fd00:7::1", .expected_mtu = 1500,
	  .via4 = "169.254.0.1", .via6 = "fd00:7::1", .host_route = true },
	{ .link = "", .up = true, .own4 = "192.0.2.5", .own6 = "fd00:8::5",
	  .gateway4 = "dev", .gateway6 = "dev", .expected_mtu = 1500, .via4 = "", .via6 = "" },
	{ .link = "br7", .pair = "vhost7", .own4 = "10.9.0.5", .expected_mtu = 1400 },
	{ .link = "br7", .mtu = "600", .up = true, .own4 = "10.9.0.5", .expected_mtu = 600 },
	/* clang-format on */
};

struct interface {
	struct nic nic;
	struct nic_address own[2];
	struct net_message host;
	struct net_message_list container;
};

static void fill(struct interface *i, const struct scene *s)
{
	*i = (struct interface){
		.nic = { .type = NIC_VETH, .up = s->up, .veth_vlan = -1 }
	};
	i->nic.hwaddr = (char *)s->hwaddr;
	i->nic.mtu = (char *)s->mtu;
	i->nic.addresses = i->own;
	i->nic.gateway4 = gateway(s->gateway4);
	i->nic.gateway6 = gateway(s->gateway6);
	(void)snprintf(i->nic.link, IFNAMSIZ, "%s", s->link);
	(void)snprintf(i->nic.veth_pair, IFNAMSIZ, "%s", s->pair ? s->pair : "");
	if (s->own4)
		i->own[i->nic.n_addresses++] = address(s->own4, 24);
	if (s->own6)
		i->own[i->nic.n_addresses++] = address(s->own6, 64);
}

static void send_list(int sock, struct net_message_list *list)
{
	struct net_reply reply;

	for (size_t i = 0; i < list->n_steps; i++) {
		const struct net_step *s = &list->steps[i];

		if (s->index_offset)
			net_patch_u32(list->data, s->index_offset,
				      net_index(sock, s->name));
	}
	int r = net_send(sock, list->data, list->size, &reply);

	if (r < 0)
		(void)fprintf(stderr, "# %s: %s (%s)\n", list->steps[reply.failed].what,
			      strerror(-r), reply.text);
	CHECK(r == 0);
}

/* The host: a bridge br7 with an address of each family, and lo up. */
static void make_host(int sock)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_msg *m = message_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header,
				       sizeof(header));
	struct nic_address own[] = { address("10.9.0.1", 24), address("fd00:9::1", 64) };
	struct nic bridge = {
		.type = NIC_VETH, .up = true, .addresses = own, .n_addresses = 2
	};
	struct net_message_list list = { 0 };

	CHECK(m && nla_put_string(m, IFLA_IFNAME, "br7") == 0);
	CHECK(nla_put_u32(m, IFLA_MTU, 1400) == 0);
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO);

	CHECK(info && nla_put_string(m, IFLA_INFO_KIND, "bridge") == 0);
	(void)nla_nest_end(m, info);
	CHECK(net_send(sock, nlmsg_hdr(m), nlmsg_hdr(m)->nlmsg_len, NULL) == 0);
	nlmsg_free(m);
	CHECK(net_compile_container(&bridge, "br7", &list, NULL) == 0);
	send_list(sock, &list);
	net_message_list_done(&list);
}

static void check_route4(const struct scene *s)
{
	_cleanup_free_ char *routes = NULL;
	struct in_addr via = { 0 };
	char needle[64];

	CHECK(file_read(AT_FDCWD, "/proc/thread-self/net/route", &routes, NULL) == 0);
	if (!s->via4) {
		CHECK(!strstr(routes, "eth0\t00000000\t"));
		return;
	}
	(void)inet_pton(AF_INET, s->via4, &via);
	(void)snprintf(needle, sizeof(needle), "eth0\t00000000\t%08X\t000%c", via.s_addr,
		       s->via4[0] ? '3' : '1');
	CHECK(strstr(routes, needle));
	(void)snprintf(needle, sizeof(needle), "eth0\t%08X\t00000000\t0005", via.s_addr);
	CHECK((strstr(routes, needle) != NULL) == s->host_route);
}

static void check_route6(const struct scene *s)
{
	_cleanup_free_ char *routes = NULL;
	struct in6_addr via = { 0 };
	char needle[160];
	int at;

	CHECK(file_read(AT_FDCWD, "/proc/thread-self/net/ipv6_route", &routes, NULL) ==
	      0);
	if (!s->via6)
		return;
	(void)inet_pton(AF_INET6, s->via6, &via);
	at = snprintf(needle, sizeof(needle), "\n%032d 00 %032d 00 ", 0, 0);
	for (int i = 0; i < 16; i++)
		at += snprintf(needle + at, sizeof(needle) - at, "%02x", via.s6_addr[i]);
	/* the metric tells it from the reject route at the end */
	(void)snprintf(needle + at, sizeof(needle) - at, " 00000400");
	char *text = NULL;

	CHECK(asprintf(&text, "\n%s", routes) > 0);
	CHECK(strstr(text, needle));
	free(text);
}

/* The container's first process. */
static void run_container(const struct scene *s, struct net_message_list *list,
			  int channel)
{
	char c = 'r';

	CHECK(unshare(CLONE_NEWNET) == 0);
	CHECK(write(channel, &c, 1) == 1 && read(channel, &c, 1) == 1);
	int sock = net_open();

	CHECK(sock >= 0);
	if (list->n_steps)
		send_list(sock, list);
	check_route4(s);
	check_route6(s);
	CHECK(write(channel, &c, 1) == 1);
	CHECK(read(channel, &c, 1) == 1);
	(void)close(sock);
	_exit(0);
}

static const struct net_link *link_of(const struct net_view *view, const char *name)
{
	for (size_t i = 0; i < view->n_links; i++)
		if (!strcmp(view->links[i].name, name))
			return &view->links[i];
	return NULL;
}

static bool has_address(const struct net_link *link, const char *text,
			unsigned int prefix)
{
	for (size_t i = 0; i < link->n_addresses; i++)
		if (!strcmp(link->addresses[i].text, text) &&
		    link->addresses[i].prefix == prefix)
			return true;
	return !text;
}

/* The kernel's operational state follows the carrier with a delay. */
static void wait_up(int netns)
{
	for (int i = 0; i < 500; i++) {
		_cleanup_(net_view_freep) struct net_view *view = NULL;

		CHECK(net_query(netns, NULL, &view, NULL) == 0);
		const struct net_link *eth0 = link_of(view, "eth0");

		if (eth0 && !strcmp(eth0->operstate, "up"))
			return;
		(void)usleep(10000);
	}
	CHECK(!"eth0 is not up after five seconds");
}

static void check_inside(const struct scene *s, int netns, const char *host_name)
{
	_cleanup_(net_view_freep) struct net_view *view = NULL;
	struct net_link host;

	CHECK(net_query(netns, NULL, &view, NULL) == 0);
	CHECK(view->n_links == 2);
	CHECK(net_host_link(host_name, &host, NULL) == 0);
	const struct net_link *lo = link_of(view, "lo"), *eth0 = link_of(view, "eth0");

	CHECK(lo && eth0);
	CHECK(((lo->flags & IFF_UP) != 0) == s->up);
	CHECK(((eth0->flags & IFF_UP) != 0) == s->up);
	CHECK(!strcmp(lo->operstate, s->up ? "unknown" : "down"));
	CHECK(!strcmp(eth0->kind, "veth"));
	CHECK(eth0->mtu == s->expected_mtu && eth0->peer == host.index);
	CHECK(!s->hwaddr || !strcasecmp(eth0->hwaddr, s->hwaddr));
	CHECK(!s->own4 || has_address(eth0, s->own4, 24));
	CHECK(!s->own6 || has_address(eth0, s->own6, 64));
	CHECK(!s->up || has_address(lo, "127.0.0.1", 8));
}

static void check_outside(const struct scene *s, const char *host_name)
{
	_cleanup_(net_view_freep) struct net_view *view = NULL;
	struct nic nic = { .type = NIC_VETH, .veth_vlan = -1 };
	struct net_message again = { 0 };

	CHECK(net_query(NO_FD, NULL, &view, NULL) == 0);
	const struct net_link *host = link_of(view, host_name),
			      *bridge = link_of(view, "br7");

	CHECK(host && bridge);
	CHECK(!strcmp(bridge->kind, "bridge"));
	CHECK(has_address(bridge, "10.9.0.1", 24));
	CHECK(host->flags & IFF_UP);
	CHECK(host->mtu == s->expected_mtu);
	CHECK(!strncmp(host->hwaddr, "fe:", 3));
	CHECK(host->master == (s->link[0] ? bridge->index : 0));
	/* no address of its own on a port; without a bridge a link-local one */
	CHECK(!s->link[0] || host->n_addresses == 0);
	CHECK(s->pair ? !strcmp(host_name, s->pair)
		      : !strncmp(host_name, "veth", 4) && strlen(host_name) == 10);
	(void)snprintf(nic.veth_pair, IFNAMSIZ, "%s", host_name);
	CHECK(net_compile_host(&nic, "eth0", &again, NULL) == -EEXIST);
}

static int open_netns(pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void check_deleted(int sock, int netns, const char *host_name)
{
	_cleanup_(net_view_freep) struct net_view *view = NULL;
	struct net_link link;

	CHECK(net_delete(sock, host_name) == 0);
	CHECK(net_delete(sock, host_name) == 0);
	CHECK(net_host_link(host_name, &link, NULL) == -ENODEV);
	CHECK(net_query(netns, NULL, &view, NULL) == 0);
	CHECK(view->n_links == 1);
}

/* The host, in a namespace of its own. */
static void run_host(const struct scene *s)
{
	struct lxc_error *err = NULL;
	struct net_reply reply;
	struct interface i;
	int channel[2], status, sock;
	char c = 'g';

	CHECK(unshare(CLONE_NEWNET) == 0);
	sock = net_open();
	CHECK(sock >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == 0);
	make_host(sock);
	fill(&i, s);
	int r = net_compile_container(&i.nic, "eth0", &i.container, &err);

	if (r == 0)
		r = net_compile_host(&i.nic, "eth0", &i.host, &err);
	if (r < 0)
		(void)fprintf(stderr, "# %s\n", error_message(err));
	CHECK(r == 0);
	pid_t init = fork();

	if (init == 0) {
		(void)close(channel[0]);
		run_container(s, &i.container, channel[1]);
	}
	(void)close(channel[1]);
	CHECK(init > 0 && read(channel[0], &c, 1) == 1);
	net_patch_u32(i.host.data, i.host.pid_offset, init);
	r = net_send(sock, i.host.data, i.host.size, &reply);
	if (r < 0)
		(void)fprintf(stderr, "# %u: %s (%s)\n", reply.failed, strerror(-r),
			      reply.text);
	CHECK(r == 0);
	CHECK(write(channel[0], &c, 1) == 1 && read(channel[0], &c, 1) == 1);
	int netns = open_netns(init);

	CHECK(netns >= 0);
	if (s->up)
		wait_up(netns);
	check_inside(s, netns, i.host.host_name);
	check_outside(s, i.host.host_name);
	/* once more fails, with the kernel's reason, and does no harm */
	CHECK(net_send(sock, i.host.data, i.host.size, &reply) == -EEXIST);
	CHECK(reply.failed == 0);
	check_deleted(sock, netns, i.host.host_name);
	CHECK(write(channel[0], &c, 1) == 1);
	CHECK(waitpid(init, &status, 0) == init && status == 0);
	net_message_done(&i.host);
	net_message_list_done(&i.container);
	_exit(0);
}

static void test_real(void **state)
{
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		int status;
		pid_t host = fork();

		if (host == 0)
			run_host(&scenes[i]);
		assert_true(host > 0);
		assert_int_equal(waitpid(host, &status, 0), host);
		if (status)
			print_message("# scene %zu\n", i);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_host_errors),
		cmocka_unit_test(test_gateway_errors),
		cmocka_unit_test(test_container_steps),
		cmocka_unit_test(test_send_errors),
		cmocka_unit_test(test_query_own),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
