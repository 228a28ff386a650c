/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a configuration and the facts of this machine to a plan.
 *
 *   compile.c          the order of a start; namespaces, confinement, program
 *   compile-share.c    namespaces that are shared, clocks
 *   compile-cgroup.c   cgroups and limits
 *   compile-mount.c    the file tree
 *   compile-entry.c    configured mounts
 *   compile-idmap.c    user namespaces: maps, whose files are
 *   compile-limits.c   limits of processes, files of procfs, kernel parameters
 *   compile-net.c      interfaces
 *   compile-hook.c     hooks
 *   compile-supervise.c  seccomp: the filter, and what a supervisor decides
 *   compile-label.c    security modules
 *   compile-attach.c   the order of an attach
 */
#ifndef CORE_COMPILE_H
#define CORE_COMPILE_H

#include "cgroup/layout.h"
#include "conf/conf.h"
#include "core/ops.h"
#include "isolate/lsm.h"
#include "isolate/mapper.h"

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

/* Where operations are inserted behind the others: what is opened before the ids change. */
enum compile_place { PLACE_SOURCE, PLACE_IDMAP, PLACE_CHILD_SOURCE, PLACE_COUNT };

struct compile {
	struct plan_builder b;
	const struct start_request *request;
	const struct conf *conf;
	struct cgroup_host host;
	struct lsm_setup lsm[LSM_COUNT];
	int flags; /* CLONE_NEW*: made for it */
	int inside; /* these, and those that are shared: not the host's */
	uint64_t keep_caps;
	bool own_pts; /* a devpts of its own */
	bool own_console; /* the console is one of its terminals */
	bool has_console;
	bool notifies; /* the filter has a listener */
	bool late_dev; /* /dev is filled behind hooks that see it empty */
	/* user namespaces: compile-idmap.c */
	bool user; /* the container has one */
	struct mapper mapper;
	size_t places[PLACE_COUNT]; /* offsets into b.ops */
	uint32_t n_trees;
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

/* A cgroup by the user's systemd, where nothing else is his. */
int compile_scope(struct compile *c);
int compile_shares(struct compile *c);
int compile_cgroup_names(struct compile *c);
int compile_cgroup_unified(struct compile *c);
int compile_cgroup_v1(struct compile *c);
int compile_cgroup_limits(struct compile *c);
int compile_cgroup_devices(struct compile *c);
int compile_cgroup_mounts(struct compile *c);
/* Checks, and who does what; before the first operation. */
int compile_idmap_begin(struct compile *c);
/* Maps as an operation has them.  0 or -ENOMEM. */
int compile_maps(struct plan_builder *b, const struct idmap *m,
		 const struct mapper *mapper, struct op_maps *ret);
/* Before and behind OP_CLONE. */
void compile_idmap_sources(struct compile *c);
int compile_idmap(struct compile *c);
int compile_cgroup_owner(struct compile *c);
/* Unless they had to be made before the ids were mapped. */
int compile_cgroup_v1_late(struct compile *c);
void compile_confine_ids(const struct compile *c, struct plan_confine *confine);
/* Whether there is such a user or group inside. */
bool compile_has_id(const struct compile *c, bool gid, uint32_t id);
/* Open a path of the host before the ids change: a slot for the operation that mounts it. */
int compile_source(struct compile *c, const char *path, bool recursive,
		   uint32_t *ret_slot);
/* The same for a directory to mount on. */
uint32_t compile_mount_place(struct compile *c, const char *path);

/* Whose files are in a mount: one of idmap and owner is set. */
struct compile_owner {
	const char *where, *text; /* for errors: the key and its value */
	const char *path;
	const char *idmap, *owner; /* values of the options */
};

int compile_owner(struct compile *c, const struct compile_owner *w, uint32_t slot,
		  bool recursive);
void compile_place(struct compile *c, enum compile_place place);
void compile_insert(struct compile *c, enum compile_place place, enum op_number kind,
		    const void *op, size_t size);
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
/* The filter of lxc.seccomp into confine, and later the supervisor that it needs. */
int compile_policy(struct compile *c, struct plan_confine *confine);
void compile_supervise(struct compile *c);

/* What the security modules of this machine make of the configuration; then its operations. */
int compile_security(struct compile *c);
int compile_security_warnings(struct compile *c, char ***warnings);
void compile_profiles(struct compile *c);
void compile_keyring_label(struct compile *c);
void compile_labels(struct compile *c);
void compile_label(struct plan_builder *b, enum lsm_module module, enum lsm_moment moment,
		   const char *label);

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
