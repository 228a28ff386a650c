/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and their types.  Error texts are part of the contract. */
#include "conf-test.h"

#include <arpa/inet.h>

#include "conf/keys.h"
#include "conf/net-keys.h"

/* --- every row --- */

static void full_name(const struct conf_key *key, struct buf *out)
{
	const char *dot = key->name[strlen(key->name) - 1] == '.' ? "" : ".";

	buf_str(out, key->name);
	if (key->example_rest)
		buf_printf(out, "%s%s", dot, key->example_rest);
}

/* Set what get printed: lists one line at a time. */
static void set_lines(struct conf *c, const char *name, const char *lines)
{
	_cleanup_strv_ char **values = strv_split(lines, "\n");

	for (char **v = values; *v; v++)
		expect_set(c, name, *v);
}

static void test_row(const struct conf_key *key)
{
	_cleanup_conf_ struct conf *a = conf_new(), *b = conf_new(), *fresh = conf_new();
	_cleanup_buf_ struct buf name = {}, once = {}, again = {}, cleared = {},
				 empty = {};
	bool is_proxy = key->type == &conf_type_proxy;

	full_name(key, &name);
	expect_set(a, name.data, key->example);
	assert_int_equal(conf_get(a, name.data, &once), 0);
	assert_true(once.size > 0);
	if (is_proxy)
		expect_set(b, name.data, key->example);
	else
		set_lines(b, name.data, once.data);
	assert_int_equal(conf_get(b, name.data, &again), 0);
	assert_string_equal(again.data, once.data);

	/* the text of one configuration makes the same configuration */
	assert_true(a->text.size > 0);
	assert_int_equal(conf_clear(a, name.data, NULL), 0);
	expect_text(a, "");
	if (key->type == &conf_type_net)
		return;
	assert_int_equal(conf_get(a, name.data, &cleared), 0);
	assert_int_equal(conf_get(fresh, name.data, &empty), 0);
	if (!key->initial)
		assert_string_equal(cleared.data ? cleared.data : "",
				    empty.data ? empty.data : "");
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < conf_n_keys; i++) {
		assert_non_null(conf_keys[i].help);
		if (conf_keys[i].example)
			test_row(&conf_keys[i]);
	}
}

static void test_net_rows(void **state)
{
	for (const struct net_key *k = net_keys; k->name; k++) {
		_cleanup_conf_ struct conf *a = conf_new(), *b = conf_new();
		_cleanup_buf_ struct buf name = {}, once = {}, again = {}, zero = {};
		const char *type = nic_type_names[k->only ? k->only : NIC_VETH];

		assert_non_null(k->help);
		expect_set(a, "lxc.net.3.type", type);
		expect_set(b, "lxc.net.3.type", type);
		buf_printf(&name, "lxc.net.3.%s", k->name);
		assert_true(conf_is_supported(name.data));
		assert_int_equal(conf_get(a, name.data, &zero), 0);
		expect_set(a, name.data, k->example);
		assert_int_equal(conf_get(a, name.data, &once), 0);
		set_lines(b, name.data, once.data);
		assert_int_equal(conf_get(b, name.data, &again), 0);
		assert_string_equal(again.data, once.data);
		assert_int_equal(conf_clear(a, name.data, NULL), 0);
		if (strcmp(k->name, "type"))
			expect_get(a, name.data, zero.data ? zero.data : "");
	}
}

/* --- values --- */

