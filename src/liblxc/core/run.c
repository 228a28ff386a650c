/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Executing a plan: each side walks its operations. */
#include "core/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/ops.h"
#include "util/file.h"
#include "util/syscall.h"

#define EXIT_SET_UP 255 /* of a child that did not get as far as the program */

void run_init(struct run *run, const struct plan *plan)
{
	*run = (struct run){ .plan = plan };
	run->sync = run->pidfd = NO_FD;
	run->unified = run->unified_leaf = run->devices = NO_FD;
	run->listener = run->supervisor.pidfd = run->supervisor.channel = NO_FD;
	run->slave = NO_FD;
	run->root = run->dev = run->devpts = run->console = NO_FD;
	for (size_t i = 0; i < RUN_HIERARCHIES_MAX; i++)
		run->tasks[i] = NO_FD;
	for (size_t i = 0; i < NS_COUNT; i++)
		run->ns[i] = NO_FD;
	for (size_t i = 0; i < RUN_TREES_MAX; i++)
		run->trees[i] = NO_FD;
}

static const struct op_kind *kind_of(const struct op *op)
{
	return op->kind > OP_NONE && op->kind < OP_COUNT ? &op_kinds[op->kind] : NULL;
}

#ifdef LXC_TEST
/*
 * A build for tests, which is never installed, stops before the operation of which
 * LXC_TEST_STOP_AT is the name or the number, until it gets SIGCONT.  SIGSTOP would not do:
 * the first process of a namespace does not heed its own.
 */
static void stop_before(const struct op_kind *kind, size_t number)
{
	const char *at = getenv("LXC_TEST_STOP_AT");
	char name[16] = "", text[16];
	sigset_t set, before;
	int sig;

	(void)snprintf(text, sizeof(text), "%zu", number);
	if (!at || (strcmp(at, kind->name) && strcmp(at, text)))
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	(void)prctl(PR_GET_NAME, name);
	(void)prctl(PR_SET_NAME, "lxc-test-stop");
	(void)sigwait(&set, &sig);
	(void)prctl(PR_SET_NAME, name);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}
#else
#define stop_before(kind, number) ((void)(kind), (void)(number))
#endif

int run_forward(struct run *run, struct lxc_error **err)
{
	size_t i = 0;
	int r = 0;

	for (const struct op *op = NULL; r == 0 && (op = plan_next(run->plan, op)); i++) {
		const struct op_kind *kind = kind_of(op);

		if (!kind || i >= RUN_OPS_MAX) {
			r = error_set(err, -EPROTO, "plan", "operation %zu", i);
			break;
		}
		if (kind->side != OP_MONITOR)
			continue;
		stop_before(kind, i);
		r = kind->run(run, op, err);
		if (r == 0)
			run->done[i / 8] |= 1u << i % 8;
	}
	if (r < 0)
		run_backward(run);
	return r;
}

/* Number and address of the last operation that is done, or NULL. */
static const struct op *last_done(const struct run *run, size_t *ret_number)
{
	const struct op *last = NULL;
	size_t i = 0;

	for (const struct op *op = NULL;
	     i < RUN_OPS_MAX && (op = plan_next(run->plan, op)); i++) {
		if (!(run->done[i / 8] & 1u << i % 8))
			continue;
		last = op;
		*ret_number = i;
	}
	return last;
}

void run_backward(struct run *run)
{
	const struct op *op;
	size_t i;

	/* first the processes: what they use cannot be taken away before */
	if (run->pid > 0 && run->pidfd >= 0) {
		(void)sys_pidfd_send_signal(run->pidfd, SIGKILL);
		(void)wait_child(run->pid, run->pidfd, NULL);
		run->pid = 0;
	}
	while ((op = last_done(run, &i))) {
		const struct op_kind *kind = kind_of(op);

		run->done[i / 8] &= ~(1u << i % 8);
		if (kind->undo)
			kind->undo(run, op);
	}
}

void run_child(struct run *run)
{
	struct lxc_error *err = NULL;
	size_t i = 0;
	int r = 0;

	(void)umask(0);
	for (const struct op *op = NULL; r == 0 && (op = plan_next(run->plan, op)); i++) {
		const struct op_kind *kind = kind_of(op);

		if (!kind || kind->side != OP_CHILD)
			continue;
		stop_before(kind, i);
		r = kind->run(run, op, &err);
	}
	if (r == 0)
		r = error_set(&err, -EPROTO, "plan", "nothing to execute");
	if (err)
		sync_send_error(run->sync, err);
	_exit(run->status ? run->status : EXIT_SET_UP);
}

void run_set_pdeath(struct run *run, int sig)
{
	if (run->outlives)
		return;
	(void)prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0);
	/* no signal tells of a death before that, but the monitor took its end along */
	if (sync_is_closed(run->sync))
		_exit(EXIT_SET_UP);
}

void run_cgroup_path(const struct run *run, bool with_inner, char *out)
{
	const struct plan_header *h = run->plan->header;
	const char *inner = with_inner ? plan_text(run->plan, h->inner) : NULL;
	char suffix[16] = "";

	if (run->suffix)
		(void)snprintf(suffix, sizeof(suffix), "-%u", run->suffix);
	(void)snprintf(out, CGROUP_PATH_MAX, "%s%s%s%s", plan_text(run->plan, h->cgroup),
		       suffix, inner ? "/" : "", inner ? inner : "");
}

int run_send_fds(struct run *run, enum sync_type type)
{
	struct sync_message *q = &run->queue;

	q->type = type;
	int r = sync_send(run->sync, q, run->fds);
	for (uint32_t i = 0; i < q->n_fds; i++)
		if (run->fds[i] == run->devpts || run->fds[i] == run->console)
			run->fds[i] = NO_FD; /* still needed here */
	file_close_all(run->fds, q->n_fds);
	q->n_fds = 0;
	return r;
}

int run_queue_fd(struct run *run, enum fd_role role, int fd)
{
	struct sync_message *q = &run->queue;
	int r = q->n_fds == SYNC_FDS_MAX ? run_send_fds(run, SYNC_FDS) : 0;

	q->roles[q->n_fds] = role;
	run->fds[q->n_fds++] = fd;
	return r;
}
