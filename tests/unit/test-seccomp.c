/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System call filters.  Programs are looked at in two ways: a small interpreter of classic BPF
 * answers for all architectures, and a child under the filter makes real calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "isolate/intercept.h"
#include "isolate/seccomp.h"
#include "isolate/seccomp-cache.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/path.h"
#include "util/syscall.h"

#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_THREAD
#define TRAP SECCOMP_RET_TRAP
#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))
#define NOTIFY SECCOMP_RET_USER_NOTIF

/* --- scratch directory --- */

struct scratch {
	char dir[64];
	char *policy; /* a path in it */
	char *cache;
};

static int set_up(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return -1;
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/test-seccomp.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
	s->policy = path_join(s->dir, "policy");
	s->cache = path_join(s->dir, "var/cache");
	*state = s;
	return s->policy && s->cache ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scratch *s = *state;

	(void)file_remove_tree(AT_FDCWD, s->dir);
	free(s->policy);
	free(s->cache);
	free(s);
	return 0;
}

static void write_policy(const struct scratch *s, const void *text, size_t size)
{
	_cleanup_close_ int fd =
		open(s->policy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, size), 0);
}

static void compile(const struct scratch *s, const char *text,
		    struct seccomp_program *ret)
{
	struct lxc_error *err = NULL;

	write_policy(s, text, strlen(text));
	int r = seccomp_compile_cached(NULL, s->policy, ret, &err);
	if (r < 0)
		fail_msg("%s: %s", text, error_message(err));
	assert_null(err);
}

/* --- interpreter --- */

static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	if (offset > sizeof(*data) - sizeof(word) || offset % 4)
		fail_msg("load from %u", offset);
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static bool holds(uint16_t op, uint32_t a, uint32_t k)
{
	switch (op) {
	case BPF_JEQ:
		return a == k;
	case BPF_JGT:
		return a > k;
	case BPF_JGE:
		return a >= k;
	case BPF_JSET:
		return a & k;
	}
	fail_msg("jump %#x", op);
	return false;
}

static uint32_t interpret(const struct seccomp_program *p,
			  const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0; at < p->n; at++) {
		const struct sock_filter *f = &p->filter[at];

		if (f->code == (BPF_LD | BPF_W | BPF_ABS))
			a = load(data, f->k);
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= f->k;
		else if (f->code == (BPF_JMP | BPF_JA))
			at += f->k;
		else if (BPF_CLASS(f->code) == BPF_JMP)
			at += holds(BPF_OP(f->code), a, f->k) ? f->jt : f->jf;
		else if (f->code == (BPF_RET | BPF_K))
			return f->k;
		else
			fail_msg("instruction %#x", f->code);
	}
	fail_msg("the program does not end");
	return 0;
}

static uint32_t ask(const struct seccomp_program *p, uint32_t arch, int nr,
		    const uint64_t *args)
{
	struct seccomp_data data = { .nr = nr, .arch = arch };

	if (args)
		memcpy(data.args, args, sizeof(data.args));
	return interpret(p, &data);
}

/* --- what the filter says --- */

#define END                 \
	{                   \
		0, 0, {}, 0 \
	}
#define A64 AUDIT_ARCH_X86_64
#define A32 AUDIT_ARCH_I386
#define X32(nr) (0x40000000 | (nr))
#define MKDIR 83
#define MKDIR32 39
#define UMASK 95
#define UMOUNT2 166
#define UMOUNT2_32 52
#define KEXEC 246
#define KEXEC32 283
#define KEXEC_X32 528
#define SOCKET 41
#define SOCKETCALL32 102
#define SOCKET32 359

struct question {
	uint32_t arch;
	int nr;
	uint64_t args[6];
	uint32_t answer;
};

