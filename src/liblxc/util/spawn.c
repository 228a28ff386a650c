/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs without forking the caller.
 *
 * The child shares our memory until it executes the program, while this thread sleeps
 * (CLONE_VFORK); all signals are blocked meanwhile, so that no handler of the caller runs
 * in the child.  It makes system calls only, and leaves its errno in the request.  A
 * detached program has a second such child in between, which ends at once.
 *
 * A sealed program is one that a container may get to see as /proc/PID/exe.  Root inside could
 * open that for writing and so replace the program on the host; executed from a detached mount
 * that is read-only, there is nothing to open for writing (CVE-2019-5736 was that).
 */
#include "util/spawn.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "util/buf.h"
#include "util/clone.h"
#include "util/file.h"
#include "util/strv.h"
#include "util/syscall.h"

#define STACK_SIZE (32u << 10) /* of each child */
/* ASan's marks for a frame outlive a child that executes: shared memory */
#define ON_CHILD_STACK __attribute__((no_sanitize("address")))
#define EXIT_TIMEOUT_MS 1000
#define SIGNALS 64
#define FD_TEMPORARY 100 /* above every target, below usual limits */

struct request {
	const struct spawn *s;
	const char *path;
	char *const *envp;
	sigset_t mask;
	uint64_t ignored; /* signals */
	char *stack;
	int program; /* to execute instead of path, or NO_FD */
	int null_fd;
	volatile int failure; /* errno of a child */
	volatile pid_t pid;
};

ON_CHILD_STACK static __attribute__((noreturn)) void give_up(struct request *q)
{
	q->failure = errno ? errno : EIO;
	_exit(127);
}

ON_CHILD_STACK static int move_up(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, FD_TEMPORARY);

	if (moved < 0 && errno == EINVAL)
		errno = EMFILE; /* beyond the limit of descriptors */
	return moved;
}

ON_CHILD_STACK static bool is_target(const struct spawn *s, int fd)
{
	for (size_t i = 0; i < s->n_fds; i++)
		if (s->fds[i].to == fd)
			return true;
	return false;
}

/* The next one to place: whose number is no source that is still wanted, else any. */
ON_CHILD_STACK static size_t next_fd(const struct spawn *s, const int *from,
				     const bool *placed)
{
	size_t any = s->n_fds;

	for (size_t i = 0; i < s->n_fds; i++) {
		bool wanted = false;

		for (size_t k = 0; k < s->n_fds; k++)
			wanted |= k != i && !placed[k] && from[k] == s->fds[i].to;
		if (placed[i])
			continue;
		if (!wanted || from[i] == s->fds[i].to)
			return i;
		any = i;
	}
	return any;
}

/* Each to its place; only where they stand in a circle one goes out of the way. */
ON_CHILD_STACK static int place_fds(const struct request *q)
{
	const struct spawn *s = q->s;
	int from[SPAWN_FDS_MAX];
	bool placed[SPAWN_FDS_MAX] = {};

	for (size_t i = 0; i < s->n_fds; i++)
		from[i] = s->fds[i].from < 0 ? q->null_fd : s->fds[i].from;
	for (size_t n = 0; n < s->n_fds; n++) {
		size_t i = next_fd(s, from, placed);
		int to = s->fds[i].to;

		for (size_t k = 0; k < s->n_fds; k++)
			if (from[i] != to && k != i && !placed[k] && from[k] == to &&
			    (from[k] = move_up(to)) < 0)
				return -1;
		if ((from[i] == to ? fcntl(to, F_SETFD, 0) : dup2(from[i], to)) < 0)
			return -1;
		placed[i] = true;
	}
	return 0;
}

ON_CHILD_STACK static int close_others(const struct spawn *s)
{
	/* the gaps between targets, too; what is a target was made one by dup2(2) */
	for (unsigned int from = STDERR_FILENO + 1;;) {
		unsigned int next = ~0u;

		for (size_t i = 0; i < s->n_fds; i++)
			if ((unsigned int)s->fds[i].to >= from &&
			    (unsigned int)s->fds[i].to < next)
				next = s->fds[i].to;
		unsigned int last = next == ~0u ? next : next - 1;
		if (next > from &&
		    sys_close_range(from, last, CLOSE_RANGE_CLOEXEC) == -EINVAL)
			(void)sys_close_range(from, last, 0);
		if (next == ~0u)
			return 0;
		from = next + 1;
	}
}

