/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a program inside a running container.
 *
 * One question to the monitor brings the plan that the container was started with and a
 * descriptor of its init.  A helper, the monitor program in its other role, joins the
 * namespaces and clones the process with CLONE_PARENT: it is our child, and the helper is
 * gone before it executes the program.
 */
#include "core/attach.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/command.h"
#include "core/compile-attach.h"
#include "core/monitor.h"
#include "core/proxy.h"
#include "core/start.h"
#include "util/spawn.h"
#include "util/syscall.h"

#define ASK_TIMEOUT_MS 10000

static int not_running(const struct attach_request *q, int r, struct lxc_error **err)
{
	error_set(err, r, "container", "%s", q->name);
	if (r == -ECONNREFUSED) {
		error_detail(err, "not running");
		error_hint(err, "start it first: lxc-start -P %s -n %s", q->lxcpath,
			   q->name);
	} else if (r == -EPERM) {
		error_hint(err, "only root and the user who started it may command it");
	} else if (r == -ENOSYS) {
		error_detail(
			err,
			"started by another version of liblxc, which does not hand out "
			"its plan");
		error_hint(err, "restart the container with this version");
	}
	return r;
}

/* Map the container's plan; stays mapped until unmapped by the caller. */
static int open_target(const struct attach_request *q, struct command_result *answer,
		       struct attach_target *ret, struct lxc_error **err)
{
	struct deadline d = deadline_in(ASK_TIMEOUT_MS);
	int r = command_ask(&(struct command_question){ .lxcpath = q->lxcpath,
							.name = q->name,
							.command = COMMAND_GET_PLAN,
							.deadline = &d },
			    answer);
	struct stat st;

	if (r < 0)
		return not_running(q, r, err);
	if (answer->n_fds != 2 || fstat(answer->fds[0], &st) < 0 || st.st_size <= 0)
		return error_set(err, -EBADMSG, "container", "%s", q->name);
	void *record = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, answer->fds[0], 0);
	if (record == MAP_FAILED)
		return error_set(err, -errno, "container", "%s", q->name);
	r = plan_open(record, st.st_size, &ret->plan, err);
	if (r < 0) {
		(void)munmap(record, st.st_size);
		return r;
	}
	int wanted = q->options->namespaces;
	ret->suffix = answer->value;
	ret->namespaces = wanted == -1 ? (int)ret->plan.header->clone_flags : wanted;
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
	ret->master = r == 0 && answer.n_fds ? openat(answer.fds[0], "ptmx",
						      O_RDWR | O_NOCTTY | O_CLOEXEC)
					     : NO_FD;
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
static int pick(int fd, const struct pty *t)
{
	return t->slave >= 0 && fd >= 0 && isatty(fd) ? t->slave : fd;
}

/* --- the helper --- */

/* What the helper is born with. */
struct birth {
	const struct plan_record *record;
	int init; /* pidfd */
	struct pty pty;
};

static void birth_done(struct birth *b)
{
	pty_done(&b->pty);
}

static int spawn_helper(const struct attach_request *q, const struct birth *b,
			int library, struct process *ret, struct lxc_error **err)
{
	const lxc_attach_options_t *o = q->options;
	const struct pty *t = &b->pty;
	_cleanup_close_ int plan_fd = start_seal(b->record);

	if (plan_fd < 0)
		return error_set(err, plan_fd, "plan", "seal");
	return spawn_start(
		&(struct spawn){
			.path = MONITOR_PROGRAM,
			.argv = (char *[]){ (char *)"lxc-attach-helper", NULL },
			.what = "attach helper",
			/* its children, with CLONE_PARENT ours, get the same signal */
			.exit_signal = SIGCHLD,
			.fds = {
				{ plan_fd, MONITOR_PLAN },
				{ library, MONITOR_LIBRARY },
				{ b->init, MONITOR_LISTEN },
				{ pick(o->stdin_fd, t), STDIN_FILENO },
				{ pick(o->stdout_fd, t), STDOUT_FILENO },
				{ pick(o->stderr_fd, t), STDERR_FILENO },
			},
			.n_fds = 6,
		},
		ret, err);
}

/* The pid first, then end of file when the program runs, or the reason why not. */
static int follow(int sync, pid_t *ret_pid, struct lxc_error **err)
{
	struct sync_message m;
	int r;

	*ret_pid = 0;
	for (;;) {
		r = wait_fd(sync, POLLIN, NULL);
		if (r == 0)
			r = sync_receive(sync, &m, NULL, err);
		if (r <= 0)
			break;
		if (m.type == SYNC_ATTACHED)
			*ret_pid = m.pid;
	}
	if (r == 0 && !*ret_pid)
		return error_set(err, -ECHILD, "attach helper", "ended unexpectedly");
	return r;
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

static bool is_exec_failure(int r)
{
	return r == -ENOENT || r == -EACCES || r == -ENOEXEC;
}

/* What failed before the program was reached; the child is reaped, the caller never saw it. */
static int set_up_failed(pid_t pid, int r)
{
	if (pid > 0)
		(void)wait_child(pid, NO_FD, NULL);
	return r;
}

static int run(const struct attach_request *q, struct birth *b, pid_t *ret_pid,
	       struct lxc_error **err)
{
	struct pty *t = &b->pty;
	struct process helper;
	pid_t pid;
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "attach", "socket pair");
	_cleanup_close_ int ours = ends[0];
	_cleanup_close_ int theirs = ends[1];
	r = spawn_helper(q, b, theirs, &helper, err);
	if (r < 0)
		return r;
	close_p(&theirs);
	theirs = NO_FD;
	close_p(&t->slave);
	t->slave = NO_FD;
	r = follow(ours, &pid, err);
	(void)wait_child(helper.pid, helper.pidfd, NULL);
	close_p(&helper.pidfd);
	if (r < 0 && (!pid || !is_exec_failure(r)))
		return set_up_failed(pid, r);
	*ret_pid = pid;
	if (t->master >= 0 && r == 0)
		return relay(q, t, pid, err);
	return 0;
}

static int attach(const struct attach_request *q, pid_t *ret_pid, int *ret_namespaces,
		  struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	_cleanup_(close_target) struct attach_target target = {};
	_cleanup_plan_record_ struct plan_record record = {};
	_cleanup_(birth_done) struct birth birth = { .pty = { NO_FD, NO_FD } };
	int r = open_target(q, &answer, &target, err);

	if (r == 0)
		r = compile_attach(q, &target, &record, err);
	if (r == 0 && q->options->attach_flags & LXC_ATTACH_TERMINAL)
		r = pty_open(q, &birth.pty, err);
	if (r < 0)
		return r;
	*ret_namespaces = target.namespaces;
	birth.record = &record;
	birth.init = answer.fds[1];
	return run(q, &birth, ret_pid, err);
}

int attach_container(const struct attach_request *request, pid_t *ret_pid,
		     int *ret_namespaces, struct lxc_error **err)
{
	int r = attach(request, ret_pid, ret_namespaces, err);

	if (r < 0 || (err && *err))
		(void)error_wrap(err, r, "attach", "%s", request->name);
	return r;
}
