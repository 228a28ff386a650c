/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of keys, and what walks it.  The first row that matches a key is its row; the
 * order is also that of the lists and of the documentation.
 */
#include "conf/keys.h"

#include <string.h>

#include "conf/net-keys.h"

#define TEXT_PREFIX "lxc."

/* clang-format off */
#define KEY(name_, type_, member, ...) \
	{ .name = name_, .type = &conf_type_##type_, \
	  .offset = offsetof(struct conf, member), __VA_ARGS__ }

const struct conf_key conf_keys[] = {
	KEY("lxc.arch", arch, personality, .example = "x86_64",
	    .help = "architecture that the container sees: x86_64, i686, arm64 …"),
	KEY("lxc.apparmor.profile", string, apparmor_profile, .example = "generated",
	    .help = "AppArmor profile; generated, unchanged or unconfined"),
	KEY("lxc.apparmor.allow_incomplete", bool, apparmor_allow_incomplete, .example = "1",
	    .help = "1: start although the kernel cannot mediate mounts"),
	KEY("lxc.apparmor.allow_nesting", bool, apparmor_allow_nesting, .example = "1",
	    .help = "1: the generated profile permits containers inside"),
	KEY("lxc.apparmor.raw", list, apparmor_raw, .example = "mount,",
	    .help = "a line to add to the generated profile"),
	KEY("lxc.autodev.tmpfs.size", tmpfs_size, autodev_size, .example = "1000000",
	    .fallback = "500000", .initial = "0", .help = "size of /dev in bytes"),
	KEY("lxc.autodev", bool, autodev, .example = "0", .fallback = "1", .empty = "0",
	    .help = "1: /dev is a new tmpfs with the usual devices"),
	KEY("lxc.cap.drop", caps, caps, .example = "sys_module sys_time", .max = CAPS_DROP,
	    .help = "capabilities to take away"),
	KEY("lxc.cap.keep", caps, caps, .example = "chown kill", .max = CAPS_KEEP,
	    .help = "the only capabilities to leave; none: nothing at all"),
	KEY("lxc.cgroup2", pairs_line, cgroup2, .prefix = true, .example = "512M",
	    .example_rest = "memory.max",
	    .help = "value for a file of the container's cgroup, unified hierarchy"),
	KEY("lxc.cgroup.dir.monitor.pivot", cgroup_dir, cgroup_dir_pivot, .example = "pivot",
	    .help = "cgroup that the monitor moves to at the end"),
	KEY("lxc.cgroup.dir.monitor", cgroup_dir, cgroup_dir_monitor, .example = "monitors/c1",
	    .help = "exact cgroup of the monitor"),
	KEY("lxc.cgroup.dir.container.inner", cgroup_inner, cgroup_dir_inner, .example = "ns",
	    .help = "child of the container's cgroup that its processes live in"),
	KEY("lxc.cgroup.dir.container", cgroup_dir, cgroup_dir_container, .example = "payload/c1",
	    .help = "exact cgroup of the container"),
	KEY("lxc.cgroup.dir", cgroup_dir, cgroup_dir, .example = "tenants/a",
	    .help = "cgroup below which the container's cgroups are made"),
	KEY("lxc.cgroup.relative", bool, cgroup_relative, .example = "1",
	    .help = "1: make cgroups below the caller's own"),
	KEY("lxc.cgroup", pairs_line, cgroup1, .prefix = true, .example = "512M",
	    .example_rest = "memory.limit_in_bytes",
	    .help = "value for a file of the container's cgroup, version 1 hierarchies"),
	KEY("lxc.console.buffer.size", size, console_buffer_size, .example = "auto",
	    .help = "size of the console's buffer in memory"),
	KEY("lxc.console.logfile", path, console_logfile, .example = "/var/log/c1-console.log",
	    .help = "file that receives what the container writes to its console"),
	KEY("lxc.console.path", path, console_path, .example = "none",
	    .help = "device or file that the console is connected to; none: no console"),
	KEY("lxc.console.rotate", bool, console_rotate, .example = "1",
	    .help = "1: rotate the console's log file when it is full"),
	KEY("lxc.console.size", size, console_size, .example = "64KB",
	    .help = "largest size of the console's log file"),
	KEY("lxc.sched.core", bool, sched_core, .example = "1",
	    .help = "1: no other container runs on the same core at the same time"),
	KEY("lxc.environment.runtime", environment, environment_runtime, .example = "LANG=C",
	    .help = "NAME=VALUE for init and attached processes only"),
	KEY("lxc.environment.hooks", environment, environment_hooks, .example = "DEBUG=1",
	    .help = "NAME=VALUE for hooks in the container only"),
	KEY("lxc.environment", environment, environment, .example = "TERM=xterm",
	    .help = "NAME=VALUE for hooks, init and attached processes"),
	KEY("lxc.ephemeral", bool, ephemeral, .example = "1",
	    .help = "1: destroy the container when it stops"),
	KEY("lxc.execute.cmd", string, execute_cmd, .example = "/bin/app --serve",
	    .help = "command of an application container"),
	KEY("lxc.group", words, groups, .example = "onboot web",
	    .help = "groups for lxc-autostart and lxc-ls"),
	KEY("lxc.hook.autodev", list, hooks[HOOK_AUTODEV], .example = "/opt/autodev.sh",
	    .help = "command in the container's namespaces when /dev is mounted"),
	KEY("lxc.hook.clone", list, hooks[HOOK_CLONE], .example = "/opt/clone.sh",
	    .help = "command when the container has been copied"),
	KEY("lxc.hook.destroy", list, hooks[HOOK_DESTROY], .example = "/opt/destroy.sh",
	    .help = "command before the container is destroyed"),
	KEY("lxc.hook.mount", list, hooks[HOOK_MOUNT], .example = "/opt/mount.sh",
	    .help = "command in the container's namespaces when mounts are done"),
	KEY("lxc.hook.post-stop", list, hooks[HOOK_POST_STOP], .example = "/opt/post-stop.sh",
	    .help = "command on the host when the container has stopped"),
	KEY("lxc.hook.pre-mount", list, hooks[HOOK_PRE_MOUNT], .example = "/opt/pre-mount.sh",
	    .help = "command in the container's namespaces before mounts"),
	KEY("lxc.hook.pre-start", list, hooks[HOOK_PRE_START], .example = "/opt/pre-start.sh",
	    .help = "command on the host before anything else"),
	KEY("lxc.hook.start", list, hooks[HOOK_START], .example = "/opt/start.sh",
	    .help = "command inside the container, right before init"),
	KEY("lxc.hook.start-host", list, hooks[HOOK_START_HOST], .example = "/opt/start-host.sh",
	    .help = "command on the host, right before init"),
	KEY("lxc.hook.stop", list, hooks[HOOK_STOP], .example = "/opt/stop.sh",
	    .help = "command on the host when init has ended"),
	KEY("lxc.hook.version", uint, hook_version, .example = "1", .max = 1,
	    .help = "how hooks get their arguments: 0 as words, 1 in the environment"),
	KEY("lxc.hook", hooks, hooks, .below = &conf_type_list,
	    .help = "only the empty value: clears the hooks of every kind"),
	KEY("lxc.idmap", idmap, idmap, .example = "u 0 100000 65536",
	    .help = "u or g, first id inside, first id on the host, how many; or auto"),
	KEY("lxc.include", include, includes,
	    .help = "a file, or a directory of *.conf files, to read at this place"),
	KEY("lxc.init.cmd", string, init_cmd, .example = "/sbin/init --log",
	    .help = "command to start instead of /sbin/init"),
	KEY("lxc.init.gid", uint, init_gid, .example = "1000", .max = UINT32_MAX - 1,
	    .help = "group that init runs as"),
	KEY("lxc.init.groups", groups, init_groups, .example = "4,24",
	    .help = "supplementary groups of init, with commas between"),
	KEY("lxc.init.uid", uint, init_uid, .example = "1000", .max = UINT32_MAX - 1,
	    .help = "user that init runs as"),
	KEY("lxc.init.cwd", path, init_cwd, .example = "/srv",
	    .help = "working directory of init"),
	KEY("lxc.keyring.session", bool, keyring_session, .example = "1",
	    .help = "1: do not make a new session keyring"),
	KEY("lxc.log.file", path, log_file, .example = "/var/log/lxc/c1.log",
	    .help = "file for log records"),
	KEY("lxc.log.level", log_level, log_level, .example = "DEBUG",
	    .help = "least important records to log: trace to fatal, or 0 to 8"),
	KEY("lxc.log.syslog", syslog, log_syslog, .example = "daemon",
	    .help = "log to syslog with that facility: daemon, local0 to local7"),
	KEY("lxc.monitor.unshare", bool, monitor_unshare, .example = "1",
	    .help = "1: the monitor gets a mount namespace of its own"),
	KEY("lxc.monitor.signal.pdeath", signal, signal_pdeath, .example = "SIGTERM",
	    .initial = "SIGKILL", .help = "signal that init gets when the monitor dies"),
	KEY("lxc.mount.auto", mount_auto, mount_auto, .example = "proc:mixed sys:ro cgroup:mixed",
	    .help = "the kernel's file systems to mount: proc, sys, cgroup …"),
	KEY("lxc.mount.entry", list, mount_entries, .example = "/srv srv none bind,create=dir 0 0",
	    .help = "a mount as a line of fstab(5)"),
	KEY("lxc.mount.fstab", path_required, mount_fstab, .example = "/etc/lxc/c1.fstab",
	    .help = "file of mounts in the form of fstab(5)"),
	KEY("lxc.namespace.clone", namespaces, ns_clone, .example = "mnt pid",
	    .help = "the only namespaces to make"),
	KEY("lxc.namespace.keep", namespaces, ns_keep, .example = "net ipc",
	    .help = "namespaces not to make"),
	KEY("lxc.namespace.share.", share, ns_share, .prefix = true, .example = "c2",
	    .example_rest = "net", .help = "container, process or file whose namespace to join"),
	KEY("lxc.time.offset.boot", time, time_boot_s, .example = "-3h",
	    .help = "offset of the clock since boot"),
	KEY("lxc.time.offset.monotonic", time, time_monotonic_s, .example = "20ms",
	    .help = "offset of the monotonic clock"),
	KEY("lxc.net.", net, nics, .prefix = true, .example = "veth", .example_rest = "0.type",
	    .help = "network interface number N: lxc.net.N.KEY"),
	KEY("lxc.net", nets, nics, .below = &conf_type_net,
	    .help = "only the empty value: clears all interfaces"),
	KEY("lxc.no_new_privs", bool, no_new_privs, .example = "1",
	    .help = "1: no process can gain privileges by exec"),
	KEY("lxc.prlimit", prlimit, prlimits, .prefix = true, .example = "1024:2048",
	    .example_rest = "nofile", .help = "limit of prlimit(2): SOFT:HARD or one for both"),
	KEY("lxc.pty.max", uint, pty_max, .example = "1024",
	    .help = "largest number of pseudo terminals"),
	KEY("lxc.rootfs.managed", bool, rootfs_managed, .example = "0", .fallback = "1",
	    .help = "0: destroying the container leaves its root alone"),
	KEY("lxc.rootfs.mount", path, rootfs_mount, .example = "/var/lib/lxc/rootfs",
	    .fallback = PATH_ROOTFS_MOUNT, .help = "directory that the root is mounted on"),
	KEY("lxc.rootfs.options", rootfs_options, rootfs_options, .example = "ro,nosuid",
	    .help = "mount options of the root"),
	KEY("lxc.rootfs.path", rootfs, rootfs_path, .example = "dir:/srv/c1/rootfs",
	    .help = "root of the container: [TYPE:]PATH"),
	KEY("lxc.seccomp.allow_nesting", bool, seccomp_allow_nesting, .example = "1",
	    .help = "1: load the policy even if the caller is confined by one"),
	KEY("lxc.seccomp.intercept.mknod", devices, intercept_devices, .example = "c 1:3, c 1:5",
	    .help = "devices that may be made without the right to: c or b MAJOR:MINOR"),
	KEY("lxc.seccomp.intercept.mount", types, intercept_types, .example = "ext4 xfs",
	    .help = "file systems that may be mounted without the right to"),
	KEY("lxc.seccomp.intercept.setxattr", attributes, intercept_names,
	    .example = "trusted.overlay.*",
	    .help = "attributes that may be set without the right to"),
	KEY("lxc.seccomp.intercept.sysinfo", bool, intercept_sysinfo, .example = "1",
	    .help = "1: sysinfo(2) tells the container's limits"),
	KEY("lxc.seccomp.notify.cookie", string, seccomp_cookie, .example = "c1",
	    .help = "text that the proxy gets with every request"),
	KEY("lxc.seccomp.notify.proxy", proxy, seccomp_proxy, .example = "unix:/run/proxy",
	    .help = "socket of the program that decides: unix:PATH"),
	KEY("lxc.seccomp.profile", path, seccomp_profile, .example = "/etc/lxc/c1.seccomp",
	    .help = "file with the policy for system calls"),
	KEY("lxc.selinux.context.keyring", string, selinux_context_keyring,
	    .example = "system_u:system_r:lxc_t:s0", .help = "SELinux context of the keyring"),
	KEY("lxc.selinux.context", string, selinux_context,
	    .example = "system_u:system_r:lxc_t:s0:c62,c86", .help = "SELinux context of init"),
	KEY("lxc.signal.halt", signal, signal_halt, .example = "SIGRTMIN+3",
	    .help = "signal that asks init to shut down"),
	KEY("lxc.signal.reboot", signal, signal_reboot, .example = "SIGTERM",
	    .help = "signal that asks init to reboot"),
	KEY("lxc.signal.stop", signal, signal_stop, .example = "SIGKILL",
	    .help = "signal that stops the container"),
	KEY("lxc.start.auto", bool, start_auto, .example = "1",
	    .help = "1: lxc-autostart starts the container"),
	KEY("lxc.start.delay", uint, start_delay, .example = "5",
	    .help = "seconds to wait before the next container is started"),
	KEY("lxc.start.order", int, start_order, .example = "-10",
	    .help = "place among the containers that are started"),
	KEY("lxc.tty.dir", string, tty_dir, .example = "lxc", .max = 255,
	    .help = "directory below /dev for the container's terminals"),
	KEY("lxc.tty.max", uint, tty_max, .example = "4",
	    .help = "number of terminals"),
	KEY("lxc.uts.name", string, uts_name, .example = "web", .max = 64,
	    .help = "host name"),
	KEY("lxc.sysctl", pairs_once, sysctls, .prefix = true, .example = "1",
	    .example_rest = "net.ipv4.ip_forward", .help = "value for a file below /proc/sys"),
	KEY("lxc.proc", pairs, procs, .prefix = true, .example = "10",
	    .example_rest = "oom_score_adj", .help = "value for a file below /proc/PID of init"),
};
/* clang-format on */

