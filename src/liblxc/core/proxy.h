/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relaying between the caller's terminal and the master end of another one, in the calling
 * thread, until something ends it.
 */
#ifndef CORE_PROXY_H
#define CORE_PROXY_H

#include "util/error.h"
#include "util/wait.h"

struct proxy {
	int in, out; /* the caller's: made raw meanwhile when they are terminals; -1: none */
	int master;
	int end_fd; /* readable: finish with what the master still holds; -1: none */
	int log_fd; /* copy of the output; -1: none */
	int escape; /* Ctrl-<letter> q leaves: 1 for a; 0 or less: none */
};

/* 0 when ended: by the escape, end of input, end_fd or the master's end. */
int proxy_run(const struct proxy *p, const struct deadline *d, struct lxc_error **err);

#endif
