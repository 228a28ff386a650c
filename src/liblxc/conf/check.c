/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a start requires of the configuration as a whole.  The first table says what this
 * version parses but does not carry out yet: taking such a line without a word would run
 * a container that is not the one that was asked for.
 */
#include "conf/keys.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "util/file.h"
#include "util/parse.h"

/* nic.veth_vlan */
#define NIC_VLAN_UNSET (-1)

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static int fault(struct lxc_error **err, const char *key, const char *detail)
{
	(void)error_set(err, -EINVAL, "config", "%s", key);
	error_detail(err, "%s", detail);
	return -EINVAL;
}

static int unsupported(struct lxc_error **err, const char *key, const char *what)
{
	(void)error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "config", "%s",
			     key);
	error_detail(err, "%s not supported yet in this version", what);
	return -EOPNOTSUPP;
}

/* --- what is not carried out yet --- */

static bool has_storage_type(const struct conf *c)
{
	return c->rootfs_type && strcmp(c->rootfs_type, "dir");
}

/* Without a predicate: when the key is set at all. */
static const struct {
	const char *key;
	bool (*applies)(const struct conf *c);
	const char *what;
} not_yet[] = {
	{ "lxc.namespace.share.user" },
	{ "lxc.log.syslog" },
	{ "lxc.rootfs.path", has_storage_type, "storage of that type is" },
};

/* All of these print nothing, 0 or 0ns when they are not set. */
static bool is_set(const struct conf *c, const char *key)
{
	_cleanup_buf_ struct buf value = {};

	return conf_get(c, key, &value) == 0 && value.size && strcmp(value.data, "0") &&
	       strcmp(value.data, "0ns");
}

static int check_supported(const struct conf *c, struct lxc_error **err)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_yet); i++) {
		bool (*applies)(const struct conf *) = not_yet[i].applies;

		if (applies ? applies(c) : is_set(c, not_yet[i].key))
			return unsupported(err, not_yet[i].key,
					   not_yet[i].what ? not_yet[i].what : "it is");
	}
	return 0;
}

/* --- interfaces --- */

static bool is_type_supported(const struct nic *nic)
{
	return nic->type == NIC_VETH || nic->type == NIC_EMPTY || nic->type == NIC_NONE;
}

/* Each prints nothing or 0 when it is not set, or not a key of the interface's type. */
static const char *const nic_not_yet[] = {
	"l2proxy",
	"veth.ipv4.route",
	"veth.ipv6.route",
	"veth.vlan.tagged.id",
};

static int check_nic_supported(const struct conf *c, const struct nic *nic,
			       struct lxc_error **err)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "lxc.net.%u.type", nic->index);
	if (!is_type_supported(nic))
		return unsupported(err, key, "an interface of that type is");
	(void)snprintf(key, sizeof(key), "lxc.net.%u.veth.mode", nic->index);
	if (nic->veth_router)
		return unsupported(err, key, "router mode is");
	(void)snprintf(key, sizeof(key), "lxc.net.%u.veth.vlan.id", nic->index);
	if (nic->veth_vlan != NIC_VLAN_UNSET)
		return unsupported(err, key, "it is");
	for (size_t i = 0; i < ARRAY_SIZE(nic_not_yet); i++) {
		(void)snprintf(key, sizeof(key), "lxc.net.%u.%s", nic->index,
			       nic_not_yet[i]);
		if (is_set(c, key))
			return unsupported(err, key, "it is");
	}
	return 0;
}

static int bad_mtu(const struct nic *nic, const char *key, struct lxc_error **err)
{
	(void)fault(err, key, "it is not a number");
	error_hint(err, "for example: %s = 1500", key);
	return -EINVAL;
}

static int check_nic(const struct conf *c, const struct nic *nic, struct lxc_error **err)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "lxc.net.%u.type", nic->index);
	if (nic->type == NIC_UNSET) {
		(void)fault(err, key, "the interface has no type");
		error_hint(err,
			   "set it to veth or empty, or clear the interface: "
			   "'lxc.net.%u ='",
			   nic->index);
		return -EINVAL;
	}
	(void)snprintf(key, sizeof(key), "lxc.net.%u.mtu", nic->index);
	if (nic->mtu && nic->mtu[strspn(nic->mtu, "0123456789")])
		return bad_mtu(nic, key, err);
	return check_nic_supported(c, nic, err);
}

/* --- keys that have to agree --- */

static int check_cgroup_dirs(const struct conf *c, struct lxc_error **err)
{
	if (c->cgroup_dir && (c->cgroup_dir_monitor || c->cgroup_dir_container))
		return fault(err, "lxc.cgroup.dir",
			     "it cannot be combined with lxc.cgroup.dir.monitor and "
			     "lxc.cgroup.dir.container");
	if (c->cgroup_dir_monitor && !c->cgroup_dir_container)
		return fault(err, "lxc.cgroup.dir.monitor",
			     "it requires lxc.cgroup.dir.container");
	if (c->cgroup_dir_inner && !c->cgroup_dir_container)
		return fault(err, "lxc.cgroup.dir.container.inner",
			     "it requires lxc.cgroup.dir.container");
	return 0;
}

bool conf_has_time_offset(const struct conf *c)
{
	return c->time_boot_s || c->time_boot_ns || c->time_monotonic_s ||
	       c->time_monotonic_ns;
}

