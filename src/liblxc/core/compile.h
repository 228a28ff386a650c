/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a configuration and the facts of this machine to a plan.
 *
 *   compile.c          the order of a start; namespaces, confinement, program
 *   compile-cgroup.c   cgroups and limits
 *   compile-mount.c    the file tree
 *   compile-net.c      interfaces
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
int compile_mounts(struct compile *c);
int compile_host_links(struct compile *c);
int compile_network(struct compile *c);

/* Append what confines a process, from capabilities on: for starts and attaches. */
void compile_confine(struct plan_builder *b, const struct plan_confine *confine,
		     const char *profile, uint32_t uid, bool late_seccomp);

#endif
