/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* List containers: as names, as a table, as JSON. */
#include "tool.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "cells.h"
#include "table.h"

static bool arg_line, arg_fancy, arg_active, arg_running, arg_frozen, arg_stopped,
	arg_defined;
static bool arg_nesting;
static const char *arg_columns = "NAME,STATE,AUTOSTART,GROUPS,IPV4,IPV6,UNPRIVILEGED";
static const char *arg_filter, *arg_groups;

static int set_nesting(struct tool *t, const char *argument)
{
	arg_nesting = true;
	return 0;
}

/* clang-format off */
static const struct tool_option options[] = {
	OPT_FLAG('1', "line",                   &arg_line,    "Show one entry per line"),
	OPT_FLAG('f', "fancy",                  &arg_fancy,   "Use a fancy, column-based output"),
	OPT_TEXT('F', "fancy-format", "COLUMNS", &arg_columns, "Comma separated list of columns to show in the fancy output:\nNAME, STATE, PID, RAM, SWAP, AUTOSTART, GROUPS,\nINTERFACE, IPV4, IPV6 and UNPRIVILEGED"),
	OPT_FLAG(0,   "active",                 &arg_active,  "List only active containers"),
	OPT_FLAG(0,   "running",                &arg_running, "List only running containers"),
	OPT_FLAG(0,   "frozen",                 &arg_frozen,  "List only frozen containers"),
	OPT_FLAG(0,   "stopped",                &arg_stopped, "List only stopped containers"),
	OPT_FLAG(0,   "defined",                &arg_defined, "List only defined containers"),
	OPT_CALL(0,   "nesting",      "[NUM]",  set_nesting,  "List nested containers up to NUM (default is 5) levels of nesting"),
	OPT_TEXT(0,   "filter",       "REGEX",  &arg_filter,  "Filter container names by regular expression"),
	OPT_TEXT('g', "groups",       "GROUPS", &arg_groups,  "Comma separated list of groups a container must have"),
	OPT_REST("[REGEX]"),
	TOOL_COMMON,
	TOOL_END
};
/* clang-format on */

static bool in_state(struct lxc_container *c)
{
	const char *state =
		arg_running || arg_frozen || arg_stopped ? lxc_container_state(c) : NULL;

	if (!state)
		return !arg_running && !arg_frozen && !arg_stopped;
	if (arg_running && strcmp(state, "RUNNING") != 0)
		return false;
	if (arg_frozen && strcmp(state, "FROZEN") != 0)
		return false;
	return !arg_stopped || strcmp(state, "STOPPED") == 0;
}

/* Is the group, n bytes long, among the lines? */
static bool has_group(const char *groups, const char *group, size_t n)
{
	for (const char *line = groups; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strcspn(line, "\n") == n && strncmp(line, group, n) == 0)
			return true;
	}
	return false;
}

static bool in_groups(struct lxc_container *c)
{
	char *groups = NULL;
	bool all = true;

	for (const char *group = arg_groups; group && *group && all;) {
		size_t n = strcspn(group, ",");

		if (!groups)
			groups = cells_config(c, "lxc.group");
		all = n == 0 || (groups && has_group(groups, group, n));
		group += n + (group[n] == ',');
	}
	free(groups);
	return all;
}

/* Opening a container reads its configuration, so that is only done where it is needed. */
static int list(struct tool *t, char ***ret_names, struct lxc_container ***ret_all)
{
	bool open = t->json || arg_fancy || arg_running || arg_frozen || arg_stopped ||
		    arg_groups || (arg_active && arg_defined);
	struct lxc_container ***all = open ? ret_all : NULL;

	if (arg_active)
		return list_active_containers(t->lxcpath, ret_names, all);
	if (arg_defined)
		return list_defined_containers(t->lxcpath, ret_names, all);
	return list_all_containers(t->lxcpath, ret_names, all);
}

static bool wanted(const char *name, struct lxc_container *c, const regex_t *filter)
{
	if (filter && regexec(filter, name, 0, NULL, 0) != 0)
		return false;
	if (!c)
		return true;
	if (arg_active && arg_defined && !lxc_container_is_defined(c))
		return false;
	return in_state(c) && in_groups(c);
}

/* Drop what is not wanted; returns how many stay. */
static size_t filter(char **names, struct lxc_container **all, size_t n,
		     const regex_t *pattern)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct lxc_container *c = all ? all[i] : NULL;

		if (wanted(names[i], c, pattern)) {
			if (c)
				all[kept] = c;
			names[kept++] = names[i];
			continue;
		}
		lxc_container_put(c);
		free(names[i]);
	}
	return kept;
}

static void print(struct tool *t, char **names, struct lxc_container **all, size_t n)
{
	if (t->json)
		table_json(all, n);
	else if (arg_fancy)
		table_print(all, n);
	else if (arg_line)
		table_lines(names, n);
	else
		table_names(names, n);
}

static int run(struct tool *t)
{
	const char *pattern = t->argc == 1 ? t->argv[0] : arg_filter;
	struct lxc_container **all = NULL;
	char **names = NULL;
	regex_t regex;

	if (arg_nesting)
		return tool_error(t, "--nesting is not supported yet");
	if (pattern && regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return tool_error(t, "'%s' is not a regular expression", pattern);
	if ((arg_fancy || t->json) && table_columns(arg_columns) < 0)
		return 0;
	int listed = list(t, &names, &all);

	if (listed < 0) {
		/* a user who has never made one has no directory for them either */
		if (t->lxcpath || lxc_error_errno(lxc_last_error()) != ENOENT)
			return TOOL_FAILED;
		listed = 0;
	}
	size_t n = filter(names, all, (size_t)listed, pattern ? &regex : NULL);

	print(t, names, all, n);
	for (size_t i = 0; i < n; i++) {
		lxc_container_put(all ? all[i] : NULL);
		free(names[i]);
	}
	free(all);
	free(names);
	if (pattern)
		regfree(&regex);
	return tool_flush(t);
}

TOOL("lxc-ls", "List containers", options, run)
