/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which cgroup hierarchies this machine has, from /proc/PID/cgroup and /sys/fs/cgroup. */
#include "cgroup/layout.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "util/buf.h"
#include "util/file.h"
#include "util/path.h"
#include "util/strv.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP_HYBRID_UNIFIED "/sys/fs/cgroup/unified"
#define INIT_SCOPE "/init.scope"

bool cgroup_has_controller(const char *controllers, const char *controller)
{
	size_t n = strlen(controller);

	for (const char *p = controllers; *p; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");

		if (len == n && !strncmp(p, controller, n))
			return true;
		p += len;
	}
	return false;
}

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static bool is_wanted(const char *controllers, const char *use)
{
	if (!use || !*use || !strcmp(use, "@all"))
		return true;
	_cleanup_strv_ char **list = strv_split(use, ", ");

	for (char **u = list; u && *u; u++)
		if (cgroup_has_controller(controllers, *u))
			return true;
	return false;
}

/* Directory names that differ from the controller list in /proc/PID/cgroup. */
static char *v1_mount(const char *controllers)
{
	static const char *const swapped[][2] = {
		{ "cpuacct,cpu", "cpu,cpuacct" },
		{ "net_prio,net_cls", "net_cls,net_prio" },
	};

	if (!strncmp(controllers, "name=", 5))
		return path_join(CGROUP_ROOT, controllers + 5);
	for (size_t i = 0; i < ARRAY_SIZE(swapped); i++)
		if (!strcmp(controllers, swapped[i][0]))
			return path_join(CGROUP_ROOT, swapped[i][1]);
	return path_join(CGROUP_ROOT, controllers);
}

static void hierarchy_done(struct cgroup_hierarchy *h)
{
	free(h->controllers);
	free(h->mount);
	free(h->base);
	*h = (struct cgroup_hierarchy){};
}

static bool is_writable(const struct cgroup_hierarchy *h)
{
	_cleanup_free_ char *dir = path_join(h->mount, h->base);

	return dir && access(dir, W_OK) == 0;
}

/* One line of /proc/PID/cgroup: "ID:CONTROLLERS:PATH". */
static int add_line(struct cgroup_host *host, char *line, const char *use)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;
	struct cgroup_hierarchy h = {};

	if (!path)
		return 0;
	*path++ = '\0';
	controllers++;
	size_t n = strlen(path), scope = strlen(INIT_SCOPE);
	if (n >= scope && !strcmp(path + n - scope, INIT_SCOPE))
		path[n == scope ? 1 : n - scope] = '\0';
	if (*controllers && !is_wanted(controllers, use))
		return 0;
	h.controllers = strdup(controllers);
	h.base = strdup(path);
	h.mount = *controllers			   ? v1_mount(controllers)
		  : host->layout == CGROUP_UNIFIED ? strdup(CGROUP_ROOT)
						   : strdup(CGROUP_HYBRID_UNIFIED);
	if (!h.controllers || !h.base || !h.mount) {
		hierarchy_done(&h);
		return -ENOMEM;
	}
	if ((!*controllers && host->layout == CGROUP_LEGACY) || !is_writable(&h) ||
	    (*controllers && host->n_v1 == CGROUP_HIERARCHIES_MAX)) {
		hierarchy_done(&h);
		return 0;
	}
	if (*controllers)
		host->v1[host->n_v1++] = h;
	else
		host->unified = h;
	return 0;
}

int cgroup_host_open(struct cgroup_host *ret, bool relative, const char *use,
		     struct lxc_error **err)
{
	const char *file = geteuid() == 0 && !relative ? "/proc/1/cgroup"
						       : "/proc/self/cgroup";
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	_cleanup_free_ char *text = NULL;
	int r = file_read(AT_FDCWD, file, &text, NULL);

	if (r < 0) {
		error_set(err, r, "cgroup", "%s", file);
		error_hint(err, "a start takes /proc: mount it");
		return r;
	}
	host.layout = is_cgroup2(CGROUP_ROOT)		  ? CGROUP_UNIFIED
		      : is_cgroup2(CGROUP_HYBRID_UNIFIED) ? CGROUP_HYBRID
							  : CGROUP_LEGACY;
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	for (char **l = lines; l && *l && r == 0; l++)
		r = add_line(&host, *l, use);
	if (!lines || r < 0)
		return error_set(err, -ENOMEM, "cgroup", "%s", file);
	*ret = host;
	host = (struct cgroup_host){};
	return 0;
}

void cgroup_host_done(struct cgroup_host *host)
{
	for (size_t i = 0; i < host->n_v1; i++)
		hierarchy_done(&host->v1[i]);
	hierarchy_done(&host->unified);
	host->n_v1 = 0;
}
