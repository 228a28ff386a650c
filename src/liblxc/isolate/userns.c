/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* User namespaces and their maps: user_namespaces(7), newuidmap(1). */
#include "isolate/userns.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "util/file.h"
#include "util/syscall.h"

#define NUMBERS_MAX (3 * 340 + 3)

static int write_map(pid_t pid, const char *file, const char *map)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return file_write(AT_FDCWD, path, map);
}

/* --- newuidmap, newgidmap --- */

/* The last line that is not empty, without what a terminal would take for a command. */
static void keep_last_line(char *text, char *why, size_t size)
{
	char *last = text;

	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		if (*line)
			last = line;
	for (char *p = last; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = '?';
	(void)snprintf(why, size, "%s", last);
}

static void execute(const char *program, char **argv, int out)
{
	char *const env[] = { (char *)"LC_ALL=C", NULL };

	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	(void)execve(program, argv, env);
	_exit(127);
}

/* Execute a program, and read what it says: its wait(2) status, or -errno. */
static int run_program(const char *program, char **argv, char *said, size_t size)
{
	int ends[2], status = 0;
	size_t n = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid_t pid = fork();
	if (pid == 0)
		execute(program, argv, ends[1]);
	(void)close(ends[1]);
	for (ssize_t got = 1; pid > 0 && got > 0 && n < size - 1; n += MAX(got, 0)) {
		got = read(ends[0], said + n, size - 1 - n);
		if (got < 0 && errno == EINTR)
			got = 0;
	}
	said[n] = '\0';
	(void)close(ends[0]);
	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

static int map_by_program(const char *program, pid_t pid, const char *map, char *why,
			  size_t size)
{
	char number[16], said[512];
	_cleanup_free_ char *copy = strdup(map);
	char *argv[NUMBERS_MAX] = { (char *)program, number };
	size_t n = 2;

	if (!copy)
		return -ENOMEM;
	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	for (char *save = NULL, *word = strtok_r(copy, " \n", &save);
	     word && n < NUMBERS_MAX - 1; word = strtok_r(NULL, " \n", &save))
		argv[n++] = word;
	int status = run_program(program, argv, said, sizeof(said));
	if (status <= 0)
		return status;
	if (why)
		keep_last_line(said, why, size);
	return -EPERM;
}

static int map_one(pid_t pid, const char *file, const char *map, const char *program,
		   char *why, size_t size)
{
	return program ? map_by_program(program, pid, map, why, size)
		       : write_map(pid, file, map);
}

int userns_map(pid_t pid, const struct userns_maps *maps, char *why, size_t size)
{
	int r = maps->deny_setgroups ? write_map(pid, "setgroups", "deny") : 0;

	if (r == 0)
		r = map_one(pid, "gid_map", maps->gid_map, maps->newgidmap, why, size);
	if (r == 0)
		r = map_one(pid, "uid_map", maps->uid_map, maps->newuidmap, why, size);
	return r;
}

/* --- namespaces without and with somebody in them --- */

int userns_open(pid_t pid)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * A process in a new user namespace that reads go, and sees its end when its parent dies.  Its
 * files in /proc have to be its user's until the maps are written: it is dumpable, as its
 * parent must be for that moment.
 */
static pid_t clone_user(int ends[2], uint64_t flags, int exit_signal)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | flags,
				   .exit_signal = exit_signal };

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid_t pid = sys_clone3(&args);
	if (pid != 0)
		(void)prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
	(void)close(ends[pid == 0]);
	if (pid < 0)
		(void)close(ends[1]);
	return pid;
}

static void await(int go)
{
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(127);
}

static int end_of(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

pid_t userns_clone(unsigned long flags, int exit_signal, int *ret_go)
{
	int ends[2];
	pid_t pid = clone_user(ends, flags, exit_signal);

	if (pid == 0) {
		await(ends[0]);
		(void)close(ends[0]);
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	} else if (pid > 0) {
		*ret_go = ends[1];
	}
	return pid;
}

int userns_release(pid_t pid, int go, const struct userns_maps *maps, char *why,
		   size_t size)
{
	int r = userns_map(pid, maps, why, size);

	if (r == 0 && write(go, "", 1) != 1)
		r = -errno;
	/* without a word it ends by itself */
	(void)close(go);
	return r;
}

int userns_make(const struct userns_maps *maps)
{
	int go = NO_FD;
	pid_t pid = userns_clone(0, SIGCHLD, &go);

	if (pid == 0)
		_exit(0);
	int r = pid < 0 ? pid : userns_map(pid, maps, NULL, 0);
	if (r == 0)
		r = userns_open(pid);
	close_p(&go);
	if (pid > 0)
		(void)end_of(pid);
	return r;
}

int userns_call(const struct userns_maps *maps, int (*function)(void *data), void *data,
		char *why, size_t size)
{
	int go = NO_FD;
	pid_t pid = userns_clone(0, SIGCHLD, &go);

	if (pid == 0) {
		(void)setgroups(0, NULL);
		if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
			_exit(errno);
		_exit(-function(data));
	}
	if (pid < 0)
		return pid;
	int r = userns_release(pid, go, maps, why, size);
	int ended = end_of(pid);
	return r < 0 ? r : ended;
}
