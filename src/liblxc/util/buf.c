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

/* Length of the UTF-8 sequence at p (RFC 3629), or 0 when it is none. */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char first, last, low,
			high; /* of the first byte, of the second */
		size_t n;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (*p < forms[i].first || *p > forms[i].last)
			continue;
		if (forms[i].n > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		for (size_t j = 2; j < forms[i].n; j++)
			if ((p[j] & 0xc0) != 0x80)
				return 0;
		return forms[i].n;
	}
	return 0;
}

void buf_json(struct buf *b, const char *text)
{
	if (!text) {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	const unsigned char *p = (const void *)text;
	for (size_t n; *p; p += MAX(n, (size_t)1)) {
		n = utf8_length(p);

		if (!n)
			buf_str(b, "\\ufffd");
		else if (n > 1)
			buf_add(b, p, n);
		else if (*p == '"' || *p == '\\')
			buf_printf(b, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			buf_printf(b, "\\u%04x", *p);
		else
			buf_char(b, *p);
	}
	buf_char(b, '"');
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
