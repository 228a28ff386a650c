/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files and checks across keys.  Error texts are part of the contract. */
#include "conf-test.h"

/* --- files --- */

static int load(struct conf *c, const char *name, struct lxc_error **err)
{
	_cleanup_free_ char *path = path_of(name);

	return conf_load_file(c, path, err);
}

static void expect_load(struct conf *c, const char *name)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	int r = load(c, name, &err);

	if (r < 0)
		print_error("%s\n", error_message(err));
	assert_int_equal(r, 0);
}

static void test_syntax(void **state)
{
	static const char text[] = "# a comment\n"
				   "\n"
				   "  lxc.uts.name = 'web'  \n"
				   "lxc.tty.dir=\"a'\n"
				   "something else = 3\n"
				   "lxc.init.cmd = /sbin/init # not a comment\r\n"
				   "lxc.execute.cmd = \"'quoted'\"\n"
				   "\tlxc.group\t=\ta b\n"
				   "lxc.environment = A=\"b\"\n";
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_free_ char *path = path_of("config");

	write_file("config", text);
	expect_load(c, "config");
	expect_text(c, text);
	expect_get(c, "lxc.uts.name", "web");
	expect_get(c, "lxc.tty.dir", "\"a'");
	expect_get(c, "lxc.init.cmd", "/sbin/init # not a comment");
	expect_get(c, "lxc.execute.cmd", "'quoted'");
	expect_get(c, "lxc.group", "a\nb\n");
	expect_get(c, "lxc.environment", "A=\"b\"\n");
	assert_string_equal(c->first_file, path);
}

/* White space alone and a missing last line break are all that a round trip changes. */
static void test_round_trip(void **state)
{
	_cleanup_conf_ struct conf *a = conf_new(), *b = conf_new();

	write_file("config", "lxc.tty.max = 3\n \t\n#x\nlxc.pty.max=7");
	expect_load(a, "config");
	expect_text(a, "lxc.tty.max = 3\n\n#x\nlxc.pty.max=7\n");
	write_file("config", a->text.data);
	expect_load(b, "config");
	expect_text(b, a->text.data);
	write_file("empty", "");
	expect_load(b, "empty");
	expect_text(b, a->text.data);
}

static void test_file_hwaddr(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new(), *again = conf_new();
	_cleanup_buf_ struct buf address = {};
	_cleanup_free_ char *config = expand(" lxc.net.0.hwaddr='00:16:3e:xx:xx:xx' \n"
					     "lxc.include = @/sub\n");

	write_file("sub", "lxc.net.1.hwaddr = 00:16:3e:xx:xx:xx\n");
	write_file("config", config);
	expect_load(c, "config");
	assert_int_equal(conf_get(c, "lxc.net.0.hwaddr", &address), 0);
	assert_non_null(strstr(c->text.data, address.data));
	assert_null(strstr(c->text.data, "xx"));
	assert_int_equal(c->text.size, strlen(config));
	write_file("config", c->text.data);
	expect_load(again, "config");
	expect_get(again, "lxc.net.0.hwaddr", address.data);
}

static void test_includes(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_free_ char *config = expand("lxc.include = @/one\nlxc.include = @/d\n"
					     "lxc.include = @/missing/\nlxc.include =\n");
	_cleanup_free_ char *sub = path_of("d");

	assert_int_equal(mkdir(sub, 0700), 0);
	write_file("one", "lxc.environment = ONE=1\n");
	write_file("d/20.conf", "lxc.environment = TWENTY=1\n");
	write_file("d/10.conf", "lxc.environment = TEN=1\n");
	write_file("d/.conf", "lxc.nonsense = 1\n");
	write_file("d/30.conf~", "lxc.nonsense = 1\n");
	write_file("config", config);
	expect_load(c, "config");
	expect_get(c, "lxc.environment", "ONE=1\nTEN=1\nTWENTY=1\n");
	expect_text(c, config);
}

