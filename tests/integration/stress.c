/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One process that starts, enters and stops one container many times, and is the same process
 * afterwards: stress NAME LXCPATH ROUNDS.  Speaks TAP.
 */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lxc/lxc.h>

#define WARM_UP 20 /* rounds until every cache is filled */
#define GROWTH_KIB 128 /* of memory, in all the other rounds */
#define GROWTH_HEAP 256 /* bytes of it that somebody still owns: less than one a round */
#define SIGNALS 64
#define FUNCTION_RESULT 42

struct condition {
	int fds;
	long memory; /* KiB */
	size_t heap; /* bytes in use */
	int threads, mounts, mappings;
	stack_t signal_stack;
	sigset_t mask;
	void (*handlers[SIGNALS + 1])(int);
	mode_t umask;
	char directory[256];
};

static int count, failures;

static void check(int good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++count, what);
	failures += !good;
}

static void handle(int sig)
{
	(void)sig;
}

static long memory_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

/* 0 where the allocator is not that of glibc, as under a sanitizer. */
static size_t heap_bytes(void)
{
#ifdef __GLIBC__
	return mallinfo2().uordblks;
#else
	return 0;
#endif
}

static int count_lines(const char *path)
{
	FILE *f = fopen(path, "re");
	int n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void look(struct condition *c)
{
	struct sigaction action;

	memset(c, 0, sizeof(*c));
	c->fds = count_entries("/proc/self/fd");
	c->threads = count_entries("/proc/self/task");
	c->mounts = count_lines("/proc/self/mountinfo");
	c->mappings = count_lines("/proc/self/maps");
	c->memory = memory_kib();
	c->heap = heap_bytes();
	sigaltstack(NULL, &c->signal_stack);
	pthread_sigmask(SIG_BLOCK, NULL, &c->mask);
	for (int sig = 1; sig <= SIGNALS; sig++)
		if (sigaction(sig, NULL, &action) == 0)
			c->handlers[sig] = action.sa_handler;
	c->umask = umask(0);
	umask(c->umask);
	if (!getcwd(c->directory, sizeof(c->directory)))
		c->directory[0] = '\0';
}

/* In the container, in a copy of this process. */
static int function(void *payload)
{
	struct stat st;
	const int *result = payload;

	return getpid() < 100 && stat("/etc/inittab", &st) == 0 ? *result : 1;
}

static int attach_function(struct lxc_container *c)
{
	int result = FUNCTION_RESULT, status;
	pid_t pid;

	if (lxc_container_attach(c, function, &result, NULL, &pid) < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int play(struct lxc_container *c)
{
	static char sleep_[] = "/bin/sleep", time_[] = "1000";
	char *argv[] = { sleep_, time_, NULL };
	const char *const run_true[] = { "/bin/true", NULL };

	if (!lxc_container_start(c, 1, argv))
		return -1;
	if (lxc_container_attach_run_wait(c, NULL, "/bin/true", run_true) != 0 ||
	    attach_function(c) != FUNCTION_RESULT)
		return -1;
	return lxc_container_stop(c) ? 0 : -1;
}

static int play_rounds(struct lxc_container *c, int n)
{
	for (int i = 0; i < n; i++) {
		if (play(c) == 0)
			continue;
		printf("# round %d: %s\n", i, lxc_error_message(lxc_last_error()));
		return -1;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct condition before, after;

	if (argc < 4)
		return 2;
	int rounds = (int)strtol(argv[3], NULL, 10);
	struct lxc_container *c = lxc_container_new(argv[1], argv[2]);
	if (!c)
		return 1;
	signal(SIGUSR1, handle);
	signal(SIGPIPE, SIG_IGN);
	umask(027);
	check(play_rounds(c, WARM_UP) == 0, "the first rounds");
	look(&before);
	check(play_rounds(c, rounds) == 0, "all rounds");
	look(&after);
	check(after.fds == before.fds, "no descriptor is left");
	check(waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD,
	      "no child is left");
	printf("# memory: %ld KiB, then %ld KiB\n", before.memory, after.memory);
	check(after.memory - before.memory <= GROWTH_KIB, "no memory is lost");
	printf("# heap: %zu bytes, then %zu bytes\n", before.heap, after.heap);
	check(after.heap <= before.heap + GROWTH_HEAP, "no allocation is lost");
	check(after.mappings <= before.mappings, "no mapping is left");
	check(after.threads == before.threads, "no thread is left");
	check(after.mounts == before.mounts, "no mount is left");
	check(memcmp(&before.mask, &after.mask, sizeof(before.mask)) == 0,
	      "the signal mask is the same");
	check(memcmp(before.handlers, after.handlers, sizeof(before.handlers)) == 0,
	      "the signal handlers are the same");
	check(before.signal_stack.ss_sp == after.signal_stack.ss_sp &&
		      before.signal_stack.ss_flags == after.signal_stack.ss_flags,
	      "the signal stack is the same");
	check(before.umask == after.umask, "the umask is the same");
	check(strcmp(before.directory, after.directory) == 0,
	      "the working directory is the same");
	lxc_container_put(c);
	printf("1..%d\n", count);
	return failures ? 1 : 0;
}
