/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids for root's containers: the record, what else is taken, the choice. */
#include "core/allocate.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "core/create.h"
#include "core/owner.h"
#include "isolate/idrange.h"
#include "isolate/subid.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/parse.h"
#include "util/path.h"

#define DIRECTORY PATH_LOCALSTATE "/lib/lxc-ids"
#define RANGES DIRECTORY "/ranges"
#define VERSION "version 1"
#define LOCK_MS 60000

/* Where ids are taken from when /etc/subuid or /etc/subgid grants root none. */
#define POOL_FIRST 1000000
#define POOL_COUNT 1000000000

/* --- the record --- */

struct entry {
	struct idrange range;
	char *owner;
};

struct record {
	int lock, dir;
	struct entry *v;
	size_t n;
};

static void record_done(struct record *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i].owner);
	free(r->v);
	close_p(&r->dir);
	close_p(&r->lock);
}

static char *owner_of(const char *lxcpath, const char *name)
{
	_cleanup_free_ char *real = realpath(lxcpath, NULL);

	return real ? path_join(real, name) : NULL;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Whether files of a destroyed container are there still, which a crash has left. */
static bool has_trash(const char *owner)
{
	_cleanup_buf_ struct buf trash = {};
	const char *name = strrchr(owner, '/');

	buf_add(&trash, owner, (size_t)(name - owner));
	buf_printf(&trash, "/" CREATE_TRASH "%s", name + 1);
	return trash.failed || is_there(trash.data);
}

/* Whether files may still belong to its ids. */
static bool is_alive(const char *owner)
{
	return is_there(owner) || has_trash(owner);
}

static int add_entry(struct record *rec, struct idrange range, const char *owner)
{
	struct entry *grown = reallocarray(rec->v, rec->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	rec->v = grown;
	grown[rec->n] = (struct entry){ range, strdup(owner) };
	if (!grown[rec->n].owner)
		return -ENOMEM;
	rec->n++;
	return 0;
}

static int parse_entry(struct record *rec, char *line)
{
	char *base = strsep(&line, " "), *count = line ? strsep(&line, " ") : NULL;
	struct idrange range;

	if (!line || parse_uint64(base, UINT32_MAX, &range.first) < 0 ||
	    parse_uint64(count, UINT32_MAX, &range.count) < 0 || *line != '/')
		return -EBADMSG;
	return is_alive(line) ? add_entry(rec, range, line) : 0;
}

static int bad_record(unsigned int line, struct lxc_error **err)
{
	error_set(err, -EBADMSG, "read", "%s:%u", RANGES, line);
	if (line == 1) {
		error_detail(err, "it does not begin with '" VERSION "'");
		error_hint(err,
			   "use the newer version that wrote it, or restore the file");
	} else {
		error_detail(err, "this line is not 'BASE COUNT LXCPATH/NAME'");
		error_hint(
			err,
			"correct the line by lxc.idmap in the container's configuration");
	}
	return -EBADMSG;
}

/* The entries that count. */
static int load(struct record *rec, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	int r = file_read(rec->dir, "ranges", &text, NULL);

	if (r < 0)
		return r == -ENOENT ? 0 : error_set(err, r, "read", "%s", RANGES);
	unsigned int number = 1;
	char *rest = text, *line = strsep(&rest, "\n");
	if (strcmp(line, VERSION))
		return bad_record(number, err);
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (!*line)
			continue;
		r = parse_entry(rec, line);
		if (r == -EBADMSG)
			return bad_record(number, err);
		if (r < 0)
			return error_set(err, r, "read", "%s", RANGES);
	}
	return 0;
}

static int save(const struct record *rec, struct lxc_error **err)
{
	_cleanup_buf_ struct buf text = {};
	int r;

	buf_str(&text, VERSION "\n");
	for (size_t i = 0; i < rec->n; i++)
		buf_printf(&text, "%" PRIu64 " %" PRIu64 " %s\n", rec->v[i].range.first,
			   rec->v[i].range.count, rec->v[i].owner);
	r = text.failed ? -ENOMEM
			: file_replace(rec->dir, "ranges", text.data, text.size, 0644);
	return r < 0 ? error_set(err, r, "write", "%s", RANGES) : 0;
}

/* Lock and load. */
static int record_open(struct record *rec, struct lxc_error **err)
{
	const struct deadline deadline = deadline_in(LOCK_MS);
	int r = file_make_dirs(DIRECTORY, 0755);

	if (r < 0)
		return error_set(err, r, "make", "%s", DIRECTORY);
	rec->lock = lock_file(DIRECTORY "/lock", &deadline, err);
	if (rec->lock < 0)
		return rec->lock;
	rec->dir = open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rec->dir < 0)
		return error_set(err, -errno, "open", "%s", DIRECTORY);
	return load(rec, err);
}

