/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The items of lxc-info, as text and as JSON. */
#include "info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

struct info_style info_style;

/* clang-format off */
static const struct {
	const char *label;
	const char *key;
} figures[] = {
	[STAT_CPU]    = { "CPU use:",    "cpu_nanoseconds" },
	[STAT_BLKIO]  = { "BlkIO use:",  "blkio_bytes" },
	[STAT_MEMORY] = { "Memory use:", "memory_bytes" },
	[STAT_KMEM]   = { "KMem use:",   "kernel_memory_bytes" },
};
/* clang-format on */

void info_begin(const char *key, char bracket)
{
	if (info_style.json)
		tool_json_open(key, bracket);
}

void info_end(char bracket)
{
	if (info_style.json)
		tool_json_close(bracket);
}

void info_text(const char *label, const char *key, const char *value)
{
	if (info_style.json) {
		tool_json_text(key, value);
		return;
	}
	if (!info_style.bare)
		printf("%-15s ", label);
	tool_print(stdout, value);
	putchar('\n');
}

/* text: what people read instead of the number, unless raw numbers are wanted */
void info_number(const char *label, const char *key, long long number, const char *text)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%lld", number);
	if (info_style.json)
		tool_json_number(key, number);
	else
		info_text(label, key, info_style.raw || !text ? digits : text);
}

static void show_bytes(const char *label, const char *key, long long bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	double value = (double)bytes / 1024;
	char text[64];
	size_t i;

	for (i = 0; i < 2 && value >= 1024; i++)
		value /= 1024;
	if (bytes < 1024)
		snprintf(text, sizeof(text), "%lld bytes", bytes);
	else
		snprintf(text, sizeof(text), "%.2f %s", value, units[i]);
	info_number(label, key, bytes, text);
}

void info_ips(struct lxc_container *c)
{
	char **ips = lxc_container_get_ips(c, NULL, NULL, 0);

	info_begin("ips", '[');
	for (size_t i = 0; ips && ips[i]; i++) {
		info_text("IP:", NULL, ips[i]);
		free(ips[i]);
	}
	free(ips);
	info_end(']');
}

static void show_links(struct lxc_container *c)
{
	long long tx, rx;
	char *link;

	info_begin("links", '[');
	for (int i = 0; (link = stats_link(c, i, &tx, &rx)); i++) {
		info_begin(NULL, '{');
		info_text("Link:", "name", link);
		if (tx >= 0 && rx >= 0) {
			show_bytes(" TX bytes:", "tx_bytes", tx);
			show_bytes(" RX bytes:", "rx_bytes", rx);
			show_bytes(" Total bytes:", "total_bytes", tx + rx);
		}
		info_end('}');
		free(link);
	}
	info_end(']');
}

void info_stats(struct lxc_container *c)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		long long value = stats_get(c, (enum stats_figure)i);
		char seconds[64];

		snprintf(seconds, sizeof(seconds), "%.2f seconds", (double)value / 1e9);
		if (value >= 0 && i == STAT_CPU)
			info_number(figures[i].label, figures[i].key, value, seconds);
		else if (value >= 0)
			show_bytes(figures[i].label, figures[i].key, value);
	}
	show_links(c);
}

void info_key(struct lxc_container *c, const char *key)
{
	int n = lxc_container_get_config_item(c, key, NULL, 0);
	char *value = n < 0 ? NULL : calloc(1, (size_t)n + 1);

	if (!value ||
	    (n > 0 && lxc_container_get_config_item(c, key, value, n + 1) != n)) {
		fflush(stdout);
		fprintf(stderr, "%s invalid\n", key);
	} else if (info_style.json) {
		tool_json_text(key, value);
	} else {
		if (!info_style.bare_key)
			printf("%s =%s", key, n > 0 ? " " : "");
		tool_print(stdout, value);
		putchar('\n');
	}
	free(value);
}
