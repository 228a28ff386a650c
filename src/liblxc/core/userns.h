/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work as the root of a user namespace, in a process of its own: what a user without rights
 * needs in order to make, give and remove files of mapped ids.  The process is the monitor
 * program in a further role, with a small plan: the caller is never forked.
 */
#ifndef CORE_USERNS_H
#define CORE_USERNS_H

#include "isolate/idmap.h"
#include "util/wait.h"

struct userns_work {
	const struct idmap *map;
	uint32_t uid, gid; /* inside, of the program */
	/* a program: argv, and its path where argv[0] is not searched in PATH; or the two below */
	const char *program;
	char *const *argv;
	/* paths to give to uid and gid, as they are: no tree */
	char *const *give;
	/* a tree to remove: the directory it lies in, and its name */
	const char *directory, *remove;
	bool quiet; /* 0, 1 and 2 are /dev/null */
	const char *what; /* for errors: "template" */
};

/*
 * Do it, and wait for the end: the wait(2) status in *ret_status, which may be NULL unless there
 * is a program.  -errno: it has not come to that; a program that cannot be executed ends with
 * 126 or 127 and sets *err.
 */
int userns_work(const struct userns_work *w, int *ret_status, struct lxc_error **err);

#endif
