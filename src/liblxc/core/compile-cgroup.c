/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the cgroups: where they are, what limits they get, what is mounted inside. */
#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "cgroup/devices.h"
#include "conf/global.h"
#include "core/compile.h"
#include "core/guest.h"
#include "core/scope.h"
#include "util/path.h"

#define SYSTEMD_WITHOUT_V1 256

/* "%n" in lxc.cgroup.pattern stands for the name. */
static char *fill_pattern(const char *pattern, const char *name)
{
	_cleanup_buf_ struct buf out = {};

	for (const char *p = pattern; *p; p++) {
		if (p[0] == '%' && p[1] == 'n') {
			buf_str(&out, name);
			p++;
		} else {
			buf_char(&out, *p);
		}
	}
	return buf_steal(&out);
}

/* Name of the payload's or the monitor's cgroup, relative to the base. */
static char *cgroup_name(const struct compile *c, const char *what)
{
	const struct conf *conf = c->conf;
	const char *pattern = conf_global("lxc.cgroup.pattern");
	const char *name = c->request->name;
	_cleanup_buf_ struct buf out = {};

	const char *exact = strcmp(what, "payload") ? conf->cgroup_dir_monitor
						    : conf->cgroup_dir_container;

	if (exact)
		return strdup(exact);
	if (conf->cgroup_dir) {
		buf_printf(&out, "%s/lxc.%s.%s", conf->cgroup_dir, what, name);
	} else if (pattern && *pattern && geteuid() == 0) {
		_cleanup_free_ char *filled = fill_pattern(pattern, name);

		buf_printf(&out, "%s/%s", filled ? filled : "", what);
	} else {
		buf_printf(&out, "lxc.%s.%s", what, name);
	}
	return buf_steal(&out);
}

static char *base_of(const struct cgroup_hierarchy *h)
{
	_cleanup_free_ char *joined = path_join(h->mount, h->base);

	return joined ? path_simplify(joined) : NULL;
}

static int no_memory(struct compile *c)
{
	return error_set(c->err, -ENOMEM, "plan", "cgroups");
}

int compile_cgroup_names(struct compile *c)
{
	struct plan_header *h = &c->b.header;
	_cleanup_free_ char *name = cgroup_name(c, "payload");

	if (!name)
		return no_memory(c);
	h->layout = c->host.layout;
	h->cgroup = plan_add_text(&c->b, name);
	h->inner = plan_add_text(&c->b, c->conf->cgroup_dir_inner);
	h->suffix_allowed = !c->conf->cgroup_dir_container;
	return 0;
}

int compile_scope(struct compile *c)
{
	_cleanup_scope_ struct scope scope = {};

	if (!scope_is_needed(&c->host))
		return 0;
	int r = scope_plan(c->request->name, &scope);
	if (r == -ENOENT)
		return 0; /* without cgroups, then */
	if (r == 0)
		r = scope_use(&scope, &c->host);
	c->b.header.scope = plan_add_text(&c->b, scope.unit);
	return r < 0 ? no_memory(c) : 0;
}

/* In a scope the monitor lies in the way of the others, so it goes into a cgroup by itself. */
static int own_cgroup(struct compile *c, plan_text_t base)
{
	_cleanup_free_ char *name = cgroup_name(c, "monitor");
	struct op_cgroup_self o = { .base = base, .name = plan_add_text(&c->b, name) };

	COMPILE_OP(c, OP_CGROUP_SELF, o);
	return name ? 0 : no_memory(c);
}

/* The monitor's own cgroups, which the library makes before it spawns it. */
static int monitor_cgroups(struct compile *c)
{
	struct plan_header *h = &c->b.header;
	_cleanup_free_ char *name = cgroup_name(c, "monitor");

	if (!name)
		return no_memory(c);
	if (c->host.unified.mount) {
		_cleanup_free_ char *base = base_of(&c->host.unified);

		h->monitor_v2_base = plan_add_text(&c->b, base);
		h->monitor_v2 = plan_add_format(&c->b, "%s/%s", base, name);
	}
	for (size_t i = 0; i < c->host.n_v1; i++) {
		if (strcmp(c->host.v1[i].controllers, "name=systemd"))
			continue;
		_cleanup_free_ char *base = base_of(&c->host.v1[i]);

		h->monitor_v1_base = plan_add_text(&c->b, base);
		h->monitor_v1 = plan_add_format(&c->b, "%s/%s", base, name);
	}
	return 0;
}

