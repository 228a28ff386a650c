/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's directory: made as a whole by a create, removed by a destroy.
 *
 * While a template works, the file "partial" lies in the directory, locked; present and not
 * locked it tells of an interrupted creation.
 */
#ifndef CORE_CREATE_H
#define CORE_CREATE_H

#include "conf/conf.h"

/* What a destroyed container's directory is called until it is gone: this and the name. */
#define CREATE_TRASH ".destroyed-"

struct create_request {
	const char *name, *lxcpath;
	struct conf *conf; /* gets lxc.rootfs.path and, for auto, lxc.idmap */
	const char *template; /* name, absolute path, or NULL */
	const char *storage; /* NULL: dir */
	const char *directory; /* root file system elsewhere, or NULL */
	char *const *argv; /* for the template */
	bool quiet;
};

/* Nothing stays behind when it fails. */
int create_container(const struct create_request *q, struct lxc_error **err);

/* -EEXIST with the remedy. */
int create_exists(const struct create_request *q, struct lxc_error **err);

/* Whether a creation was cut short: there is something to destroy, but no container. */
bool create_is_interrupted(const char *lxcpath, const char *name);

int create_destroy(const char *lxcpath, const char *name, const struct conf *conf,
		   struct lxc_error **err);

#endif
