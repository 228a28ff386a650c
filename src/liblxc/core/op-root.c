/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations that put the container's file tree together.  They run in the child, in its own
 * mount namespace; everything below the root is resolved with root_open().
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "core/op-kinds.h"
#include "mount/root.h"
#include "mount/tree.h"
#include "util/syscall.h"

/* --- the root itself --- */

void print_root(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_root *o = (const void *)op;
	const char *path = plan_text(plan, o->path),
		   *options = plan_text(plan, o->options);

	if (!path) {
		buf_str(out, "the host's own");
		return;
	}
	buf_printable(out, path);
	buf_printf(out, " on %s", plan_text(plan, o->mount_point));
	if (options)
		buf_printf(out, " (%s)", options);
}

static int missing_root(const char *path, int r, struct lxc_error **err)
{
	error_set(err, r, "root file system", "%s", path);
	if (r == -ENOENT || r == -ENOTDIR)
		error_hint(
			err,
			"create it, or set lxc.rootfs.path to a directory that holds a "
			"root file system");
	return r;
}

/* A copy of the mount that path is on, from there on. */
static int open_source(struct run *run, const struct op_root *o, const char *path)
{
	if (o->slot)
		return run_take_tree(run, o->slot);
	_cleanup_close_ int dir = sys_open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? dir : tree_copy(dir, "", true);
}

static int open_place(struct run *run, const struct op_root *o, const char *path)
{
	if (o->place_slot)
		return run_take_tree(run, o->place_slot);
	return sys_open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int run_root(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_root *o = (const void *)op;
	const char *path = plan_text(run->plan, o->path);
	const char *mount_point = plan_text(run->plan, o->mount_point);

	/* what we mount stays here; what the host mounts later still arrives */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_set(err, -errno, "make mounts private", "/");
	if (!path) {
		run->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return run->root < 0 ? error_set(err, -errno, "open", "/") : 0;
	}
	int tree = open_source(run, o, path);
	if (tree < 0)
		return missing_root(path, tree, err);
	_cleanup_close_ int target = open_place(run, o, mount_point);
	if (target < 0) {
		close_p(&tree);
		error_set(err, target, "mount point", "%s", mount_point);
		error_hint(err, "mkdir -p %s, or install liblxc again", mount_point);
		return target;
	}
	int r = tree < 0 ? tree : tree_set(tree, o->attr_set, o->attr_clear, false);
	if (r == 0)
		r = tree_attach(tree, target);
	if (r < 0) {
		close_p(&tree);
		return error_set(err, r, "mount", "%s on %s", path, mount_point);
	}
	run->root = tree;
	return 0;
}

/* On a host whose root is an initramfs there is nothing to pivot away from. */
static int move_root(void)
{
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
		return -errno;
	return 0;
}

int run_pivot(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)op;
	if (fchdir(run->root) < 0)
		return error_set(err, -errno, "enter", "the root file system");
	int r = sys_pivot_root(".", ".");
	if (r == -EINVAL)
		r = move_root();
	else if (r == 0 && umount2(".", MNT_DETACH) < 0)
		r = -errno;
	if (r < 0)
		return error_set(err, r, "pivot", "to the root file system");
	if (chdir("/") < 0)
		return error_set(err, -errno, "chdir", "/");
	/* as a machine has it: mounts inside propagate to namespaces inside, not to us */
	r = tree_propagate(run->root, MS_SHARED, true);
	if (r == 0 && run->slave >= 0)
		r = tree_propagate(run->slave, MS_SLAVE, false);
	return r < 0 ? error_set(err, r, "share mounts", "/") : 0;
}

/* --- one file system, or one bind mount --- */

/* Attach tree on path below the root; closes tree. */
static int attach_on(int root, int tree, const char *path, struct lxc_error **err)
{
	_cleanup_close_ int owned = tree;
	_cleanup_close_ int target = root_open(root, path, O_PATH);
	int r = target < 0 ? target : tree_attach(owned, target);

	return r < 0 ? error_set(err, r, "mount", "on /%s", path) : 0;
}