/* clang-format off */
static const struct {
	const char *policy;
	struct question questions[12];
} programs[] = {
	{ "2\ndenylist\nmkdir errno 1\n",
	  { { A64, MKDIR, {}, ERRNO(1) }, { A32, MKDIR32, {}, ERRNO(1) },
	    { A64, X32(MKDIR), {}, ERRNO(1) }, { A64, UMASK, {}, ALLOW },
	    { A32, MKDIR, {}, ALLOW }, { AUDIT_ARCH_ARM, MKDIR32, {}, KILL }, END } },
	/* every section that can run here is for all architectures */
	{ "2\ndenylist\n[x86]\nmkdir errno 2\n[ARM64]\numask\n[s390x]\n?!\n[all] # x\n\n#\numask trap\n",
	  { { A64, MKDIR, {}, ERRNO(2) }, { A32, MKDIR32, {}, ERRNO(2) },
	    { A64, UMASK, {}, TRAP }, END } },
	{ "2\nallowlist errno 38\nmkdir\numask allow\n",
	  { { A64, MKDIR, {}, ALLOW }, { A64, UMASK, {}, ALLOW }, { A32, MKDIR32, {}, ALLOW },
	    { A64, 0, {}, ERRNO(38) }, { A64, X32(0), {}, ERRNO(38) }, END } },
	{ "2\nwhitelist\nmkdir\n", { { A64, MKDIR, {}, ALLOW }, { A64, 0, {}, KILL }, END } },
	{ "2\nblacklist\nmkdir\n", { { A64, MKDIR, {}, KILL }, { A64, 0, {}, ALLOW }, END } },
	{ "2\ndenylist trap\nmkdir\n", { { A64, MKDIR, {}, KILL }, { A64, 0, {}, TRAP }, END } },
	{ "2\ndenylist\nmkdir errno 0x1f # [1,\numask#\n",
	  { { A64, MKDIR, {}, ERRNO(31) }, { A64, UMASK, {}, KILL }, END } },
	/* blanks, carriage returns, no newline at the end; the first rule for a call counts */
	{ "2\r\n denylist \r\n\tmkdir\terrno  3 \r\nmkdir errno 4\r\numask errno 0",
	  { { A64, MKDIR, {}, ERRNO(3) }, { A64, UMASK, {}, ERRNO(0) }, END } },
	{ "1\nallowlist\n83 mkdir\n\n# comment\n95\n",
	  { { A64, MKDIR, {}, ALLOW }, { A64, UMASK, {}, ALLOW }, { A64, 0, {}, KILL },
	    { A32, MKDIR, {}, KILL }, { A64, X32(MKDIR), {}, KILL }, END } },
	{ "1\nwhitelist\n", { { A64, MKDIR, {}, KILL }, END } },
	{ "2\ndenylist\n", { { A64, MKDIR, {}, ALLOW }, { A32, MKDIR, {}, ALLOW }, END } },
	/* calls of one architecture only, with other numbers, or behind socketcall */
	{ "2\ndenylist\nkexec_load errno 1\nnonsense errno 7\nstat64 errno 5\nsocket errno 6\n",
	  { { A64, KEXEC, {}, ERRNO(1) }, { A32, KEXEC32, {}, ERRNO(1) },
	    { A64, X32(KEXEC_X32), {}, ERRNO(1) }, { A32, 195, {}, ERRNO(5) },
	    { A64, SOCKET, {}, ERRNO(6) }, { A32, SOCKET32, {}, ERRNO(6) },
	    { A32, SOCKETCALL32, { 1 }, ERRNO(6) }, { A32, SOCKETCALL32, { 2 }, ALLOW }, END } },
	{ "2\ndenylist\nreject_force_umount  # comment\n[all]\n",
	  { { A64, UMOUNT2, { 0, MNT_FORCE }, ERRNO(13) },
	    { A64, UMOUNT2, { 0, MNT_FORCE | MNT_DETACH }, ERRNO(13) },
	    { A64, UMOUNT2, { 0, MNT_FORCE | 1ull << 40 }, ERRNO(13) },
	    { A64, UMOUNT2, { 0, MNT_DETACH }, ALLOW },
	    { A32, UMOUNT2_32, { 0, MNT_FORCE }, ERRNO(13) },
	    { A64, X32(UMOUNT2), { 0, MNT_FORCE }, ERRNO(13) }, END } },
	/* newer than libseccomp 2.5.4 */
	{ "2\ndenylist\nopen_tree_attr errno 1\nmkdir errno 1\ncachestat errno 2\nopen_tree_attr errno 3\n",
	  { { A64, 467, {}, ERRNO(1) }, { A64, X32(467), {}, ERRNO(1) }, { A32, 467, {}, ERRNO(1) },
	    { A64, 451, {}, ERRNO(2) }, { A64, MKDIR, {}, ERRNO(1) }, { A64, 466, {}, ALLOW }, END } },
	{ "2\ndenylist\nmkdir notify [1,8192,SCMP_CMP_MASKED_EQ,61440]\nopen_tree_attr notify\n",
	  { { A64, MKDIR, { 0, 8192 | 7 }, NOTIFY }, { A64, MKDIR, { 0, 4096 }, ALLOW },
	    { A32, MKDIR32, { 0, 8192 }, NOTIFY }, { A64, 467, {}, NOTIFY }, END } },
	{ "2\nallowlist errno 1\nmkdir notify\nsendmsg\n",
	  { { A64, MKDIR, {}, NOTIFY }, { A64, UMASK, {}, ERRNO(1) }, END } },
	/* operators, on all 64 bits */
	{ "2\ndenylist\nmkdir errno 1 [0,5,SCMP_CMP_NE]\n",
	  { { A64, MKDIR, { 5 }, ALLOW }, { A64, MKDIR, { 4 }, ERRNO(1) }, END } },
	{ "2\ndenylist\nmkdir errno 1 [1,5,SCMP_CMP_LT]\n",
	  { { A64, MKDIR, { 0, 5 }, ALLOW }, { A64, MKDIR, { 0, 4 }, ERRNO(1) }, END } },
	{ "2\ndenylist\nmkdir errno 1[2,5,<=]\n",
	  { { A64, MKDIR, { 0, 0, 6 }, ALLOW }, { A64, MKDIR, { 0, 0, 5 }, ERRNO(1) }, END } },
	{ "2\ndenylist\nmkdir errno 1 [3,0x1ffffffff,==]\n",
	  { { A64, MKDIR, { 0, 0, 0, 0xffffffff }, ALLOW },
	    { A64, MKDIR, { 0, 0, 0, 0x1ffffffff }, ERRNO(1) }, END } },
	{ "2\ndenylist\nmkdir errno 1 [4, 5 ,SCMP_CMP_GE]\n",
	  { { A64, MKDIR, { 0, 0, 0, 0, 4 }, ALLOW }, { A64, MKDIR, { 0, 0, 0, 0, 5 }, ERRNO(1) }, END } },
	{ "2\ndenylist\nmkdir [5,010,SCMP_CMP_GT]\n",
	  { { A64, MKDIR, { 0, 0, 0, 0, 0, 8 }, ALLOW }, { A64, MKDIR, { 0, 0, 0, 0, 0, 9 }, KILL }, END } },
	{ "2\ndenylist\nmkdir errno 1 [1,8192,SCMP_CMP_MASKED_EQ,61440]\n",
	  { { A64, MKDIR, { 0, 8192 | 0600 }, ERRNO(1) }, { A64, MKDIR, { 0, 0600 }, ALLOW },
	    { A64, MKDIR, { 0, 24576 | 0600 }, ALLOW }, { A32, MKDIR32, { 0, 8192 }, ERRNO(1) }, END } },
	/* all must hold */
	{ "2\ndenylist\nmkdir errno 1 [0,1,==] [1,2,==] [2,3,==][3,4,==][4,5,==][5,6,&=,0xff]\n",
	  { { A64, MKDIR, { 1, 2, 3, 4, 5, 6 }, ERRNO(1) }, { A64, MKDIR, { 1, 2, 3, 4, 5, 7 }, ALLOW },
	    { A64, MKDIR, { 0, 2, 3, 4, 5, 6 }, ALLOW }, END } },
};
/* clang-format on */

