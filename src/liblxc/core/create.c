/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Creating and destroying.
 *
 *   directory ─▶ partial, locked ─▶ ids ─▶ rootfs ─▶ config ─▶ template ─▶ header ─▶ partial removed
 *
 * Each failure removes the directory, which is ours because we made it.
 */
#include "core/create.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/allocate.h"
#include "core/hook.h"
#include "core/owner.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/path.h"
#include "util/spawn.h"

int create_exists(const struct create_request *q, struct lxc_error **err)
{
	error_set(err, -EEXIST, "container", "%s", q->name);
	error_detail(err, "exists already in %s", q->lxcpath);
	error_hint(err, "choose another name, or remove it: lxc-destroy -P %s -n %s",
		   q->lxcpath, q->name);
	return -EEXIST;
}

/* The path of a template: absolute, or a name in the directory of templates. */
static char *find_template(const char *template, struct lxc_error **err)
{
	_cleanup_buf_ struct buf path = {};

	if (*template == '/')
		buf_str(&path, template);
	else
		buf_printf(&path, PATH_TEMPLATES "/lxc-%s", template);
	if (path.data && strchr(template, '/') && *template != '/')
		path.data[0] = '\0';
	if (!path.failed && access(path.data, X_OK) == 0)
		return buf_steal(&path);
	if (errno == EACCES) {
		error_set(err, -EACCES, "template", "%s", path.data);
		error_hint(err, "make it executable: chmod +x %s", path.data);
		return NULL;
	}
	error_set(err, -errno, "template", "%s",
		  path.failed || !*path.data ? template : path.data);
	error_hint(err, "the templates are in " PATH_TEMPLATES ": ls " PATH_TEMPLATES);
	return NULL;
}

/* Several types may be given; the first that we have is taken. */
static int check_storage(const struct create_request *q, struct lxc_error **err)
{
	_cleanup_strv_ char **types = strv_split(q->storage ? q->storage : "dir", ",");

	for (char **t = types; t && *t; t++)
		if (!strcmp(*t, "dir") || !strcmp(*t, "none") || !strcmp(*t, "best"))
			return 0;
	error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "storage", "%s",
		       q->storage);
	error_detail(err, "this type is not supported yet in this version");
	error_hint(err, "use -B dir");
	return -EOPNOTSUPP;
}

/* --- one creation --- */

struct creation {
	const struct create_request *q;
	int parent, dir; /* lxcpath, and the container's directory in it */
	int partial;
	char *path, *rootfs, *config;
	bool made; /* the directory is ours */
	bool made_rootfs, made_config;
};

static void creation_done(struct creation *c)
{
	close_p(&c->partial);
	close_p(&c->dir);
	close_p(&c->parent);
	free(c->path);
	free(c->rootfs);
	free(c->config);
}

