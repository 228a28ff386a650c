/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subordinate ids.  The files are read as they lie, "NAME-OR-UID:FIRST:COUNT" a line, which is
 * also all that newuidmap(1) reads unless a name service is configured for them.
 */
#include "isolate/subid.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/macro.h"
#include "util/parse.h"

static const char *file_of(bool gid)
{
	return gid ? "/etc/subgid" : "/etc/subuid";
}

static void name_of(uid_t uid, char *ret, size_t size)
{
	struct passwd entry, *found = NULL;
	char space[4096];

	if (getpwuid_r(uid, &entry, space, sizeof(space), &found) == 0 && found)
		(void)snprintf(ret, size, "%s", found->pw_name);
	else
		(void)snprintf(ret, size, "%u", uid);
}

/* Take a line apart: whether it is one, and whether it is about the user. */
static bool read_line(char *line, const char *name, uid_t uid, struct idrange *ret,
		      bool *ret_mine)
{
	char *owner = strsep(&line, ":"), *first = line ? strsep(&line, ":") : NULL;
	uint64_t number = 0;

	if (!first || !line)
		return false;
	*ret_mine = !strcmp(owner, name) ||
		    (parse_uint64(owner, UINT32_MAX, &number) == 0 && number == uid);
	return parse_uint64(first, UINT32_MAX, &ret->first) == 0 &&
	       parse_uint64(line, UINT32_MAX, &ret->count) == 0;
}

/* Call take for each range of the user until it says true: whether it did. */
static bool each_range(uid_t uid, bool gid, bool (*take)(const struct idrange *, void *),
		       void *data)
{
	_cleanup_free_ char *text = NULL;
	char name[256];

	name_of(uid, name, sizeof(name));
	if (file_read(AT_FDCWD, file_of(gid), &text, NULL) < 0)
		return false;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		struct idrange range;
		bool mine = false;

		if (read_line(line, name, uid, &range, &mine) && mine &&
		    take(&range, data))
			return true;
	}
	return false;
}

static bool covers(const struct idrange *range, void *data)
{
	const struct idmap_line *l = data;

	return l->host >= range->first &&
	       (uint64_t)l->host + l->range <= range->first + range->count;
}

static bool is_granted(const struct idmap_line *l, uid_t uid)
{
	uid_t own = l->gid ? getegid() : uid;

	return (l->range == 1 && l->host == own) ||
	       each_range(uid, l->gid, covers, (void *)l);
}

int subid_check(const struct idmap *m, uid_t uid, struct lxc_error **err)
{
	char name[256];

	for (size_t i = 0; i < m->n; i++) {
		const struct idmap_line *l = &m->lines[i];
		uint64_t last = (uint64_t)l->host + l->range - 1;

		if (is_granted(l, uid))
			continue;
		name_of(uid, name, sizeof(name));
		error_set(err, -EPERM, "config",
			  "%s = %c %" PRIu32 " %" PRIu32 " %" PRIu32, idmap_key(m),
			  l->gid ? 'g' : 'u', l->inside, l->host, l->range);
		error_detail(err, "%s may not map these: %s does not grant them", name,
			     file_of(l->gid));
		error_hint(err,
			   "as root: usermod --add-sub%cids %" PRIu32 "-%" PRIu64 " %s",
			   l->gid ? 'g' : 'u', l->host, last, name);
		return -EPERM;
	}
	return 0;
}

struct search {
	uint32_t least;
	struct idrange found;
};

static bool is_enough(const struct idrange *range, void *data)
{
	struct search *s = data;

	s->found = *range;
	return range->count >= s->least;
}

int subid_first(uid_t uid, bool gid, uint32_t least, struct idmap_line *ret)
{
	struct search s = { .least = least };

	if (!each_range(uid, gid, is_enough, &s))
		return -ENOENT;
	*ret = (struct idmap_line){ .gid = gid,
				    .host = (uint32_t)s.found.first,
				    .range = (uint32_t)s.found.count };
	return 0;
}

int subid_ranges(uid_t uid, bool gid, struct idrange_list *own,
		 struct idrange_list *others)
{
	_cleanup_free_ char *text = NULL;
	char name[256];
	int r = file_read(AT_FDCWD, file_of(gid), &text, NULL);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	name_of(uid, name, sizeof(name));
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		struct idrange range;
		bool mine = false;

		if (read_line(line, name, uid, &range, &mine))
			idrange_add(mine ? own : others, range.first, range.count);
	}
	return own->failed || others->failed ? -ENOMEM : 0;
}
