/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that name files and containers.  Nothing here touches a file system. */
#ifndef UTIL_PATH_H
#define UTIL_PATH_H

#include <stdbool.h>

#include "util/error.h"

/* Double slashes, "./" and trailing slashes removed, ".." kept; NULL without memory. */
char *path_simplify(const char *path);

/* "a/b", with exactly one slash between; NULL without memory. */
char *path_join(const char *a, const char *b);

/* Whether a component of the path is "..". */
bool path_has_dotdot(const char *path);

/*
 * The directory for state that ends with the machine's run time: /run for root, otherwise
 * $XDG_RUNTIME_DIR, or $HOME/.cache/lxc/run.  Borrowed: until the thread's next call.
 */
const char *path_runtime(void);

/*
 * Whether a name may be given to a new object: [A-Za-z0-9][A-Za-z0-9_.-]{0,62}.  Otherwise
 * -EINVAL or -ENAMETOOLONG and an error that quotes the name printably.
 */
int path_check_name(const char *name, struct lxc_error **err);

/*
 * Whether a name may be used to look for an existing object, which may be older than the
 * rule above: not empty, not "." or "..", no '/', no control character, below 256 bytes.
 */
int path_check_old_name(const char *name, struct lxc_error **err);

#endif
