/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operation that starts the supervisor of the filter's listeners: see supervise.h. */
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/monitor.h"
#include "core/op-kinds.h"
#include "core/supervise.h"
#include "isolate/intercept.h"
#include "util/syscall.h"

#define TEXTS_MAX 128

static void print_texts(const struct plan *plan, const char *what, struct plan_blob blob,
			struct buf *out)
{
	char *texts[TEXTS_MAX];
	size_t n = plan_strv(plan, blob, texts, ARRAY_SIZE(texts));

	for (size_t i = 0; i < n; i++) {
		buf_str(out, i ? " " : what);
		buf_printable(out, texts[i]);
	}
}

void print_supervise(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_supervise *o = (const void *)op;
	const struct intercept_device *d = plan_data(plan, o->devices);
	size_t n = d ? o->devices.size / sizeof(*d) : 0;

	for (size_t i = 0; i < n; i++) {
		char text[INTERCEPT_DEVICE_SIZE];

		intercept_device_print(&d[i], text);
		buf_printf(out, "%s%s", i ? ", " : "mknod ", text);
	}
	if (n)
		buf_char(out, ' ');
	print_texts(plan, "mount ", o->types, out);
	if (o->types.size)
		buf_char(out, ' ');
	print_texts(plan, "setxattr ", o->names, out);
	if (o->names.size)
		buf_char(out, ' ');
	buf_str(out, o->sysinfo ? "sysinfo " : "");
	if (!o->proxy)
		return;
	buf_str(out, "proxy unix:");
	buf_printable(out, plan_text(plan, o->proxy));
}

/* In a child that shares our memory until it executes the program: system calls only. */
static __attribute__((noreturn)) void execute(const char *program, int channel,
					      volatile int *failure)
{
	char *argv[] = { (char *)"lxc-supervisor", NULL }, *envp[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= STDERR_FILENO && null_fd >= 0; fd++)
		(void)dup2(null_fd, fd);
	(void)fcntl(SUPERVISOR_PLAN, F_SETFD, 0);
	(void)fcntl(SUPERVISOR_LOG, F_SETFD, 0);
	/* the flag is off also when the channel has that number already */
	if (dup2(channel, SUPERVISOR_CHANNEL) >= 0 &&
	    fcntl(SUPERVISOR_CHANNEL, F_SETFD, 0) == 0)
		(void)execve(program, argv, envp);
	*failure = errno;
	_exit(127);
}

static pid_t spawn(const char *program, int channel)
{
	volatile int failure = 0;
	pid_t pid = vfork();

	if (pid == 0)
		execute(program, channel, &failure);
	if (pid < 0 || !failure)
		return pid < 0 ? -errno : pid;
	(void)waitpid(pid, NULL, 0);
	return -failure;
}

static_assert((int)SUPERVISOR_PLAN == MONITOR_PLAN &&
		      (int)SUPERVISOR_LOG == MONITOR_LOG &&
		      (int)SUPERVISOR_CHANNEL == MONITOR_LIBRARY,
	      "the channel takes the place of what is the monitor's alone");

int run_supervise(struct run *run, const struct op *op, struct lxc_error **err)
{
	const char *program =
		plan_text(run->plan, ((const struct op_supervise *)op)->program);
	int ends[2], r = sync_pair(ends);

	if (r < 0)
		return error_set(err, r, "supervisor", "socket pair");
	/* it is not waited for: see notify.c */
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	pid_t pid = spawn(program, ends[1]);
	close_p(&ends[1]);
	if (pid < 0) {
		close_p(&ends[0]);
		error_set(err, pid, "execute", "%s", program);
		error_hint(err, "install liblxc completely: make install");
		return pid;
	}
	run->supervisor.pid = pid;
	run->supervisor.channel = ends[0];
	run->supervisor.pidfd = sys_pidfd_open(pid, 0);
	return 0;
}

void undo_supervise(struct run *run, const struct op *op)
{
	(void)op;
	if (run->supervisor.pid > 0) {
		(void)kill(run->supervisor.pid, SIGKILL);
		(void)waitpid(run->supervisor.pid, NULL, 0);
	}
	close_p(&run->supervisor.channel);
	close_p(&run->supervisor.pidfd);
	run->supervisor.pid = 0;
	run->supervisor.channel = run->supervisor.pidfd = NO_FD;
}
