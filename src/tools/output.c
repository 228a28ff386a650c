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

#include "text.h"

static bool json_first = true;

static void say(struct tool *t, const char *message, const char *hint)
{
	t->reported = true;
	if (t->quiet)
		return;
	fflush(stdout);
	if (t->json) {
		fputs("{\"message\":", stderr);
		text_json(stderr, message);
		fputs(",\"hint\":", stderr);
		if (hint)
			text_json(stderr, hint);
		else
			fputs("null", stderr);
		fputs("}\n", stderr);
		return;
	}
	fprintf(stderr, "%s: ", t->program);
	text_safe(stderr, message, "");
	if (hint) {
		fputs("\nhint: ", stderr);
		text_safe(stderr, hint, "");
	}
	fputc('\n', stderr);
}

struct tool *tool_hint(struct tool *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->hint, sizeof(t->hint), format, args);
	va_end(args);
	return t;
}

int tool_error(struct tool *t, const char *format, ...)
{
	char message[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (!*t->hint && t->parsing)
		tool_hint(t, "%s --help lists what can be given", t->program);
	say(t, message, *t->hint ? t->hint : NULL);
	*t->hint = '\0';
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
		text_safe(out, text, "\n\t");
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
	text_json(stdout, key);
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
	text_json(stdout, value);
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