/* clang-format off */
static const struct {
	const char *key, *value, *printed;
} good[] = {
	{ "lxc.arch", "linux32", "i686" },
	{ "lxc.arch", "aarch64", "x86_64" },
	{ "lxc.tty.max", " 0x10", "16" },
	{ "lxc.start.order", "-1", "-1" },
	{ "lxc.autodev", "", "0" },
	{ "lxc.rootfs.managed", "", "1" },
	{ "lxc.monitor.signal.pdeath", "", "0" },
	{ "lxc.autodev.tmpfs.size", "", "500000" },
	{ "lxc.autodev.tmpfs.size", "lots", "500000" },
	{ "lxc.console.size", "0", "4096" },
	{ "lxc.console.size", "5000", "8192" },
	{ "lxc.console.size", "auto", "131072" },
	{ "lxc.console.size", "5001 kb", "8388608" },
	{ "lxc.console.size", "", "0" },
	{ "lxc.signal.halt", "sigterm", "15" },
	{ "lxc.signal.halt", "SIGRTMIN+3", "37" },
	{ "lxc.signal.halt", "SIGRTMAX-0", "64" },
	{ "lxc.log.level", "3", "NOTICE" },
	{ "lxc.log.level", "warn", "WARN" },
	{ "lxc.log.level", "", "NOTSET" },
	{ "lxc.init.groups", "1, 2", "1,2" },
	{ "lxc.group", "a \tb", "a\nb\n" },
	{ "lxc.environment", "A=b=c", "A=b=c\n" },
	{ "lxc.idmap", "g\t0 100000  65536", "g 0 100000 65536" },
	{ "lxc.idmap", " auto ", "auto" },
	{ "lxc.idmap", "auto  65536", "auto 65536" },
	{ "lxc.idmap", "auto 4294967295", "auto 4294967295" },
	{ "lxc.namespace.clone", "NET user", "user\nnet\n" },
	{ "lxc.namespace.share.net", "/proc/1/ns/net", "/proc/1/ns/net" },
	{ "lxc.time.offset.boot", "2m", "120s" },
	{ "lxc.time.offset.boot", "-5 us", "-5000ns" },
	{ "lxc.time.offset.monotonic", "0s", "0ns" },
	{ "lxc.cap.keep", "none", "" },
	{ "lxc.mount.auto", "proc sys cgroup", "proc:mixed sys:mixed cgroup" },
	{ "lxc.mount.auto", "cgroup-full:ro:force", "cgroup-full:ro" },
	{ "lxc.mount.auto", "proc proc:rw", "proc:rw" },
	{ "lxc.mount.auto", "cgroup2:ro", "" },
	{ "lxc.rootfs.path", "overlay:/a//b:/c/", "/a/b:/c" },
	{ "lxc.rootfs.path", "/srv/a:b", "/srv/a:b" },
	{ "lxc.cgroup.dir", "a//b/", "a/b" },
	{ "lxc.prlimit.nofile", "10 : 20", "10:20" },
	{ "lxc.prlimit.nofile", "7:7", "7" },
	{ "lxc.prlimit.nofile", "unlimited", "unlimited" },
	{ "lxc.seccomp.notify.proxy", "unix:@x", "x" },
	{ "lxc.seccomp.intercept.mknod", "c 1:3,b  7:0 , c 1:3", "c 1:3\nb 7:0\n" },
	{ "lxc.seccomp.intercept.mknod", "1", "c 1:3\nc 1:5\nc 1:7\nc 1:8\nc 1:9\nc 5:0\n" },
	{ "lxc.seccomp.intercept.mknod", "c 4095:1048575", "c 4095:1048575\n" },
	{ "lxc.seccomp.intercept.mknod", "0", "" },
	{ "lxc.seccomp.intercept.mount", "ext4, xfs fuse.x", "ext4\nxfs\nfuse.x\n" },
	{ "lxc.seccomp.intercept.setxattr", "1", "trusted.overlay.opaque\n" },
	{ "lxc.seccomp.intercept.setxattr", "trusted.a.*", "trusted.a.*\n" },
	{ "lxc.net.0.ipv4.address", "10.0.0.2", "10.0.0.2/8" },
	{ "lxc.net.0.ipv4.address", "172.16.0.2", "172.16.0.2/16" },
	{ "lxc.net.0.ipv6.address", "FE80::1", "fe80::1/64" },
	{ "lxc.net.0.ipv4.gateway", "auto", "auto" },
	{ "lxc.net.0.ipv6.gateway", "dev", "dev" },
	{ "lxc.net.0.flags", "yes", "up" },
	{ "lxc.net.00.name", "12345678901234567890", "123456789012345" },
};
/* clang-format on */

static void test_good_values(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		_cleanup_conf_ struct conf *c = conf_new();

		expect_set(c, good[i].key, good[i].value);
		expect_get(c, good[i].key, good[i].printed);
	}
}

