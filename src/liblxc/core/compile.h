/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a configuration and the facts of this machine to a plan.
 *
 *   compile.c          the order of a start; namespaces, confinement, program
 *   compile-cgroup.c   cgroups and limits
 *   compile-mount.c    the file tree
 *   compile-entry.c    configured mounts
 *   compile-limits.c   limits of processes, files of procfs, kernel parameters
 *   compile-net.c      interfaces
 *   compile-hook.c     hooks
 *   compile-attach.c   the order of an attach
 */
#ifndef CORE_COMPILE_H
#define CORE_COMPILE_H

#include "cgroup/layout.h"
#include "conf/conf.h"
#include "core/ops.h"

/* What a start was asked for; everything is borrowed. */
struct start_request {
	const struct conf *conf;
	const char *name, *lxcpath;
	char *const *argv; /* NULL: the configured or default one */
	bool application; /* below our own small init */
	bool foreground;
	const char *pidfile; /* absolute, or NULL */
	int log_level;
};

struct compile {
	struct plan_builder b;
	const struct start_request *request;
	const struct conf *conf;
	struct cgroup_host host;
	int flags; /* CLONE_NEW* */
	uint64_t keep_caps;
	bool own_pts; /* a devpts of its own */
	bool own_console; /* the console is one of its terminals */
	bool has_console;
	bool late_dev; /* /dev is filled behind hooks that see it empty */
	struct lxc_error **err;
};

struct plan_record {
	void *data;
	size_t size;
};

void plan_record_done(struct plan_record *r);
#define _cleanup_plan_record_ _cleanup_(plan_record_done)

/* The plan of a start.  0 or -errno. */
int compile_start(const struct start_request *request, struct plan_record *ret,
		  struct lxc_error **err);

/* Print a plan as --explain does: one operation a line. */
int compile_explain(const struct plan_record *record, struct buf *out,
		    struct lxc_error **err);

/*
 * lxc.prlimit and lxc.proc for a process that attaches, as a plan that the caller runs on it;
 * no record when there are none.
 */
int compile_limits(const struct conf *conf, struct plan_record *ret,
		   struct lxc_error **err);

/* --- parts --- */

#define COMPILE_OP(c, kind, ...) \
	plan_add_op(&(c)->b, kind, &(__VA_ARGS__), sizeof(__VA_ARGS__))

int compile_cgroup_names(struct compile *c);
int compile_cgroup_unified(struct compile *c);
int compile_cgroup_v1(struct compile *c);
int compile_cgroup_limits(struct compile *c);
int compile_cgroup_devices(struct compile *c);
int compile_cgroup_mounts(struct compile *c);
int compile_root(struct compile *c);
int compile_dev(struct compile *c);
/* With late_dev: what of it comes first. */
int compile_empty_dev(struct compile *c);
int compile_mounts(struct compile *c);
int compile_entries(struct compile *c);
int compile_shmounts(struct compile *c);
int compile_prlimits(struct compile *c);
int compile_proc_files(struct compile *c);
int compile_sysctls(struct compile *c);
int compile_host_links(struct compile *c);
int compile_network(struct compile *c);

/* The hooks of one type, if there are any. */
bool compile_has_hook(const struct compile *c, enum conf_hook type);
int compile_hooks(struct compile *c, enum conf_hook type);
void compile_hook_check(struct compile *c);
int compile_ephemeral(struct compile *c);
/* The scripts of an interface; peer: its name on the host, or "". */
int compile_net_scripts(struct compile *c, const struct nic *nic, const char *peer);

/*
 * Append what confines a process, from capabilities on: for starts and attaches.  Two calls, the
 * second with late_seccomp behind the change of ids; early: the filter comes before that.
 */
void compile_confine(struct plan_builder *b, const struct plan_confine *confine,
		     const char *profile, bool early, bool late_seccomp);

#endif