static void test_programs(void **state)
{
#if !defined(__x86_64__)
	skip();
#endif
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		_cleanup_seccomp_program_ struct seccomp_program p = {};

		compile(*state, programs[i].policy, &p);
		for (const struct question *q = programs[i].questions; q->arch; q++) {
			uint32_t answer = ask(&p, q->arch, q->nr, q->args);

			if (answer != q->answer)
				fail_msg("%s: %#x %d: %#x, not %#x", programs[i].policy,
					 q->arch, q->nr, answer, q->answer);
		}
	}
}

/* The calls through which a container could get at mounts, modules and keys. */
static void test_denylist(void **state)
{
	static const struct {
		const char *name;
		int nr, nr32, nr_x32;
	} calls[] = {
		{ "clone3", 435, 435, 435 },	     { "unshare", 272, 310, 272 },
		{ "setns", 308, 346, 308 },	     { "mount", 165, 21, 165 },
		{ "umount2", 166, 52, 166 },	     { "open_tree", 428, 428, 428 },
		{ "move_mount", 429, 429, 429 },     { "fsopen", 430, 430, 430 },
		{ "fsmount", 432, 432, 432 },	     { "fsconfig", 431, 431, 431 },
		{ "fspick", 433, 433, 433 },	     { "mount_setattr", 442, 442, 442 },
		{ "open_tree_attr", 467, 467, 467 }, { "io_uring_setup", 425, 425, 425 },
		{ "io_uring_enter", 426, 426, 426 }, { "bpf", 321, 357, 321 },
		{ "userfaultfd", 323, 374, 323 },    { "keyctl", 250, 288, 250 },
		{ "add_key", 248, 286, 248 },	     { "request_key", 249, 287, 249 },
		{ "quotactl", 179, 131, 179 },
	};
	_cleanup_seccomp_program_ struct seccomp_program p = {};
	_cleanup_buf_ struct buf text = {};

#if !defined(__x86_64__)
	skip();
#endif
	buf_str(&text, "2\ndenylist\n[all]\n");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		buf_printf(&text, "%s errno 38\n", calls[i].name);
	compile(*state, text.data, &p);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_int_equal(ask(&p, A64, calls[i].nr, NULL), ERRNO(38));
		assert_int_equal(ask(&p, A32, calls[i].nr32, NULL), ERRNO(38));
		assert_int_equal(ask(&p, A64, X32(calls[i].nr_x32), NULL), ERRNO(38));
	}
	assert_int_equal(ask(&p, A64, 0, NULL), ALLOW);
	assert_int_equal(ask(&p, A64, 434, NULL), ALLOW);
}

/* --- what the kernel does --- */

static long call(const char *name)
{
	long r;

	if (!strcmp(name, "mkdir"))
		r = syscall(SYS_mkdirat, AT_FDCWD, "/nonexistent/a", 0700);
	else if (!strcmp(name, "kexec"))
		r = syscall(SYS_kexec_load, 0, 0, NULL, UINT64_MAX);
	else if (!strcmp(name, "umount"))
		r = umount2("/nonexistent", 0);
	else if (!strcmp(name, "umount -f"))
		r = umount2("/nonexistent", MNT_FORCE);
	else
		r = syscall(SYS_getppid) < 0 ? -1 : 0;
	return r < 0 ? errno : 0;
}

