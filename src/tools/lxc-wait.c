/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wait until a container has reached a state. */
#include "tool.h"

static const char *arg_states;
static long arg_timeout = -1;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_TEXT('s', "state",   "STATE", &arg_states,  "States to wait for, joined by |:\nSTOPPED, STARTING, RUNNING, STOPPING,\nABORTING, FREEZING, FROZEN, THAWED"),
	OPT_NUMBER('t', "timeout", "TMO", &arg_timeout, "Seconds to wait for state changes (default -1: for ever)"),
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static int run(struct tool *t)
{
	if (!arg_states)
		return tool_error(tool_hint(t, "name one or more: %s -s RUNNING -n %s",
					    t->program, t->name),
				  "Missing state option to wait for");
	if (arg_timeout < -1 || arg_timeout > INT32_MAX)
		return tool_error(t, "Invalid timeout '%ld'", arg_timeout);
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c)
		return TOOL_FAILED;
	return lxc_container_wait(c, arg_states, (int)arg_timeout) ? 0 : TOOL_FAILED;
}

TOOL("lxc-wait", "Wait until a container has reached a state", options, run)