static int make_on(int root, const char *type, const char *path, const char *data,
		   uint64_t attr, struct lxc_error **err)
{
	char why[160] = "";
	_cleanup_close_ int target = root_ensure_dir(root, path);
	_cleanup_close_ int tree =
		target < 0 ? target : tree_make(type, NULL, data, attr, why, sizeof(why));
	int r = tree < 0 ? tree : tree_attach(tree, target);

	if (r == 0)
		return 0;
	error_set(err, r, "mount", "%s on /%s", type, path);
	if (*why)
		error_detail(err, "%s", why);
	return r;
}

void print_mount(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_mount *o = (const void *)op;
	const char *data = plan_text(plan, o->data);

	buf_printable(out, plan_text(plan, o->source));
	buf_str(out, " on /");
	buf_printable(out, plan_text(plan, o->target));
	buf_printf(out, ", %s",
		   o->move	? "move"
		   : o->remount ? "remount"
		   : o->bind	? (o->recursive ? "rbind" : "bind")
				: plan_text(plan, o->type));
	if (o->attr_set & MOUNT_ATTR_RDONLY)
		buf_str(out, ", read-only");
	if (data)
		buf_printf(out, ", %s", data);
	if (o->optional)
		buf_str(out, ", optional");
}

static int ensure_target(const struct run *run, const struct op_mount *o,
			 const char *target)
{
	switch ((enum op_create)o->create) {
	case CREATE_DIR:
		return root_ensure_dir(run->root, target);
	case CREATE_FILE:
		return root_ensure_file(run->root, target);
	case CREATE_NOTHING:
		break;
	}
	return root_open(run->root, target, O_PATH);
}

static int copy_source(struct run *run, const struct op_mount *o, const char *source)
{
	if (o->slot)
		return run_take_tree(run, o->slot);
	_cleanup_close_ int from = o->relative ? root_open(run->root, source, O_PATH)
					       : open(source, O_PATH | O_CLOEXEC);
	if (from < 0)
		return o->relative ? from : -errno;
	return o->move ? steal_fd(from) : tree_copy(from, "", o->recursive);
}

static int make_tree(struct run *run, const struct op_mount *o, const char *source,
		     char *why, size_t size)
{
	if (!o->bind && !o->move)
		return tree_make(plan_text(run->plan, o->type), source,
				 plan_text(run->plan, o->data), o->attr_set, why, size);
	_cleanup_close_ int tree = copy_source(run, o, source);
	int r = tree < 0 ? tree : tree_set(tree, o->attr_set, o->attr_clear, false);

	return r < 0 ? r : steal_fd(tree);
}

static int mount_failed(const struct run *run, const struct op_mount *o, int r,
			bool target, const char *why, struct lxc_error **err)
{
	const char *where = plan_text(run->plan, o->target);

	error_set(err, r, "mount", "%s on %s", plan_text(run->plan, o->source), where);
	if (*why)
		error_detail(err, "%s", why);
	if (r == -ENOENT && target)
		error_hint(err,
			   "/%s does not exist in the container: create it there, or add "
			   "the option create=dir or create=file",
			   where);
	else if (r == -ENOENT)
		error_hint(err, "the source does not exist; create it, or add the option "
				"optional");
	else if (r == -ENODEV)
		error_hint(err,
			   "the kernel does not know the file system type %s; where it "
			   "is a module: modprobe %s",
			   plan_text(run->plan, o->type), plan_text(run->plan, o->type));
	else if (*why)
		error_hint(err, "correct the line's options: mount(8) has those of each "
				"file system");
	else if (r == -EINVAL && o->move)
		error_hint(err, "only a mount point can move, and none that is shared");
	else if (r == -EINVAL && o->remount)
		error_hint(err, "remount changes what an earlier line mounted there");
	else if (target && (r == -EINVAL || r == -ENOTDIR))
		error_hint(err, "source and target must both be directories, or neither");
	else if (r == -ELOOP)
		error_hint(err, "a symbolic link of the container leads in a circle");
	else if (r == -EPERM && o->user && !o->bind)
		error_hint(
			err,
			"a user namespace may mount proc, sysfs, tmpfs, mqueue, cgroup, "
			"overlay and fuse alone: mount it on the host, and bind it");
	return r;
}

