/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Print what a container is and what it uses. */
#include "tool.h"

#include <string.h>

#include "info.h"

#define LOG_LINES 20 /* unless --log says how many */

static bool arg_state, arg_pid, arg_ips, arg_stats, arg_raw;
static char **arg_keys;
static long arg_log = -1; /* lines; -1: no log, 0: all of it */

static int set_log(struct tool *t, const char *argument)
{
	arg_log = LOG_LINES;
	if (!argument)
		return 0;
	if (!strcmp(argument, "all")) {
		arg_log = 0;
		return 0;
	}
	if (tool_number(argument, &arg_log) && arg_log > 0)
		return 0;
	tool_hint(t, "as in --log=100, or --log=all");
	tool_error(t, "'%s' is not a number of lines", argument);
	return TOOL_USAGE;
}

/* clang-format off */
static const struct tool_option options[] = {
	OPT_LIST('c', "config", "KEY", &arg_keys,  "Show configuration variable KEY, repeatable"),
	OPT_FLAG('i', "ips",           &arg_ips,   "Show the IP addresses"),
	OPT_FLAG('p', "pid",           &arg_pid,   "Show the process id of the init process"),
	OPT_FLAG('S', "stats",         &arg_stats, "Show usage stats"),
	OPT_FLAG('H', "no-humanize",   &arg_raw,   "Show stats as raw numbers, not humanized"),
	OPT_CALL(0,   "log",   "[N]",  set_log,    "Show the last N lines of the log (default is 20), or all"),
	OPT_FLAG('s', "state",         &arg_state, "Show the state of the container"),
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static bool show(struct lxc_container *c, bool all)
{
	bool running = lxc_container_is_running(c);
	pid_t pid = running && (arg_pid || all) ? lxc_container_init_pid(c) : -1;

	if (all)
		info_text("Name:", "name", c->name);
	if (arg_state || all)
		info_text("State:", "state", lxc_container_state(c));
	if (pid > 0)
		info_number("PID:", "pid", pid, NULL);
	if (running && (arg_ips || all))
		info_ips(c);
	if (running && (arg_stats || all))
		info_stats(c);
	if (all)
		info_failure(c);
	if (arg_keys)
		info_begin("config", '{');
	for (char **key = arg_keys; key && *key; key++)
		info_key(c, *key);
	if (arg_keys)
		info_end('}');
	return arg_log < 0 || info_log(c, (size_t)arg_log);
}

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c)
		return TOOL_FAILED;
	if (!lxc_container_is_defined(c) && !lxc_container_is_running(c))
		return tool_error(tool_hint(t, "lxc-ls -P %s lists those that there are",
					    c->config_path),
				  "%s doesn't exist", t->name);
	info_style = (struct info_style){
		.json = t->json,
		.bare = arg_raw && !arg_stats && arg_state + arg_pid + arg_ips == 1,
		.bare_key = arg_raw && arg_keys && !arg_keys[1],
		.raw = arg_raw,
	};
	info_begin(NULL, '{');
	bool complete = show(c, !arg_state && !arg_pid && !arg_ips && !arg_stats &&
					!arg_keys && arg_log < 0);
	info_end('}');
	if (t->json)
		putchar('\n');
	return complete ? tool_flush(t) : TOOL_FAILED;
}

TOOL("lxc-info", "Print what a container is and what it uses", options, run)
