/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of configured mounts: lxc.mount.fstab, lxc.mount.entry, shmounts. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/compile.h"
#include "mount/options.h"
#include "util/file.h"
#include "util/log.h"

/* One line, and where it stands. */
struct line {
	const char *where; /* "lxc.mount.entry", "lxc.mount.fstab FILE:3" */
	const char *text;
	struct mount_entry e;
};

static int fault(struct compile *c, const struct line *l, int r, const char *why,
		 const char *hint)
{
	error_set_code(c->err, r,
		       r == -EOPNOTSUPP ? LXC_ERROR_UNSUPPORTED : LXC_ERROR_INVALID,
		       "config", "%s = %s", l->where, l->text);
	error_detail(c->err, "%s", why);
	error_hint(c->err, "%s", hint);
	return r;
}

/*
 * The target below the root: a relative one is; an absolute one has to lie below the root's
 * path on the host.  NULL: neither.
 */
static const char *target_of(const struct compile *c, const char *target)
{
	const char *root = c->conf->rootfs_path;
	_cleanup_buf_ struct buf usual = {};

	if (*target != '/' || !root)
		return target + strspn(target, "/");
	buf_printf(&usual, "%s/%s/rootfs", c->request->lxcpath, c->request->name);
	const char *prefixes[] = { root, usual.data };
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		const char *p = prefixes[i];
		size_t n = p ? strlen(p) : 0;

		if (n && !strncmp(target, p, n) && (target[n] == '/' || !target[n]))
			return target + n + strspn(target + n, "/");
	}
	return NULL;
}

static int check_options(struct compile *c, const struct line *l)
{
	const struct mount_options *m = &l->e.options;
	bool is_copy = m->bind || m->move;

	if (m->idmap && m->owner)
		return fault(c, l, -EINVAL, "idmap= and owner= exclude each other",
			     "remove one of the options");
	if ((m->idmap || m->owner) && (!m->bind || m->relative || m->remount))
		return fault(c, l, -EINVAL,
			     "idmap= and owner= are for bind mounts of the host's files",
			     "add bind, or remove the option");
	if (m->move && (m->bind || m->remount))
		return fault(c, l, -EINVAL, "move goes with neither bind nor remount",
			     "remove one of the options");
	if (m->remount && m->data)
		return fault(
			c, l, -EINVAL,
			"remount changes options of the mount, such as ro and nosuid, not "
			"those of the file system",
			"give them in the line that mounts it");
	if (!strcmp(l->e.type, "none") && !is_copy && !m->remount && !m->propagation)
		return fault(c, l, -EINVAL, "type none needs the option bind",
			     "add bind to the options, or name a file system");
	if (m->create_dir && m->create_file)
		return fault(
			c, l, -EINVAL,
			"the target is created as a directory or as a file, not as both",
			"remove one of the options");
	if (is_copy && !m->remount && !m->relative && *l->e.source != '/')
		return fault(
			c, l, -EINVAL, "the source is no absolute path",
			"write it from / on, or add the option relative if it lies in the "
			"container");
	return 0;
}

/* The options of the file system, with those that mount(8) has names of its own for. */
static plan_text_t data_of(struct compile *c, const struct line *l)
{
	const struct mount_options *m = &l->e.options;
	const char *words[] = {
		m->data,
		m->sync ? "sync" : NULL,
		m->dirsync ? "dirsync" : NULL,
		m->lazytime ? "lazytime" : NULL,
	};
	_cleanup_buf_ struct buf data = {};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i])
			buf_printf(&data, "%s%s", data.size ? "," : "", words[i]);
	if (!data.size || !(m->bind || m->move || m->remount))
		return plan_add_text(&c->b, data.data);
	log_warn(
		"%s %s: %s changes nothing: it is for the file system, not for a mount of "
		"a part of it",
		l->where, l->text, data.data);
	return 0;
}

/*
 * Of an overlay: the directories that are made in the container's own directory, relative to
 * that.
 */
static int own_directories(struct compile *c, const struct line *l, struct op_mount *o)
{
	_cleanup_strv_ char **words = NULL, **dirs = NULL;
	_cleanup_buf_ struct buf home = {};
	int r = 0;

	if (strcmp(l->e.type, "overlay") || !l->e.options.data)
		return 0;
	words = strv_split(l->e.options.data, ",");
	buf_printf(&home, "%s/%s/", c->request->lxcpath, c->request->name);
	for (char **w = words; home.data && w && *w && r == 0; w++) {
		const char *path = strchr(*w, '=');
		bool made = !strncmp(*w, "upperdir=", 9) || !strncmp(*w, "workdir=", 8);

		if (made && !strncmp(path + 1, home.data, home.size))
			r = strv_add(&dirs, path + 1 + home.size);
	}
	if (!words || home.failed || r < 0)
		return error_set(c->err, -ENOMEM, "plan", "mounts");
	o->dirs = plan_add_strv(&c->b, dirs);
	return 0;
}