ON_CHILD_STACK static void execute(void *argument)
{
	struct request *q = argument;
	const struct spawn *s = q->s;
	int program = q->program;

	if (program >= 0 && is_target(s, program) && (program = move_up(program)) < 0)
		give_up(q);

	for (size_t i = 0; i < s->n_tasks; i++)
		(void)!write(s->tasks_fds[i], "0", 1);
	if (s->session)
		(void)setsid();
	if (s->directory && chdir(s->directory) < 0)
		give_up(q);
	if (place_fds(q) < 0)
		give_up(q);
	(void)close_others(s);
	for (int i = 0; i < SIGNALS; i++)
		if (q->ignored >> i & 1)
			(void)sigaction(i + 1,
					&(struct sigaction){ .sa_handler = SIG_DFL },
					NULL);
	(void)sigprocmask(SIG_SETMASK, &q->mask, NULL);
	if (program >= 0)
		(void)syscall(SYS_execveat, program, "", s->argv, q->envp, AT_EMPTY_PATH);
	else
		(void)execve(q->path, s->argv, q->envp);
	give_up(q);
}

ON_CHILD_STACK static pid_t clone_child(struct request *q, void (*function)(void *),
					char *stack, int exit_signal, int *pidfd,
					int cgroup_fd)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND,
		.exit_signal = exit_signal,
	};

	if (pidfd) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uintptr_t)pidfd;
	}
	if (cgroup_fd > 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = cgroup_fd;
	}
	return clone_on_stack(&args, stack, STACK_SIZE, function, q);
}

ON_CHILD_STACK static void detach(void *argument)
{
	struct request *q = argument;
	pid_t pid = clone_child(q, execute, q->stack + STACK_SIZE, SIGCHLD, NULL,
				q->s->cgroup_fd);

	if (pid < 0) {
		errno = -pid;
		give_up(q);
	}
	q->pid = pid;
	_exit(0);
}