/* clang-format off */
static const struct {
	const char *key, *value, *message, *hint;
} bad[] = {
	{ "lxc.arch", "", "config lxc.arch: '' is not an architecture",
	  "use x86_64, i686, arm64, armhf, linux32, linux64 …" },
	{ "lxc.arch", "x86-64", "config lxc.arch: 'x86-64' is not an architecture",
	  "did you mean x86_64?" },
	{ "lxc.autodev", "yes", "config lxc.autodev: 'yes' is neither 0 nor 1", NULL },
	{ "lxc.tty.max", "4x",
	  "config lxc.tty.max: '4x' is not a number from 0 to 4294967295", NULL },
	{ "lxc.tty.max", "-1",
	  "config lxc.tty.max: '-1' is not a number from 0 to 4294967295", NULL },
	{ "lxc.hook.version", "2",
	  "config lxc.hook.version: '2' is not a number from 0 to 1", NULL },
	{ "lxc.start.order", "first",
	  "config lxc.start.order: 'first' is not a number from -2147483648 to 2147483647",
	  NULL },
	{ "lxc.uts.name", "a234567890123456789012345678901234567890123456789012345678901234x",
	  "config lxc.uts.name: 'a2345678901234567890123456789012345678901234567890123456789"
	  "01234x' is longer than 64 bytes", NULL },
	{ "lxc.uts.name", "a\nlxc.hook.start-host = x",
	  "config lxc.uts.name: a value cannot hold a line break", NULL },
	{ "lxc.log.level", "loud\033[1m",
	  "config lxc.log.level: 'loud\\x1b[1m' is not a log level",
	  "use trace, debug, info, notice, warn, error, crit, alert, fatal, or 0 to 8" },
	{ "lxc.log.syslog", "local8",
	  "config lxc.log.syslog: 'local8' is not a syslog facility",
	  "use daemon, or local0 to local7" },
	{ "lxc.signal.halt", "SIGFOO", "config lxc.signal.halt: 'SIGFOO' is not a signal",
	  "use a number, SIGNAME, SIGRTMIN+N or SIGRTMAX-N" },
	{ "lxc.signal.stop", "SIGRTMIN",
	  "config lxc.signal.stop: 'SIGRTMIN' is not a signal",
	  "use a number, SIGNAME, SIGRTMIN+N or SIGRTMAX-N" },
	{ "lxc.signal.stop", "65", "config lxc.signal.stop: '65' is not a signal",
	  "use a number, SIGNAME, SIGRTMIN+N or SIGRTMAX-N" },
	{ "lxc.console.size", "big", "config lxc.console.size: 'big' is not a size",
	  "use auto, or a number of bytes with KB, MB or GB" },
	{ "lxc.cgroup.dir", "/a",
	  "config lxc.cgroup.dir: '/a' is not a relative path without '..' components",
	  NULL },
	{ "lxc.cgroup.dir.monitor", "a/../b",
	  "config lxc.cgroup.dir.monitor: 'a/../b' is not a relative path without '..' "
	  "components", NULL },
	{ "lxc.cgroup.dir.container.inner", "a/b",
	  "config lxc.cgroup.dir.container.inner: 'a/b' is not the name of one cgroup",
	  NULL },
	{ "lxc.cgroup2", "1",
	  "config lxc.cgroup2: takes a value only with a name behind it",
	  "write lxc.cgroup2.memory.max" },
	{ "lxc.hook", "x",
	  "config lxc.hook: takes no value: it only clears all hooks",
	  "name the hook: lxc.hook.pre-start, lxc.hook.mount …" },
	{ "lxc.environment", "=x", "config lxc.environment: '=x' has no name in front of '='",
	  NULL },
	{ "lxc.environment", "TEST_CONF_NOT_SET",
	  "config lxc.environment: 'TEST_CONF_NOT_SET' is not set in the environment of "
	  "this program", "write NAME=VALUE" },
	{ "lxc.idmap", "b 0 1 2", "config lxc.idmap: 'b 0 1 2' is not a map of ids",
	  "use 'u INSIDE HOST COUNT' for users, 'g …' for groups: u 0 100000 65536" },
	{ "lxc.idmap", "u 0 1 2 3", "config lxc.idmap: 'u 0 1 2 3' is not a map of ids",
	  "use 'u INSIDE HOST COUNT' for users, 'g …' for groups: u 0 100000 65536" },
	{ "lxc.idmap", "auto 0", "config lxc.idmap: 'auto 0' is not a number of ids",
	  "use 'auto', which takes 65536 ids, or 'auto COUNT'" },
	{ "lxc.idmap", "auto 4294967296",
	  "config lxc.idmap: 'auto 4294967296' is not a number of ids",
	  "use 'auto', which takes 65536 ids, or 'auto COUNT'" },
	{ "lxc.idmap", "auto 1 2", "config lxc.idmap: 'auto 1 2' is not a number of ids",
	  "use 'auto', which takes 65536 ids, or 'auto COUNT'" },
	{ "lxc.idmap", "Auto", "config lxc.idmap: 'Auto' is not a map of ids",
	  "use 'u INSIDE HOST COUNT' for users, 'g …' for groups: u 0 100000 65536" },
	{ "lxc.init.groups", "1,x", "config lxc.init.groups: 'x' is not a group id", NULL },
	{ "lxc.namespace.keep", "network",
	  "config lxc.namespace.keep: 'network' is not a namespace",
	  "use user, mnt, pid, uts, ipc, net, cgroup or time" },
	{ "lxc.namespace.share.foo", "c1",
	  "config lxc.namespace.share.foo: 'foo' is not a namespace",
	  "use user, mnt, pid, uts, ipc, net, cgroup or time" },
	{ "lxc.time.offset.boot", "5",
	  "config lxc.time.offset.boot: '5' is not a time offset",
	  "use a whole number with h, m, s, ms, us or ns: -3h" },
	{ "lxc.time.offset.boot", "1.5h",
	  "config lxc.time.offset.boot: '1.5h' is not a time offset",
	  "use a whole number with h, m, s, ms, us or ns: -3h" },
	{ "lxc.cap.drop", "none", "config lxc.cap.drop: 'none' is not a capability",
	  "capabilities(7) lists the names; leave out the cap_ prefix" },
	{ "lxc.mount.auto", "proc:ro",
	  "config lxc.mount.auto: 'proc:ro' is not an automatic mount",
	  "use proc[:mixed|:rw], sys[:mixed|:ro|:rw], cgroup[:mixed|:ro|:rw][:force], "
	  "cgroup-full…, cgroup2[:ro] or shmounts:HOST[:CONTAINER]" },
	{ "lxc.mount.fstab", "", "config lxc.mount.fstab: a path is required", NULL },
	{ "lxc.rootfs.path", "overlay:",
	  "config lxc.rootfs.path: there is no path behind 'overlay:'", NULL },
	{ "lxc.rootfs.options", "ro,create=dir",
	  "config lxc.rootfs.options: 'create=dir' is not an option of the root",
	  "create=, optional and relative belong to lxc.mount.entry" },
	{ "lxc.prlimit.nofile", "many", "config lxc.prlimit.nofile: 'many' is not a limit",
	  "use NUMBER, SOFT:HARD, or unlimited for either" },
	{ "lxc.seccomp.notify.proxy", "/run/x",
	  "config lxc.seccomp.notify.proxy: '/run/x' is not the address of a socket",
	  "use unix:PATH, or unix:@NAME for an abstract one" },
	{ "lxc.seccomp.intercept.mknod", "c 1:3, c 4096:0",
	  "config lxc.seccomp.intercept.mknod: 'c 4096:0' is not a device",
	  "use c MAJOR:MINOR or b MAJOR:MINOR, with commas between several, or 1 for null, "
	  "zero, full, random, urandom, tty" },
	{ "lxc.seccomp.intercept.mknod", "c *:3",
	  "config lxc.seccomp.intercept.mknod: 'c *:3' is not a device",
	  "use c MAJOR:MINOR or b MAJOR:MINOR, with commas between several, or 1 for null, "
	  "zero, full, random, urandom, tty" },
	{ "lxc.seccomp.intercept.mount", "../x",
	  "config lxc.seccomp.intercept.mount: '../x' cannot be intercepted",
	  "name file systems of data, as in ext4 xfs; interfaces of the kernel and btrfs are refused" },
	{ "lxc.seccomp.intercept.setxattr", "security.capability",
	  "config lxc.seccomp.intercept.setxattr: 'security.capability' cannot be "
	  "intercepted",
	  "use trusted.NAME, with * at the end for a family, or 1 for "
	  "trusted.overlay.opaque" },
	{ "lxc.seccomp.intercept.setxattr", "trusted.*x",
	  "config lxc.seccomp.intercept.setxattr: 'trusted.*x' cannot be intercepted",
	  "use trusted.NAME, with * at the end for a family, or 1 for "
	  "trusted.overlay.opaque" },
	{ "lxc.net", "veth",
	  "config lxc.net: takes no value: it only clears all interfaces",
	  "name the interface: lxc.net.0.type, lxc.net.0.link …" },
	{ "lxc.net.0", "veth", "config lxc.net.0: 'veth' has no key that it belongs to",
	  "did you mean lxc.net.0.type?" },
	{ "lxc.net.type", "veth",
	  "config lxc.net.type: the number of the interface is missing",
	  "write lxc.net.0.type, lxc.net.0.link …" },
	{ "lxc.net.0.type", "bridge",
	  "config lxc.net.0.type: 'bridge' is not a type of network",
	  "use veth, macvlan, ipvlan, vlan, phys, empty or none" },
	{ "lxc.net.0.veth.pair", "x",
	  "config lxc.net.0.veth.pair: the type of the interface is not set yet",
	  "set lxc.net.0.type = veth before it" },
	{ "lxc.net.0.hwaddr", "00:16:3e",
	  "config lxc.net.0.hwaddr: '00:16:3e' is not a hardware address",
	  "use 00:16:3e:12:34:56; an x stands for a random digit" },
	{ "lxc.net.0.ipv4.address", "10.0.0.256/24",
	  "config lxc.net.0.ipv4.address: '10.0.0.256/24' is not an IPv4 address",
	  "use 10.0.3.2/24 10.0.3.255" },
	{ "lxc.net.0.ipv6.gateway", "10.0.0.1",
	  "config lxc.net.0.ipv6.gateway: '10.0.0.1' is not an IPv6 address",
	  "use an address, auto or dev" },
	{ "lxc.net.7.link", "",
	  "config lxc.net.7.link: there is nothing that could be cleared", NULL },
};
/* clang-format on */

