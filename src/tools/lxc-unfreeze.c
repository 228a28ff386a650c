/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Let the processes of a frozen container run on. */
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

	return c && lxc_container_unfreeze(c) ? 0 : TOOL_FAILED;
}

TOOL("lxc-unfreeze", "Let the processes of a frozen container run on", options, run)
