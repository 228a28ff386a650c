/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations that make the container's first process, bring it and the monitor into step, and
 * execute the program.
 *
 *   monitor                          child
 *   clone                      ──▶   root, dev, mounts…
 *   v1 cgroups, limits, links
 *   await prepared             ◀──   hand over: descriptors of its terminals
 *   devices
 *   release: v1 tasks files    ──▶   enter cgroups, network, confinement
 *   await end of file          ◀──   exec closes the socket; or an error record
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "core/op-kinds.h"
#include "util/file.h"
#include "util/syscall.h"

/* --- monitor --- */

void print_pid_file(const struct plan *plan, const struct op *op, struct buf *out)
{
	buf_printable(out, plan_text(plan, ((const struct op_pid_file *)op)->path));
}

int run_pid_file(struct run *run, const struct op *op, struct lxc_error **err)
{
	const char *path = plan_text(run->plan, ((const struct op_pid_file *)op)->path);
	char text[16];
	_cleanup_close_ int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	(void)snprintf(text, sizeof(text), "%d", getpid());
	int r = fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
	if (r < 0 && fd >= 0)
		(void)unlink(path);
	return r < 0 ? error_set(err, r, "write", "%s", path) : 0;
}

void undo_pid_file(struct run *run, const struct op *op)
{
	(void)unlink(plan_text(run->plan, ((const struct op_pid_file *)op)->path));
}

void print_namespaces(uint32_t flags, struct buf *out)
{
	buf_str(out, "namespaces");
	for (int i = 0; i < NS_COUNT; i++)
		if (flags & ns_names[i].flag)
			buf_printf(out, " %s", ns_names[i].name);
}

void print_clone(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	print_namespaces(((const struct op_clone *)op)->flags, out);
}

static void become_child(struct run *run, const struct process_birth *birth,
			 const struct op_clone *o)
{
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	close_p(&run->sync);
	run->sync = birth->sync;
	run_set_pdeath(run, SIGKILL);
	/* the monitor is not either; a helper joined namespaces, which may have changed that */
	if (birth->by_helper && !o->dumpable)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	run->pdeath = o->pdeath;
	run_child(run);
}

pid_t clone_into(uint64_t flags, int cgroup, int exit_signal, int *pidfd)
{
	struct clone_args args = { .flags = flags, .exit_signal = exit_signal };

	if (pidfd) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uintptr_t)pidfd;
	}
	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = cgroup;
	}
	return sys_clone3(&args);
}

static int clone_failed(const struct run *run, uint64_t flags, int r,
			struct lxc_error **err)
{
	error_set(err, r, "clone", "new namespaces");
	if (r == -ENOMEM && run->shared[NS_PID]) {
		error_detail(err, "the process namespace to share has ended");
		error_hint(err, "start that container again, and then this one");
	} else if (r == -EPERM) {
		error_hint(err,
			   flags & CLONE_NEWUSER
				   ? "this machine lets only root make user namespaces: "
				     "see /proc/sys/kernel/unprivileged_userns_clone"
				   : "only root may start a container without a user "
				     "namespace: use sudo, or set lxc.idmap");
	} else if (r == -ENOSPC || r == -EUSERS) {
		error_hint(err,
			   "too many namespaces: see /proc/sys/user/max_*_namespaces");
	}
	return r;
}

int process_clone(struct run *run, const struct op_clone *o,
		  const struct process_birth *birth, int *ret_pidfd,
		  struct lxc_error **err)
{
	int leaf = run->unified_leaf >= 0 ? run->unified_leaf : run->unified;
	uint64_t flags = o->flags & ~CLONE_NEWCGROUP;

