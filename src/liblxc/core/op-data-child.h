/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data of the operations that the container's first process runs: see op-data.h. */
#ifndef CORE_OP_DATA_CHILD_H
#define CORE_OP_DATA_CHILD_H

#include "core/plan.h"

/* Child. */

struct op_root {
	struct op op;
	plan_text_t path; /* 0: the host's root */
	plan_text_t mount_point, options;
	uint64_t attr_set, attr_clear;
	uint32_t slot, place_slot; /* where they have been opened already, or 0 */
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
};

struct op_cgroup_mount {
	struct op op;
	uint32_t mode; /* enum auto_mode */
	plan_text_t controllers; /* none for cgroup2 */
	plan_text_t name; /* of the directory in /sys/fs/cgroup; none: on that itself */
	plan_text_t mount,
		base; /* bind: the host's hierarchy, and where ours begin in it */
	uint32_t bind; /* there is no cgroup namespace */
	uint32_t full; /* the whole hierarchy */
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
	uint8_t slave; /* also when the others are shared, inside */
	uint8_t user; /* in a user namespace */
	uint32_t slot; /* of run->trees, where the source has been opened already, or 0 */
	struct plan_blob dirs; /* to make in the container's directory on the host */
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

struct op_label {
	struct op op;
	plan_text_t label;
	uint32_t module, moment; /* enum lsm_module, lsm_moment */
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
	plan_text_t path; /* of the program, where argv[0] does not tell */
	struct plan_blob argv, envp;
	uint64_t keep_caps; /* OP_INIT, OP_CALL: no exec takes the others away */
	uint32_t attached; /* what a failure means */
};

#endif
