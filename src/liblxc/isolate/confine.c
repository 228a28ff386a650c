/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Landlock and a list of system calls, for processes of our own: see confine.h. */
#include "isolate/confine.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "isolate/seccomp.h"
#include "util/macro.h"
#include "util/syscall.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* <linux/landlock.h>, which grows with each version. */
#define CREATE_VERSION 1
#define RULE_PATH_BENEATH 1
#define NET_BIND_CONNECT 3
#define SCOPE_ABSTRACT_SOCKET 1

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_beneath {
	uint64_t rights;
	int32_t dir;
} __attribute__((packed));

/* What each version knows: file rights, and how much of the struct. */
static const struct {
	uint64_t fs;
	size_t size;
} versions[] = {
	{ 0x1fff, 8 },	{ 0x3fff, 8 },	{ 0x7fff, 8 },
	{ 0x7fff, 16 }, { 0xffff, 16 }, { 0xffff, 24 },
};

static int add_dir(int ruleset, const struct confinement *c)
{
	_cleanup_close_ int dir = open(c->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct path_beneath rule = { .rights = c->rights, .dir = dir };

	if (dir < 0)
		return -errno;
	return SYS_RESULT(
		syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0));
}

static int landlock(const struct confinement *c)
{
	int version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION),
	    r = 0;
	size_t i = MIN((size_t)MAX(version, 1), ARRAY_SIZE(versions)) - 1;
	struct ruleset all = { versions[i].fs, NET_BIND_CONNECT, SCOPE_ABSTRACT_SOCKET };

	if (version < 1)
		return 0; /* a kernel without it, or not switched on */
	_cleanup_close_ int ruleset =
		syscall(SYS_landlock_create_ruleset, &all, versions[i].size, 0);
	if (ruleset < 0)
		return -errno;
	if (c->dir)
		r = add_dir(ruleset, c);
	if (r < 0)
		return r;
	return SYS_RESULT(syscall(SYS_landlock_restrict_self, ruleset, 0));
}

/* --- system calls --- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define CALLS_MAX 40

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

static const int always[] = {
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	SYS_sigaltstack,
	SYS_gettid,
	SYS_mmap,
	SYS_munmap,
	SYS_madvise, /* its own */
#endif
	SYS_read,
	SYS_write,
	SYS_close,
	SYS_exit,
	SYS_exit_group,
	SYS_rt_sigreturn,
	SYS_restart_syscall,
};

#ifdef ARCHITECTURE
static size_t add_calls(struct sock_filter *f, size_t n, const int *calls, size_t n_calls)
{
	for (size_t i = 0; i < n_calls; i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i],
						      0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	return n;
}

static int filter_calls(const struct confinement *c)
{
	struct sock_filter f[5 + 2 * (CALLS_MAX + ARRAY_SIZE(always))] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};

	if (c->n_calls > CALLS_MAX)
		return -E2BIG;
	size_t n = add_calls(f, 4, c->calls, c->n_calls);
	n = add_calls(f, n, always, ARRAY_SIZE(always));
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	return seccomp_load(f, n);
}
#else
static int filter_calls(const struct confinement *c)
{
	(void)c;
	(void)always;
	return 0;
}
#endif

#ifdef LXC_TEST
/*
 * A build for tests, which is never installed, then does what an intruder would: where anything
 * of it is possible, it ends with its number.  LXC_TEST_UNCONFINED shows that it would notice.
 */
enum { INTRUDER = 90 };

static void intrude(void)
{
	char *argv[] = { (char *)"/bin/true", NULL };

	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
		_exit(INTRUDER + 1);
	if (open("/proc/self/mem", O_RDWR | O_CLOEXEC) >= 0)
		_exit(INTRUDER + 2);
	if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0)
		_exit(INTRUDER + 3);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		_exit(INTRUDER + 4);
	if (syscall(SYS_unshare, 0) == 0)
		_exit(INTRUDER + 5);
	(void)execve(argv[0], argv, argv + 1);
	if (errno != EPERM && errno != EACCES)
		_exit(INTRUDER + 6);
}
#endif

int confine_self(const struct confinement *c)
{
	int r = 0;

#ifdef LXC_TEST
	if (getenv("LXC_TEST_UNCONFINED")) {
		intrude();
		return 0;
	}
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = landlock(c);
	if (r == 0)
		r = filter_calls(c);
#ifdef LXC_TEST
	if (getenv("LXC_TEST_INTRUDE"))
		intrude();
#endif
	return r;
}
