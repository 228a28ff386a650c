/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Advisory locks on files, as open file description locks: they belong to the descriptor,
 * so that two handles in one process exclude each other, and die with it.  A close gives
 * the lock back.
 */
#ifndef UTIL_LOCK_H
#define UTIL_LOCK_H

#include "util/error.h"
#include "util/wait.h"

/*
 * Open (and create, 0600) the lock file at path and lock it for writing, before the
 * deadline: a descriptor or -errno and an error that names the file.  See fcntl(2),
 * F_OFD_SETLK.
 */
int lock_file(const char *path, const struct deadline *d, struct lxc_error **err);

/* Lock an open file at once: 0, or -EAGAIN when somebody holds it. */
int lock_try(int fd);

#endif
