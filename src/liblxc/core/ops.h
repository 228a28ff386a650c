/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of operation and their data.  Numbers and layouts belong to PLAN_VERSION: a change
 * raises it.  A feature is its kinds, in op-<subject>.c, and the line of compile.c that
 * appends them.
 */
#ifndef CORE_OPS_H
#define CORE_OPS_H

#include "core/run.h"

enum op_side { OP_MONITOR, OP_CHILD };

struct op_kind {
	const char *name; /* in errors and in --explain */
	enum op_side side;
	void (*print)(const struct plan *plan, const struct op *op, struct buf *out);
	int (*run)(struct run *run, const struct op *op, struct lxc_error **err);
	void (*undo)(struct run *run, const struct op *op); /* or NULL; cannot fail */
};

enum op_number {
	OP_NONE,
	/* monitor */
	OP_PID_FILE,
	OP_CGROUP_UNIFIED,
	OP_CLONE,
	OP_CGROUP_V1,
	OP_CGROUP_SET,
	OP_PRLIMIT,
	OP_PROC_FILE,
	OP_LINK,
	OP_PREPARED,
	OP_DEVICES,
	OP_RELEASE,
	OP_STARTED,
	/* child */
	OP_ROOT,
	OP_DEV,
	OP_DEV_LINKS,
	OP_DEVPTS,
	OP_CONSOLE,
	OP_TTYS,
	OP_PROC,
	OP_SYS,
	OP_MOUNT,
	OP_HAND_OVER,
	OP_HOST_NAME,
	OP_KEYRING,
	OP_CGROUP_NAMESPACE,
	OP_CGROUP_MOUNT,
	OP_PIVOT,
	OP_BOOT_ID,
	OP_NETWORK,
	OP_SYSCTL,
	OP_PERSONALITY,
	OP_CAPABILITIES,
	OP_NO_NEW_PRIVS,
	OP_SECCOMP,
	OP_STDIO,
	OP_DIRECTORY,
	OP_IDS,
	OP_EXEC,
	/* attach */
	OP_CGROUP_OPEN,
	OP_JOIN,
	OP_CLONE_ATTACHED,
	OP_ENTER,
	OP_SHELL,
	OP_COUNT,
};

extern const struct op_kind op_kinds[OP_COUNT];

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

/* Child. */

struct op_root {
	struct op op;
	plan_text_t path; /* 0: the host's root */
	plan_text_t mount_point, options;
	uint64_t attr_set, attr_clear;
};

struct op_dev {
	struct op op;
	uint32_t size;
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
	uint32_t attached; /* exit status 126 or 127 tells the failure, too */
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
