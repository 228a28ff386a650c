/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Run a program as root of a user namespace. */
#include "tool.h"

#include <sys/wait.h>

static char **arg_maps;
static bool arg_self;
static long arg_uid, arg_gid;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_LIST('m',   "map", "MAP",  &arg_maps, "Map ids: KIND:INSIDE:HOST:COUNT, repeatable; KIND is u,\n"
						  "g or b for both (default: what /etc/subuid and\n"
						  "/etc/subgid grant)"),
	OPT_FLAG('s',   "map-self",    &arg_self, "Map your own ids as well, at the first that are free"),
	OPT_NUMBER('u', "uid", "UID",  &arg_uid,  "The user id inside (0)"),
	OPT_NUMBER('g', "gid", "GID",  &arg_gid,  "The group id inside (0)"),
	OPT_REST("[--] [COMMAND [ARGUMENT...]]"),
	TOOL_BASIC,
	TOOL_END
};
/* clang-format on */

static int run(struct tool *t)
{
	static char shell[] = "/bin/sh";
	char *const fallback[] = { shell, NULL };

	if (arg_uid < 0 || arg_gid < 0)
		return tool_error(t, "An id is a number from 0 on");
	int status = lxc_userns_run(
		&(struct lxc_userns_options){ .size = sizeof(struct lxc_userns_options),
					      .maps = (const char *const *)arg_maps,
					      .map_self = arg_self,
					      .uid = (uid_t)arg_uid,
					      .gid = (gid_t)arg_gid },
		t->argc > 0 ? t->argv : fallback);

	if (status < 0)
		return TOOL_FAILED;
	if (WIFEXITED(status) && WEXITSTATUS(status) > 125)
		tool_report(t);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TOOL("lxc-usernsexec", "Run a program as root of a user namespace", options, run)