/* What the host has is opened before the ids change, and its owners are mapped. */
static int early_source(struct compile *c, const struct line *l, struct op_mount *o)
{
	const struct mount_options *m = &l->e.options;
	const struct compile_owner owner = {
		.where = l->where,
		.text = l->text,
		.path = l->e.source,
		.idmap = m->idmap,
		.owner = m->owner,
	};
	bool mapped = m->idmap || m->owner;
	int r = 0;

	o->user = c->user;
	if (mapped || (c->user && m->bind && !m->relative && !m->remount))
		r = compile_source(c, l->e.source, m->recursive, &o->slot);
	return r == 0 && mapped ? compile_owner(c, &owner, o->slot, m->recursive) : r;
}

static int add_parsed(struct compile *c, const struct line *l)
{
	const struct mount_options *m = &l->e.options;
	const char *target = target_of(c, l->e.target);
	int r = check_options(c, l);

	if (r < 0)
		return r;
	if (!target) {
		log_warn("%s %s: ignored, %s does not lie below the root file system",
			 l->where, l->text, l->e.target);
		return 0;
	}
	if (!target[strspn(target, "./")])
		return fault(
			c, l, -EINVAL, "the target is the root file system itself",
			"name a place below it, or set lxc.rootfs.path and lxc.rootfs.options");
	struct op_mount o = {
		.source = plan_add_text(&c->b, l->e.source),
		.target = plan_add_text(&c->b, target),
		.type = plan_add_text(&c->b, l->e.type),
		.data = data_of(c, l),
		.attr_set = m->attr_set,
		.attr_clear = m->attr_clear,
		.propagation = m->propagation,
		.bind = m->bind,
		.recursive = m->recursive,
		.propagation_recursive = m->propagation_recursive,
		.optional = m->optional,
		.relative = m->relative,
		.create = m->create_dir	   ? CREATE_DIR
			  : m->create_file ? CREATE_FILE
					   : CREATE_NOTHING,
		.move = m->move,
		/* as with mount(8): a propagation alone is for what is there already */
		.remount = m->remount ||
			   (!strcmp(l->e.type, "none") && !m->bind && !m->move),
	};
	r = own_directories(c, l, &o);
	if (r == 0)
		r = early_source(c, l, &o);
	if (r == 0)
		COMPILE_OP(c, OP_MOUNT, o);
	return r;
}

static int add_line(struct compile *c, const char *where, const char *text)
{
	struct line l = { .where = where, .text = text };
	int r = mount_entry_parse(text, &l.e);

	if (r < 0)
		return fault(c, &l, r,
			     "not a line as in fstab: SOURCE TARGET TYPE OPTIONS",
			     "for instance: /srv srv none bind,create=dir 0 0");
	r = add_parsed(c, &l);
	mount_entry_done(&l.e);
	return r;
}

static int add_fstab(struct compile *c, const char *file)
{
	_cleanup_free_ char *text = NULL;
	unsigned int number = 0;
	int r = file_read(AT_FDCWD, file, &text, NULL);

	if (r < 0) {
		error_set(c->err, r, "config", "lxc.mount.fstab = %s", file);
		error_hint(c->err, "create the file, or remove the line");
		return r;
	}
	for (char *rest = text, *line; r == 0 && (line = strsep(&rest, "\n"));) {
		_cleanup_buf_ struct buf where = {};
		size_t n = strcspn(line, "\r");

		number++;
		line[n] = '\0';
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		buf_printf(&where, "lxc.mount.fstab %s:%u", file, number);
		r = where.data ? add_line(c, where.data, line)
			       : error_set(c->err, -ENOMEM, "plan", "mounts");
	}
	return r;
}

int compile_entries(struct compile *c)
{
	int r = c->conf->mount_fstab ? add_fstab(c, c->conf->mount_fstab) : 0;

	for (char **e = c->conf->mount_entries; e && *e && r == 0; e++)
		r = add_line(c, "lxc.mount.entry", *e);
	return r;
}

/* --- shmounts --- */

/* Whether path is a mount point whose mounts go to others: proc(5), mountinfo. */
static bool is_shared(const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", &text, NULL) < 0)
		return true; /* nothing to say against it */
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		char *fields[7] = {};

		for (size_t i = 0; i < ARRAY_SIZE(fields) && line; i++)
			fields[i] = strsep(&line, " ");
		if (fields[6] && !strcmp(fields[4], path))
			return !strncmp(fields[6], "shared:", 7);
	}
	return false;
}

/* What the host mounts below the one directory appears below the other. */
int compile_shmounts(struct compile *c)
{
	const struct conf_mount_auto *a = &c->conf->mount_auto;
	struct op_mount o = { .bind = 1, .create = CREATE_DIR, .slave = 1 };

	if (!a->shmounts_host)
		return 0;
	/* a hook may make it what it is not yet */
	if (!compile_has_hook(c, HOOK_PRE_START) && !is_shared(a->shmounts_host)) {
		error_set(c->err, -EINVAL, "config", "lxc.mount.auto = shmounts:%s",
			  a->shmounts_host);
		error_detail(c->err, "it is no shared mount point");
		error_hint(c->err,
			   "mkdir -p %s && mount --bind %s %s && mount --make-shared %s",
			   a->shmounts_host, a->shmounts_host, a->shmounts_host,
			   a->shmounts_host);
		return -EINVAL;
	}
	o.source = plan_add_text(&c->b, a->shmounts_host);
	o.target = plan_add_text(&c->b, a->shmounts_container +
						strspn(a->shmounts_container, "/"));
	COMPILE_OP(c, OP_MOUNT, o);
	return 0;
}
