/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts as descriptors. */
#include "mount/tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "util/macro.h"
#include "util/syscall.h"

#define DATA_MAX 4096 /* mount(2)'s own limit: one page */

/* The kernel's messages: "e type: text", one per read(2); the last one tells most. */
static void read_why(int fs, char *why, size_t size)
{
	char text[256];

	for (;;) {
		ssize_t n = read(fs, text, sizeof(text) - 1);

		if (n <= 0)
			return;
		text[n] = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (text[0] == 'e' && text[1] == ' ')
			(void)snprintf(why, size, "%s", text + 2);
	}
}

static int configure(int fs, const char *source, const char *data)
{
	char copy[DATA_MAX];
	int r = sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", source, 0);

	if (r < 0 || !data)
		return r;
	if (strlen(data) >= sizeof(copy))
		return -E2BIG;
	(void)snprintf(copy, sizeof(copy), "%s", data);
	for (char *word = copy, *next; word && r == 0; word = next) {
		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		char *value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		if (*word)
			r = value ? sys_fsconfig(fs, FSCONFIG_SET_STRING, word, value, 0)
				  : sys_fsconfig(fs, FSCONFIG_SET_FLAG, word, NULL, 0);
	}
	return r;
}

int tree_make(const char *type, const char *source, const char *data, uint64_t attr,
	      char *why, size_t why_size)
{
	_cleanup_close_ int fs = sys_fsopen(type, FSOPEN_CLOEXEC);

	if (fs < 0)
		return fs;
	int r = configure(fs, source ? source : type, data);
	/* a read-only mount of a device must not write to it, not even its journal */
	if (r == 0 && (attr & MOUNT_ATTR_RDONLY) && source && *source == '/')
		r = sys_fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0);
	if (r == 0)
		r = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (r == 0)
		r = sys_fsmount(fs, FSMOUNT_CLOEXEC, attr);
	if (r < 0 && why)
		read_why(fs, why, why_size);
	return r;
}

int tree_copy(int dir, const char *path, bool recursive)
{
	return sys_open_tree(dir, path,
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
				     (recursive ? AT_RECURSIVE : 0));
}

int tree_attach(int tree, int target)
{
	return sys_move_mount(tree, "", target, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* Before mount_setattr(2), Linux 5.12: by a path, and not for the mounts below. */
static int set_by_path(int fd, unsigned long flags)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return mount(NULL, path, NULL, flags, NULL) < 0 ? -errno : 0;
}

static unsigned long old_flags(uint64_t attr)
{
	return (attr & MOUNT_ATTR_RDONLY ? MS_RDONLY : 0) |
	       (attr & MOUNT_ATTR_NOSUID ? MS_NOSUID : 0) |
	       (attr & MOUNT_ATTR_NODEV ? MS_NODEV : 0) |
	       (attr & MOUNT_ATTR_NOEXEC ? MS_NOEXEC : 0) |
	       (attr & MOUNT_ATTR_NODIRATIME ? MS_NODIRATIME : 0) |
	       (attr & MOUNT_ATTR_NOATIME ? MS_NOATIME : 0);
}

int tree_set(int fd, uint64_t attr_set, uint64_t attr_clear, bool recursive)
{
	struct mount_attr attr = { .attr_set = attr_set, .attr_clr = attr_clear };

	if (!attr_set && !attr_clear)
		return 0;
	if (attr_set & MOUNT_ATTR__ATIME)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	int r = sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
				  &attr, sizeof(attr));
	return r == -ENOSYS ? set_by_path(fd, MS_REMOUNT | MS_BIND | old_flags(attr_set))
			    : r;
}

int tree_idmap(int fd, int user_namespace, bool recursive)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP,
				   .userns_fd = user_namespace };

	return sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
				 &attr, sizeof(attr));
}

int tree_propagate(int fd, uint64_t propagation, bool recursive)
{
	struct mount_attr attr = { .propagation = propagation };

	if (!propagation)
		return 0;
	int r = sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
				  &attr, sizeof(attr));
	return r == -ENOSYS ? set_by_path(fd, propagation | (recursive ? MS_REC : 0)) : r;
}
