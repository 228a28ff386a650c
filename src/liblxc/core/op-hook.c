/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running hooks.  Both sides fork, as both are small and have one thread, and wait for two
 * things: output, which is read so that no hook stands still, and the end of the process.  A
 * process that the hook leaves behind may keep its output open; it is not waited for.
 *
 * The monitor serves its socket meanwhile, so a hook that never ends can be stopped.  In the
 * foreground it belongs to the terminal's group of processes, otherwise it has one of its own, so
 * that what it started ends with it.
 */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/hook.h"
#include "core/op-kinds.h"
#include "isolate/namespaces.h"
#include "mount/root.h"
#include "util/log.h"
#include "util/syscall.h"

#define COMMANDS_MAX 256
#define ARGS_MAX 32

struct hook_call {
	struct run *run;
	const struct op_hook *op;
	const char *command;
	int (*wait)(struct run *run, int fd);
	bool group; /* of processes, its own */
};

/* --- the process --- */

static void set_number(const char *name, long value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%ld", value);
	(void)setenv(name, text, 1);
}

/* "net:/proc/PID/fd/N" as an argument, the path alone as LXC_NET_NS. */
static size_t add_namespaces(const struct run *run, bool arguments, char **argv)
{
	static char words[NS_COUNT][64];
	size_t n = 0;

	for (int i = 0; i < NS_COUNT; i++) {
		char *word = words[i], name[24];

		if (run->ns[i] < 0)
			continue;
		(void)snprintf(name, sizeof(name), "LXC_%s_NS", ns_names[i].name);
		for (char *p = name; *p; p++)
			*p = toupper(*p);
		(void)snprintf(word, sizeof(words[i]), "%s:/proc/%d/fd/%d",
			       ns_names[i].name, getppid(), run->ns[i]);
		(void)setenv(name, strchr(word, ':') + 1, 1);
		if (arguments)
			argv[n++] = word;
	}
	return n;
}

static void set_environment(const struct run *run, const struct op_hook *o)
{
	char *env[COMMANDS_MAX];
	size_t n = plan_strv(run->plan, o->env, env, ARRAY_SIZE(env));

	for (size_t i = 0; i < n; i++)
		(void)putenv(env[i]);
	if (o->flags & HOOK_PID && run->init_pid > 0)
		set_number("LXC_PID", run->init_pid);
	if (o->flags & HOOK_TARGET)
		(void)setenv("LXC_TARGET", run->reboot ? "reboot" : "stop", 1);
}

static __attribute__((noreturn)) void execute(const struct hook_call *c, int output)
{
	const struct op_hook *o = c->op;
	_cleanup_buf_ struct buf script = {};
	char *argv[ARGS_MAX + NS_COUNT] = { (char *)"sh", (char *)"-c", NULL,
					    (char *)"sh" };
	size_t n = 4;
	sigset_t none;

	buf_printf(&script, HOOK_FORMAT, c->command);
	argv[2] = script.data;
	set_environment(c->run, o);
	n += plan_strv(c->run->plan, o->args, argv + n, ARGS_MAX - n);
	if (o->flags & HOOK_NAMESPACES)
		n += add_namespaces(c->run, o->flags & HOOK_NAMESPACE_ARGS, argv + n);
	argv[n] = NULL;
	if (c->group)
		(void)setpgid(0, 0);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0) {
		(void)execv("/bin/sh", argv);
		(void)execv("/system/bin/sh", argv);
		static const char message[] = "no /bin/sh\n";
		(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
	}
	_exit(127);
}

/* --- waiting for it --- */

/* What is there to read; false at the end. */
static bool drain(int fd, struct hook_output *output)
{
	char chunk[1024];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		hook_output_take(output, chunk, n);
	return n < 0 && errno == EAGAIN;
}

static bool watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll >= 0 && fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/*
 * Its wait(2) status, or -errno.  Where a seccomp policy takes pidfds away, the end of the
 * output has to do.
 */
static int await(const struct hook_call *c, pid_t pid, int reader,
		 struct hook_output *output)
{
	_cleanup_close_ int pidfd = sys_pidfd_open(pid, 0);
	_cleanup_close_ int both = epoll_create1(EPOLL_CLOEXEC);
	bool complete = watch(both, pidfd) && watch(both, reader);
	int status = 0, ended = 0;

	while (!ended) {
		int r = c->wait(c->run, complete ? both : reader);

		if (r < 0)
			return r;
		ended = waitpid(pid, &status, WNOHANG);
		bool more = drain(reader, output);
		if (ended || more)
			continue;
		if (!complete)
			ended = waitpid(pid, &status, 0);
		else
			(void)epoll_ctl(both, EPOLL_CTL_DEL, reader, NULL);
	}
	return ended < 0 ? -errno : status;
}

static int run_command(const struct hook_call *c, struct lxc_error **err)
{
	const char *key = plan_text(c->run->plan, c->op->key);
	struct hook_output output = { .key = key };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, -errno, "hook", "%s", key);
	_cleanup_close_ int reader = ends[0];
	pid_t pid = fork();
	if (pid == 0)
		execute(c, ends[1]);
	(void)close(ends[1]);
	if (pid < 0)
		return error_set(err, -errno, "hook", "%s", key);
	(void)fcntl(reader, F_SETFL, O_NONBLOCK);
	/* by both, so that it is done whoever comes first */
	if (c->group)
		(void)setpgid(pid, pid);
	c->run->hook = c->group ? -pid : pid;
	int status = await(c, pid, reader, &output);
	c->run->hook = 0;
	if (status < 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return error_set(err, status, "hook", "%s", key);
	}
	int r = hook_result(&output, status, c->command, err);
	if (!c->run->stopping)
		return r;
	error_set(err, -ECANCELED, "hook", "%s = %s", key, c->command);
	error_detail(err, "stopped on request");
	return -ECANCELED;
}

