/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plan of a user namespace: its maps and who writes them, what is opened before the ids change,
 * whose mounts and cgroups are.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "core/compile.h"
#include "isolate/subid.h"

static struct idmap map_of(const struct compile *c)
{
	return (struct idmap){ .lines = c->conf->idmap, .n = c->conf->n_idmap };
}

static int no_memory(struct compile *c)
{
	return error_set(c->err, -ENOMEM, "plan", "lxc.idmap");
}

bool compile_has_id(const struct compile *c, bool gid, uint32_t id)
{
	struct idmap map = map_of(c);

	return !c->user || idmap_to_host(&map, gid, id) != IDMAP_NONE;
}

/* --- checks --- */

static int check_namespace(struct compile *c)
{
	const char *key = c->conf->ns_clone ? "lxc.namespace.clone"
					    : "lxc.namespace.keep";
	bool wanted = c->flags & CLONE_NEWUSER;

	if (wanted == (c->conf->n_idmap > 0))
		return 0;
	error_set(c->err, -EINVAL, "config", "%s", wanted ? "lxc.namespace.clone" : key);
	error_detail(c->err, wanted ? "a user namespace has no ids without lxc.idmap"
				    : "lxc.idmap takes a user namespace of its own");
	error_hint(c->err,
		   wanted ? "add, for example, lxc.idmap = u 0 100000 65536 and "
			    "lxc.idmap = g 0 100000 65536"
			  : "%s user there, or remove lxc.idmap",
		   c->conf->ns_clone ? "add" : "remove");
	return -EINVAL;
}

/* Nobody but root gets by without. */
static int not_root(struct compile *c)
{
	struct idmap_line u = {}, g = {};
	uid_t uid = geteuid();

	error_set(c->err, -EPERM, "config", "lxc.idmap");
	error_detail(c->err,
		     "a container of a user without rights needs a user namespace, "
		     "and so a map of ids");
	if (subid_first(uid, false, 65536, &u) == 0 &&
	    subid_first(uid, true, 65536, &g) == 0)
		error_hint(c->err, "add lxc.idmap = u 0 %u %u and lxc.idmap = g 0 %u %u",
			   u.host, u.range, g.host, g.range);
	else
		error_hint(c->err,
			   "add lxc.idmap = u 0 %u 1 and lxc.idmap = g 0 %u 1, which "
			   "take no rights; or use sudo",
			   uid, getegid());
	return -EPERM;
}

int compile_idmap_begin(struct compile *c)
{
	struct idmap map = map_of(c);
	int r = check_namespace(c);

	if (r < 0)
		return r;
	c->user = c->flags & CLONE_NEWUSER;
	if (c->user)
		r = idmap_check(&map, c->err);
	if (r == 0)
		r = mapper_choose(c->user ? &map : NULL, &c->mapper, c->err);
	if (r == 0 && !c->user && !c->mapper.privileged && geteuid() != 0)
		r = not_root(c);
	return r;
}

int compile_maps(struct plan_builder *b, const struct idmap *m,
		 const struct mapper *mapper, struct op_maps *ret)
{
	_cleanup_buf_ struct buf uid = {}, gid = {};

	idmap_print(m, false, &uid);
	idmap_print(m, true, &gid);
	*ret = (struct op_maps){
		.uid_map = plan_add_text(b, uid.data),
		.gid_map = plan_add_text(b, gid.data),
		.newuidmap = plan_add_text(b, mapper->newuidmap),
		.newgidmap = plan_add_text(b, mapper->newgidmap),
		.deny_setgroups = mapper->deny_setgroups,
	};
	return uid.failed || gid.failed ? -ENOMEM : 0;
}

static int add_maps(struct compile *c, const struct idmap *m, struct op_maps *ret)
{
	return compile_maps(&c->b, m, &c->mapper, ret) < 0 ? no_memory(c) : 0;
}

/* --- places for what is opened early --- */

void compile_insert(struct compile *c, enum compile_place place, enum op_number kind,
		    const void *op, size_t size)
{
	size_t added = plan_insert_op(&c->b, c->places[place], kind, op, size);

	for (int p = place; p < PLACE_COUNT; p++)
		c->places[p] += added;
}

void compile_place(struct compile *c, enum compile_place place)
{
	for (int p = place; p < PLACE_COUNT; p++)
		c->places[p] = c->b.ops.size;
}

