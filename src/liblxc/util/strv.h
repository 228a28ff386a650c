/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NULL-terminated arrays of strings; the array and the strings have one owner. */
#ifndef UTIL_STRV_H
#define UTIL_STRV_H

#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

char **strv_free(char **v);
DEFINE_FREE(char *, strv_free)
#define _cleanup_strv_ _cleanup_(strv_freep)

size_t strv_size(char *const *v);
bool strv_has(char *const *v, const char *text);

/* Append a copy of text.  0 or -ENOMEM. */
int strv_add(char ***v, const char *text);
int strv_add_n(char ***v, const char *text, size_t size);
/* Append text itself, which is freed on failure and may be NULL (-ENOMEM). */
int strv_push(char ***v, char *text);
/* A copy of the whole array; NULL without memory. */
char **strv_copy(char *const *v);
/* Sort by strcmp(). */
void strv_sort(char **v);
/* The parts of text between any of the separators, without empty ones.  NULL without memory. */
char **strv_split(const char *text, const char *separators);
/* The words of a command line: white space separates, '…' and "…" quote, no escapes. */
char **strv_split_command(const char *text);

#endif
