/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose a container's files are on disk. */
#include "core/owner.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "core/userns.h"
#include "isolate/mapper.h"
#include "isolate/subid.h"
#include "mount/options.h"
#include "util/file.h"

/* --- maps --- */

static int add_line(struct conf *conf, const struct idmap_line *l, struct lxc_error **err)
{
	_cleanup_buf_ struct buf value = {};

	buf_printf(&value, "%c %" PRIu32 " %" PRIu32 " %" PRIu32, l->gid ? 'g' : 'u',
		   l->inside, l->host, l->range);
	return value.failed ? error_set(err, -ENOMEM, "config", "lxc.idmap")
			    : conf_set(conf, "lxc.idmap", value.data, err);
}

int owner_set_map(struct conf *conf, const struct idmap_line *lines, size_t n,
		  struct lxc_error **err)
{
	int r = conf_clear(conf, "lxc.idmap", err);

	for (size_t i = 0; i < n && r == 0; i++)
		r = add_line(conf, &lines[i], err);
	return r;
}

static int too_few(bool gid, uint32_t count, struct lxc_error **err)
{
	error_set(err, -EPERM, "config", "lxc.idmap");
	error_detail(err, "auto %" PRIu32 ": %s grants the user no range of that size",
		     count, gid ? "/etc/subgid" : "/etc/subuid");
	error_hint(err,
		   "ask for fewer, or as root: usermod --add-sub%cids FIRST-LAST USER",
		   gid ? 'g' : 'u');
	return -EPERM;
}

int owner_default_map(struct conf *conf, struct lxc_error **err)
{
	struct idmap_line lines[2];
	struct idmap map = { lines, 2, NULL };
	struct mapper mapper = {};
	uint32_t count = conf->idmap_auto ? conf->idmap_count : 0;
	int r = mapper_choose(NULL, &mapper, err);

	if (r < 0 || geteuid() == 0 || conf->n_idmap ||
	    (mapper.privileged && !conf->idmap_auto))
		return r;
	for (int gid = 0; gid <= 1 && r == 0; gid++) {
		r = subid_first(geteuid(), gid, count ? count : OWNER_RANGE, &lines[gid]);
		if (r < 0 && count)
			return too_few(gid, count, err);
		if (count)
			lines[gid].range = count;
	}
	/* what is granted to nobody, or cannot be written: one id alone takes no rights */
	if (r < 0 || (mapper_choose(&map, &mapper, NULL) < 0 && !count))
		for (int gid = 0; gid <= 1; gid++)
			lines[gid] =
				(struct idmap_line){ .gid = gid,
						     .host = gid ? getegid() : geteuid(),
						     .range = 1 };
	return owner_set_map(conf, lines, ARRAY_SIZE(lines), err);
}

bool owner_is_mapped(const struct conf *conf)
{
	_cleanup_mount_options_ struct mount_options options = {};

	if (!conf->n_idmap)
		return false;
	return !conf->rootfs_options ||
	       mount_options_parse(conf->rootfs_options, &options) < 0 ||
	       (!options.idmap && !options.owner);
}

/* The container's map, with the caller's own ids. */
struct owner_map {
	struct idmap map;
	struct idmap_line *lines;
};

static void owner_map_done(struct owner_map *m)
{
	free(m->lines);
}

static int owner_map(const struct conf *conf, struct owner_map *ret,
		     struct lxc_error **err)
{
	const struct idmap map = { conf->idmap, conf->n_idmap, NULL };
	int r = idmap_check(&map, err);

	if (r < 0)
		return r;
	r = idmap_with_own(&map, &ret->lines, &ret->map.n);
	ret->map.lines = ret->lines;
	return r < 0 ? error_set(err, r, "map ids", "lxc.idmap") : 0;
}

static uint32_t inside_of_caller(const struct idmap *map, bool gid)
{
	return (uint32_t)idmap_to_inside(map, gid, gid ? getegid() : geteuid());
}

/* The id that is root inside, or init's where there is none. */
static uint32_t root_inside(const struct conf *conf, const struct idmap *map, bool gid)
{
	if (idmap_to_host(map, gid, 0) != IDMAP_NONE)
		return 0;
	return gid ? conf->init_gid : conf->init_uid;
}

/* --- files --- */

static int give(const struct conf *conf, char *path, bool back, struct lxc_error **err)
{
	_cleanup_(owner_map_done) struct owner_map m = {};
	int r = owner_map(conf, &m, err);

	if (r < 0)
		return r;
	struct userns_work work = {
		.map = &m.map,
		.uid = back ? inside_of_caller(&m.map, false)
			    : root_inside(conf, &m.map, false),
		.gid = back ? inside_of_caller(&m.map, true)
			    : root_inside(conf, &m.map, true),
		.give = (char *[]){ path, NULL },
		.what = "owner",
	};
	/* root needs no namespace for it */
	if (geteuid() != 0)
		return userns_work(&work, NULL, err);
	if (lchown(path, (uid_t)idmap_to_host(&m.map, false, work.uid),
		   (gid_t)idmap_to_host(&m.map, true, work.gid)) < 0)
		return error_set(err, -errno, "change owner", "%s", path);
	return 0;
}

int owner_give_to_root(const struct conf *conf, char *path, struct lxc_error **err)
{
	return give(conf, path, false, err);
}

int owner_take_back(const struct conf *conf, char *path, struct lxc_error **err)
{
	return give(conf, path, true, err);
}

static int add_number(char ***argv, const char *option, uint32_t number)
{
	_cleanup_buf_ struct buf word = {};

	buf_printf(&word, "%" PRIu32, number);
	int r = strv_add(argv, option);
	return r < 0 ? r : strv_push(argv, buf_steal(&word));
}

static int template_failed(const char *path, int status, struct lxc_error **err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	error_set_code(err, -EIO, LXC_ERROR_PROGRAM, "template", "%s", path);
	if (WIFSIGNALED(status))
		error_detail(err, "killed by signal %d", WTERMSIG(status));
	else
		error_detail(err, "exit status %d", WEXITSTATUS(status));
	return -EIO;
}

int owner_run_template(const struct conf *conf, char ***argv, const char *path,
		       bool quiet, struct lxc_error **err)
{
	_cleanup_(owner_map_done) struct owner_map m = {};
	int status = 0, r = owner_map(conf, &m, err);

	if (r < 0)
		return r;
	r = add_number(argv, "--mapped-uid", inside_of_caller(&m.map, false));
	if (r == 0)
		r = add_number(argv, "--mapped-gid", inside_of_caller(&m.map, true));
	if (r < 0)
		return error_set(err, r, "template", "%s", path);
	r = userns_work(&(struct userns_work){ .map = &m.map,
					       .uid = root_inside(conf, &m.map, false),
					       .gid = root_inside(conf, &m.map, true),
					       .program = path,
					       .argv = *argv,
					       .quiet = quiet,
					       .what = "template" },
			&status, err);
	return r < 0 ? r : template_failed(path, status, err);
}

int owner_remove(const struct conf *conf, int dir, const char *directory,
		 const char *name, struct lxc_error **err)
{
	_cleanup_(owner_map_done) struct owner_map m = {};
	int r = file_remove_tree(dir, name);

	if (r == -ENOENT)
		return 0;
	if ((r == -EACCES || r == -EPERM) && conf && conf->n_idmap &&
	    owner_map(conf, &m, err) == 0)
		return userns_work(&(struct userns_work){ .map = &m.map,
							  .directory = directory,
							  .remove = name,
							  .what = "remove" },
				   NULL, err);
	return r < 0 ? error_set(err, r, "remove", "%s/%s", directory, name) : 0;
}