int compile_source(struct compile *c, const char *path, bool recursive,
		   uint32_t *ret_slot)
{
	struct op_source o = {
		.path = plan_add_text(&c->b, path),
		.slot = c->n_trees + 1,
		.recursive = recursive,
	};

	if (o.slot >= RUN_TREES_MAX) {
		error_set(c->err, -E2BIG, "plan", "%s", path);
		error_detail(c->err,
			     "more than %d mounts are opened before the ids change",
			     RUN_TREES_MAX - 1);
		error_hint(c->err, "mount a directory above several of them");
		return -E2BIG;
	}
	/* otherwise the operation that lets the child go closes them */
	if (!c->n_trees++ && !c->user) {
		struct op_mapped done = {};
		compile_insert(c, PLACE_IDMAP, OP_MAPPED, &done, sizeof(done));
	}
	if (c->mapper.privileged)
		compile_insert(c, PLACE_SOURCE, OP_SOURCE, &o, sizeof(o));
	else
		compile_insert(c, PLACE_CHILD_SOURCE, OP_SOURCE_CHILD, &o, sizeof(o));
	*ret_slot = o.slot;
	return 0;
}

uint32_t compile_mount_place(struct compile *c, const char *path)
{
	struct op_source o = {
		.path = plan_add_text(&c->b, path),
		.slot = c->n_trees + 1,
		.place = 1,
	};

	if (o.slot >= RUN_TREES_MAX)
		return 0;
	c->n_trees++;
	compile_insert(c, PLACE_CHILD_SOURCE, OP_SOURCE_CHILD, &o, sizeof(o));
	return o.slot;
}

/* --- owners of mounts --- */

static int bad_owner(struct compile *c, const char *where, const char *text,
		     const char *why, const char *hint)
{
	error_set(c->err, -EINVAL, "config", "%s = %s", where, text);
	error_detail(c->err, "%s", why);
	error_hint(c->err, "%s", hint);
	return -EINVAL;
}

/* owner=HOST:INSIDE: files of that user and group of the host are the other's inside. */
static int parse_owner(struct compile *c, const struct compile_owner *w,
		       struct idmap_line lines[2])
{
	struct idmap map = map_of(c);
	unsigned int host = 0, inside = 0;
	char end = 0;

	if (sscanf(w->owner, "%u:%u%c", &host, &inside, &end) != 2)
		return bad_owner(c, w->where, w->text, "owner= is not two numbers",
				 "write owner=HOST:CONTAINER, such as owner=1000:0");
	for (int gid = 0; gid <= 1; gid++) {
		int64_t outside = c->user ? idmap_to_host(&map, gid, inside) : inside;

		if (outside == IDMAP_NONE)
			return bad_owner(
				c, w->where, w->text,
				"the id inside is not mapped by lxc.idmap",
				"name one that a line of lxc.idmap has, for users "
				"and for groups");
		lines[gid] = (struct idmap_line){
			.gid = gid, .inside = host, .host = (uint32_t)outside, .range = 1
		};
	}
	return 0;
}

static int own_maps(struct compile *c, const struct compile_owner *w,
		    struct op_idmap_tree *o)
{
	_cleanup_free_ struct idmap_line *lines = NULL;
	struct idmap_line pair[2];
	struct idmap m = { .lines = pair, .n = 2 };
	int r = 0;

	if (w->owner) {
		r = parse_owner(c, w, pair);
	} else if (idmap_parse(w->idmap, &lines, &m.n) < 0) {
		r = bad_owner(
			c, w->where, w->text, "idmap= is not a map of ids",
			"use idmap=container, idmap=/path/of/a/user/namespace or "
			"idmap=b:ON-DISK:SHOWN:COUNT, such as idmap=b:0:100000:65536");
	} else {
		m.lines = lines;
		m.key = w->where;
		r = idmap_check(&m, c->err);
	}
	return r < 0 ? r : add_maps(c, &m, &o->maps);
}

int compile_owner(struct compile *c, const struct compile_owner *w, uint32_t slot,
		  bool recursive)
{
	struct op_idmap_tree o = {
		.path = plan_add_text(&c->b, w->path),
		.slot = slot,
		.recursive = recursive,
	};
	bool container = w->idmap && !strcmp(w->idmap, "container");
	int r = 0;

	if (!c->mapper.privileged)
		return bad_owner(c, w->where, w->text,
				 "only root can change whose files are in a mount",
				 "remove the option, and give the files to the ids of "
				 "lxc.idmap: lxc-usernsexec -- chown …");
	if (container && !c->user)
		return bad_owner(c, w->where, w->text, "the container has no lxc.idmap",
				 "add lxc.idmap, or remove idmap=container");
	if (w->idmap && *w->idmap == '/')
		o.file = plan_add_text(&c->b, w->idmap);
	else if (!container)
		r = own_maps(c, w, &o);
	/* the container's namespace is there only when the child is */
	if (r == 0)
		compile_insert(c, container ? PLACE_IDMAP : PLACE_SOURCE, OP_IDMAP_TREE,
			       &o, sizeof(o));
	return r;
}

