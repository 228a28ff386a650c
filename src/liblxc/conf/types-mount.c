/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types about the root file system and automatic mounts. */
#include "conf/types.h"

#include <limits.h>
#include <string.h>

#include "util/parse.h"
#include "util/path.h"

#define BLANKS " \t"

/* --- lxc.rootfs.path: [TYPE:]PATH --- */

static int rootfs_parse(struct conf *c, const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	size_t n = strcspn(value, ":/");
	_cleanup_free_ char *type = NULL, *path = NULL;

	/* the type ends at the first colon; a path may hold colons, too */
	if (value[n] == ':') {
		type = strndup(value, n);
		if (!type)
			return conf_no_memory(it, err);
		value += n + 1;
	}
	if (!*value)
		return conf_fault(it, err, "there is no path behind '%s:'", type);
	if (strlen(value) >= PATH_MAX)
		return conf_fault_value(it, value, err, "is longer than %d bytes",
					PATH_MAX - 1);
	path = path_simplify(value);
	if (!path)
		return conf_no_memory(it, err);
	free(c->rootfs_type);
	c->rootfs_type = type && *type ? steal_ptr(type) : NULL;
	return conf_replace(it, &c->rootfs_path, steal_ptr(path), err);
}

static int rootfs_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	if (c->rootfs_path)
		buf_str(out, c->rootfs_path);
	return 0;
}

static int rootfs_clear(struct conf *c, const struct conf_item *it)
{
	free(c->rootfs_type);
	free(c->rootfs_path);
	c->rootfs_type = c->rootfs_path = NULL;
	return 0;
}

const struct conf_type conf_type_rootfs = { "rootfs", rootfs_parse, rootfs_print,
					    rootfs_clear };

/* --- lxc.rootfs.options: what only an entry of lxc.mount.entry can have is a fault --- */

static bool is_entry_option(const char *option)
{
	return !strncmp(option, "create=", 7) || !strcmp(option, "optional") ||
	       !strcmp(option, "relative");
}

static int rootfs_options_parse(struct conf *c, const struct conf_item *it,
				const char *value, struct lxc_error **err)
{
	_cleanup_strv_ char **options = strv_split(value, ",");

	if (!options)
		return conf_no_memory(it, err);
	for (char **o = options; *o; o++) {
		if (!is_entry_option(*o))
			continue;
		(void)conf_fault_value(it, *o, err, "is not an option of the root");
		error_hint(err, "create=, optional and relative belong to "
				"lxc.mount.entry");
		return -EINVAL;
	}
	return conf_string_parse(c, it, value, err);
}

const struct conf_type conf_type_rootfs_options = { "mount-options", rootfs_options_parse,
						    conf_string_print,
						    conf_string_clear };

/* --- lxc.mount.auto --- */

enum family { PROC, SYS, CGROUP };

#define CAN(mode) (1u << (mode))

static const char *const mode_names[] = {
	[AUTO_MIXED] = "mixed",
	[AUTO_RO] = "ro",
	[AUTO_RW] = "rw",
};

/* What stands in front of the first colon. */
static const struct auto_word {
	const char *name;
	enum family family;
	enum conf_auto_mode plain; /* without a mode */
	unsigned int modes; /* allowed behind the colon */
	bool full, unified, forced;
} auto_words[] = {
	{ "proc", PROC, AUTO_MIXED, CAN(AUTO_MIXED) | CAN(AUTO_RW) },
	{ "sys", SYS, AUTO_MIXED, CAN(AUTO_MIXED) | CAN(AUTO_RO) | CAN(AUTO_RW) },
	{ "cgroup", CGROUP, AUTO_DEFAULT, CAN(AUTO_MIXED) | CAN(AUTO_RO) | CAN(AUTO_RW) },
	{ "cgroup-full", CGROUP, AUTO_DEFAULT,
	  CAN(AUTO_MIXED) | CAN(AUTO_RO) | CAN(AUTO_RW), .full = true },
	{ "cgroup2", CGROUP, AUTO_RW, CAN(AUTO_RO), .unified = true, .forced = true },
};

#define SHMOUNTS "shmounts:"
#define FORCE "force"

static const struct auto_word *find_word(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(auto_words); i++)
		if (!strcmp(auto_words[i].name, name))
			return &auto_words[i];
	return NULL;
}

