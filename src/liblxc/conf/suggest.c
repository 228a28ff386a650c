/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to say about a key that does not exist, and the lists of keys that do. */
#include "conf/keys.h"

#include <string.h>

#include "conf/net-keys.h"
#include "util/parse.h"

#define NEAREST_DISTANCE 3

/* Keys that LXC 2.1 renamed; a name ending in '.' stands for all below it. */
/* clang-format off */
static const struct {
	const char *before, *now;
} renamed[] = {
	{ "lxc.rootfs", "lxc.rootfs.path" },
	{ "lxc.rootfs.backend", "lxc.rootfs.path = TYPE:PATH" },
	{ "lxc.id_map", "lxc.idmap" },
	{ "lxc.pts", "lxc.pty.max" },
	{ "lxc.tty", "lxc.tty.max" },
	{ "lxc.devttydir", "lxc.tty.dir" },
	{ "lxc.aa_profile", "lxc.apparmor.profile" },
	{ "lxc.aa_allow_incomplete", "lxc.apparmor.allow_incomplete" },
	{ "lxc.se_context", "lxc.selinux.context" },
	{ "lxc.mount", "lxc.mount.fstab" },
	{ "lxc.utsname", "lxc.uts.name" },
	{ "lxc.seccomp", "lxc.seccomp.profile" },
	{ "lxc.console", "lxc.console.path" },
	{ "lxc.haltsignal", "lxc.signal.halt" },
	{ "lxc.rebootsignal", "lxc.signal.reboot" },
	{ "lxc.stopsignal", "lxc.signal.stop" },
	{ "lxc.syslog", "lxc.log.syslog" },
	{ "lxc.loglevel", "lxc.log.level" },
	{ "lxc.logfile", "lxc.log.file" },
	{ "lxc.init_cmd", "lxc.init.cmd" },
	{ "lxc.init_uid", "lxc.init.uid" },
	{ "lxc.init_gid", "lxc.init.gid" },
	{ "lxc.limit", "lxc.prlimit" },
	{ "lxc.limit.", "lxc.prlimit.RESOURCE" },
	{ "lxc.network", "lxc.net" },
	{ "lxc.network.ipv4", "lxc.net.N.ipv4.address" },
	{ "lxc.network.ipv6", "lxc.net.N.ipv6.address" },
	{ "lxc.network.", "lxc.net.N.…" },
	{ "lxc.pivotdir", NULL },
	{ "lxc.kmsg", NULL },
};

/* What is listed below a key, in the historical order and spelling. */
static const struct {
	const char *key, *below;
} lists[] = {
	{ "lxc.apparmor", "allow_incomplete\nallow_nesting\nprofile\nraw\n" },
	{ "lxc.cgroup", "dir\n" },
	{ "lxc.selinux", "context\ncontext.keyring\n" },
	{ "lxc.mount", "auto\nentry\nfstab\n" },
	{ "lxc.rootfs", "mount\noptions\npath\n" },
	{ "lxc.uts", "name\n" },
	{ "lxc.hook", "autodev\nautodevtmpfssize\nclone\ndestroy\nmount\npost-stop\n"
		      "pre-mount\npre-start\nstart-host\nstart\nstop\n" },
	{ "lxc.cap", "drop\nkeep\n" },
	{ "lxc.console", "logfile\npath\n" },
	{ "lxc.environment", "runtime\nhooks\n" },
	{ "lxc.seccomp", "profile\n" },
	{ "lxc.signal", "halt\nreboot\nstop\n" },
	{ "lxc.start", "auto\ndelay\norder\n" },
	{ "lxc.monitor", "unshare\n" },
	{ "lxc.keyring", "session\n" },
};
/* clang-format on */

static bool is_renamed(const char *before, const char *key)
{
	size_t n = strlen(before);

	return before[n - 1] == '.' ? !strncmp(key, before, n) : !strcmp(key, before);
}

const char *conf_nearest_key(const char *key)
{
	size_t least = NEAREST_DISTANCE + 1;
	const char *best = NULL;

	for (size_t i = 0; i < conf_n_keys; i++) {
		size_t distance =
			parse_distance(key, conf_keys[i].name, NEAREST_DISTANCE);

		if (distance < least) {
			least = distance;
			best = conf_keys[i].name;
		}
	}
	return best;
}

static void hint_nearest(const char *key, struct lxc_error **err)
{
	const char *sub = NULL;
	const struct net_key *net = net_nearest(key, &sub);
	const char *nearest = net ? NULL : conf_nearest_key(key);

	if (net)
		error_hint(err, "did you mean %.*s%s?", (int)(sub - key), key, net->name);
	else if (nearest)
		error_hint(err, "did you mean %s?", nearest);
	else
		error_hint(err, "lxc.container.conf(5) has all keys");
}

int conf_unknown_key(const char *key, struct lxc_error **err)
{
	_cleanup_buf_ struct buf shown = {};

	buf_printable(&shown, key);
	(void)error_set_code(err, -ENOENT, LXC_ERROR_INVALID, "config", "%s",
			     shown.data ? shown.data : "");
	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++) {
		if (!is_renamed(renamed[i].before, key))
			continue;
		error_detail(err, "a key of LXC before 2.1");
		if (renamed[i].now)
			error_hint(err, "now %s; lxc-update-config converts the file",
				   renamed[i].now);
		else
			error_hint(err, "it has no successor; lxc-update-config "
					"removes it");
		return -ENOENT;
	}
	error_detail(err, "unknown key");
	hint_nearest(key, err);
	return -ENOENT;
}

int conf_list_keys(const struct conf *c, const char *key, struct buf *out)
{
	for (size_t i = 0; !key && i < conf_n_keys; i++) {
		const char *name = conf_keys[i].name;

		if (name[strlen(name) - 1] != '.')
			buf_printf(out, "%s\n", name);
	}
	if (!key)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (strcmp(lists[i].key, key))
			continue;
		buf_str(out, lists[i].below);
		return 0;
	}
	return net_list_keys(c, key, out);
}
