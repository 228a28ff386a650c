/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A conversation with rtnetlink and its answers, within a deadline. */
#ifndef NET_NETLINK_H
#define NET_NETLINK_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/wait.h"

struct netlink {
	int sock; /* NO_FD before */
	uint32_t sequence;
	struct deadline deadline;
	char *buffer;
	bool torn; /* what a dump lists changed meanwhile */
};

/*
 * Open the socket, with strict checking (-EOPNOTSUPP where the kernel lacks it).  d may
 * be NULL: five seconds from now.
 */
int netlink_init(struct netlink *q, const struct deadline *d);
void netlink_done(struct netlink *q);

/*
 * Send m and call take for every message of the answer, until it is complete or take
 * fails.  0 or -errno, also the kernel's.
 */
int netlink_run(struct netlink *q, struct nl_msg *m,
		int (*take)(struct nlmsghdr *h, void *data), void *data);

#endif
