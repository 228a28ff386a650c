/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysinfo(2): what the container's cgroups say of memory, swap and processes, and since when its
 * init runs.  The load is the host's.  Nothing is granted by it, so anybody inside may ask.
 */
#include <assert.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "core/cgroups.h"
#include "core/supervise.h"
#include "util/macro.h"

#define NO_LIMIT UINT64_MAX

struct answer {
	uint64_t uptime, loads[3];
	uint64_t total, available, shared, swap_total, swap_free;
	uint64_t processes;
};

/* What a 32-bit program gets, with units of memory large enough for its numbers. */
struct sysinfo32 {
	int32_t uptime;
	uint32_t loads[3];
	uint32_t total, available, shared, buffers, swap_total, swap_free;
	uint16_t processes, padding;
	uint32_t high_total, high_free, unit;
	char rest[8];
};

static_assert(sizeof(struct sysinfo32) == 64, "what the kernel writes");

/* --- files of the container's cgroups --- */

static ssize_t read_file(const struct supervisor *s, const char *controller,
			 const char *file, char *out, size_t size)
{
	struct cgroups_place at;

	if (cgroups_find(&s->run, controller, true, &at) < 0)
		return -ENOENT;
	_cleanup_close_ int dir = cgroups_open(&at);
	_cleanup_close_ int fd = dir < 0 ? dir : openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -ENOENT : read(fd, out, size - 1);
	if (n < 0)
		return -ENOENT;
	out[n] = '\0';
	return n;
}

static uint64_t parse(const char *p)
{
	uint64_t value = 0;

	if (*p < '0' || *p > '9')
		return NO_LIMIT; /* "max" */
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

/* The name of version 2, or that of version 1. */
static uint64_t value_of(const struct supervisor *s, const char *controller,
			 const char *v2, const char *v1)
{
	char text[64];

	if (read_file(s, controller, v2, text, sizeof(text)) < 0 &&
	    (!v1 || read_file(s, controller, v1, text, sizeof(text)) < 0))
		return NO_LIMIT;
	return parse(text);
}

static uint64_t stat_of(const struct supervisor *s, const char *name)
{
	char text[4096];

	if (read_file(s, "memory", "memory.stat", text, sizeof(text)) < 0)
		return 0;
	const char *line = strstr(text, name);
	return line ? parse(line + strlen(name)) : 0;
}

static uint64_t minus(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* --- the answer --- */

static void add_memory(const struct supervisor *s, struct answer *a)
{
	uint64_t limit = value_of(s, "memory", "memory.max", "memory.limit_in_bytes");
	uint64_t used = value_of(s, "memory", "memory.current", "memory.usage_in_bytes");

	if (used == NO_LIMIT)
		return;
	if (limit < a->total) {
		a->available = minus(limit, used);
		a->total = limit;
	}
	a->shared = MIN(a->shared, stat_of(s, "\nshmem "));
}

/* Version 1 limits memory and swap together. */
static void add_swap(const struct supervisor *s, struct answer *a)
{
	uint64_t limit = value_of(s, "memory", "memory.swap.max", NULL);
	uint64_t used = value_of(s, "memory", "memory.swap.current", NULL);
	uint64_t both = value_of(s, "memory", "memory.memsw.limit_in_bytes", NULL);

	if (both != NO_LIMIT) {
		limit = minus(both, a->total);
		used = minus(value_of(s, "memory", "memory.memsw.usage_in_bytes", NULL),
			     value_of(s, "memory", "memory.usage_in_bytes", NULL));
	}
	if (limit < a->swap_total) {
		a->swap_total = limit;
		a->swap_free = used == NO_LIMIT ? limit : minus(limit, used);
	}
}

/* Since when init runs: field 22 of its stat, behind a name that may hold anything. */
static uint64_t uptime_of(pid_t init, uint64_t host)
{
	char path[32], text[1024];
	struct timespec now;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", init);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0 || clock_gettime(CLOCK_BOOTTIME, &now) < 0)
		return host;
	text[n] = '\0';
	const char *p = strrchr(text, ')');
	for (int i = 2; p && i < 22; i++)
		p = strchr(p + 1, ' ');
	if (!p)
		return host;
	return minus(now.tv_sec, parse(p + 1) / (uint64_t)sysconf(_SC_CLK_TCK));
}

static struct answer compute(const struct supervisor *s, const struct sysinfo *host)
{
	uint64_t unit = host->mem_unit ? host->mem_unit : 1;
	struct answer a = {
		.uptime = uptime_of(s->init, host->uptime),
		.loads = { host->loads[0], host->loads[1], host->loads[2] },
		.total = host->totalram * unit,
		.available = host->freeram * unit,
		.shared = host->sharedram * unit,
		.swap_total = host->totalswap * unit,
		.swap_free = host->freeswap * unit,
		.processes = value_of(s, "pids", "pids.current", NULL),
	};

	if (a.processes == NO_LIMIT)
		a.processes = host->procs;
	add_memory(s, &a);
	add_swap(s, &a);
	return a;
}

static int answer32(const struct call *c, const struct answer *a)
{
	unsigned int shift = 0;

	while (MAX(a->total, a->swap_total) >> shift > UINT32_MAX)
		shift += 12;
	struct sysinfo32 out = {
		.uptime = (int32_t)a->uptime,
		.loads = { a->loads[0], a->loads[1], a->loads[2] },
		.total = a->total >> shift,
		.available = a->available >> shift,
		.shared = a->shared >> shift,
		.swap_total = a->swap_total >> shift,
		.swap_free = a->swap_free >> shift,
		.processes = MIN(a->processes, (uint64_t)UINT16_MAX),
		.unit = 1u << shift,
	};

	return call_write(c, c->in.data.args[0], &out, sizeof(out));
}

static int answer64(const struct call *c, const struct answer *a)
{
	struct sysinfo out = {
		.uptime = (long)a->uptime,
		.loads = { a->loads[0], a->loads[1], a->loads[2] },
		.totalram = a->total,
		.freeram = a->available,
		.sharedram = a->shared,
		.totalswap = a->swap_total,
		.freeswap = a->swap_free,
		.procs = MIN(a->processes, (uint64_t)UINT16_MAX),
		.mem_unit = 1,
	};

	/* of a libc the struct may be longer than the kernel's, which a program may have */
	return call_write(c, c->in.data.args[0], &out,
			  offsetof(struct sysinfo, mem_unit) + sizeof(long));
}

int64_t call_sysinfo(struct supervisor *s, struct call *c)
{
	struct sysinfo host;

	if (sysinfo(&host) < 0)
		return CALL_CONTINUE;
	struct answer a = compute(s, &host);
	bool small = !(c->in.data.arch & __AUDIT_ARCH_64BIT);

	return small ? answer32(c, &a) : answer64(c, &a);
}