/* --- what is taken --- */

/* NAME:PASSWORD:ID:…: a user or group of the host. */
static void add_accounts(struct idrange_list *taken, const char *file)
{
	_cleanup_free_ char *text = NULL;

	/* without the file there are none */
	if (file_read(AT_FDCWD, file, &text, NULL) < 0)
		return;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		char *id = NULL;
		uint64_t number;

		for (int i = 0; i < 3; i++)
			id = line ? strsep(&line, ":") : NULL;
		if (id && parse_uint64(id, UINT32_MAX, &number) == 0)
			idrange_add(taken, number, 1);
	}
}

static void add_container(struct idrange_list *taken, const char *lxcpath,
			  const char *name)
{
	_cleanup_(conf_freep) struct conf *conf = conf_new();
	_cleanup_buf_ struct buf file = {};

	buf_printf(&file, "%s/%s/config", lxcpath, name);
	taken->failed |= file.failed || !conf;
	if (taken->failed || access(file.data, F_OK) < 0)
		return;
	/* up to a fault its lines count, and with one it does not start */
	(void)conf_load_file(conf, file.data, NULL);
	for (size_t i = 0; i < conf->n_idmap; i++)
		idrange_add(taken, conf->idmap[i].host, conf->idmap[i].range);
}

static int add_containers(struct idrange_list *taken, const char *lxcpath)
{
	DIR *d = opendir(lxcpath);

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			add_container(taken, lxcpath, e->d_name);
	(void)closedir(d);
	return taken->failed ? -ENOMEM : 0;
}

/* A directory of another user may have anything in it, also what a reader waits for. */
static bool is_roots(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == 0 && !(st.st_mode & 0022);
}

/* What containers map that are not in the record: by hand, or renamed; here and where it names some. */
static int add_paths(struct idrange_list *taken, const struct record *rec,
		     const char *owner, struct lxc_error **err)
{
	_cleanup_strv_ char **done = NULL;
	int r = 0;

	for (size_t i = 0; i <= rec->n && r == 0; i++) {
		const char *of = i < rec->n ? rec->v[i].owner : owner;
		_cleanup_free_ char *path =
			strndup(of, (size_t)(strrchr(of, '/') - of) + 1);

		if (path &&
		    ((done && strv_has(done, path)) || (i < rec->n && !is_roots(path))))
			continue;
		r = path ? add_containers(taken, path) : -ENOMEM;
		if (r < 0)
			return error_set(err, r, "read", "%s", path ? path : of);
		r = strv_push(&done, steal_ptr(path));
	}
	return r < 0 ? error_set(err, r, "config", "lxc.idmap") : 0;
}

/* --- the pools: a range has to fit into each --- */

enum { POOL_UID, POOL_GID, POOL_UID_MAP, POOL_GID_MAP, POOLS };

struct pools {
	struct idrange_list v[POOLS];
	bool granted; /* root has ranges of his own */
};

static void pools_done(struct pools *p)
{
	for (size_t i = 0; i < POOLS; i++)
		idrange_done(&p->v[i]);
}

static int pool_of_grants(struct pools *p, bool gid, struct idrange_list *taken,
			  struct lxc_error **err)
{
	struct idrange_list *pool = &p->v[gid ? POOL_GID : POOL_UID];
	int r = subid_ranges(0, gid, pool, taken);

	if (r < 0)
		return error_set(err, r, "read", gid ? "/etc/subgid" : "/etc/subuid");
	p->granted |= pool->n;
	if (!pool->n)
		idrange_add(pool, POOL_FIRST, POOL_COUNT);
	return 0;
}

/* In a user namespace only the ids that it has can be handed on. */
static int pool_of_namespace(struct pools *p, bool gid, struct lxc_error **err)
{
	const char *file = gid ? "/proc/self/gid_map" : "/proc/self/uid_map";
	struct idrange_list *pool = &p->v[gid ? POOL_GID_MAP : POOL_UID_MAP];
	_cleanup_free_ char *text = NULL;
	int r = file_read(AT_FDCWD, file, &text, NULL);

	if (r < 0)
		return error_set(err, r, "read", "%s", file);
	_cleanup_strv_ char **words = strv_split(text, " \t\n");
	for (size_t i = 0; words && i + 2 < strv_size(words); i += 3) {
		uint64_t inside = 0, count = 0;

		if (parse_uint64(words[i], UINT32_MAX, &inside) == 0 &&
		    parse_uint64(words[i + 2], UINT32_MAX, &count) == 0)
			idrange_add(pool, inside, count);
	}
	return 0;
}

