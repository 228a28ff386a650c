/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations on what the container's first process is born into: namespaces of others, and a time
 * namespace with clocks of its own.
 *
 * A process that joins them would have to be trusted with finding back, and the way out of a user
 * namespace is closed: so the monitor stays where it is, and a copy of it joins, makes the
 * process as its own sibling (CLONE_PARENT) and ends.  The offsets of a time namespace can be set
 * only until a process enters it; who makes one is not in it, its next child is.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "core/op-kinds.h"
#include "util/file.h"
#include "util/syscall.h"
#include "util/wait.h"

#define TIME_OFFSETS "/proc/self/timens_offsets"

#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_CREATE 1
#define PR_SCHED_CORE_SHARE_FROM 3
#endif
/* enum pid_type of the kernel, which <linux/prctl.h> names later than the call */
enum { SCHED_CORE_THREAD, SCHED_CORE_PROCESS };

void print_share(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_share *o = (const void *)op;

	buf_printf(out, "namespace %s of ",
		   o->kind < NS_COUNT ? ns_names[o->kind].name : "?");
	buf_printable(out, plan_text(plan, o->value));
}

int run_share(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_share *o = (const void *)op;

	if (o->kind >= NS_COUNT)
		return error_set(err, -EPROTO, "share", "namespace %u", o->kind);
	run->shared[o->kind] = o;
	return 0;
}

void print_time(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_time *o = (const void *)op;

	(void)plan;
	buf_printf(out, "monotonic %" PRId64 " s %u ns, boottime %" PRId64 " s %u ns",
		   o->monotonic, o->monotonic_ns, o->boot, o->boot_ns);
}

int run_time(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)err;
	run->time = (const void *)op;
	return 0;
}

/* --- the copy of the monitor --- */

/* That of cgroups comes later: nothing outside of it could be entered any more. */
static int join_shared(const struct run *run, struct lxc_error **err)
{
	for (int i = 0; i < NS_COUNT; i++) {
		const struct op_share *o = run->shared[i];

		if (!o || i == NS_CGROUP || setns(o->fd, ns_names[i].flag) == 0)
			continue;
		int r = error_set(err, -errno, "join", "lxc.namespace.share.%s = %s",
				  ns_names[i].name, plan_text(run->plan, o->value));
		if (r == -EPERM)
			error_hint(err,
				   "it belongs to another user namespace: only root may "
				   "share it");
		return r;
	}
	return 0;
}

static int set_clocks(const struct op_time *o, struct lxc_error **err)
{
	char text[96];

	if (unshare(ns_names[NS_TIME].flag) < 0) {
		int r = error_set(err, -errno, "make", "time namespace");
		if (r == -EINVAL) {
			error_detail(err, "this kernel has none");
			error_hint(err, "remove lxc.time.offset.*, or use a kernel with "
					"CONFIG_TIME_NS");
		} else if (r == -EPERM) {
			error_hint(err,
				   "only root may set a container's clocks: use sudo, or "
				   "remove lxc.time.offset.*");
		}
		return r;
	}
	(void)snprintf(text, sizeof(text),
		       "monotonic %" PRId64 " %u\nboottime %" PRId64 " %u\n",
		       o->monotonic, o->monotonic_ns, o->boot, o->boot_ns);
	int r = file_write(AT_FDCWD, TIME_OFFSETS, text);
	if (r < 0) {
		error_set(err, r, "set", "lxc.time.offset.*");
		if (r == -ERANGE)
			error_hint(err,
				   "a clock would stand before 0 or beyond 146 years: "
				   "this machine's are in /proc/uptime");
		else if (r == -ENOENT)
			error_hint(err,
				   "they are set by " TIME_OFFSETS ": is /proc mounted?");
	}
	return r;
}

/* Make the process, and tell its number to the monitor at run->sync. */
static __attribute__((noreturn)) void help(struct run *run, const struct op_clone *o,
					   int sync)
{
	struct process_birth birth = { .sync = sync, .by_helper = true };
	struct sync_message m = { .type = SYNC_ATTACHED, .n_fds = 1 };
	struct lxc_error *err = NULL;
	int pidfd = NO_FD, r = join_shared(run, &err);

	if (r == 0 && run->time)
		r = set_clocks(run->time, &err);
	if (r == 0)
		r = m.pid = process_clone(run, o, &birth, &pidfd, &err);
	if (r < 0 && err)
		sync_send_error(run->sync, err);
	else
		(void)sync_send(run->sync, &m, &pidfd);
	_exit(0);
}

/* --- the monitor --- */

bool share_is_wanted(const struct run *run)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (run->shared[i])
			return true;
	return run->time;
}

/* What the copy says: the process id, with its pidfd. */
static int await_helper(int sync, int *ret_pidfd, struct lxc_error **err)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX], r = wait_fd(sync, POLLIN, NULL);

	if (r < 0)
		return error_set(err, r, "await", "a copy of the monitor");
	r = sync_receive(sync, &m, fds, err);
	if (r < 0)
		return r;
	if (r == 0 || m.type != SYNC_ATTACHED || m.n_fds != 1 || m.pid <= 0)
		return error_set(err, -ECHILD, "await", "a copy of the monitor");
	*ret_pidfd = fds[0];
	return m.pid;
}

int share_clone(struct run *run, const struct op_clone *o, int sync, int *ret_pidfd,
		struct lxc_error **err)
{
	/* a sibling is born with the exit signal of the one who makes it */
	struct clone_args args = { .exit_signal = SIGCHLD };
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "clone", "socket pair");
	pid_t helper = sys_clone3(&args);
	if (helper == 0) {
		close_p(&ends[0]);
		close_p(&run->sync);
		run->sync = ends[1];
		help(run, o, sync);
	}
	close_p(&ends[1]);
	if (helper < 0)
		r = error_set(err, helper, "clone", "a copy of the monitor");
	else
		r = await_helper(ends[0], ret_pidfd, err);
	close_p(&ends[0]);
	if (helper > 0)
		(void)wait_child(helper, NO_FD, NULL);
	return r;
}

/* --- core scheduling --- */

int sched_core_take(int pidfd)
{
	int pid = wait_pid_of(pidfd);

	if (pid < 0)
		return pid;
	return prctl(PR_SCHED_CORE, PR_SCHED_CORE_SHARE_FROM, pid, SCHED_CORE_THREAD, 0) <
			       0
		       ? -errno
		       : 0;
}

int run_sched_core(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)run;
	(void)op;
	if (prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, SCHED_CORE_PROCESS, 0) == 0)
		return 0;
	int r = error_set(err, -errno, "set", "lxc.sched.core = 1");
	if (r == -EINVAL) {
		error_detail(err, "this kernel has no core scheduling");
		error_hint(err, "remove the key, or use a kernel with CONFIG_SCHED_CORE");
	} else if (r == -ENODEV) {
		error_detail(err, "no core of this machine runs two threads at a time");
		error_hint(err,
			   "remove the key: there is no sibling thread to keep away");
	}
	return r;
}
