/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts as descriptors: made detached (fsopen(2), open_tree(2)), attached to the descriptor
 * of a target (move_mount(2)).  Plain functions: a descriptor or 0, or -errno.
 */
#ifndef MOUNT_TREE_H
#define MOUNT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A new file system: type, source (NULL: the type), data (comma list or NULL), attributes
 * MOUNT_ATTR_*.  When it fails and why is not NULL, what the kernel says goes there.
 */
int tree_make(const char *type, const char *source, const char *data, uint64_t attr,
	      char *why, size_t why_size);

/* A copy of the mount at path below dir (path "" for dir itself), with its submounts. */
int tree_copy(int dir, const char *path, bool recursive);

/* Attach a detached tree on the object behind the descriptor target. */
int tree_attach(int tree, int target);

/* Change attributes of the mount behind fd (its root), or of all below, too. */
int tree_set(int fd, uint64_t attr_set, uint64_t attr_clear, bool recursive);

/*
 * Show the owners of a detached tree through a user namespace: an id of the file system is what
 * it is inside, and outside what the namespace maps it to.  Linux 5.12, each file system by
 * itself: -EINVAL where one cannot.
 */
int tree_idmap(int fd, int user_namespace, bool recursive);

/* Change propagation: MS_PRIVATE and so on. */
int tree_propagate(int fd, uint64_t propagation, bool recursive);

#endif