static int check_time(const struct conf *c, struct lxc_error **err)
{
	static const char detail[] = "a time offset requires a time namespace of its own";
	int r = 0;

	if (!conf_has_time_offset(c))
		return 0;
	if (c->ns_keep & CLONE_NEWTIME) {
		r = fault(err, "lxc.namespace.keep", detail);
		error_hint(err, "take time out of it, or remove lxc.time.offset.*");
	} else if (c->ns_clone && !(c->ns_clone & CLONE_NEWTIME)) {
		r = fault(err, "lxc.namespace.clone", detail);
		error_hint(err, "add time to it, or remove lxc.time.offset.*");
	} else if (c->ns_share[NS_TIME]) {
		r = fault(err, "lxc.namespace.share.time", detail);
		error_hint(err,
			   "offsets are those of the namespace that is shared: remove "
			   "one or the other");
	}
	return r;
}

/* The root file system would be put together in there, under the eyes of its processes. */
static int check_shares(const struct conf *c, struct lxc_error **err)
{
	if (!c->ns_share[NS_MNT])
		return 0;
	(void)fault(err, "lxc.namespace.share.mnt",
		    "a container needs a mount namespace of its own");
	error_hint(err,
		   "to share files use lxc.mount.entry; to share everything, run the "
		   "program with lxc-attach");
	return -EINVAL;
}

static int check_limits(const struct conf *c, struct lxc_error **err)
{
	static const char *const names[] = {
		"as",	   "core",     "cpu",	     "data",   "fsize", "locks",
		"memlock", "msgqueue", "nice",	     "nofile", "nproc", "rss",
		"rtprio",  "rttime",   "sigpending", "stack",
	};

	for (size_t i = 0; i < c->prlimits.n; i++) {
		const char *name = c->prlimits.list[i].name;
		uint64_t number = 0;
		bool known = parse_decimal(name, ARRAY_SIZE(names) - 1, &number) == 0;

		for (size_t j = 0; j < ARRAY_SIZE(names) && !known; j++)
			known = !strcmp(name, names[j]);
		if (known)
			continue;
		(void)error_set(err, -EINVAL, "config", "lxc.prlimit.%s", name);
		error_detail(err, "there is no limit of that name");
		error_hint(err,
			   "use as, core, cpu, data, fsize, locks, memlock, msgqueue, "
			   "nice, nofile, nproc, rss, rtprio, rttime, sigpending or "
			   "stack");
		return -EINVAL;
	}
	return 0;
}

/* --- files that are written --- */

/* Whether the file can be written, or made: it is not touched before the start itself. */
static int check_output(const char *key, const char *path, struct lxc_error **err)
{
	_cleanup_free_ char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (access(path, W_OK) == 0)
		return 0;
	int r = -errno;
	if (slash)
		slash[slash == dir] = '\0';
	if (r == -ENOENT && access(slash ? dir : ".", W_OK) == 0)
		return 0;
	(void)error_set(err, r, "config", "%s = %s", key, path);
	error_hint(err, "name a file in a directory that can be written");
	return r;
}

static int check_outputs(const struct conf *c, struct lxc_error **err)
{
	const struct {
		const char *key, *path;
	} files[] = {
		{ "lxc.log.file", c->log_file },
		{ "lxc.console.logfile", c->console_logfile },
		{ "lxc.console.path", c->console_path },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files) && r == 0; i++)
		if (files[i].path && strcmp(files[i].path, "none"))
			r = check_output(files[i].key, files[i].path, err);
	return r;
}

/* A range for each start would leave files behind that are whose? */
static int check_ids(const struct conf *c, struct lxc_error **err)
{
	if (!c->idmap_auto)
		return 0;
	(void)fault(err, "lxc.idmap",
		    "ids for 'auto' are chosen when lxc-create makes the "
		    "container, and it did not make this one");
	error_hint(err,
		   "make it with lxc-create -f FILE, or name free ids: lxc.idmap = u 0 "
		   "1000000 65536 and lxc.idmap = g 0 1000000 65536");
	return -EINVAL;
}

int conf_check_start(const struct conf *c, struct lxc_error **err)
{
	static int (*const checks[])(const struct conf *, struct lxc_error **) = {
		check_time,   check_shares,  check_supported, check_cgroup_dirs,
		check_limits, check_outputs, check_ids,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks) && r == 0; i++)
		r = checks[i](c, err);
	for (const struct nic *nic = c->nics; nic && r == 0; nic = nic->next)
		r = check_nic(c, nic, err);
	return r;
}

/* --- what is skipped --- */

static int skipped(char ***warnings, const char *key, const char *name,
		   const char *reason)
{
	_cleanup_buf_ struct buf line = {};

	buf_printf(&line, "%s%s is skipped: %s", key, name, reason);
	if (buf_status(&line) == 0 && strv_has(*warnings, line.data))
		return 0;
	return strv_push(warnings, buf_steal(&line));
}

static int skipped_pairs(char ***warnings, const char *key, const struct conf_pairs *p,
			 const char *reason)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++)
		r = skipped(warnings, key, p->list[i].name, reason);
	return r;
}

int conf_warnings(const struct conf *c, bool has_v1, bool has_v2_pure,
		  char ***ret_warnings)
{
	_cleanup_strv_ char **warnings = calloc(1, sizeof(char *));
	int r = warnings ? 0 : -ENOMEM;

	if (r == 0 && !has_v1)
		r = skipped_pairs(&warnings, "lxc.cgroup.", &c->cgroup1,
				  "this machine has no version 1 cgroups");
	if (r == 0 && !has_v2_pure)
		r = skipped_pairs(&warnings, "lxc.cgroup2.", &c->cgroup2,
				  "this machine has version 1 cgroups, too");
	if (r == 0)
		*ret_warnings = steal_ptr(warnings);
	return r;
}
