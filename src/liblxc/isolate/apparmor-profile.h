/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of a generated AppArmor profile, and the program that a profile is compiled to.
 *
 * AppArmor judges paths as the container sees them.  What must stay closed is therefore closed
 * twice: by denying writes below /proc and /sys, and, unless nesting is allowed, by allowing
 * those file systems nowhere else.
 */
#ifndef ISOLATE_APPARMOR_PROFILE_H
#define ISOLATE_APPARMOR_PROFILE_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"

struct apparmor_profile {
	const char *name;
	const char *space; /* policy namespace stacked below it, or NULL */
	bool allow_nesting;
	bool has_user_namespace;
	bool has_cgroup_namespace;
	bool has_exact_parser; /* that compiles what mount rules say */
	char *const *raw; /* lines added at the end, or NULL */
	char *const *classes; /* of rules that newer kernels and parsers know, or NULL */
};

/*
 * The names of a container's profile, "lxc-NAME_<LXCPATH>", and of its policy namespace; a hash
 * of that where it is too long or has characters that mean something in a profile.  0 or -ENOMEM.
 */
int apparmor_names(const char *name, const char *lxcpath, char **ret_profile,
		   char **ret_space);

void apparmor_profile_print(const struct apparmor_profile *p, struct buf *out);

/*
 * A rule for every path below dir but those in names, a NULL-terminated list of names that may
 * end in '*'.  What lies below those is not in it either.
 */
void apparmor_print_outside(struct buf *out, const char *before, const char *dir,
			    const char *const *names, const char *after);

/* Whether apparmor_parser(8) has no CVE-2016-1585.  The answer is kept below cache. */
bool apparmor_parser_is_exact(const char *cache);

/* The same by its version. */
bool apparmor_version_is_exact(const char *version);

/*
 * Compile a profile with apparmor_parser(8): what the kernel's .replace takes.  The result for
 * the same text is found again below the directory cache, NULL: none.
 */
int apparmor_compile(const char *text, const char *what, const char *cache,
		     void **ret_program, size_t *ret_size, struct lxc_error **err);

#endif
