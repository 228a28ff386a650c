/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hooks say: every line in the log, the last ones in the error. */
#include <string.h>
#include <sys/wait.h>

#include "core/hook.h"
#include "util/log.h"

static void end_line(struct hook_output *o)
{
	char *line = o->lines[o->n % HOOK_LINES];

	if (!o->size)
		return;
	line[o->size] = '\0';
	log_debug("%s: %s", o->key, line);
	o->n++;
	o->size = 0;
}

void hook_output_take(struct hook_output *o, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n')
			end_line(o);
		else if (data[i] && o->size < HOOK_LINE_SIZE - 1)
			o->lines[o->n % HOOK_LINES][o->size++] = data[i];
	}
}

static void add_lines(const struct hook_output *o, struct buf *text)
{
	unsigned int first = o->n > HOOK_LINES ? o->n - HOOK_LINES : 0;

	for (unsigned int i = first; i < o->n; i++) {
		buf_str(text, i == first ? ": " : " / ");
		buf_printable(text, o->lines[i % HOOK_LINES]);
	}
}

static void add_hint(const char *key, int code, struct lxc_error **err)
{
	if (code == 126)
		error_hint(
			err,
			"the program of %s cannot be executed: chmod +x, and a #! line "
			"with an interpreter that exists",
			key);
	else if (code == 127)
		error_hint(err, "the program of %s was not found: correct its path", key);
	else
		error_hint(
			err,
			"correct the program of %s, or remove the line; all that it says "
			"is in the log at level DEBUG",
			key);
}

int hook_result(struct hook_output *o, int status, const char *command,
		struct lxc_error **err)
{
	_cleanup_buf_ struct buf text = {};
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	end_line(o);
	if (code == 0)
		return 0;
	if (code > 0)
		buf_printf(&text, "exit status %d", code);
	else
		buf_printf(&text, "killed by signal %d", WTERMSIG(status));
	add_lines(o, &text);
	error_set_code(err, -EIO, LXC_ERROR_PROGRAM, "hook", "%s = %s", o->key, command);
	error_detail(err, "%s", text.failed ? "failed" : text.data);
	add_hint(o->key, code, err);
	return -EIO;
}
