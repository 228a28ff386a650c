/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attaching with a function of the caller; see the header. */
#include "api/attach-function.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

struct call_inside {
	const struct attach_request *request;
	sigset_t mask; /* the caller's */
};

static int call_function(void *data)
{
	struct call_inside *call = data;

	(void)pthread_sigmask(SIG_SETMASK, &call->mask, NULL);
	return call->request->function(call->request->payload);
}

/* Sources first out of the way, then each to its place; those above are closed. */
static int place_stdio(const int stdio[3])
{
	int moved[3];

	for (int i = 0; i < 3; i++) {
		moved[i] = stdio[i] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC)
					: fcntl(stdio[i], F_DUPFD_CLOEXEC, 3);
		if (moved[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++) {
		if (stdio[i] > STDERR_FILENO)
			(void)close(stdio[i]);
		if (dup2(moved[i], i) < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++)
		if (moved[i] > STDERR_FILENO)
			(void)close(moved[i]);
	return 0;
}

static int join_container(struct run *run, const struct attach_birth *b,
			  struct lxc_error **err)
{
	struct plan plan;
	int r = plan_open(b->record->data, b->record->size, &plan, err);

	if (r < 0)
		return r;
	run->plan = &plan;
	r = place_stdio(b->stdio);
	if (r < 0)
		return error_set(err, r, "attach", "standard input and output");
	return run_forward(run, err);
}

/* The process between the caller and the one that calls the function. */
static __attribute__((noreturn)) void be_helper(const struct attach_birth *b,
						struct call_inside *call)
{
	struct lxc_error *err = NULL;
	struct run run;

	for (size_t i = 0; i < ATTACH_UNWANTED_MAX; i++)
		if (b->unwanted[i] >= 0)
			(void)close(b->unwanted[i]);
	run_init(&run, NULL);
	/* above the standard ones, which are about to be taken */
	run.sync = fcntl(b->library, F_DUPFD_CLOEXEC, 3);
	run.pidfd = fcntl(b->init, F_DUPFD_CLOEXEC, 3);
	(void)close(b->library);
	(void)close(b->init);
	run.function = call_function;
	run.payload = call;
	int r = join_container(&run, b, &err);
	if (err)
		sync_send_error(run.sync, err);
	_exit(r < 0 ? 1 : 0);
}

int attach_function_launch(const struct attach_request *q, const struct attach_birth *b,
			   pid_t *ret_pid, struct lxc_error **err)
{
	struct call_inside call = { .request = q };
	sigset_t all;

	/* no handler of the caller runs in a copy that it does not know of */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &call.mask);
	pid_t pid = fork();
	if (pid == 0)
		be_helper(b, &call);
	int r = pid < 0 ? -errno : 0;
	(void)pthread_sigmask(SIG_SETMASK, &call.mask, NULL);
	if (r < 0)
		return error_set(err, r, "fork", "the calling program");
	*ret_pid = pid;
	return 0;
}
