/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ids for root's containers.  lxc.idmap = auto becomes a range that nobody else has, when a
 * container is created; a record says whose it is.
 *
 *   localstatedir/lib/lxc-ids/ranges   "version 1", then a line "BASE COUNT LXCPATH/NAME" each
 *   localstatedir/lib/lxc-ids/lock     held, from reading to replacing it
 *
 * 1. The container's directory is made before its range is recorded, and the range is recorded
 *    before anything belongs to it.
 * 2. An entry counts as long as that directory is there, or the one that a destroy makes of it;
 *    its ids may own files until then.  A crash at any point leaves an entry that counts, or
 *    one that the next to look drops.
 */
#ifndef CORE_ALLOCATE_H
#define CORE_ALLOCATE_H

#include "conf/conf.h"

/*
 * Put lines in the place of lxc.idmap = auto; nothing to do without.  The container's directory
 * has to be there.
 */
int allocate_ids(struct conf *conf, const char *lxcpath, const char *name,
		 struct lxc_error **err);

/* The container's directory is gone: so is its entry, now or when the next is looked for. */
void allocate_forget(const char *lxcpath, const char *name);

#endif
