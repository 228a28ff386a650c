/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations of user namespaces.  What lies on the host is opened before the ids change, by
 * whoever may: a monitor with rights copies the trees, which the child inherits; without, the
 * child does, as long as it still is its user.
 *
 *   monitor                          child
 *   open sources                     (inherits them)
 *   clone                      ──▶   await
 *   map ids, map owners of trees
 *   release                    ──▶   open sources, become root, go on
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "core/op-kinds.h"
#include "isolate/userns.h"
#include "mount/tree.h"
#include "util/file.h"
#include "util/syscall.h"

/* --- sources --- */

void print_source(const struct plan *plan, const struct op *op, struct buf *out)
{
	buf_printable(out, plan_text(plan, ((const struct op_source *)op)->path));
}

/*
 * What the container mounts in it must not appear on the host, where the mount that it is a
 * copy of may be shared.
 */
static int copy_slave(const char *path, bool recursive)
{
	_cleanup_close_ int tree = tree_copy(AT_FDCWD, path, recursive);
	int r = tree < 0 ? tree : tree_propagate(tree, MS_SLAVE, true);

	return r < 0 ? r : steal_fd(tree);
}

/* Why it cannot be opened is said by the operation that needs it: it may do without. */
int run_source(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_source *o = (const void *)op;
	const char *path = plan_text(run->plan, o->path);
	int fd = NO_FD;

	if (!o->slot || o->slot >= RUN_TREES_MAX)
		return error_set(err, -EPROTO, "plan", "slot %u", o->slot);
	if (o->place) {
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		run->trees[o->slot] = fd < 0 ? -errno : fd;
	} else {
		run->trees[o->slot] = copy_slave(path, o->recursive);
	}
	return 0;
}

static void close_tree(struct run *run, uint32_t slot)
{
	if (run->trees[slot] >= 0)
		close_p(&run->trees[slot]);
	run->trees[slot] = NO_FD;
}

void undo_source(struct run *run, const struct op *op)
{
	close_tree(run, ((const struct op_source *)op)->slot);
}

int run_take_tree(struct run *run, uint32_t slot)
{
	if (slot >= RUN_TREES_MAX)
		return -EPROTO;
	int fd = run->trees[slot];

	run->trees[slot] = NO_FD;
	return fd;
}

/* --- maps --- */

static struct userns_maps maps_of(const struct run *run, const struct op_maps *m)
{
	const struct plan *plan = run->plan;

	return (struct userns_maps){
		.uid_map = plan_text(plan, m->uid_map),
		.gid_map = plan_text(plan, m->gid_map),
		.newuidmap = plan_text(plan, m->newuidmap),
		.newgidmap = plan_text(plan, m->newgidmap),
		.deny_setgroups = m->deny_setgroups,
	};
}

/* "0 100000 65536\n…" on one line. */
static void print_map(const char *map, struct buf *out)
{
	for (const char *p = map; p && *p; p++)
		if (*p != '\n')
			buf_char(out, *p);
		else if (p[1])
			buf_str(out, ", ");
}

static void print_maps(const struct plan *plan, const struct op_maps *m, struct buf *out)
{
	buf_str(out, "users ");
	print_map(plan_text(plan, m->uid_map), out);
	buf_str(out, "; groups ");
	print_map(plan_text(plan, m->gid_map), out);
}

void print_idmap(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_maps *m = &((const struct op_idmap *)op)->maps;

	print_maps(plan, m, out);
	if (m->newuidmap)
		buf_printf(out, "; by %s", plan_text(plan, m->newuidmap));
}

static int map_failed(const struct userns_maps *maps, const char *why, int r,
		      struct lxc_error **err)
{
	error_set(err, r, "map ids", "lxc.idmap");
	if (*why)
		error_detail(err, "%s", why);
	error_hint(err,
		   maps->newuidmap
			   ? "newuidmap(1) must be set-uid root, and /etc/subuid and "
			     "/etc/subgid grant the ids to you"
			   : "the ids of the host must be mapped in our own user "
			     "namespace: see /proc/self/uid_map");
	return r;
}

int run_idmap(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct userns_maps maps = maps_of(run, &((const struct op_idmap *)op)->maps);
	char why[200] = "";
	int r = userns_map(run->pid, &maps, why, sizeof(why));

	return r < 0 ? map_failed(&maps, why, r, err) : 0;
}

/* --- owners of trees --- */