/* The program's path, searched as execvp(3) would. */
static char *find_program(const char *name)
{
	const char *list = getenv("PATH");
	_cleanup_strv_ char **dirs =
		strv_split(list ? list : "/usr/sbin:/usr/bin:/sbin:/bin", ":");

	if (strchr(name, '/'))
		return strdup(name);
	for (char **d = dirs; d && *d; d++) {
		_cleanup_buf_ struct buf path = {};
		struct stat st;

		buf_printf(&path, "%s/%s", *d, name);
		if (path.data && stat(path.data, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(path.data, X_OK) == 0)
			return buf_steal(&path);
	}
	return NULL;
}

/* Where that cannot be had, on Linux before 5.12 or without rights, it is the file itself. */
static int open_sealed(const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	_cleanup_close_ int tree =
		sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0 ||
	    sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return NO_FD;
	return steal_fd(tree);
}

/*
 * The end of a process that could not be executed and is not our child: until then its cgroup
 * cannot be removed.  The time-out is for a number that somebody else has got by now.
 */
static void await_detached(pid_t pid)
{
	struct deadline d = deadline_in(EXIT_TIMEOUT_MS);
	_cleanup_close_ int pidfd = pid > 0 ? sys_pidfd_open(pid, 0) : NO_FD;

	if (pidfd >= 0)
		(void)wait_fd(pidfd, POLLIN, &d);
}

/*
 * An exec resets handlers, but what the caller ignores, as nohup, shells and language run times
 * do, stays ignored, down to the container's init.  The kernel tells of all at once; without
 * /proc each is taken to be one.
 */
static uint64_t ignored_signals(void)
{
	static const char field[] = "\nSigIgn:\t";
	char text[4096];
	uint64_t mask = 0;
	_cleanup_close_ int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[MAX(n, 0)] = '\0';
	const char *digits = strstr(text, field);
	/* the next field is there, so that this one was not cut */
	if (!digits || !strstr(digits, "\nSigCgt:"))
		return UINT64_MAX;
	for (digits += strlen(field); *digits != '\n'; digits++)
		mask = mask << 4 |
		       (uint64_t)(*digits <= '9' ? *digits - '0' : *digits - 'a' + 10);
	return mask;
}

static int start(struct request *q, struct process *ret)
{
	const struct spawn *s = q->s;
	sigset_t all, before;
	int pidfd = NO_FD, cancel;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	sigemptyset(&q->mask);
	q->ignored = ignored_signals();
	pid_t pid = s->detached ? clone_child(q, detach, q->stack, 0, NULL, 0)
				: clone_child(q, execute, q->stack, s->exit_signal,
					      &pidfd, s->cgroup_fd);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_setcancelstate(cancel, NULL);
	if (pid < 0)
		return pid;
	if (s->detached || q->failure)
		(void)wait_child(pid, NO_FD, NULL);
	if (q->failure) {
		close_p(&pidfd);
		await_detached(q->pid);
		return -q->failure;
	}
	ret->pid = s->detached ? q->pid : pid;
	ret->pidfd = pidfd;
	return 0;
}

static int start_failed(const char *what, const char *path, int r, struct lxc_error **err)
{
	struct stat st;

	error_set(err, r, what, "%s", path);
	if (r == -EMFILE)
		error_hint(err, "raise the limit of descriptors: ulimit -n 1024");
	else if (r == -ENOENT && access(path, F_OK) == 0)
		error_hint(err, "the file is there, the interpreter in its #! line, or "
				"its dynamic linker, is not");
	else if (r == -EACCES && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		error_hint(err, "this is a directory: name a program");
	else if (r == -EACCES)
		error_hint(err, "make it executable: chmod +x %s", path);
	else if (r == -ENOEXEC)
		error_hint(err, "it is no program: a script begins with a #! line");
	return r;
}

int spawn_start(const struct spawn *s, struct process *ret, struct lxc_error **err)
{
	const char *what = s->what ? s->what : "program";
	_cleanup_free_ char *path = find_program(s->path);
	size_t size = (s->detached ? 2 : 1) * STACK_SIZE;
	struct request q = { .s = s, .envp = s->envp ? s->envp : environ };

	if (!path) {
		error_set(err, -ENOENT, what, "%s", s->path);
		error_hint(err, "install it, or add its directory to PATH");
		return -ENOENT;
	}
	if (s->n_fds > SPAWN_FDS_MAX)
		return error_set(err, -E2BIG, what, "%s", path);
	_cleanup_close_ int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0)
		return error_set(err, -errno, "open", "/dev/null");
	_cleanup_close_ int program = s->sealed ? open_sealed(path) : NO_FD;
	q.path = path;
	q.program = program;
	q.null_fd = null_fd;
	q.stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (q.stack == MAP_FAILED)
		return error_set(err, -errno, what, "%s", path);
	int r = start(&q, ret);

	(void)munmap(q.stack, size);
	return r < 0 ? start_failed(what, path, r, err) : 0;
}

static int check_status(const struct spawn *s, int status, struct lxc_error **err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	error_set_code(err, -EIO, LXC_ERROR_PROGRAM, s->what ? s->what : "program", "%s",
		       s->path);
	if (WIFSIGNALED(status))
		error_detail(err, "killed by signal %d", WTERMSIG(status));
	else
		error_detail(err, "exit status %d", WEXITSTATUS(status));
	return -EIO;
}

/* Wait for it; past the deadline it is killed and reaped. */
static int finish(const struct spawn *s, struct process *p, const struct deadline *d,
		  struct lxc_error **err)
{
	const char *what = s->what ? s->what : "program";
	int status = wait_child(p->pid, p->pidfd, d);

	if (status == -ETIMEDOUT || status == -ECANCELED) {
		int r = status;

		(void)sys_pidfd_send_signal(p->pidfd, SIGKILL);
		(void)wait_child(p->pid, p->pidfd, NULL);
		status = error_set(err, r, what, "%s", s->path);
	} else if (status < 0) {
		(void)error_set(err, status, what, "%s", s->path);
	}
	close_p(&p->pidfd);
	return status;
}

int spawn_run(const struct spawn *s, const struct deadline *d, struct lxc_error **err)
{
	struct process p;
	int r = spawn_start(s, &p, err);

	if (r < 0)
		return r;
	int status = finish(s, &p, d, err);
	return status < 0 ? status : check_status(s, status, err);
}

static int read_output(int fd, const struct deadline *d, size_t limit, struct buf *out)
{
	char chunk[4096];

	for (;;) {
		int r = wait_fd(fd, POLLIN, d);
		ssize_t n = r < 0 ? r : read(fd, chunk, sizeof(chunk));

		if (n < 0)
			return r < 0 ? r : -errno;
		if (n == 0)
			return buf_status(out);
		buf_add(out, chunk, MIN((size_t)n, limit - MIN(limit, out->size)));
	}
}

int spawn_capture(const struct spawn *s, const struct deadline *d, size_t limit,
		  char **ret_output, int *ret_status, struct lxc_error **err)
{
	_cleanup_buf_ struct buf out = {};
	struct spawn with_pipe = *s;
	struct process p;
	int ends[2];

	if (s->n_fds + 2 > SPAWN_FDS_MAX || pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, -EMFILE, s->what ? s->what : "program", "%s",
				 s->path);
	_cleanup_close_ int reader = ends[0];
	_cleanup_close_ int writer = ends[1];
	with_pipe.fds[with_pipe.n_fds++] = (struct spawn_fd){ writer, STDOUT_FILENO };
	with_pipe.fds[with_pipe.n_fds++] = (struct spawn_fd){ writer, STDERR_FILENO };
	int r = spawn_start(&with_pipe, &p, err);
	if (r < 0)
		return r;
	close_p(&writer);
	writer = NO_FD;
	/* a failure to read ends the same way as the deadline: finish() kills */
	(void)read_output(reader, d, limit, &out);
	int status = finish(s, &p, d, err);
	if (status < 0)
		return status;
	char *text = buf_steal(&out);
	if (!text)
		return error_set(err, -ENOMEM, s->what ? s->what : "program", "%s",
				 s->path);
	*ret_output = text;
	*ret_status = status;
	return 0;
}
