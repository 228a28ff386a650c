/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts without what tells whose they are: names that were collected before, and addresses.
 * The same name becomes the same number everywhere, so that a text stays readable:
 *
 *     start [container 1]: network 0: [address]
 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "util/buf.h"

enum redact_kind { REDACT_HOST, REDACT_USER, REDACT_CONTAINER, REDACT_KINDS };

struct redact_name {
	enum redact_kind kind;
	unsigned int number;
	char *text;
};

struct redact {
	struct redact_name *names;
	size_t n;
	unsigned int last[REDACT_KINDS]; /* number given */
};

/* Names are words: they are found between characters that are neither letter nor digit. */
int redact_add(struct redact *r, enum redact_kind kind, const char *text);

void redact_text(const struct redact *r, const char *text, struct buf *out);

void redact_done(struct redact *r);

#endif
