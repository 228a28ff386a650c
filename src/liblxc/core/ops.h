/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of operation; their data is in op-data.h.  Numbers and layouts belong to PLAN_VERSION: a change
 * raises it.  A feature is its kinds, in op-<subject>.c, and the line of compile.c that
 * appends them.
 */
#ifndef CORE_OPS_H
#define CORE_OPS_H

#include "core/op-data.h"
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
	OP_INIT,
	OP_CALL,
	OP_AWAIT,
	OP_REMOUNT,
	/* hooks */
	OP_UNSHARE,
	OP_HOOK,
	OP_NAMESPACES,
	OP_HOOK_CHILD,
	OP_HOOK_CHECK,
	/* user namespaces */
	OP_SOURCE,
	OP_SOURCE_CHILD,
	OP_IDMAP,
	OP_IDMAP_TREE,
	OP_MAPPED,
	OP_CONTAINER_ROOT,
	OP_CGROUP_OWNER,
	OP_CLONE_USER,
	OP_GIVE,
	OP_REMOVE,
	OP_DONE,
	OP_CGROUP_SELF,
	/* what the child is born into or with */
	OP_SHARE,
	OP_TIME,
	OP_SCHED_CORE,
	/* seccomp */
	OP_SUPERVISE,
	/* security modules */
	OP_PROFILE,
	OP_LABEL,
	OP_COUNT,
};

extern const struct op_kind op_kinds[OP_COUNT];

#endif