const size_t conf_n_keys = ARRAY_SIZE(conf_keys);

/* --- finding a row --- */

/* What is behind the row's name in key, or NULL when key is not of that row. */
static const char *match(const struct conf_key *row, const char *key)
{
	size_t n = strlen(row->name);

	if (strncmp(key, row->name, n))
		return NULL;
	if (!key[n])
		return row->name[n - 1] == '.' ? NULL : key + n;
	if (!row->prefix)
		return NULL;
	if (row->name[n - 1] == '.')
		return key + n;
	return key[n] == '.' ? key + n + 1 : NULL;
}

int conf_find(const char *key, struct conf_item *ret_item)
{
	for (size_t i = 0; i < conf_n_keys; i++) {
		const char *rest = match(&conf_keys[i], key);

		if (!rest)
			continue;
		*ret_item = (struct conf_item){ &conf_keys[i], key, rest, NULL };
		return 0;
	}
	return -ENOENT;
}

bool conf_is_supported(const char *key)
{
	struct conf_item it;

	if (conf_find(key, &it) < 0)
		return false;
	return it.key->type != &conf_type_net || net_is_key(key);
}

/* --- values --- */

static int clear_item(struct conf *c, const struct conf_item *it, struct lxc_error **err)
{
	int r = it->key->type->clear(c, it);

	if (r == -ENOMEM)
		return conf_no_memory(it, err);
	if (r == -ENOENT)
		return conf_unknown_key(it->name, err);
	if (r < 0)
		return conf_fault(it, err, "there is nothing that could be cleared");
	if (it->key->fallback)
		r = it->key->type->parse(c, it, it->key->fallback, err);
	return r;
}