void print_idmap_tree(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_idmap_tree *o = (const void *)op;

	buf_printable(out, plan_text(plan, o->path));
	if (o->file) {
		buf_str(out, ", as in ");
		buf_printable(out, plan_text(plan, o->file));
	} else if (o->maps.uid_map) {
		buf_str(out, ", ");
		print_maps(plan, &o->maps, out);
	} else {
		buf_str(out, ", as the container's");
	}
}

static int open_namespace(const struct run *run, const struct op_idmap_tree *o)
{
	struct userns_maps maps = maps_of(run, &o->maps);

	if (o->file) {
		int fd = open(plan_text(run->plan, o->file), O_RDONLY | O_CLOEXEC);

		return fd < 0 ? -errno : fd;
	}
	return maps.uid_map ? userns_make(&maps) : userns_open(run->pid);
}

static int no_idmap(const char *path, int fd, int r, struct lxc_error **err)
{
	struct statfs fs;

	error_set(err, r, "map the owners of", "%s", path);
	if (r == -EINVAL && fstatfs(fd, &fs) == 0)
		error_detail(err,
			     "a file system there cannot do it (type %#lx), or it is an "
			     "idmapped mount already",
			     (unsigned long)fs.f_type);
	if (r == -EINVAL || r == -ENOSYS)
		error_hint(err,
			   "idmapped mounts take Linux 5.12, and file systems such as "
			   "ext4, xfs, btrfs or (6.3) tmpfs; otherwise remove idmap= and "
			   "give the files to the ids of lxc.idmap");
	return r;
}

int run_idmap_tree(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_idmap_tree *o = (const void *)op;
	int tree = o->slot < RUN_TREES_MAX ? run->trees[o->slot] : NO_FD;

	if (tree < 0)
		return 0; /* said where it is mounted */
	_cleanup_close_ int namespace = open_namespace(run, o);
	if (namespace < 0)
		return error_set(err, namespace, "open", "user namespace for %s",
				 plan_text(run->plan, o->path));
	int r = tree_idmap(tree, namespace, o->recursive);
	return r < 0 ? no_idmap(plan_text(run->plan, o->path), tree, r, err) : 0;
}

/* --- the child goes on --- */

void print_mapped(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_str(out, ((const struct op_mapped *)op)->wait
			     ? "the child, whose ids are mapped"
			     : "the sources of mounts");
}

int run_mapped(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_RELEASE };
	int fds[RUN_HIERARCHIES_MAX], r = 0;

	for (uint32_t i = 1; i < RUN_TREES_MAX; i++)
		close_tree(run, i);
	if (!((const struct op_mapped *)op)->wait)
		return 0;
	/* those of a monitor without rights: see compile-idmap.c */
	for (size_t i = 0; i < run->n_v1; i++)
		if (run->tasks[i] >= 0)
			fds[m.n_fds++] = run->tasks[i];
	r = sync_send(run->sync, &m, fds);
	for (size_t i = 0; i < run->n_v1; i++) {
		close_p(&run->tasks[i]);
		run->tasks[i] = NO_FD;
	}
	return r < 0 ? error_set(err, r, "release", "the container's first process") : 0;
}

