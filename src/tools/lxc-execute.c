/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Run one program as a container, below a small init of the library. */
#include "tool.h"

#include <sys/wait.h>

static bool arg_daemon;
static const char *arg_uid, *arg_gid;
static const char *arg_share_net, *arg_share_ipc, *arg_share_uts, *arg_share_pid;
static char **arg_defines;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_FLAG('d', "daemon",             &arg_daemon,    "Daemonize the container"),
	OPT_LIST('s', "define",  "KEY=VAL", &arg_defines,   "Assign VAL to configuration variable KEY"),
	OPT_TEXT('u', "uid",       "UID",   &arg_uid,       "Execute COMMAND with UID inside the container"),
	OPT_TEXT('g', "gid",       "GID",   &arg_gid,       "Execute COMMAND with GID inside the container"),
	OPT_TEXT(0,   "share-net", "NAME",  &arg_share_net, "Share the network namespace with another container or pid"),
	OPT_TEXT(0,   "share-ipc", "NAME",  &arg_share_ipc, "Share the ipc namespace"),
	OPT_TEXT(0,   "share-uts", "NAME",  &arg_share_uts, "Share the uts namespace"),
	OPT_TEXT(0,   "share-pid", "NAME",  &arg_share_pid, "Share the pid namespace"),
	OPT_REST("[--] [COMMAND [ARGUMENT...]]"),
	TOOL_CONTAINER_F,
	TOOL_END
};

static const struct tool_setting settings[] = {
	{ "lxc.init.uid",            &arg_uid },
	{ "lxc.init.gid",            &arg_gid },
	{ "lxc.namespace.share.net", &arg_share_net },
	{ "lxc.namespace.share.ipc", &arg_share_ipc },
	{ "lxc.namespace.share.uts", &arg_share_uts },
	{ "lxc.namespace.share.pid", &arg_share_pid },
	{ NULL, NULL }
};
/* clang-format on */

static int configure(struct tool *t, struct lxc_container *c)
{
	if (tool_configure(t, c, arg_defines, settings) < 0)
		return TOOL_FAILED;
	if (!lxc_container_is_defined(c) && !arg_defines)
		return tool_error(
			tool_hint(t, "give a configuration with -f, or its keys with -s"),
			"Executing a container with no configuration file may "
			"crash the host");
	return 0;
}

/* The command's exit status, or that of a shell whose command a signal has killed. */
static int exit_code(int status)
{
	return (status & 0xff) == 0x7f ? 128 + (status >> 8) : status >> 8;
}

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c || configure(t, c) < 0)
		return TOOL_FAILED;
	if (!lxc_container_want_daemonize(c, arg_daemon))
		return TOOL_FAILED;
	if (!arg_daemon && tool_forward_signals(t, c) < 0)
		return TOOL_FAILED;
	bool done = lxc_container_start(c, 1, t->argc > 0 ? t->argv : NULL);

	if (!done)
		tool_report(t);
	if (arg_daemon)
		return done ? 0 : TOOL_FAILED;
	int code = exit_code(c->error_num);

	return done || code ? code : TOOL_FAILED;
}

TOOL("lxc-execute", "Run a program as a container", options, run)
