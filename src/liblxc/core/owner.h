/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose a container's files are on disk.  With lxc.idmap they belong to the ids that its root
 * and users are outside, unless the root file system is mapped when it is mounted; so whoever
 * makes or removes them works as root of such a user namespace.
 */
#ifndef CORE_OWNER_H
#define CORE_OWNER_H

#include "conf/conf.h"

/* As many ids as a system has. */
#define OWNER_RANGE 65536

/* Make these lines the value of lxc.idmap. */
int owner_set_map(struct conf *conf, const struct idmap_line *lines, size_t n,
		  struct lxc_error **err);

/*
 * For a caller without rights and a configuration without lxc.idmap, or with auto: the map that
 * he may use.
 */
int owner_default_map(struct conf *conf, struct lxc_error **err);

/* Whether files on disk belong to mapped ids. */
bool owner_is_mapped(const struct conf *conf);

/* Give a path, not what lies in it, to the container's root. */
int owner_give_to_root(const struct conf *conf, char *path, struct lxc_error **err);

/* Take it back: the caller's own. */
int owner_take_back(const struct conf *conf, char *path, struct lxc_error **err);

/*
 * Run a template as root of the user namespace; argv gets --mapped-uid and --mapped-gid, the
 * caller's own ids inside.
 */
int owner_run_template(const struct conf *conf, char ***argv, const char *path,
		       bool quiet, struct lxc_error **err);

/* Remove the tree name in directory, as the caller where he can. */
int owner_remove(const struct conf *conf, int dir, const char *directory,
		 const char *name, struct lxc_error **err);

#endif