int run_container_root(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_ids *o = (const void *)op;

	if (o->set_groups && setgroups(0, NULL) < 0)
		return error_set(err, -errno, "drop", "supplementary groups");
	if (setresgid(o->gid, o->gid, o->gid) < 0 ||
	    setresuid(o->uid, o->uid, o->uid) < 0)
		return error_set(err, -errno, "become", "uid %u, gid %u", o->uid, o->gid);
	/* both are lost with the ids */
	run_set_pdeath(run, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return 0;
}

/* --- cgroups that the container's root may use --- */

void print_cgroup_owner(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_cgroup_owner *o = (const void *)op;

	(void)plan;
	buf_printf(out, "uid %u, gid %u", o->uid, o->gid);
}

/* Those of version 1, and those that the kernel names in /sys/kernel/cgroup/delegate. */
static const char *const v1_files[] = { "cgroup.procs", "tasks" };
static const char *const v2_files[] = { "cgroup.procs", "cgroup.threads",
					"cgroup.subtree_control", "memory.oom.group",
					"memory.reclaim" };

struct owner {
	const struct run *run;
	uid_t uid;
	gid_t gid;
};

static void give(int dir, const struct owner *o, const char *const *files, size_t n)
{
	if (dir < 0)
		return;
	(void)!fchown(dir, o->uid, o->gid);
	(void)fchmod(dir, 0775);
	for (size_t i = 0; i < n; i++) {
		(void)!fchownat(dir, files[i], o->uid, o->gid, AT_SYMLINK_NOFOLLOW);
		(void)fchmodat(dir, files[i], 0664, 0);
	}
}

static int give_all(void *data)
{
	const struct owner *o = data;
	const struct run *run = o->run;
	char path[CGROUP_PATH_MAX];

	run_cgroup_path(run, false, path);
	give(run->unified, o, v2_files, ARRAY_SIZE(v2_files));
	give(run->unified_leaf, o, v2_files, ARRAY_SIZE(v2_files));
	for (size_t i = 0; i < run->n_v1; i++) {
		_cleanup_close_ int dir = run->v1[i] ? cgroup_open(run->v1[i], path, "",
								   O_RDONLY | O_DIRECTORY)
						     : NO_FD;

		give(dir, o, v1_files, ARRAY_SIZE(v1_files));
	}
	return 0;
}

/*
 * A container whose root may not make cgroups still runs, so files that are not there, and
 * hierarchies that cannot be given away, are passed over.
 */
int run_cgroup_owner(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_cgroup_owner *o = (const void *)op;
	struct owner owner = { .run = run, .uid = o->uid, .gid = o->gid };
	struct userns_maps maps = maps_of(run, &o->maps);

	(void)err;
	if (run->unified < 0 && !run->n_v1)
		return 0;
	if (!o->by_user)
		return give_all(&owner);
	owner.uid = o->inside_uid;
	owner.gid = o->inside_gid;
	(void)userns_call(&maps, give_all, &owner, NULL, 0);
	return 0;
}

struct removal {
	const char *base, *path;
	bool unified;
};

static int remove_cgroup(void *data)
{
	const struct removal *r = data;

	return cgroup_remove(r->base, r->path, r->unified);
}

/* What the container's root has made in it is his, so without rights only he can remove it. */
int cgroup_remove_owned(const struct run *run, const char *base, const char *path,
			bool unified)
{
	struct removal removal = { .base = base, .path = path, .unified = unified };
	int r = remove_cgroup(&removal);

	for (const struct op *op = NULL; r < 0 && (op = plan_next(run->plan, op));) {
		const struct op_cgroup_owner *o = (const void *)op;

		if (op->kind != OP_CGROUP_OWNER || !o->by_user)
			continue;
		struct userns_maps maps = maps_of(run, &o->maps);
		return userns_call(&maps, remove_cgroup, &removal, NULL, 0);
	}
	return r;
}

/* --- work as root of a user namespace: userns.c --- */

int run_clone_user(struct run *run, const struct op *op, struct lxc_error **err)
{
	struct userns_maps maps = maps_of(run, &((const struct op_idmap *)op)->maps);
	struct sync_message m = { .type = SYNC_ATTACHED };
	char why[200] = "";
	int go = NO_FD;
	pid_t pid = userns_clone(CLONE_NEWNS | CLONE_PARENT, 0, &go);

	if (pid == 0) {
		/* what is mounted here stays here */
		(void)mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
		run_child(run);
	}
	if (pid < 0) {
		error_set(err, pid, "clone", "a user namespace");
		error_hint(err, "user namespaces may be forbidden or used up: see "
				"/proc/sys/user/max_user_namespaces");
		return pid;
	}
	/* whatever happens, the caller reaps it */
	m.pid = pid;
	(void)sync_send(run->sync, &m, NULL);
	int r = userns_release(pid, go, &maps, why, sizeof(why));
	return r < 0 ? map_failed(&maps, why, r, err) : 0;
}

void print_give(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_give *o = (const void *)op;

	buf_printable(out, plan_text(plan, o->path));
	buf_printf(out, " to uid %u, gid %u", o->uid, o->gid);
}

int run_give(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_give *o = (const void *)op;
	const char *path = plan_text(run->plan, o->path);

	return lchown(path, o->uid, o->gid) < 0
		       ? error_set(err, -errno, "change owner", "%s", path)
		       : 0;
}

void print_remove(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_remove *o = (const void *)op;

	buf_printable(out, plan_text(plan, o->directory));
	buf_char(out, '/');
	buf_printable(out, plan_text(plan, o->name));
}

int run_remove(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_remove *o = (const void *)op;
	const char *path = plan_text(run->plan, o->directory);
	const char *name = plan_text(run->plan, o->name);
	_cleanup_close_ int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = dir < 0 ? -errno : file_remove_tree(dir, name);

	return r < 0 && r != -ENOENT ? error_set(err, r, "remove", "%s/%s", path, name)
				     : 0;
}

int run_done(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)run;
	(void)op;
	(void)err;
	_exit(0);
}