/* The upper and work directories of an overlay in the container's own directory. */
static int make_dirs(const struct run *run, const struct op_mount *o)
{
	const struct plan_header *h = run->plan->header;
	char path[PATH_MAX], *dirs[8];
	size_t n = plan_strv(run->plan, o->dirs, dirs, ARRAY_SIZE(dirs));

	if (!n)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%s", plan_text(run->plan, h->lxcpath),
		       plan_text(run->plan, h->name));
	_cleanup_close_ int home = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = home < 0 ? -errno : 0;
	for (size_t i = 0; i < n && r == 0; i++) {
		_cleanup_close_ int dir = root_ensure_dir(home, dirs[i]);

		r = dir < 0 ? dir : 0;
	}
	return r;
}

/* Other attributes for what is mounted on the target already. */
static int change_mount(const struct run *run, const struct op_mount *o)
{
	_cleanup_close_ int target =
		root_open(run->root, plan_text(run->plan, o->target), O_PATH);
	int r = target < 0 ? target
			   : tree_set(target, o->attr_set, o->attr_clear, o->recursive);

	return r < 0 ? r
		     : tree_propagate(target, o->propagation, o->propagation_recursive);
}

static int add_mount(struct run *run, const struct op_mount *o, bool *ret_has_source,
		     char *why, size_t why_size)
{
	const char *source = plan_text(run->plan, o->source);
	int r = make_dirs(run, o);
	_cleanup_close_ int tree = r < 0 ? r : make_tree(run, o, source, why, why_size);
	_cleanup_close_ int target =
		tree < 0 ? tree : ensure_target(run, o, plan_text(run->plan, o->target));

	*ret_has_source = tree >= 0;
	r = target < 0 ? target : tree_attach(tree, target);
	if (r == 0)
		r = tree_propagate(tree, o->propagation, o->propagation_recursive);
	if (r == 0 && o->slave)
		run->slave = steal_fd(tree);
	return r;
}

int run_mount(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_mount *o = (const void *)op;
	bool has_source = true;
	char why[160] = "";
	int r = o->remount ? change_mount(run, o)
			   : add_mount(run, o, &has_source, why, sizeof(why));

	if (r == 0 || o->optional)
		return 0;
	return mount_failed(run, o, r, has_source, why, err);
}

/* --- proc and sysfs --- */

#define PROC_ATTR (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static const char *const mode_names[] = {
	[MODE_RW] = "rw",
	[MODE_RO] = "ro",
	[MODE_MIXED] = "mixed",
};

void print_proc(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "on /proc, %s", mode_names[((const struct op_auto *)op)->mode]);
}

/* A read-only copy of path over itself.  What is not there needs no protection. */
static int protect(int root, const char *path, struct lxc_error **err)
{
	_cleanup_close_ int from = root_open(root, path, O_PATH);

	if (from == -ENOENT)
		return 0;
	int tree = from < 0 ? from : tree_copy(from, "", true);
	int r = tree < 0 ? tree : tree_set(tree, MOUNT_ATTR_RDONLY, 0, false);
	if (r < 0) {
		close_p(&tree);
		return error_set(err, r, "protect", "/%s", path);
	}
	return attach_on(root, tree, path, err);
}

/* /proc/sys read-only but for the network's part, which is copied before it is closed. */
static int protect_sysctls(int root, bool keep_net, struct lxc_error **err)
{
	_cleanup_close_ int from = keep_net ? root_open(root, "proc/sys/net", O_PATH)
					    : NO_FD;
	_cleanup_close_ int net = from < 0 ? NO_FD : tree_copy(from, "", true);
	int r = protect(root, "proc/sys", err);

	if (r < 0 || net < 0)
		return r;
	return attach_on(root, steal_fd(net), "proc/sys/net", err);
}

