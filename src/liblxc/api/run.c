/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: start, explain, attach, console. */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include "api/handle.h"
#include "core/attach.h"
#include "core/command.h"
#include "core/proxy.h"
#include "core/start.h"
#include "util/path.h"

/* The words of a variable argument list up to NULL; NULL when there are none. */
static char **collect(const char *first, va_list args)
{
	char **v = NULL;

	for (const char *a = first; a; a = va_arg(args, const char *))
		if (strv_add(&v, a) < 0)
			return strv_free(v);
	return v;
}

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
		if (r == 0 && request.foreground)
			c->error_num = status;
	}
	return call_end(&call, r);
}

LXC_API bool lxc_container_startl(struct lxc_container *c, int useinit, ...)
{
	va_list args;

	va_start(args, useinit);
	_cleanup_strv_ char **argv = collect(va_arg(args, const char *), args);
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

/* --- attach --- */

/*
 * Run directly, outside of a container, these replace the process; attach() recognises them
 * and lets the helper execute the program.
 */
LXC_API int lxc_attach_run_command(void *payload)
{
	lxc_attach_command_t *command = payload;

	if (!command || !command->program)
		return -1;
	(void)execvp(command->program, command->argv);
	return errno == ENOENT ? 127 : errno == EACCES || errno == ENOEXEC ? 126 : -1;
}

LXC_API int lxc_attach_run_shell(void *payload)
{
	(void)payload;
	(void)execl("/bin/sh", "/bin/sh", (char *)NULL);
	return -1;
}

static int attach_argv(lxc_attach_exec_t function, void *payload, char ***ret,
		       struct lxc_error **err)
{
	const lxc_attach_command_t *command = payload;

	*ret = NULL;
	if (function == lxc_attach_run_shell)
		return 0;
	if (function == lxc_attach_run_command && command && command->program) {
		_cleanup_strv_ char **argv = NULL;
		int r = strv_add(&argv, command->program);

		for (char **a = command->argv ? command->argv + !!*command->argv : NULL;
		     r == 0 && a && *a; a++)
			r = strv_add(&argv, *a);
		*ret = steal_ptr(argv);
		return r < 0 ? error_set(err, r, "attach", "arguments") : 0;
	}
	error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "attach", "C function");
	error_detail(err, "not supported yet in version " LXC_VERSION);
	error_hint(err, "use lxc_attach_run_command or lxc_attach_run_shell");
	return -EOPNOTSUPP;
}

static int check_options(const lxc_attach_options_t *o, struct lxc_error **err)
{
	const char *what = o->attach_flags & LXC_ATTACH_REMOUNT_PROC_SYS
				   ? "LXC_ATTACH_REMOUNT_PROC_SYS"
			   : o->attach_flags & LXC_ATTACH_LSM_LABEL
				   ? "LXC_ATTACH_LSM_LABEL"
				   : NULL;

	if (!what)
		return 0;
	error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "attach", "%s", what);
	error_detail(err, "not supported yet in version " LXC_VERSION);
	return -EOPNOTSUPP;
}

static char **environment_of(const struct lxc_container *c)
{
	const struct conf *conf = handle_conf(c);
	_cleanup_strv_ char **env = strv_copy(conf ? conf->environment : NULL);
	int r = env ? 0 : -ENOMEM;

	for (char **e = conf ? conf->environment_runtime : NULL; r == 0 && e && *e; e++)
		r = strv_add(&env, *e);
	return r < 0 ? NULL : steal_ptr(env);
}

LXC_API int lxc_container_attach(struct lxc_container *c, lxc_attach_exec_t exec_function,
				 void *exec_payload, lxc_attach_options_t *options,
				 pid_t *attached_process)
{
	static const lxc_attach_options_t defaults = LXC_ATTACH_OPTIONS_DEFAULT;
	_cleanup_strv_ char **argv = NULL, **env = NULL;
	_cleanup_free_ char *name = NULL, *path = NULL;
	struct call call;
	int namespaces = 0;

	if (!call_begin(&call, c))
		return -1;
	const lxc_attach_options_t *o = options ? options : &defaults;
	int r = attach_argv(exec_function, exec_payload, &argv, &call.err);
	if (r == 0)
		r = check_options(o, &call.err);
	name = strdup(c->name);
	path = strdup(c->config_path);
	env = environment_of(c);
	if (r == 0 && (!name || !path || !env))
		r = error_set(&call.err, -ENOMEM, "attach", "%s", c->name);
	if (r == 0) {
		struct attach_request request = { name, path, env, argv, o };

		call_unlock(&call);
		r = attach_container(&request, attached_process, &namespaces, &call.err);
		call_lock(&call);
		if (r == 0 && options && options->namespaces == -1)
			options->namespaces = namespaces;
	}
	(void)call_end(&call, r);
	return r;
}

LXC_API int lxc_container_attach_run_wait(struct lxc_container *c,
					  lxc_attach_options_t *options,
					  const char *program, const char *const argv[])
{
	lxc_attach_command_t command = { (char *)program, (char **)argv };
	pid_t pid;
	int r = lxc_container_attach(c, lxc_attach_run_command, &command, options, &pid);

	if (r < 0)
		return -1;
	int status = wait_child(pid, NO_FD, NULL);
	return status < 0 ? -1 : status;
}

LXC_API int lxc_container_attach_run_waitl(struct lxc_container *c,
					   lxc_attach_options_t *options,
					   const char *program, const char *arg, ...)
{
	va_list args;

	va_start(args, arg);
	_cleanup_strv_ char **argv = collect(arg, args);
	va_end(args);
	return lxc_container_attach_run_wait(c, options, program,
					     (const char *const *)argv);
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
