/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is kept of a container's past: its log, and its last start that failed.
 *
 * A log that no configuration puts elsewhere lies in /var/log/lxc/NAME.log for root's
 * containers in the usual path, and in the container's own directory otherwise.  There it is
 * rotated: when it is opened with more than a megabyte in it, it becomes NAME.log.1, in place
 * of the one that was that before.  A start that fails is written to the log, whether or not
 * anything else is.
 *
 * A failure sets lxc_last_error().  Since 7.0.0.
 */
#ifndef LXC_RECORD_H
#define LXC_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include <lxc/error.h>
#include <lxc/lxccontainer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Path of the container's log, whether it exists or not.  The caller frees it. */
char *lxc_container_log_file(struct lxc_container *c);

/*
 * The last lines of the log, and as far as those are fewer, of the rotated one; 0: all.
 * NULL, with LXC_ERROR_NOT_FOUND, when nothing was logged.  The caller frees the text, which
 * may contain whatever programs have written: see to it before it reaches a terminal.
 */
char *lxc_container_log_tail(struct lxc_container *c, size_t lines);

struct lxc_failure;

/*
 * The last start of the container if it failed; NULL, with LXC_ERROR_NOT_FOUND, when it did
 * not.  The next start that succeeds forgets it.
 */
struct lxc_failure *lxc_container_last_failure(struct lxc_container *c);

/* When it was, in seconds since 1970. */
int64_t lxc_failure_time(const struct lxc_failure *failure);

/* What it was; belongs to the failure. */
const struct lxc_error *lxc_failure_error(const struct lxc_failure *failure);

void lxc_failure_free(struct lxc_failure *failure);

#ifdef __cplusplus
}
#endif

#endif
