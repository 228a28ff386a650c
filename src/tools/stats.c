/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A figure is the sum of some fields of a cgroup file.  Each figure has a file in the
 * separate hierarchies (cgroup v1) and one in the unified hierarchy, tried in this order,
 * as the file names of the first exist only where that layout does.
 */
#include "stats.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "" is a file that consists of a number; "x=" stands anywhere, "x" at the start of a line. */
struct source {
	const char *file;
	const char *fields[5];
	long long scale;
	bool may_be_empty; /* no line means 0 */
};

/* clang-format off */
static const struct source sources[][2] = {
	[STAT_CPU]    = { { "cpuacct.usage", { "" }, 1 },
			  { "cpu.stat", { "usage_usec" }, 1000 } },
	[STAT_BLKIO]  = { { "blkio.throttle.io_service_bytes", { "Total" }, 1 },
			  { "io.stat", { "rbytes=", "wbytes=" }, 1, true } },
	[STAT_MEMORY] = { { "memory.usage_in_bytes", { "" }, 1 },
			  { "memory.stat", { "anon", "file" }, 1 } },
	[STAT_KMEM]   = { { "memory.kmem.usage_in_bytes", { "" }, 1 },
			  { "memory.stat", { "kernel_stack", "pagetables", "sock", "slab" }, 1 } },
	[STAT_SWAP]   = { { "memory.stat", { "swap" }, 1 },
			  { "memory.swap.current", { "" }, 1 } },
};
/* clang-format on */

static bool is_field(const char *field, const char *token, size_t n, bool first)
{
	size_t length = strlen(field);

	if (length == 0)
		return first;
	if (field[length - 1] == '=')
		return n > length && strncmp(token, field, length) == 0;
	return first && n == length && strncmp(token, field, length) == 0;
}

static bool sum_line(const struct source *s, const char *line, long long *sum)
{
	size_t n = strcspn(line, " \n");
	bool found = false, first = true;

	for (const char *token = line; n > 0; n = strcspn(token, " \n"), first = false) {
		for (size_t i = 0; i < 5 && s->fields[i]; i++) {
			if (!is_field(s->fields[i], token, n, first))
				continue;
			const char *equals = memchr(token, '=', n);
			const char *number = equals	     ? equals + 1
					     : *s->fields[i] ? token + n
							     : token;

			*sum += strtoll(number, NULL, 10);
			found = true;
		}
		token += n + (token[n] == ' ');
	}
	return found;
}

static long long read_source(struct lxc_container *c, const struct source *s)
{
	char text[32768];
	int n = lxc_container_get_cgroup_item(c, s->file, text, sizeof(text));
	long long sum = 0;
	bool found = false;

	if (n < 0)
		return -1;
	text[n < (int)sizeof(text) ? n : (int)sizeof(text) - 1] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		found |= sum_line(s, line, &sum);
	}
	return found || s->may_be_empty ? sum * s->scale : -1;
}

long long stats_get(struct lxc_container *c, enum stats_figure figure)
{
	long long value = read_source(c, &sources[figure][0]);

	return value >= 0 ? value : read_source(c, &sources[figure][1]);
}

static long long read_counter(const char *link, const char *counter)
{
	char path[128], text[32] = "";
	int n = snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", link,
			 counter);
	int fd = n < (int)sizeof(path) && !strchr(link, '/')
			 ? open(path, O_RDONLY | O_CLOEXEC)
			 : -1;

	if (fd < 0)
		return -1;
	ssize_t length = read(fd, text, sizeof(text) - 1);

	close(fd);
	return length > 0 ? strtoll(text, NULL, 10) : -1;
}

char *stats_link(struct lxc_container *c, int index, long long *ret_tx, long long *ret_rx)
{
	char key[64];

	snprintf(key, sizeof(key), "lxc.net.%d.type", index);
	char *type = lxc_container_get_running_config_item(c, key);
	bool is_veth = type && strcmp(type, "veth") == 0;

	free(type);
	if (!type)
		return NULL;
	snprintf(key, sizeof(key), "lxc.net.%d.%s", index,
		 is_veth ? "veth.pair" : "link");
	char *link = lxc_container_get_running_config_item(c, key);

	if (!link)
		return NULL;

	/* what the host's end of a pair receives, the container has sent */
	*ret_tx = read_counter(link, is_veth ? "rx_bytes" : "tx_bytes");
	*ret_rx = read_counter(link, is_veth ? "tx_bytes" : "rx_bytes");
	return link;
}