/* clang-format off */
static const struct {
	const char *file, *included, *message, *hint;
	int r;
} broken[] = {
	{ "lxc.uts.name = a\n  lxc.tty.max = x\n", NULL,
	  "config @/config:2:17: lxc.tty.max: 'x' is not a number from 0 to 4294967295",
	  NULL, -EINVAL },
	{ "\n\n lxc.tty.maxx = 1\n", NULL, "config @/config:3:2: lxc.tty.maxx: unknown key",
	  "did you mean lxc.tty.max?", -ENOENT },
	{ "lxc.autodev 1\n", NULL,
	  "config @/config:1:1: lxc.autodev 1: there is no '=' behind the key",
	  "write KEY = VALUE; a comment begins with #", -EINVAL },
	{ "lxc.utsname = c1\n", NULL,
	  "config @/config:1:1: lxc.utsname: a key of LXC before 2.1",
	  "now lxc.uts.name; lxc-update-config converts the file", -ENOENT },
	{ "lxc.include = @/missing\n", NULL,
	  "config @/config:1:15: lxc.include: @/missing: No such file or directory",
	  "correct the path, or create the file", -ENOENT },
	{ "\nlxc.include = @/inc\n", "lxc.start.auto = 'on'\n",
	  "include @/config:2:15: config @/inc:1:19: lxc.start.auto: 'on' is neither 0 nor 1",
	  NULL, -EINVAL },
	{ "lxc.include = @/inc\n", "lxc.include = @/config\n",
	  "include @/config:1:15: config @/inc:1:15: lxc.include: @/config: the file "
	  "includes itself", "remove the line that includes it", -ELOOP },
};
/* clang-format on */

static void test_file_errors(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		_cleanup_conf_ struct conf *c = conf_new();
		_cleanup_error_ struct lxc_error *err = NULL;
		_cleanup_free_ char *file = expand(broken[i].file);
		_cleanup_free_ char *inc =
			expand(broken[i].included ? broken[i].included : "");

		write_file("config", file);
		write_file("inc", inc);
		assert_int_equal(load(c, "config", &err), broken[i].r);
		expect_error(err, broken[i].message, broken[i].hint);
		assert_int_equal(err->code, LXC_ERROR_INVALID);
	}
}

static void test_missing_file(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_error_ struct lxc_error *err = NULL;

	assert_int_equal(load(c, "missing", &err), -ENOENT);
	expect_error(err, "config @/missing: No such file or directory",
		     "correct the path, or create the file");
}

static void test_deep_includes(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_error_ struct lxc_error *err = NULL;

	for (int i = 0; i < 40; i++) {
		char name[16], text[64];
		_cleanup_free_ char *expanded = NULL;

		(void)snprintf(name, sizeof(name), "f%d", i);
		(void)snprintf(text, sizeof(text), "lxc.include = @/f%d\n", i + 1);
		expanded = expand(text);
		write_file(name, expanded);
	}
	assert_int_equal(load(c, "f0", &err), -EINVAL);
	assert_non_null(
		strstr(error_message(err), "is included more than 32 files deep"));
	assert_int_equal(c->includes, 0);
}

static void test_check_file(void **state)
{
	_cleanup_free_ char *config = expand("lxc.tty.max = many\n"
					     "lxc.include = @/inc\n"
					     "lxc.autodve = 1\n"
					     "lxc.include = @/none\n"
					     "lxc.uts.name = fine\n"
					     "lxc.arch\n");
	_cleanup_free_ char *path = path_of("config"), *missing = path_of("missing");
	_cleanup_free_ char *expected = expand(
		"@/config:1:15: lxc.tty.max: 'many' is not a number from 0 to 4294967295 "
		"(for example: lxc.tty.max = 4)\n"
		"@/inc:2:3: lxc.id_map: a key of LXC before 2.1 (now lxc.idmap; "
		"lxc-update-config converts the file)\n"
		"@/config:3:1: lxc.autodve: unknown key (did you mean lxc.autodev?)\n"
		"@/config:4:15: lxc.include: @/none: No such file or directory "
		"(correct the path, or create the file)\n"
		"@/config:6:1: lxc.arch: there is no '=' behind the key "
		"(write KEY = VALUE; a comment begins with #)\n");
	_cleanup_buf_ struct buf out = {};

	write_file("inc", "\n  lxc.id_map = u 0 1 2\n");
	write_file("config", config);
	assert_int_equal(conf_check_file(path, &out, NULL), 5);
	assert_string_equal(out.data, expected);
	assert_int_equal(conf_check_file(missing, &out, NULL), -ENOENT);
}

/* --- checks --- */

