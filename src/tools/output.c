/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the programs say: messages on standard error, text and JSON on standard output.
 * Names and values come from outside and never reach a terminal as control characters.
 */
#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool json_first = true;

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
static void print_safe(FILE *out, const char *text, const char *keep)
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

static void json_string(FILE *out, const char *text)
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

static void say(struct tool *t, const char *message, const char *hint)
{
	t->reported = true;
	if (t->quiet)
		return;
	fflush(stdout);
	if (t->json) {
		fputs("{\"message\":", stderr);
		json_string(stderr, message);
		fputs("}\n", stderr);
		return;
	}
	fprintf(stderr, "%s: ", t->program);
	print_safe(stderr, message, "");
	if (hint) {
		fputs("\nhint: ", stderr);
		print_safe(stderr, hint, "");
	}
	fputc('\n', stderr);
}

int tool_error(struct tool *t, const char *format, ...)
{
	char message[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	say(t, message, NULL);
	return TOOL_FAILED;
}

void tool_report(struct tool *t)
{
	const struct lxc_error *error = lxc_last_error();

	if (t->reported)
		return;
	if (!error) {
		say(t, "failed for an unknown reason", NULL);
		return;
	}
	if (!t->json) {
		say(t, lxc_error_message(error), lxc_error_hint(error));
		return;
	}
	char *json = lxc_error_json(error);

	t->reported = true;
	if (json && !t->quiet)
		fprintf(stderr, "%s\n", json);
	free(json);
}

void tool_print(FILE *out, const char *text)
{
	if (isatty(fileno(out)))
		print_safe(out, text, "\n\t");
	else
		fputs(text, out);
}

int tool_flush(struct tool *t)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return tool_error(t, "standard output: %s", strerror(errno));
}

static void json_key(const char *key)
{
	if (!json_first)
		putchar(',');
	json_first = false;
	if (!key)
		return;
	json_string(stdout, key);
	putchar(':');
}

void tool_json_open(const char *key, char bracket)
{
	json_key(key);
	putchar(bracket);
	json_first = true;
}

void tool_json_close(char bracket)
{
	putchar(bracket);
	json_first = false;
}

void tool_json_text(const char *key, const char *value)
{
	json_key(key);
	json_string(stdout, value);
}

void tool_json_number(const char *key, long long value)
{
	json_key(key);
	printf("%lld", value);
}

void tool_json_bool(const char *key, bool value)
{
	json_key(key);
	fputs(value ? "true" : "false", stdout);
}
