/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a program inside a running container.
 *
 * One question to the monitor brings the plan that the container was started with and a
 * descriptor of its init.  A helper, the monitor program in its other role, joins the
 * namespaces and clones the process with CLONE_PARENT: it is our child, as is the helper's
 * second self in the container's cgroup (op-attach.c), which we wait for.
 */
#include "core/attach.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "core/command.h"
#include "core/compile-attach.h"
#include "core/foreign.h"
#include "core/monitor.h"
#include "core/proxy.h"
#include "core/start.h"
#include "util/spawn.h"
#include "util/syscall.h"

#define ASK_TIMEOUT_MS 10000
#define MESSAGES_MAX 4 /* of the helpers and the process to us */

static int not_running(const struct attach_request *q, int r, struct lxc_error **err)
{
	error_set(err, r, "container", "%s", q->name);
	if (r == -ECONNREFUSED) {
		error_detail(err, "not running");
		error_hint(err, "start it first: lxc-start -P %s -n %s", q->lxcpath,
			   q->name);
	} else if (r == -EPERM || r == -ECONNRESET) {
		/* the monitor says so, or has hung up before */
		error_detail(err, "its monitor refuses to answer");
		error_hint(err, "only root and the user who started it may command it");
	}
	return r;
}

/* Map the plan; it stays mapped until unmapped by the caller. */
static int map_plan(const struct attach_request *q, const struct command_result *answer,
		    struct plan *ret, struct lxc_error **err)
{
	struct stat st;

	/* sealed as ours are, it can neither shrink nor change under us */
	if (answer->n_fds != 2 || fstat(answer->fds[0], &st) < 0 || st.st_size <= 0 ||
	    (fcntl(answer->fds[0], F_GET_SEALS) & PLAN_SEALS) != PLAN_SEALS)
		return error_set(err, -EBADMSG, "container", "%s", q->name);
	void *record = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, answer->fds[0], 0);
	if (record == MAP_FAILED)
		return error_set(err, -errno, "container", "%s", q->name);
	int r = plan_open(record, st.st_size, ret, err);
	if (r == 0 && !plan_confinement(ret))
		r = error_set(err, -EBADMSG, "plan", "of %s is damaged", q->name);
	if (r < 0) {
		ret->header = NULL;
		(void)munmap(record, st.st_size);
	}
	return r;
}

/* A process is born into the cgroups of the others, and would never get to run. */
static int check_frozen(const struct attach_request *q, int state, struct lxc_error **err)
{
	if (state != STATE_FROZEN && state != STATE_FREEZING)
		return 0;
	if (!(q->options->attach_flags & LXC_ATTACH_MOVE_TO_CGROUP))
		return 0;
	error_set(err, -EAGAIN, "container", "%s", q->name);
	error_detail(err, "it is frozen");
	error_hint(err, "let it run on: lxc-unfreeze -P %s -n %s", q->lxcpath, q->name);
	return -EAGAIN;
}

/* Whoever does not answer this question, or as another version does, is asked for less. */
static int get_plan(const struct attach_request *q, struct command_result *answer,
		    struct plan *ret, struct lxc_error **err)
{
	struct deadline d = deadline_in(ASK_TIMEOUT_MS);
	int r = command_ask(&(struct command_question){ .lxcpath = q->lxcpath,
							.name = q->name,
							.command = COMMAND_GET_PLAN,
							.deadline = &d },
			    answer);

	if (r == 0) {
		r = map_plan(q, answer, ret, err);
		if (r != -EPROTO)
			return r;
		error_clear(err);
		command_result_done(answer);
	} else if (r != -ENOSYS && r != -ECONNRESET) {
		return not_running(q, r, err);
	}
	r = foreign_get_plan(q->lxcpath, q->name, &d, answer, err);
	if (r < 0)
		return err && *err ? r : not_running(q, r, err);
	return map_plan(q, answer, ret, err);
}

static int open_target(const struct attach_request *q, struct command_result *answer,
		       struct attach_target *ret, struct lxc_error **err)
{
	int r = get_plan(q, answer, &ret->plan, err);

