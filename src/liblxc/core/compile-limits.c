/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the limits of a process, of files of procfs, of kernel parameters. */
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "core/compile.h"
#include "util/parse.h"
#include "util/path.h"

static const struct {
	const char *name;
	unsigned int resource;
} resources[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int find_resource(struct compile *c, const char *name, uint32_t *ret)
{
	uint64_t number = 0;

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		if (!strcmp(resources[i].name, name)) {
			*ret = resources[i].resource;
			return 0;
		}
	}
	if (parse_decimal(name, RLIM_NLIMITS - 1, &number) == 0) {
		*ret = number;
		return 0;
	}
	error_set(c->err, -EINVAL, "config", "lxc.prlimit.%s", name);
	error_detail(c->err, "no such resource limit");
	error_hint(c->err,
		   "the names are those of prlimit(1): as, core, cpu, nofile, nproc…");
	return -EINVAL;
}

static int parse_limit(const char *text, size_t n, uint64_t *ret)
{
	_cleanup_free_ char *copy = strndup(text, n);

	if (!copy)
		return -ENOMEM;
	if (!strcmp(copy, "unlimited")) {
		*ret = RLIM_INFINITY;
		return 0;
	}
	return parse_decimal(copy, UINT64_MAX, ret);
}

int compile_prlimits(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->prlimits;

	for (size_t i = 0; i < pairs->n; i++) {
		const char *value = pairs->list[i].value, *colon = strchr(value, ':');
		size_t n = colon ? (size_t)(colon - value) : strlen(value);
		struct op_prlimit o = {};
		int r = find_resource(c, pairs->list[i].name, &o.resource);

		if (r < 0)
			return r;
		r = parse_limit(value, n, &o.soft);
		o.hard = o.soft;
		if (r == 0 && colon)
			r = parse_limit(colon + 1, strlen(colon + 1), &o.hard);
		if (r < 0)
			return error_set(c->err, r, "config", "lxc.prlimit.%s = %s",
					 pairs->list[i].name, value);
		o.key = plan_add_format(&c->b, "lxc.prlimit.%s", pairs->list[i].name);
		COMPILE_OP(c, OP_PRLIMIT, o);
	}
	return 0;
}

int compile_proc_files(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->procs;

	for (size_t i = 0; i < pairs->n; i++) {
		_cleanup_free_ char *file = strdup(pairs->list[i].name);

		for (char *p = file; p && *p; p++)
			if (*p == '.')
				*p = '/';
		if (file && path_has_dotdot(file))
			return error_set(c->err, -EINVAL, "config", "lxc.proc.%s",
					 pairs->list[i].name);
		struct op_proc_file o = {
			.file = plan_add_text(&c->b, file),
			.value = plan_add_text(&c->b, pairs->list[i].value),
		};
		COMPILE_OP(c, OP_PROC_FILE, o);
	}
	return 0;
}

/* Kernel parameters that belong to a namespace of the container; all others are the host's. */
static bool is_namespaced(const struct compile *c, const char *key)
{
	static const struct {
		const char *prefix;
		int flag;
	} own[] = {
		{ "net.", CLONE_NEWNET },
		{ "fs.mqueue.", CLONE_NEWIPC },
		{ "kernel.msg", CLONE_NEWIPC },
		{ "kernel.sem", CLONE_NEWIPC },
		{ "kernel.shm", CLONE_NEWIPC },
		{ "kernel.auto_msgmni", CLONE_NEWIPC },
		{ "kernel.domainname", CLONE_NEWUTS },
		{ "kernel.hostname", CLONE_NEWUTS },
		{ "kernel.ns_last_pid", CLONE_NEWPID },
		{ "user.", CLONE_NEWUSER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strncmp(key, own[i].prefix, strlen(own[i].prefix)))
			return c->flags & own[i].flag;
	return false;
}

int compile_sysctls(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->sysctls;

	for (size_t i = 0; i < pairs->n; i++) {
		const char *key = pairs->list[i].name;

		if (strchr(key, '/') || strstr(key, "..") || !is_namespaced(c, key)) {
			error_set(c->err, -EINVAL, "config", "lxc.sysctl.%s", key);
			error_detail(c->err,
				     "this is no parameter of the container's own "
				     "namespaces but one of the whole machine");
			error_hint(c->err, "set it on the host: sysctl %s=%s", key,
				   pairs->list[i].value);
			return -EINVAL;
		}
		struct op_sysctl o = {
			.key = plan_add_text(&c->b, key),
			.value = plan_add_text(&c->b, pairs->list[i].value),
		};
		COMPILE_OP(c, OP_SYSCTL, o);
	}
	return 0;
}

int compile_limits(const struct conf *conf, struct plan_record *ret,
		   struct lxc_error **err)
{
	struct compile c = { .conf = conf, .err = err };
	int r = 0;

	if (!conf->prlimits.n && !conf->procs.n)
		return 0;
	plan_builder_init(&c.b, PLAN_ATTACH);
	r = compile_prlimits(&c);
	if (r == 0)
		r = compile_proc_files(&c);
	if (r == 0 && plan_finish(&c.b, &ret->data, &ret->size) < 0)
		r = error_set(err, -ENOMEM, "plan", "limits");
	plan_builder_done(&c.b);
	return r;
}
