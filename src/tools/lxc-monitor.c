/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Print what happens to containers. */
#include "tool.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char *arg_name;
static char **arg_paths;
static bool arg_quit;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_TEXT('n', "name",    "NAME", &arg_name,  "Regular expression for the names of the containers\n(default: every container)"),
	OPT_LIST('P', "lxcpath", "PATH", &arg_paths, "Use specified container path, repeatable"),
	OPT_FLAG('Q', "quit",            &arg_quit,  "Tell lxc-monitord to quit"),
	OPT_REST("[NAME]"),
	TOOL_LOG,
	TOOL_END
};
/* clang-format on */

static void print_json(const struct lxc_event *e)
{
	tool_json_open(NULL, '{');
	tool_json_text("name", e->name);
	tool_json_text("path", e->lxcpath);
	if (e->state)
		tool_json_text("state", e->state);
	else
		tool_json_number("exit_status", WEXITSTATUS(e->value));
	if (!e->state && WIFSIGNALED(e->value))
		tool_json_number("signal", WTERMSIG(e->value));
	tool_json_close('}');
	putchar('\n');
}

static void print(const struct tool *t, const struct lxc_event *e)
{
	if (!e->state && e->type != LXC_EVENT_EXIT)
		return;
	if (t->json) {
		print_json(e);
		return;
	}
	putchar('\'');
	tool_print(stdout, e->name);
	if (e->state)
		printf("' changed state to [%s]\n", e->state);
	else
		printf("' exited with status [%d]\n", WEXITSTATUS(e->value));
}

static int listen_to(struct tool *t, const regex_t *pattern)
{
	struct lxc_events *events = lxc_events_open((const char *const *)arg_paths);
	struct lxc_event e = { .size = sizeof(e) };
	int r;

	if (!events)
		return TOOL_FAILED;
	while ((r = lxc_events_next(events, &e, -1)) > 0) {
		if (regexec(pattern, e.name, 0, NULL, 0) == 0)
			print(t, &e);
		if (tool_flush(t) < 0)
			break;
	}
	lxc_events_close(events);
	return TOOL_FAILED;
}

static int quit(void)
{
	int r = 0;

	if (!arg_paths)
		return lxc_events_quit(NULL);
	for (char **path = arg_paths; *path; path++)
		if (lxc_events_quit(*path) < 0)
			r = TOOL_FAILED;
	return r;
}

static int run(struct tool *t)
{
	const char *name = arg_name ? arg_name : t->argc ? t->argv[0] : ".*";
	size_t room = strlen(name) + sizeof("^()$");
	char *anchored = malloc(room);
	regex_t pattern;

	if (arg_quit) {
		free(anchored);
		return quit();
	}
	if (!anchored)
		return tool_error(t, "out of memory");
	snprintf(anchored, room, "^(%s)$", name);
	int r = regcomp(&pattern, anchored, REG_EXTENDED | REG_NOSUB);

	free(anchored);
	if (r != 0)
		return tool_error(t, "'%s' is not a regular expression", name);
	r = listen_to(t, &pattern);
	regfree(&pattern);
	return r;
}

TOOL("lxc-monitor", "Print what happens to containers", options, run)