	if (birth->by_helper)
		flags |= CLONE_PARENT;
	if (run->time) /* it is there already */
		flags &= ~(uint64_t)ns_names[NS_TIME].flag;
	/* it is born as we are */
	if (o->dumpable)
		(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid_t pid = clone_into(flags, leaf, birth->by_helper ? 0 : SIGCHLD, ret_pidfd);
	if (pid == 0)
		become_child(run, birth, o);
	if (o->dumpable)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return pid < 0 ? clone_failed(run, flags, pid, err) : pid;
}

int run_clone(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_clone *o = (const void *)op;
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "clone", "socket pair");
	run->sync = ends[0];
	struct process_birth birth = { .sync = ends[1] };
	pid_t pid = share_is_wanted(run)
			    ? share_clone(run, o, ends[1], &run->pidfd, err)
			    : process_clone(run, o, &birth, &run->pidfd, err);
	close_p(&ends[1]);
	if (pid < 0) {
		close_p(&run->sync);
		run->sync = NO_FD;
		return pid;
	}
	run->pid = run->init_pid = pid;
	return 0;
}

void undo_clone(struct run *run, const struct op *op)
{
	(void)op;
	/* it has ended: run_backward() begins with that */
	close_p(&run->pidfd);
	close_p(&run->sync);
	run->pidfd = run->sync = NO_FD;
}

/* The next message of the child: 1, 0 at end of file. */
static int receive(struct run *run, struct sync_message *m, int *fds,
		   struct lxc_error **err)
{
	int r = run->wait(run, run->sync);

	return r < 0 ? error_set(err, r, "await", "the container's first process")
		     : sync_receive(run->sync, m, fds, err);
}

/* The child ended without a word: only a signal does that. */
static int child_lost(struct run *run, struct lxc_error **err)
{
	error_set(err, run->stopping ? -ECANCELED : -ECHILD, "await",
		  "the container's first process");
	error_detail(err, run->stopping
				  ? "stopped on request"
				  : "it was killed while it prepared the container");
	return run->stopping ? -ECANCELED : -ECHILD;
}

void print_prepared(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_str(out,
		op->flags & OP_LATER ? "the child" : "the child's mounts and terminals");
}

int run_prepared(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX];

	(void)op;
	for (;;) {
		int r = receive(run, &m, fds, err);

		if (r <= 0)
			return r < 0 ? r : child_lost(run, err);
		for (uint32_t i = 0; i < m.n_fds; i++)
			run->take_fd(run, m.roles[i], fds[i]);
		if (m.type == SYNC_PREPARED)
			return 0;
		if (m.type != SYNC_FDS)
			return error_set(err, -EPROTO, "await", "unexpected message");
	}
}

void print_release(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_str(out, op->flags & OP_LATER ? "the child" : "the child into its cgroups");
}

int run_release(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_RELEASE };
	int fds[RUN_HIERARCHIES_MAX];

	(void)op;
	for (size_t i = 0; i < run->n_v1; i++)
		if (run->tasks[i] >= 0)
			fds[m.n_fds++] = run->tasks[i];
	int r = sync_send(run->sync, &m, fds);
	if (r < 0) {
		/* gone already: what it said last is more useful than EPIPE */
		struct sync_message last;
		int ignored[SYNC_FDS_MAX];

		int said = sync_receive(run->sync, &last, ignored, err);
		return said < 0 ? said : child_lost(run, err);
	}
	file_close_all(run->tasks, run->n_v1);
	return 0;
}

void print_started(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	(void)op;
	buf_str(out, "when the child has executed init");
}

int run_started(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX];

	(void)op;
	run->status = 0;
	int r;
	while ((r = receive(run, &m, fds, err)) > 0) {
		for (uint32_t i = 0; i < m.n_fds; i++)
			run->take_fd(run, m.roles[i], fds[i]);
		if (m.type == SYNC_NOT_EXECUTED)
			run->status = m.value;
		else if (m.type != SYNC_FDS)
			return error_set(err, -EPROTO, "await", "unexpected message");
	}
	if (r < 0)
		return r;
	close_p(&run->sync);
	run->sync = NO_FD;
	return run->stopping ? child_lost(run, err) : 0;
}

/* --- child --- */

void print_hand_over(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_str(out, op->flags & OP_LATER ? "what is new to the monitor"
					  : "terminals to the monitor, enter cgroups");
}

int run_hand_over(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX];

	int r = run_send_fds(run, SYNC_PREPARED);

	if (r < 0)
		return error_set(err, r, "hand over", "to the monitor");
	r = sync_receive(run->sync, &m, fds, err);
	if (r < 0)
		return r;
	if (r == 0 || m.type != SYNC_RELEASE || m.n_fds > RUN_HIERARCHIES_MAX)
		return error_set(err, -EPROTO, "hand over", "the monitor is gone");
	run->n_v1 = m.n_fds;
	memcpy(run->tasks, fds, m.n_fds * sizeof(int));
	return cgroup_enter_tasks(run, err);
}

