/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of a policy to a filter program by libseccomp, which is loaded for this.  (Apart
 * from seccomp.h, as libseccomp's header also declares a seccomp_load.)
 */
#ifndef ISOLATE_SECCOMP_BUILD_H
#define ISOLATE_SECCOMP_BUILD_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* A policy file, and what the configuration adds to it. */
struct seccomp_source {
	const char *path; /* for errors */
	const char *text; /* of the file */
	const char *rules; /* of intercepts, lines of version 2; NULL: none */
};

/*
 * *ret_whole tells that every system call was known: a newer libseccomp may do better
 * otherwise.
 */
int seccomp_build(const struct seccomp_source *source, struct sock_filter **ret,
		  size_t *ret_n, bool *ret_whole, struct lxc_error **err);

#endif