static const struct {
	const char *policy;
	const char *call;
	int result; /* errno, or minus the signal that ends it */
} runs[] = {
	{ "2\ndenylist\nmkdirat errno 71\n", "mkdir", 71 },
	{ "2\ndenylist\nmkdirat errno 71\n", "getppid", 0 },
	{ "2\ndenylist\nmkdirat errno 71 [2,0700,SCMP_CMP_EQ]\n", "mkdir", 71 },
	{ "2\ndenylist\nmkdirat errno 71 [2,0755,SCMP_CMP_EQ]\n", "mkdir", ENOENT },
	{ "2\ndenylist\nmkdirat\n", "mkdir", -SIGSYS },
	{ "2\ndenylist\nmkdirat trap\n", "mkdir", -SIGSYS },
	{ "2\ndenylist\nkexec_load errno 71\n", "kexec", 71 },
	{ "2\ndenylist\nreject_force_umount\n", "umount -f", EACCES },
	{ "2\ndenylist\nreject_force_umount\n", "umount", ENOENT },
	{ "2\nallowlist\nexit_group\nmkdirat\n", "mkdir", ENOENT },
	{ "2\nallowlist\nexit_group\nmkdirat\n", "getppid", -SIGSYS },
	{ "2\nallowlist errno 7\nexit_group\n", "mkdir", 7 },
};

static int run_child(const struct seccomp_program *p, const char *name)
{
	(void)signal(SIGSYS, SIG_DFL); /* cmocka has a handler */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return 250;
	if (seccomp_load(p->filter, p->n) != 0)
		return 251;
	return call(name);
}

static void test_runs(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		_cleanup_seccomp_program_ struct seccomp_program p = {};
		int status = 0;

		compile(*state, runs[i].policy, &p);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			/* Sanitizers and libc may want other calls on the way out. */
			int r = run_child(&p, runs[i].call);

			(void)syscall(SYS_exit_group, r);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		int result = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
		if (runs[i].result == ENOENT && geteuid() != 0 && result == EPERM)
			continue;
		if (result != runs[i].result)
			fail_msg("%s: %s: %d", runs[i].policy, runs[i].call, result);
	}
}

static void test_load_limits(void **state)
{
	struct sock_filter f = BPF_STMT(BPF_RET | BPF_K, ALLOW);

	assert_int_equal(seccomp_load(&f, 0), -EINVAL);
	assert_int_equal(seccomp_load(&f, 4097), -EINVAL);
	assert_int_equal(seccomp_load(&f, 65536 + 1), -EINVAL);
}

static void test_is_confined(void **state)
{
	struct sock_filter f = BPF_STMT(BPF_RET | BPF_K, ALLOW);
	bool before = seccomp_is_confined();
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || seccomp_load(&f, 1) < 0)
			_exit(2);
		_exit(seccomp_is_confined() ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(seccomp_is_confined(), before);
}

/* --- faults --- */

