/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations on the container's cgroups.  The unified one is made before the child, which is
 * born into it; the v1 ones while the child mounts, which enters them by itself.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup/devices.h"
#include "core/op-kinds.h"
#include "util/file.h"
#include "util/log.h"
#include "util/syscall.h"

static const char *name_of(const struct run *run)
{
	return plan_text(run->plan, run->plan->header->cgroup);
}

/* --- the unified hierarchy --- */

void print_cgroup_unified(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_cgroup_unified *o = (const void *)op;

	buf_printf(out, "%s/%s%s", plan_text(plan, o->base),
		   plan_text(plan, plan->header->cgroup),
		   o->delegate ? ", with every controller" : "");
}

static int taken(struct run *run, const char *base, const char *path,
		 struct lxc_error **err)
{
	run->cgroup_taken = run->plan->header->suffix_allowed;
	error_set(err, -EEXIST, "make", "%s/%s", base, path);
	error_hint(err,
		   "another container uses this cgroup, or one that has ended left it: "
		   "remove it with rmdir");
	return -EEXIST;
}

/* Processes live in the inner cgroup, limits stay on the outer one. */
static int make_inner(struct run *run, const char *base, struct lxc_error **err)
{
	char path[CGROUP_PATH_MAX];

	if (!run->plan->header->inner)
		return 0;
	run_cgroup_path(run, true, path);
	int r = cgroup_delegate(base, path);
	run->unified_leaf = r < 0 ? r : cgroup_make(base, path);
	return run->unified_leaf < 0
		       ? error_set(err, run->unified_leaf, "make", "%s/%s", base, path)
		       : 0;
}

int run_cgroup_unified(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_unified *o = (const void *)op;
	const char *base = plan_text(run->plan, o->base);
	char path[CGROUP_PATH_MAX];

	run_cgroup_path(run, false, path);
	if (o->delegate) {
		int r = cgroup_delegate(base, path);

		/* processes in the base, as in a container whose init stays there: no limits then */
		if (r == -EBUSY)
			log_warn(
				"cgroup %s holds processes, so it has no controllers to hand "
				"down: limits cannot be set",
				base);
		else if (r < 0) {
			error_set(err, r, "delegate controllers", "%s", base);
			error_hint(err,
				   "the cgroup must be empty of processes and writable: "
				   "see cgroups(7), delegation");
			return r;
		}
	}
	int fd = cgroup_make(base, path);
	/* what a monitor left that was killed is not in the way */
	if (fd == -EEXIST && cgroup_is_abandoned(base, path) &&
	    cgroup_remove(base, path, false) == 0)
		fd = cgroup_make(base, path);
	if (fd == -EEXIST)
		return taken(run, base, path, err);
	/* a container whose cgroups cannot be written is one without limits, not a failure */
	if ((fd == -EACCES || fd == -EROFS) && !o->delegate)
		return 0;
	if (fd < 0)
		return error_set(err, fd, "make", "%s/%s", base, path);
	run->unified = fd;
	int r = make_inner(run, base, err);
	if (r < 0)
		undo_cgroup_unified(run, op);
	return r;
}

void undo_cgroup_unified(struct run *run, const struct op *op)
{
	const char *base =
		plan_text(run->plan, ((const struct op_cgroup_unified *)op)->base);
	char path[CGROUP_PATH_MAX];

	close_p(&run->unified);
	close_p(&run->unified_leaf);
	run->unified = run->unified_leaf = NO_FD;
	run_cgroup_path(run, false, path);
	int r = cgroup_remove_owned(run, base, path, true);
	if (r < 0)
		log_warn("cgroup %s/%s stays: %s", base, path, strerror(-r));
}

/* --- the monitor's own, in a scope of the user's systemd --- */

void print_cgroup_self(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_cgroup_self *o = (const void *)op;

	buf_printf(out, "%s/%s, in %s", plan_text(plan, o->base),
		   plan_text(plan, o->name), plan_text(plan, plan->header->scope));
}

/*
 * By writing to cgroup.procs, which waits: systemd has executed us in the scope, and whoever
 * exists already has no other way.  The scope goes with its last process.
 */
int run_cgroup_self(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_self *o = (const void *)op;
	const char *base = plan_text(run->plan, o->base);
	const char *name = plan_text(run->plan, o->name);

	if (run->again || run->retry)
		return 0;
	_cleanup_close_ int dir = cgroup_make(base, name);
	int r = dir < 0 ? dir : cgroup_write(dir, "cgroup.procs", "0");
	if (r == 0)
		return 0;
	error_set(err, r, "enter", "%s/%s", base, name);
	error_hint(err,
		   "the user's systemd should have made %s with Delegate=yes: see "
		   "systemctl --user status",
		   plan_text(run->plan, run->plan->header->scope));
	return r;
}

/* --- the v1 hierarchies --- */

void print_cgroup_v1(const struct plan *plan, const struct op *op, struct buf *out)
{
	buf_printf(out, "%s/%s", plan_text(plan, ((const struct op_cgroup_v1 *)op)->base),
		   plan_text(plan, plan->header->cgroup));
}

static int fill_cpuset(const char *base, const char *path)
{
	_cleanup_close_ int dir = cgroup_open(base, path, "", O_RDONLY | O_DIRECTORY);

	return dir < 0 ? dir : cgroup_fill_cpuset(dir);
}

