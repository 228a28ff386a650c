/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroup hierarchies in the container's /sys/fs/cgroup.
 *
 * With a cgroup namespace a hierarchy is mounted anew, and begins at the container's own cgroup.
 * Without one there is a directory for each, in which the path of /proc/self/cgroup leads to the
 * container's own cgroup and to nothing else (or, "full", the whole hierarchy of the host); what
 * is not the container's own is read-only unless it was asked for otherwise.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/op-kinds.h"
#include "mount/root.h"
#include "mount/tree.h"
#include "util/syscall.h"

#define CGROUP_ATTR (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define CGROUP_TMPFS "size=10240k,mode=755"
#define PLACE_MAX (2 * CGROUP_PATH_MAX + 64)

void print_cgroup_mount(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_cgroup_mount *o = (const void *)op;
	const char *name = plan_text(plan, o->name);

	buf_printf(out, "%s on /sys/fs/cgroup%s%s", o->controllers ? "cgroup" : "cgroup2",
		   name ? "/" : "", name ? name : "");
	if (o->bind)
		buf_str(out, o->full ? ", the host's" : ", the container's own");
	if (o->mode != MODE_RW)
		buf_str(out, o->mode == MODE_RO ? ", read-only" : ", mixed");
}

/* The directory of all hierarchies; the tmpfs on it is made once. */
static int open_top(int root, bool tmpfs, char *why, size_t why_size)
{
	_cleanup_close_ int dir = root_ensure_dir(root, "sys/fs/cgroup");
	struct stat st, parent;

	if (dir < 0)
		return dir;
	if (fstat(dir, &st) < 0 || fstatat(dir, "..", &parent, 0) < 0)
		return -errno;
	if (tmpfs && st.st_dev == parent.st_dev) {
		_cleanup_close_ int tree = tree_make("tmpfs", "cgroup_root", CGROUP_TMPFS,
						     CGROUP_ATTR, why, why_size);
		int r = tree < 0 ? tree : tree_attach(tree, dir);
		if (r < 0)
			return r;
	}
	return root_open(root, "sys/fs/cgroup", O_PATH | O_DIRECTORY);
}

/* Begins at the root of the container's cgroup namespace. */
static int mount_new(struct run *run, const struct op_cgroup_mount *o, int top, char *why,
		     size_t why_size)
{
	const char *controllers = plan_text(run->plan, o->controllers);
	const char *name = plan_text(run->plan, o->name);
	char data[128] = "";
	uint64_t attr = CGROUP_ATTR | MOUNT_ATTR_RELATIME |
			(o->mode == MODE_RO ? MOUNT_ATTR_RDONLY : 0);
	_cleanup_close_ int target = name ? root_ensure_dir(top, name)
					  : fcntl(top, F_DUPFD_CLOEXEC, 3);

	if (controllers)
		(void)snprintf(data, sizeof(data), "%s%s", controllers,
			       strncmp(controllers, "name=", 5) ? "" : ",none");
	if (target < 0)
		return target;
	_cleanup_close_ int tree = tree_make(controllers ? "cgroup" : "cgroup2", "cgroup",
					     *data ? data : NULL, attr, why, why_size);
	return tree < 0 ? tree : tree_attach(tree, target);
}

/* A copy of the mount at source, which is an open descriptor, on place below top. */
static int attach_copy(int source, int top, const char *place, uint64_t attr)
{
	_cleanup_close_ int target = root_open(top, place, O_PATH | O_DIRECTORY);
	_cleanup_close_ int tree = target < 0 ? target : tree_copy(source, "", false);
	int r = tree < 0 ? tree : tree_set(tree, CGROUP_ATTR | attr, 0, false);

	return r < 0 ? r : tree_attach(tree, target);
}

/* What surrounds the container's own cgroup: the host's hierarchy, or bare directories. */
static int mount_around(const struct run *run, const struct op_cgroup_mount *o, int top,
			const char *place)
{
	const char *name = plan_text(run->plan, o->name);
	uint64_t attr = o->mode == MODE_RW ? 0 : MOUNT_ATTR_RDONLY;
	_cleanup_close_ int dir = root_ensure_dir(top, o->full ? name : place);

	if (dir < 0 || (!o->full && o->mode == MODE_RW))
		return dir < 0 ? dir : 0;
	_cleanup_close_ int source =
		o->full ? open(plan_text(run->plan, o->mount), O_PATH | O_CLOEXEC)
			: root_open(top, name, O_PATH);
	return source < 0 ? -errno : attach_copy(source, top, name, attr);
}

static int mount_host(struct run *run, const struct op_cgroup_mount *o, int top)
{
	const char *base = plan_text(run->plan, o->base);
	char own[CGROUP_PATH_MAX], place[PLACE_MAX], path[PLACE_MAX];

	run_cgroup_path(run, true, own);
	(void)snprintf(place, sizeof(place), "%s%s/%s", plan_text(run->plan, o->name),
		       base ? base : "", own);
	(void)snprintf(path, sizeof(path), "%s%s/%s", plan_text(run->plan, o->mount),
		       base ? base : "", own);
	int r = mount_around(run, o, top, place);
	if (r < 0 || (o->full && o->mode != MODE_MIXED))
		return r;
	_cleanup_close_ int source = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source < 0)
		return -errno;
	return attach_copy(source, top, place,
			   o->mode == MODE_RO ? MOUNT_ATTR_RDONLY : 0);
}

int run_cgroup_mount(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_mount *o = (const void *)op;
	char why[160] = "";
	_cleanup_close_ int top = open_top(run->root, o->name, why, sizeof(why));
	int r = top < 0	  ? top
		: o->bind ? mount_host(run, o, top)
			  : mount_new(run, o, top, why, sizeof(why));

	if (r >= 0)
		return 0;
	error_set(err, r, "mount cgroup", "%s on /sys/fs/cgroup",
		  o->name ? plan_text(run->plan, o->name) : "cgroup2");
	if (*why)
		error_detail(err, "%s", why);
	return r;
}
