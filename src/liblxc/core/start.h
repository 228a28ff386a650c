/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting a container: the library's half, which spawns the monitor. */
#ifndef CORE_START_H
#define CORE_START_H

#include "core/compile.h"
#include "util/wait.h"

/* Where the monitor program lies, its title, its descriptors: for starts and attaches. */
#define MONITOR_PROGRAM PATH_LIBEXEC "/lxc-monitor"

/*
 * Spawn the monitor for a start: a descriptor that start_follow() takes, or -errno.  What
 * request borrows is not needed any more afterwards.  log_fd: where the monitor writes its
 * records, or negative.
 */
int start_begin(const struct start_request *request, int log_fd, struct lxc_error **err);

/*
 * Wait until init runs, or in the foreground until the container has ended, with init's
 * status in *ret_status; on failure the one of a program that could not be executed, if any.
 * Closes sync.
 */
int start_follow(int sync, const char *name, bool foreground, const struct deadline *d,
		 int *ret_status, struct lxc_error **err);

/* A sealed memory file that holds the record, or -errno. */
int start_seal(const struct plan_record *record);

#endif