/* clang-format off */
static const struct {
	const char *policy;
	const char *message; /* behind "seccomp PATH:" */
	const char *hint;
} faults[] = {
#define FORM "write: [INDEX,VALUE,OPERATOR], or [INDEX,VALUE,SCMP_CMP_MASKED_EQ,MASK]"
#define CALL "write: CALL [ACTION] [[INDEX,VALUE,OPERATOR]]"
#define ACTIONS "the actions are kill, errno NUMBER, allow, trap and notify"
#define SECTION "see lxc.container.conf(5) for the names, such as [all]"
	{ "", "1: the policy ends here", "line 1 is 2, line 2 allowlist or denylist" },
	{ "2", "2: the policy ends here", "line 1 is 2, line 2 allowlist or denylist" },
	{ "2\n", "2: the policy ends here", "line 1 is 2, line 2 allowlist or denylist" },
	{ "3\ndenylist\n", "1: unknown version \"3\"", "line 1 is the version of the format: 2" },
	{ "denylist\n", "1: unknown version \"denylist\"", "line 1 is the version of the format: 2" },
	{ "2\nsomething\n", "2: unknown type of policy \"something\"", "line 2 is allowlist or denylist" },
	{ "2\n\n", "2: unknown type of policy \"\"", "line 2 is allowlist or denylist" },
	{ "2\ndenylists\n", "2: unknown type of policy \"denylists\"", "line 2 is allowlist or denylist" },
	{ "2\ndenylist debug\n", "2: debug is not supported", "remove the word debug" },
	{ "2\ndenylist nothing\n", "2: unknown action \"nothing\"", ACTIONS },
	{ "2\ndenylist kill kill\n", "2: unexpected text \"kill\"", "write: denylist [ACTION]" },
	{ "1\ndenylist\n", "2: version 1 is always an allowlist", "write allowlist, or use version 2" },
	{ "1\nallowlist\nread\n", "3: no number: \"read\"", "version 1 has the number of a system call in each line; version 2 knows names" },
	{ "1\nallowlist\n1\n-1\n", "4: no number: \"-1\"", NULL },
	{ "1\nallowlist\n99999999999\n", "3: no number: \"99999999999\"", NULL },
	{ "2\ndenylist\n[pdp11]\n", "3: unknown architecture \"[pdp11]\"", SECTION },
	{ "2\ndenylist\n[X86_64\n", "3: unknown architecture \"[X86_64\"", SECTION },
	{ "2\ndenylist\n[All]\n", "3: unknown architecture \"[All]\"", SECTION },
	{ "2\ndenylist\n[all] x\n", "3: unknown architecture \"[all] x\"", SECTION },
	{ "2\ndenylist\n[]\n", "3: unknown architecture \"[]\"", SECTION },
	{ "2\ndenylist\n[aaaaaaaaaaaaaaaaaaaaaaaaaaa]\n", "3: unknown architecture \"[aaaaaaaaaaaaaaaaaaaaaaaaaaa]\"", SECTION },
	{ "2\ndenylist\n\n#\nmk-dir\n", "5: no name of a system call: \"mk-dir\"", CALL },
	{ "2\ndenylist\nmkdir, errno 1\n", "3: no name of a system call: \"mkdir,\"", CALL },
	{ "2\ndenylist\nabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh\n", "3: no name of a system call: \"abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh\"", CALL },
	{ "2\ndenylist\nmkdir \033[2J\n", "3: unknown action \"\\x1b\"", ACTIONS },
	{ "2\ndenylist\nmkdir deny\n", "3: unknown action \"deny\"", ACTIONS },
	{ "2\ndenylist\nmkdir errno\n", "3: errno without a number from 0 to 4094", "write: errno NUMBER, as in errno 1 (EPERM)" },
	{ "2\ndenylist\nmkdir errno EPERM\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno1\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno 4095\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno -1\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno 1x\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno 00000000000000000001\n", "3: errno without a number from 0 to 4094", NULL },
	{ "2\ndenylist\nmkdir errno 1 2\n", "3: unexpected text \"2\"", FORM },
	{ "2\ndenylist\nmkdir errno 1 (0,1,==)\n", "3: unexpected text \"(0,1,==)\"", FORM },
	{ "2\ndenylist\nmkdir allow\n", "3: the action is the default one", "remove the line: calls without a rule get that action" },
	{ "2\nallowlist errno 1\nmkdir errno 1\n", "3: the action is the default one", NULL },
	{ "2\ndenylist notify\n", "2: notify cannot be the default action", "name the calls, one a line" },
	{ "2\ndenylist\nmkdir notify\nsendmsg errno 1 [0,1,==]\n", "4: a policy with notify needs sendmsg, which hands over the listener", "allow sendmsg, without tests of its arguments" },
	{ "2\ndenylist\nsendmsg notify\n", "3: a policy with notify needs sendmsg, which hands over the listener", NULL },
	{ "2\nallowlist\nmkdir notify\nsendmsg [0,1,==]\n", "2: a policy with notify needs sendmsg, which hands over the listener", NULL },
	{ "2\ndenylist\nmkdir errno 1 [0,1,==\n", "3: an argument test without ]", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1]\n", "3: an argument test has too few parts", FORM },
	{ "2\ndenylist\nmkdir errno 1 []\n", "3: an argument test has too few parts", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1,==,1,1]\n", "3: an argument test has too many parts", FORM },
	{ "2\ndenylist\nmkdir errno 1 [6,1,==]\n", "3: no argument \"6\"", "arguments are numbered from 0 to 5" },
	{ "2\ndenylist\nmkdir errno 1 [-1,1,==]\n", "3: no argument \"-1\"", NULL },
	{ "2\ndenylist\nmkdir errno 1 [0,x,==]\n", "3: no number: \"x\"", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,0x10000000000000000,==]\n", "3: no number: \"0x10000000000000000\"", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1,=]\n", "3: unknown operator \"=\"", "the operators are SCMP_CMP_NE, LT, LE, EQ, GE, GT and MASKED_EQ, or != < <= == >= > &=" },
	{ "2\ndenylist\nmkdir errno 1 [0,1,&=]\n", "3: no mask", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1,&=,y]\n", "3: no number: \"y\"", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1,==,3]\n", "3: a mask without SCMP_CMP_MASKED_EQ", FORM },
	{ "2\ndenylist\nmkdir errno 1 [0,1,>] [0,9,<]\n", "3: argument 0 is tested twice", "a rule can test an argument once" },
};
/* clang-format on */

static void test_faults(void **state)
{
	const struct scratch *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		struct seccomp_program p = {};
		char expected[256];

		write_policy(s, faults[i].policy, strlen(faults[i].policy));
		assert_true(seccomp_compile_cached(NULL, s->policy, &p, &err) < 0);
		assert_null(p.filter);
		(void)snprintf(expected, sizeof(expected), "seccomp %s:%s", s->policy,
			       faults[i].message);
		assert_string_equal(error_message(err), expected);
		assert_int_not_equal(err->hint, 0);
		if (faults[i].hint)
			assert_string_equal(err->text + err->hint, faults[i].hint);
		assert_int_equal(err->code, LXC_ERROR_INVALID);
		assert_true(seccomp_compile_cached(NULL, s->policy, &p, NULL) < 0);
	}
}

static void test_files(void **state)
{
	const struct scratch *s = *state;
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	struct seccomp_program p = {};
	char expected[256];

	(void)unlink(s->policy);
	assert_int_equal(seccomp_compile_cached(NULL, s->policy, &p, &err), -ENOENT);
	(void)snprintf(expected, sizeof(expected), "seccomp %s: %s", s->policy,
		       strerror(ENOENT));
	assert_string_equal(error_message(err), expected);
	write_policy(s, "2\ndenylist\nmkdir\0 errno 1", 26);
	assert_int_equal(seccomp_compile_cached(NULL, s->policy, &p, &err), -EINVAL);
	(void)snprintf(expected, sizeof(expected), "seccomp %s: not a text file",
		       s->policy);
	assert_string_equal(error_message(err), expected);
	assert_int_equal(truncate(s->policy, (1 << 20) + 1), 0);
	assert_int_equal(seccomp_compile_cached(NULL, s->policy, &p, &err), -EFBIG);
	assert_int_equal(seccomp_compile_cached(NULL, s->dir, &p, &err), -EISDIR);
}

