/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the text of a configuration to the plan of a start, as --explain shows it.  What
 * depends on this machine, its cgroups, is left out of the golden texts.
 */
#include "conf-test.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "core/compile-attach.h"
#include "core/compile.h"

#define LXCPATH "/var/lib/lxc"

static struct conf *load(const char *text)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	_cleanup_free_ char *path = path_of("config");
	struct conf *c = conf_new();

	write_file("config", text);
	if (conf_load_file(c, path, &err) < 0)
		fail_msg("%s", error_message(err));
	return c;
}

static int compile(const struct conf *c, struct plan_record *ret, struct lxc_error **err)
{
	const struct start_request request = { .conf = c,
					       .name = "c1",
					       .lxcpath = LXCPATH };

	return compile_start(&request, ret, err);
}

/* Whether a line of an explanation tells about this machine. */
static bool is_local(const char *line)
{
	static const char *const kinds[] = { "cgroup ", "cgroup v1 ", "mount cgroup ",
					     "limit ", "devices " };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i]);

		/* the kind, and then nothing but blanks up to the next column */
		if (!strncmp(line + 10, kinds[i], n) &&
		    strspn(line + 10 + n - 1, " ") >= 18 - n)
			return true;
	}
	return *line == '#';
}

static void expect_explained(const struct plan_record *record, const char *expected)
{
	_cleanup_buf_ struct buf all = {}, filtered = {};

	assert_int_equal(compile_explain(record, &all, NULL), 0);
	_cleanup_strv_ char **lines = strv_split(all.data, "\n");
	for (char **l = lines; *l; l++)
		if (!is_local(*l))
			buf_printf(&filtered, "%s\n", *l);
	assert_string_equal(filtered.data, expected);
}

/* --- starts --- */

