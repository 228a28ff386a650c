/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work as the root of a user namespace. */
#include "core/userns.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "core/compile.h"
#include "core/monitor.h"
#include "core/start.h"
#include "core/sync.h"
#include "isolate/mapper.h"
#include "util/spawn.h"
#include "util/syscall.h"

/* --- the plan --- */

#define ADD(b, kind, ...) plan_add_op(b, kind, &(__VA_ARGS__), sizeof(__VA_ARGS__))

static void add_program(struct plan_builder *b, const struct userns_work *w)
{
	struct op_stdio stdio = { .mode = w->quiet ? STDIO_NULL : STDIO_KEEP };
	struct op_exec exec = {
		.path = plan_add_text(b, w->program),
		.argv = plan_add_strv(b, w->argv),
		.envp = plan_add_strv(b, environ),
		.attached = 1,
	};

	ADD(b, OP_STDIO, stdio);
	ADD(b, OP_EXEC, exec);
}

static int compile(const struct userns_work *w, const struct mapper *mapper,
		   struct plan_record *ret)
{
	_cleanup_plan_builder_ struct plan_builder b;
	struct op_idmap clone = {};
	struct op_ids ids = {
		.uid = w->uid,
		.gid = w->gid,
		.set_groups = !mapper->deny_setgroups,
	};
	struct op nothing = {};

	plan_builder_init(&b, PLAN_ATTACH);
	b.header.name = plan_add_text(&b, w->what);
	if (compile_maps(&b, w->map, mapper, &clone.maps) < 0)
		return -ENOMEM;
	ADD(&b, OP_CLONE_USER, clone);
	ADD(&b, OP_CONTAINER_ROOT, ids);
	for (char *const *path = w->give; path && *path; path++) {
		struct op_give give = { .path = plan_add_text(&b, *path),
					.uid = w->uid,
					.gid = w->gid };
		ADD(&b, OP_GIVE, give);
	}
	if (w->remove) {
		struct op_remove tree = { .directory = plan_add_text(&b, w->directory),
					  .name = plan_add_text(&b, w->remove) };
		ADD(&b, OP_REMOVE, tree);
	}
	if (w->argv)
		add_program(&b, w);
	else
		ADD(&b, OP_DONE, nothing);
	return plan_finish(&b, &ret->data, &ret->size);
}

/* --- the process --- */

static int spawn_helper(const struct plan_record *record, int library,
			struct process *ret, struct lxc_error **err)
{
	_cleanup_close_ int plan_fd = start_seal(record);

	if (plan_fd < 0)
		return error_set(err, plan_fd, "plan", "seal");
	return spawn_start(
		&(struct spawn){
			.path = MONITOR_PROGRAM,
			.sealed = true,
			.argv = (char *[]){ (char *)"lxc-userns-helper", NULL },
			.what = "user namespace helper",
			/* its children, with CLONE_PARENT ours, get the same signal */
			.exit_signal = SIGCHLD,
			.fds = {
				{ plan_fd, MONITOR_PLAN },
				{ library, MONITOR_LIBRARY },
			},
			.n_fds = 2,
		},
		ret, err);
}

struct worker {
	pid_t pid;
	bool not_executed;
};

/* Its process id, then end of file when it executes or has done its work, or what failed. */
static int follow(int sync, struct worker *w, struct lxc_error **err)
{
	struct sync_message m;
	int failure = 0;

	for (;;) {
		int r = wait_fd(sync, POLLIN, NULL);

		if (r < 0)
			return error_set(err, r, "await", "the user namespace");
		r = sync_receive(sync, &m, NULL, err);
		if (r == 0)
			break;
		if (r < 0) {
			failure = r;
			continue;
		}
		w->not_executed |= m.type == SYNC_NOT_EXECUTED;
		if (m.type == SYNC_ATTACHED)
			w->pid = m.pid;
	}
	if (failure == 0 && !w->pid)
		return error_set(err, -ECHILD, "user namespace helper",
				 "ended unexpectedly");
	return failure;
}

static int run(const struct plan_record *record, int *ret_status, struct lxc_error **err)
{
	struct worker worker = {};
	struct process helper;
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "user namespace", "socket pair");
	_cleanup_close_ int ours = ends[0];
	_cleanup_close_ int theirs = ends[1];
	r = spawn_helper(record, theirs, &helper, err);
	if (r < 0)
		return r;
	close_p(&theirs);
	theirs = NO_FD;
	r = follow(ours, &worker, err);
	(void)wait_child(helper.pid, helper.pidfd, NULL);
	close_p(&helper.pidfd);
	int status = worker.pid ? wait_child(worker.pid, NO_FD, NULL) : 0;
	if (r < 0 && !worker.not_executed)
		return r;
	*ret_status = status;
	return status < 0 ? error_set(err, status, "await", "the user namespace") : 0;
}

int userns_work(const struct userns_work *w, int *ret_status, struct lxc_error **err)
{
	_cleanup_plan_record_ struct plan_record record = {};
	struct mapper mapper = {};
	int status = 0, r = idmap_check(w->map, err);

	if (r == 0)
		r = mapper_choose(w->map, &mapper, err);
	if (r < 0)
		return r;
	r = compile(w, &mapper, &record);
	if (r < 0)
		return error_set(err, r, "plan", "%s", w->what);
	r = run(&record, &status, err);
	if (r == 0 && ret_status)
		*ret_status = status;
	return r;
}