static int find_mode(const struct auto_word *w, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(mode_names); i++)
		if (mode_names[i] && !strcmp(mode_names[i], name) && (w->modes & CAN(i)))
			return (int)i;
	return -EINVAL;
}

static void auto_set(struct conf_mount_auto *a, const struct auto_word *w,
		     enum conf_auto_mode mode, bool force)
{
	switch (w->family) {
	case PROC:
		a->proc = mode;
		return;
	case SYS:
		a->sys = mode;
		return;
	case CGROUP:
		a->cgroup = mode;
		a->cgroup_full = w->full;
		a->cgroup2 = w->unified;
		a->cgroup_force = force || w->forced;
		return;
	}
}

/* NAME[:MODE][:force] */
static int auto_token(struct conf_mount_auto *a, char *const *parts)
{
	const struct auto_word *w = *parts ? find_word(*parts++) : NULL;
	bool force = false;

	if (!w)
		return -EINVAL;
	int mode = w->plain;

	if (*parts && strcmp(*parts, FORCE))
		mode = find_mode(w, *parts++);
	if (mode >= 0 && *parts && !strcmp(*parts, FORCE) && w->family == CGROUP) {
		force = true;
		parts++;
	}
	if (mode < 0 || *parts)
		return -EINVAL;
	auto_set(a, w, (enum conf_auto_mode)mode, force);
	return 0;
}

static int auto_shmounts(struct conf_mount_auto *a, const char *paths)
{
	size_t n = strcspn(paths, ":");
	const char *inside = paths[n] && paths[n + 1] ? paths + n + 1
						      : "/dev/.lxc-mounts";
	_cleanup_free_ char *host = strndup(paths, n), *container = strdup(inside);

	if (!host || !container)
		return -ENOMEM;
	if (!n)
		return -EINVAL;
	free(a->shmounts_host);
	free(a->shmounts_container);
	a->shmounts_host = steal_ptr(host);
	a->shmounts_container = steal_ptr(container);
	return 0;
}

static int auto_add(struct conf_mount_auto *a, const char *token)
{
	if (!strncmp(token, SHMOUNTS, strlen(SHMOUNTS)))
		return auto_shmounts(a, token + strlen(SHMOUNTS));

	_cleanup_strv_ char **parts = strv_split(token, ":");

	return parts ? auto_token(a, parts) : -ENOMEM;
}

static int mount_auto_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	_cleanup_strv_ char **tokens = strv_split(value, BLANKS);

	if (!tokens)
		return conf_no_memory(it, err);
	for (char **t = tokens; *t; t++) {
		int r = auto_add(&c->mount_auto, *t);

		if (r == -ENOMEM)
			return conf_no_memory(it, err);
		if (r == 0)
			continue;
		(void)conf_fault_value(it, *t, err, "is not an automatic mount");
		error_hint(err, "use proc[:mixed|:rw], sys[:mixed|:ro|:rw], "
				"cgroup[:mixed|:ro|:rw][:force], cgroup-full…, "
				"cgroup2[:ro] or shmounts:HOST[:CONTAINER]");
		return -EINVAL;
	}
	return 0;
}

static void print_family(struct buf *out, const char *name, enum conf_auto_mode mode)
{
	if (mode == AUTO_NONE)
		return;
	buf_printf(out, "%s%s", out->size ? " " : "", name);
	if (mode != AUTO_DEFAULT)
		buf_printf(out, ":%s", mode_names[mode]);
}

/* Not said, as ever: force, cgroup2 and shmounts. */
static int mount_auto_print(const struct conf *c, const struct conf_item *it,
			    struct buf *out)
{
	const struct conf_mount_auto *a = &c->mount_auto;
	_cleanup_buf_ struct buf words = {};

	print_family(&words, "proc", a->proc);
	print_family(&words, "sys", a->sys);
	if (!a->cgroup2)
		print_family(&words, a->cgroup_full ? "cgroup-full" : "cgroup",
			     a->cgroup);
	buf_add(out, words.data, words.size);
	return buf_status(&words);
}

static int mount_auto_clear(struct conf *c, const struct conf_item *it)
{
	free(c->mount_auto.shmounts_host);
	free(c->mount_auto.shmounts_container);
	c->mount_auto = (struct conf_mount_auto){};
	return 0;
}

const struct conf_type conf_type_mount_auto = { "mount-auto", mount_auto_parse,
						mount_auto_print, mount_auto_clear };
