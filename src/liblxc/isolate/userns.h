/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * User namespaces, as the monitor makes them: system calls and ready-made text only.  Results
 * are 0 (or a descriptor) or -errno.
 */
#ifndef ISOLATE_USERNS_H
#define ISOLATE_USERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How the maps of a process are written; texts as of idmap_print(). */
struct userns_maps {
	const char *uid_map, *gid_map;
	const char *newuidmap, *newgidmap; /* programs that may do it; NULL: we may */
	bool deny_setgroups; /* the kernel's condition for an own group without rights */
};

/* Write the maps of a process; what a program said last goes to why, if it is not NULL. */
int userns_map(pid_t pid, const struct userns_maps *maps, char *why, size_t size);

/* The user namespace of a process as a descriptor. */
int userns_open(pid_t pid);

/*
 * Clone a process into a new user namespace, and into those of flags: its process id, and what
 * userns_release() takes; 0 in the process itself, which then has its maps, and ids that they
 * need not have.
 */
pid_t userns_clone(unsigned long flags, int exit_signal, int *ret_go);

/* Map its ids, and let it go; when that fails it ends by itself. */
int userns_release(pid_t pid, int go, const struct userns_maps *maps, char *why,
		   size_t size);

/* A user namespace that nobody lives in, as a descriptor: for idmapped mounts. */
int userns_make(const struct userns_maps *maps);

/*
 * Run function(data) in a process of its own whose user namespace has these maps, as its ids
 * 0.  What it returns, 0 or -errno up to 127.
 */
int userns_call(const struct userns_maps *maps, int (*function)(void *data), void *data,
		char *why, size_t size);

#endif
