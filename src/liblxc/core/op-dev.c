/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations for /dev: the tmpfs and its nodes, devpts, the console and the ttys. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/op-kinds.h"
#include "mount/root.h"
#include "mount/tree.h"
#include "util/syscall.h"

/* --- the tmpfs and its nodes --- */

static const struct {
	const char *name;
	unsigned int major, minor;
} nodes[] = {
	{ "null", 1, 3 },   { "zero", 1, 5 },	 { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

void print_dev(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_dev *o = (const void *)op;

	(void)plan;
	if (o->part != DEV_NODES)
		buf_printf(out, "tmpfs of %u bytes on /dev", o->size);
	if (o->part == DEV_ALL)
		buf_str(out, " with");
	for (size_t i = 0; i < ARRAY_SIZE(nodes) && o->part != DEV_MOUNT; i++)
		buf_printf(out, "%s%s", i || o->part == DEV_ALL ? " " : "",
			   nodes[i].name);
}

/* Where devices cannot be made, the host's are mounted. */
static int bind_node(int dev, const char *name)
{
	char path[32];
	_cleanup_close_ int file = openat(dev, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0);

	if (file < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, path, false);

	return tree < 0 ? tree : tree_attach(tree, file);
}

static int make_node(int dev, size_t i)
{
	dev_t number = makedev(nodes[i].major, nodes[i].minor);

	if (mknodat(dev, nodes[i].name, S_IFCHR | 0666, number) == 0 || errno == EEXIST)
		return 0;
	return errno == EPERM ? bind_node(dev, nodes[i].name) : -errno;
}

static int mount_dev(struct run *run, const struct op_dev *o, struct lxc_error **err)
{
	char data[64], why[160] = "";
	_cleanup_close_ int target = root_ensure_dir(run->root, "dev");

	(void)snprintf(data, sizeof(data), "size=%u,mode=755", o->size);
	int tree = target < 0 ? target
			      : tree_make("tmpfs", "none", data, 0, why, sizeof(why));
	int r = tree < 0 ? tree : tree_attach(tree, target);
	if (r < 0) {
		close_p(&tree);
		error_set(err, r, "mount", "tmpfs on /dev");
		if (*why)
			error_detail(err, "%s", why);
		return r;
	}
	run->dev = tree;
	return 0;
}

int run_dev(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_dev *o = (const void *)op;
	int r = o->part == DEV_NODES ? 0 : mount_dev(run, o, err);

	for (size_t i = 0; i < ARRAY_SIZE(nodes) && r == 0 && o->part != DEV_MOUNT; i++) {
		r = make_node(run->dev, i);
		if (r < 0)
			return error_set(err, r, "make", "/dev/%s", nodes[i].name);
	}
	return r;
}

static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

void print_dev_links(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	(void)op;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		buf_printf(out, "%s%s", i ? " " : "", links[i].name);
}

/* Existing names are left alone; a /dev that cannot be written is fine. */
int run_dev_links(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)op;
	if (run->dev < 0)
		run->dev = root_open(run->root, "dev", O_PATH | O_DIRECTORY);
	if (run->dev < 0) {
		int r = error_set(err, run->dev, "open", "/dev of the root file system");

		error_hint(err, "create the directory, or set lxc.autodev = 1");
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		(void)!symlinkat(links[i].target, run->dev, links[i].name);
	return 0;
}

/* --- devpts --- */

void print_devpts(const struct plan *plan, const struct op *op, struct buf *out)
{
	buf_printf(out, "on /dev/pts, %s",
		   plan_text(plan, ((const struct op_devpts *)op)->data));
}

int run_devpts(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_devpts *o = (const void *)op;
	char why[160] = "";
	_cleanup_close_ int target = root_ensure_dir(run->root, "dev/pts");
	int tree = target < 0 ? target
			      : tree_make("devpts", NULL, plan_text(run->plan, o->data),
					  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, why,
					  sizeof(why));
	int r = tree < 0 ? tree : tree_attach(tree, target);

	if (r < 0) {
		close_p(&tree);
		error_set(err, r, "mount", "devpts on /dev/pts");
		if (*why)
			error_detail(err, "%s", why);
		return r;
	}
	if (o->link_ptmx)
		(void)!symlinkat("pts/ptmx", run->dev, "ptmx");
	run->devpts = tree;
	r = run_queue_fd(run, ROLE_DEVPTS, tree);
	return r < 0 ? error_set(err, r, "devpts", "hand over") : 0;
}

/* --- terminals --- */

struct terminal {
	int ptx, pts;
};

static void terminal_done(struct terminal *t)
{
	close_p(&t->ptx);
	close_p(&t->pts);
}

/*
 * A new pair, from a devpts by its descriptor, or the host's.  The slave is opened through the
 * master, so no path of the container is looked up.
 */
static int terminal_open(int devpts, struct terminal *ret)
{
	int unlock = 0;
	struct terminal t = { NO_FD, NO_FD };

	t.ptx = devpts >= 0 ? openat(devpts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
			    : open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t.ptx < 0)
		return -errno;
	if (ioctl(t.ptx, TIOCSPTLCK, &unlock) == 0)
		t.pts = ioctl(t.ptx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* our own devpts has it as its option */
	if (t.pts < 0 || (devpts < 0 && fchmod(t.pts, 0620) < 0)) {
		int r = -errno;

		terminal_done(&t);
		return r;
	}
	*ret = t;
	return 0;
}

/* Mount the slave on a file of /dev, which is made. */
static int terminal_mount(const struct run *run, const struct terminal *t,
			  const char *path)
{
	_cleanup_close_ int target = root_ensure_file(run->root, path);
	_cleanup_close_ int tree = target < 0 ? target : tree_copy(t->pts, "", false);

	return tree < 0 ? tree : tree_attach(tree, target);
}

void print_console(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "pty of %s on /dev/console",
		   ((const struct op_console *)op)->own ? "the container" : "the host");
}

int run_console(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_console *o = (const void *)op;
	const char *dir = plan_text(run->plan, o->dir);
	struct terminal t;
	int r = terminal_open(o->own ? run->devpts : NO_FD, &t);

	if (r < 0)
		return error_set(err, r, "console", "new terminal");
	if (o->mount && dir) {
		char path[300];

		(void)snprintf(path, sizeof(path), "dev/%s/console", dir);
		r = terminal_mount(run, &t, path);
	}
	if (r == 0 && o->mount)
		r = terminal_mount(run, &t, "dev/console");
	if (r < 0) {
		terminal_done(&t);
		return error_set(err, r, "mount", "console on /dev/console");
	}
	run->console = t.pts;
	r = run_queue_fd(run, ROLE_CONSOLE_PTX, t.ptx);
	if (r == 0)
		r = run_queue_fd(run, ROLE_CONSOLE_PTS, t.pts);
	return r < 0 ? error_set(err, r, "console", "hand over") : 0;
}

void print_ttys(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "/dev/tty1 to /dev/tty%u", ((const struct op_ttys *)op)->n);
}

/* /dev/ttyN, or /dev/DIR/ttyN with a link to it. */
static int tty_place(const struct run *run, const struct terminal *t, const char *dir,
		     unsigned int n)
{
	char path[300], name[16], target[300];

	(void)snprintf(name, sizeof(name), "tty%u", n);
	(void)snprintf(path, sizeof(path), "dev/%s%s%s", dir ? dir : "", dir ? "/" : "",
		       name);
	int r = terminal_mount(run, t, path);
	if (r < 0 || !dir)
		return r;
	(void)snprintf(target, sizeof(target), "%s/%s", dir, name);
	(void)unlinkat(run->dev, name, 0);
	return symlinkat(target, run->dev, name) < 0 ? -errno : 0;
}

int run_ttys(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_ttys *o = (const void *)op;
	const char *dir = plan_text(run->plan, o->dir);

	for (unsigned int i = 1; i <= o->n; i++) {
		struct terminal t;
		int r = terminal_open(run->devpts, &t);

		if (r < 0)
			return error_set(err, r, "tty", "/dev/tty%u", i);
		r = tty_place(run, &t, dir, i);
		if (r == 0)
			r = run_queue_fd(run, ROLE_TTY_PTX, t.ptx);
		if (r == 0)
			r = run_queue_fd(run, ROLE_TTY_PTS, t.pts);
		if (r < 0)
			return error_set(err, r, "tty", "/dev/tty%u", i);
	}
	return 0;
}
