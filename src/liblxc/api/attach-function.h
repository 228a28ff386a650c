/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attaching with a function of the caller: the only fork of a process that is not ours.
 */
#ifndef API_ATTACH_FUNCTION_H
#define API_ATTACH_FUNCTION_H

#include "core/attach.h"

/*
 * struct attach_request.launch: copy the caller.  The copy walks the plan of the attach as the
 * helper program would; the process that it clones inside the container, a copy of the copy
 * and a child of the caller, calls the function with the caller's signal mask.
 *
 * The caller may have threads, of which the copies have only the calling one, and whatever
 * locks the others held stay locked.  So up to the function only system calls are made, and
 * no memory is allocated unless something fails.
 */
int attach_function_launch(const struct attach_request *q, const struct attach_birth *b,
			   pid_t *ret_pid, struct lxc_error **err);

#endif