	if (r == 0)
		r = check_frozen(q, answer->ret, err);
	if (r < 0)
		return r;
	int wanted = q->options->namespaces, own = ret->plan.header->clone_flags;
	ret->suffix = answer->value;
	ret->init = answer->fds[1];
	/* one's own user namespace cannot be joined, unlike the others */
	ret->namespaces = wanted == -1 ? own : wanted & ~(CLONE_NEWUSER & ~own);
	return 0;
}

static void close_target(struct attach_target *t)
{
	if (t->plan.header)
		(void)munmap((void *)t->plan.header, t->plan.header->size);
}

/* --- terminal --- */

struct pty {
	int master, slave;
};

static void pty_done(struct pty *t)
{
	close_p(&t->master);
	close_p(&t->slave);
}

/*
 * The container may have put anything on its /dev/pts/ptmx: it has to be the multiplexer, of
 * this very devpts, reached without a link or a mount.
 */
static int open_ptmx(int devpts)
{
	uint64_t strict = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			  RESOLVE_NO_XDEV;
	_cleanup_close_ int place =
		sys_openat2(devpts, "ptmx", O_PATH | O_CLOEXEC, 0, strict);
	struct statfs fs;
	struct stat st;

	if (place < 0 || fstat(place, &st) < 0 || fstatfs(place, &fs) < 0)
		return NO_FD;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2) ||
	    fs.f_type != DEVPTS_SUPER_MAGIC)
		return NO_FD;
	return sys_openat2(devpts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0, strict);
}

/* From the container's devpts, so that its name exists there; otherwise from ours. */
static int pty_open(const struct attach_request *q, struct pty *ret,
		    struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer;
	struct deadline d = deadline_in(ASK_TIMEOUT_MS);
	int unlock = 0,
	    r = command_ask(&(struct command_question){ .lxcpath = q->lxcpath,
							.name = q->name,
							.command = COMMAND_GET_DEVPTS_FD,
							.deadline = &d },
			    &answer);

	ret->slave = NO_FD;
	ret->master = r == 0 && answer.n_fds ? open_ptmx(answer.fds[0]) : NO_FD;
	if (ret->master < 0)
		ret->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ret->master >= 0 && ioctl(ret->master, TIOCSPTLCK, &unlock) == 0)
		ret->slave =
			ioctl(ret->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ret->slave < 0) {
		r = error_set(err, -errno, "terminal", "%s", q->name);
		pty_done(ret);
		return r;
	}
	return 0;
}

/* Terminals of the caller are exchanged for the new one, so that none reaches the inside. */
static void exchange_terminals(int stdio[3], const struct pty *t)
{
	for (int i = 0; i < 3; i++)
		if (t->slave >= 0 && stdio[i] >= 0 && isatty(stdio[i]))
			stdio[i] = t->slave;
}

/* What the caller has closed is nothing, and not what we open in its place. */
static int usable(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) >= 0 ? fd : NO_FD;
}

/* --- the helper --- */

static int spawn_helper(const struct attach_birth *b, struct process *ret,
			struct lxc_error **err)
{
	_cleanup_close_ int plan_fd = start_seal(b->record);

	if (plan_fd < 0)
		return error_set(err, plan_fd, "plan", "seal");
	return spawn_start(
		&(struct spawn){
			.path = MONITOR_PROGRAM,
			.sealed = true,
			.argv = (char *[]){ (char *)"lxc-attach-helper", NULL },
			.what = "attach helper",
			/* its children, with CLONE_PARENT ours, get the same signal */
			.exit_signal = SIGCHLD,
			.fds = {
				{ plan_fd, MONITOR_PLAN },
				{ b->library, MONITOR_LIBRARY },
				{ b->init, MONITOR_LISTEN },
				{ b->stdio[0], STDIN_FILENO },
				{ b->stdio[1], STDOUT_FILENO },
				{ b->stdio[2], STDERR_FILENO },
			},
			.n_fds = 6,
		},
		ret, err);
}

static int launch(const struct attach_request *q, const struct attach_birth *b,
		  struct process *ret, struct lxc_error **err)
{
	ret->pidfd = NO_FD;
	return q->launch ? q->launch(q, b, &ret->pid, err) : spawn_helper(b, ret, err);
}