int compile_cgroup_unified(struct compile *c)
{
	struct op_cgroup_unified o = { .delegate = c->host.layout == CGROUP_UNIFIED };

	/* in the foreground the container ends with its caller, so it may end with its unit */
	if (!c->request->foreground && !c->b.header.scope && monitor_cgroups(c) < 0)
		return -ENOMEM;
	if (!c->host.unified.mount)
		return 0;
	_cleanup_free_ char *base = base_of(&c->host.unified);
	if (!base)
		return no_memory(c);
	o.base = plan_add_text(&c->b, base);
	c->b.header.unified = o.base;
	c->b.header.unified_base = plan_add_text(&c->b, c->host.unified.base);
	if (c->b.header.scope && own_cgroup(c, o.base) < 0)
		return -ENOMEM;
	COMPILE_OP(c, OP_CGROUP_UNIFIED, o);
	return 0;
}

int compile_cgroup_v1(struct compile *c)
{
	struct plan_hierarchy list[CGROUP_HIERARCHIES_MAX];

	for (size_t i = 0; i < c->host.n_v1; i++) {
		const struct cgroup_hierarchy *h = &c->host.v1[i];
		_cleanup_free_ char *base = base_of(h);
		struct op_cgroup_v1 o = {
			.base = plan_add_text(&c->b, base),
			.index = i,
			.is_cpuset = cgroup_has_controller(h->controllers, "cpuset"),
		};

		if (!base)
			return no_memory(c);
		list[i] = (struct plan_hierarchy){
			.controllers = plan_add_text(&c->b, h->controllers),
			.dir = o.base,
			.base = plan_add_text(&c->b, h->base),
		};
		COMPILE_OP(c, OP_CGROUP_V1, o);
	}
	c->b.header.hierarchies =
		plan_add_blob(&c->b, list, c->host.n_v1 * sizeof(*list));
	return 0;
}

static void add_limit(struct compile *c, int index, const char *prefix,
		      const struct conf_pair *pair)
{
	struct op_cgroup_set o = {
		.index = index,
		.key = plan_add_format(&c->b, "%s%s", prefix, pair->name),
		.file = plan_add_text(&c->b, pair->name),
		.value = plan_add_text(&c->b, pair->value),
	};

	COMPILE_OP(c, OP_CGROUP_SET, o);
}

/* A container is not to run without a limit that it was given. */
static int no_cgroups(struct compile *c)
{
	error_detail(c->err, "no cgroup hierarchy is mounted and writable here");
	error_hint(c->err, "mount them below /sys/fs/cgroup, or remove the limits to run "
			   "without any");
	return -ENOENT;
}

/* The v1 hierarchy of "memory.limit_in_bytes", or -ENOENT and an error. */
static int hierarchy_of(struct compile *c, const struct conf_pair *pair)
{
	size_t n = strcspn(pair->name, ".");
	_cleanup_free_ char *controller = strndup(pair->name, n);

	for (size_t i = 0; controller && i < c->host.n_v1; i++)
		if (cgroup_has_controller(c->host.v1[i].controllers, controller))
			return i;
	error_set(c->err, -ENOENT, "limit", "lxc.cgroup.%s", pair->name);
	if (!c->host.n_v1)
		return no_cgroups(c);
	error_detail(c->err,
		     "this machine has no cgroup v1 hierarchy with the controller %s",
		     controller ? controller : "");
	error_hint(c->err,
		   "remove the line, or see lxc-checkconfig for the controllers that "
		   "are there");
	return -ENOENT;
}

static bool is_device(const struct conf_pair *pair)
{
	return !strncmp(pair->name, "devices.", 8);
}

static int v1_limits(struct compile *c, bool devices)
{
	const struct conf_pairs *pairs = &c->conf->cgroup1;

	if (c->host.layout == CGROUP_UNIFIED)
		return 0; /* the other layout: skipped with a warning */
	for (size_t i = 0; i < pairs->n; i++) {
		if (is_device(&pairs->list[i]) != devices)
			continue;
		int index = hierarchy_of(c, &pairs->list[i]);
		if (index < 0)
			return index;
		add_limit(c, index, "lxc.cgroup.", &pairs->list[i]);
	}
	return 0;
}

int compile_cgroup_limits(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->cgroup2;

	if (c->host.layout == CGROUP_UNIFIED && !c->host.unified.mount && pairs->n) {
		error_set(c->err, -ENOENT, "limit", "lxc.cgroup2.%s",
			  pairs->list[0].name);
		return no_cgroups(c);
	}
	if (c->host.layout == CGROUP_UNIFIED)
		for (size_t i = 0; i < pairs->n; i++)
			if (!is_device(&pairs->list[i]))
				add_limit(c, -1, "lxc.cgroup2.", &pairs->list[i]);
	return v1_limits(c, false);
}

