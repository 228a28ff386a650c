/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data of each kind of operation, as it lies in a plan: see ops.h. */
#ifndef CORE_OP_DATA_H
#define CORE_OP_DATA_H

#include "core/op-data-child.h"
#include "core/plan.h"

/* op.flags of those that bring both sides into step, each time but the first. */
#define OP_LATER 1

/* Monitor. */

struct op_pid_file {
	struct op op;
	plan_text_t path;
};

struct op_cgroup_unified {
	struct op op;
	plan_text_t base; /* directory below which the cgroup is made */
	uint32_t delegate;
};

struct op_cgroup_self {
	struct op op;
	plan_text_t base, name;
};

struct op_clone {
	struct op op;
	uint32_t flags; /* CLONE_NEW* */
	int32_t pdeath; /* signal, or 0 */
	uint32_t dumpable; /* until its ids are mapped: its files in /proc are its user's */
};

/* Maps of ids: texts as of idmap_print(), programs or none. */
struct op_maps {
	plan_text_t uid_map, gid_map;
	plan_text_t newuidmap, newgidmap;
	uint32_t deny_setgroups;
};

struct op_idmap {
	struct op op;
	struct op_maps maps;
};

/* Also for OP_SOURCE_CHILD. */
struct op_source {
	struct op op;
	plan_text_t path;
	uint32_t slot; /* of run->trees */
	uint32_t recursive;
	uint32_t place; /* to mount on, not to copy */
};

struct op_idmap_tree {
	struct op op;
	plan_text_t path; /* for errors */
	uint32_t slot;
	uint32_t recursive;
	plan_text_t file; /* of a user namespace */
	struct op_maps maps; /* of one to make; neither: the container's */
};

struct op_mapped {
	struct op op;
	uint32_t wait; /* the child waits for it */
};

/* Helpers in a user namespace: userns.c. */
struct op_give {
	struct op op;
	plan_text_t path;
	uint32_t uid, gid;
};

struct op_remove {
	struct op op;
	plan_text_t directory, name;
};

struct op_cgroup_owner {
	struct op op;
	uint32_t uid, gid; /* outside */
	uint32_t inside_uid, inside_gid;
	uint32_t by_user; /* in a user namespace of these maps, by the ids inside */
	struct op_maps maps;
};

struct op_share {
	struct op op;
	uint32_t kind; /* enum ns_kind */
	int32_t fd; /* that the library has handed to the monitor */
	plan_text_t value; /* of lxc.namespace.share.KIND */
};

struct op_time {
	struct op op;
	int64_t boot, monotonic; /* seconds */
	uint32_t boot_ns, monotonic_ns;
};

struct op_cgroup_v1 {
	struct op op;
	plan_text_t base;
	uint32_t index;
	uint32_t is_cpuset;
};

struct op_cgroup_set {
	struct op op;
	int32_t index; /* of the v1 hierarchy, -1: unified */
	plan_text_t key; /* for errors */
	plan_text_t file, value;
};

struct op_prlimit {
	struct op op;
	plan_text_t key;
	uint64_t soft, hard;
	uint32_t resource;
};

struct op_proc_file {
	struct op op;
	plan_text_t file, value;
};

struct op_link {
	struct op op;
	struct plan_blob messages;
	uint32_t pid_offset;
	uint32_t keep_name; /* configured: delete it at the end, so that it is free again */
	plan_text_t host_name, bridge, key;
};

struct op_devices {
	struct op op;
	struct plan_blob program;
	struct plan_blob rules; /* struct device_rule[]: what the program was made of */
	uint32_t deny_list, emptied; /* as in struct device_rules */
};

/* AppArmor's policy for one container. */
struct op_profile {
	struct op op;
	plan_text_t name, space; /* a policy namespace, or none */
	struct plan_blob program;
	uint32_t temporary; /* unloaded at the end */
};

enum hook_flags {
	HOOK_ONCE = 1, /* not again when the start is tried with another cgroup */
	HOOK_PID = 2, /* gets LXC_PID */
	HOOK_TARGET = 4, /* gets LXC_TARGET */
	HOOK_NAMESPACES = 8, /* gets LXC_NET_NS and so on */
	HOOK_NAMESPACE_ARGS = 16, /* and the same as arguments */
	HOOK_PRIVATE = 32, /* comes before the mounts of the child are its own */
	HOOK_CHECK_ROOT = 64, /* may have hidden the root file system */
};

/* Also for OP_HOOK_CHILD, OP_HOOK_CHECK. */
struct op_hook {
	struct op op;
	plan_text_t key; /* "lxc.hook.mount" */
	struct plan_blob commands, args, env; /* texts */
	uint32_t moment; /* enum hook_moment */
	uint32_t flags; /* enum hook_flags */
};

/* What the supervisor decides: everything else that a filter notifies of fails. */
struct op_supervise {
	struct op op;
	plan_text_t program;
	plan_text_t proxy, cookie; /* address without "unix:" */
	struct plan_blob devices; /* struct intercept_device[] */
	struct plan_blob types, names; /* texts */
	uint32_t sysinfo;
};

/* Attach. */

struct op_cgroup_open {
	struct op op;
	plan_text_t unified; /* directory, or none */
	struct plan_blob tasks; /* paths of v1 tasks files */
};

struct op_join {
	struct op op;
	uint32_t flags; /* CLONE_NEW*; that of the cgroup namespace in OP_ENTER, others in OP_JOIN */
	uint32_t sched_core; /* OP_JOIN: take the cookie of init */
};

#endif
