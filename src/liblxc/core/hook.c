/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hooks get, and those that the library runs itself. */
#include "core/hook.h"

#include <stdio.h>
#include <string.h>

#include "util/log.h"
#include "util/spawn.h"

#define OUTPUT_MAX (64u << 10)

const char *const hook_names[HOOK_COUNT] = {
	[HOOK_PRE_START] = "pre-start",
	[HOOK_PRE_MOUNT] = "pre-mount",
	[HOOK_MOUNT] = "mount",
	[HOOK_AUTODEV] = "autodev",
	[HOOK_START_HOST] = "start-host",
	[HOOK_START] = "start",
	[HOOK_STOP] = "stop",
	[HOOK_POST_STOP] = "post-stop",
	[HOOK_CLONE] = "clone",
	[HOOK_DESTROY] = "destroy",
};

int hook_arguments(const struct hook_subject *s, char ***argv)
{
	const char *words[] = { s->name, s->section, s->type };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words) && r == 0 && !s->conf->hook_version; i++)
		r = strv_add(argv, words[i]);
	return r;
}

static int add(char ***env, const char *name, const char *value)
{
	_cleanup_buf_ struct buf line = {};

	if (!value)
		return 0;
	buf_printf(&line, "%s=%s", name, value);
	return strv_push(env, buf_steal(&line));
}

int hook_environment(const struct hook_subject *s, char ***env)
{
	const struct conf *conf = s->conf;
	bool v1 = conf->hook_version;
	const char *level = log_level_name(s->log_level);
	const char *mount = conf->rootfs_mount ? conf->rootfs_mount : PATH_ROOTFS_MOUNT;
	const struct {
		const char *name, *value;
	} variables[] = {
		{ "LXC_NAME", s->name },
		{ "LXC_CONFIG_FILE", conf->first_file },
		{ "LXC_ROOTFS_MOUNT", mount },
		{ "LXC_ROOTFS_PATH", conf->rootfs_path },
		{ "LXC_CONSOLE", conf->console_path },
		{ "LXC_CONSOLE_LOGPATH", conf->console_logfile },
		{ "LXC_CGNS_AWARE", access("/proc/self/ns/cgroup", F_OK) ? NULL : "1" },
		{ "LXC_LOG_LEVEL", level ? level : "ERROR" },
		{ "LXC_HOOK_VERSION", v1 ? "1" : "0" },
		{ "LXC_HOOK_TYPE", v1 ? s->type : NULL },
		{ "LXC_HOOK_SECTION", v1 ? s->section : NULL },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(variables) && r == 0; i++)
		r = add(env, variables[i].name, variables[i].value);
	return r;
}

static int make_argv(const struct hook_subject *s, const char *command, char ***argv)
{
	_cleanup_buf_ struct buf script = {};
	int r = strv_add(argv, "sh");

	buf_printf(&script, HOOK_FORMAT, command);
	if (r == 0)
		r = strv_add(argv, "-c");
	if (r == 0)
		r = strv_push(argv, buf_steal(&script));
	if (r == 0)
		r = strv_add(argv, "sh");
	return r < 0 ? r : hook_arguments(s, argv);
}

/* The caller's environment, with ours in the place of what has the same name. */
static int make_envp(const struct hook_subject *s, char ***envp)
{
	int r = hook_environment(s, envp);
	size_t ours = strv_size(*envp);

	for (char **e = environ; r == 0 && *e; e++) {
		size_t n = strcspn(*e, "=") + 1;
		bool replaced = false;

		for (size_t i = 0; i < ours; i++)
			replaced = replaced || !strncmp(*e, (*envp)[i], n);
		if (!replaced)
			r = strv_add(envp, *e);
	}
	return r;
}

static int run_command(const struct hook_subject *s, const char *command,
		       struct lxc_error **err)
{
	_cleanup_strv_ char **argv = NULL, **envp = NULL;
	_cleanup_free_ char *text = NULL;
	char key[32];
	struct hook_output output = { .key = key };
	int status = 0, r = make_argv(s, command, &argv);

	(void)snprintf(key, sizeof(key), "lxc.hook.%s", s->type);
	if (r == 0)
		r = make_envp(s, &envp);
	if (r < 0)
		return error_set(err, r, "hook", "%s", key);
	struct spawn spawn = {
		.path = "/bin/sh", .what = "hook", .argv = argv, .envp = envp
	};
	r = spawn_capture(&spawn, NULL, OUTPUT_MAX, &text, &status, err);
	if (r < 0)
		return error_wrap(err, r, "hook", "%s = %s", key, command);
	hook_output_take(&output, text, strlen(text));
	return hook_result(&output, status, command, err);
}

int hook_run(const struct conf *conf, const char *name, enum conf_hook type,
	     struct lxc_error **err)
{
	struct hook_subject s = {
		.conf = conf,
		.name = name,
		.section = "lxc",
		.type = hook_names[type],
		.log_level = conf->log_level,
	};
	int r = 0;

	for (char **h = conf->hooks[type]; h && *h && r == 0; h++)
		r = run_command(&s, *h, err);
	return r;
}
