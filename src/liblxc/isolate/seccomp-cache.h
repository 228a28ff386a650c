/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiled filters by the text of their policy, in a directory of util/cache.h: whoever can write
 * to it decides what containers may do.
 */
#ifndef ISOLATE_SECCOMP_CACHE_H
#define ISOLATE_SECCOMP_CACHE_H

#include <linux/filter.h>
#include <stddef.h>

/* The program for text, or -errno for any reason why there is none. */
int seccomp_cache_get(const char *dir, const char *text, struct sock_filter **ret,
		      size_t *ret_n);

/* Keep a program; the directory is made. */
int seccomp_cache_put(const char *dir, const char *text, const struct sock_filter *filter,
		      size_t n);

#endif
