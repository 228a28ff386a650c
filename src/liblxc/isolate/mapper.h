/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes a map of ids: we where we may, newuidmap(1) and newgidmap(1) otherwise. */
#ifndef ISOLATE_MAPPER_H
#define ISOLATE_MAPPER_H

#include "isolate/idmap.h"

struct mapper {
	bool privileged; /* we may map any id, and copy any mount */
	bool deny_setgroups; /* only our own ids: the kernel's condition for the group */
	const char *newuidmap, *newgidmap; /* paths, or NULL */
};

/*
 * Choose for a map; NULL: only whether we are privileged.  For a caller without rights the ids
 * are compared with those granted to him: an error has the command that grants them.
 */
int mapper_choose(const struct idmap *m, struct mapper *ret, struct lxc_error **err);

#endif