static void test_bad_values(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_conf_ struct conf *c = conf_new();
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(conf_set(c, bad[i].key, bad[i].value, &err), -EINVAL);
		expect_error(err, bad[i].message, bad[i].hint);
		assert_int_equal(err->code, LXC_ERROR_INVALID);
		expect_text(c, "");
	}
}

static void test_lists_grow(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();

	expect_set(c, "lxc.proc.oom_score_adj", "5");
	expect_set(c, "lxc.proc.oom_score_adj", "6");
	expect_get(c, "lxc.proc.oom_score_adj", "56");
	expect_get(c, "lxc.proc",
		   "lxc.proc.oom_score_adj = 5\nlxc.proc.oom_score_adj = 6\n");
	expect_set(c, "lxc.sysctl.a.b", "1");
	expect_set(c, "lxc.sysctl.a.b", "2");
	expect_get(c, "lxc.sysctl", "lxc.sysctl.a.b = 2\n");
	expect_get(c, "lxc.sysctl.a.b", "2");
	expect_set(c, "lxc.cgroup.devices.deny", "a");
	expect_set(c, "lxc.cgroup.devices.allow", "c 1:3 rwm");
	expect_set(c, "lxc.cgroup.devices.allow", "c 1:5 rwm");
	expect_get(c, "lxc.cgroup.devices.allow", "c 1:3 rwm\nc 1:5 rwm\n");
	expect_set(c, "lxc.cgroup.devices.allow", "");
	expect_get(c, "lxc.cgroup", "lxc.cgroup.devices.deny = a\n");
	expect_set(c, "lxc.init.groups", "1");
	expect_set(c, "lxc.init.groups", "2,3");
	expect_get(c, "lxc.init.groups", "1,2,3");
}

