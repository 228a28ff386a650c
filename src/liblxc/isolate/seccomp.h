/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System call filters: a policy file to a filter program in the library (seccomp.c, loads
 * libseccomp when the program is not cached), the program to the calling process in the child
 * (seccomp-load.c, system calls only).  Policy files: config-keys, "Policy file".
 */
#ifndef ISOLATE_SECCOMP_H
#define ISOLATE_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct seccomp_program {
	struct sock_filter *filter;
	size_t n;
};

/* --- library --- */

void seccomp_program_done(struct seccomp_program *p);
#define _cleanup_seccomp_program_ _cleanup_(seccomp_program_done)

/*
 * The program for a policy file with further rules, one of which may be NULL.  0, or -errno: a
 * file that cannot be read, a fault in it ("seccomp FILE:LINE: …"), or libseccomp missing.
 */
int seccomp_compile(const char *policy_file, const char *rules,
		    struct seccomp_program *ret, struct lxc_error **err);

/* With the programs kept below cache_dir; NULL: kept nowhere. */
int seccomp_compile_rules(const char *cache_dir, const char *policy_file,
			  const char *rules, struct seccomp_program *ret,
			  struct lxc_error **err);

/* That of a file alone. */
int seccomp_compile_cached(const char *cache_dir, const char *policy_file,
			   struct seccomp_program *ret, struct lxc_error **err);

/* Whether the calling thread is under a filter already (see lxc.seccomp.allow_nesting). */
bool seccomp_is_confined(void);

/* --- child: no heap --- */

/* Whether some call is to be decided by whoever holds the filter's listener. */
bool seccomp_notifies(const struct sock_filter *filter, size_t n);

/*
 * Put the calling thread under the filter, which needs CAP_SYS_ADMIN in its user namespace or
 * no_new_privs: 0 or -errno.  The second also makes the listener of a filter that notifies.
 */
int seccomp_load(const struct sock_filter *filter, size_t n);
int seccomp_load_listener(const struct sock_filter *filter, size_t n);

#endif
