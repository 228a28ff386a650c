/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/userns.h>: a program in a user namespace. */
#include <lxc/userns.h>
#include <string.h>

#include "api/handle.h"
#include "core/userns.h"
#include "isolate/subid.h"

struct lines {
	struct idmap_line *list;
	size_t n;
};

static void lines_done(struct lines *l)
{
	free(l->list);
}

static int add(struct lines *l, const struct idmap_line *more, size_t n)
{
	struct idmap_line *grown = reallocarray(l->list, l->n + n, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	memcpy(grown + l->n, more, n * sizeof(*more));
	l->list = grown;
	l->n += n;
	return 0;
}

static int bad_map(const char *text, struct lxc_error **err)
{
	error_set(err, -EINVAL, "map", "%s", text);
	error_detail(err, "it is not a map of ids");
	error_hint(err,
		   "KIND:INSIDE:HOST:COUNT, such as u:0:100000:65536; KIND is u, g or b "
		   "for both");
	return -EINVAL;
}

static int parse(struct lines *l, const char *const *maps, struct lxc_error **err)
{
	int r = 0;

	for (; r == 0 && *maps; maps++) {
		struct lines one = {};

		r = idmap_parse(*maps, &one.list, &one.n);
		if (r == 0)
			r = add(l, one.list, one.n);
		else if (r == -EINVAL)
			r = bad_map(*maps, err);
		lines_done(&one);
	}
	return r == -ENOMEM ? error_set(err, r, "map", "ids") : r;
}

static int granted(struct lines *l, struct lxc_error **err)
{
	for (int gid = 0; gid <= 1; gid++) {
		struct idmap_line line;

		if (subid_first(geteuid(), gid, 1, &line) < 0) {
			error_set(err, -ENOENT, "map", "%s",
				  gid ? "/etc/subgid" : "/etc/subuid");
			error_detail(err, "it grants no ids to uid %u", geteuid());
			error_hint(err,
				   "as root: usermod --add-sub%cids 100000-165535 USER; "
				   "or give a map",
				   gid ? 'g' : 'u');
			return -ENOENT;
		}
		if (add(l, &line, 1) < 0)
			return error_set(err, -ENOMEM, "map", "ids");
	}
	return 0;
}

static int run(const struct lxc_userns_options *o, char *const argv[], int *ret_status,
	       struct lxc_error **err)
{
	_cleanup_(lines_done) struct lines lines = {}, with_own = {};
	int r = o->maps ? parse(&lines, o->maps, err) : granted(&lines, err);

	if (r < 0)
		return r;
	struct idmap map = { lines.list, lines.n, "map" };
	if (o->map_self) {
		if (idmap_with_own(&map, &with_own.list, &with_own.n) < 0)
			return error_set(err, -ENOMEM, "map", "ids");
		map = (struct idmap){ with_own.list, with_own.n, "map" };
	}
	return userns_work(&(struct userns_work){ .map = &map,
						  .uid = o->uid,
						  .gid = o->gid,
						  .argv = argv,
						  .what = "program" },
			   ret_status, err);
}

LXC_API int lxc_userns_run(const struct lxc_userns_options *options, char *const argv[])
{
	struct lxc_userns_options o = {};
	struct lxc_error *err = NULL;
	int status = 0, r;

	if (options)
		memcpy(&o, options, MIN(options->size, sizeof(o)));
	if (!argv || !argv[0])
		r = error_set(&err, -EINVAL, "run", "no program");
	else
		r = run(&o, argv, &status, &err);
	if (err)
		(void)api_fail(&err, r);
	return r < 0 ? -1 : status;
}
