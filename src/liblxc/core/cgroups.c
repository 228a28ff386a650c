/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The running container's cgroups, found by controller. */
#include "core/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "util/macro.h"

static bool has_controller(const char *list, const char *controller)
{
	size_t n = strlen(controller);

	for (const char *p = list; n && *p; p += strspn(p, ",")) {
		size_t length = strcspn(p, ",");

		if (length == n && !strncmp(p, controller, n))
			return true;
		p += length;
	}
	return false;
}

static void fill(const struct run *run, const struct plan_hierarchy *h, bool limit,
		 struct cgroups_place *ret)
{
	const struct plan_header *head = run->plan->header;

	ret->unified = !h;
	ret->dir = plan_text(run->plan, h ? h->dir : head->unified);
	ret->base = plan_text(run->plan, h ? h->base : head->unified_base);
	run_cgroup_path(run, !limit, ret->path);
}

bool cgroups_at(const struct run *run, size_t i, bool limit, struct cgroups_place *ret)
{
	const struct plan_header *head = run->plan->header;
	const struct plan_hierarchy *v1 = plan_data(run->plan, head->hierarchies);
	size_t n = v1 ? head->hierarchies.size / sizeof(*v1) : 0;

	if (i > n || (i == n && !head->unified))
		return false;
	fill(run, i < n ? &v1[i] : NULL, limit, ret);
	return true;
}

int cgroups_find(const struct run *run, const char *controller, bool limit,
		 struct cgroups_place *ret)
{
	const struct plan_header *head = run->plan->header;
	const struct plan_hierarchy *v1 = plan_data(run->plan, head->hierarchies);
	size_t n = v1 ? head->hierarchies.size / sizeof(*v1) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *list = plan_text(run->plan, v1[i].controllers);

		if (!list || !has_controller(list, controller))
			continue;
		fill(run, &v1[i], limit, ret);
		return 0;
	}
	if (!head->unified || (n && *controller && strcmp(controller, "cgroup") != 0))
		return -ENOENT;
	fill(run, NULL, limit, ret);
	return 0;
}

int cgroups_open(const struct cgroups_place *place)
{
	char path[CGROUP_PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", place->dir, place->path);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroups_name(const struct cgroups_place *place, char *out, size_t size)
{
	const char *base = place->base && strcmp(place->base, "/") ? place->base : "";
	int n = snprintf(out, size, "%s/%s", base, place->path);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}