/* --- intercepts --- */

#define MKNOD 133
#define MKNODAT 259
#define MOUNT 165
#define FSOPEN 430
#define SETXATTR 188
#define SYSINFO 99

static char *const devices[] = { (char *)"c 1:3", (char *)"b 259:300", NULL };
static char *const types[] = { (char *)"ext4", NULL };
static char *const opaque[] = { (char *)INTERCEPT_NAMES_DEFAULT, NULL };
static char *const family[] = { (char *)"trusted.x.*", NULL };

static const struct {
	struct intercept intercept;
	struct question questions[8];
} intercepts[] = {
	{ { .devices = devices },
	  { { A64, MKNOD, { 0, S_IFCHR | 0644, 0x103 }, NOTIFY },
	    { A64, MKNOD, { 0, 1ull << 32 | S_IFCHR, 7ull << 32 | 0x103 }, NOTIFY },
	    { A64, MKNOD, { 0, S_IFBLK, 0x103 }, ALLOW },
	    { A64, MKNOD, { 0, S_IFIFO, 0x103 }, ALLOW },
	    { A64, MKNODAT, { 0, 0, S_IFBLK, 0x11032c }, NOTIFY },
	    { A32, 14, { 0, S_IFCHR, 0x103 }, NOTIFY },
	    { A64, MOUNT, {}, ALLOW },
	    END } },
	{ { .types = types },
	  { { A64, MOUNT, { 0, 0, 0, MS_NOSUID }, NOTIFY },
	    { A64, MOUNT, { 0, 0, 0, MS_MGC_VAL | MS_RDONLY }, NOTIFY },
	    { A64, MOUNT, { 0, 0, 0, MS_MGC_VAL | MS_BIND }, ALLOW },
	    { A64, MOUNT, { 0, 0, 0, MS_REMOUNT }, ALLOW },
	    { A64, MOUNT, { 0, 0, 0, MS_REC | MS_PRIVATE }, ALLOW },
	    { A64, FSOPEN, {}, ERRNO(38) },
	    END } },
	{ { .names = opaque },
	  { { A64, SETXATTR, { 0, 0, 0, 1 }, NOTIFY },
	    { A64, SETXATTR, { 0, 0, 0, 2 }, ALLOW },
	    { A64, SYSINFO, {}, ALLOW },
	    END } },
	{ { .names = family, .sysinfo = true },
	  { { A64, SETXATTR, { 0, 0, 0, 4096 }, NOTIFY },
	    { A64, SETXATTR, { 0, 0, 0, 4097 }, ALLOW },
	    { A64, SYSINFO, {}, NOTIFY },
	    END } },
};

static void test_intercepts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(intercepts); i++) {
		_cleanup_seccomp_program_ struct seccomp_program p = {};
		_cleanup_buf_ struct buf rules = {};
		const struct question *q = intercepts[i].questions;

		intercept_rules(&intercepts[i].intercept, &rules);
		assert_int_equal(seccomp_compile_rules(NULL, NULL, rules.data, &p, NULL),
				 0);
		assert_true(seccomp_notifies(p.filter, p.n));
		for (; q->arch; q++)
			assert_int_equal(ask(&p, q->arch, q->nr, q->args), q->answer);
	}
}

/* A policy and the intercepts of one container. */
static const struct {
	const char *policy;
	const char *message; /* behind the path, or NULL */
} pairs[] = {
	{ "2\ndenylist\nmkdir errno 1\n", NULL },
	{ "2\ndenylist\n[s390x]\nmkdir\n", NULL },
	{ "2\nallowlist errno 38\nsendmsg\n", NULL },
	{ "2\ndenylist\nfsopen errno 1\n", NULL },
	{ "2\ndenylist\nmkdir\nmount errno 1 [3,1,==]\n",
	  "4: mount is decided by lxc.seccomp.intercept" },
	{ "2\nallowlist\nsendmsg\nmount\n",
	  "4: mount is decided by lxc.seccomp.intercept" },
	{ "2\nallowlist\n",
	  "2: a policy with notify needs sendmsg, which hands over the listener" },
	{ "1\nallowlist\n46\n", "1: lxc.seccomp.intercept has no use for version 1" },
};

static void test_intercepts_and_policy(void **state)
{
	const struct scratch *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		_cleanup_seccomp_program_ struct seccomp_program p = {};
		_cleanup_buf_ struct buf rules = {};
		char expected[256];

		intercept_rules(&(struct intercept){ .types = types }, &rules);
		write_policy(s, pairs[i].policy, strlen(pairs[i].policy));
		int r = seccomp_compile_rules(NULL, s->policy, rules.data, &p, &err);
		if (!pairs[i].message && r < 0)
			fail_msg("%s: %s", pairs[i].policy, error_message(err));
		if (!pairs[i].message)
			continue;
		assert_int_equal(r, -EINVAL);
		(void)snprintf(expected, sizeof(expected), "seccomp %s:%s", s->policy,
			       pairs[i].message);
		assert_string_equal(error_message(err), expected);
		assert_int_not_equal(err->hint, 0);
	}
}

