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
 *   hold FILE COMMAND... run it; the first process of it that is born into another pid namespace
 *                        stands still until FILE has something in it.  Print which directories
 *                        of other mounts than the container's it has open, at its birth and
 *                        after each system call up to its exec.
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
#include <time.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif

#define STEAL_SECONDS 10

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
	printf("held\n");
	fflush(stdout);
	/* ETXTBSY will pass, a mount that is read-only will not */
	for (time_t end = time(NULL) + STEAL_SECONDS; time(NULL) < end;) {
		out = open(held, O_WRONLY | O_CLOEXEC);
		if (out >= 0 || errno != ETXTBSY)
			break;
	}
	printf("then: %s\n", out >= 0 ? "opened for writing" : strerror(errno));
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

/* --- hold --- */

#define STAND_TRIES 1500 /* of 10 ms */

/* Whether the mount with this number is one of those that the process sees. */
static int sees_mount(pid_t pid, int mount)
{
	char path[64], line[4096];
	int id, found = 0;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	FILE *f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%d", &id) == 1 && id == mount;
	if (f)
		fclose(f);
	return found;
}

static int mount_of(pid_t pid, const char *fd)
{
	char path[300], line[256];
	int id = -1;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, fd);
	FILE *f = fopen(path, "re");
	while (f && id < 0 && fgets(line, sizeof(line), f))
		(void)sscanf(line, "mnt_id: %d", &id);
	if (f)
		fclose(f);
	return id;
}

static void print_directories(pid_t pid, int step)
{
	char path[64], name[256];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	DIR *d = opendir(path);

	for (struct dirent *e; d && (e = readdir(d));) {
		struct stat st;

		memset(name, 0, sizeof(name));
		if (*e->d_name != '.' && fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
		    S_ISDIR(st.st_mode) && !sees_mount(pid, mount_of(pid, e->d_name)) &&
		    readlinkat(dirfd(d), e->d_name, name, sizeof(name) - 1) > 0)
			printf("directory at step %d: %s\n", step, name);
	}
	if (d)
		closedir(d);
}

static int is_inside(pid_t pid)
{
	char path[64];
	struct stat own, its;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return stat("/proc/self/ns/pid", &own) == 0 && stat(path, &its) == 0 &&
	       own.st_ino != its.st_ino;
}

static void stand(const char *file)
{
	struct stat st = { .st_size = 0 };

	for (int i = 0; i < STAND_TRIES && st.st_size == 0; i++) {
		usleep(10000);
		(void)stat(file, &st);
	}
	printf("%s\n", st.st_size ? "seen" : "not seen");
}

/* One stop of a traced process: how it goes on. */
static void go_on(pid_t pid, int status, pid_t *held, const char *file)
{
	static int steps;
	int event = status >> 16, sig = WSTOPSIG(status) & 0x7f;

	if (pid == *held && event == PTRACE_EVENT_EXEC) {
		printf("executed after %d steps\n", steps);
		*held = -1; /* it is the container's now, and the next one's turn is not */
	}
	if (*held == 0 && sig == SIGSTOP && is_inside(pid)) {
		*held = pid;
		print_directories(pid, 0);
		stand(file);
	} else if (pid == *held && sig == SIGTRAP) {
		print_directories(pid, ++steps);
	}
	(void)ptrace(pid == *held ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL,
		     (void *)(long)(sig == SIGSTOP || sig == SIGTRAP ? 0 : sig));
}

static int hold(const char *file, char **argv)
{
	long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	pid_t command = fork(), held = 0, pid;
	int status, result = 1;

	if (command == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (command < 0 || waitpid(command, &status, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, command, NULL, options) < 0 ||
	    ptrace(PTRACE_CONT, command, NULL, NULL) < 0)
		return 1;
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			go_on(pid, status, &held, file);
		else if (pid == command)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	return result;
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
	if (!strcmp(verb, "hold") && argc > 3)
		return hold(argv[2], argv + 3);
	if (!strcmp(verb, "touch") && argc == 3)
		return touch(atoi(argv[2]));
	fputs("hostile-helper: see the source\n", stderr);
	return 2;
}