/* --- the new process --- */

struct attached {
	pid_t pid;
	pid_t helper; /* the one in the container's cgroup, to be waited for; 0: none */
	bool not_executed; /* the one failure that is the program's */
};

/* Limits are set from here, by whoever has the rights of the caller, while it waits. */
static int apply_limits(const struct attach_request *q, int sync, struct attached *a,
			struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_RELEASE };
	struct plan plan;
	struct run run;

	if (!q->limits->data)
		return 0;
	int r = plan_open(q->limits->data, q->limits->size, &plan, err);
	if (r < 0)
		return r;
	_cleanup_close_ int pidfd = sys_pidfd_open(a->pid, 0);
	if (pidfd < 0)
		return error_set(err, pidfd, "attach", "process %d", (int)a->pid);
	run_init(&run, &plan);
	run.pid = a->pid;
	run.pidfd = pidfd;
	r = run_forward(&run, err);
	a->pid = run.pid; /* none after a failure, which ends it */
	if (r < 0)
		return r;
	r = sync_send(sync, &m, NULL);
	return r < 0 ? error_set(err, r, "attach", "process %d is gone", (int)a->pid) : 0;
}

/* Whoever decides about the container's system calls shall decide about its, too. */
static int pass_listeners(const struct attach_request *q, const struct sync_message *m,
			  int *fds, struct lxc_error **err)
{
	int r = 0;

	for (uint32_t i = 0; i < m->n_fds; i++) {
		_cleanup_close_ int fd = fds[i];
		_cleanup_command_ struct command_result answer = { .connection = NO_FD };
		struct deadline d = deadline_in(ASK_TIMEOUT_MS);

		if (r < 0 || m->roles[i] != ROLE_LISTENER)
			continue;
		r = command_ask(
			&(struct command_question){
				.lxcpath = q->lxcpath,
				.name = q->name,
				.command = COMMAND_SECCOMP_ADD_LISTENER,
				.fd = &fd,
				.deadline = &d,
			},
			&answer);
	}
	return r < 0 ? error_set(err, r, "hand over", "seccomp listener to the monitor")
		     : 0;
}

/*
 * Whoever has taken the channel from the new process, which takes all rights inside, could name
 * any process here.  One that somebody else has reaped already is gone.
 */
static bool is_our_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 ||
	       (kill(pid, 0) < 0 && errno == ESRCH);
}

static void take_pid(const struct sync_message *m, struct attached *a)
{
	pid_t *pid = m->type == SYNC_HELPER	? &a->helper
		     : m->type == SYNC_ATTACHED ? &a->pid
						: NULL;

	if (pid && *pid == 0 && m->pid > 0 && is_our_child(m->pid))
		*pid = m->pid;
}

/*
 * The pid, then end of file when the program runs, or the reason why not.
 *
 * Both the helper and the process send here, in any order: an error of the one does not mean
 * that the pid from the other is not still to come.
 */
static int follow(const struct attach_request *q, int sync, struct attached *ret,
		  struct lxc_error **err)
{
	struct sync_message m;
	int failure = 0, fds[SYNC_FDS_MAX];

	for (;;) {
		int r = wait_fd(sync, POLLIN, NULL);

		if (r == 0)
			r = sync_receive(sync, &m, fds, err);
		if (r == 0)
			break;
		if (r < 0 && failure < 0)
			return failure;
		if (r < 0) {
			failure = r;
			continue;
		}
		ret->not_executed |= m.type == SYNC_NOT_EXECUTED;
		r = pass_listeners(q, &m, fds, err);
		if (r < 0)
			return r;
		bool had_pid = ret->pid;
		take_pid(&m, ret);
		if (had_pid || !ret->pid)
			continue;
		r = apply_limits(q, sync, ret, err);
		if (r < 0)
			return r;
	}
	if (failure == 0 && !ret->pid)
		return error_set(err, -ECHILD, "attach helper", "ended unexpectedly");
	return failure;
}

