/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of ids of the host, and the search for a free one. */
#ifndef ISOLATE_IDRANGE_H
#define ISOLATE_IDRANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

#define IDRANGE_NONE (-1)

struct idrange {
	uint64_t first, count;
};

/* It remembers that an allocation failed, as struct buf does. */
struct idrange_list {
	struct idrange *v;
	size_t n;
	bool failed;
};

void idrange_done(struct idrange_list *l);
#define _cleanup_idrange_ _cleanup_(idrange_done)

void idrange_add(struct idrange_list *l, uint64_t first, uint64_t count);

/*
 * The lowest id from which on count ids lie within one range of each of the n pools and touch
 * no range in taken, which gets sorted; or IDRANGE_NONE.  The id -1 is never among them: it
 * means "none" to the kernel.
 */
int64_t idrange_find(const struct idrange_list *pools, size_t n,
		     struct idrange_list *taken, uint32_t count);

#endif
