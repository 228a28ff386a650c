/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is expensive to make from a text, kept on disk by that text.  Only root writes there, and
 * only what nobody else can have written is read; an entry that is damaged, or that another text
 * with the same hash left, is as good as none.
 */
#ifndef UTIL_CACHE_H
#define UTIL_CACHE_H

#include <stddef.h>

/* What is kept for text in the directory dir: the caller frees *ret.  0, or -errno: none. */
int cache_get(const char *dir, const char *text, void **ret, size_t *ret_size);

/* Keep it.  The directory is made.  0 or -errno, which need not matter to the caller. */
int cache_put(const char *dir, const char *text, const void *data, size_t size);

#endif