static void test_capabilities(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_error_ struct lxc_error *err = NULL;

	expect_set(c, "lxc.cap.drop", "sys_module kill");
	assert_int_equal(conf_set(c, "lxc.cap.keep", "chown", &err), -EINVAL);
	expect_error(err, "config lxc.cap.keep: lxc.cap.drop is set already",
		     "clear the other one first: 'lxc.cap.drop ='");
	expect_get(c, "lxc.cap.drop", "sys_module\nkill\n");
	expect_get(c, "lxc.cap.keep", "");
	expect_set(c, "lxc.cap.keep", "");
	expect_set(c, "lxc.cap.keep", "chown");
	expect_set(c, "lxc.cap.keep", "none");
	assert_int_equal(c->caps_mode, CAPS_KEEP);
	assert_null(c->caps);
	assert_int_equal(conf_set(c, "lxc.cap.keep", "kill sys_modul", NULL), -EINVAL);
	assert_null(c->caps);
}

static void test_namespaces_conflict(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_error_ struct lxc_error *err = NULL;

	expect_set(c, "lxc.namespace.clone", "net");
	assert_int_equal(conf_set(c, "lxc.namespace.keep", "user", &err), -EINVAL);
	expect_error(err, "config lxc.namespace.keep: lxc.namespace.clone is set already",
		     "set one of lxc.namespace.clone and lxc.namespace.keep");
}

