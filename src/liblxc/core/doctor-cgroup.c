/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of control groups: layout, controllers, what this user may write. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cgroup/layout.h"
#include "core/doctor.h"
#include "util/file.h"
#include "util/path.h"

#define DELEGATE \
	"start a scope that is delegated: systemd-run --user --scope -p Delegate=yes PROGRAM"

static void check_layout(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	static const char *const layouts[] = {
		[CGROUP_LEGACY] = "version 1",
		[CGROUP_HYBRID] = "hybrid: versions 1 and 2",
		[CGROUP_UNIFIED] = "version 2",
	};
	_cleanup_cgroup_host_ struct cgroup_host host = {};

	if (cgroup_host_open(&host, false, NULL, NULL) < 0) {
		doctor_bad(d, c, "none");
		return;
	}
	doctor_ok(d, c, "%s", layouts[host.layout]);
}

/* Where containers of this user get their cgroups. */
static void check_writable(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	_cleanup_buf_ struct buf list = {};

	if (cgroup_host_open(&host, false, NULL, NULL) < 0)
		return;
	if (host.unified.mount)
		buf_str(&list, " unified");
	for (size_t i = 0; i < host.n_v1; i++)
		buf_printf(&list, " %s", host.v1[i].controllers);
	if (list.size)
		doctor_ok(d, c, "%s", list.data + 1);
	else
		doctor_bad(d, c, "no hierarchy can be written by this user");
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += n)
		if ((p == text || p[-1] == ' ') && strchr(" \n", p[n]))
			return true;
	return false;
}

/* All controllers that containers have use for, wherever they are. */
static void check_controllers(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	static const char *const wanted[] = { "cpu", "memory", "pids", "cpuset" };
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	_cleanup_free_ char *dir = NULL, *file = NULL, *unified = NULL;
	_cleanup_buf_ struct buf missing = {};

	if (cgroup_host_open(&host, false, NULL, NULL) < 0)
		return;
	if (host.unified.mount) {
		dir = path_join(host.unified.mount, host.unified.base);
		file = dir ? path_join(dir, "cgroup.controllers") : NULL;
		if (file)
			(void)file_read(AT_FDCWD, file, &unified, NULL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		bool found = unified && has_word(unified, wanted[i]);

		for (size_t j = 0; j < host.n_v1 && !found; j++)
			found = cgroup_has_controller(host.v1[j].controllers, wanted[i]);
		if (!found)
			buf_printf(&missing, " %s", wanted[i]);
	}
	if (missing.size)
		doctor_bad(d, c, "not available here:%s", missing.data);
	else
		doctor_ok(d, c, "cpu memory pids cpuset");
}

/* Any cgroup but the root has the file. */
static void check_kill(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	bool any = false, found = false;

	if (cgroup_host_open(&host, false, NULL, NULL) < 0 || !host.unified.mount)
		return;
	DIR *dir = opendir(host.unified.mount);
	for (struct dirent *e; dir && !any && (e = readdir(dir));) {
		_cleanup_free_ char *file = path_join(e->d_name, "cgroup.kill");

		any = e->d_type == DT_DIR && e->d_name[0] != '.';
		found = any && file && faccessat(dirfd(dir), file, F_OK, 0) == 0;
	}
	if (dir)
		(void)closedir(dir);
	if (any)
		doctor_ok(d, c,
			  found ? "there" : "missing: processes are killed one by one");
}

/*
 * A cgroup below a v1 cpuset without processors takes no process (ENOSPC), and one that does
 * not copy from its parent begins so.
 */
static void check_cpuset(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_cgroup_host_ struct cgroup_host host = {};

	if (cgroup_host_open(&host, false, NULL, NULL) < 0)
		return;
	for (size_t i = 0; i < host.n_v1; i++) {
		const struct cgroup_hierarchy *h = &host.v1[i];
		_cleanup_free_ char *dir = path_join(h->mount, h->base);
		_cleanup_free_ char *file = dir ? path_join(dir, "cpuset.cpus") : NULL;
		_cleanup_free_ char *cpus = NULL;

		if (!cgroup_has_controller(h->controllers, "cpuset") || !file ||
		    file_read(AT_FDCWD, file, &cpus, NULL) < 0)
			continue;
		cpus[strcspn(cpus, "\n")] = '\0';
		if (*cpus)
			doctor_ok(d, c, "%s has processors %s", dir, cpus);
		else
			doctor_bad(d, c, "%s has no processors", dir);
	}
}

/* clang-format off */
const struct doctor_check doctor_cgroup[] = {
	{ "cgroup", "layout",      check_layout,      LXC_FINDING_PROBLEM, "mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup" },
	{ "cgroup", "delegation",  check_writable,    LXC_FINDING_PROBLEM, DELEGATE },
	{ "cgroup", "controllers", check_controllers, LXC_FINDING_WARNING, "as root, boot with them (cgroup_enable=memory) or enable them in cgroup.subtree_control above; as a user, ask for Delegate=yes" },
	{ "cgroup", "cgroup.kill", check_kill },
	{ "cgroup", "cpuset",      check_cpuset,      LXC_FINDING_PROBLEM, "write the processors to cpuset.cpus there, and the memory nodes to cpuset.mems" },
	{ NULL }
};
