/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a caller does to a running container through its command socket, whoever's monitor
 * answers: ours, or the historical one, which leaves some of the work to its clients.
 */
#ifndef CORE_CONTROL_H
#define CORE_CONTROL_H

#include <stdbool.h>

#include "util/error.h"
#include "util/wait.h"

/* A running container. */
struct control {
	const char *lxcpath, *name;
	const struct deadline *deadline; /* of each question; NULL: none */
};

/*
 * Open the container's cgroup with the limits of a controller ("memory"): a descriptor of the
 * directory or -errno; -ENOENT when there is no such controller.  *ret_unified: it is one of
 * the unified hierarchy.
 */
int control_open_cgroup(const struct control *c, const char *controller,
			bool *ret_unified);

/* Freeze or thaw; -ETIMEDOUT, and then it runs, when that takes longer than timeout seconds. */
int control_freeze(const struct control *c, bool freeze, int timeout,
		   struct lxc_error **err);

/* Add a rule "devices.allow" or "devices.deny" on a machine with cgroup version 2 alone. */
int control_add_device(const struct control *c, bool allow, const char *rule,
		       struct lxc_error **err);

/* A negative answer as an error that says what to do.  Returns r. */
int control_failed(const struct control *c, int r, struct lxc_error **err);

#endif