static const struct {
	const char *text;
	const char *explained;
} starts[] = {
	{ "lxc.uts.name = \n"
	  "lxc.cap.keep = kill\n",
	  "monitor   clone             namespaces mnt pid uts ipc net cgroup\n"
	  "container root              the host's own\n"
	  "container console           pty of the host on /dev/console\n"
	  "container mount proc        on /proc, rw\n"
	  "container hand over         terminals to the monitor, enter cgroups\n"
	  "monitor   await             the child's mounts and terminals\n"
	  "monitor   release           the child into its cgroups\n"
	  "container session keyring\n"
	  "container cgroup namespace\n"
	  "container stdio             console\n"
	  "container capabilities      0x20\n"
	  "container ids               uid 0, gid 0\n"
	  "container exec              /sbin/init\n"
	  "monitor   started           when the child has executed init\n" },
	{ "lxc.namespace.share.net = c2\n"
	  "lxc.namespace.share.cgroup = 1\n"
	  "lxc.time.offset.boot = -1ms\n"
	  "lxc.sched.core = 1\n"
	  "lxc.cap.keep = kill\n"
	  "lxc.keyring.session = 1\n",
	  "monitor   share             namespace net of c2\n"
	  "monitor   share             namespace cgroup of 1\n"
	  "monitor   time namespace    monotonic 0 s 0 ns, boottime -1 s 999000000 ns\n"
	  "monitor   clone             namespaces mnt pid uts ipc time\n"
	  "container core scheduling\n"
	  "container root              the host's own\n"
	  "container console           pty of the host on /dev/console\n"
	  "container mount proc        on /proc, rw\n"
	  "container hand over         terminals to the monitor, enter cgroups\n"
	  "monitor   await             the child's mounts and terminals\n"
	  "monitor   release           the child into its cgroups\n"
	  "container cgroup namespace\n"
	  "container stdio             console\n"
	  "container capabilities      0x20\n"
	  "container ids               uid 0, gid 0\n"
	  "container exec              /sbin/init\n"
	  "monitor   started           when the child has executed init\n" },
	{ "lxc.rootfs.path = dir:/srv/c1\n"
	  "lxc.rootfs.mount = /mnt\n"
	  "lxc.rootfs.options = ro,nodev\n"
	  "lxc.uts.name = host1\n"
	  "lxc.mount.auto = proc:mixed sys:ro\n"
	  "lxc.mount.entry = /srv/data data none rbind,ro,optional,create=dir 0 0\n"
	  "lxc.mount.entry = tmpfs tmp tmpfs size=1M\n"
	  "lxc.mount.entry = /x /srv/c1/abs/p none bind\n"
	  "lxc.mount.entry = /x " LXCPATH "/c1/rootfs/usual none bind,create=file\n"
	  "lxc.mount.entry = /x /elsewhere none bind\n"
	  "lxc.tty.max = 4\n"
	  "lxc.pty.max = 1024\n"
	  "lxc.net.0.type = empty\n"
	  "lxc.net.0.flags = up\n"
	  "lxc.sysctl.net.ipv4.ip_forward = 1\n"
	  "lxc.prlimit.nofile = 1024:2048\n"
	  "lxc.prlimit.core = 7\n"
	  "lxc.proc.oom_score_adj = 10\n"
	  "lxc.cap.keep = net_admin kill\n"
	  "lxc.init.cmd = /sbin/init --x 'a b'\n"
	  "lxc.init.uid = 1000\n"
	  "lxc.init.gid = 1001\n"
	  "lxc.init.cwd = /root\n"
	  "lxc.no_new_privs = 1\n"
	  "lxc.arch = i686\n",
	  "monitor   clone             namespaces mnt pid uts ipc net cgroup\n"
	  "container root              /srv/c1 on /mnt (ro,nodev)\n"
	  "container dev               tmpfs of 500000 bytes on /dev with null zero full "
	  "random urandom tty\n"
	  "container dev links         fd stdin stdout stderr\n"
	  "container devpts            on /dev/pts, gid=5,mode=0620,"
	  "ptmxmode=0666,max=1028\n"
	  "container console           pty of the container on /dev/console\n"
	  "container ttys              /dev/tty1 to /dev/tty4\n"
	  "container mount proc        on /proc, mixed\n"
	  "container mount sysfs       on /sys, ro\n"
	  "container mount             /srv/data on /data, rbind, read-only, optional\n"
	  "container mount             tmpfs on /tmp, tmpfs, size=1M\n"
	  "container mount             /x on /abs/p, bind\n"
	  "container mount             /x on /usual, bind\n"
	  "container hand over         terminals to the monitor, enter cgroups\n"
	  "monitor   await             the child's mounts and terminals\n"
	  "monitor   prlimit           lxc.prlimit.nofile = 1024:2048\n"
	  "monitor   prlimit           lxc.prlimit.core = 7:7\n"
	  "monitor   proc              oom_score_adj = 10\n"
	  "monitor   release           the child into its cgroups\n"
	  "container host name         host1\n"
	  "container session keyring\n"
	  "container cgroup namespace\n"
	  "container network           lxc.net.0.flags up (loopback)\n"
	  "container boot id\n"
	  "container pivot root\n"
	  "container sysctl            net.ipv4.ip_forward = 1\n"
	  "container stdio             console\n"
	  "container personality       0x8\n"
	  "container capabilities      0x1020\n"
	  "container no new privileges\n"
	  "container directory         /root\n"
	  "container ids               uid 1000, gid 1001\n"
	  "container exec              /sbin/init --x a b\n"
	  "monitor   started           when the child has executed init\n" },
	{ "lxc.rootfs.path = /srv/c1\n"
	  "lxc.autodev = 0\n"
	  "lxc.console.path = none\n"
	  "lxc.tty.max = 0\n"
	  "lxc.pty.max = 0\n"
	  "lxc.keyring.session = 1\n"
	  "lxc.namespace.keep = net ipc uts cgroup\n"
	  "lxc.net.0.type = none\n"
	  "lxc.uts.name = ignored\n"
	  "lxc.cap.keep = none\n"
	  "lxc.mount.entry = a\\040b c\\011d none bind,relative\n",
	  "monitor   clone             namespaces mnt pid\n"
	  "container root              /srv/c1 on " PATH_ROOTFS_MOUNT "\n"
	  "container dev links         fd stdin stdout stderr\n"
	  "container mount             a b on /c\\x09d, bind\n"
	  "container hand over         terminals to the monitor, enter cgroups\n"
	  "monitor   await             the child's mounts and terminals\n"
	  "monitor   release           the child into its cgroups\n"
	  "container boot id\n"
	  "container pivot root\n"
	  "container stdio             /dev/null\n"
	  "container capabilities      0\n"
	  "container ids               uid 0, gid 0\n"
	  "container exec              /sbin/init\n"
	  "monitor   started           when the child has executed init\n" },
	/* every hook at its moment */
	{ "lxc.rootfs.path = /srv/c1\n"
	  "lxc.rootfs.mount = /mnt\n"
	  "lxc.pty.max = 0\n"
	  "lxc.cap.keep = none\n"
	  "lxc.hook.pre-start = /bin/a x\n"
	  "lxc.hook.pre-mount = /bin/b\n"
	  "lxc.hook.mount = /bin/c\n"
	  "lxc.hook.autodev = /bin/d\n"
	  "lxc.hook.start-host = /bin/e\n"
	  "lxc.hook.start = /bin/f\n"
	  "lxc.hook.start = /bin/f2\n"
	  "lxc.hook.stop = /bin/g\n"
	  "lxc.hook.post-stop = /bin/h\n"
	  "lxc.net.0.type = empty\n"
	  "lxc.net.0.script.up = /bin/up\n"
	  "lxc.net.0.script.down = /bin/down\n",
	  "monitor   hook              lxc.hook.pre-start = /bin/a x\n"
	  "monitor   hook              lxc.hook.stop = /bin/g, at the end\n"
	  "monitor   hook              lxc.hook.post-stop = /bin/h, at the end\n"
	  "monitor   clone             namespaces mnt pid uts ipc net cgroup\n"
	  "container hook              lxc.hook.pre-mount = /bin/b\n"
	  "container root              /srv/c1 on /mnt\n"
	  "container dev               tmpfs of 500000 bytes on /dev\n"
	  "monitor   hook              lxc.net.0.script.up = /bin/up\n"
	  "monitor   hook              lxc.net.0.script.down = /bin/down, at the end\n"
	  "container hand over         terminals to the monitor, enter cgroups\n"
	  "monitor   await             the child's mounts and terminals\n"
	  "monitor   release           the child into its cgroups\n"
	  "container session keyring\n"
	  "container cgroup namespace\n"
	  "container hook              lxc.hook.mount = /bin/c\n"
	  "container hook              lxc.hook.autodev = /bin/d\n"
	  "container dev               null zero full random urandom tty\n"
	  "container dev links         fd stdin stdout stderr\n"
	  "container console           pty of the host on /dev/console\n"
	  "container hand over         what is new to the monitor\n"
	  "monitor   await             the child\n"
	  "monitor   release           the child\n"
	  "container check             lxc.hook.start = /bin/f; /bin/f2\n"
	  "container boot id\n"
	  "container pivot root\n"
	  "container stdio             console\n"
	  "container capabilities      0\n"
	  "container hook              lxc.hook.start = /bin/f; /bin/f2\n"
	  "container ids               uid 0, gid 0\n"
	  "container hand over         what is new to the monitor\n"
	  "monitor   await             the child\n"
	  "monitor   keep              namespaces mnt pid uts ipc net cgroup\n"
	  "monitor   hook              lxc.hook.start-host = /bin/e\n"
	  "monitor   release           the child\n"
	  "container exec              /sbin/init\n"
	  "monitor   started           when the child has executed init\n" },
};

