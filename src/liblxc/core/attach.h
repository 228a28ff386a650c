/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a program inside a running container, as a child of the caller. */
#ifndef CORE_ATTACH_H
#define CORE_ATTACH_H

#include <lxc/attach_options.h>

#include "conf/conf.h"
#include "core/compile.h"
#include "util/wait.h"

#define ATTACH_UNWANTED_MAX 3

/* What the process that joins the container is born with. */
struct attach_birth {
	const struct plan_record *record;
	int init; /* pidfd of the container's */
	int library; /* its end of the channel */
	int stdio[3]; /* what becomes 0, 1 and 2; negative: /dev/null */
	int unwanted[ATTACH_UNWANTED_MAX]; /* ours alone: a copy of us closes them */
};

struct attach_request {
	const char *name, *lxcpath;
	char *const *environment; /* NAME=VALUE of the configuration; NULL: none */
	char *const *argv; /* NULL: the user's login shell */
	const lxc_attach_options_t *options;
	const struct plan_record *limits; /* of compile_limits() */

	/*
	 * For a C function: make that process as a copy of the caller, in place of spawning
	 * a program.  It ends its half of the plan by calling function(payload).
	 */
	int (*launch)(const struct attach_request *q, const struct attach_birth *b,
		      pid_t *ret_pid, struct lxc_error **err);
	lxc_attach_exec_t function;
	void *payload;
};

/*
 * Attach: *ret_pid is a child of the calling thread's process, to be waited for by it.  A
 * program that cannot be executed is no failure of the attach: the child exits with 126 or
 * 127, and the error stands in *err while 0 is returned.  With LXC_ATTACH_TERMINAL the call
 * relays the terminal and returns when the program has ended.  *ret_namespaces: the flags
 * that were joined.
 */
int attach_container(const struct attach_request *request, pid_t *ret_pid,
		     int *ret_namespaces, struct lxc_error **err);

#endif
