/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a running container uses, from its cgroup files of either layout. */
#ifndef STATS_H
#define STATS_H

#include <lxc/lxc.h>

enum stats_figure {
	STAT_CPU, /* nanoseconds; the others are bytes */
	STAT_BLKIO,
	STAT_MEMORY,
	STAT_KMEM,
	STAT_SWAP,
};

/* The value, or -1 when neither layout tells it. */
long long stats_get(struct lxc_container *c, enum stats_figure figure);

/*
 * Bytes that the container sent and received over its network device number index.  Returns
 * the name of the device on the host, which the caller frees; NULL when there is none; the
 * numbers are -1 when its counters can't be read.
 */
char *stats_link(struct lxc_container *c, int index, long long *ret_tx,
		 long long *ret_rx);

#endif
