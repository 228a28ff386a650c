/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Run a program or a shell inside a container. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "word.h"

#define ELEVATED_ALL \
	(LXC_ATTACH_MOVE_TO_CGROUP | LXC_ATTACH_DROP_CAPABILITIES | LXC_ATTACH_LSM)

static lxc_attach_options_t attach = LXC_ATTACH_OPTIONS_DEFAULT;
static bool arg_clear_env, arg_remount;
static char **arg_keep, **arg_set;
static const char *arg_pty_log, *arg_context;
static long arg_uid = -1, arg_gid = -1;
static int elevated;

/* clang-format off */
static const struct word privileges[] = {
	{ "CGROUP", LXC_ATTACH_MOVE_TO_CGROUP },
	{ "CAP",    LXC_ATTACH_DROP_CAPABILITIES },
	{ "LSM",    LXC_ATTACH_LSM },
	{ NULL, 0 }
};

static const struct word namespaces[] = {
	{ "MOUNT",   CLONE_NEWNS },   { "MNT", CLONE_NEWNS },
	{ "PID",     CLONE_NEWPID },
	{ "UTSNAME", CLONE_NEWUTS },  { "UTS", CLONE_NEWUTS },
	{ "IPC",     CLONE_NEWIPC },
	{ "USER",    CLONE_NEWUSER },
	{ "NETWORK", CLONE_NEWNET },  { "NET", CLONE_NEWNET },
	{ "CGROUP",  CLONE_NEWCGROUP },
	{ "TIME",    0x00000080 /* CLONE_NEWTIME */ },
	{ NULL, 0 }
};
/* clang-format on */

static int set_elevated(struct tool *t, const char *argument)
{
	elevated = ELEVATED_ALL;
	return argument ? word_bits(t, privileges, argument, &elevated) : 0;
}

static int set_namespaces(struct tool *t, const char *argument)
{
	elevated = ELEVATED_ALL;
	return word_bits(t, namespaces, argument, &attach.namespaces);
}

static int set_arch(struct tool *t, const char *argument)
{
	return word_value(t, word_architectures, argument, &attach.personality);
}

/* clang-format off */
static const struct tool_option options[] = {
	OPT_CALL('e', "elevated-privileges", "[PRIVILEGES]", set_elevated, "Don't restrict the program as the container is:\nCGROUP, CAP and LSM joined by |, or all of them\nWARNING: this may leak privileges into the container"),
	OPT_CALL('a', "arch",       "ARCH",    set_arch,       "Use ARCH instead of the container's own architecture"),
	OPT_CALL('s', "namespaces", "FLAGS",   set_namespaces, "Attach only to these namespaces, joined by |:\nMOUNT, PID, UTSNAME, IPC, USER, NETWORK, CGROUP, TIME\nWARNING: implies -e with all privileges"),
	OPT_FLAG('R', "remount-sys-proc",      &arg_remount,   "Remount /sys and /proc if not attaching to the mount namespace"),
	OPT_FLAG(0,   "clear-env",             &arg_clear_env, "Clear all environment variables before attaching"),
	OPT_UNFLAG(0, "keep-env",              &arg_clear_env, "Keep all current environment variables (default)"),
	OPT_TEXT('L', "pty-log",    "FILE",    &arg_pty_log,   "Log pty output to FILE"),
	OPT_LIST('v', "set-var",    "VAR=VAL", &arg_set,       "Set an additional variable, repeatable"),
	OPT_LIST(0,   "keep-var",   "VAR",     &arg_keep,      "Keep a variable despite --clear-env, repeatable"),
	OPT_NUMBER('u', "uid",      "UID",     &arg_uid,       "Execute COMMAND with UID inside the container"),
	OPT_NUMBER('g', "gid",      "GID",     &arg_gid,       "Execute COMMAND with GID inside the container"),
	OPT_TEXT('c', "context",    "CONTEXT", &arg_context,   "SELinux context to transition into"),
	OPT_REST("[COMMAND [ARGUMENT...]]"),
	TOOL_CONTAINER_F,
	TOOL_END
};
/* clang-format on */

static int prepare(struct tool *t)
{
	if (arg_context && (elevated & LXC_ATTACH_LSM))
		return tool_error(
			t,
			"Cannot combine elevated LSM privileges while requesting LSM profile");
	if (arg_uid < -1 || arg_uid >= UINT32_MAX || arg_gid < -1 ||
	    arg_gid >= UINT32_MAX)
		return tool_error(
			tool_hint(t, "lxc-attach -n %s -- id USER tells them", t->name),
			"User and group ids are numbers below %u", UINT32_MAX);
	attach.uid = (uid_t)arg_uid;
	attach.gid = (gid_t)arg_gid;
	attach.attach_flags &= ~elevated;
	if (arg_remount)
		attach.attach_flags |= LXC_ATTACH_REMOUNT_PROC_SYS;
	if (arg_context) {
		attach.attach_flags |= LXC_ATTACH_LSM_LABEL;
		attach.lsm_label = (char *)arg_context;
	}
	if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) || isatty(STDERR_FILENO))
		attach.attach_flags |= LXC_ATTACH_TERMINAL;
	attach.env_policy = arg_clear_env ? LXC_ATTACH_CLEAR_ENV : LXC_ATTACH_KEEP_ENV;
	attach.extra_env_vars = arg_set;
	attach.extra_keep_env = arg_keep;
	if (!arg_pty_log)
		return 0;
	attach.log_fd = open(arg_pty_log,
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (attach.log_fd < 0)
		return tool_error(t, "open %s: %s", arg_pty_log, strerror(errno));
	return 0;
}

static int run(struct tool *t)
{
	lxc_attach_command_t command = { t->argv[0], t->argv };
	bool shell = t->argc == 0;
	int status;
	pid_t pid;

	if (prepare(t) < 0)
		return TOOL_FAILED;
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c)
		return TOOL_FAILED;
	lxc_error_clear_last();
	if (lxc_container_attach(c, shell ? lxc_attach_run_shell : lxc_attach_run_command,
				 shell ? NULL : &command, &attach, &pid) < 0)
		return TOOL_FAILED;
	/* the terminal's keys are for the program, whose end we report */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return tool_error(t, "wait for %d: %s", (int)pid,
					  strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 126 && lxc_last_error())
		tool_report(t); /* why the program could not be executed */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TOOL("lxc-attach", "Run a program or a shell inside a container", options, run)
