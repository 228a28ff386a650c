/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start a container, in the background or on the terminal, or explain what that would do. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool arg_foreground, arg_close_fds, arg_explain;
static const char *arg_pidfile, *arg_console, *arg_console_log;
static const char *arg_share_net, *arg_share_ipc, *arg_share_uts, *arg_share_pid;
static char **arg_defines;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_UNFLAG('d', "daemon",             &arg_foreground,  "Daemonize the container (default)"),
	OPT_FLAG('F', "foreground",           &arg_foreground,  "Start with the current tty attached to /dev/console"),
	OPT_TEXT('p', "pidfile",     "FILE",  &arg_pidfile,     "Create a file with the process id of the monitor"),
	OPT_TEXT('c', "console",     "FILE",  &arg_console,     "Use specified FILE for the container console"),
	OPT_TEXT('L', "console-log", "FILE",  &arg_console_log, "Log container console output to FILE"),
	OPT_FLAG('C', "close-all-fds",        &arg_close_fds,   "If any fds are inherited, close them"),
	OPT_LIST('s', "define",   "KEY=VAL",  &arg_defines,     "Assign VAL to configuration variable KEY"),
	OPT_TEXT(0,   "share-net",   "NAME",  &arg_share_net,   "Share the network namespace with another container or pid"),
	OPT_TEXT(0,   "share-ipc",   "NAME",  &arg_share_ipc,   "Share the ipc namespace"),
	OPT_TEXT(0,   "share-uts",   "NAME",  &arg_share_uts,   "Share the uts namespace"),
	OPT_TEXT(0,   "share-pid",   "NAME",  &arg_share_pid,   "Share the pid namespace"),
	OPT_FLAG(0,   "explain",              &arg_explain,     "Print the steps of the start without doing them"),
	OPT_REST("[COMMAND [ARGUMENT...]]"),
	TOOL_CONTAINER_F,
	TOOL_END
};

static const struct tool_setting settings[] = {
	{ "lxc.console.path",        &arg_console },
	{ "lxc.console.logfile",     &arg_console_log },
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
	if (lxc_container_is_defined(c))
		return 0;
	if (!arg_defines)
		return tool_error(
			tool_hint(t,
				  "there is no %s in %s: lxc-create makes one; or give a "
				  "configuration with -f",
				  t->name, lxc_container_get_config_path(c)),
			"No container config specified");
	if (t->argc == 0)
		return tool_error(
			t,
			"Executing '/sbin/init' with no configuration file may crash the host");
	return 0;
}

/* The monitor may not start in our directory, so the path becomes absolute: it has to exist. */
static int prepare_pidfile(struct tool *t, struct lxc_container *c)
{
	if (!arg_pidfile)
		return 0;
	int fd = open(arg_pidfile, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	char *path = fd < 0 ? NULL : realpath(arg_pidfile, NULL);

	if (!path) {
		tool_hint(t, "its directory must exist and be writable");
		tool_error(t, "Failed to ensure pidfile '%s': %s", arg_pidfile,
			   strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	free(c->pidfile);
	c->pidfile = path;
	return path ? 0 : TOOL_FAILED;
}

/* What no monitor has written to is of no use to anybody. */
static void forget_pidfile(void)
{
	struct stat st;

	if (arg_pidfile && stat(arg_pidfile, &st) == 0 && st.st_size == 0)
		(void)unlink(arg_pidfile);
}

static int explain(struct tool *t, struct lxc_container *c)
{
	char *text = lxc_container_explain(c, 0, t->argc > 0 ? t->argv : NULL);

	if (!text)
		return TOOL_FAILED;
	tool_print(stdout, text);
	free(text);
	return tool_flush(t);
}

/* The start has found out; who may know is asked only now, as most starts find nothing. */
static int is_running(struct tool *t, struct lxc_container *c)
{
	forget_pidfile();
	if (!lxc_container_may_control(c))
		return TOOL_FAILED;
	tool_hint(t, "to restart it: lxc-stop -r -P %s -n %s", c->config_path, t->name);
	tool_error(t, "Container is already running");
	return 0;
}

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_container(t);

	if (!c || configure(t, c) < 0)
		return TOOL_FAILED;
	if (arg_explain)
		return explain(t, c);
	if (prepare_pidfile(t, c) < 0 ||
	    !lxc_container_want_daemonize(c, !arg_foreground) ||
	    (arg_close_fds && !lxc_container_want_close_all_fds(c, true)))
		return TOOL_FAILED;
	if (arg_foreground && tool_forward_signals(t, c) < 0)
		return TOOL_FAILED;
	if (lxc_container_start(c, 0, t->argc > 0 ? t->argv : NULL))
		return 0;
	if (lxc_error_errno(lxc_last_error()) == EADDRINUSE)
		return is_running(t, c);

	/* killed by a signal: its number, as it always was */
	int status = arg_foreground ? c->error_num & 0xff : 0;

	forget_pidfile();

	tool_report(t);
	return status ? status : TOOL_FAILED;
}

TOOL("lxc-start", "Start a container", options, run)
