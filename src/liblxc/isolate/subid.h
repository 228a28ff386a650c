/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids that a user may map: /etc/subuid and /etc/subgid, subuid(5). */
#ifndef ISOLATE_SUBID_H
#define ISOLATE_SUBID_H

#include <sys/types.h>

#include "isolate/idmap.h"
#include "isolate/idrange.h"

/*
 * Whether the user may map what m maps, his own ids and those granted to him; otherwise an
 * error whose hint is the command that grants them.
 */
int subid_check(const struct idmap *m, uid_t uid, struct lxc_error **err);

/*
 * The first range that is granted to the user, of at least the given size, in *ret as a line
 * from 0 on; -ENOENT when there is none.
 */
int subid_first(uid_t uid, bool gid, uint32_t least, struct idmap_line *ret);

/*
 * Add what the file grants to the user to own, and what it grants to anybody else to others.
 * 0, also when there is no file; otherwise -errno.
 */
int subid_ranges(uid_t uid, bool gid, struct idrange_list *own,
		 struct idrange_list *others);

#endif
