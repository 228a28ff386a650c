/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the file tree: root, /dev, automatic mounts. */
#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "core/compile.h"
#include "mount/options.h"

#define TTY_GROUP 5 /* what distributions call tty */
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

/* What a hook mounts there first can only be seen by who opens it later. */
static int early_root(struct compile *c, const struct mount_options *options,
		      struct op_root *o)
{
	const struct conf *conf = c->conf;
	const struct compile_owner owner = {
		.where = "lxc.rootfs.options",
		.text = conf->rootfs_options,
		.path = conf->rootfs_path,
		.idmap = options->idmap,
		.owner = options->owner,
	};
	bool mapped = options->idmap || options->owner;
	int r = 0;

	if (mapped || (c->user && !compile_has_hook(c, HOOK_PRE_MOUNT)))
		r = compile_source(c, conf->rootfs_path, true, &o->slot);
	if (r == 0 && mapped)
		r = compile_owner(c, &owner, o->slot, true);
	if (r == 0 && c->user)
		o->place_slot = compile_mount_place(
			c, conf->rootfs_mount ? conf->rootfs_mount : PATH_ROOTFS_MOUNT);
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
	int r = conf->rootfs_path ? early_root(c, &options, &o) : 0;
	if (r == 0)
		COMPILE_OP(c, OP_ROOT, o);
	return r;
}

static void add_devpts(struct compile *c)
{
	struct op_devpts o = { .link_ptmx = c->conf->pty_max > 0 };

	o.data = plan_add_format(&c->b, "%smode=0620,ptmxmode=0666,max=%u",
				 compile_has_id(c, true, TTY_GROUP) ? "gid=5," : "",
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
	if (!c->conf->rootfs_path && !a->proc && (c->inside & own) == own) {
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

int compile_mounts(struct compile *c)
{
	add_automatic(c);
	int r = compile_shmounts(c);
	return r < 0 ? r : compile_entries(c);
}
