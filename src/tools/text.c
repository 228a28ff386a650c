/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside for terminals and for JSON: no control characters, only valid UTF-8. */
#include "text.h"

#include <string.h>

/* Length of the valid UTF-8 sequence at s that is no control character, or 0. */
static size_t printable(const unsigned char *s)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80	 ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
				 : 4;
	unsigned int code = n == 1 ? s[0] : n > 1 ? s[0] & (0x7fU >> n) : 0;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (n == 1)
		return code >= 0x20 && code != 0x7f;
	if (n == 0 || code < least[n] || code > 0x10ffff || (code & ~0x7ffU) == 0xd800)
		return 0;
	return code < 0xa0 ? 0 : n;
}

/* keep: the control characters that may pass */
void text_safe(FILE *out, const char *text, const char *keep)
{
	for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
		size_t n = printable(s);

		if (n > 0) {
			fwrite(s, 1, n, out);
			s += n - 1;
		} else if (strchr(keep, *s)) {
			fputc(*s, out);
		} else {
			fprintf(out, "\\x%02x", *s);
		}
	}
}

void text_json(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
		size_t n = printable(s);

		if (*s == '"' || *s == '\\') {
			fprintf(out, "\\%c", *s);
		} else if (n > 0) {
			fwrite(s, 1, n, out);
			s += n - 1;
		} else if (*s == '\n') {
			fputs("\\n", out);
		} else {
			fprintf(out, "\\u%04x", *s < 0x80 ? *s : 0xfffdU);
		}
	}
	fputc('"', out);
}