static void test_covers(void **state)
{
	(void)state;
	assert_true(intercept_covers("trusted.a", "trusted.a"));
	assert_false(intercept_covers("trusted.a", "trusted.ab"));
	assert_true(intercept_covers("trusted.a*", "trusted.ab"));
	assert_false(intercept_covers("trusted.a.*", "trusted.a."));
	assert_false(intercept_covers("trusted.a*", "trusted."));
	assert_false(intercept_covers("trusted.*", "security.capability"));
}

/* --- size --- */

#define GARBAGE 100000

static const struct {
	const char *start;
	const char *piece; /* repeated; NULL: random bytes */
	const char *message;
} garbage[] = {
	{ "", "x", "1: unknown version \"" },
	{ "2\ndenylist\n", "x", "3: no name of a system call: \"" },
	{ "2\ndenylist\n", "[", "3: unknown architecture \"" },
	{ "2\ndenylist\nmkdir ", " ", NULL },
	{ "2\ndenylist\nmkdir ", "[", "3: an argument test without ]" },
	{ "2\ndenylist\nmkdir [", ",", "3: an argument test without ]" },
	{ "2\ndenylist\nmkdir errno ", "1", "3: errno without" },
	{ "2\ndenylist\n", "\n", NULL },
	{ "2\ndenylist\n", "mkdir errno 1\n", "4099: more than 4096 rules" },
	{ "2\ndenylist\n", NULL, "3: " },
};

static void test_garbage(void **state)
{
	const struct scratch *s = *state;
	uint32_t random = 1;

	for (size_t i = 0; i < ARRAY_SIZE(garbage); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		_cleanup_seccomp_program_ struct seccomp_program p = {};
		_cleanup_buf_ struct buf text = {};
		char expected[256];

		buf_str(&text, garbage[i].start);
		while (text.size < GARBAGE) {
			random = random * 1664525 + 1013904223;
			if (garbage[i].piece)
				buf_str(&text, garbage[i].piece);
			else
				buf_char(&text, (random >> 24) ? (random >> 24) : 1);
		}
		write_policy(s, text.data, text.size);
		int r = seccomp_compile_cached(NULL, s->policy, &p, &err);
		assert_int_equal(r, garbage[i].message ? -EINVAL : 0);
		if (r == 0)
			continue;
		(void)snprintf(expected, sizeof(expected), "seccomp %s:%s", s->policy,
			       garbage[i].message);
		if (strncmp(error_message(err), expected, strlen(expected)))
			fail_msg("%s", error_message(err));
		assert_true(strlen(error_message(err)) < 512);
	}
}

/* As many rules, each with tests of that many arguments. */
static int compile_tests(const struct scratch *s, int rules, int tests,
			 struct lxc_error **err)
{
	_cleanup_seccomp_program_ struct seccomp_program p = {};
	_cleanup_buf_ struct buf text = {};

	buf_str(&text, "2\ndenylist\n");
	for (int i = 0; i < rules; i++) {
		buf_str(&text, "mkdir errno 1 ");
		for (int k = 0; k < tests; k++)
			buf_printf(&text, "[%d,%d,==]", k, i);
		buf_char(&text, '\n');
	}
	write_policy(s, text.data, text.size);
	return seccomp_compile_cached(NULL, s->policy, &p, err);
}

static void test_too_long(void **state)
{
	const struct scratch *s = *state;
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	char expected[256];

	assert_int_equal(compile_tests(s, 800, 1, &err), 0);
	assert_int_equal(compile_tests(s, 801, 1, &err), -EINVAL);
	(void)snprintf(expected, sizeof(expected),
		       "seccomp %s:803: more than 800 argument tests", s->policy);
	assert_string_equal(error_message(err), expected);
	assert_int_equal(compile_tests(s, 133, 6, &err), -E2BIG);
	(void)snprintf(expected, sizeof(expected), "seccomp %s: the filter has ",
		       s->policy);
	assert_true(!strncmp(error_message(err), expected, strlen(expected)));
}

/* --- cache --- */

#define CACHED "2\ndenylist\nmkdir errno 1\n"

static void put_planted(const struct scratch *s)
{
	const struct sock_filter planted = BPF_STMT(BPF_RET | BPF_K, ERRNO(99));

	assert_int_equal(seccomp_cache_put(s->cache, CACHED, &planted, 1), 0);
}

/* The file of that policy, alone in the cache. */
static char *cache_entry(const struct scratch *s)
{
	char *path = NULL;

	(void)file_remove_tree(AT_FDCWD, s->cache);
	put_planted(s);
	DIR *d = opendir(s->cache);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (*e->d_name != '.')
			path = path_join(s->cache, e->d_name);
	closedir(d);
	assert_non_null(path);
	return path;
}

/* Whether a compilation takes the planted program. */
static bool hits(const struct scratch *s)
{
	_cleanup_seccomp_program_ struct seccomp_program p = {};

	assert_int_equal(seccomp_compile_cached(s->cache, s->policy, &p, NULL), 0);
	assert_int_equal(ask(&p, A64, MKDIR, NULL) & ~0xffffu, SECCOMP_RET_ERRNO);
	return ask(&p, A64, MKDIR, NULL) == ERRNO(99);
}