static const char *const stdio_names[] = {
	[STDIO_CONSOLE] = "console",
	[STDIO_NULL] = "/dev/null",
	[STDIO_KEEP] = "the caller's",
	[STDIO_TERMINAL] = "a terminal of its own",
	[STDIO_MIXED] = "the caller's, the console for terminals",
};

void print_stdio(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_str(out, stdio_names[((const struct op_stdio *)op)->mode]);
}

static int redirect(int fd)
{
	for (int to = 0; to <= STDERR_FILENO; to++)
		if (dup2(fd, to) < 0)
			return -errno;
	return 0;
}

/* What is a file or a pipe stays the caller's; its terminal is not for the container. */
static int redirect_terminals(int fd)
{
	for (int to = 0; to <= STDERR_FILENO; to++)
		if (isatty(to) && dup2(fd, to) < 0)
			return -errno;
	return 0;
}

/* A root file system may have put something else there. */
static bool is_null(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

int run_stdio(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_stdio *o = (const void *)op;
	int r = 0;

	if (o->session)
		(void)setsid();
	switch ((enum stdio_mode)o->mode) {
	case STDIO_CONSOLE:
		r = redirect(run->console);
		break;
	case STDIO_NULL: {
		_cleanup_close_ int null_fd =
			open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);

		/* without one in the container the monitor's own stay, which are the host's */
		if (null_fd >= 0 && is_null(null_fd))
			r = redirect(null_fd);
		break;
	}
	case STDIO_KEEP:
		break;
	case STDIO_MIXED:
		r = redirect_terminals(run->console);
		break;
	case STDIO_TERMINAL:
		(void)ioctl(STDIN_FILENO, TIOCSCTTY, 0);
		break;
	}
	return r < 0 ? error_set(err, r, "redirect", "standard input and output") : 0;
}

/* mkdir -p; what fails shows when the directory is entered. */
static void make_directory(const char *path)
{
	char copy[512];

	if (strlen(path) + 2 > sizeof(copy))
		return;
	(void)snprintf(copy, sizeof(copy), "%s/", path);
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(copy, 0755);
		*p = '/';
	}
}

enum { DIRECTORY_MAKE = 1, DIRECTORY_FALL_BACK = 2 };

int run_directory(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_text *o = (const void *)op;
	const char *path = plan_text(run->plan, o->text);

	if (o->option == DIRECTORY_MAKE)
		make_directory(path);
	/* no magic link: /proc/self/fd/N could be a directory of the host */
	_cleanup_close_ int dir = sys_openat2(AT_FDCWD, path,
					      O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
					      RESOLVE_NO_MAGICLINKS);
	int r = dir < 0 ? dir : fchdir(dir) < 0 ? -errno : 0;
	if (r < 0 && o->option == DIRECTORY_FALL_BACK)
		r = chdir("/") < 0 ? -errno : 0;
	if (r < 0) {
		error_set(err, r, "enter", "%s", path);
		error_hint(err,
			   r == -ENOTDIR ? "lxc.init.cwd must name a directory"
			   : r == -ELOOP
				   ? "its links lead in a circle, or out of the container"
				   : "the working directory does not exist in the "
				     "container");
	}
	return r;
}

/*
 * The other side has something to do first: the caller of an attach sets the limits of its
 * configuration, the monitor maps ids.
 */
int run_await(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX], r = sync_receive(run->sync, &m, fds, err);

	(void)op;
	if (r < 0)
		return r;
	if (r == 0 || m.type != SYNC_RELEASE || m.n_fds > RUN_HIERARCHIES_MAX)
		return error_set(err, -ECANCELED, "await", "the caller is gone");
	if (!m.n_fds)
		return 0;
	run->n_v1 = m.n_fds;
	memcpy(run->tasks, fds, m.n_fds * sizeof(int));
	return cgroup_enter_tasks(run, err);
}
