/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of configuration keys that are more than a text or a number. */
#ifndef CONF_VALUES_H
#define CONF_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_hook {
	HOOK_PRE_START,
	HOOK_PRE_MOUNT,
	HOOK_MOUNT,
	HOOK_AUTODEV,
	HOOK_START_HOST,
	HOOK_START,
	HOOK_STOP,
	HOOK_POST_STOP,
	HOOK_CLONE,
	HOOK_DESTROY,
	HOOK_COUNT,
};

/* Name and value of lxc.cgroup.FILE, lxc.prlimit.RES, lxc.sysctl.KEY, lxc.proc.KEY. */
struct conf_pair {
	char *name;
	char *value;
};

struct conf_pairs {
	struct conf_pair *list;
	size_t n;
};

enum conf_caps_mode { CAPS_UNSET, CAPS_DROP, CAPS_KEEP };

enum conf_auto_mode { AUTO_NONE, AUTO_MIXED, AUTO_RO, AUTO_RW, AUTO_DEFAULT };

struct conf_mount_auto {
	enum conf_auto_mode proc; /* MIXED, RW */
	enum conf_auto_mode sys; /* MIXED, RO, RW */
	enum conf_auto_mode cgroup; /* MIXED, RO, RW, DEFAULT (by CAP_SYS_ADMIN) */
	bool cgroup_full; /* cgroup-full: the whole hierarchy, v1 */
	bool cgroup_force; /* …:force */
	bool cgroup2; /* the token was cgroup2[:ro]: the unified hierarchy alone */
	char *shmounts_host; /* shmounts:HOST[:CONT] */
	char *shmounts_container;
};

#endif
