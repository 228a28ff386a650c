/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the file tree: root, /dev, automatic mounts, entries. */
#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "core/compile.h"
#include "mount/options.h"
#include "util/log.h"

#define DEV_SIZE 500000 /* bytes; historical, enough for device nodes and links */

static int bad_options(struct compile *c, const char *key, const char *text,
		       const char *why, int r)
{
	error_set_code(c->err, r,
		       r == -EOPNOTSUPP ? LXC_ERROR_UNSUPPORTED : LXC_ERROR_INVALID,
		       "config", "%s = %s", key, text);
	error_detail(c->err, "%s", why);
	return r;
}

int compile_root(struct compile *c)
{
	const struct conf *conf = c->conf;
	const char *text = conf->rootfs_options ? conf->rootfs_options : "";
	_cleanup_mount_options_ struct mount_options options = {};
	struct op_root o = {};

	if (mount_options_parse(text, &options) < 0)
		return error_set(c->err, -ENOMEM, "plan", "root");
	if (options.create_dir || options.create_file || options.optional ||
	    options.relative)
		return bad_options(
			c, "lxc.rootfs.options", text,
			"create=, optional and relative are for lxc.mount.entry",
			-EINVAL);
	if (options.idmap)
		return bad_options(c, "lxc.rootfs.options", text,
				   "idmap= is not supported yet in this version",
				   -EOPNOTSUPP);
	if (options.data)
		return bad_options(
			c, "lxc.rootfs.options", text,
			"a directory as root file system takes generic mount options only",
			-EINVAL);
	if (conf->rootfs_path) {
		o.path = plan_add_text(&c->b, conf->rootfs_path);
		o.mount_point = plan_add_text(&c->b, conf->rootfs_mount
							     ? conf->rootfs_mount
							     : PATH_ROOTFS_MOUNT);
		o.options = plan_add_text(&c->b, text);
		o.attr_set = options.attr_set;
		o.attr_clear = options.attr_clear;
	}
	COMPILE_OP(c, OP_ROOT, o);
	return 0;
}

static void add_devpts(struct compile *c)
{
	struct op_devpts o = { .link_ptmx = c->conf->pty_max > 0 };

	o.data = plan_add_format(&c->b,
				 "newinstance,gid=5,mode=0620,ptmxmode=0666,max=%u",
				 c->conf->pty_max + c->conf->tty_max);
	COMPILE_OP(c, OP_DEVPTS, o);
}

static void add_dev(struct compile *c, enum dev_part part)
{
	unsigned int size = c->conf->autodev_size;
	struct op_dev o = { .size = size ? size : DEV_SIZE, .part = part };

	if (c->conf->rootfs_path && c->conf->autodev)
		COMPILE_OP(c, OP_DEV, o);
}

int compile_empty_dev(struct compile *c)
{
	add_dev(c, DEV_MOUNT);
	return 0;
}

int compile_dev(struct compile *c)
{
	const struct conf *conf = c->conf;
	bool has_root = conf->rootfs_path;
	plan_text_t dir = plan_add_text(&c->b, conf->tty_dir);

	c->has_console = !conf->console_path || strcmp(conf->console_path, "none");
	c->own_pts = has_root && conf->pty_max + conf->tty_max > 0;
	c->own_console = c->own_pts && conf->pty_max > 1;
	add_dev(c, c->late_dev ? DEV_NODES : DEV_ALL);
	if (has_root) {
		struct op o = {};
		COMPILE_OP(c, OP_DEV_LINKS, o);
	}
	if (c->own_pts)
		add_devpts(c);
	if (c->has_console) {
		struct op_console o = {
			.own = c->own_console,
			.dir = dir,
			.mount = has_root,
		};
		COMPILE_OP(c, OP_CONSOLE, o);
	}
	if (has_root && conf->tty_max) {
		struct op_ttys o = { .n = conf->tty_max, .dir = dir };
		COMPILE_OP(c, OP_TTYS, o);
	}
	return 0;
}

static void add_automatic(struct compile *c)
{
	static const uint32_t modes[] = {
		[AUTO_MIXED] = MODE_MIXED,
		[AUTO_RO] = MODE_RO,
		[AUTO_RW] = MODE_RW,
	};
	const struct conf_mount_auto *a = &c->conf->mount_auto;
	int own = CLONE_NEWNS | CLONE_NEWPID;

	/* the host's /proc would show the host's processes */
	if (!c->conf->rootfs_path && !a->proc && (c->flags & own) == own) {
		struct op_auto o = { .mode = MODE_RW };
		COMPILE_OP(c, OP_PROC, o);
	}
	if (a->proc) {
		struct op_auto o = {
			.mode = modes[a->proc],
			.net = c->keep_caps >> CAP_NET_ADMIN & 1,
		};
		COMPILE_OP(c, OP_PROC, o);
	}
	if (a->sys) {
		struct op_auto o = { .mode = modes[a->sys] };
		COMPILE_OP(c, OP_SYS, o);
	}
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

static int add_entry(struct compile *c, const char *line)
{
	_cleanup_mount_entry_ struct mount_entry e = {};
	int r = mount_entry_parse(line, &e);

	if (r < 0)
		return bad_options(c, "lxc.mount.entry", line,
				   "not a line as in fstab: SOURCE TARGET TYPE OPTIONS",
				   r);
	const struct mount_options *m = &e.options;
	if (m->idmap || m->move || m->remount)
		return bad_options(
			c, "lxc.mount.entry", line,
			"the options idmap=, move and remount are not supported yet in "
			"this version",
			-EOPNOTSUPP);
	const char *target = target_of(c, e.target);
	if (!target) {
		log_warn(
			"lxc.mount.entry %s: ignored, %s does not lie below the root file system",
			line, e.target);
		return 0;
	}
	struct op_mount o = {
		.source = plan_add_text(&c->b, m->bind && !m->relative && *e.source != '/'
						       ? NULL
						       : e.source),
		.target = plan_add_text(&c->b, *target ? target : "."),
		.type = plan_add_text(&c->b, e.type),
		.data = plan_add_text(&c->b, m->data),
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
	};
	if (!o.source)
		return bad_options(
			c, "lxc.mount.entry", line,
			"the source of a bind mount is an absolute path, or relative to the "
			"container's root with the option relative",
			-EINVAL);
	COMPILE_OP(c, OP_MOUNT, o);
	return 0;
}

int compile_mounts(struct compile *c)
{
	add_automatic(c);
	for (char **line = c->conf->mount_entries; line && *line; line++) {
		int r = add_entry(c, *line);

		if (r < 0)
			return r;
	}
	return 0;
}
