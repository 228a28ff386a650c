/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line, by the table of options and getopt_long(3). */
#include "tool.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 64

/* What getopt_long(3) wants to see of the table. */
struct parser {
	const struct tool_option *rows[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 1];
	char shorts[3 * MAX_OPTIONS + 4];
	size_t n;
	size_t n_shorts;
};

static void add_option(struct parser *p, const struct tool_option *o)
{
	int has = !o->argument		? no_argument
		  : *o->argument == '[' ? optional_argument
					: required_argument;

	if (p->n == MAX_OPTIONS)
		abort();
	p->longs[p->n] = (struct option){ o->name, has, NULL, 256 + (int)p->n };
	p->rows[p->n++] = o;
	if (!o->letter)
		return;
	p->shorts[p->n_shorts++] = o->letter;
	for (int i = 0; i < has; i++)
		p->shorts[p->n_shorts++] = ':';
}

static void add_rows(struct tool *t, struct parser *p, const struct tool_option *rows)
{
	t->named |= rows == tool_container_rows || rows == tool_container_f_rows;
	t->historical |= rows == tool_log_rows;
	for (const struct tool_option *o = rows; o->kind != TOOL_KIND_END; o++) {
		if (o->kind == TOOL_KIND_INCLUDE)
			add_rows(t, p, o->to.rows);
		else if (o->kind == TOOL_KIND_REST)
			t->rest = o->argument;
		else if (o->kind != TOOL_KIND_HEADING)
			add_option(p, o);
	}
}

static const struct tool_option *find_row(const struct parser *p, int found)
{
	if (found >= 256)
		return p->rows[found - 256];
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i]->letter == found)
			return p->rows[i];
	return NULL;
}

static int apply(struct tool *t, const struct tool_option *o, const char *argument)
{
	switch (o->kind) {
	case TOOL_KIND_FLAG:
	case TOOL_KIND_UNFLAG:
		*o->to.flag = o->kind == TOOL_KIND_FLAG;
		return 0;
	case TOOL_KIND_TEXT:
		*o->to.text = argument;
		return 0;
	case TOOL_KIND_LIST:
		tool_list_add(o->to.list, argument);
		return 0;
	case TOOL_KIND_NUMBER:
		if (tool_number(argument, o->to.number))
			return 0;
		return tool_error(t, "--%s: '%s' is not a number", o->name, argument);
	case TOOL_KIND_CALL:
		return o->to.call(t, argument);
	case TOOL_KIND_END:
	case TOOL_KIND_INCLUDE:
	case TOOL_KIND_HEADING:
	case TOOL_KIND_REST:
		break;
	}
	return 0;
}

/* '?' means -?, unless optopt or the argument name an option that there is not. */
static bool is_question(char **argv)
{
	return optopt == '?' || (optopt == 0 && strncmp(argv[optind - 1], "--", 2) != 0);
}

/* The option that getopt_long() refused: optopt is its letter, or 256 and above, or 0. */
static int refuse(struct tool *t, const struct parser *p, int found, char **argv)
{
	const struct tool_option *o = optopt > 0 ? find_row(p, optopt) : NULL;

	if (o && found == ':')
		tool_error(t, "option '--%s' requires an argument", o->name);
	else if (o)
		tool_error(t, "option '--%s' takes no argument", o->name);
	else if (optopt > 0)
		tool_error(t, "invalid option -- '%c'", optopt);
	else
		tool_error(t, "unrecognized option '%s'", argv[optind - 1]);
	return TOOL_USAGE;
}

int tool_parse(struct tool *t, int argc, char **argv)
{
	static struct parser p = { .shorts = ":?", .n_shorts = 2 };

	add_rows(t, &p, t->info->options);
	opterr = 0;
	for (;;) {
		int found = getopt_long(argc, argv, p.shorts, p.longs, NULL);

		if (found < 0)
			break;
		if (found == '?' && is_question(argv)) {
			tool_help(t, stderr);
			t->reported = true;
			return TOOL_USAGE;
		}
		if (found == '?' || found == ':')
			return refuse(t, &p, found, argv);
		if (apply(t, find_row(&p, found), optarg) < 0)
			return TOOL_USAGE;
	}
	t->argc = argc - optind;
	t->argv = argv + optind;
	if (t->named && !t->name && t->argc > 0) {
		t->name = *t->argv++;
		t->argc--;
	}
	return 0;
}
