/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations that a start refuses: what each is told, and what it may try instead. */
#include "conf-test.h"

#include <stdio.h>
#include <string.h>

#include "core/compile.h"

#define NOT_YET " not supported yet in this version"
#define WHOLE                                                                      \
	": this is no parameter of the container's own namespaces but one of the " \
	"whole machine"

static const struct {
	const char *text;
	int r;
	const char *message;
	const char *hint;
} mistakes[] = {
	/* parameters of the machine */
	{ "lxc.sysctl.vm.swappiness = 1", -EINVAL,
	  "config lxc.sysctl.vm.swappiness" WHOLE,
	  "set it on the host: sysctl vm.swappiness=1" },
	{ "lxc.sysctl.kernel.panic = 1", -EINVAL, "config lxc.sysctl.kernel.panic" WHOLE,
	  "set it on the host: sysctl kernel.panic=1" },
	{ "lxc.sysctl.network = 1", -EINVAL, "config lxc.sysctl.network" WHOLE,
	  "set it on the host: sysctl network=1" },
	{ "lxc.sysctl.net.a/b = 1", -EINVAL, "config lxc.sysctl.net.a/b" WHOLE,
	  "set it on the host: sysctl net.a/b=1" },
	{ "lxc.sysctl.net..vm.swappiness = 1", -EINVAL,
	  "config lxc.sysctl.net..vm.swappiness" WHOLE,
	  "set it on the host: sysctl net..vm.swappiness=1" },
	{ "lxc.sysctl.user.max_user_namespaces = 1", -EINVAL,
	  "config lxc.sysctl.user.max_user_namespaces" WHOLE,
	  "set it on the host: sysctl user.max_user_namespaces=1" },
	/* …and of namespaces that the container does not get */
	{ "lxc.namespace.keep = net\nlxc.sysctl.net.ipv4.ip_forward = 1", -EINVAL,
	  "config lxc.sysctl.net.ipv4.ip_forward" WHOLE,
	  "set it on the host: sysctl net.ipv4.ip_forward=1" },
	{ "lxc.namespace.clone = mnt pid\nlxc.sysctl.kernel.shmmax = 1", -EINVAL,
	  "config lxc.sysctl.kernel.shmmax" WHOLE,
	  "set it on the host: sysctl kernel.shmmax=1" },
	{ "lxc.net.0.type = none\nlxc.sysctl.net.ipv4.ip_forward = 1", -EINVAL,
	  "config lxc.sysctl.net.ipv4.ip_forward" WHOLE,
	  "set it on the host: sysctl net.ipv4.ip_forward=1" },

	/* limits */
	{ "lxc.prlimit.nofil = 1", -EINVAL,
	  "config lxc.prlimit.nofil: there is no limit of that name",
	  "use as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, "
	  "rss, rtprio, rttime, sigpending or stack" },
	{ "lxc.prlimit.16 = 1", -EINVAL,
	  "config lxc.prlimit.16: there is no limit of that name",
	  "use as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, "
	  "rss, rtprio, rttime, sigpending or stack" },

	/* mounts */
	{ "lxc.mount.entry = proc proc", -EINVAL,
	  "config lxc.mount.entry = proc proc: not a line as in fstab: SOURCE TARGET TYPE "
	  "OPTIONS",
	  "for instance: /srv srv none bind,create=dir 0 0" },
	{ "lxc.mount.entry = a b none bind", -EINVAL,
	  "config lxc.mount.entry = a b none bind: the source is no absolute path",
	  NULL },
	{ "lxc.mount.entry = /a b none bind,idmap=x", -EINVAL,
	  "config lxc.mount.entry = /a b none bind,idmap=x: idmap= is not a map of ids",
	  "use idmap=container, idmap=/path/of/a/user/namespace or "
	  "idmap=b:ON-DISK:SHOWN:COUNT, such as idmap=b:0:100000:65536" },
	{ "lxc.mount.entry = /a b none bind,idmap=container", -EINVAL,
	  "config lxc.mount.entry = /a b none bind,idmap=container: the container has no "
	  "lxc.idmap",
	  "add lxc.idmap, or remove idmap=container" },
	{ "lxc.mount.entry = /a b none bind,idmap=b:0:1:2,owner=1:2", -EINVAL,
	  "config lxc.mount.entry = /a b none bind,idmap=b:0:1:2,owner=1:2: idmap= and owner= "
	  "exclude each other",
	  "remove one of the options" },
	{ "lxc.mount.entry = none b tmpfs owner=1:2", -EINVAL,
	  "config lxc.mount.entry = none b tmpfs owner=1:2: idmap= and owner= are for bind "
	  "mounts of the host's files",
	  "add bind, or remove the option" },
	{ "lxc.mount.entry = /a b none bind,owner=root", -EINVAL,
	  "config lxc.mount.entry = /a b none bind,owner=root: owner= is not two numbers",
	  "write owner=HOST:CONTAINER, such as owner=1000:0" },
	{ "lxc.idmap = u 0 100000 10\nlxc.idmap = g 0 100000 10\n"
	  "lxc.mount.entry = /a b none bind,owner=0:10",
	  -EINVAL,
	  "config lxc.mount.entry = /a b none bind,owner=0:10: the id inside is not mapped by "
	  "lxc.idmap",
	  "name one that a line of lxc.idmap has, for users and for groups" },
	{ "lxc.rootfs.path = /r\nlxc.rootfs.options = idmap=container", -EINVAL,
	  "config lxc.rootfs.options = idmap=container: the container has no lxc.idmap",
	  "add lxc.idmap, or remove idmap=container" },
	{ "lxc.rootfs.options = ro,size=1M", -EINVAL,
	  "config lxc.rootfs.options = ro,size=1M: a directory as root file system takes "
	  "generic mount options only",
	  NULL },

	/* keys that do not agree */
	{ "lxc.cgroup.dir = a\nlxc.cgroup.dir.container = b", -EINVAL,
	  "config lxc.cgroup.dir: it cannot be combined with lxc.cgroup.dir.monitor and "
	  "lxc.cgroup.dir.container",
	  NULL },
	{ "lxc.cgroup.dir.monitor = a", -EINVAL,
	  "config lxc.cgroup.dir.monitor: it requires lxc.cgroup.dir.container", NULL },
	{ "lxc.cgroup.dir.container.inner = a", -EINVAL,
	  "config lxc.cgroup.dir.container.inner: it requires lxc.cgroup.dir.container",
	  NULL },

	/* interfaces */
	{ "lxc.net.1.flags = up", -EINVAL,
	  "config lxc.net.1.type: the interface has no type",
	  "set it to veth or empty, or clear the interface: 'lxc.net.1 ='" },
	{ "lxc.net.0.type = macvlan", -EOPNOTSUPP,
	  "config lxc.net.0.type: an interface of that type is" NOT_YET, NULL },
	{ "lxc.net.0.type = veth\nlxc.net.0.mtu = many", -EINVAL,
	  "config lxc.net.0.mtu: it is not a number", NULL },
	{ "lxc.net.0.type = veth\nlxc.net.0.veth.mode = router", -EOPNOTSUPP,
	  "config lxc.net.0.veth.mode: router mode is" NOT_YET, NULL },
	{ "lxc.net.0.type = veth\nlxc.net.0.link = no-such-br", -ENODEV,
	  "network lxc.net.0.link no-such-br: no such bridge",
	  "ip link add no-such-br type bridge && ip link set no-such-br up, or start the "
	  "lxc-net service" },

	/* what this version parses and does not carry out */
	{ "lxc.idmap = u 0 100000 65536", -EINVAL,
	  "config lxc.idmap: 0 lines map group ids",
	  "map both, for example: lxc.idmap = g 0 100000 65536" },
	{ "lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\nlxc.idmap = u 9 5 2",
	  -EINVAL,
	  "config lxc.idmap = u 9 5 2: it maps user ids that an earlier line maps, too",
	  NULL },
	{ "lxc.idmap = u 1 100000 9\nlxc.idmap = g 0 100000 9", -EINVAL,
	  "config lxc.init.uid = 0: lxc.idmap does not map it",
	  "map 0 in lxc.idmap, or set lxc.init.uid to an id that is mapped" },
	{ "lxc.idmap = u 0 1 9\nlxc.idmap = g 0 1 9\nlxc.namespace.keep = user", -EINVAL,
	  "config lxc.namespace.keep: lxc.idmap takes a user namespace of its own",
	  "remove user there, or remove lxc.idmap" },
	{ "lxc.namespace.clone = mnt user", -EINVAL,
	  "config lxc.namespace.clone: a user namespace has no ids without lxc.idmap",
	  "add, for example, lxc.idmap = u 0 100000 65536 and lxc.idmap = g 0 100000 65536" },
	{ "lxc.namespace.share.user = 1", -EOPNOTSUPP,
	  "config lxc.namespace.share.user: it is" NOT_YET, NULL },
	{ "lxc.namespace.share.mnt = 1", -EINVAL,
	  "config lxc.namespace.share.mnt: a container needs a mount namespace of its own",
	  "to share files use lxc.mount.entry; to share everything, run the program with "
	  "lxc-attach" },
	{ "lxc.time.offset.boot = 5s\nlxc.namespace.clone = mnt", -EINVAL,
	  "config lxc.namespace.clone: a time offset requires a time namespace of its own",
	  "add time to it, or remove lxc.time.offset.*" },
	{ "lxc.time.offset.boot = 5s\nlxc.namespace.share.time = 1", -EINVAL,
	  "config lxc.namespace.share.time: a time offset requires a time namespace of its own",
	  "offsets are those of the namespace that is shared: remove one or the other" },
	{ "lxc.log.syslog = daemon", -EOPNOTSUPP, "config lxc.log.syslog: it is" NOT_YET,
	  NULL },
	{ "lxc.rootfs.path = zfs:tank/c1", -EOPNOTSUPP,
	  "config lxc.rootfs.path: storage of that type is" NOT_YET, NULL },
};

