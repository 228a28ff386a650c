/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Confining a process of our own that has everything it needs and executes nothing any more:
 * Landlock takes the file system and the network away, a system call filter everything that it
 * has no use for.  What is denied fails with EPERM or EACCES.
 *
 * Whoever makes processes later cannot use this: it is inherited and never taken back.
 */
#ifndef ISOLATE_CONFINE_H
#define ISOLATE_CONFINE_H

#include <stddef.h>
#include <stdint.h>

/* Rights to a directory and all below it: LANDLOCK_ACCESS_FS_*. */
#define CONFINE_READ_FILE (1u << 2)
#define CONFINE_REMOVE_FILE (1u << 5)

struct confinement {
	const int *
		calls; /* that stay possible, besides reading, writing, closing and ending */
	size_t n_calls;
	const char *dir; /* in which there are some rights left, or NULL */
	uint64_t rights;
};

/*
 * Confine the calling thread, as far as the kernel can: 0, or -errno with nothing or a part
 * done.  Sets no_new_privs.
 */
int confine_self(const struct confinement *c);

#endif