static int make_pools(struct pools *p, struct idrange_list *taken, struct lxc_error **err)
{
	int r = 0;

	for (int gid = 0; gid <= 1 && r == 0; gid++) {
		r = pool_of_grants(p, gid, taken, err);
		if (r == 0)
			r = pool_of_namespace(p, gid, err);
	}
	return r;
}

/* --- the choice --- */

static int exhausted(const struct pools *p, uint32_t count, struct lxc_error **err)
{
	error_set(err, -ENOSPC, "config", "lxc.idmap");
	error_detail(err, "no %" PRIu32 " ids in a row are free of %s", count,
		     p->granted ? "those that /etc/subuid and /etc/subgid grant root"
				: "those from 1000000 to 1000999999");
	error_hint(err,
		   "ask for fewer with 'auto COUNT', destroy containers that %s names, "
		   "or as root: usermod --add-subuids FIRST-LAST --add-subgids "
		   "FIRST-LAST root",
		   RANGES);
	return -ENOSPC;
}

static int choose(const struct record *rec, uint32_t count, const char *owner,
		  struct idrange *ret, struct lxc_error **err)
{
	_cleanup_(pools_done) struct pools pools = {};
	_cleanup_idrange_ struct idrange_list taken = {};
	int r = make_pools(&pools, &taken, err);

	if (r == 0)
		r = add_paths(&taken, rec, owner, err);
	if (r < 0)
		return r;
	add_accounts(&taken, "/etc/passwd");
	add_accounts(&taken, "/etc/group");
	for (size_t i = 0; i < rec->n; i++)
		idrange_add(&taken, rec->v[i].range.first, rec->v[i].range.count);
	for (size_t i = 0; i < POOLS; i++)
		taken.failed |= pools.v[i].failed;
	if (taken.failed)
		return error_set(err, -ENOMEM, "config", "lxc.idmap");
	int64_t base = idrange_find(pools.v, POOLS, &taken, count);
	if (base == IDRANGE_NONE)
		return exhausted(&pools, count, err);
	*ret = (struct idrange){ (uint64_t)base, count };
	return 0;
}

/* What an earlier attempt to create the same container has left; its files are gone. */
static void drop_entry(struct record *rec, const char *owner)
{
	size_t kept = 0;

	/* not so those of a namesake */
	if (has_trash(owner))
		return;
	for (size_t i = 0; i < rec->n; i++)
		if (strcmp(rec->v[i].owner, owner))
			rec->v[kept++] = rec->v[i];
		else
			free(rec->v[i].owner);
	rec->n = kept;
}

static int take(struct idrange *range, const char *lxcpath, const char *name,
		struct lxc_error **err)
{
	_cleanup_(record_done) struct record rec = { .lock = NO_FD, .dir = NO_FD };
	_cleanup_free_ char *owner = owner_of(lxcpath, name);
	int r = owner ? 0 : -errno;

	if (r == 0 && strchr(owner, '\n'))
		r = -EINVAL;
	if (r < 0)
		return error_set(err, r, "directory", "%s", lxcpath);
	r = record_open(&rec, err);
	if (r < 0)
		return r;
	drop_entry(&rec, owner);
	r = choose(&rec, (uint32_t)range->count, owner, range, err);
	if (r < 0)
		return r;
	r = add_entry(&rec, *range, owner);
	return r < 0 ? error_set(err, r, "write", "%s", RANGES) : save(&rec, err);
}

int allocate_ids(struct conf *conf, const char *lxcpath, const char *name,
		 struct lxc_error **err)
{
	struct idrange range = { 0, conf->idmap_count ? conf->idmap_count : OWNER_RANGE };

	if (!conf->idmap_auto)
		return 0;
	int r = take(&range, lxcpath, name, err);

	if (r < 0)
		return r;
	const struct idmap_line lines[] = {
		{ false, 0, (uint32_t)range.first, (uint32_t)range.count },
		{ true, 0, (uint32_t)range.first, (uint32_t)range.count },
	};
	return owner_set_map(conf, lines, ARRAY_SIZE(lines), err);
}

/* Whether the record names it, without a lock: the file is replaced as a whole. */
static bool is_recorded(const char *owner)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf end = {};

	buf_printf(&end, " %s\n", owner);
	return file_read(AT_FDCWD, RANGES, &text, NULL) == 0 && !end.failed &&
	       strstr(text, end.data);
}

void allocate_forget(const char *lxcpath, const char *name)
{
	_cleanup_(record_done) struct record rec = { .lock = NO_FD, .dir = NO_FD };
	_cleanup_free_ char *owner = owner_of(lxcpath, name);

	if (!owner || geteuid() != 0 || !is_recorded(owner))
		return;
	/* what does not count is not loaded */
	if (record_open(&rec, NULL) == 0)
		(void)save(&rec, NULL);
}