/* clang-format off */
static const struct {
	const char *lines, *message, *hint;
	int r;
} starts[] = {
	{ "", NULL, NULL, 0 },
	{ "lxc.net.0.type = veth\nlxc.net.0.link = br0\nlxc.net.0.mtu = 1500\n"
	  "lxc.rootfs.path = dir:/srv\nlxc.cap.drop = kill\nlxc.cgroup.dir = a\n"
	  "lxc.prlimit.nofile = 4\nlxc.prlimit.7 = 4\nlxc.hook.clone = x\n"
	  "lxc.apparmor.profile = generated\nlxc.net.1.type = empty\n", NULL, NULL, 0 },
	{ "lxc.time.offset.boot = 1s\nlxc.namespace.share.net = c2", NULL, NULL, 0 },
	{ "lxc.rootfs.path = overlay:/a:/b",
	  "config lxc.rootfs.path: storage of that type is not supported yet in this version",
	  NULL, -EOPNOTSUPP },
	{ "lxc.namespace.share.user = c2",
	  "config lxc.namespace.share.user: it is not supported yet in this version", NULL, -EOPNOTSUPP },
	{ "lxc.net.3.type = macvlan",
	  "config lxc.net.3.type: an interface of that type is not supported yet in this "
	  "version", NULL, -EOPNOTSUPP },
	{ "lxc.net.3.type = veth\nlxc.net.3.veth.mode = router",
	  "config lxc.net.3.veth.mode: router mode is not supported yet in this version",
	  NULL, -EOPNOTSUPP },
	{ "lxc.net.0.type = veth\nlxc.net.0.veth.vlan.id = 0",
	  "config lxc.net.0.veth.vlan.id: it is not supported yet in this version", NULL,
	  -EOPNOTSUPP },
	{ "lxc.net.0.link = br0", "config lxc.net.0.type: the interface has no type",
	  "set it to veth or empty, or clear the interface: 'lxc.net.0 ='", -EINVAL },
	{ "lxc.net.0.type = veth\nlxc.net.0.mtu = 15x",
	  "config lxc.net.0.mtu: it is not a number", NULL, -EINVAL },
	{ "lxc.cgroup.dir.monitor = a",
	  "config lxc.cgroup.dir.monitor: it requires lxc.cgroup.dir.container", NULL,
	  -EINVAL },
	{ "lxc.cgroup.dir = b\nlxc.cgroup.dir.container = a",
	  "config lxc.cgroup.dir: it cannot be combined with lxc.cgroup.dir.monitor and "
	  "lxc.cgroup.dir.container", NULL, -EINVAL },
	{ "lxc.cgroup.dir.container.inner = b",
	  "config lxc.cgroup.dir.container.inner: it requires lxc.cgroup.dir.container",
	  NULL, -EINVAL },
	{ "lxc.namespace.keep = time\nlxc.time.offset.boot = 1s",
	  "config lxc.namespace.keep: a time offset requires a time namespace of its own",
	  "take time out of it, or remove lxc.time.offset.*", -EINVAL },
	{ "lxc.prlimit.files = 4",
	  "config lxc.prlimit.files: there is no limit of that name",
	  "use as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, "
	  "rss, rtprio, rttime, sigpending or stack", -EINVAL },
};
/* clang-format on */

static void test_start(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		_cleanup_conf_ struct conf *c = conf_new();
		_cleanup_error_ struct lxc_error *err = NULL;

		write_file("config", starts[i].lines);
		expect_load(c, "config");
		assert_int_equal(conf_check_start(c, &err), starts[i].r);
		if (starts[i].r < 0)
			expect_error(err, starts[i].message, starts[i].hint);
		if (starts[i].r == -EOPNOTSUPP)
			assert_int_equal(err->code, LXC_ERROR_UNSUPPORTED);
	}
}

static void test_warnings(void **state)
{
	_cleanup_conf_ struct conf *c = conf_new();
	_cleanup_strv_ char **some = NULL, **none = NULL;

	expect_set(c, "lxc.cgroup2.memory.max", "1");
	expect_set(c, "lxc.cgroup.devices.allow", "c 1:3 r");
	expect_set(c, "lxc.cgroup.devices.allow", "c 1:5 r");
	assert_int_equal(conf_warnings(c, false, false, &some), 0);
	assert_int_equal(strv_size(some), 2);
	assert_string_equal(some[0],
			    "lxc.cgroup.devices.allow is skipped: this machine has "
			    "no version 1 cgroups");
	assert_string_equal(some[1],
			    "lxc.cgroup2.memory.max is skipped: this machine has "
			    "version 1 cgroups, too");
	assert_int_equal(conf_warnings(c, true, true, &none), 0);
	assert_int_equal(strv_size(none), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(test_syntax),	WITH_FILES(test_round_trip),
		WITH_FILES(test_file_hwaddr),	WITH_FILES(test_includes),
		WITH_FILES(test_file_errors),	WITH_FILES(test_missing_file),
		WITH_FILES(test_deep_includes), WITH_FILES(test_check_file),
		WITH_FILES(test_start),		cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