static void test_cache(void **state)
{
	if (geteuid() != 0)
		skip();
	const struct scratch *s = *state;
	_cleanup_free_ char *entry = cache_entry(s);
	struct stat st;

	(void)file_remove_tree(AT_FDCWD, s->cache);
	write_policy(s, CACHED, strlen(CACHED));
	assert_false(hits(s));
	assert_int_equal(stat(entry, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	put_planted(s);
	assert_true(hits(s));
	/* Nothing of libseccomp is in the process after that. */
	assert_null(dlopen("libseccomp.so.2", RTLD_NOW | RTLD_NOLOAD));
	/* Another text with the same beginning is another entry. */
	write_policy(s, CACHED "#", strlen(CACHED "#"));
	assert_false(hits(s));
}

/* Every byte of an entry that is changed, and every length it may be cut to. */
static void test_cache_broken(void **state)
{
	if (geteuid() != 0)
		skip();
	const struct scratch *s = *state;
	_cleanup_free_ char *entry = cache_entry(s), *data = NULL;
	struct sock_filter *filter = NULL;
	size_t size, n;

	put_planted(s);
	assert_int_equal(file_read(AT_FDCWD, entry, &data, &size), 0);
	for (size_t i = 0; i < size - sizeof(struct sock_filter); i++) {
		_cleanup_close_ int fd = open(entry, O_WRONLY | O_CLOEXEC);

		data[i] ^= 1;
		assert_int_equal(file_write_all(fd, data, size), 0);
		data[i] ^= 1;
		assert_true(seccomp_cache_get(s->cache, CACHED, &filter, &n) < 0);
	}
	for (size_t cut = 0; cut < size; cut++) {
		_cleanup_close_ int fd = open(entry, O_WRONLY | O_TRUNC | O_CLOEXEC);

		assert_int_equal(file_write_all(fd, data, cut), 0);
		assert_true(seccomp_cache_get(s->cache, CACHED, &filter, &n) < 0);
	}
	put_planted(s);
	assert_int_equal(seccomp_cache_get(s->cache, CACHED, &filter, &n), 0);
	assert_int_equal(n, 1);
	free(filter);
}

static void test_cache_trust(void **state)
{
	if (geteuid() != 0)
		skip();
	const struct scratch *s = *state;
	_cleanup_free_ char *entry = cache_entry(s);

	write_policy(s, CACHED, strlen(CACHED));
	put_planted(s);
	assert_true(hits(s));
	assert_int_equal(chmod(entry, 0620), 0);
	assert_false(hits(s));
	put_planted(s);
	assert_int_equal(chown(entry, 1000, 0), 0);
	assert_false(hits(s));
	put_planted(s);
	assert_int_equal(chmod(s->cache, 0777), 0);
	assert_false(hits(s));
	assert_int_equal(chmod(s->cache, 0755), 0);
	assert_true(hits(s));
	assert_int_equal(chown(s->cache, 1000, 0), 0);
	assert_false(hits(s));
	assert_int_equal(chown(s->cache, 0, 0), 0);
	/* A link or a fifo in the place of the entry. */
	assert_int_equal(rename(entry, s->policy), 0);
	assert_int_equal(symlink(s->policy, entry), 0);
	struct sock_filter *filter = NULL;
	size_t n;
	assert_int_equal(seccomp_cache_get(s->cache, CACHED, &filter, &n), -ELOOP);
	assert_int_equal(unlink(entry), 0);
	assert_int_equal(mkfifo(entry, 0600), 0);
	assert_int_equal(seccomp_cache_get(s->cache, CACHED, &filter, &n), -EPERM);
	assert_int_equal(unlink(entry), 0);
}

/* What libseccomp does not know may be known to the next one: not kept. */
static void test_cache_unknown(void **state)
{
	if (geteuid() != 0)
		skip();
	const struct scratch *s = *state;
	_cleanup_seccomp_program_ struct seccomp_program p = {};
	struct sock_filter *filter = NULL;
	size_t n;
	const char *text = "2\ndenylist\nnot_a_call errno 1\n";

	write_policy(s, text, strlen(text));
	assert_int_equal(seccomp_compile_cached(s->cache, s->policy, &p, NULL), 0);
	assert_int_equal(seccomp_cache_get(s->cache, text, &filter, &n), -ENOENT);
}

/* Without rights, and with a cache that cannot be: it works, and nothing is written. */
static void test_cache_impossible(void **state)
{
	const struct scratch *s = *state;
	_cleanup_seccomp_program_ struct seccomp_program p = {};

	write_policy(s, CACHED, strlen(CACHED));
	assert_int_equal(seccomp_compile_cached("/proc/none", s->policy, &p, NULL), 0);
	assert_int_equal(ask(&p, A64, MKDIR, NULL), ERRNO(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_denylist),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_load_limits),
		cmocka_unit_test(test_is_confined),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_intercepts),
		cmocka_unit_test(test_intercepts_and_policy),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_cache_broken),
		cmocka_unit_test(test_cache_trust),
		cmocka_unit_test(test_cache_unknown),
		cmocka_unit_test(test_cache_impossible),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
