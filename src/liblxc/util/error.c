/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error object.  Texts lie one behind the other in e->text; a text that no longer fits
 * is cut, an error that cannot be allocated is a static one that says so.
 */
#include "util/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static struct lxc_error no_memory = {
	.code = LXC_ERROR_NO_MEMORY,
	.errnum = ENOMEM,
	.used = 1,
	.message = "out of memory",
};

enum lxc_error_code error_code_of(int errnum)
{
	static const struct {
		int errnum;
		enum lxc_error_code code;
	} codes[] = {
		{ EINVAL, LXC_ERROR_INVALID },
		{ ENAMETOOLONG, LXC_ERROR_INVALID },
		{ E2BIG, LXC_ERROR_INVALID },
		{ ERANGE, LXC_ERROR_INVALID },
		{ ENOENT, LXC_ERROR_NOT_FOUND },
		{ ENODEV, LXC_ERROR_NOT_FOUND },
		{ ESRCH, LXC_ERROR_NOT_FOUND },
		{ EEXIST, LXC_ERROR_EXISTS },
		{ EBUSY, LXC_ERROR_BUSY },
		{ EADDRINUSE, LXC_ERROR_BUSY },
		{ ECONNREFUSED, LXC_ERROR_NOT_RUNNING },
		{ EACCES, LXC_ERROR_PERMISSION },
		{ EPERM, LXC_ERROR_PERMISSION },
		{ ENOSYS, LXC_ERROR_UNSUPPORTED },
		{ EOPNOTSUPP, LXC_ERROR_UNSUPPORTED },
		{ ETIMEDOUT, LXC_ERROR_TIMEOUT },
		{ ECANCELED, LXC_ERROR_CANCELED },
		{ ENOMEM, LXC_ERROR_NO_MEMORY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].errnum == errnum)
			return codes[i].code;
	return LXC_ERROR_SYSTEM;
}

static uint16_t add_text_v(struct lxc_error *e, const char *format, va_list args)
{
	uint16_t at = e->used;
	size_t room = sizeof(e->text) - at;

	if (room <= 1)
		return 0;
	int n = vsnprintf(e->text + at, room, format, args);
	if (n < 0)
		return 0;
	e->used = at + MIN((size_t)n, room - 1) + 1;
	return at;
}

static uint16_t add_text(struct lxc_error *e, const char *text)
{
	size_t room = sizeof(e->text) - e->used, n = strlen(text) + 1;
	uint16_t at = e->used;

	if (n > room)
		return 0;
	memcpy(e->text + at, text, n);
	e->used += n;
	return at;
}

static void add_frame(struct lxc_error *e, const char *operation, const char *object,
		      va_list args)
{
	if (e->n_frames == ERROR_FRAMES_MAX)
		return;
	struct error_frame *f = &e->frames[e->n_frames++];

	e->message[0] = '\0';

	f->operation = add_text(e, operation);
	f->object = add_text_v(e, object, args);
}

static struct lxc_error *replace(struct lxc_error **err, int r, enum lxc_error_code code)
{
	struct lxc_error *e = *err;

	if (!e || e == &no_memory)
		e = malloc(sizeof(*e));
	if (!e) {
		*err = &no_memory;
		return NULL;
	}
	memset(e, 0, offsetof(struct lxc_error, text));
	e->text[0] = e->message[0] = '\0';
	e->used = 1;
	e->errnum = -r;
	e->code = code;
	*err = e;
	return e;
}

int error_set(struct lxc_error **err, int r, const char *operation, const char *object,
	      ...)
{
	struct lxc_error *e = err ? replace(err, r, error_code_of(-r)) : NULL;
	va_list args;

	if (!e)
		return r;
	va_start(args, object);
	add_frame(e, operation, object, args);
	va_end(args);
	return r;
}

int error_set_code(struct lxc_error **err, int r, enum lxc_error_code code,
		   const char *operation, const char *object, ...)
{
	struct lxc_error *e = err ? replace(err, r, code) : NULL;
	va_list args;

	if (!e)
		return r;
	va_start(args, object);
	add_frame(e, operation, object, args);
	va_end(args);
	return r;
}

int error_wrap(struct lxc_error **err, int r, const char *operation, const char *object,
	       ...)
{
	va_list args;

	if (!err || *err == &no_memory)
		return r;
	if (!*err && !replace(err, r, error_code_of(-r)))
		return r;
	va_start(args, object);
	add_frame(*err, operation, object, args);
	va_end(args);
	return r;
}

static struct lxc_error *own(struct lxc_error **err)
{
	return err && *err && *err != &no_memory ? *err : NULL;
}

void error_hint(struct lxc_error **err, const char *hint, ...)
{
	struct lxc_error *e = own(err);
	va_list args;

	if (!e)
		return;
	if (!e->hint) {
		va_start(args, hint);
		e->hint = add_text_v(e, hint, args);
		va_end(args);
	}
}

void error_detail(struct lxc_error **err, const char *detail, ...)
{
	struct lxc_error *e = own(err);
	va_list args;

	if (!e)
		return;
	if (!e->detail) {
		e->message[0] = '\0';
		va_start(args, detail);
		e->detail = add_text_v(e, detail, args);
		va_end(args);
	}
}

size_t error_size(const struct lxc_error *e)
{
	return offsetof(struct lxc_error, text) + e->used;
}

/* Every offset must lie within the texts, and the texts must end with a NUL. */
static bool is_sound(const struct lxc_error *e, size_t size)
{
	if (!e->used || e->used > sizeof(e->text) || error_size(e) != size)
		return false;
	if (e->n_frames > ERROR_FRAMES_MAX || e->hint >= e->used || e->detail >= e->used)
		return false;
	for (size_t i = 0; i < e->n_frames; i++)
		if (e->frames[i].operation >= e->used || e->frames[i].object >= e->used)
			return false;
	return e->text[0] == '\0' && e->text[e->used - 1] == '\0';
}

int error_from_record(struct lxc_error **err, const void *record, size_t size)
{
	if (!err)
		return 0;
	if (size <= offsetof(struct lxc_error, text) ||
	    size > offsetof(struct lxc_error, message))
		return -EBADMSG;
	struct lxc_error *e = replace(err, -EBADMSG, LXC_ERROR_SYSTEM);
	if (!e)
		return -ENOMEM;
	memcpy(e, record, size);
	if (is_sound(e, size))
		return 0;
	error_clear(err);
	return -EBADMSG;
}

const char *error_message(struct lxc_error *e)
{
	size_t at = 0, room = sizeof(e->message);

	if (e->message[0] || e == &no_memory)
		return e->message;
	for (size_t i = e->n_frames; i-- > 0;) {
		const struct error_frame *f = &e->frames[i];
		const char *object = e->text + f->object;
		int n = snprintf(e->message + at, room - at,
				 "%s%s%s: ", e->text + f->operation, *object ? " " : "",
				 object);

		if (n < 0 || (size_t)n >= room - at)
			return e->message;
		at += n;
	}
	(void)snprintf(e->message + at, room - at, "%s",
		       e->detail ? e->text + e->detail : strerror(e->errnum));
	return e->message;
}

struct lxc_error *error_free(struct lxc_error *e)
{
	if (e != &no_memory)
		free(e);
	return NULL;
}

void error_clear(struct lxc_error **err)
{
	if (err)
		*err = error_free(*err);
}
