/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroup directories as the monitor handles them: made, entered without waiting, removed.
 * Plain functions, no heap: results >= 0 or -errno.
 *
 * Writing a process id to cgroup.procs waits for an RCU grace period, 8 to 15 ms.  Nothing
 * here does it: processes are born into the unified hierarchy (CLONE_INTO_CGROUP), and a
 * single-threaded process enters a v1 hierarchy by writing "0" to its tasks file.
 */
#ifndef CGROUP_DIR_H
#define CGROUP_DIR_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUP_PATH_MAX 512

/*
 * Make the directory path ("lxc.payload.c1", or with parents) below the directory base, and
 * open it unless that is not needed.  -EEXIST when the last component exists.
 */
int cgroup_make(const char *base, const char *path);
int cgroup_make_only(const char *base, const char *path);

/* Open a file of the cgroup path below base; "" is the directory itself. */
int cgroup_open(const char *base, const char *path, const char *file, int flags);

/*
 * Hand every available controller of base down to the parents of path (not to the last
 * component): unified hierarchy only.
 */
int cgroup_delegate(const char *base, const char *path);

/* A new cpuset can hold no task until it has CPUs and memory nodes: take the parent's. */
int cgroup_fill_cpuset(int dir);

/*
 * Whether nobody has been in path below base for a while: it holds no process, and is not so
 * new that its owner may just be about to enter.  Unified hierarchy only.
 */
bool cgroup_is_abandoned(const char *base, const char *path);

/* Write value to a file of the cgroup. */
int cgroup_write(int dir, const char *file, const char *value);

/*
 * Remove path below base.  What still lies in it is removed first; processes that are still
 * in it are killed when kill is set (unified hierarchy), otherwise -EBUSY.
 */
int cgroup_remove(const char *base, const char *path, bool kill);

#endif
