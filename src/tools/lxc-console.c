/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connect to a terminal of a container. */
#include "tool.h"

#include <ctype.h>
#include <unistd.h>

static long arg_tty = -1;
static char arg_escape = 'a';

static int set_escape(struct tool *t, const char *argument)
{
	const char *letter = argument + (argument[0] == '^');

	if (!isalpha((unsigned char)letter[0]) || letter[1])
		return tool_error(
			t, "Invalid escape character '%s': use a letter or ^letter",
			argument);
	arg_escape = (char)tolower((unsigned char)letter[0]);
	return 0;
}

/* clang-format off */
static const struct tool_option options[] = {
	OPT_NUMBER('t', "tty",  "NUMBER", &arg_tty,   "Terminal to use (default: a free one; 0: the console)"),
	OPT_CALL('e', "escape", "PREFIX", set_escape, "Prefix of the commands, ^a or a (default a)"),
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);
	int tty = (int)arg_tty, terminal = -1;

	if (!c)
		return TOOL_FAILED;
	if (!lxc_container_is_running(c))
		return tool_error(tool_hint(t, "start it first: lxc-start -P %s -n %s",
					    c->config_path, t->name),
				  "%s is not running", t->name);

	/* reserving it first tells its number, and that it is there */
	int reserved = lxc_container_console_getfd(c, &tty, &terminal);

	if (reserved < 0)
		return TOOL_FAILED;
	close(terminal);
	close(reserved);
	fprintf(stderr, "\nConnected to tty %d\n", tty);
	fprintf(stderr,
		"Type <Ctrl+%c q> to exit the console, <Ctrl+%c Ctrl+%c> to enter Ctrl+%c itself\n",
		arg_escape, arg_escape, arg_escape, arg_escape);
	if (lxc_container_console(c, tty, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO,
				  arg_escape - 'a' + 1) < 0)
		return TOOL_FAILED;
	return 0;
}

TOOL("lxc-console", "Connect to a terminal of a container", options, run)
