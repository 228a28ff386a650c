/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations that end a child's half of the plan: executing a program or the user's shell, or
 * calling a function of the program that a child is a copy of.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/op-kinds.h"
#include "isolate/caps.h"
#include "util/passwd.h"
#include "util/syscall.h"

#define ARGS_MAX 4096
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define SHELL_MAX 256

/* What shells say of programs: the exit status, and to whoever waits, the reason. */
enum { EXIT_OTHER = 255, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

void print_exec(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_exec *o = (const void *)op;
	char *argv[64];
	size_t n = plan_strv(plan, o->argv, argv, ARRAY_SIZE(argv));

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ' ');
		buf_printable(out, argv[i]);
	}
}

/* Machines of ELF files, as elf.h numbers them. */
static const struct {
	unsigned int number;
	const char *name;
} machines[] = {
	{ 3, "x86" },	   { 8, "MIPS" },	 { 20, "PowerPC" }, { 21, "PowerPC 64" },
	{ 22, "s390" },	   { 40, "ARM" },	 { 62, "x86-64" },  { 183, "ARM 64" },
	{ 243, "RISC-V" }, { 258, "LoongArch" },
};

static const char *machine_name(unsigned int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].number == number)
			return machines[i].name;
	return "another architecture";
}

/* What a file is that the kernel does not execute. */
static void explain_format(const char *program, struct lxc_error **err)
{
	unsigned char head[20] = {};
	_cleanup_close_ int fd =
		open(program, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	bool little = head[5] == 1;

	if (n == 0)
		error_detail(err, "the file is empty");
	else if (n >= 20 && !memcmp(head, "\177ELF", 4))
		error_detail(err, "a program for %s that does not run on this machine",
			     machine_name(little ? head[18] | head[19] << 8
						 : head[18] << 8 | head[19]));
	else if (n > 1 && !memcmp(head, "#!", 2))
		error_detail(err, "the interpreter in its #! line is no program");
	else if (n > 0)
		error_detail(err, "neither a program nor a script with a #! line");
	if (n >= 20 && !memcmp(head, "\177ELF", 4))
		error_hint(err, "use a root file system of this machine's architecture");
	else
		error_hint(err, "put a program there, or name another one");
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int explain(const char *program, int r, bool attached, struct lxc_error **err)
{
	error_set(err, r, "execute", "%s", program);
	if (r == -ENOENT && strchr(program, '/') && access(program, F_OK) == 0)
		error_hint(err,
			   "the file exists, its interpreter or dynamic linker does not: "
			   "is the root file system complete, and of this architecture?");
	else if (r == -ENOENT && attached)
		error_hint(err,
			   "there is no such program in the container: name another");
	else if (r == -ENOENT)
		error_hint(
			err,
			"no such program in the root file system: complete it, or name "
			"another with lxc.init.cmd");
	else if (r == -EACCES && is_directory(program))
		error_hint(err, "this is a directory: name a program");
	else if (r == -EACCES)
		error_hint(
			err,
			"the file is not executable, or a directory on its path is not "
			"searchable");
	else if (r == -ENOEXEC)
		explain_format(program, err);
	else if (r == -ELOOP)
		error_hint(err, "its symbolic links lead in a circle");
	return r;
}

static int exec_failed(struct run *run, const char *program, int r, bool attached,
		       struct lxc_error **err)
{
	struct sync_message m = { .type = SYNC_NOT_EXECUTED };

	run->status = r == -ENOENT		      ? EXIT_NOT_FOUND
		      : r == -EACCES || r == -ENOEXEC ? EXIT_NOT_EXECUTABLE
						      : EXIT_OTHER;
	m.value = run->status;
	(void)sync_send(run->sync, &m, NULL);
	return explain(program, r, attached, err);
}

/*
 * As execvp(3), without its way to have a shell read what is no program: that would hide that
 * a file is for another architecture.  Returns -errno.
 */
static int execute(const char *program, char **argv)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];
	int r = -ENOENT;

	if (strchr(program, '/')) {
		(void)execve(program, argv, environ);
		return -errno;
	}
	for (const char *p = path && *path ? path : PATH_DEFAULT; *program && *p;) {
		size_t n = strcspn(p, ":");

		(void)snprintf(file, sizeof(file), "%.*s%s%s", (int)n, p, n ? "/" : "",
			       program);
		(void)execve(file, argv, environ);
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return -errno;
		r = errno == EACCES ? -EACCES : r;
		p += n + (p[n] == ':');
	}
	return r;
}

int run_exec(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_exec *o = (const void *)op;
	static char *argv[ARGS_MAX], *envp[ARGS_MAX];

	if (!plan_strv(run->plan, o->argv, argv, ARRAY_SIZE(argv)))
		return error_set(err, -EINVAL, "execute", "no program");
	(void)plan_strv(run->plan, o->envp, envp, ARRAY_SIZE(envp));
	environ = envp;
	(void)umask(022);
	run_set_pdeath(run, run->pdeath);
	/* not the close-on-exec ones only: whatever the caller left open without the flag */
	(void)sys_close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	const char *path = plan_text(run->plan, o->path),
		   *program = path ? path : argv[0];
	return exec_failed(run, program, execute(program, argv), o->attached, err);
}

/* Like OP_EXEC, with the login shell of the user as program. */
int run_shell(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_exec *o = (const void *)op;
	static char *envp[ARGS_MAX];
	char shell[SHELL_MAX];

	passwd_shell(getuid(), shell, sizeof(shell));
	(void)plan_strv(run->plan, o->envp, envp, ARRAY_SIZE(envp));
	(void)umask(022);
	(void)sys_close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	(void)execve(shell, (char *[]){ shell, NULL }, envp);
	return exec_failed(run, shell, -errno, true, err);
}

int drop_without_exec(uint64_t keep)
{
	uint64_t until_exec = CAPS_UNTIL_EXEC;

	/* a seccomp filter may forbid what is not needed */
	return (keep & until_exec) == until_exec ? 0 : caps_drop(keep, 0);
}

/*
 * The end of the channel tells the caller that the function runs; everything else of ours is
 * closed with it.
 */
int run_call(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_exec *o = (const void *)op;
	static char *envp[ARGS_MAX];
	int r = drop_without_exec(o->keep_caps);

	if (r < 0)
		return error_set(err, r, "drop", "capabilities");
	if (!run->function)
		return error_set(err, -EPROTO, "plan", "a function of another process");
	(void)plan_strv(run->plan, o->envp, envp, ARRAY_SIZE(envp));
	environ = envp;
	(void)umask(022);
	close_p(&run->sync);
	close_p(&run->pidfd);
	_exit(run->function(run->payload));
}
