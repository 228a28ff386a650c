/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stop or reboot a container. */
#include "tool.h"

static bool arg_reboot, arg_nowait, arg_kill, arg_nolock, arg_nokill;
static long arg_timeout = 60;
static bool arg_timeout_given;

static int set_timeout(struct tool *t, const char *argument)
{
	arg_timeout_given = true;
	if (tool_number(argument, &arg_timeout) && arg_timeout >= -1 &&
	    arg_timeout <= INT32_MAX)
		return 0;
	tool_hint(t, "use a number of seconds, or -1 to wait for ever");
	return tool_error(t, "Invalid timeout '%s'", argument);
}

/* clang-format off */
static const struct tool_option options[] = {
	OPT_FLAG('r', "reboot",       &arg_reboot,  "Reboot the container"),
	OPT_FLAG('W', "nowait",       &arg_nowait,  "Don't wait for shutdown or reboot to complete"),
	OPT_CALL('t', "timeout", "T", set_timeout,  "Wait T seconds before hard-stopping (default 60, -1: for ever)"),
	OPT_FLAG('k', "kill",         &arg_kill,    "Kill container rather than request clean shutdown"),
	OPT_FLAG(0,   "nolock",       &arg_nolock,  "Avoid using API locks (only with -k; locks are never needed)"),
	OPT_FLAG(0,   "nokill",       &arg_nokill,  "Only request clean shutdown, don't force kill after timeout"),
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static int check(struct tool *t)
{
	if (arg_kill && arg_nokill)
		return tool_error(t, "-k can't be used with --nokill");
	if (arg_kill && arg_reboot)
		return tool_error(t, "-k can't be used with -r");
	if (arg_kill && arg_timeout_given && arg_timeout > 0)
		return tool_error(t, "-k doesn't allow timeouts");
	if (arg_nolock && !arg_kill)
		return tool_error(t, "--nolock may only be used with -k");
	return 0;
}

static int run(struct tool *t)
{
	if (check(t) < 0)
		return TOOL_FAILED;
	_cleanup_container_ struct lxc_container *c = tool_control(t);
	int timeout = arg_nowait ? 0 : (int)arg_timeout;

	if (!c)
		return TOOL_FAILED;
	if (!lxc_container_is_running(c)) {
		tool_hint(t, "lxc-ls -P %s --running lists those that are",
			  lxc_container_get_config_path(c));
		tool_error(t, "%s is not running", t->name);
		return 2;
	}
	if (arg_reboot)
		return lxc_container_reboot2(c, timeout) ? 0 : TOOL_FAILED;
	if (!arg_kill) {
		if (lxc_container_shutdown(c, timeout) || timeout == 0)
			return 0;
		if (arg_nokill)
			return TOOL_FAILED;
	}
	return lxc_container_stop(c) ? 0 : TOOL_FAILED;
}

TOOL("lxc-stop", "Stop or reboot a container", options, run)