int run_proc(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_auto *o = (const void *)op;
	int r = make_on(run->root, "proc", "proc", NULL, PROC_ATTR, err);

	if (r < 0 || o->mode == MODE_RW)
		return r;
	r = protect_sysctls(run->root, o->net, err);
	return r < 0 ? r : protect(run->root, "proc/sysrq-trigger", err);
}

void print_sys(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "on /sys, %s", mode_names[((const struct op_auto *)op)->mode]);
}

#define SYS_NET "sys/devices/virtual/net"

int run_sys(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_auto *o = (const void *)op;
	uint64_t attr = o->mode == MODE_RW ? 0 : PROC_ATTR;
	int r = make_on(run->root, "sysfs", "sys", NULL,
			attr | (o->mode == MODE_RO ? MOUNT_ATTR_RDONLY : 0), err);

	if (r < 0 || o->mode != MODE_MIXED)
		return r;
	/* the network's part stays writable: copied before the rest is closed */
	_cleanup_close_ int from = root_open(run->root, SYS_NET, O_PATH);
	int net = from < 0 ? from : tree_copy(from, "", false);
	_cleanup_close_ int sys = root_open(run->root, "sys", O_PATH);
	r = sys < 0 ? sys : tree_set(sys, MOUNT_ATTR_RDONLY, 0, false);
	if (r < 0) {
		close_p(&net);
		return error_set(err, r, "protect", "/sys");
	}
	return net < 0 ? 0 : attach_on(run->root, net, SYS_NET, err);
}

/* --- boot id --- */

/* Every boot of a container has its own, as a machine's; nothing depends on it: best effort. */
int run_boot_id(struct run *run, const struct op *op, struct lxc_error **err)
{
	unsigned char id[16];
	char text[38];

	(void)op;
	(void)err;
	if (run->dev < 0 || getrandom(id, sizeof(id), 0) != sizeof(id))
		return 0;
	id[6] = (id[6] & 0x0f) | 0x40; /* RFC 9562: version 4, variant 1 */
	id[8] = (id[8] & 0x3f) | 0x80;
	(void)snprintf(
		text, sizeof(text),
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\n",
		id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8], id[9],
		id[10], id[11], id[12], id[13], id[14], id[15]);
	_cleanup_close_ int file = openat(run->dev, ".lxc-boot-id",
					  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (file < 0 || write(file, text, 37) != 37)
		return 0;
	_cleanup_close_ int target =
		root_open(run->root, "proc/sys/kernel/random/boot_id", O_PATH);
	_cleanup_close_ int tree = target < 0 ? target : tree_copy(file, "", false);
	if (tree >= 0 && tree_set(tree, PROC_ATTR | MOUNT_ATTR_RDONLY, 0, false) == 0)
		(void)tree_attach(tree, target);
	return 0;
}

/* --- monitor --- */

/* lxc.monitor.unshare: hooks of the monitor may mount, and nobody else sees it. */
int run_unshare(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)op;
	if (run->again || run->retry)
		return 0;
	return unshare(CLONE_NEWNS) < 0 ||
			       mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0
		       ? error_set(err, -errno, "unshare", "lxc.monitor.unshare")
		       : 0;
}

/* --- attach --- */

/* Without the container's mounts: its processes and its network all the same. */
int run_remount(struct run *run, const struct op *op, struct lxc_error **err)
{
	_cleanup_close_ int root = NO_FD;

	(void)run;
	(void)op;
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_set(err, -errno, "unshare", "mount namespace");
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return error_set(err, -errno, "open", "/");
	int r = make_on(root, "proc", "proc", NULL, PROC_ATTR, err);
	return r < 0 ? r : make_on(root, "sysfs", "sys", NULL, PROC_ATTR, err);
}
