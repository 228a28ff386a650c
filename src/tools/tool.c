/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The main function of every program: the common options, the log, exit codes. */
#include "tool.h"

#include <signal.h>
#include <string.h>

static struct tool tool;

static int set_lxcpath(struct tool *t, const char *argument)
{
	size_t n = strlen(argument);

	if (t->lxcpath)
		return tool_error(t,
				  "This command only accepts 1 -P,--lxcpath arguments");
	while (n > 1 && argument[n - 1] == '/')
		n--;
	t->lxcpath = strndup(argument, n);
	return t->lxcpath ? 0 : tool_error(t, "out of memory");
}

/* clang-format off */
const struct tool_option tool_basic_rows[] = {
	OPT_FLAG('h', "help",    &tool.help,    "Give this help list"),
	OPT_FLAG(0,   "usage",   &tool.usage,   "Give a short usage message"),
	OPT_FLAG(0,   "version", &tool.version, "Print the version number"),
	TOOL_END
};

const struct tool_option tool_log_rows[] = {
	OPT_TEXT('o', "logfile",     "FILE",  &tool.log_file,  "Output log to FILE"),
	OPT_TEXT('l', "logpriority", "LEVEL", &tool.log_level, "Set log priority to LEVEL"),
	OPT_FLAG('q', "quiet",                &tool.quiet,     "Don't produce any output"),
	OPT_FLAG(0,   "json",                 &tool.json,      "Print results and errors as JSON"),
	TOOL_BASIC,
	TOOL_END
};

const struct tool_option tool_common_rows[] = {
	OPT_CALL('P', "lxcpath",     "PATH",  set_lxcpath,     "Use specified container path"),
	TOOL_LOG,
	TOOL_END
};

const struct tool_option tool_container_rows[] = {
	OPT_TEXT('n', "name",   "NAME", &tool.name,   "NAME of the container"),
	OPT_TEXT(0,   "rcfile", "FILE", &tool.rcfile, "Load configuration file FILE"),
	TOOL_COMMON,
	TOOL_END
};

const struct tool_option tool_container_f_rows[] = {
	OPT_TEXT('n', "name",   "NAME", &tool.name,   "NAME of the container"),
	OPT_TEXT('f', "rcfile", "FILE", &tool.rcfile, "Load configuration file FILE"),
	TOOL_COMMON,
	TOOL_END
};
/* clang-format on */

static int log_failed(struct tool *t)
{
	const struct lxc_error *error = lxc_last_error();

	t->parsing = false; /* the option is right, what it says is not */
	if (error)
		return TOOL_FAILED;
	return tool_error(t, "cannot write the log %s", t->log_file ? t->log_file : "");
}

static int check(struct tool *t)
{
	struct lxc_log log = {
		.name = t->name,
		.lxcpath = t->lxcpath,
		.file = t->log_file,
		.level = t->log_level,
		.prefix = t->program,
		.quiet = true, /* the programs print errors themselves */
	};

	if (t->named && !t->name) {
		tool_hint(t, "name it: %s -n NAME", t->program);
		tool_error(t, "No container name specified");
		return TOOL_USAGE;
	}
	if (!t->rest && t->argc > 0) {
		tool_error(t, "unexpected argument '%s'", *t->argv);
		return TOOL_USAGE;
	}
	if (!log.file && !log.level)
		log.file = "none";
	if (t->historical && lxc_log_init(&log) < 0)
		return log_failed(t);
	return 0;
}

static int run(struct tool *t)
{
	FILE *out = t->historical ? stderr : stdout;

	if (t->help) {
		tool_help(t, out);
		return t->info->more_help ? t->info->more_help(t) : 0;
	}
	if (t->usage) {
		tool_usage(t, out);
		return 0;
	}
	if (t->version) {
		puts(lxc_get_version());
		return tool_flush(t);
	}
	int r = check(t);

	t->parsing = false;
	return r == 0 ? t->info->run(t) : r;
}

int tool_main(const struct tool_info *info, int argc, char **argv)
{
	struct tool *t = &tool;

	t->program = info->program;
	t->info = info;
	t->parsing = true;
	/* whoever ignores it would take our children's exit status away, ours with them */
	signal(SIGCHLD, SIG_DFL);
	int r = tool_parse(t, argc, argv);

	if (r == 0)
		r = run(t);
	if (r >= 0)
		return r;
	tool_report(t);
	return r == TOOL_USAGE && !t->historical ? 2 : 1;
}
