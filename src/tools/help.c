/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of --help and --usage, from the table of options. */
#include "tool.h"

#include <string.h>

#define HELP_COLUMN 30
#define USAGE_COLUMNS 80

static bool is_option(const struct tool_option *o)
{
	return o->kind != TOOL_KIND_INCLUDE && o->kind != TOOL_KIND_HEADING &&
	       o->kind != TOOL_KIND_REST;
}

/* "--name=ARG", "--name[=ARG]" */
static int spell(char *text, size_t size, const struct tool_option *o)
{
	if (!o->argument)
		return snprintf(text, size, "--%s", o->name);
	if (*o->argument == '[')
		return snprintf(text, size, "--%s[=%s", o->name, o->argument + 1);
	return snprintf(text, size, "--%s=%s", o->name, o->argument);
}

static void help_option(const struct tool_option *o, FILE *out)
{
	char name[80];
	int column = 6 + spell(name, sizeof(name), o);

	fprintf(out, "  %c%c%c %s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
		o->letter ? ',' : ' ', name);
	for (const char *line = o->help; line; column = 0) {
		const char *end = strchr(line, '\n');

		if (column + 2 > HELP_COLUMN) {
			fputc('\n', out);
			column = 0;
		}
		fprintf(out, "%*s%.*s\n", HELP_COLUMN - column, "",
			end ? (int)(end - line) : (int)strlen(line), line);
		line = end ? end + 1 : NULL;
	}
}

static void help_rows(const struct tool_option *rows, bool included, FILE *out)
{
	for (const struct tool_option *o = rows; o->kind != TOOL_KIND_END; o++) {
		if (o->kind == TOOL_KIND_HEADING)
			fprintf(out, "\n  %s:\n", o->help);
		else if (included && o->kind == TOOL_KIND_INCLUDE)
			help_rows(o->to.rows, true, out);
		else if (is_option(o))
			help_option(o, out);
	}
}

void tool_help(const struct tool *t, FILE *out)
{
	const struct tool_option *rows = t->info->options;
	const char *rest = t->rest ? t->rest : "";

	fprintf(out, "Usage: %s [OPTION...]%s%s%s\n\n%s\n", t->program,
		t->named ? " NAME" : "", *rest ? " " : "", rest, t->info->summary);
	if (rows->kind != TOOL_KIND_INCLUDE)
		fputs("\nOptions:\n", out);
	help_rows(rows, false, out);
	fputs("\nCommon options:\n", out);
	for (const struct tool_option *o = rows; o->kind != TOOL_KIND_END; o++)
		if (o->kind == TOOL_KIND_INCLUDE)
			help_rows(o->to.rows, true, out);
	fprintf(out, "\nSee %s(1) for more.\n", t->program);
}

static int usage_rows(const struct tool_option *rows, int column, FILE *out)
{
	for (const struct tool_option *o = rows; o->kind != TOOL_KIND_END; o++) {
		char name[80];

		if (o->kind == TOOL_KIND_INCLUDE)
			column = usage_rows(o->to.rows, column, out);
		if (!is_option(o))
			continue;
		int width = spell(name, sizeof(name), o) + (o->letter ? 6 : 3);

		if (column + width > USAGE_COLUMNS) {
			fputs("\n\t", out);
			column = 8;
		}
		column += width;
		if (o->letter)
			fprintf(out, "[-%c|%s] ", o->letter, name);
		else
			fprintf(out, "[%s] ", name);
	}
	return column;
}

void tool_usage(const struct tool *t, FILE *out)
{
	int column = fprintf(out, "Usage: %s ", t->program);

	usage_rows(t->info->options, column, out);
	fprintf(out, "%s%s\n", t->named ? "NAME " : "", t->rest ? t->rest : "");
}
