/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data of each kind of operation, as it lies in a plan: see ops.h. */
#ifndef CORE_OP_DATA_H
#define CORE_OP_DATA_H

#include "core/plan.h"

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

struct op_clone {
	struct op op;
	uint32_t flags; /* CLONE_NEW* */
	int32_t pdeath; /* signal, or 0 */
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

/* Child. */

struct op_root {
	struct op op;
	plan_text_t path; /* 0: the host's root */
	plan_text_t mount_point, options;
	uint64_t attr_set, attr_clear;
};

enum dev_part { DEV_ALL, DEV_MOUNT, DEV_NODES };

struct op_dev {
	struct op op;
	uint32_t size;
	uint32_t part; /* enum dev_part */
};

struct op_devpts {
	struct op op;
	plan_text_t data;
	uint32_t link_ptmx;
};

struct op_console {
	struct op op;
	uint32_t own; /* from the container's devpts, not from the host's */
	plan_text_t dir; /* lxc.tty.dir */
	uint32_t mount;
};

struct op_ttys {
	struct op op;
	uint32_t n;
	plan_text_t dir;
};

/* Modes of OP_PROC, OP_SYS and OP_CGROUP_MOUNT. */
enum auto_mode { MODE_RW, MODE_RO, MODE_MIXED };

struct op_auto {
	struct op op;
	uint32_t mode; /* enum auto_mode */
	uint32_t net; /* OP_PROC: leave /proc/sys/net writable */
	plan_text_t controllers; /* OP_CGROUP_MOUNT: v1, "" for cgroup2 */
};

enum op_create { CREATE_NOTHING, CREATE_DIR, CREATE_FILE };

struct op_mount {
	struct op op;
	plan_text_t source, target, type, data;
	uint64_t attr_set, attr_clear, propagation;
	uint8_t bind, recursive, propagation_recursive, optional;
	uint8_t relative; /* the source lies in the container */
	uint8_t create; /* enum op_create */
	uint8_t move, remount;
};

/* Also for OP_HOST_NAME, OP_DIRECTORY. */
struct op_text {
	struct op op;
	plan_text_t text;
	uint32_t option; /* OP_DIRECTORY: 1: make it, 2: fall back to / */
};

struct op_network {
	struct op op;
	struct plan_blob messages;
	struct plan_blob holes; /* struct op_network_hole[] */
};

struct op_network_hole {
	uint32_t index_offset; /* 0: none */
	plan_text_t name, what;
};

struct op_sysctl {
	struct op op;
	plan_text_t key, value;
};

struct op_value {
	struct op op;
	uint64_t value; /* OP_PERSONALITY, OP_CAPABILITIES: the mask to keep */
};

struct op_seccomp {
	struct op op;
	struct plan_blob filter;
	plan_text_t profile;
};

/* Where 0, 1 and 2 go. */
enum stdio_mode {
	STDIO_CONSOLE, /* the console's slave end */
	STDIO_NULL,
	STDIO_KEEP,
	STDIO_TERMINAL, /* stdin is a terminal that becomes the controlling one */
	STDIO_MIXED, /* the console for those of the caller's that are terminals */
};

struct op_stdio {
	struct op op;
	uint32_t mode; /* enum stdio_mode */
	uint32_t session;
};

struct op_ids {
	struct op op;
	uint32_t uid, gid;
	uint32_t set_groups, keep_groups;
	struct plan_blob groups; /* uint32_t[] */
};

struct op_exec {
	struct op op;
	struct plan_blob argv, envp;
	uint64_t keep_caps; /* OP_INIT, OP_CALL: no exec takes the others away */
	uint32_t attached; /* what a failure means */
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
};

#endif