static int v2_devices(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->cgroup2;
	_cleanup_devices_ struct device_rules rules = {};
	_cleanup_free_ struct bpf_insn *program = NULL;
	size_t n = 0;

	if (c->host.layout != CGROUP_UNIFIED || !c->host.unified.mount)
		return 0;
	for (size_t i = 0; i < pairs->n; i++) {
		if (!is_device(&pairs->list[i]))
			continue;
		bool allow = !strcmp(pairs->list[i].name, "devices.allow");
		int r = devices_add(&rules, allow, pairs->list[i].value, c->err);
		if (r < 0)
			return error_wrap(c->err, r, "limit", "lxc.cgroup2.%s",
					  pairs->list[i].name);
	}
	if (devices_compile(&rules, &program, &n) < 0)
		return no_memory(c);
	struct op_devices o = {
		.program = plan_add_blob(&c->b, program, n * sizeof(*program)),
		.rules = plan_add_blob(&c->b, rules.list, rules.n * sizeof(*rules.list)),
		.deny_list = rules.deny_list,
		.emptied = rules.emptied,
	};
	if (n)
		COMPILE_OP(c, OP_DEVICES, o);
	return 0;
}

/* Last, because the set-up itself makes devices. */
int compile_cgroup_devices(struct compile *c)
{
	int r = v1_limits(c, true);

	return r < 0 ? r : v2_devices(c);
}

/* --- mounts --- */

/* In a namespace of its own everything below the container's root is its own. */
static uint32_t mount_mode(const struct compile *c)
{
	bool own = c->inside & CLONE_NEWCGROUP;

	switch (c->conf->mount_auto.cgroup) {
	case AUTO_RO:
		return MODE_RO;
	case AUTO_RW:
		return MODE_RW;
	case AUTO_MIXED:
		return own ? MODE_RW : MODE_MIXED;
	case AUTO_DEFAULT:
	case AUTO_NONE:
		break;
	}
	return own || c->keep_caps >> CAP_SYS_ADMIN & 1 ? MODE_RW : MODE_MIXED;
}

static void add_hierarchy(struct compile *c, const struct cgroup_hierarchy *h,
			  const char *name)
{
	struct op_cgroup_mount o = {
		.mode = mount_mode(c),
		.controllers = plan_add_text(&c->b, h->controllers),
		.name = plan_add_text(&c->b, name),
		.mount = plan_add_text(&c->b, h->mount),
		.base = plan_add_text(&c->b, strcmp(h->base, "/") ? h->base : NULL),
		.bind = !(c->inside & CLONE_NEWCGROUP),
		.full = c->conf->mount_auto.cgroup_full,
	};

	COMPILE_OP(c, OP_CGROUP_MOUNT, o);
}

/* The unified hierarchy alone: it cannot be mounted in parts. */
static int unified_mount(struct compile *c)
{
	struct op_cgroup_mount o = { .mode = mount_mode(c) };

	if (c->inside & CLONE_NEWCGROUP) {
		COMPILE_OP(c, OP_CGROUP_MOUNT, o);
		return 0;
	}
	error_set_code(c->err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "config",
		       "lxc.mount.auto");
	error_detail(c->err,
		     "cgroup v2 without a cgroup namespace would show every cgroup "
		     "of the host");
	error_hint(c->err, "give the container one: take cgroup out of "
			   "lxc.namespace.keep, or into lxc.namespace.clone");
	return -EOPNOTSUPP;
}

/*
 * systemd 258 refuses version 1, and 256 warns of it; version 2 alone serves them beside a host
 * that has both.  Where they mount by themselves they choose so, too.
 */
static bool wants_unified(const struct compile *c)
{
	const struct conf *conf = c->conf;
	_cleanup_strv_ char **argv =
		strv_split_command(conf->init_cmd ? conf->init_cmd : "/sbin/init");

	return c->host.unified.mount && conf->rootfs_path && argv && *argv &&
	       guest_systemd(conf->rootfs_path, *argv) >= SYSTEMD_WITHOUT_V1;
}

/*
 * With a cgroup namespace the container's init mounts its own, unless it may not.  On a pure
 * unified layout we do, as there is only one way to mount it.
 */
int compile_cgroup_mounts(struct compile *c)
{
	const struct conf_mount_auto *a = &c->conf->mount_auto;
	bool own = c->inside & CLONE_NEWCGROUP;
	bool can_mount = c->keep_caps >> CAP_SYS_ADMIN & 1;

	if (a->cgroup == AUTO_NONE && !a->cgroup2)
		return 0;
	if (c->host.layout == CGROUP_UNIFIED || a->cgroup2)
		return unified_mount(c);
	if (own && can_mount && !a->cgroup_force)
		return 0;
	if (own && wants_unified(c))
		return unified_mount(c);
	for (size_t i = 0; i < c->host.n_v1; i++)
		add_hierarchy(c, &c->host.v1[i], strrchr(c->host.v1[i].mount, '/') + 1);
	if (c->host.unified.mount)
		add_hierarchy(c, &c->host.unified, "unified");
	return 0;
}
