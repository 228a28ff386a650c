/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last failed start of a container: its error, as it is, in a file in the container's
 * directory, so that it goes where the container goes.  A start that succeeds removes it.
 */
#ifndef CORE_FAILURE_H
#define CORE_FAILURE_H

#include <stdint.h>

#include "util/error.h"

struct lxc_failure {
	int64_t time; /* seconds since 1970 */
	struct lxc_error *error; /* rendered */
};

struct lxc_failure *failure_free(struct lxc_failure *f);
DEFINE_FREE(struct lxc_failure, failure_free)

/* Keep an error; nothing is made for a container without a directory.  0 or -errno. */
int failure_save(const char *lxcpath, const char *name, const struct lxc_error *error);

/* There is none any more: one system call when there was none before. */
void failure_clear(const char *lxcpath, const char *name);

/* -ENOENT when there is none, -EBADMSG when it was not written by this version. */
int failure_load(const char *lxcpath, const char *name, struct lxc_failure **ret);

#endif
