/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Architectures by name, as far as a process can choose: personality(2). */
#ifndef ISOLATE_PERSONALITY_H
#define ISOLATE_PERSONALITY_H

/* PER_LINUX32 or PER_LINUX in *ret for the name of an architecture; -EINVAL. */
int personality_parse(const char *arch, unsigned long *ret);

/* The name that stands for all of the same width: "i686", "x86_64". */
const char *personality_name(unsigned long personality);

/* The nearest name to an unknown one, or NULL. */
const char *personality_nearest(const char *arch);

#endif