int conf_assign(struct conf *c, const char *key, const char *value,
		struct conf_reader *reader, struct lxc_error **err)
{
	struct conf_item it;

	if (conf_find(key, &it) < 0)
		return conf_unknown_key(key, err);
	it.reader = reader;
	if (!*value && it.key->empty)
		value = it.key->empty;
	if (!*value && !it.key->type->takes_empty)
		return clear_item(c, &it, err);
	int r = it.key->type->parse(c, &it, value, err);
	if (r == -EINVAL && it.key->example)
		error_hint(err, "for example: %s = %s", it.name, it.key->example);
	return r;
}

/* The value of a new configuration. */
static int init_item(struct conf *c, const struct conf_key *key)
{
	struct conf_item it = { key, key->name, "", NULL };
	int r = clear_item(c, &it, NULL);

	if (r == 0 && key->initial)
		r = key->type->parse(c, &it, key->initial, NULL);
	return r;
}

struct conf *conf_new(void)
{
	_cleanup_(conf_freep) struct conf *c = calloc(1, sizeof(*c));

	for (size_t i = 0; c && i < conf_n_keys; i++) {
		/* interfaces are cleared by lxc.net */
		if (conf_keys[i].type == &conf_type_net)
			continue;
		if (init_item(c, &conf_keys[i]) < 0)
			return NULL;
	}
	return steal_ptr(c);
}