static void test_starts(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		_cleanup_conf_ struct conf *c = load(starts[i].text);
		_cleanup_plan_record_ struct plan_record record = {};
		_cleanup_error_ struct lxc_error *err = NULL;

		if (compile(c, &record, &err) < 0)
			fail_msg("%s", error_message(err));
		expect_explained(&record, starts[i].explained);
	}
}

/* Whether the blob of items holds key and value, one behind the other. */
static bool has_item(const struct plan *p, const char *key, const char *value)
{
	const char *data = plan_data(p, p->header->items), *end = data;

	for (end += p->header->items.size; data < end;) {
		const char *its = data + strlen(data) + 1;

		if (!strcmp(data, key))
			return !strcmp(its, value);
		data = its + strlen(its) + 1;
	}
	return false;
}

static void test_header(void **state)
{
	_cleanup_conf_ struct conf *c = load("lxc.uts.name = host1\n"
					     "lxc.signal.stop = SIGTERM\n"
					     "lxc.console.logfile = /tmp/log\n"
					     "lxc.namespace.clone = mnt pid uts\n"
					     "lxc.sysctl.kernel.hostname = x\n"
					     "lxc.net.3.type = empty\n");
	_cleanup_plan_record_ struct plan_record record = {};
	struct plan p;

	assert_int_equal(compile(c, &record, NULL), 0);
	assert_int_equal(plan_open(record.data, record.size, &p, NULL), 0);
	assert_int_equal(p.header->role, PLAN_START);
	assert_string_equal(plan_text(&p, p.header->name), "c1");
	assert_string_equal(plan_text(&p, p.header->lxcpath), LXCPATH);
	assert_string_equal(plan_text(&p, p.header->console_log), "/tmp/log");
	assert_int_equal(p.header->signal_stop, 15);
	assert_int_equal(p.header->clone_flags,
			 CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS);
	assert_true(has_item(&p, "lxc.uts.name", "host1"));
	assert_true(has_item(&p, "lxc.sysctl.kernel.hostname", "x"));
	assert_true(has_item(&p, "lxc.net.3.type", "empty"));
	assert_false(has_item(&p, "lxc.ephemeral", ""));
	const struct plan_confine *confine = plan_data(&p, p.header->masks);
	assert_int_equal(p.header->masks.size, sizeof(*confine));
	assert_int_equal(confine->no_new_privs, 0);
	assert_int_equal(confine->seccomp.size, 0);
}

