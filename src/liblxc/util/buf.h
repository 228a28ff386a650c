/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A growing text or byte buffer.  It remembers that an allocation failed, so that callers
 * add what they have to and look once, at the end: buf_steal() is NULL then.
 */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

struct buf {
	char *data; /* NUL-terminated when not NULL */
	size_t size;
	size_t room;
	bool failed;
};

void buf_done(struct buf *b);
#define _cleanup_buf_ _cleanup_(buf_done)

void buf_add(struct buf *b, const void *data, size_t size);
void buf_str(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) _printf_(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args);

/* text as a JSON string, with its quotes; NULL becomes null. */
void buf_json(struct buf *b, const char *text);

/*
 * text as it may stand on a terminal: control characters and bytes that are not UTF-8 as
 * \xNN, so that no name or message from outside can drive the terminal.
 */
void buf_printable(struct buf *b, const char *text);

/* The text, which the caller now owns ("" when nothing was added); NULL without memory. */
char *buf_steal(struct buf *b);

/* 0, or -ENOMEM when an allocation failed since the start. */
static inline int buf_status(const struct buf *b)
{
	return b->failed ? -ENOMEM : 0;
}

#endif
