/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms in which lxc-ls prints containers. */
#include "table.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cells.h"
#include "tool.h"

#define MAX_COLUMNS 32

static const struct column *chosen[MAX_COLUMNS];
static size_t n_chosen;

int table_columns(const char *names)
{
	for (;;) {
		names += strspn(names, " ");
		size_t n = strcspn(names, ", ");
		const struct column *column = cells_column(names, n);

		if (!column) {
			fprintf(stderr, "Invalid key: %.*s\n", (int)n, names);
			return -1;
		}
		if (n_chosen < MAX_COLUMNS)
			chosen[n_chosen++] = column;
		names += n;
		names += strspn(names, " ");
		if (*names++ != ',')
			return 0;
	}
}

/* What people see of a cell; takes it over. */
static char *render(const struct column *column, char *cell)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *between = "";

	if (!out)
		return cell;
	if (!cell || !*cell)
		fputc('-', out);
	else if (column->kind == CELL_SIZE)
		fprintf(out, "%.2fMB", strtod(cell, NULL) / 1024 / 1024);
	else
		for (char *item = cell; *item; between = ", ") {
			size_t n = strcspn(item, "\n");

			fprintf(out, "%s%.*s", between, (int)n, item);
			item += n + (item[n] == '\n');
		}
	fclose(out);
	free(cell);
	return text;
}

static void print_cell(const char *text, size_t width)
{
	tool_print(stdout, text);
	printf("%*s", (int)(width - strlen(text)), "");
}

void table_print(struct lxc_container **all, size_t n)
{
	size_t widths[MAX_COLUMNS];
	char **cells = calloc(n * n_chosen + 1, sizeof(*cells));

	if (n == 0 || !cells) {
		free(cells);
		return;
	}
	for (size_t i = 0; i < n_chosen; i++)
		widths[i] = strlen(chosen[i]->name);
	for (size_t i = 0; i < n * n_chosen; i++) {
		const struct column *column = chosen[i % n_chosen];
		size_t *width = &widths[i % n_chosen];

		cells[i] = render(column, column->read(all[i / n_chosen]));
		if (cells[i] && strlen(cells[i]) > *width)
			*width = strlen(cells[i]);
	}
	for (size_t i = 0; i < n_chosen * (n + 1); i++) {
		const char *text = i < n_chosen ? chosen[i]->name : cells[i - n_chosen];

		print_cell(text ? text : "", widths[i % n_chosen]);
		putchar(' ');
		if ((i + 1) % n_chosen == 0)
			putchar('\n');
	}
	for (size_t i = 0; i < n * n_chosen; i++)
		free(cells[i]);
	free(cells);
}

static void json_cell(const struct column *column, char *cell)
{
	switch (column->kind) {
	case CELL_TEXT:
		tool_json_text(column->key, cell ? cell : "");
		break;
	case CELL_NUMBER:
	case CELL_SIZE:
		if (cell)
			tool_json_number(column->key, strtoll(cell, NULL, 10));
		break;
	case CELL_BOOL:
		tool_json_bool(column->key, cell && (*cell == '1' || *cell == 't'));
		break;
	case CELL_LIST:
		tool_json_open(column->key, '[');
		for (char *item = cell, *next; item && *item; item = next) {
			next = strchr(item, '\n');
			if (next)
				*next++ = '\0';
			tool_json_text(NULL, item);
		}
		tool_json_close(']');
		break;
	}
}

void table_json(struct lxc_container **all, size_t n)
{
	tool_json_open(NULL, '[');
	for (size_t i = 0; i < n; i++) {
		tool_json_open(NULL, '{');
		for (size_t k = 0; k < n_chosen; k++) {
			char *cell = chosen[k]->read(all[i]);

			json_cell(chosen[k], cell);
			free(cell);
		}
		tool_json_close('}');
	}
	tool_json_close(']');
	putchar('\n');
}

void table_lines(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tool_print(stdout, names[i]);
		putchar('\n');
	}
}

void table_names(char **names, size_t n)
{
	struct winsize window = { 0 };
	size_t widest = strlen("NAME"), column = 0;

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
	for (size_t i = 0; i < n; i++)
		if (strlen(names[i]) > widest)
			widest = strlen(names[i]);
	for (size_t i = 0; i < n; i++) {
		print_cell(names[i], widest);
		column += widest + 1;
		if (column + widest > window.ws_col)
			column = 0;
		putchar(column > 0 ? ' ' : '\n');
	}
	if (column > 0)
		putchar('\n');
}
