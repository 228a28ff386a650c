/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names on the command line that stand for numbers; upper and lower case are the same. */
#ifndef WORD_H
#define WORD_H

#include "tool.h"

/* A table of them ends with a NULL name. */
struct word {
	const char *name;
	long value;
};

extern const struct word word_architectures[]; /* as PER_LINUX or PER_LINUX32 */

/* The number of a name: 0, or TOOL_FAILED and a message that lists the names. */
int word_value(struct tool *t, const struct word *words, const char *name,
	       long *ret_value);

/* The numbers of names joined by '|', or-ed. */
int word_bits(struct tool *t, const struct word *words, const char *list, int *ret_bits);

#endif
