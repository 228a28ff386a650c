/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces that a container shares with others: what lxc.namespace.share.* name. */
#ifndef CORE_SHARE_H
#define CORE_SHARE_H

#include "conf/conf.h"

struct shares {
	int fds[NS_COUNT]; /* NO_FD: not shared */
};

#define SHARES_NONE                                     \
	(struct shares)                                 \
	{                                               \
		.fds = { [0 ... NS_COUNT - 1] = NO_FD } \
	}

void shares_done(struct shares *s);
#define _cleanup_shares_ _cleanup_(shares_done)

/*
 * Open them all; the monitor of the container `name` keeps them, so that a reboot joins the same
 * ones.  0, or -errno; *ret begins as SHARES_NONE, and is to be done with in any case.
 */
int share_open(const struct conf *conf, const char *lxcpath, const char *name,
	       struct shares *ret, struct lxc_error **err);

#endif