struct conf *conf_free(struct conf *c)
{
	if (!c)
		return NULL;
	for (size_t i = 0; i < conf_n_keys; i++) {
		const struct conf_item it = { &conf_keys[i], conf_keys[i].name, "",
					      NULL };

		(void)it.key->type->clear(c, &it);
	}
	free(c->first_file);
	buf_done(&c->text);
	free(c);
	return NULL;
}

/* --- the text --- */

/* Whether a line for line_key goes when the item is cleared. */
static bool covers(const struct conf_item *it, const char *line_key)
{
	size_t n = strlen(it->name);
	struct conf_item line;
	bool whole = !*it->rest;

	if (!strcmp(line_key, it->name))
		return true;
	if (strncmp(line_key, it->name, n) || line_key[n] != '.' ||
	    conf_find(line_key, &line) < 0)
		return false;
	if (it->key->type == &conf_type_net)
		whole = !strchr(it->rest, '.');
	if (it->key->prefix)
		return line.key == it->key && whole;
	return it->key->below && line.key->type == it->key->below;
}

static bool line_goes(const char *line, const struct conf_item *it)
{
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t=\n");
	if (strncmp(line, TEXT_PREFIX, strlen(TEXT_PREFIX)))
		return false;

	_cleanup_free_ char *key = strndup(line, n);

	return key && covers(it, key);
}