static int open_directories(struct creation *c, struct lxc_error **err)
{
	const struct create_request *q = c->q;
	int r = file_make_dirs(q->lxcpath, 0755);

	if (r == 0) {
		c->parent = open(q->lxcpath, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = c->parent < 0 ? -errno : 0;
	}
	if (r < 0) {
		error_set(err, r, "directory", "%s", q->lxcpath);
		if (r == -EACCES || r == -EROFS)
			error_hint(
				err,
				"it must be writable: use sudo, or another path with -P");
		return r;
	}
	c->made = mkdirat(c->parent, q->name, 0770) == 0;
	if (!c->made && errno != EEXIST)
		return error_set(err, -errno, "make", "%s", c->path);
	c->dir = openat(c->parent, q->name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* as it always was, whatever the caller's umask, which is not ours to change */
	if (c->dir >= 0 && c->made)
		(void)fchmod(c->dir, 0770);
	return c->dir < 0 ? error_set(err, -errno, "open", "%s", c->path) : 0;
}

/* What an interrupted creation left, which its lock, gone with it, shows. */
static int discard_interrupted(struct creation *c)
{
	static const char *const parts[] = { "rootfs", "config" };
	_cleanup_close_ int partial =
		openat(c->dir, "partial", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int r = partial < 0 ? -errno : lock_try(partial);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++)
		r = owner_remove(c->q->conf, c->dir, c->path, parts[i], NULL);
	if (r == 0 && unlinkat(c->dir, "partial", 0) < 0)
		r = -errno;
	return r;
}

static int make_partial(struct creation *c)
{
	c->partial = openat(c->dir, "partial",
			    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0);
	return c->partial < 0 ? -errno : lock_try(c->partial);
}

static int open_partial(struct creation *c, struct lxc_error **err)
{
	int r = make_partial(c);

	if (r == -EEXIST && discard_interrupted(c) == 0) {
		c->made = true; /* by the one before us: nobody else's is left in it */
		r = make_partial(c);
	}
	if (r == 0)
		return 0;
	error_set(err, r, "create", "%s/partial", c->path);
	if (r == -EEXIST) {
		error_detail(err, "another program is creating it");
		error_hint(err, "wait for it to end");
	}
	return r;
}

static int write_config(struct creation *c, struct lxc_error **err)
{
	const struct buf *text = &c->q->conf->text;

	c->made_config |= faccessat(c->dir, "config", F_OK, 0) < 0;
	int r = file_replace(c->dir, "config", text->data ? text->data : "", text->size,
			     0640);

	return r < 0 ? error_set(err, r, "write", "%s", c->config) : 0;
}

/* The root file system: made in the directory, or one that is there already. */
static int make_rootfs(struct creation *c, struct lxc_error **err)
{
	struct conf *conf = c->q->conf;
	_cleanup_buf_ struct buf value = {};
	const char *elsewhere = c->q->directory ? c->q->directory : conf->rootfs_path;

	if (elsewhere && access(elsewhere, F_OK) == 0) {
		c->rootfs = strdup(elsewhere);
	} else if (elsewhere) {
		int r = file_make_dirs(elsewhere, 0755);

		if (r < 0)
			return error_set(err, r, "make", "%s", elsewhere);
		c->rootfs = strdup(elsewhere);
	} else {
		c->made_rootfs = mkdirat(c->dir, "rootfs", 0755) == 0;
		if (!c->made_rootfs && errno != EEXIST)
			return error_set(err, -errno, "make", "%s/rootfs", c->path);
		c->rootfs = path_join(c->path, "rootfs");
	}
	buf_printf(&value, "dir:%s", c->rootfs ? c->rootfs : "");
	if (!c->rootfs || value.failed)
		return error_set(err, -ENOMEM, "make", "%s/rootfs", c->path);
	int r = conf_clear(conf, "lxc.rootfs.path", err);
	return r < 0 ? r : conf_set(conf, "lxc.rootfs.path", value.data, err);
}

static int template_argv(const struct creation *c, const char *template, char ***ret)
{
	const struct create_request *q = c->q;
	_cleanup_strv_ char **argv = NULL;
	const char *slash = strrchr(template, '/');
	const struct {
		const char *option, *value;
	} fixed[] = { { "--path=", c->path },
		      { "--name=", q->name },
		      { "--rootfs=", c->rootfs } };
	int r = strv_add(&argv, slash ? slash + 1 : template);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fixed); i++) {
		_cleanup_buf_ struct buf word = {};

		buf_printf(&word, "%s%s", fixed[i].option, fixed[i].value);
		r = strv_push(&argv, buf_steal(&word));
	}
	for (char *const *a = q->argv; r == 0 && a && *a; a++)
		r = strv_add(&argv, *a);
	if (r == 0)
		*ret = steal_ptr(argv);
	return r;
}

static int spawn_template(const struct creation *c, const char *template,
			  struct lxc_error **err)
{
	_cleanup_strv_ char **argv = NULL;
	struct spawn s = {
		.path = template,
		.what = "template",
		.fds = {
			{ NO_FD, STDIN_FILENO },
			{ NO_FD, STDOUT_FILENO },
			{ NO_FD, STDERR_FILENO },
		},
		.n_fds = c->q->quiet ? 3 : 0,
	};
	int r = template_argv(c, template, &argv);

	if (r < 0)
		return error_set(err, r, "template", "%s", template);
	if (owner_is_mapped(c->q->conf))
		return owner_run_template(c->q->conf, &argv, template, c->q->quiet, err);
	s.argv = argv;
	return spawn_run(&s, NULL, err);
}

