/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one error object.  An operation that fails sets it where the call failed, callers
 * wrap it with what they know, and it travels as it is: from a container's child to the
 * monitor to the library to the tool.  It is one flat record without pointers, so that
 * a socket can carry it.
 *
 * In every function err may be NULL, and *err may be NULL (no error yet) or an error that
 * is then replaced (error_set) or added to (error_wrap, error_hint).
 */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#include <lxc/error.h>
#include <stdint.h>

#include "util/macro.h"

/* Room for all texts of an error: with the header a record stays below 4 KiB. */
#define ERROR_TEXT_MAX 3584
#define ERROR_FRAMES_MAX 12

struct error_frame {
	uint16_t operation; /* offsets into text */
	uint16_t object;
};

struct lxc_error {
	uint32_t code; /* enum lxc_error_code */
	int32_t errnum;
	uint16_t n_frames; /* the last is the most general */
	uint16_t hint; /* offset into text, 0: none */
	uint16_t detail; /* what the kernel or a program said about it, 0: none */
	uint16_t used; /* bytes of text in use; text[0] is always NUL */
	struct error_frame frames[ERROR_FRAMES_MAX];
	char text[ERROR_TEXT_MAX];
	char message[ERROR_TEXT_MAX]; /* rendered on demand, never sent */
};

/* How much of an error has to be sent. */
size_t error_size(const struct lxc_error *e);

/*
 * Set the error: errno -r, first frame {operation, object}.  The object is a printf format.
 * Returns r, which must be negative.
 */
int error_set(struct lxc_error **err, int r, const char *operation, const char *object,
	      ...) _printf_(4, 5);

/* As error_set() with a code that the errno does not tell by itself. */
int error_set_code(struct lxc_error **err, int r, enum lxc_error_code code,
		   const char *operation, const char *object, ...) _printf_(5, 6);

/* Add a more general frame in front.  Returns r. */
int error_wrap(struct lxc_error **err, int r, const char *operation, const char *object,
	       ...) _printf_(4, 5);

/* The remedy; the first one stays. */
void error_hint(struct lxc_error **err, const char *hint, ...) _printf_(2, 3);

/*
 * What was wrong in words better than strerror()'s, which it replaces in the message:
 * "already running".  The first one stays.
 */
void error_detail(struct lxc_error **err, const char *detail, ...) _printf_(2, 3);

/* Rebuild an error from a record that error_size() bytes were sent of.  -EBADMSG if broken. */
int error_from_record(struct lxc_error **err, const void *record, size_t size);

/* Render into e->message, which is returned. */
const char *error_message(struct lxc_error *e);

struct lxc_error *error_free(struct lxc_error *e);
DEFINE_FREE(struct lxc_error, error_free)
void error_clear(struct lxc_error **err);

/* The code that an errno value (positive) stands for. */
enum lxc_error_code error_code_of(int errnum);

#endif
