/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount options as text, fstab(5), taken apart for the mount calls: mount(8). */
#ifndef MOUNT_OPTIONS_H
#define MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct mount_options {
	uint64_t attr_set, attr_clear; /* MOUNT_ATTR_* */
	uint64_t propagation; /* MS_PRIVATE, MS_SHARED, MS_SLAVE, MS_UNBINDABLE or 0 */
	bool propagation_recursive;
	bool bind, recursive;
	bool move, remount;
	bool sync, dirsync, lazytime; /* of the file system, not of the mount */
	bool create_dir, create_file;
	bool optional;
	bool relative;
	char *idmap, *owner; /* values of idmap= and owner=, or NULL */
	char *data; /* what goes to the file system, comma-joined; NULL: nothing */
};

void mount_options_done(struct mount_options *o);
#define _cleanup_mount_options_ _cleanup_(mount_options_done)

/* Take a comma list apart.  -ENOMEM only: what is unknown goes to the file system. */
int mount_options_parse(const char *text, struct mount_options *ret);

/* One fstab line: decoded fields.  -EINVAL when there are fewer than three. */
struct mount_entry {
	char *source, *target, *type;
	struct mount_options options;
};

int mount_entry_parse(const char *line, struct mount_entry *ret);
void mount_entry_done(struct mount_entry *e);
#define _cleanup_mount_entry_ _cleanup_(mount_entry_done)

#endif