/* Lines take the place of auto, which an included file may have said; not the other way round. */
static void test_auto_map(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_error_ struct lxc_error *err = NULL;

	(void)state;
	expect_set(c, "lxc.idmap", "auto");
	assert_true(c->idmap_auto);
	expect_set(c, "lxc.idmap", "auto 7");
	assert_int_equal(c->idmap_count, 7);
	expect_set(c, "lxc.idmap", "u 0 1 2");
	assert_false(c->idmap_auto);
	expect_get(c, "lxc.idmap", "u 0 1 2");
	assert_int_equal(conf_set(c, "lxc.idmap", "auto", &err), -EINVAL);
	expect_error(err, "config lxc.idmap: 'auto' does not go with other maps",
		     "clear them first: 'lxc.idmap ='");
	expect_set(c, "lxc.idmap", "");
	expect_set(c, "lxc.idmap", "auto");
	expect_get(c, "lxc.idmap", "auto");
	assert_int_equal(conf_clear(c, "lxc.idmap", NULL), 0);
	expect_get(c, "lxc.idmap", "");
}

/* --- interfaces --- */

static void test_net_indices(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_buf_ struct buf out = {};

	expect_set(c, "lxc.net.5.type", "empty");
	expect_set(c, "lxc.net.0.type", "veth");
	assert_int_equal(conf_set(c, "lxc.net.2.type", "foo", NULL), -EINVAL);
	expect_get(c, "lxc.net", "veth\n(invalid)\nempty\n");
	expect_get(c, "lxc.net.2.type", "(null)");
	expect_set(c, "lxc.net.0.veth.pair", "vethx");
	assert_int_equal(conf_get(c, "lxc.net.0.vlan.id", &out), -EINVAL);
	assert_int_equal(conf_get(c, "lxc.net.0.foo", &out), -ENOENT);
	assert_int_equal(conf_get(c, "lxc.net.1.type", &out), -EINVAL);
	expect_set(c, "lxc.net.0.link", "br0");
	expect_set(c, "lxc.net.0.type", "macvlan");
	expect_get(c, "lxc.net.0.link", "");
	expect_get(c, "lxc.net.0.macvlan.mode", "private");
	expect_set(c, "lxc.net.0", "");
	expect_set(c, "lxc.net.4", "");
	expect_get(c, "lxc.net", "(invalid)\nempty\n");
	expect_text(c, "lxc.net.5.type = empty\n");
	expect_set(c, "lxc.net", "");
	expect_get(c, "lxc.net", "");
	expect_text(c, "");
}

static void test_net_lists(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();

	expect_set(c, "lxc.net.0.type", "veth");
	expect_set(c, "lxc.net.0.ipv4.address", "10.0.0.2/24");
	expect_set(c, "lxc.net.0.ipv6.address", "2001:db8::2");
	expect_set(c, "lxc.net.0.ipv4.address", "10.0.0.3/31");
	expect_get(c, "lxc.net.0.ipv4.address", "10.0.0.2/24\n10.0.0.3/31");
	expect_get(c, "lxc.net.0.ipv6.address", "2001:db8::2/64");
	assert_int_equal(c->nics->addresses[0].broadcast.s_addr, htonl(0x0a0000ff));
	assert_int_equal(c->nics->addresses[2].broadcast.s_addr, 0);
	expect_set(c, "lxc.net.0.ipv4.address", "");
	expect_get(c, "lxc.net.0.ipv4.address", "");
	expect_get(c, "lxc.net.0.ipv6.address", "2001:db8::2/64");
	expect_set(c, "lxc.net.0.veth.vlan.tagged.id", "5");
	expect_set(c, "lxc.net.0.veth.vlan.tagged.id", "6");
	expect_get(c, "lxc.net.0.veth.vlan.tagged.id", "5\n6");
	expect_get(c, "lxc.net.0.veth.vlan.id", "");
	expect_set(c, "lxc.net.0.veth.vlan.id", "none");
	expect_get(c, "lxc.net.0.veth.vlan.id", "none");
}