static int run_commands(struct hook_call *c, struct lxc_error **err)
{
	char *commands[COMMANDS_MAX];
	size_t n =
		plan_strv(c->run->plan, c->op->commands, commands, ARRAY_SIZE(commands));
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		c->command = commands[i];
		r = run_command(c, err);
	}
	return r;
}

/* --- monitor --- */

void print_hook(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_hook *o = (const void *)op;
	char *commands[COMMANDS_MAX];
	size_t n = plan_strv(plan, o->commands, commands, ARRAY_SIZE(commands));

	buf_str(out, plan_text(plan, o->key));
	for (size_t i = 0; i < n; i++) {
		buf_str(out, i ? "; " : " = ");
		buf_printable(out, commands[i]);
	}
	if (o->moment != HOOK_AT_RUN)
		buf_str(out, ", at the end");
}

static int run_here(struct run *run, const struct op_hook *o, struct lxc_error **err)
{
	struct hook_call c = {
		.run = run,
		.op = o,
		.wait = run->wait,
		.group = !run->plan->header->foreground,
	};

	return run_commands(&c, err);
}

int run_hook(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_hook *o = (const void *)op;

	if (o->moment != HOOK_AT_RUN || (o->flags & HOOK_ONCE && run->retry))
		return 0;
	return run_here(run, o, err);
}

int hook_run_at(struct run *run, enum hook_moment moment)
{
	int first = 0;

	for (const struct op *op = NULL; (op = plan_next(run->plan, op));) {
		const struct op_hook *o = (const void *)op;
		struct lxc_error *err = NULL;

		if (op->kind != OP_HOOK || o->moment != moment)
			continue;
		/* an interface goes down only when there was one to come up */
		if (moment == HOOK_AT_DOWN && !run->init_pid)
			continue;
		int r = run_here(run, o, &err);
		if (r < 0 && err)
			log_warn("%s", error_message(err));
		error_clear(&err);
		first = first ? first : r;
	}
	return first;
}

void hook_kill(const struct run *run)
{
	if (run->hook)
		(void)kill(run->hook, SIGKILL);
}

/* Before init is executed, because a program that ends at once leaves nothing to open. */
int run_namespaces(struct run *run, const struct op *op, struct lxc_error **err)
{
	uint32_t flags = ((const struct op_join *)op)->flags;
	char path[64];

	hook_close_namespaces(run);
	for (int i = 0; i < NS_COUNT; i++) {
		if (!(flags & ns_names[i].flag))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", run->pid,
			       ns_names[i].name);
		run->ns[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (run->ns[i] < 0)
			return error_set(err, -errno, "keep namespace", "%s", path);
	}
	return 0;
}

void hook_close_namespaces(struct run *run)
{
	for (int i = 0; i < NS_COUNT; i++) {
		close_p(&run->ns[i]);
		run->ns[i] = NO_FD;
	}
}

/* --- child --- */

static int wait_alone(struct run *run, int fd)
{
	(void)run;
	return wait_fd(fd, POLLIN, NULL);
}

/* A hook can do nearly everything, but nothing that would hide the root from us. */
static int check_root(const struct run *run, const char *key, struct lxc_error **err)
{
	struct stat seen, ours;
	_cleanup_close_ int top = root_open(run->root, "dev/..", O_PATH);

	if (top < 0 || fstat(top, &seen) < 0 || fstat(run->root, &ours) < 0 ||
	    (seen.st_dev == ours.st_dev && seen.st_ino == ours.st_ino))
		return 0;
	error_set(err, -EBUSY, "hook", "%s", key);
	error_detail(err, "something was mounted over the root file system itself");
	return -EBUSY;
}

int run_hook_child(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_hook *o = (const void *)op;
	struct hook_call c = { .run = run, .op = o, .wait = wait_alone };

	if (o->flags & HOOK_PRIVATE &&
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_set(err, -errno, "make mounts private", "/");
	mode_t mask = umask(022);
	int r = run_commands(&c, err);
	(void)umask(mask);
	if (r == 0 && o->flags & HOOK_CHECK_ROOT)
		r = check_root(run, plan_text(run->plan, o->key), err);
	return r;
}

/* The program of a hook that runs inside: the first word of its command. */
static int check_program(struct run *run, const char *key, const char *command,
			 struct lxc_error **err)
{
	char path[512];
	size_t n = strcspn(command, " \t");
	struct stat st;

	/* whatever the shell has to find or to expand is left to it */
	if (*command != '/' || n >= sizeof(path) ||
	    strcspn(command, "\"'\\$`*?[;&|<>()") < n)
		return 0;
	(void)snprintf(path, sizeof(path), "%.*s", (int)n, command);
	_cleanup_close_ int file = root_open(run->root, path, O_PATH);
	int r = file < 0 ? file : fstat(file, &st) < 0 ? -errno : 0;
	if (r == 0 && (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)))
		r = -EACCES;
	if (r == 0)
		return 0;
	error_set(err, r, "hook", "%s = %s", key, command);
	if (r == -ENOENT)
		error_detail(err, "%s does not exist in the container", path);
	error_hint(err,
		   "a start hook runs inside: the program has to be in the root file "
		   "system, or bound into it with lxc.mount.entry");
	return r;
}

int run_hook_check(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_hook *o = (const void *)op;
	char *commands[COMMANDS_MAX];
	size_t n = plan_strv(run->plan, o->commands, commands, ARRAY_SIZE(commands));
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = check_program(run, plan_text(run->plan, o->key), commands[i], err);
	return r;
}
