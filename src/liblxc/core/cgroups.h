/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running container's cgroups, found by controller: "memory", "name=systemd", or "" for
 * the unified hierarchy.  Where there is only the unified one, it stands for every controller.
 */
#ifndef CORE_CGROUPS_H
#define CORE_CGROUPS_H

#include "core/run.h"

/*
 * One of the container's cgroups.  limit: the one with the limits, otherwise the one that its
 * processes are in.
 */
struct cgroups_place {
	const char *dir; /* directory of the hierarchy that the path is below */
	const char *base; /* the same as the name of a cgroup */
	bool unified;
	char path[CGROUP_PATH_MAX];
};

/* -ENOENT when there is no hierarchy with that controller. */
int cgroups_find(const struct run *run, const char *controller, bool limit,
		 struct cgroups_place *ret);

/* Every one of them: version 1 in their order, then the unified one; false behind the last. */
bool cgroups_at(const struct run *run, size_t i, bool limit, struct cgroups_place *ret);

/* Open the directory: a descriptor or -errno. */
int cgroups_open(const struct cgroups_place *place);

/* "/base/lxc.payload.c1" into out: 0 or -ENAMETOOLONG. */
int cgroups_name(const struct cgroups_place *place, char *out, size_t size);

#endif
