/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations of an attach: a helper joins the container and makes the process, which then
 * becomes the program.
 *
 *   helper                   in the container's cgroup    the attached process
 *   clone into the cgroup ─▶ close its directory
 *   say its pid, end         join the namespaces
 *                            clone                     ─▶ v1 cgroups, cgroup namespace,
 *                            say its pid, end             confinement, exec
 *
 * All of them are children of the caller (CLONE_PARENT).  The one in the middle is there so
 * that the attached process is born where its parent is: a descriptor of the cgroup's directory
 * would be open in it, too, as soon as the container's root sees it, and lead from there to all
 * cgroups of the host.  The library does not let the helper be born in the cgroup because that
 * one shares its memory up to the exec: frozen by the container's root it would stop the
 * caller, and when memory runs out with memory.oom.group set, take it along.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/op-kinds.h"
#include "util/syscall.h"
#include "util/wait.h"

#define INNER_MAX 999 /* cgroups for attached processes */

/* --- cgroups --- */

void print_cgroup_open(const struct plan *plan, const struct op *op, struct buf *out)
{
	const char *unified =
		plan_text(plan, ((const struct op_cgroup_open *)op)->unified);

	buf_str(out, unified ? unified : "v1 only");
}

/*
 * A cgroup in which other cgroups have controllers takes no process: it then goes into a child
 * of its own, ".lxc" or the first ".lxc-N" that takes one.
 */
static pid_t clone_below(int unified)
{
	char name[16] = ".lxc";
	pid_t pid = -EBUSY;

	for (int i = 1; i <= INNER_MAX && (pid == -EBUSY || pid == -EOPNOTSUPP); i++) {
		if (mkdirat(unified, name, 0755) < 0 && errno != EEXIST)
			return -errno;
		_cleanup_close_ int dir =
			openat(unified, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		pid = dir < 0 ? -errno : clone_into(CLONE_PARENT, dir, 0, NULL);
		(void)snprintf(name, sizeof(name), ".lxc-%d", i);
	}
	return pid;
}

/* Go on as a process in the cgroup: whoever called this ends here. */
static int enter_unified(struct run *run, const char *path, struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_HELPER };
	_cleanup_close_ int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return error_set(err, -errno, "open", "%s", path);
	pid_t pid = clone_into(CLONE_PARENT, dir, 0, NULL);
	if (pid == -EBUSY || pid == -EOPNOTSUPP)
		pid = clone_below(dir);
	/*
	 * A user without rights may move nothing into a cgroup of his from one that is not below
	 * the same delegated one, cgroups(7): it is not a limit of his that is evaded then.
	 */
	if (pid == -EACCES && geteuid() != 0)
		return 0;
	if (pid < 0)
		return error_set(err, pid, "clone", "into %s", path);
	if (pid == 0)
		return 0;
	m.pid = pid;
	(void)sync_send(run->sync, &m, NULL);
	_exit(0);
}

int run_cgroup_open(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_open *o = (const void *)op;
	const char *unified = plan_text(run->plan, o->unified);
	char *paths[RUN_HIERARCHIES_MAX + 1];

	run->n_v1 = plan_strv(run->plan, o->tasks, paths, ARRAY_SIZE(paths));
	for (size_t i = 0; i < run->n_v1; i++) {
		run->tasks[i] = open(paths[i], O_WRONLY | O_CLOEXEC);
		if (run->tasks[i] < 0 && errno != ENOENT)
			return error_set(err, -errno, "open", "%s", paths[i]);
	}
	return unified ? enter_unified(run, unified, err) : 0;
}

/* --- namespaces --- */

void print_join(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	print_namespaces(((const struct op_join *)op)->flags, out);
}

/* The container's root directory, while its init is known to be the process behind pidfd. */
static int open_init_root(int pidfd)
{
	char path[48];
	int pid = wait_pid_of(pidfd);

	if (pid < 0)
		return pid;
	(void)snprintf(path, sizeof(path), "/proc/%d/root", pid);
	_cleanup_close_ int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	int r = sys_pidfd_send_signal(pidfd, 0);
	return r < 0 ? r : steal_fd(root);
}

/*
 * Joining a mount namespace leads to its topmost mount, which is not the container's root when
 * that could not be pivoted to: on an initramfs, or in a chroot.
 */
static int join(int pidfd, int flags)
{
	_cleanup_close_ int root = flags & CLONE_NEWNS ? open_init_root(pidfd) : NO_FD;

	if (flags & CLONE_NEWNS && root < 0)
		return root;
	if (flags && setns(pidfd, flags) < 0)
		return -errno;
	if (root >= 0 && (fchdir(root) < 0 || chroot(".") < 0))
		return -errno;
	return 0;
}

int run_join(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_join *o = (const void *)op;

	/* the container's root may look at us as soon as we are inside */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	int r = o->sched_core ? sched_core_take(run->pidfd) : 0;
	if (r < 0)
		return error_set(err, r, "take", "the core scheduling cookie of init");
	r = join(run->pidfd, o->flags);
	if (r < 0) {
		error_set(err, r, "join", "namespaces of the container");
		if (r == -ESRCH)
			error_hint(err, "the container has ended in the meantime");
	}
	return r;
}

/* --- the process --- */

/* The attached process becomes a child of our parent, the caller. */
int run_clone_attached(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_ATTACHED };
	pid_t pid = clone_into(CLONE_PARENT, NO_FD, 0, NULL);

	(void)op;
	if (pid == 0) {
		run->outlives = true;
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		run_child(run);
	}
	if (pid < 0)
		return error_set(err, pid, "clone", "into the container");
	m.pid = pid;
	int r = sync_send(run->sync, &m, NULL);
	return r < 0 ? error_set(err, r, "attach", "the caller is gone") : 0;
}

/*
 * The v1 cgroups, and only then the cgroup namespace; a cgroup outside of one's namespace may
 * not be entered where the unified hierarchy is mounted with nsdelegate.
 */
int run_enter(struct run *run, const struct op *op, struct lxc_error **err)
{
	int flags = ((const struct op_join *)op)->flags;
	int r = cgroup_enter_tasks(run, err);

	if (r == 0 && flags && setns(run->pidfd, flags) < 0)
		r = error_set(err, -errno, "join", "cgroup namespace of the container");
	return r;
}
