/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/record.h>: a container's log and its last failed start. */
#include <lxc/record.h>
#include <string.h>

#include "api/handle.h"
#include "core/failure.h"
#include "core/logfile.h"

static char *log_file(const struct lxc_container *c)
{
	const struct conf *conf = handle_conf(c);

	return conf && conf->log_file ? strdup(conf->log_file)
				      : logfile_usual(c->config_path, c->name);
}

LXC_API char *lxc_container_log_file(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	char *path = log_file(c);
	int r = path ? 0 : error_set(&call.err, -ENOMEM, "log", "%s", c->name);
	(void)call_end(&call, r);
	return path;
}

static int read_log(const char *path, const char *name, size_t lines, struct buf *out,
		    struct lxc_error **err)
{
	int r = path ? logfile_tail(path, lines, out) : -ENOMEM;

	if (r == 0)
		return 0;
	error_set(err, r, "log", "%s", path ? path : name);
	if (r == -ENOENT) {
		error_detail(err, "nothing was logged");
		error_hint(err, "start it with -l INFO to have a log written");
	} else if (r == -EINVAL) {
		error_detail(err, "not a regular file");
	}
	return r;
}

LXC_API char *lxc_container_log_tail(struct lxc_container *c, size_t lines)
{
	_cleanup_buf_ struct buf out = {};
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	_cleanup_free_ char *path = log_file(c);
	int r = read_log(path, c->name, lines, &out, &call.err);
	char *text = r == 0 ? buf_steal(&out) : NULL;
	if (r == 0 && !text)
		r = error_set(&call.err, -ENOMEM, "log", "%s", c->name);
	(void)call_end(&call, r);
	return text;
}

LXC_API struct lxc_failure *lxc_container_last_failure(struct lxc_container *c)
{
	struct lxc_failure *failure = NULL;
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int r = failure_load(c->config_path, c->name, &failure);
	if (r < 0) {
		error_set(&call.err, r, "failed start", "%s", c->name);
		error_detail(&call.err, "%s",
			     r == -ENOENT    ? "there is none"
			     : r == -EBADMSG ? "recorded by another version"
					     : strerror(-r));
	}
	(void)call_end(&call, r);
	return failure;
}

LXC_API int64_t lxc_failure_time(const struct lxc_failure *failure)
{
	return failure ? failure->time : 0;
}

LXC_API const struct lxc_error *lxc_failure_error(const struct lxc_failure *failure)
{
	return failure ? failure->error : NULL;
}

LXC_API void lxc_failure_free(struct lxc_failure *failure)
{
	(void)failure_free(failure);
}
