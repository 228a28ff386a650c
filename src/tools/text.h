/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside, written so that it cannot steer what reads it. */
#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>

/* For a terminal: what is not printable becomes \xNN, but for the characters in keep. */
void text_safe(FILE *out, const char *text, const char *keep);

/* For JSON: a string with its quotes. */
void text_json(FILE *out, const char *text);

#endif