static int run_template(const struct creation *c, const char *template,
			struct lxc_error **err)
{
	int r = spawn_template(c, template, err);

	if (r == -EIO) /* it ran; otherwise there are no messages */
		error_hint(
			err,
			"its own messages say more; nothing of the container was kept");
	return r;
}

/* Where the container came from, above what the template wrote. */
static int add_header(const struct creation *c, const char *template,
		      struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf out = {};
	int r = file_read(c->dir, "config", &text, NULL);

	if (r < 0)
		return error_set(err, r, "read", "%s", c->config);
	buf_printf(&out, "# Template used to create this container: %s\n", template);
	buf_str(&out, "# Parameters passed to the template:");
	for (char *const *a = c->q->argv; a && *a; a++) {
		buf_char(&out, ' ');
		buf_printable(&out, *a);
	}
	buf_printf(
		&out,
		"\n# For additional config options, please look at lxc.container.conf(5)\n"
		"\n# Uncomment the following line to support nesting containers:\n"
		"#lxc.include = " PATH_CONFIG "/nesting.conf\n"
		"# (Be aware this has security implications)\n\n%s",
		text);
	r = out.failed ? -ENOMEM
		       : file_replace(c->dir, "config", out.data, out.size, 0640);
	return r < 0 ? error_set(err, r, "write", "%s", c->config) : 0;
}

static int fill(struct creation *c, struct lxc_error **err)
{
	const struct create_request *q = c->q;
	_cleanup_free_ char *template = q->template ? find_template(q->template, err)
						    : NULL;
	int r;

	if (q->template && !template)
		return -ENOENT;
	r = open_partial(c, err);
	if (r == 0)
		r = allocate_ids(q->conf, q->lxcpath, q->name, err);
	if (r == 0)
		r = make_rootfs(c, err);
	if (r == 0)
		r = write_config(c, err);
	if (r == 0 && c->made_rootfs && owner_is_mapped(q->conf))
		r = owner_give_to_root(q->conf, c->rootfs, err);
	if (r == 0 && template)
		r = run_template(c, template, err);
	/* a template that has replaced the file has made it another's */
	if (r == 0 && template && owner_is_mapped(q->conf))
		r = owner_take_back(q->conf, c->config, err);
	if (r == 0 && template)
		r = add_header(c, template, err);
	if (r == 0 && unlinkat(c->dir, "partial", 0) < 0)
		r = error_set(err, -errno, "remove", "%s/partial", c->path);
	return r;
}

/* In a directory that was there before, only what we made goes away again. */
static void undo_in_place(struct creation *c)
{
	if (c->partial < 0)
		return;
	if (c->made_rootfs)
		(void)owner_remove(c->q->conf, c->dir, c->path, "rootfs", NULL);
	if (c->made_config)
		(void)unlinkat(c->dir, "config", 0);
	(void)unlinkat(c->dir, "partial", 0);
}

/* A container that is configuration only: no template, no root file system of its own. */
static bool is_bare(const struct create_request *q)
{
	return !q->template && !q->directory && !q->storage && !q->conf->rootfs_path;
}

static int fill_bare(struct creation *c, struct lxc_error **err)
{
	int r = allocate_ids(c->q->conf, c->q->lxcpath, c->q->name, err);

	return r < 0 ? r : write_config(c, err);
}

static void undo(struct creation *c)
{
	const struct create_request *q = c->q;

	if (!c->made) {
		undo_in_place(c);
	} else if (owner_remove(q->conf, c->parent, q->lxcpath, q->name, NULL) == 0) {
		allocate_forget(q->lxcpath, q->name);
	}
}

int create_container(const struct create_request *q, struct lxc_error **err)
{
	_cleanup_(creation_done) struct creation c = {
		.q = q,
		.parent = NO_FD,
		.dir = NO_FD,
		.partial = NO_FD,
		.path = path_join(q->lxcpath, q->name),
	};
	c.config = c.path ? path_join(c.path, "config") : NULL;
	if (!c.config)
		return error_set(err, -ENOMEM, "create", "%s", q->name);
	int r = check_storage(q, err);
	if (r == 0)
		r = owner_default_map(q->conf, err);
	if (r == 0)
		r = open_directories(&c, err);
	if (r == 0)
		r = is_bare(q) ? fill_bare(&c, err) : fill(&c, err);
	if (r < 0)
		undo(&c);
	return r;
}

