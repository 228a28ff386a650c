/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Log files: where they lie unless somebody says otherwise, how they stay small, and their
 * last lines.  Only files in the usual place are rotated: one that is named belongs to who
 * named it.
 */
#ifndef CORE_LOGFILE_H
#define CORE_LOGFILE_H

#include <stdbool.h>

#include "util/buf.h"

/* What a file may grow to before it becomes NAME.log.1, whose place it takes. */
#define LOGFILE_SIZE_MAX (1 << 20)

/*
 * The usual file: the system's directory for logs for root's containers in the usual path,
 * otherwise the container's own directory.  lxcpath may be NULL.  NULL without memory.
 */
char *logfile_usual(const char *lxcpath, const char *name);

/* Open for appending, made where needed: a descriptor or -errno. */
int logfile_open(const char *path);

/* The same for a file in the usual place, which is rotated when it has become too long. */
int logfile_open_rotated(const char *path);

/*
 * Add the last lines (0: all there are, within LOGFILE_SIZE_MAX each) of a log and of the one
 * before it to out.  -ENOENT when there is none, -EINVAL when it is no regular file.
 */
int logfile_tail(const char *path, size_t lines, struct buf *out);

#endif
