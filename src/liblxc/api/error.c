/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/error.h>: the last error of each thread. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "api/handle.h"
#include "util/buf.h"

/* In the thread's static storage, so that a thread that ends leaves nothing behind. */
static _Thread_local struct lxc_error last;
static _Thread_local bool has_last;

int api_fail(struct lxc_error **err, int r)
{
	if (*err)
		last = **err;
	else
		last = (struct lxc_error){ .code = error_code_of(-r),
					   .errnum = -r,
					   .used = 1 };
	has_last = true;
	(void)error_message(&last);
	error_clear(err);
	errno = -r;
	return r;
}

LXC_API const struct lxc_error *lxc_last_error(void)
{
	return has_last ? &last : NULL;
}

LXC_API void lxc_error_clear_last(void)
{
	has_last = false;
}

LXC_API enum lxc_error_code lxc_error_code(const struct lxc_error *error)
{
	return error ? (enum lxc_error_code)error->code : LXC_ERROR_NONE;
}

LXC_API int lxc_error_errno(const struct lxc_error *error)
{
	return error ? error->errnum : 0;
}

LXC_API const char *lxc_error_message(const struct lxc_error *error)
{
	return error ? error->message : "no error";
}

LXC_API const char *lxc_error_hint(const struct lxc_error *error)
{
	return error && error->hint ? error->text + error->hint : NULL;
}

LXC_API size_t lxc_error_frames(const struct lxc_error *error)
{
	return error ? error->n_frames : 0;
}

LXC_API int lxc_error_frame(const struct lxc_error *error, size_t index,
			    const char **ret_operation, const char **ret_object)
{
	if (!error || index >= error->n_frames)
		return -EINVAL;
	/* kept in the order of their making, the most general last */
	const struct error_frame *f = &error->frames[error->n_frames - 1 - index];

	if (ret_operation)
		*ret_operation = error->text + f->operation;
	if (ret_object)
		*ret_object = error->text + f->object;
	return 0;
}

LXC_API const char *lxc_error_code_name(enum lxc_error_code code)
{
	static const char *const names[] = {
		[LXC_ERROR_NONE] = "none",
		[LXC_ERROR_SYSTEM] = "system",
		[LXC_ERROR_INVALID] = "invalid",
		[LXC_ERROR_NOT_FOUND] = "not-found",
		[LXC_ERROR_EXISTS] = "exists",
		[LXC_ERROR_BUSY] = "busy",
		[LXC_ERROR_NOT_RUNNING] = "not-running",
		[LXC_ERROR_PERMISSION] = "permission",
		[LXC_ERROR_UNSUPPORTED] = "unsupported",
		[LXC_ERROR_TIMEOUT] = "timeout",
		[LXC_ERROR_CANCELED] = "canceled",
		[LXC_ERROR_NO_MEMORY] = "no-memory",
		[LXC_ERROR_PROGRAM] = "program",
	};

	return (size_t)code < ARRAY_SIZE(names) ? names[code] : "unknown";
}

static void add_frames(const struct lxc_error *error, struct buf *out)
{
	buf_str(out, ",\"frames\":[");
	for (size_t i = 0; i < error->n_frames; i++) {
		const char *operation, *object;

		(void)lxc_error_frame(error, i, &operation, &object);
		buf_printf(out, "%s{\"operation\":", i ? "," : "");
		buf_json(out, operation);
		buf_str(out, ",\"object\":");
		buf_json(out, object);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

LXC_API char *lxc_error_json(const struct lxc_error *error)
{
	_cleanup_buf_ struct buf out = {};

	if (!error)
		return strdup("null");
	buf_str(&out, "{\"code\":");
	buf_json(&out, lxc_error_code_name(error->code));
	buf_printf(&out, ",\"errno\":%d,\"message\":", error->errnum);
	buf_json(&out, lxc_error_message(error));
	add_frames(error, &out);
	buf_str(&out, ",\"hint\":");
	buf_json(&out, lxc_error_hint(error));
	buf_char(&out, '}');
	return buf_steal(&out);
}
