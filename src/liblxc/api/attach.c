/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/attach_options.h> and the attach calls of <lxc/container.h>. */
#include "core/attach.h"

#include <stdarg.h>
#include <string.h>

#include "api/attach-function.h"
#include "api/handle.h"
#include "util/passwd.h"

#define SHELL_MAX 256

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
	char shell[SHELL_MAX];

	(void)payload;
	passwd_shell(getuid(), shell, sizeof(shell));
	(void)execl(shell, shell, (char *)NULL);
	(void)execl("/bin/sh", "/bin/sh", (char *)NULL);
	return -1;
}

/* The program that stands behind one of the two functions; *ret NULL: the shell. */
static int attach_argv(lxc_attach_exec_t function, const lxc_attach_command_t *command,
		       char ***ret, struct lxc_error **err)
{
	_cleanup_strv_ char **argv = NULL;

	*ret = NULL;
	if (function != lxc_attach_run_command)
		return 0;
	if (!command || !command->program)
		return error_set(err, -EINVAL, "attach", "no program");
	int r = strv_add(&argv, command->program);
	for (char **a = command->argv ? command->argv + !!*command->argv : NULL;
	     r == 0 && a && *a; a++)
		r = strv_add(&argv, *a);
	if (r < 0)
		return error_set(err, r, "attach", "arguments");
	*ret = steal_ptr(argv);
	return 0;
}

static bool is_program(lxc_attach_exec_t function)
{
	return function == lxc_attach_run_command || function == lxc_attach_run_shell;
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

/* What the request borrows while the handle is unlocked. */
struct prepared {
	char *name, *path, **environment, **argv;
	struct plan_record limits;
};

static void prepared_done(struct prepared *p)
{
	free(p->name);
	free(p->path);
	strv_free(p->environment);
	strv_free(p->argv);
	plan_record_done(&p->limits);
}

static int prepare(const struct lxc_container *c, struct attach_request *q,
		   struct prepared *p, struct lxc_error **err)
{
	const struct conf *conf = handle_conf(c);
	int r = attach_argv(q->function, q->payload, &p->argv, err);

	if (r == 0 && conf)
		r = compile_limits(conf, &p->limits, err);
	if (r < 0)
		return r;
	q->name = p->name = strdup(c->name);
	q->lxcpath = p->path = strdup(c->config_path);
	q->environment = p->environment = environment_of(c);
	q->argv = p->argv;
	q->limits = &p->limits;
	if (!p->name || !p->path || !p->environment)
		return error_set(err, -ENOMEM, "attach", "%s", c->name);
	return 0;
}

LXC_API int lxc_container_attach(struct lxc_container *c, lxc_attach_exec_t exec_function,
				 void *exec_payload, lxc_attach_options_t *options,
				 pid_t *attached_process)
{
	static const lxc_attach_options_t defaults = LXC_ATTACH_OPTIONS_DEFAULT;
	_cleanup_(prepared_done) struct prepared prepared = {};
	struct attach_request request = {
		.options = options ? options : &defaults,
		.launch = is_program(exec_function) ? NULL : attach_function_launch,
		.function = exec_function,
		.payload = exec_payload,
	};
	struct call call;
	int namespaces = 0;

	if (!call_begin(&call, c))
		return -1;
	int r = exec_function ? prepare(c, &request, &prepared, &call.err)
			      : error_set(&call.err, -EINVAL, "attach", "no function");
	if (r == 0) {
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
	_cleanup_strv_ char **argv = handle_collect(arg, args);
	va_end(args);
	return lxc_container_attach_run_wait(c, options, program,
					     (const char *const *)argv);
}
