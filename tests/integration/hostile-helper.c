/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What shell cannot do in the tests of hostile containers.  Linked statically, because most of
 * it runs inside.
 *
 *   exchange A B         the names A and B change places, at once
 *   spin A B             the same for ever
 *   push TEXT            TEXT into the input queue of the terminal on standard input (TIOCSTI)
 *   steal                for ever: open each /proc/PID/exe for writing; print what that opened
 *   peek                 for ever: print which directories a process of ours, inside, has open
 *   touch PID            ptrace, read the memory of and take a descriptor from PID
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif

static int exchange(const char *a, const char *b)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static int push(const char *text)
{
	for (; *text; text++)
		if (ioctl(STDIN_FILENO, TIOCSTI, text) < 0) {
			perror("TIOCSTI");
			return 1;
		}
	return 0;
}

/* Calls look for each number in /proc, until somebody kills us. */
static void each_process(void (*look)(const char *pid))
{
	for (;;) {
		DIR *d = opendir("/proc");

		for (struct dirent *e; d && (e = readdir(d));)
			if (*e->d_name >= '0' && *e->d_name <= '9' &&
			    atoi(e->d_name) != getpid())
				look(e->d_name);
		if (d)
			closedir(d);
	}
}

/*
 * The program that a process executes, when it is none of the container's: O_PATH, or -1.  Its
 * name is where it would be if it were inside, so what is there is compared.
 */
static int open_foreign(const char *pid)
{
	char path[64], name[256] = "";
	struct stat exe, named;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &exe) < 0 || readlink(path, name, sizeof(name) - 1) < 0 ||
	    (stat(name, &named) == 0 && exe.st_ino == named.st_ino &&
	     exe.st_dev == named.st_dev)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* As CVE-2019-5736: hold the program, and write to it when it is no longer executed. */
static void steal(const char *pid)
{
	char held[64];
	int fd = open_foreign(pid), out = -1;

	if (fd < 0)
		return;
	snprintf(held, sizeof(held), "/proc/self/fd/%d", fd);
	for (int i = 0; i < 100000; i++) {
		out = open(held, O_WRONLY | O_CLOEXEC);
		/* ETXTBSY will pass, a mount that is read-only will not */
		if (out >= 0 || errno != ETXTBSY)
			break;
	}
	printf("held, %s\n", out >= 0 ? "opened for writing" : strerror(errno));
	fflush(stdout);
	if (out >= 0)
		close(out);
	close(fd);
}

/* Directories: from the host's, a path leads out. */
static void peek(const char *pid)
{
	char path[64], name[256];
	int exe = open_foreign(pid);

	if (exe < 0)
		return;
	close(exe);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	DIR *d = opendir(path);

	for (struct dirent *e; d && (e = readdir(d));) {
		struct stat st;

		memset(name, 0, sizeof(name));
		if (*e->d_name != '.' && fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
		    readlinkat(dirfd(d), e->d_name, name, sizeof(name) - 1) > 0)
			printf("%s %s\n", S_ISDIR(st.st_mode) ? "directory" : "fine",
			       name);
	}
	if (d)
		closedir(d);
	fflush(stdout);
}

static void report(const char *what, long r)
{
	printf("%s: %s\n", what, r < 0 ? strerror(errno) : "done");
}

static int touch(pid_t pid)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { (void *)0x400000, 1 };
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	report("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 0, 0));
	/* EFAULT would say that only the address was wrong */
	report("process_vm_readv", process_vm_readv(pid, &local, 1, &remote, 1, 0));
	long r = ptrace(PTRACE_SEIZE, pid, NULL, NULL);

	report("ptrace", r);
	if (r == 0)
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "exchange") && argc == 4)
		return exchange(argv[2], argv[3]) < 0;
	if (!strcmp(verb, "spin") && argc == 4)
		for (;;)
			(void)exchange(argv[2], argv[3]);
	if (!strcmp(verb, "push") && argc == 3)
		return push(argv[2]);
	if (!strcmp(verb, "steal"))
		each_process(steal);
	if (!strcmp(verb, "peek"))
		each_process(peek);
	if (!strcmp(verb, "touch") && argc == 3)
		return touch(atoi(argv[2]));
	fputs("hostile-helper: see the source\n", stderr);
	return 2;
}
