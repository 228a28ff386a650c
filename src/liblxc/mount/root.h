/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places below a container's root, which an enemy may have prepared.  A path is resolved
 * once, by the kernel, as if root were "/": no link leads out of it, and the magic links of
 * procfs are refused (openat2(2), RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS).  What comes back
 * is a descriptor, and only descriptors are used from then on.
 *
 * Plain functions: a descriptor or 0, or -errno.
 */
#ifndef MOUNT_ROOT_H
#define MOUNT_ROOT_H

#include <sys/types.h>

/* open(2) with flags below root. */
int root_open(int root, const char *path, int flags);

/* O_PATH descriptor of a directory, made with its parents (0755) unless there. */
int root_ensure_dir(int root, const char *path);

/* O_PATH descriptor of a file to mount on: an empty one (mode 0) is made unless there. */
int root_ensure_file(int root, const char *path);

/* O_PATH descriptor of the directory that holds path, and its last component in *ret_name. */
int root_parent(int root, const char *path, const char **ret_name);

#endif
