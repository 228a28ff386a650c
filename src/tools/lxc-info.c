/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Print what a container is and what it uses. */
#include "tool.h"

#include <string.h>

#include "stats.h"

static bool json, bare; /* bare: a single value, without label */
static bool arg_state, arg_pid, arg_ips, arg_stats, arg_raw;
static char **arg_keys;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_LIST('c', "config", "KEY", &arg_keys,  "Show configuration variable KEY, repeatable"),
	OPT_FLAG('i', "ips",           &arg_ips,   "Show the IP addresses"),
	OPT_FLAG('p', "pid",           &arg_pid,   "Show the process id of the init process"),
	OPT_FLAG('S', "stats",         &arg_stats, "Show usage stats"),
	OPT_FLAG('H', "no-humanize",   &arg_raw,   "Show stats as raw numbers, not humanized"),
	OPT_FLAG('s', "state",         &arg_state, "Show the state of the container"),
	TOOL_CONTAINER,
	TOOL_END
};

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

static void begin(const char *key, char bracket)
{
	if (json)
		tool_json_open(key, bracket);
}

static void end(char bracket)
{
	if (json)
		tool_json_close(bracket);
}

static void show_text(const char *label, const char *key, const char *value)
{
	if (json) {
		tool_json_text(key, value);
		return;
	}
	if (!bare)
		printf("%-15s ", label);
	tool_print(stdout, value);
	putchar('\n');
}

/* text: what people read instead of the number, unless raw numbers are wanted */
static void show_number(const char *label, const char *key, long long number,
			const char *text)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%lld", number);
	if (json)
		tool_json_number(key, number);
	else
		show_text(label, key, arg_raw || !text ? digits : text);
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
	show_number(label, key, bytes, text);
}

static void show_ips(struct lxc_container *c)
{
	char **ips = lxc_container_get_ips(c, NULL, NULL, 0);

	begin("ips", '[');
	for (size_t i = 0; ips && ips[i]; i++) {
		show_text("IP:", NULL, ips[i]);
		free(ips[i]);
	}
	free(ips);
	end(']');
}

static void show_links(struct lxc_container *c)
{
	long long tx, rx;
	char *link;

	begin("links", '[');
	for (int i = 0; (link = stats_link(c, i, &tx, &rx)); i++) {
		begin(NULL, '{');
		show_text("Link:", "name", link);
		if (tx >= 0 && rx >= 0) {
			show_bytes(" TX bytes:", "tx_bytes", tx);
			show_bytes(" RX bytes:", "rx_bytes", rx);
			show_bytes(" Total bytes:", "total_bytes", tx + rx);
		}
		end('}');
		free(link);
	}
	end(']');
}

static void show_stats(struct lxc_container *c)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		long long value = stats_get(c, (enum stats_figure)i);
		char seconds[64];

		snprintf(seconds, sizeof(seconds), "%.2f seconds", (double)value / 1e9);
		if (value >= 0 && i == STAT_CPU)
			show_number(figures[i].label, figures[i].key, value, seconds);
		else if (value >= 0)
			show_bytes(figures[i].label, figures[i].key, value);
	}
	show_links(c);
}

static void show_key(struct lxc_container *c, const char *key)
{
	int n = lxc_container_get_config_item(c, key, NULL, 0);
	char *value = n < 0 ? NULL : calloc(1, (size_t)n + 1);

	if (!value ||
	    (n > 0 && lxc_container_get_config_item(c, key, value, n + 1) != n)) {
		fflush(stdout);
		fprintf(stderr, "%s invalid\n", key);
	} else if (json) {
		tool_json_text(key, value);
	} else {
		if (!arg_raw || arg_keys[1])
			printf("%s =%s", key, n > 0 ? " " : "");
		tool_print(stdout, value);
		putchar('\n');
	}
	free(value);
}

static void show(struct lxc_container *c, bool all)
{
	bool running = lxc_container_is_running(c);
	pid_t pid = running && (arg_pid || all) ? lxc_container_init_pid(c) : -1;

	if (all)
		show_text("Name:", "name", c->name);
	if (arg_state || all)
		show_text("State:", "state", lxc_container_state(c));
	if (pid > 0)
		show_number("PID:", "pid", pid, NULL);
	if (running && (arg_ips || all))
		show_ips(c);
	if (running && (arg_stats || all))
		show_stats(c);
	if (!arg_keys)
		return;
	begin("config", '{');
	for (char **key = arg_keys; *key; key++)
		show_key(c, *key);
	end('}');
}

static int run(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c = tool_control(t);

	if (!c)
		return TOOL_FAILED;
	if (!lxc_container_is_defined(c) && !lxc_container_is_running(c))
		return tool_error(tool_hint(t, "lxc-ls -P %s lists those that there are",
					    c->config_path),
				  "%s doesn't exist", t->name);
	json = t->json;
	bare = arg_raw && !arg_stats && arg_state + arg_pid + arg_ips == 1;
	begin(NULL, '{');
	show(c, !arg_state && !arg_pid && !arg_ips && !arg_stats && !arg_keys);
	end('}');
	if (json)
		putchar('\n');
	return tool_flush(t);
}

TOOL("lxc-info", "Print what a container is and what it uses", options, run)
