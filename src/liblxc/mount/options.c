/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount options as text, taken apart for the mount calls. */
#include "mount/options.h"

#include <string.h>
#include <sys/mount.h>

#include "util/buf.h"
#include "util/strv.h"
#include "util/syscall.h"

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

/* clang-format off */
static const struct {
	const char *name;
	uint64_t set, clear;
} attributes[] = {
	{ "atime",         0,                       MOUNT_ATTR__ATIME },
	{ "defaults",      0,                       0 },
	{ "dev",           0,                       MOUNT_ATTR_NODEV },
	{ "diratime",      0,                       MOUNT_ATTR_NODIRATIME },
	{ "exec",          0,                       MOUNT_ATTR_NOEXEC },
	{ "noatime",       MOUNT_ATTR_NOATIME,      MOUNT_ATTR__ATIME },
	{ "nodev",         MOUNT_ATTR_NODEV,        0 },
	{ "nodiratime",    MOUNT_ATTR_NODIRATIME,   0 },
	{ "noexec",        MOUNT_ATTR_NOEXEC,       0 },
	{ "norelatime",    0,                       MOUNT_ATTR__ATIME },
	{ "nostrictatime", 0,                       MOUNT_ATTR__ATIME },
	{ "nosuid",        MOUNT_ATTR_NOSUID,       0 },
	{ "nosymfollow",   MOUNT_ATTR_NOSYMFOLLOW,  0 },
	{ "relatime",      MOUNT_ATTR_RELATIME,     MOUNT_ATTR__ATIME },
	{ "ro",            MOUNT_ATTR_RDONLY,       0 },
	{ "rw",            0,                       MOUNT_ATTR_RDONLY },
	{ "strictatime",   MOUNT_ATTR_STRICTATIME,  MOUNT_ATTR__ATIME },
	{ "suid",          0,                       MOUNT_ATTR_NOSUID },
	/* a default, and what kernels no longer have */
	{ "async", 0, 0 }, { "mand", 0, 0 }, { "nomand", 0, 0 },
};

static const struct {
	const char *name;
	uint64_t propagation;
	bool recursive;
} propagations[] = {
	{ "private",     MS_PRIVATE,    false }, { "rprivate",    MS_PRIVATE,    true },
	{ "shared",      MS_SHARED,     false }, { "rshared",     MS_SHARED,     true },
	{ "slave",       MS_SLAVE,      false }, { "rslave",      MS_SLAVE,      true },
	{ "unbindable",  MS_UNBINDABLE, false }, { "runbindable", MS_UNBINDABLE, true },
};
/* clang-format on */

void mount_options_done(struct mount_options *o)
{
	free(o->idmap);
	free(o->owner);
	free(o->data);
	*o = (struct mount_options){};
}

static bool take_attribute(struct mount_options *o, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (strcmp(word, attributes[i].name))
			continue;
		o->attr_clear |= attributes[i].clear;
		o->attr_set &= ~attributes[i].clear;
		o->attr_set |= attributes[i].set;
		if (!(attributes[i].set & MOUNT_ATTR__ATIME))
			o->attr_clear &= ~attributes[i].set;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(propagations); i++) {
		if (strcmp(word, propagations[i].name))
			continue;
		o->propagation = propagations[i].propagation;
		o->propagation_recursive = propagations[i].recursive;
		return true;
	}
	return false;
}

static bool take_switch(struct mount_options *o, const char *word)
{
	const struct {
		const char *name;
		bool *member;
	} switches[] = {
		{ "bind", &o->bind },
		{ "rbind", &o->bind },
		{ "move", &o->move },
		{ "remount", &o->remount },
		{ "sync", &o->sync },
		{ "dirsync", &o->dirsync },
		{ "lazytime", &o->lazytime },
		{ "create=dir", &o->create_dir },
		{ "create=file", &o->create_file },
		{ "optional", &o->optional },
		{ "relative", &o->relative },
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		if (strcmp(word, switches[i].name))
			continue;
		*switches[i].member = true;
		if (*word == 'r' && !strcmp(word, "rbind"))
			o->recursive = true;
		return true;
	}
	return false;
}

/* 1: taken, 0: none of ours. */
static int take_value(struct mount_options *o, const char *word)
{
	char **member = !strncmp(word, "idmap=", 6)   ? &o->idmap
			: !strncmp(word, "owner=", 6) ? &o->owner
						      : NULL;

	if (!member)
		return 0;
	free(*member);
	*member = strdup(strchr(word, '=') + 1);
	return *member ? 1 : -ENOMEM;
}

int mount_options_parse(const char *text, struct mount_options *ret)
{
	_cleanup_mount_options_ struct mount_options o = {};
	_cleanup_strv_ char **words = strv_split(text, ",");
	_cleanup_buf_ struct buf data = {};

	if (!words)
		return -ENOMEM;
	for (char **w = words; *w; w++) {
		if (take_attribute(&o, *w) || take_switch(&o, *w))
			continue;
		int r = take_value(&o, *w);
		if (r < 0)
			return r;
		if (r == 0)
			buf_printf(&data, "%s%s", data.size ? "," : "", *w);
	}
	if (data.failed)
		return -ENOMEM;
	o.data = steal_ptr(data.data);
	*ret = o;
	o = (struct mount_options){};
	return 0;
}

/* "\040" and its like, in place: fstab(5). */
static void decode(char *text)
{
	char *out = text;

	for (const char *p = text; *p; out++) {
		bool escaped = p[0] == '\\' && p[1] >= '0' && p[1] <= '3' &&
			       p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7';

		*out = escaped ? (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 |
					(p[3] - '0'))
			       : *p;
		p += escaped ? 4 : 1;
	}
	*out = '\0';
}

void mount_entry_done(struct mount_entry *e)
{
	free(e->source);
	free(e->target);
	free(e->type);
	mount_options_done(&e->options);
	*e = (struct mount_entry){};
}

int mount_entry_parse(const char *line, struct mount_entry *ret)
{
	_cleanup_strv_ char **fields = strv_split(line, " \t");
	size_t n = strv_size(fields);

	if (!fields)
		return -ENOMEM;
	if (n < 3)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		decode(fields[i]);
	struct mount_entry e = {
		.source = strdup(fields[0]),
		.target = strdup(fields[1]),
		.type = strdup(fields[2]),
	};
	int r = mount_options_parse(n > 3 ? fields[3] : "", &e.options);
	if (r < 0 || !e.source || !e.target || !e.type) {
		mount_entry_done(&e);
		return -ENOMEM;
	}
	*ret = e;
	return 0;
}
