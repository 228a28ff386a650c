/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scopes of the user's systemd: systemd.scope(5), systemd-run(1). */
#include "core/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/path.h"
#include "util/spawn.h"
#include "util/strv.h"

#define SLICE "app.slice"
#define ANSWER_MAX 4096
#define ASK_TIMEOUT_MS 10000

void scope_done(struct scope *s)
{
	free(s->unit);
	free(s->cgroup);
	*s = (struct scope){};
}

bool scope_is_needed(const struct cgroup_host *host)
{
	return geteuid() != 0 && host->layout == CGROUP_UNIFIED && !host->unified.mount;
}

static bool has_manager(void)
{
	_cleanup_free_ char *path = path_join(path_runtime(), "systemd/private");

	return path && access(path, F_OK) == 0 && access(SCOPE_PROGRAM, X_OK) == 0 &&
	       access("/usr/bin/systemctl", X_OK) == 0;
}

/* The cgroup that the user's manager lives in, without a newline. */
static int manager_cgroup(char **ret)
{
	struct spawn s = {
		.path = "/usr/bin/systemctl",
		.argv = (char *[]){ (char *)"systemctl", (char *)"--user", (char *)"show",
				    (char *)"--property=ControlGroup", (char *)"--value",
				    NULL },
		.what = "systemctl",
	};
	struct deadline d = deadline_in(ASK_TIMEOUT_MS);
	_cleanup_free_ char *answer = NULL;
	int status = 0, r = spawn_capture(&s, &d, ANSWER_MAX, &answer, &status, NULL);

	if (r < 0 || status != 0)
		return -ENOENT;
	answer[strcspn(answer, "\n")] = '\0';
	if (*answer != '/')
		return -ENOENT;
	*ret = steal_ptr(answer);
	return 0;
}

/* A unit's name takes letters, digits and ":-_.\\": ours have no others. */
static char *unit_name(const char *name)
{
	_cleanup_buf_ struct buf out = {};

	buf_str(&out, "lxc-");
	for (const char *p = name; *p; p++)
		buf_char(&out, strchr("/\\ %", *p) || *p < ' ' ? '_' : *p);
	buf_printf(&out, "-%d-%llx.scope", getpid(), (unsigned long long)wait_now());
	return buf_steal(&out);
}

int scope_plan(const char *name, struct scope *ret)
{
	_cleanup_free_ char *manager = NULL;
	_cleanup_buf_ struct buf cgroup = {};

	if (!has_manager())
		return -ENOENT;
	int r = manager_cgroup(&manager);
	if (r < 0)
		return r;
	ret->unit = unit_name(name);
	buf_printf(&cgroup, "%s/" SLICE "/%s", manager, ret->unit ? ret->unit : "");
	ret->cgroup = buf_steal(&cgroup);
	if (ret->unit && ret->cgroup)
		return 0;
	scope_done(ret);
	return -ENOMEM;
}

int scope_use(const struct scope *s, struct cgroup_host *host)
{
	host->unified = (struct cgroup_hierarchy){
		.controllers = strdup(""),
		.mount = strdup("/sys/fs/cgroup"),
		.base = strdup(s->cgroup),
	};
	return host->unified.controllers && host->unified.mount && host->unified.base
		       ? 0
		       : -ENOMEM;
}

char **scope_command(const char *name, const char *monitor, const char *title)
{
	_cleanup_strv_ char **argv = NULL;
	_cleanup_buf_ struct buf unit = {};

	buf_printf(&unit, "--unit=%s", name);
	if (unit.failed)
		return NULL;
	const char *const words[] = {
		"systemd-run", "--user",  "--scope",	    "--quiet",
		"--collect",   unit.data, "--slice=" SLICE, "--property=Delegate=yes",
		"--",	       monitor,	  "--title",	    title,
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strv_add(&argv, words[i]) < 0)
			return NULL;
	return steal_ptr(argv);
}
