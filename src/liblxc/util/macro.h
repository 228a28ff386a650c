/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words that every file uses: ownership by cleanup attribute, handing over, sizes.
 * A cleanup never changes errno.
 */
#ifndef UTIL_MACRO_H
#define UTIL_MACRO_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ALIGN_UP(n, to) (((n) + ((to)-1)) & ~((__typeof__(n))(to)-1))

#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _nonnull_ __attribute__((returns_nonnull))
#define _cleanup_(f) __attribute__((cleanup(f)))

/* The descriptor that is not there. */
#define NO_FD (-EBADF)

static inline void free_p(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void close_p(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

#define _cleanup_free_ _cleanup_(free_p)
#define _cleanup_close_ _cleanup_(close_p)

/* For objects with an x_free(): the line under its prototype. */
#define DEFINE_FREE(type, function)              \
	static inline void function##p(type **p) \
	{                                        \
		int saved = errno;               \
                                                 \
		(void)function(*p);              \
		errno = saved;                   \
	}

/* Hand over what a cleanup variable holds. */
#define steal_ptr(p)                      \
	(__extension__({                  \
		__auto_type stolen = (p); \
		(p) = NULL;               \
		stolen;                   \
	}))

static inline int steal_fd_(int *fd)
{
	int stolen = *fd;

	*fd = NO_FD;
	return stolen;
}

#define steal_fd(fd) steal_fd_(&(fd))

#endif
