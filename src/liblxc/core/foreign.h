/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running container whose monitor does not hand out a plan that we can read: the historical
 * one, or one of another version of ours.  What attaching needs is asked for piece by piece in
 * the historical protocol.
 */
#ifndef CORE_FOREIGN_H
#define CORE_FOREIGN_H

#include "core/command.h"

/*
 * As the answer to COMMAND_GET_PLAN: a sealed plan with what an attach reads of it, a
 * descriptor of init, the state.  -ECONNREFUSED, -EPERM and the like as command_ask() has them.
 */
int foreign_get_plan(const char *lxcpath, const char *name, const struct deadline *d,
		     struct command_result *ret, struct lxc_error **err);

#endif
