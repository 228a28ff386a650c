/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lxc-info shows of the past: the last failed start and the log. */
#include "info.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text.h"

static void format_time(int64_t when, char *text, size_t size)
{
	time_t seconds = when;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, size, "%lld", (long long)when);
}

void info_failure(struct lxc_container *c)
{
	struct lxc_failure *failure = lxc_container_last_failure(c);
	const struct lxc_error *error = lxc_failure_error(failure);
	const char *hint = lxc_error_hint(error);
	char when[64];

	if (!failure)
		return;
	format_time(lxc_failure_time(failure), when, sizeof(when));
	info_begin("last_failed_start", '{');
	info_text("Last failed start:", "time", when);
	info_text(" Error:", "error", lxc_error_message(error));
	if (hint)
		info_text(" Hint:", "hint", hint);
	info_end('}');
	lxc_failure_free(failure);
}

static void show_lines(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		if (*line || text)
			tool_json_text(NULL, line);
}

bool info_log(struct lxc_container *c, size_t lines)
{
	char *text = lxc_container_log_tail(c, lines);

	if (!text)
		return false;
	info_begin("log", '[');
	if (info_style.json)
		show_lines(text);
	else
		text_safe(stdout, text, "\n\t");
	info_end(']');
	free(text);
	return true;
}
