/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running programs without forking the caller: clone with shared memory, exec at once.
 * The cost does not depend on the size of the caller, no lock of it is copied, and only the
 * descriptors that are named here reach the program.
 */
#ifndef UTIL_SPAWN_H
#define UTIL_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"
#include "util/wait.h"

struct spawn_fd {
	int from; /* in the caller; negative: /dev/null */
	int to; /* in the program */
};

#define SPAWN_FDS_MAX 24

struct spawn {
	const char *path; /* absolute, or searched in PATH */
	char *const *argv;
	char *const *envp; /* NULL: the caller's environment */
	const char *directory; /* working directory; NULL: the caller's */
	struct spawn_fd fds[SPAWN_FDS_MAX]; /* 0, 1, 2 are inherited unless named */
	size_t n_fds;
	bool sealed; /* executed from a mount that cannot be written, see spawn.c */
	bool detached; /* not our child: adopted by init (or a subreaper) */
	bool session; /* setsid() */
	int exit_signal; /* SIGCHLD when its children shall be ours, usually 0 */
	int cgroup_fd; /* cgroup v2 directory to be born in, 0: the caller's */
	const int *tasks_fds; /* cgroup v1 "tasks" files to enter */
	size_t n_tasks;
	const char *what; /* for errors: "template", "monitor" */
};

struct process {
	pid_t pid;
	int pidfd; /* NO_FD for a detached one */
};

/* Start the program.  0, or -errno and an error when it could not be executed. */
int spawn_start(const struct spawn *s, struct process *ret, struct lxc_error **err);

/*
 * Start the program and wait for it.  0 when it exits with 0; otherwise -errno and an error
 * of the code LXC_ERROR_PROGRAM that tells the status.  On a deadline it is killed.
 */
int spawn_run(const struct spawn *s, const struct deadline *d, struct lxc_error **err);

/* As spawn_run() with standard output and error captured: at most limit bytes, NUL-terminated. */
int spawn_capture(const struct spawn *s, const struct deadline *d, size_t limit,
		  char **ret_output, int *ret_status, struct lxc_error **err);

#endif