/* --- destroy --- */

static int refuse(const char *name, const char *what, const char *hint,
		  struct lxc_error **err)
{
	error_set(err, -EBUSY, "container", "%s", name);
	error_detail(err, "%s has %s", name, what);
	error_hint(err, "%s", hint);
	return -EBUSY;
}

static bool has_entries(int dir, const char *name)
{
	struct stat st;

	/* a directory without directories in it has two links */
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_nlink > 2;
}

static int check_dependants(int dir, const char *name, struct lxc_error **err)
{
	if (faccessat(dir, "lxc_snapshots", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return refuse(name, "clones", "destroy the clones first", err);
	if (has_entries(dir, "snaps"))
		return refuse(name, "snapshots", "destroy the snapshots first", err);
	return 0;
}

/* Whatever is mounted below the directory would be lost or in the way. */
static int check_mounts(const char *path, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL, *real = realpath(path, NULL);
	size_t n = real ? strlen(real) : 0;

	if (!real || file_read(AT_FDCWD, "/proc/self/mountinfo", &text, NULL) < 0)
		return 0;
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	for (char **l = lines; l && *l; l++) {
		_cleanup_strv_ char **fields = strv_split(*l, " ");

		if (strv_size(fields) < 5 || strncmp(fields[4], real, n) ||
		    (fields[4][n] != '/' && fields[4][n]))
			continue;
		error_set(err, -EBUSY, "remove", "%s", path);
		error_detail(err, "%s is mounted in it", fields[4]);
		error_hint(err, "unmount it first: umount %s", fields[4]);
		return -EBUSY;
	}
	return 0;
}

bool create_is_interrupted(const char *lxcpath, const char *name)
{
	_cleanup_buf_ struct buf partial = {};

	buf_printf(&partial, "%s/%s/partial", lxcpath, name);
	_cleanup_close_ int fd =
		partial.data ? open(partial.data, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
			     : NO_FD;
	return fd >= 0 && lock_try(fd) == 0;
}

/*
 * One rename makes an end of the container, whole; what is left after that, also by a crash, is
 * only a directory to be reaped, here or by the next destroy of the same name.
 */
static int remove_container(int parent, const char *lxcpath, const char *name,
			    const struct conf *conf, struct lxc_error **err)
{
	_cleanup_buf_ struct buf trash = {};

	buf_printf(&trash, CREATE_TRASH "%s", name);
	if (trash.failed)
		return error_set(err, -ENOMEM, "remove", "%s/%s", lxcpath, name);
	(void)owner_remove(conf, parent, lxcpath, trash.data, NULL);
	if (renameat(parent, name, parent, trash.data) < 0 || fsync(parent) < 0)
		return error_set(err, -errno, "remove", "%s/%s", lxcpath, name);
	int r = owner_remove(conf, parent, lxcpath, trash.data, err);
	if (r < 0) {
		error_hint(
			err,
			"the container is gone; remove what is left of its files by hand");
		return r;
	}
	allocate_forget(lxcpath, name);
	return 0;
}

int create_destroy(const char *lxcpath, const char *name, const struct conf *conf,
		   struct lxc_error **err)
{
	_cleanup_free_ char *path = path_join(lxcpath, name);
	_cleanup_close_ int parent = open(lxcpath, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int dir =
		parent < 0 ? NO_FD
			   : openat(parent, name,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0 || !path)
		return error_set(err, -errno, "open", "%s/%s", lxcpath, name);
	int r = check_dependants(dir, name, err);
	if (r == 0 && conf)
		r = hook_run(conf, name, HOOK_DESTROY, err);
	if (r == 0 && conf && !conf->rootfs_managed)
		return 0;
	if (r == 0)
		r = check_mounts(path, err);
	return r < 0 ? r : remove_container(parent, lxcpath, name, conf, err);
}