static void test_hwaddr(void **state)
{
	for (int i = 0; i < 64; i++) {
		_cleanup_conf_ struct conf *c = conf_new();
		_cleanup_buf_ struct buf address = {}, line = {};

		expect_set(c, "lxc.net.0.hwaddr", "xX:16:3e:xx:XX:x1");
		assert_int_equal(conf_get(c, "lxc.net.0.hwaddr", &address), 0);
		assert_int_equal(address.size, 17);
		assert_null(strpbrk(address.data, "xX"));
		assert_non_null(strchr("02468ace", address.data[1]));
		assert_int_equal(address.data[16], '1');
		buf_printf(&line, "lxc.net.0.hwaddr = %s\n", address.data);
		expect_text(c, line.data);
	}
}

/* --- keys --- */

static void test_unknown_keys(void **state)
{
	static const struct {
		const char *key, *message, *hint;
	} cases[] = {
		{ "lxc.tty.mx", "config lxc.tty.mx: unknown key",
		  "did you mean lxc.tty.max?" },
		{ "lxc.rootfs.paht", "config lxc.rootfs.paht: unknown key",
		  "did you mean lxc.rootfs.path?" },
		{ "lxc.net.3.lnik", "config lxc.net.3.lnik: unknown key",
		  "did you mean lxc.net.3.link?" },
		{ "lxc.something.else", "config lxc.something.else: unknown key",
		  "lxc.container.conf(5) has all keys" },
		{ "lxc.cgroup2foo", "config lxc.cgroup2foo: unknown key",
		  "did you mean lxc.cgroup2?" },
		{ "lxc.a\033b.c.d.e.f", "config lxc.a\\x1bb.c.d.e.f: unknown key",
		  "lxc.container.conf(5) has all keys" },
		{ "lxc.utsname", "config lxc.utsname: a key of LXC before 2.1",
		  "now lxc.uts.name; lxc-update-config converts the file" },
		{ "lxc.network.ipv4", "config lxc.network.ipv4: a key of LXC before 2.1",
		  "now lxc.net.N.ipv4.address; lxc-update-config converts the file" },
		{ "lxc.network.0.link",
		  "config lxc.network.0.link: a key of LXC before 2.1",
		  "now lxc.net.N.…; lxc-update-config converts the file" },
		{ "lxc.limit.nofile", "config lxc.limit.nofile: a key of LXC before 2.1",
		  "now lxc.prlimit.RESOURCE; lxc-update-config converts the file" },
		{ "lxc.kmsg", "config lxc.kmsg: a key of LXC before 2.1",
		  "it has no successor; lxc-update-config removes it" },
	};
	_cleanup_conf_ struct conf *c = conf_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(conf_set(c, cases[i].key, "1", &err), -ENOENT);
		expect_error(err, cases[i].message, cases[i].hint);
		assert_int_equal(conf_clear(c, cases[i].key, NULL), -ENOENT);
		assert_false(conf_is_supported(cases[i].key));
	}
	expect_text(c, "");
	assert_string_equal(conf_nearest_key("lxc.uts.nmae"), "lxc.uts.name");
	assert_null(conf_nearest_key("volatile.idmap.base"));
}

