/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remove a container from disk. */
#include "tool.h"

static bool arg_force, arg_snapshots;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_FLAG('f', "force",     &arg_force,     "Stop the container first if it is running"),
	OPT_FLAG('s', "snapshots", &arg_snapshots, "Destroy including all snapshots"),
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static bool is_ephemeral(struct lxc_container *c)
{
	char value[8] = "";

	return lxc_container_get_config_item(c, "lxc.ephemeral", value, sizeof(value)) >
		       0 &&
	       value[0] == '1';
}

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c)
		return TOOL_FAILED;
	if (!lxc_container_is_defined(c))
		return tool_error(tool_hint(t, "lxc-ls -P %s lists those that there are",
					    c->config_path),
				  "Container is not defined");
	if (lxc_container_is_running(c)) {
		if (!arg_force)
			return tool_error(tool_hint(t,
						    "stop it first: lxc-stop -P %s "
						    "-n %s, or use -f",
						    c->config_path, t->name),
					  "%s is running", t->name);
		bool gone = is_ephemeral(c);

		if (!lxc_container_stop(c))
			return TOOL_FAILED;
		if (gone)
			return 0;
	}
	if (arg_snapshots)
		return lxc_container_destroy_with_snapshots(c) ? 0 : TOOL_FAILED;
	return lxc_container_destroy(c) ? 0 : TOOL_FAILED;
}

TOOL("lxc-destroy", "Remove a container with its root file system", options, run)