/* Both helpers are waited for.  The first, now gone, may have said after an error who the other is. */
static void reap_helpers(int sync, const struct process *first, struct attached *a)
{
	struct deadline now = deadline_in(0);
	struct sync_message m;

	(void)wait_child(first->pid, first->pidfd, NULL);
	for (int i = 0, r = -1; r && i < MESSAGES_MAX && !a->helper; i++) {
		if (wait_fd(sync, POLLIN, &now) < 0)
			break;
		r = sync_receive(sync, &m, NULL, NULL);
		if (r > 0)
			take_pid(&m, a);
	}
	if (a->helper)
		(void)wait_child(a->helper, NO_FD, NULL);
}

static int relay(const struct attach_request *q, const struct pty *t, pid_t pid,
		 struct lxc_error **err)
{
	const lxc_attach_options_t *o = q->options;
	bool in = isatty(o->stdin_fd);
	int out = isatty(o->stdout_fd) ? o->stdout_fd : o->stderr_fd;
	_cleanup_close_ int end = sys_pidfd_open(pid, 0);

	return proxy_run(&(struct proxy){ .in = in ? o->stdin_fd : NO_FD,
					  .out = isatty(out) ? out : NO_FD,
					  .master = t->master,
					  .end_fd = end,
					  .log_fd = o->log_fd },
			 NULL, err);
}

/* What failed before the program was reached; the child is reaped, the caller never saw it. */
static int set_up_failed(pid_t pid, int r)
{
	if (pid > 0) {
		/* it may still be waiting for us; not yet reaped, the number is its own */
		(void)kill(pid, SIGKILL);
		(void)wait_child(pid, NO_FD, NULL);
	}
	return r;
}

static int run(const struct attach_request *q, struct attach_birth *b, struct pty *t,
	       pid_t *ret_pid, struct lxc_error **err)
{
	struct attached a = {};
	struct process helper;
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "attach", "socket pair");
	_cleanup_close_ int ours = ends[0];
	_cleanup_close_ int theirs = ends[1];
	b->library = theirs;
	b->unwanted[0] = ours;
	r = launch(q, b, &helper, err);
	if (r < 0)
		return r;
	close_p(&theirs);
	theirs = NO_FD;
	close_p(&t->slave);
	t->slave = NO_FD;
	r = follow(q, ours, &a, err);
	reap_helpers(ours, &helper, &a);
	close_p(&helper.pidfd);
	if (r < 0 && !a.not_executed)
		return set_up_failed(a.pid, r);
	*ret_pid = a.pid;
	return t->master >= 0 && r == 0 ? relay(q, t, a.pid, err) : 0;
}

static int attach(const struct attach_request *q, pid_t *ret_pid, int *ret_namespaces,
		  struct lxc_error **err)
{
	const lxc_attach_options_t *o = q->options;
	struct attach_birth birth = { .stdio = { usable(o->stdin_fd),
						 usable(o->stdout_fd),
						 usable(o->stderr_fd) } };
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	_cleanup_(close_target) struct attach_target target = {};
	_cleanup_plan_record_ struct plan_record record = {};
	_cleanup_(pty_done) struct pty pty = { NO_FD, NO_FD };
	int r = open_target(q, &answer, &target, err);

	if (r == 0)
		r = compile_attach(q, &target, &record, err);
	if (r == 0 && o->attach_flags & LXC_ATTACH_TERMINAL)
		r = pty_open(q, &pty, err);
	if (r < 0)
		return r;
	*ret_namespaces = target.namespaces;
	exchange_terminals(birth.stdio, &pty);
	birth.record = &record;
	birth.init = answer.fds[1];
	birth.unwanted[1] = answer.fds[0];
	birth.unwanted[2] = pty.master;
	return run(q, &birth, &pty, ret_pid, err);
}

int attach_container(const struct attach_request *request, pid_t *ret_pid,
		     int *ret_namespaces, struct lxc_error **err)
{
	int r = attach(request, ret_pid, ret_namespaces, err);

	if (r < 0 || (err && *err))
		(void)error_wrap(err, r, "attach", "%s", request->name);
	return r;
}