static void remove_lines(struct buf *text, const struct conf_item *it)
{
	char *to = text->data, *end = text->data ? text->data + text->size : NULL;
	size_t n;

	for (char *line = to; line < end; line += n) {
		const char *newline = memchr(line, '\n', end - line);

		n = (newline ? newline + 1 : end) - line;
		if (line_goes(line, it))
			continue;
		memmove(to, line, n);
		to += n;
	}
	if (end) {
		text->size = to - text->data;
		*to = '\0';
	}
}

/* Quoted where a reader would take something away from the value. */
static void record(struct buf *text, const char *key, const char *value)
{
	size_t n = strlen(value);
	bool blanks = strchr(" \t\r\v\f", value[0]) || strchr(" \t\r\v\f", value[n - 1]);
	bool quotes = n > 1 && value[0] == value[n - 1] && strchr("'\"", value[0]);
	const char *quote = blanks || quotes ? "\"" : "";

	buf_printf(text, "%s = %s%s%s\n", key, quote, value, quote);
}

int conf_set(struct conf *c, const char *key, const char *value, struct lxc_error **err)
{
	_cleanup_free_ char *own = strdup(value);
	struct conf_item it = { NULL, key, "", NULL };
	int r;

	if (!own)
		return conf_no_memory(&it, err);
	if (strchr(value, '\n'))
		return conf_fault(&it, err, "a value cannot hold a line break");
	conf_fill_hwaddr(key, own);
	r = conf_assign(c, key, own, NULL, err);
	if (r < 0)
		return r;
	if (*own)
		record(&c->text, key, own);
	else if (conf_find(key, &it) == 0)
		remove_lines(&c->text, &it);
	return buf_status(&c->text) < 0 ? conf_no_memory(&it, err) : 0;
}

int conf_clear(struct conf *c, const char *key, struct lxc_error **err)
{
	struct conf_item it;
	int r;

	if (conf_find(key, &it) < 0)
		return conf_unknown_key(key, err);
	r = clear_item(c, &it, err);
	if (r == 0)
		remove_lines(&c->text, &it);
	return r;
}

int conf_get(const struct conf *c, const char *key, struct buf *out)
{
	struct conf_item it;

	if (conf_find(key, &it) < 0 || !it.key->type->print)
		return -EINVAL;
	return it.key->type->print(c, &it, out);
}