static void test_key_lists(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_buf_ struct buf all = {}, veth = {}, empty = {}, hook = {};

	assert_int_equal(conf_list_keys(NULL, NULL, &all), 0);
	assert_memory_equal(all.data, "lxc.arch\nlxc.apparmor.profile\n", 30);
	assert_null(strstr(all.data, ".\n"));
	assert_non_null(strstr(all.data, "\nlxc.net\nlxc.no_new_privs\n"));
	assert_string_equal(all.data + all.size - 20, "lxc.sysctl\nlxc.proc\n");

	expect_set(c, "lxc.net.1.type", "veth");
	expect_set(c, "lxc.net.2.type", "empty");
	assert_int_equal(conf_list_keys(c, "lxc.net.1", &veth), 0);
	assert_string_equal(
		veth.data,
		"type\nscript.up\nscript.down\nflags\nlink\nname\nhwaddr\nmtu\n"
		"ipv6.address\nipv6.gateway\nipv4.address\nipv4.gateway\n"
		"veth.pair\nveth.ipv4.route\nveth.ipv6.route\nveth.vlan.id\n");
	assert_int_equal(conf_list_keys(c, "lxc.net.2", &empty), 0);
	assert_string_equal(empty.data, "type\nscript.up\nscript.down\n");
	assert_int_equal(conf_list_keys(c, "lxc.net.3", &empty), -EINVAL);
	assert_int_equal(conf_list_keys(c, "lxc.net", &empty), -EINVAL);
	assert_int_equal(conf_list_keys(c, "lxc.tty", &empty), -EINVAL);
	assert_int_equal(conf_list_keys(c, "lxc.hook", &hook), 0);
	assert_string_equal(
		hook.data, "autodev\nautodevtmpfssize\nclone\ndestroy\nmount\npost-stop\n"
			   "pre-mount\npre-start\nstart-host\nstart\nstop\n");
}

static void test_get_errors(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_buf_ struct buf out = {};

	assert_int_equal(conf_get(c, "lxc.foo", &out), -EINVAL);
	assert_int_equal(conf_get(c, "lxc.include", &out), -ENOSYS);
	assert_int_equal(conf_get(c, "lxc.hook", &out), -EINVAL);
	assert_int_equal(conf_get(c, "lxc.namespace.share.foo", &out), -EINVAL);
	assert_int_equal(out.size, 0);
}

static void test_text(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();

	expect_set(c, "lxc.tty.max", "1");
	expect_set(c, "lxc.tty.max", "2");
	expect_set(c, "lxc.environment", "A=1");
	expect_set(c, "lxc.environment.runtime", "B=1");
	expect_set(c, "lxc.cgroup2.memory.max", "1");
	expect_set(c, "lxc.cgroup.dir", "x");
	expect_set(c, "lxc.cgroup.cpu.shares", "2");
	expect_set(c, "lxc.hook.version", "1");
	expect_set(c, "lxc.hook.start", "x");
	expect_set(c, "lxc.init.cmd", " 'a b' ");
	expect_text(c, "lxc.tty.max = 1\nlxc.tty.max = 2\nlxc.environment = A=1\n"
		       "lxc.environment.runtime = B=1\nlxc.cgroup2.memory.max = 1\n"
		       "lxc.cgroup.dir = x\nlxc.cgroup.cpu.shares = 2\n"
		       "lxc.hook.version = 1\nlxc.hook.start = x\n"
		       "lxc.init.cmd = \" 'a b' \"\n");
	expect_set(c, "lxc.tty.max", "");
	expect_get(c, "lxc.tty.max", "0");
	expect_set(c, "lxc.environment", "");
	assert_int_equal(conf_clear(c, "lxc.cgroup", NULL), 0);
	assert_int_equal(conf_clear(c, "lxc.hook", NULL), 0);
	expect_text(c, "lxc.environment.runtime = B=1\nlxc.cgroup2.memory.max = 1\n"
		       "lxc.cgroup.dir = x\nlxc.hook.version = 1\n"
		       "lxc.init.cmd = \" 'a b' \"\n");
	assert_int_equal(conf_clear(c, "lxc.cgroup2.memory", NULL), 0);
	assert_non_null(strstr(c->text.data, "lxc.cgroup2.memory.max"));
	assert_int_equal(conf_clear(c, "lxc.cgroup2", NULL), 0);
	assert_null(strstr(c->text.data, "lxc.cgroup2.memory.max"));
	expect_get(c, "lxc.init.cmd", " 'a b' ");
}

static void test_global(void **state)
{
	errno = 0;
	assert_null(conf_global("lxc.foo"));
	assert_int_equal(errno, EINVAL);
	assert_non_null(conf_global("lxc.lxcpath"));
	assert_ptr_equal(conf_global("lxc.lxcpath"), conf_global("lxc.lxcpath"));
	assert_non_null(conf_global("lxc.default_config"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_net_rows),
		cmocka_unit_test(test_good_values),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_lists_grow),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_namespaces_conflict),
		cmocka_unit_test(test_auto_map),
		cmocka_unit_test(test_net_indices),
		cmocka_unit_test(test_net_lists),
		cmocka_unit_test(test_hwaddr),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_key_lists),
		cmocka_unit_test(test_get_errors),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_global),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
