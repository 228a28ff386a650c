/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: start, explain, console. */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "api/handle.h"
#include "core/command.h"
#include "core/failure.h"
#include "core/logfile.h"
#include "core/proxy.h"
#include "core/start.h"
#include "util/path.h"

/* --- start --- */

static int check_interrupted(struct lxc_container *c, struct lxc_error **err)
{
	_cleanup_free_ char *partial = handle_directory(c, "partial");

	if (!partial || access(partial, F_OK) < 0)
		return 0;
	error_set(err, -EBUSY, "start", "%s", c->name);
	error_detail(err, "it is being created, or its creation was interrupted");
	error_hint(err,
		   "wait for lxc-create, or remove what it left: lxc-destroy -P %s -n %s",
		   c->config_path, c->name);
	return -EBUSY;
}

static int prepare(struct lxc_container *c, int useinit, char *const argv[],
		   struct start_request *ret, struct lxc_error **err)
{
	if (!c->lxc_conf) {
		error_set(err, -ENOENT, "start", "%s", c->name);
		error_detail(err, "the container has no configuration");
		error_hint(
			err,
			"create it first: lxc-create -P %s -n %s -t TEMPLATE, or give a "
			"file with -f",
			c->config_path, c->name);
		return -ENOENT;
	}
	handle_update_log(c);
	*ret = (struct start_request){
		.conf = handle_conf(c),
		.name = c->name,
		.lxcpath = c->config_path,
		.argv = argv && *argv ? argv : NULL,
		.application = useinit,
		.foreground = !c->daemonize,
		.pidfile = c->pidfile,
		.log_level = c->privlock->sink.level,
	};
	return check_interrupted(c, err);
}

/* The historical interface gives the path away with a start in the background. */
static void forget_pidfile(struct lxc_container *c)
{
	if (!c->daemonize)
		return;
	free(c->pidfile);
	c->pidfile = NULL;
}

/*
 * A failed start is kept, and its error becomes a record of the container's log, for those who
 * look later.  That a container is busy is no failure of it.  Neither can fail the call.
 */
static void remember(struct lxc_container *c, struct lxc_error *error)
{
	struct log_sink sink = { .level = LOG_LEVEL_ERROR, .name = c->name };
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = NO_FD;

	if (!error || error->code == LXC_ERROR_BUSY ||
	    failure_save(c->config_path, c->name, error) < 0)
		return;
	sink.fd = c->privlock->sink.fd;
	if (sink.fd < 0) {
		path = logfile_usual(c->config_path, c->name);
		sink.fd = fd = path ? logfile_open_rotated(path) : NO_FD;
	}
	log_record_to(&sink, LOG_LEVEL_ERROR, LOG_HERE, "%s", error_message(error));
}

LXC_API bool lxc_container_start(struct lxc_container *c, int useinit, char *const argv[])
{
	struct start_request request;
	struct call call;
	int status = 0;

	if (!call_begin(&call, c))
		return false;
	c->error_num = 1;
	int r = prepare(c, useinit, argv, &request, &call.err);
	if (r == 0)
		r = start_begin(&request, c->privlock->sink.fd, &call.err);
	if (r >= 0) {
		_cleanup_free_ char *name = strdup(c->name);
		int sync = r;

		forget_pidfile(c);
		call_unlock(&call);
		r = start_follow(sync, name ? name : "", request.foreground,
				 &DEADLINE_NONE, &status, &call.err);
		call_lock(&call);
		if (request.foreground && (r == 0 || status))
			c->error_num = status;
	}
	if (r < 0)
		remember(c, call.err);
	else
		failure_clear(c->config_path, c->name);
	return call_end(&call, r);
}

LXC_API bool lxc_container_startl(struct lxc_container *c, int useinit, ...)
{
	va_list args;

	va_start(args, useinit);
	_cleanup_strv_ char **argv = handle_collect(va_arg(args, const char *), args);
	va_end(args);
	return lxc_container_start(c, useinit, argv);
}

LXC_API char *lxc_container_explain(struct lxc_container *c, int useinit,
				    char *const argv[])
{
	_cleanup_plan_record_ struct plan_record record = {};
	_cleanup_buf_ struct buf out = {};
	struct start_request request;
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int r = prepare(c, useinit, argv, &request, &call.err);
	if (r == 0)
		r = compile_start(&request, &record, &call.err);
	if (r == 0)
		r = compile_explain(&record, &out, &call.err);
	char *text = r == 0 ? buf_steal(&out) : NULL;
	(void)call_end(&call, r);
	return text;
}

/* --- console --- */

static int reserve_tty(struct lxc_container *c, int *ttynum, int *ret_connection,
		       struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct deadline d = handle_deadline(c);
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = COMMAND_GET_TTY_FD,
							.data = (void *)(intptr_t)*ttynum,
							.keep = true,
							.deadline = &d },
			    &answer);

	if (r == -EBUSY || r == -ENOENT || (r == 0 && !answer.n_fds)) {
		error_set(err, -EBUSY, "console", "%s", c->name);
		if (*ttynum < 0)
			error_detail(err, "no tty is free");
		else
			error_detail(err, "tty %d is in use or does not exist", *ttynum);
		error_hint(
			err,
			"lxc.tty.max says how many ttys there are; -t 0 is the console");
		return -EBUSY;
	}
	if (r < 0)
		return handle_not_running(c, r, err);
	*ttynum = answer.value;
	*ret_connection = steal_fd(answer.connection);
	return steal_fd(answer.fds[0]);
}

LXC_API int lxc_container_console_getfd(struct lxc_container *c, int *ttynum, int *ptxfd)
{
	struct call call;
	int connection = NO_FD, any = -1;

	if (!call_begin(&call, c))
		return -1;
	int r = reserve_tty(c, ttynum ? ttynum : &any, &connection, &call.err);
	if (r >= 0)
		*ptxfd = r;
	(void)call_end(&call, r);
	return r < 0 ? (r == -EBUSY ? -1 : r) : connection;
}

LXC_API int lxc_container_console(struct lxc_container *c, int ttynum, int stdinfd,
				  int stdoutfd, int stderrfd, int escape)
{
	_cleanup_close_ int connection = NO_FD;
	_cleanup_close_ int master = NO_FD;
	struct call call;

	(void)stderrfd;
	if (!call_begin(&call, c))
		return -1;
	master = reserve_tty(c, &ttynum, &connection, &call.err);
	int r = master;
	if (r >= 0) {
		struct proxy p = {
			.in = stdinfd,
			.out = stdoutfd,
			.master = master,
			.end_fd = connection, /* its end is the container's */
			.log_fd = NO_FD,
			.escape = escape,
		};

		call_unlock(&call);
		r = proxy_run(&p, NULL, &call.err);
		call_lock(&call);
	}
	(void)call_end(&call, r);
	return r < 0 ? r : 0;
}