static struct conf *load(const char *text)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	_cleanup_free_ char *path = path_of("config");
	_cleanup_buf_ struct buf lines = {};
	struct conf *c = conf_new();

	buf_printf(&lines, "%s\n", text);
	write_file("config", lines.data);
	if (conf_load_file(c, path, &err) < 0)
		fail_msg("%s: %s", text, error_message(err));
	return c;
}

static void test_mistakes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		_cleanup_conf_ struct conf *c = load(mistakes[i].text);
		_cleanup_error_ struct lxc_error *err = NULL;
		_cleanup_plan_record_ struct plan_record record = {};
		const struct start_request request = { .conf = c,
						       .name = "c1",
						       .lxcpath = "/var/lib/lxc" };
		int r = compile_start(&request, &record, &err);

		if (r != mistakes[i].r)
			fail_msg("%s: %d instead of %d, %s", mistakes[i].text, r,
				 mistakes[i].r, err ? error_message(err) : "no error");
		/* the hint of these belongs to tests/integration/errors, unless it is named */
		const char *hint = mistakes[i].hint;
		if (!hint && err && err->hint)
			hint = err->text + err->hint;
		expect_error(err, mistakes[i].message, hint);
		assert_int_equal(err->code, r == -EOPNOTSUPP ? LXC_ERROR_UNSUPPORTED
							     : error_code_of(-r));
		assert_null(record.data);
		/* the same without somebody who asks why */
		assert_int_equal(compile_start(&request, &record, NULL), r);
	}
}

/* An application container has no program of its own. */
static void test_application(void **state)
{
	_cleanup_conf_ struct conf *c = load("");
	_cleanup_error_ struct lxc_error *err = NULL;
	_cleanup_plan_record_ struct plan_record record = {};
	const struct start_request request = {
		.conf = c, .name = "c1", .lxcpath = "/var/lib/lxc", .application = true
	};

	assert_int_equal(compile_start(&request, &record, &err), -EINVAL);
	expect_error(err, "config lxc.execute.cmd: there is no program to execute",
		     "name one on the command line, or set the key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(test_mistakes),
		WITH_FILES(test_application),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