/* --- attach --- */

static const char attached[] = "monitor   join              namespaces mnt pid net\n"
			       "monitor   clone\n"
			       "container enter             namespaces cgroup\n"
			       "container session keyring\n"
			       "container stdio             the caller's\n"
			       "container directory         /tmp\n"
			       "container personality       0x8\n"
			       "container capabilities      0x20\n"
			       "container ids               uid 5, gid 6\n"
			       "container exec              ls -l\n";

static void test_attach(void **state)
{
	_cleanup_conf_ struct conf *c =
		load("lxc.cap.keep = kill\nlxc.arch = i686\nlxc.no_new_privs = 0\n");
	_cleanup_plan_record_ struct plan_record start = {}, record = {};
	struct attach_target target = { .namespaces = CLONE_NEWNS | CLONE_NEWPID |
						      CLONE_NEWNET | CLONE_NEWCGROUP };
	char *const argv[] = { (char *)"ls", (char *)"-l", NULL };
	char directory_text[] = "/tmp";
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	const struct plan_record no_limits = {};
	const struct attach_request request = {
		.name = "c1",
		.lxcpath = LXCPATH,
		.argv = argv,
		.limits = &no_limits,
		.options = &options,
	};

	options.initial_cwd = directory_text;
	options.uid = 5;
	options.gid = 6;
	assert_int_equal(compile(c, &start, NULL), 0);
	assert_int_equal(plan_open(start.data, start.size, &target.plan, NULL), 0);
	assert_int_equal(compile_attach(&request, &target, &record, NULL), 0);
	expect_explained(&record, attached);
}

/* --- damage --- */

/* A kind that this version does not know is refused, as run_forward() does. */
static int explain_unknown(const struct plan_record *record, uint16_t kind)
{
	_cleanup_buf_ struct buf out = {};
	struct plan p;

	(void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler is for the parent */
	if (plan_open(record->data, record->size, &p, NULL) < 0)
		return 1;
	((struct op *)plan_next(&p, NULL))->kind = kind;
	return compile_explain(record, &out, NULL) == -EPROTO ? 0 : 2;
}

static void test_unknown_kind(void **state)
{
	const uint16_t kinds[] = { OP_NONE, OP_COUNT, OP_COUNT + 1, 0xffff };
	_cleanup_conf_ struct conf *c = load("");
	_cleanup_plan_record_ struct plan_record record = {};

	assert_int_equal(compile(c, &record, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		pid_t pid = fork();
		int status = 0;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(explain_unknown(&record, kinds[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(test_starts),
		WITH_FILES(test_header),
		WITH_FILES(test_attach),
		WITH_FILES(test_unknown_kind),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
