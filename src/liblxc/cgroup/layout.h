/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which cgroup hierarchies this machine has, and where new cgroups go: cgroups(7).
 *
 * Root's containers go below the cgroup of pid 1 (without a trailing /init.scope), everybody
 * else's, and those that ask to be relative, below the caller's own.
 */
#ifndef CGROUP_LAYOUT_H
#define CGROUP_LAYOUT_H

#include <stdbool.h>

#include "util/error.h"

/* The numbers are those of the historical command protocol. */
enum cgroup_layout {
	CGROUP_UNKNOWN = -1,
	CGROUP_LEGACY = 0,
	CGROUP_HYBRID = 1,
	CGROUP_UNIFIED = 2,
};

#define CGROUP_HIERARCHIES_MAX 20

struct cgroup_hierarchy {
	char *controllers; /* "cpu,cpuacct", "name=systemd"; "" for the unified one */
	char *mount; /* "/sys/fs/cgroup/cpu,cpuacct" */
	char *base; /* cgroup that ours are made in: "/" or "/user.slice/…" */
};

struct cgroup_host {
	enum cgroup_layout layout;
	struct cgroup_hierarchy v1[CGROUP_HIERARCHIES_MAX];
	size_t n_v1;
	struct cgroup_hierarchy unified; /* .mount NULL: none */
};

/*
 * Look at the machine.  relative: below the caller's cgroup even for root.  use: the v1
 * controllers to use as a comma list, NULL or "@all" for all of them.  Hierarchies that
 * cannot be written are left out.
 */
int cgroup_host_open(struct cgroup_host *ret, bool relative, const char *use,
		     struct lxc_error **err);
void cgroup_host_done(struct cgroup_host *host);
#define _cleanup_cgroup_host_ _cleanup_(cgroup_host_done)

/* Whether "controller" is one of the comma list of a hierarchy. */
bool cgroup_has_controller(const char *controllers, const char *controller);

#endif
