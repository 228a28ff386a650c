/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cgroup for a user without rights, from his systemd: a scope with delegation.  A process
 * cannot be moved into it by anybody but systemd, so the monitor is executed by systemd-run(1).
 */
#ifndef CORE_SCOPE_H
#define CORE_SCOPE_H

#include <stdbool.h>

#include "cgroup/layout.h"
#include "util/error.h"

struct scope {
	char *unit; /* "lxc-c1-4711.scope" */
	char *cgroup; /* as in /proc/PID/cgroup */
};

#define SCOPE_PROGRAM "/usr/bin/systemd-run"

void scope_done(struct scope *s);
#define _cleanup_scope_ _cleanup_(scope_done)

/* Whether a start needs one: nothing of the unified hierarchy is ours. */
bool scope_is_needed(const struct cgroup_host *host);

/*
 * The one for a container.  -ENOENT: there is no systemd for this user, and the container does
 * without; nothing is made yet.
 */
int scope_plan(const char *name, struct scope *ret);

/* The scope as the hierarchy that the container's cgroups are made in.  0 or -ENOMEM. */
int scope_use(const struct scope *s, struct cgroup_host *host);

/* Command line of SCOPE_PROGRAM, to execute the monitor in a unit; NULL without memory. */
char **scope_command(const char *unit, const char *monitor, const char *title);

#endif
