/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities: names to a mask in the library (caps.c), a mask to the calling
 * process in the monitor (caps-apply.c, system calls only).  Bit n is capability number n.
 */
#ifndef ISOLATE_CAPS_H
#define ISOLATE_CAPS_H

#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

/* --- library --- */

/*
 * The capabilities named: without the prefix cap_, in any case, or by number up to the
 * kernel's last one.  NULL and the empty list are the empty mask.  -EINVAL and the nearest
 * name as hint for an unknown one.
 */
int caps_parse(char *const *names, uint64_t *ret_mask, struct lxc_error **err);

/* Number of the last capability of this kernel. */
unsigned int caps_last(void);

/* --- monitor and child: no heap --- */

/*
 * Take every capability outside keep from the calling thread: from its bounding set (needs
 * CAP_SETPCAP for what is still in there), and from permitted and effective, but for those of
 * until_exec, which the next exec takes away because the bounding set lacks them.
 * Inheritable and ambient are empty afterwards, whatever keep is: 0 or -errno.
 */
int caps_drop(uint64_t keep, uint64_t until_exec);

/* The effective set of the caller: 0 or -errno. */
int caps_effective(uint64_t *ret_mask);

/* The bounding set of a process, 0 for the caller itself: 0 or -errno. */
int caps_bounding_of(pid_t pid, uint64_t *ret_mask);

#endif
