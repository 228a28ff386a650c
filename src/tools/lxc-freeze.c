/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stop every process of a container from running. */
#include "tool.h"

/* clang-format off */
static const struct tool_option options[] = {
	TOOL_CONTAINER,
	TOOL_END
};
/* clang-format on */

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	return c && lxc_container_freeze(c) ? 0 : TOOL_FAILED;
}

TOOL("lxc-freeze", "Stop every process of a container from running", options, run)
