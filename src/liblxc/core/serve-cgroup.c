/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands about cgroups: where they are, freezing, devices. */
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup/layout.h"
#include "core/cgroups.h"
#include "core/ops.h"
#include "core/serve.h"

/* --- where they are --- */

static enum after answer_name(struct monitor *m, struct client *c, bool limit)
{
	const char *controller = request_text(c);
	struct cgroups_place place;
	char name[CGROUP_PATH_MAX];

	if (!controller)
		return reply_value(c, -EINVAL, 0);
	int r = cgroups_find(&m->run, controller, limit, &place);
	/* whoever names no controller means any */
	if (r < 0 && !*controller && cgroups_at(&m->run, 0, limit, &place))
		r = 0;
	if (r == 0)
		r = cgroups_name(&place, name, sizeof(name));
	return r < 0 ? reply_value(c, r, 0) : reply_text(c, name);
}

enum after serve_get_cgroup(struct monitor *m, struct client *c)
{
	return answer_name(m, c, false);
}

enum after serve_get_limit_cgroup(struct monitor *m, struct client *c)
{
	return answer_name(m, c, true);
}

enum after serve_get_cgroup2_fd(struct monitor *m, struct client *c)
{
	int leaf = m->run.unified_leaf;

	return reply_fd(c, leaf >= 0 ? leaf : m->run.unified);
}

enum after serve_get_limit_cgroup2_fd(struct monitor *m, struct client *c)
{
	return reply_fd(c, m->run.unified);
}

/* Those that the container's processes are in: where a process that joins it has to go. */
enum after serve_get_cgroups(struct monitor *m, struct client *c)
{
	struct command_cgroups all = { .layout = m->plan.header->layout };
	struct cgroups_place place;
	int fds[COMMAND_FDS_MAX];

	memset(all.fds, 0xff, sizeof(all.fds));
	for (size_t i = 0; cgroups_at(&m->run, i, false, &place); i++) {
		int fd = all.n_fds < COMMAND_FDS_MAX ? cgroups_open(&place) : -ENOENT;

		if (fd >= 0)
			fds[all.n_fds++] = fd;
	}
	if (!all.n_fds)
		return reply_value(c, -ENOENT, 0);
	enum after after = reply_send(c, &(struct reply){
						 .parts = { { &all, sizeof(all) } },
						 .n_parts = 1,
						 .fds = fds,
						 .n_fds = all.n_fds,
					 });
	for (size_t i = 0; i < all.n_fds; i++)
		(void)close(fds[i]);
	return after;
}

static enum after answer_fd(struct monitor *m, struct client *c, bool limit)
{
	struct command_cgroup q;
	struct cgroups_place place;

	if (!request_struct(c, sizeof(q), &q, sizeof(q)) || !*q.controller ||
	    !memchr(q.controller, '\0', sizeof(q.controller)))
		return reply_value(c, -EINVAL, 0);
	int r = cgroups_find(&m->run, q.controller, limit, &place);
	if (r < 0)
		return reply_value(c, r, 0);
	int type = place.unified ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
	if (q.type && q.type != type)
		return reply_value(c, -EINVAL, 0);
	_cleanup_close_ int fd = cgroups_open(&place);
	if (fd < 0)
		return reply_value(c, fd, 0);
	q.layout = m->plan.header->layout;
	q.utilities = 0;
	q.type = type;
	q.fd = NO_FD;
	return reply_send(c, &(struct reply){
				     .parts = { { &q, sizeof(q) } },
				     .n_parts = 1,
				     .fds = &fd,
				     .n_fds = 1,
			     });
}

enum after serve_get_cgroup_fd(struct monitor *m, struct client *c)
{
	return answer_fd(m, c, false);
}

enum after serve_get_limit_cgroup_fd(struct monitor *m, struct client *c)
{
	return answer_fd(m, c, true);
}

/* --- freezing --- */

static bool runs(const struct monitor *m)
{
	return m->state == STATE_RUNNING || m->state == STATE_FREEZING ||
	       m->state == STATE_FROZEN || m->state == STATE_THAWED;
}