/* The tasks file that the child enters by. */
static int open_tasks(struct run *run, const struct op_cgroup_v1 *o, const char *base)
{
	char path[CGROUP_PATH_MAX];

	run_cgroup_path(run, false, path);
	int r = o->is_cpuset ? fill_cpuset(base, path) : 0;
	if (r == 0 && run->plan->header->inner) {
		run_cgroup_path(run, true, path);
		r = cgroup_make_only(base, path);
		if (r == 0 && o->is_cpuset)
			r = fill_cpuset(base, path);
	}
	int fd = r < 0 ? r : cgroup_open(base, path, "tasks", O_WRONLY);
	if (fd >= 0)
		run->tasks[o->index] = fd;
	return fd < 0 ? fd : 0;
}

/*
 * A hierarchy that cannot be written is left out.  The name is ours when the unified cgroup of
 * that name is: then what lies here was left behind.
 */
int run_cgroup_v1(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_v1 *o = (const void *)op;
	const char *base = plan_text(run->plan, o->base);
	char path[CGROUP_PATH_MAX];

	if (o->index >= RUN_HIERARCHIES_MAX)
		return error_set(err, -EPROTO, "make", "%s", base);
	run->n_v1 = MAX(run->n_v1, (size_t)o->index + 1);
	run_cgroup_path(run, false, path);
	int r = cgroup_make_only(base, path);
	if (r == -EEXIST && run->unified >= 0 && cgroup_remove(base, path, false) == 0)
		r = cgroup_make_only(base, path);
	if (r == -EEXIST)
		return taken(run, base, path, err);
	if (r == -EACCES || r == -EROFS)
		return 0;
	if (r < 0)
		return error_set(err, r, "make", "%s/%s", base, path);
	run->v1[o->index] = base;
	r = open_tasks(run, o, base);
	if (r == 0)
		return 0;
	error_set(err, r, "prepare", "%s/%s", base, path);
	undo_cgroup_v1(run, op);
	return r;
}

void undo_cgroup_v1(struct run *run, const struct op *op)
{
	const struct op_cgroup_v1 *o = (const void *)op;
	const char *base = plan_text(run->plan, o->base);
	char path[CGROUP_PATH_MAX];

	close_p(&run->tasks[o->index]);
	run->tasks[o->index] = NO_FD;
	run->v1[o->index] = NULL;
	run_cgroup_path(run, false, path);
	int r = cgroup_remove_owned(run, base, path, false);
	if (r < 0)
		log_warn("cgroup %s/%s stays: %s", base, path, strerror(-r));
}

/* --- limits --- */

void print_cgroup_set(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_cgroup_set *o = (const void *)op;

	buf_printf(out, "%s = ", plan_text(plan, o->file));
	buf_printable(out, plan_text(plan, o->value));
}

/* A directory is opened for each value: most hierarchies have none. */
static int set_v1(const struct run *run, unsigned int index, const char *file,
		  const char *value)
{
	const char *base = index < RUN_HIERARCHIES_MAX ? run->v1[index] : NULL;
	char path[CGROUP_PATH_MAX];

	if (!base)
		return -ENOENT;
	run_cgroup_path(run, false, path);
	_cleanup_close_ int dir = cgroup_open(base, path, "", O_RDONLY | O_DIRECTORY);
	return dir < 0 ? dir : cgroup_write(dir, file, value);
}

int run_cgroup_set(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_set *o = (const void *)op;
	const char *file = plan_text(run->plan, o->file);
	const char *value = plan_text(run->plan, o->value);
	int r = o->index >= 0	   ? set_v1(run, o->index, file, value ? value : "")
		: run->unified < 0 ? -ENOENT
				   : cgroup_write(run->unified, file, value ? value : "");

	if (r == 0)
		return 0;
	error_set(err, r, "set", "%s = %s", plan_text(run->plan, o->key),
		  value ? value : "");
	if (r == -ENOENT)
		error_hint(
			err,
			"the cgroup of this container has no file %s: is the controller "
			"enabled on this machine? see lxc-checkconfig",
			file);
	else if (r == -EINVAL || r == -ERANGE)
		error_hint(err, "the kernel does not take this value for %s", file);
	return r;
}

void print_devices(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "program of %zu instructions",
		   ((const struct op_devices *)op)->program.size /
			   sizeof(struct bpf_insn));
}

int run_devices(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct plan_blob program = ((const struct op_devices *)op)->program;
	int fd = devices_attach(run->unified, plan_data(run->plan, program),
				program.size / sizeof(struct bpf_insn), NO_FD);

	if (fd < 0) {
		error_set(err, fd, "attach the device program", "%s", name_of(run));
		error_hint(err, "the kernel needs CONFIG_CGROUP_BPF; without it remove "
				"lxc.cgroup2.devices.* from the configuration");
		return fd;
	}
	run->devices = fd;
	return 0;
}

void undo_devices(struct run *run, const struct op *op)
{
	(void)op;
	close_p(&run->devices);
	run->devices = NO_FD;
}

/* --- child --- */

int cgroup_enter_tasks(struct run *run, struct lxc_error **err)
{
	for (size_t i = 0; i < run->n_v1; i++) {
		if (run->tasks[i] < 0)
			continue;
		if (write(run->tasks[i], "0", 1) < 0)
			return error_set(err, -errno, "enter", "cgroup %s", name_of(run));
	}
	file_close_all(run->tasks, run->n_v1);
	return 0;
}

int run_cgroup_namespace(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_share *shared = run->shared[NS_CGROUP];

	(void)op;
	if (shared && setns(shared->fd, CLONE_NEWCGROUP) < 0)
		return error_set(err, -errno, "join", "lxc.namespace.share.cgroup = %s",
				 plan_text(run->plan, shared->value));
	if (!shared && unshare(CLONE_NEWCGROUP) < 0)
		return error_set(err, -errno, "unshare", "cgroup namespace");
	return 0;
}
