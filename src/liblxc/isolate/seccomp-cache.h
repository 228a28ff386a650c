/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiled filters by the text of their policy: a directory with a file each, named by a hash
 * of the text, with the text itself for comparison.  Whoever can write to it decides what
 * containers may do: directory and files must belong to root and be writable by nobody else.
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