static enum after change(struct monitor *m, struct client *c, bool freeze)
{
	int timeout = (int)(intptr_t)c->request.data;

	if (!runs(m))
		return reply_value(c, -ESRCH, 0);
	if (m->state == (freeze ? STATE_FROZEN : STATE_RUNNING))
		return reply_value(c, 0, 0);
	c->kind = freeze ? CLIENT_FREEZE : CLIENT_THAW;
	int r = freezer_begin(m, freeze, timeout ? timeout : -1);
	/* what is done at once has been answered, like everybody else who waited for it */
	if (c->kind == CLIENT_FREE)
		return KEEP;
	return r < 0 || !timeout ? reply_value(c, r, 0) : KEEP;
}

enum after serve_freeze(struct monitor *m, struct client *c)
{
	return change(m, c, true);
}

enum after serve_thaw(struct monitor *m, struct client *c)
{
	return change(m, c, false);
}

/* --- devices --- */

/* Those of the configuration, before the first one is added. */
static int known_rules(struct monitor *m)
{
	const struct op_devices *o = NULL;

	for (const struct op *op = NULL; (op = plan_next(&m->plan, op));)
		if (op->kind == OP_DEVICES)
			o = (const void *)op;
	const struct device_rule *rules = o ? plan_data(&m->plan, o->rules) : NULL;
	size_t n = rules ? o->rules.size / sizeof(*rules) : 0;
	int r = 0;

	devices_done(&m->devices);
	/* nothing confines a container without rules */
	m->devices.deny_list = !o || o->deny_list;
	m->devices.emptied = o && o->emptied;
	for (size_t i = 0; i < n && r == 0; i++)
		r = devices_add_rule(&m->devices, &rules[i]);
	m->devices_known = r == 0;
	return r;
}

static bool read_rule(const struct command_device_rule *q, struct device_rule *ret)
{
	*ret = (struct device_rule){
		.type = q->type,
		.major = q->major,
		.minor = q->minor,
		.allow = q->allow == 1,
	};
	for (size_t i = 0; i < sizeof(q->access) && q->access[i]; i++) {
		const char *known = strchr("mrw", q->access[i]);

		if (!known)
			return false;
		ret->access |= 1u << (known - "mrw");
	}
	if (q->type == 'a' && !ret->access)
		ret->access = DEVICE_ALL;
	return q->type && strchr("abc", q->type) && ret->access && q->allow >= 0 &&
	       q->allow <= 1 && q->major >= DEVICE_ANY && q->minor >= DEVICE_ANY;
}

static int replace_program(struct monitor *m)
{
	struct run *run = &m->run;
	struct bpf_insn *program = NULL;
	size_t n = 0;
	int r = devices_compile(&m->devices, &program, &n);

	/* nothing to say, but the program that is there has to go: one that allows everything */
	if (r == 0 && !n && run->devices >= 0)
		r = devices_compile_all(&program, &n);
	if (r == 0 && n) {
		r = devices_attach(run->unified, program, n, run->devices);
		if (r >= 0) {
			close_p(&run->devices);
			run->devices = r;
		}
	}
	free(program);
	return r < 0 ? r : 0;
}

enum after serve_add_device_rule(struct monitor *m, struct client *c)
{
	struct command_device_rule q;
	struct device_rule rule;

	if (!request_struct(c, offsetof(struct command_device_rule, list), &q,
			    sizeof(q)) ||
	    !read_rule(&q, &rule))
		return reply_value(c, -EINVAL, 0);
	/* elsewhere the devices controller of version 1 has the rules */
	if (m->plan.header->layout != CGROUP_UNIFIED || m->run.unified < 0)
		return reply_value(c, -EOPNOTSUPP, 0);
	int r = m->devices_known ? 0 : known_rules(m);
	if (r == 0)
		r = devices_add_rule(&m->devices, &rule);
	if (r == 0)
		r = replace_program(m);
	return reply_value(c, r, 0);
}
