/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes from text: the whole text or nothing.  0, -EINVAL or -ERANGE. */
#ifndef UTIL_PARSE_H
#define UTIL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* C notation (decimal, 0x…, 0…), leading blanks allowed, no sign. */
int parse_uint64(const char *text, uint64_t max, uint64_t *ret_value);
int parse_uint(const char *text, unsigned int max, unsigned int *ret_value);
/* C notation with an optional sign. */
int parse_int64(const char *text, int64_t *ret_value);
/* Decimal digits only. */
int parse_decimal(const char *text, uint64_t max, uint64_t *ret_value);
/* 0 or 1. */
int parse_bool01(const char *text, bool *ret_value);
/* Bytes: a number with an optional suffix, KB MB GB in any case; one other letter is ignored. */
int parse_size(const char *text, uint64_t *ret_value);

/* How many single edits turn a into b (Levenshtein), at most max + 1. */
size_t parse_distance(const char *a, const char *b, size_t max);

#endif
