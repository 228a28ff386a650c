/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A caller in a strange state, and what of it is seen inside.  Linked statically, because it also
 * runs in containers.
 *
 *   caller STATE... -- PROGRAM [ARGUMENT]...    execute the program in these states:
 *     fds       1,000 descriptors of every kind, none of them close-on-exec
 *     blocked   every signal blocked
 *     ignored   what shells, nohup and language run times ignore, and what halts an init
 *     deaf      every signal ignored that can be
 *     nofile    at most 8 descriptors
 *     umask     every bit set
 *     nocwd     in a directory that is removed
 *     noenv     no environment
 *     stack     64 KiB of stack
 *     noproc    nothing on /proc
 *     keyring   a session keyring with a key "secret" in it
 *   caller report                               print what this process has
 *   caller cookie                               print the core scheduling cookie, 0: none
 *   caller key                                  print the key "secret", if it can be had
 */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS 1000

static int die(const char *what)
{
	perror(what);
	exit(125);
}

/* --- states --- */

static int open_kind(int i)
{
	switch (i % 8) {
	case 0:
		return open("/etc/passwd", O_RDONLY);
	case 1:
		return open("/", O_PATH | O_DIRECTORY);
	case 2:
		return open("/proc/self", O_RDONLY | O_DIRECTORY);
	case 3:
		return socket(AF_UNIX, SOCK_STREAM, 0);
	case 4:
		return socket(AF_INET, SOCK_DGRAM, 0);
	case 5:
		return memfd_create("caller", 0);
	case 6:
		return eventfd(0, 0);
	default:
		return open("/dev/null", O_RDWR);
	}
}

static void many_fds(void)
{
	struct rlimit limit = { FDS + 100, FDS + 100 };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("RLIMIT_NOFILE");
	for (int i = 0; i < FDS; i++)
		if (open_kind(i) < 0)
			die("descriptor");
}

static void block(void)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		die("sigprocmask");
}

static void ignore(void)
{
	static const int signals[] = {
		SIGHUP,	 SIGINT,  SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD,
		SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM,
		SIGXFSZ, SIGXCPU, SIGPWR,  37, /* SIGRTMIN + 3 of glibc */
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		(void)signal(signals[i], SIG_IGN);
}

static void be_deaf(void)
{
	for (int i = 1; i <= SIGRTMAX; i++)
		(void)signal(i, SIG_IGN);
}

static void few_fds(void)
{
	struct rlimit limit = { 8, 8 };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("RLIMIT_NOFILE");
}

static void no_rights(void)
{
	(void)umask(0777);
}

static void no_directory(void)
{
	char path[] = "/tmp/lxc-caller.XXXXXX";

	if (!mkdtemp(path) || chdir(path) < 0 || rmdir(path) < 0)
		die("directory");
}

static void no_environment(void)
{
	(void)clearenv();
}

static void small_stack(void)
{
	struct rlimit limit = { 64 << 10, 64 << 10 };

	if (setrlimit(RLIMIT_STACK, &limit) < 0)
		die("RLIMIT_STACK");
}

static void no_proc(void)
{
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    umount2("/proc", MNT_DETACH) < 0)
		die("/proc");
}

static void secret(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", "secret", "42", 2, KEY_SPEC_SESSION_KEYRING) < 0)
		die("keyring");
}

static const struct {
	const char *name;
	void (*enter)(void);
} states[] = {
	{ "fds", many_fds },	   { "blocked", block },	{ "ignored", ignore },
	{ "deaf", be_deaf },	   { "nofile", few_fds },	{ "umask", no_rights },
	{ "nocwd", no_directory }, { "noenv", no_environment }, { "stack", small_stack },
	{ "noproc", no_proc },	   { "keyring", secret },
};

static void enter(const char *name)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (strcmp(states[i].name, name) != 0)
			continue;
		states[i].enter();
		return;
	}
	die(name);
}

/* --- what is seen --- */

static void report(void)
{
	struct rlimit limit;
	struct sigaction action;
	sigset_t blocked;

	printf("fds");
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < 65536; i++)
		if (fcntl(i, F_GETFD) >= 0)
			printf(" %d", i);
	printf("\nignored");
	for (int i = 1; i <= SIGRTMAX; i++)
		if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			printf(" %d", i);
	printf("\nblocked");
	(void)sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int i = 1; i <= SIGRTMAX; i++)
		if (sigismember(&blocked, i))
			printf(" %d", i);
	printf("\numask %03o\n", umask(0));
}

static int cookie(void)
{
	unsigned long long value = 0;

	/* PR_SCHED_CORE, PR_SCHED_CORE_GET, of this thread */
	if (syscall(SYS_prctl, 62, 0, 0, 0, &value) < 0)
		return die("PR_SCHED_CORE");
	printf("%llx\n", value);
	return 0;
}

static int key(void)
{
	char value[16] = "";
	long id = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
			  "secret", 0);

	if (id < 0 ||
	    syscall(SYS_keyctl, KEYCTL_READ, id, value, sizeof(value) - 1) < 0) {
		puts("none");
		return 1;
	}
	puts(value);
	return 0;
}

int main(int argc, char **argv)
{
	int i = 1;

	if (argc > 1 && !strcmp(argv[1], "cookie"))
		return cookie();
	if (argc > 1 && !strcmp(argv[1], "key"))
		return key();
	if (argc > 1 && !strcmp(argv[1], "report")) {
		report();
		return 0;
	}
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		enter(argv[i]);
	if (i + 1 >= argc)
		return 125;
	execvp(argv[i + 1], argv + i + 1);
	return die(argv[i + 1]);
}