/* --- the order --- */

void compile_idmap_sources(struct compile *c)
{
	compile_place(c, PLACE_SOURCE);
}

/* The ids that stand for root inside: those of init where 0 is not mapped. */
static uint32_t root_id(const struct compile *c, bool gid)
{
	struct idmap map = map_of(c);
	uint32_t configured = gid ? c->conf->init_gid : c->conf->init_uid;

	return idmap_to_host(&map, gid, 0) == IDMAP_NONE ? configured : 0;
}

static int check_root(struct compile *c)
{
	struct idmap map = map_of(c);

	for (int gid = 0; gid <= 1; gid++) {
		uint32_t configured = gid ? c->conf->init_gid : c->conf->init_uid;
		const char *name = gid ? "gid" : "uid";

		if (idmap_to_host(&map, gid, configured) != IDMAP_NONE)
			continue;
		error_set(c->err, -EINVAL, "config", "lxc.init.%s = %u", name,
			  configured);
		error_detail(c->err, "lxc.idmap does not map it");
		error_hint(c->err,
			   configured ? "add a line for it to lxc.idmap, or set another "
					"lxc.init.%s"
				      : "map 0 in lxc.idmap, or set lxc.init.%s to an id "
					"that is mapped",
			   name);
		return -EINVAL;
	}
	return 0;
}

int compile_idmap(struct compile *c)
{
	struct idmap map = map_of(c);
	struct op_idmap o = {};
	struct op_mapped release = { .wait = 1 };
	struct op nothing = {};
	int r = c->user ? check_root(c) : 0;

	if (r == 0 && c->user)
		r = add_maps(c, &map, &o.maps);
	if (r < 0)
		return r;
	if (c->user)
		COMPILE_OP(c, OP_IDMAP, o);
	compile_place(c, PLACE_IDMAP);
	if (!c->user)
		return 0;
	r = c->mapper.privileged ? 0 : compile_cgroup_v1(c);
	if (r < 0)
		return r;
	COMPILE_OP(c, OP_MAPPED, release);
	COMPILE_OP(c, OP_AWAIT, nothing);
	compile_place(c, PLACE_CHILD_SOURCE);
	struct op_ids root = {
		.uid = root_id(c, false),
		.gid = root_id(c, true),
		.set_groups = !c->mapper.deny_setgroups,
	};
	COMPILE_OP(c, OP_CONTAINER_ROOT, root);
	return 0;
}

/*
 * Version 1 lets a process in by who has opened the file: root, or the same user.  Without
 * root the child enters while it still is that user.
 */
int compile_cgroup_v1_late(struct compile *c)
{
	return c->user && !c->mapper.privileged ? 0 : compile_cgroup_v1(c);
}

void compile_confine_ids(const struct compile *c, struct plan_confine *confine)
{
	confine->keep_groups = c->mapper.deny_setgroups;
	if (!c->user)
		return;
	confine->root_uid = root_id(c, false);
	confine->root_gid = root_id(c, true);
}

/* The group stays ours: to attach, and to remove what the container leaves. */
static int add_own_group(struct compile *c, struct op_cgroup_owner *o)
{
	struct idmap map = map_of(c), own = {};
	_cleanup_free_ struct idmap_line *lines = NULL;

	if (idmap_with_own(&map, &lines, &own.n) < 0)
		return no_memory(c);
	own.lines = lines;
	o->gid = getegid();
	o->inside_gid = (uint32_t)idmap_to_inside(&own, true, getegid());
	return add_maps(c, &own, &o->maps);
}

int compile_cgroup_owner(struct compile *c)
{
	struct idmap map = map_of(c);

	if (!c->user || c->mapper.deny_setgroups)
		return 0; /* with own ids alone they are the container's already */
	struct op_cgroup_owner o = {
		.inside_uid = root_id(c, false),
		.inside_gid = root_id(c, true),
		.by_user = !c->mapper.privileged,
	};
	int64_t starter = idmap_to_inside(&map, false, geteuid());

	o.uid = (uint32_t)idmap_to_host(&map, false, o.inside_uid);
	o.gid = (uint32_t)idmap_to_host(&map, true, o.inside_gid);
	if (starter != IDMAP_NONE) {
		o.uid = geteuid();
		o.inside_uid = (uint32_t)starter;
	}
	int r = o.by_user ? add_own_group(c, &o) : 0;
	if (r == 0)
		COMPILE_OP(c, OP_CGROUP_OWNER, o);
	return r;
}
