/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a program inside a running container, as a child of the caller. */
#ifndef CORE_ATTACH_H
#define CORE_ATTACH_H

#include <lxc/attach_options.h>

#include "conf/conf.h"
#include "core/compile.h"
#include "util/wait.h"

struct attach_request {
	const char *name, *lxcpath;
	char *const *environment; /* NAME=VALUE of the configuration; NULL: none */
	char *const *argv; /* NULL: the user's login shell */
	const lxc_attach_options_t *options;
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
