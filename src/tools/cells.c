/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of lxc-ls, and where their cells come from. */
#include "cells.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stats.h"

char *cells_config(struct lxc_container *c, const char *key)
{
	int n = lxc_container_get_config_item(c, key, NULL, 0);
	char *value = n > 0 ? calloc(1, (size_t)n + 1) : NULL;

	if (value && lxc_container_get_config_item(c, key, value, n + 1) == n)
		return value;
	free(value);
	return NULL;
}

static char *number_text(long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", number);
	return number < 0 ? NULL : strdup(text);
}

/* What was asked of the container whose row is being filled: the table goes row by row. */
static struct {
	struct lxc_container *of;
	const char *state;
	bool has_addresses;
	char **addresses;
} row;

static void begin_row(struct lxc_container *c)
{
	if (row.of == c)
		return;
	for (char **a = row.addresses; a && *a; a++)
		free(*a);
	free(row.addresses);
	row.of = c;
	row.state = lxc_container_state(c);
	row.addresses = NULL;
	row.has_addresses = false;
}

static const char *state_of(struct lxc_container *c)
{
	begin_row(c);
	return row.state;
}

static bool is_running(struct lxc_container *c)
{
	const char *state = state_of(c);

	return state && strcmp(state, "STOPPED") != 0;
}

/* Of both families, asked for at once. */
static char **addresses_of(struct lxc_container *c)
{
	if (!is_running(c))
		return NULL;
	if (!row.has_addresses)
		row.addresses = lxc_container_get_ips(c, NULL, NULL, 0);
	row.has_addresses = true;
	return row.addresses;
}

static void append(FILE *out, const char *item)
{
	fprintf(out, "%s%s", ftell(out) > 0 ? "\n" : "", item);
}

static char *read_addresses(struct lxc_container *c, bool v6)
{
	char **list = addresses_of(c), *text = NULL;
	size_t size = 0;
	FILE *out = list ? open_memstream(&text, &size) : NULL;

	for (size_t i = 0; out && list[i]; i++)
		if (!!strchr(list[i], ':') == v6)
			append(out, list[i]);
	if (out)
		fclose(out);
	return text;
}

/* The items of an array as one text; the array is freed. */
static char *join(char **items)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = items ? open_memstream(&text, &size) : NULL;

	for (size_t i = 0; items && items[i]; i++) {
		if (out)
			append(out, items[i]);
		free(items[i]);
	}
	free(items);
	if (out)
		fclose(out);
	return text;
}

static char *read_name(struct lxc_container *c)
{
	return strdup(c->name);
}

static char *read_state(struct lxc_container *c)
{
	const char *state = state_of(c);

	return state ? strdup(state) : NULL;
}

static char *read_pid(struct lxc_container *c)
{
	return number_text(lxc_container_init_pid(c));
}

static char *read_ram(struct lxc_container *c)
{
	return is_running(c) ? number_text(stats_get(c, STAT_MEMORY)) : NULL;
}

static char *read_swap(struct lxc_container *c)
{
	long long swap = is_running(c) ? stats_get(c, STAT_SWAP) : -2;

	/* not accounted by this kernel: nothing is charged */
	return number_text(swap == -1 ? 0 : swap);
}

static char *read_autostart(struct lxc_container *c)
{
	char *value = cells_config(c, "lxc.start.auto");

	return value ? value : strdup("0");
}

static char *read_groups(struct lxc_container *c)
{
	return cells_config(c, "lxc.group");
}

static char *read_interface(struct lxc_container *c)
{
	return is_running(c) ? join(lxc_container_get_interfaces(c)) : NULL;
}

static char *read_ipv4(struct lxc_container *c)
{
	return read_addresses(c, false);
}

static char *read_ipv6(struct lxc_container *c)
{
	return read_addresses(c, true);
}

static char *read_unprivileged(struct lxc_container *c)
{
	return strdup(lxc_container_get_config_item(c, "lxc.idmap", NULL, 0) > 0
			      ? "true"
			      : "false");
}

/* clang-format off */
static const struct column columns[] = {
	{ "NAME",         "name",         CELL_TEXT,   read_name },
	{ "STATE",        "state",        CELL_TEXT,   read_state },
	{ "PID",          "pid",          CELL_NUMBER, read_pid },
	{ "RAM",          "ram",          CELL_SIZE,   read_ram },
	{ "SWAP",         "swap",         CELL_SIZE,   read_swap },
	{ "AUTOSTART",    "autostart",    CELL_BOOL,   read_autostart },
	{ "GROUPS",       "groups",       CELL_LIST,   read_groups },
	{ "INTERFACE",    "interfaces",   CELL_LIST,   read_interface },
	{ "IPV4",         "ipv4",         CELL_LIST,   read_ipv4 },
	{ "IPV6",         "ipv6",         CELL_LIST,   read_ipv6 },
	{ "UNPRIVILEGED", "unprivileged", CELL_BOOL,   read_unprivileged },
};
/* clang-format on */

const struct column *cells_column(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (strlen(columns[i].name) == n &&
		    strncasecmp(columns[i].name, name, n) == 0)
			return &columns[i];
	return NULL;
}
