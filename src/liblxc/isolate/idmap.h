/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps of ids between a user namespace and the one around it: user_namespaces(7).  All of this
 * is the library's; the monitor gets ready-made text.
 *
 *   inside   the first id in the namespace
 *   host     the first id outside
 *   range    how many
 */
#ifndef ISOLATE_IDMAP_H
#define ISOLATE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

#define IDMAP_LINES_MAX 340 /* the kernel's, for users and for groups */
#define IDMAP_NONE (-1)

struct idmap_line {
	bool gid;
	uint32_t inside, host, range;
};

struct idmap {
	const struct idmap_line *lines;
	size_t n;
	const char *key; /* what it is called in errors; NULL: lxc.idmap */
};

static inline const char *idmap_key(const struct idmap *m)
{
	return m->key ? m->key : "lxc.idmap";
}

/*
 * What the kernel would refuse with EINVAL alone: no users or no groups, ranges that overlap on
 * either side, too many lines.
 */
int idmap_check(const struct idmap *m, struct lxc_error **err);

/* As /proc/PID/uid_map or gid_map take it: "INSIDE HOST RANGE\n" for each line. */
void idmap_print(const struct idmap *m, bool gid, struct buf *out);

/* An id on the other side, or IDMAP_NONE. */
int64_t idmap_to_host(const struct idmap *m, bool gid, uint32_t inside);
int64_t idmap_to_inside(const struct idmap *m, bool gid, uint32_t host);

/* The first id inside that no line covers, or IDMAP_NONE. */
int64_t idmap_free_inside(const struct idmap *m, bool gid);

/*
 * A copy with the caller's own ids added, at the first ids inside that are free, unless they
 * are mapped already.  The caller frees *ret_lines.  0 or -ENOMEM.
 */
int idmap_with_own(const struct idmap *m, struct idmap_line **ret_lines, size_t *ret_n);

/* Whether only the caller's own ids are mapped, which everybody may do. */
bool idmap_is_own(const struct idmap *m);

/*
 * "b:0:100000:65536", one or more with + between: u, g or b (both), inside, host, range.  The
 * caller frees *ret_lines.  -EINVAL.
 */
int idmap_parse(const char *text, struct idmap_line **ret_lines, size_t *ret_n);

#endif
