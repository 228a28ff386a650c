/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: freezing, and what the console's buffer holds. */
#include <stdint.h>
#include <string.h>

#include "api/handle.h"
#include "core/command.h"
#include "core/control.h"

#define FREEZE_TIMEOUT_S 60 /* unless set_timeout() says something else */

static bool change(struct lxc_container *c, bool freeze)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	if (!c->lxc_conf) {
		error_set(&call.err, -ENOENT, freeze ? "freeze" : "thaw", "%s", c->name);
		error_detail(&call.err, "the container has no configuration");
		return call_end(&call, -ENOENT);
	}
	_cleanup_free_ char *path = strdup(c->config_path), *name = strdup(c->name);
	int timeout = c->rcv_timeout > 0 ? c->rcv_timeout : FREEZE_TIMEOUT_S;
	struct deadline d = handle_deadline(c);
	struct control control = { path, name, &d };
	int r = path && name ? 0 : error_set(&call.err, -ENOMEM, "freeze", "%s", c->name);

	if (r == 0) {
		call_unlock(&call);
		r = control_freeze(&control, freeze, timeout, &call.err);
		call_lock(&call);
	}
	return call_end(&call, r);
}

LXC_API bool lxc_container_freeze(struct lxc_container *c)
{
	return change(c, true);
}

LXC_API bool lxc_container_unfreeze(struct lxc_container *c)
{
	return change(c, false);
}

/* --- the console's buffer --- */

static int console_log_failed(const struct lxc_container *c, int r,
			      struct lxc_error **err)
{
	if (r != -EFAULT && r != -ENODATA)
		return handle_not_running(c, r, err);
	error_set(err, r, "console", "%s", c->name);
	error_detail(err, r == -EFAULT ? "it has no buffer" : "its buffer is empty");
	if (r == -EFAULT)
		error_hint(err, "set lxc.console.buffer.size = auto and start %s again",
			   c->name);
	return r;
}

static int ask_log(struct lxc_container *c, struct lxc_console_log *log,
		   struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct deadline d = handle_deadline(c);
	struct command_console_log q = {
		.clear = log->clear,
		.read = log->read,
		.read_max = *log->read_max,
	};
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = COMMAND_CONSOLE_LOG,
							.data = &q,
							.size = sizeof(q),
							.deadline = &d },
			    &answer);

	if (r == -ENODATA || r == -EFAULT || r == -ENOENT) {
		*log->read_max = 0;
		log->data = NULL;
	}
	if (r < 0)
		return console_log_failed(c, r, err);
	if (log->read) {
		*log->read_max = answer.size;
		log->data = steal_ptr(answer.data);
	}
	return 0;
}

LXC_API int lxc_container_console_log(struct lxc_container *c,
				      struct lxc_console_log *log)
{
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	int r = log && log->read_max
			? ask_log(c, log, &call.err)
			: error_set(&call.err, -EINVAL, "console", "no place for data");
	(void)call_end(&call, r);
	return r;
}

/* --- the listener of a seccomp policy --- */

static int no_listener(struct call *call, int r)
{
	error_set(&call->err, r, "seccomp", "%s", call->c->name);
	error_detail(&call->err, "the container has no listener");
	(void)call_end(call, r);
	return r;
}

LXC_API int lxc_container_seccomp_notify_fd(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	return no_listener(&call, c->lxc_conf ? -EBADF : -1);
}

LXC_API int lxc_container_seccomp_notify_fd_active(struct lxc_container *c)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	if (!c->lxc_conf)
		return no_listener(&call, -1);
	struct deadline d = handle_deadline(c);
	int r = command_ask(
		&(struct command_question){ .lxcpath = c->config_path,
					    .name = c->name,
					    .command = COMMAND_GET_SECCOMP_NOTIFY_FD,
					    .deadline = &d },
		&answer);
	if (r == -EBADF || (r == 0 && !answer.n_fds))
		return no_listener(&call, -EBADF);
	if (r < 0)
		(void)handle_not_running(c, r, &call.err);
	(void)call_end(&call, r);
	return r < 0 ? r : steal_fd(answer.fds[0]);
}
