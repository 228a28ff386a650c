/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What went wrong, where, and what to do about it.
 *
 * Every function of this library that fails sets the last error of the calling thread.
 * It stays until the next failure in that thread, or lxc_error_clear_last().  An error
 * has a code, an errno, a list of frames (operation and object, the most general first)
 * and perhaps a hint.  Rendered it reads
 *
 *     start c1: mount /srv/data on srv: no such file or directory
 *
 * All functions: any thread; since 7.0.0; see errno(3) for the errno values.
 */
#ifndef LXC_ERROR_H
#define LXC_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lxc_error;

/* Kinds of failure a program may want to tell apart.  Grows only at the end. */
enum lxc_error_code {
	LXC_ERROR_NONE = 0,
	LXC_ERROR_SYSTEM = 1, /* the kernel refused: see the errno */
	LXC_ERROR_INVALID = 2, /* an argument, a name or a configuration value */
	LXC_ERROR_NOT_FOUND = 3,
	LXC_ERROR_EXISTS = 4,
	LXC_ERROR_BUSY = 5, /* in use, running, locked by somebody else */
	LXC_ERROR_NOT_RUNNING = 6,
	LXC_ERROR_PERMISSION = 7,
	LXC_ERROR_UNSUPPORTED = 8, /* by this kernel, or by this version of the library */
	LXC_ERROR_TIMEOUT = 9,
	LXC_ERROR_CANCELED = 10,
	LXC_ERROR_NO_MEMORY = 11,
	LXC_ERROR_PROGRAM = 12, /* a program that was run failed: a hook, a template */
};

/*
 * The last error of this thread, or NULL when nothing failed yet.  The object belongs to
 * the library and is valid until the next call into the library from the same thread.
 */
const struct lxc_error *lxc_last_error(void);

/* Forget the last error of this thread. */
void lxc_error_clear_last(void);

/* The kind of failure; LXC_ERROR_NONE for NULL. */
enum lxc_error_code lxc_error_code(const struct lxc_error *error);

/* The errno value behind it, or 0. */
int lxc_error_errno(const struct lxc_error *error);

/* The one-line text, without hint and without newline.  Never NULL; borrowed. */
const char *lxc_error_message(const struct lxc_error *error);

/* What to do about it, one line, or NULL.  Borrowed. */
const char *lxc_error_hint(const struct lxc_error *error);

/* Number of frames. */
size_t lxc_error_frames(const struct lxc_error *error);

/*
 * Frame number index (0 is the most general) into *ret_operation and *ret_object, either
 * of which may be NULL; the texts are borrowed.  Returns 0, or -EINVAL when there is no
 * such frame.
 */
int lxc_error_frame(const struct lxc_error *error, size_t index,
		    const char **ret_operation, const char **ret_object);

/*
 * The error as one JSON object:
 *   {"code":"not-found","errno":2,"message":"…","frames":[{"operation":"…","object":"…"}],
 *    "hint":"…"}
 * The caller frees the text.  NULL only when memory is exhausted.
 */
char *lxc_error_json(const struct lxc_error *error);

/* Name of a code as it stands in the JSON form: "not-found".  Static. */
const char *lxc_error_code_name(enum lxc_error_code code);

#ifdef __cplusplus
}
#endif

#endif
