/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes a map of ids. */
#include "isolate/mapper.h"

#include <linux/capability.h>
#include <unistd.h>

#include "isolate/caps.h"
#include "isolate/subid.h"
#include "util/macro.h"

#define RIGHTS (1ull << CAP_SETUID | 1ull << CAP_SETGID | 1ull << CAP_SYS_ADMIN)

static const char *find_program(const char *const *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static int missing(const char *name, const char *key, struct lxc_error **err)
{
	error_set(err, -ENOENT, "map ids", "%s", key);
	error_detail(err, "%s is not installed", name);
	error_hint(
		err,
		"apt-get install uidmap; or map your own ids alone: lxc.idmap = u 0 %u 1 "
		"and lxc.idmap = g 0 %u 1",
		geteuid(), getegid());
	return -ENOENT;
}

/* Fixed places: what PATH leads to is not to be trusted with this. */
static int find_programs(struct mapper *m, const char *key, struct lxc_error **err)
{
	static const char *const uid[] = { "/usr/bin/newuidmap", "/bin/newuidmap",
					   "/usr/local/bin/newuidmap" };
	static const char *const gid[] = { "/usr/bin/newgidmap", "/bin/newgidmap",
					   "/usr/local/bin/newgidmap" };

	m->newuidmap = find_program(uid, ARRAY_SIZE(uid));
	m->newgidmap = find_program(gid, ARRAY_SIZE(gid));
	if (!m->newuidmap)
		return missing("newuidmap", key, err);
	return m->newgidmap ? 0 : missing("newgidmap", key, err);
}

int mapper_choose(const struct idmap *m, struct mapper *ret, struct lxc_error **err)
{
	uint64_t rights = 0;
	struct mapper chosen = {};
	int r = caps_effective(&rights);

	if (r < 0)
		return error_set(err, r, "read", "own capabilities");
	chosen.privileged = (rights & RIGHTS) == RIGHTS;
	if (m && !chosen.privileged) {
		chosen.deny_setgroups = idmap_is_own(m);
		if (!chosen.deny_setgroups)
			r = subid_check(m, geteuid(), err);
		if (r == 0 && !chosen.deny_setgroups)
			r = find_programs(&chosen, idmap_key(m), err);
	}
	if (r == 0)
		*ret = chosen;
	return r;
}
