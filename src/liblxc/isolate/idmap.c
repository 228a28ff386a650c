/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps of ids. */
#include "isolate/idmap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/macro.h"
#include "util/parse.h"
#include "util/strv.h"

static const char *kind_of(bool gid)
{
	return gid ? "group" : "user";
}

static bool overlap(uint32_t a, uint32_t a_range, uint32_t b, uint32_t b_range)
{
	return a < (uint64_t)b + b_range && b < (uint64_t)a + a_range;
}

static int check_pair(const struct idmap_line *a, const struct idmap_line *b,
		      const char *key, struct lxc_error **err)
{
	bool inside = overlap(a->inside, a->range, b->inside, b->range);

	if (a->gid != b->gid ||
	    (!inside && !overlap(a->host, a->range, b->host, b->range)))
		return 0;
	error_set(err, -EINVAL, "config", "%s = %c %" PRIu32 " %" PRIu32 " %" PRIu32, key,
		  b->gid ? 'g' : 'u', b->inside, b->host, b->range);
	error_detail(err, "it maps %s ids%s that an earlier line maps, too",
		     kind_of(b->gid), inside ? "" : " of the host");
	error_hint(err,
		   "let each id stand in one line: the earlier is %c %" PRIu32 " %" PRIu32
		   " %" PRIu32,
		   a->gid ? 'g' : 'u', a->inside, a->host, a->range);
	return -EINVAL;
}

static int check_count(const struct idmap *m, bool gid, const char *key,
		       struct lxc_error **err)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->lines[i].gid == gid;
	if (n && n <= IDMAP_LINES_MAX)
		return 0;
	error_set(err, n ? -E2BIG : -EINVAL, "config", "%s", key);
	error_detail(err,
		     n ? "%zu lines map %s ids, more than the kernel takes"
		       : "%zu lines map %s ids",
		     n, kind_of(gid));
	if (n)
		error_hint(err, "join neighbouring ranges: there can be %d",
			   IDMAP_LINES_MAX);
	else
		error_hint(err, "map both, for example: %s = %c 0 100000 65536", key,
			   gid ? 'g' : 'u');
	return n ? -E2BIG : -EINVAL;
}

int idmap_check(const struct idmap *m, struct lxc_error **err)
{
	const char *key = idmap_key(m);
	int r = check_count(m, false, key, err);

	if (r == 0)
		r = check_count(m, true, key, err);
	for (size_t i = 1; i < m->n && r == 0; i++)
		for (size_t j = 0; j < i && r == 0; j++)
			r = check_pair(&m->lines[j], &m->lines[i], key, err);
	return r;
}

void idmap_print(const struct idmap *m, bool gid, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct idmap_line *l = &m->lines[i];

		if (l->gid == gid)
			buf_printf(out, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n",
				   l->inside, l->host, l->range);
	}
}

int64_t idmap_to_host(const struct idmap *m, bool gid, uint32_t inside)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct idmap_line *l = &m->lines[i];

		if (l->gid == gid && overlap(l->inside, l->range, inside, 1))
			return (int64_t)l->host + (inside - l->inside);
	}
	return IDMAP_NONE;
}

int64_t idmap_to_inside(const struct idmap *m, bool gid, uint32_t host)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct idmap_line *l = &m->lines[i];

		if (l->gid == gid && overlap(l->host, l->range, host, 1))
			return (int64_t)l->inside + (host - l->host);
	}
	return IDMAP_NONE;
}

int64_t idmap_free_inside(const struct idmap *m, bool gid)
{
	uint64_t candidate = 0;

	/* behind a line, as long as one covers it: no more rounds than lines */
	for (size_t round = 0; round <= m->n; round++) {
		bool covered = false;

		for (size_t i = 0; i < m->n && !covered; i++) {
			const struct idmap_line *l = &m->lines[i];

			covered = l->gid == gid &&
				  overlap(l->inside, l->range, (uint32_t)candidate, 1);
			if (covered)
				candidate = (uint64_t)l->inside + l->range;
		}
		if (candidate >= UINT32_MAX)
			return IDMAP_NONE;
		if (!covered)
			break;
	}
	return (int64_t)candidate;
}

int idmap_with_own(const struct idmap *m, struct idmap_line **ret_lines, size_t *ret_n)
{
	struct idmap_line *lines = calloc(m->n + 2, sizeof(*lines));
	size_t n = m->n;

	if (!lines)
		return -ENOMEM;
	if (n)
		memcpy(lines, m->lines, n * sizeof(*lines));
	for (int gid = 0; gid <= 1; gid++) {
		uint32_t id = gid ? getegid() : geteuid();
		int64_t inside = idmap_free_inside(m, gid);

		if (inside == IDMAP_NONE || idmap_to_inside(m, gid, id) != IDMAP_NONE)
			continue;
		lines[n++] = (struct idmap_line){
			.gid = gid, .inside = (uint32_t)inside, .host = id, .range = 1
		};
	}
	*ret_lines = lines;
	*ret_n = n;
	return 0;
}

bool idmap_is_own(const struct idmap *m)
{
	if (m->n != 2 || m->lines[0].gid == m->lines[1].gid)
		return false;
	for (size_t i = 0; i < m->n; i++) {
		const struct idmap_line *l = &m->lines[i];

		if (l->range != 1 || l->host != (l->gid ? getegid() : geteuid()))
			return false;
	}
	return true;
}

/* --- text --- */

static int parse_one(char *text, struct idmap_line *ret, bool *ret_both)
{
	uint64_t number[3] = {};
	char *word = strsep(&text, ":");

	if (strlen(word) != 1 || !strchr("ugb", *word))
		return -EINVAL;
	*ret_both = *word == 'b';
	ret->gid = *word == 'g';
	for (size_t i = 0; i < ARRAY_SIZE(number); i++) {
		word = text ? strsep(&text, ":") : NULL;
		if (!word || parse_uint64(word, UINT32_MAX, &number[i]) < 0)
			return -EINVAL;
	}
	if (text || !number[2] || number[0] + number[2] > UINT32_MAX ||
	    number[1] + number[2] > UINT32_MAX)
		return -EINVAL;
	ret->inside = (uint32_t)number[0];
	ret->host = (uint32_t)number[1];
	ret->range = (uint32_t)number[2];
	return 0;
}

int idmap_parse(const char *text, struct idmap_line **ret_lines, size_t *ret_n)
{
	_cleanup_strv_ char **words = strv_split(text, "+");
	_cleanup_free_ struct idmap_line *lines = NULL;
	size_t n = 0;

	if (words)
		lines = calloc(2 * strv_size(words) + 1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	for (char **w = words; *w; w++) {
		bool both = false;
		int r = parse_one(*w, &lines[n], &both);

		if (r < 0)
			return r;
		if (both) {
			lines[n + 1] = lines[n];
			lines[++n].gid = true;
		}
		n++;
	}
	*ret_lines = steal_ptr(lines);
	*ret_n = n;
	return n ? 0 : -EINVAL;
}
