/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text or byte buffer. */
#include "util/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void buf_done(struct buf *b)
{
	int saved = errno;

	free(b->data);
	*b = (struct buf){};
	errno = saved;
}

static bool grow(struct buf *b, size_t more)
{
	size_t need = b->size + more + 1, room = MAX(need, 2 * b->room);

	if (b->failed || need <= b->room)
		return !b->failed;
	char *data = realloc(b->data, MAX(room, (size_t)128));
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->room = MAX(room, (size_t)128);
	return true;
}

void buf_add(struct buf *b, const void *data, size_t size)
{
	if (!grow(b, size))
		return;
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
	b->data[b->size] = '\0';
}

void buf_str(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	if (n > 0 && grow(b, n)) {
		(void)vsnprintf(b->data + b->size, n + 1, format, again);
		b->size += n;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_json(struct buf *b, const char *text)
{
	if (!text) {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	for (const unsigned char *p = (const void *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_printf(b, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			buf_printf(b, "\\u%04x", *p);
		else
			buf_char(b, *p);
	}
	buf_char(b, '"');
}

/* Length of the UTF-8 sequence at p, or 0 when it is none. */
static size_t utf8_length(const unsigned char *p)
{
	size_t n = *p < 0x80		     ? 1
		   : *p >= 0xf0 && *p < 0xf5 ? 4
		   : *p >= 0xe0		     ? 3
		   : *p >= 0xc2		     ? 2
					     : 0;

	if (*p >= 0xf5)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

void buf_printable(struct buf *b, const char *text)
{
	const unsigned char *p = (const void *)text;

	while (*p) {
		size_t n = utf8_length(p);
		/* U+0080 to U+009F are control characters, too */
		bool control = *p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0);

		if (!n || control) {
			buf_printf(b, "\\x%02x", *p++);
			continue;
		}
		buf_add(b, p, n);
		p += n;
	}
}

char *buf_steal(struct buf *b)
{
	buf_add(b, "", 0);
	char *text = b->failed ? NULL : steal_ptr(b->data);

	buf_done(b);
	return text;
}
