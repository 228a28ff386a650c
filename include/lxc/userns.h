/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program in a user namespace of its own: user_namespaces(7).
 *
 *     const char *maps[] = { "b:0:100000:65536", NULL };
 *     char *argv[] = { "chown", "-R", "0:0", "/srv/c1/rootfs", NULL };
 *     int status = lxc_userns_run(&(struct lxc_userns_options){
 *             .size = sizeof(struct lxc_userns_options), .maps = maps }, argv);
 *
 * makes a tree the property of the ids that root and the users of a container with that map are
 * outside.
 */
#ifndef LXC_USERNS_H
#define LXC_USERNS_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero means the default in each member. */
struct lxc_userns_options {
	size_t size; /* set by the caller: sizeof(struct lxc_userns_options) */
	/*
	 * "KIND:INSIDE:HOST:COUNT", NULL-terminated: KIND is u for users, g for groups, b for
	 * both.  NULL: all that the first line of /etc/subuid and of /etc/subgid grants to the
	 * caller, from 0 on.
	 */
	const char *const *maps;
	int map_self; /* not 0: the caller's own ids as well, at the first that are free inside */
	uid_t uid; /* inside, of the program */
	gid_t gid;
};

/*
 * Run argv[0], searched in PATH, in a new user and mount namespace whose mounts are seen by
 * nobody else, and wait for it.  The program has the caller's environment and standard
 * descriptors, and no supplementary groups.
 *
 * The wait(2) status of the program; one that cannot be executed ends with 126 or 127 and also
 * sets the last error.  -1 and the last error when it has not come to that: without rights of
 * one's own, maps need newuidmap(1) and ids granted by subuid(5), but for a map of one's own
 * ids alone.
 *
 * Any thread; the caller is not forked, and SIGCHLD is raised for the program.  Since 7.0.0.
 */
int lxc_userns_run(const struct lxc_userns_options *options, char *const argv[]);

#ifdef __cplusplus
}
#endif

#endif
