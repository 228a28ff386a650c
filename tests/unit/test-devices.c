/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to devices: rules and their errors, what the program says (by a small interpreter of
 * the instructions that we use), and, as root with cgroup v2, what the kernel does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "cgroup/devices.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/syscall.h"

#define R DEVICE_READ
#define W DEVICE_WRITE
#define M DEVICE_MKNOD

/* "+VALUE" is devices.allow, "-VALUE" devices.deny; NULL ends. */
static void add_all(struct device_rules *rules, const char *const *lines)
{
	struct lxc_error *err = NULL;

	for (; *lines; lines++)
		if (devices_add(rules, **lines == '+', *lines + 1, &err) < 0)
			fail_msg("%s: %s", *lines, error_message(err));
}

/* --- the list --- */

/* clang-format off */
static const struct {
	const char *lines[6];
	size_t n;
	bool deny_list;
	struct device_rule last;
} lists[] = {
	{ { NULL }, 0, false },
	{ { "+c 1:3 rwm" }, 1, false, { 'c', 1, 3, R | W | M, true } },
	{ { "+b *:* m" }, 1, false, { 'b', -1, -1, M, true } },
	{ { "-c 136:* mr" }, 1, false, { 'c', 136, -1, R | M, false } },
	{ { "+a 1:3 r" }, 1, false, { 'a', 1, 3, R, true } },
	{ { "+a *:* r" }, 1, false, { 'a', -1, -1, R, true } },
	{ { "+ c\t1:3   rw " }, 1, false, { 'c', 1, 3, R | W, true } },
	{ { "+/dev/null rw" }, 1, false, { 'c', 1, 3, R | W, true } },
	{ { "+/dev/zero" }, 1, false, { 'c', 1, 5, R | W | M, true } },
	/* everything: the mode, and the rules so far are gone */
	{ { "+c 1:3 rwm", "+a" }, 0, true },
	{ { "+c 1:3 rwm", "+a *:* rwm" }, 0, true },
	{ { "+c 1:3 rwm", "-a" }, 0, false },
	{ { "+a", "-c 1:3 rwm", "-a *:* mwr", "+c 1:5 r" }, 1, false, { 'c', 1, 5, R, true } },
	/* equal ones */
	{ { "+c 1:3 rwm", "+c 1:3 mrw" }, 1, false, { 'c', 1, 3, R | W | M, true } },
	{ { "+c 1:3 rwm", "-c 1:3 rwm" }, 1, false, { 'c', 1, 3, R | W | M, false } },
	{ { "+c 1:3 rwm", "-c 1:3 rwm", "+/dev/null" }, 1, false, { 'c', 1, 3, R | W | M, true } },
	{ { "+c 1:3 rwm", "-c 1:3 rw" }, 2, false, { 'c', 1, 3, R | W, false } },
	{ { "+c 1:3 rwm", "-b 1:3 rwm" }, 2, false, { 'b', 1, 3, R | W | M, false } },
	{ { "+c 1:3 rwm", "-c 1:* rwm" }, 2, false, { 'c', 1, -1, R | W | M, false } },
};
/* clang-format on */

static void test_lists(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		_cleanup_devices_ struct device_rules rules = {};

		add_all(&rules, lists[i].lines);
		assert_int_equal(rules.n, lists[i].n);
		assert_int_equal(rules.deny_list, lists[i].deny_list);
		if (!rules.n)
			continue;
		const struct device_rule *a = &rules.list[rules.n - 1],
					 *b = &lists[i].last;
		assert_int_equal(a->type, b->type);
		assert_int_equal(a->major, b->major);
		assert_int_equal(a->minor, b->minor);
		assert_int_equal(a->access, b->access);
		assert_int_equal(a->allow, b->allow);
	}
}

#define FORM "write: a, c MAJOR:MINOR ACCESS, b MAJOR:MINOR ACCESS, or /dev/NAME ACCESS"
#define NO_TYPE "neither a type (a, b or c) nor a path"
#define NO_NUMBERS "no numbers in the form MAJOR:MINOR (* for any)"
#define NO_ACCESS "access is not made of r, w and m"

/* clang-format off */
static const struct {
	const char *line;
	int r;
	const char *what; /* NULL: as errno */
	const char *hint;
} faults[] = {
	{ "+", -EINVAL, NO_TYPE, FORM },
	{ "-q 1:3 r", -EINVAL, NO_TYPE, FORM },
	{ "+ab", -EINVAL, NO_TYPE, FORM },
	{ "+c", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1: r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c :3 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1:-3 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1:0x3 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1:3:4 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1:2147483648 r", -EINVAL, NO_NUMBERS, FORM },
	{ "+c 1:3", -EINVAL, NO_ACCESS, FORM },
	{ "-c 1:3 rwx", -EINVAL, NO_ACCESS, FORM },
	{ "+c 1:3 RW", -EINVAL, NO_ACCESS, FORM },
	{ "+c 1:3 r w", -EINVAL, "text after the access", FORM },
	{ "+/dev/null x", -EINVAL, NO_ACCESS, FORM },
	{ "+/dev/null r w", -EINVAL, NO_ACCESS, FORM },
	{ "+/dev/no\033such", -ENOENT, NULL, "the path is looked up on the host" },
	{ "+/dev", -ENODEV, "not a device", FORM },
	{ "-/dev/null rwm", -EINVAL, "a path can only be allowed",
	  "deny a device by its type and numbers, as in c 1:3 rwm" },
};
/* clang-format on */

static void test_faults(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		_cleanup_devices_ struct device_rules rules = {};
		_cleanup_buf_ struct buf expected = {};
		const char *line = faults[i].line;

		assert_int_equal(devices_add(&rules, *line == '+', line + 1, &err),
				 faults[i].r);
		assert_int_equal(rules.n, 0);
		buf_str(&expected, *line == '+' ? "devices.allow" : "devices.deny");
		buf_str(&expected, line[1] ? " " : "");
		buf_printable(&expected, line + 1);
		buf_printf(&expected, ": %s",
			   faults[i].what ? faults[i].what : strerror(-faults[i].r));
		assert_string_equal(error_message(err), expected.data);
		assert_string_equal(err->text + err->hint, faults[i].hint);
		assert_int_equal(devices_add(&rules, *line == '+', line + 1, NULL),
				 faults[i].r);
	}
}

static void test_too_many(void **state)
{
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	_cleanup_devices_ struct device_rules rules = {};
	char line[64];

	for (int i = 0; i < 4096; i++) {
		(void)snprintf(line, sizeof(line), "c 1:%d rwm", i);
		assert_int_equal(devices_add(&rules, true, line, NULL), 0);
	}
	assert_int_equal(devices_add(&rules, true, "c 2:0 r", &err), -E2BIG);
	assert_int_equal(devices_add(&rules, true, "c 1:0 rwm", NULL), 0);
}

/* --- the program --- */

struct machine {
	uint64_t r[11];
	const struct bpf_cgroup_dev_ctx *context;
};

static uint64_t operand(const struct machine *m, const struct bpf_insn *i)
{
	return BPF_SRC(i->code) == BPF_X ? m->r[i->src_reg] : (uint64_t)(int64_t)i->imm;
}

/* One instruction of a class that computes, on 32 bits. */
static void compute(struct machine *m, const struct bpf_insn *i)
{
	uint32_t a = m->r[i->dst_reg], b = operand(m, i);

	switch (BPF_OP(i->code)) {
	case BPF_MOV:
		a = b;
		break;
	case BPF_AND:
		a &= b;
		break;
	case BPF_RSH:
		a >>= b;
		break;
	default:
		fail_msg("operation %#x", i->code);
	}
	m->r[i->dst_reg] = a;
}

static bool jumps(const struct machine *m, const struct bpf_insn *i)
{
	bool equal = m->r[i->dst_reg] == operand(m, i);

	if (BPF_OP(i->code) != BPF_JEQ && BPF_OP(i->code) != BPF_JNE)
		fail_msg("jump %#x", i->code);
	return equal == (BPF_OP(i->code) == BPF_JEQ);
}

/* The context stands in for the pointer in register 1. */
static void load(struct machine *m, const struct bpf_insn *i)
{
	uint32_t word;

	if (i->code != (BPF_LDX | BPF_MEM | BPF_W) || i->src_reg != 1)
		fail_msg("load %#x", i->code);
	memcpy(&word, (const char *)m->context + i->off, sizeof(word));
	m->r[i->dst_reg] = word;
}

static int interpret(const struct bpf_insn *insns, size_t n,
		     const struct bpf_cgroup_dev_ctx *context)
{
	struct machine m = { .context = context };

	for (size_t at = 0; at < n; at++) {
		const struct bpf_insn *i = &insns[at];

		if (i->code == (BPF_JMP | BPF_EXIT))
			return m.r[0];
		if (BPF_CLASS(i->code) == BPF_LDX)
			load(&m, i);
		else if (BPF_CLASS(i->code) == BPF_ALU)
			compute(&m, i);
		else if (BPF_CLASS(i->code) == BPF_JMP)
			at += jumps(&m, i) ? i->off : 0;
		else
			fail_msg("instruction %#x", i->code);
	}
	fail_msg("the program does not end");
	return -1;
}

struct request {
	char type;
	unsigned int major, minor, access;
	bool allowed;
};

/* clang-format off */
static const struct {
	const char *lines[6];
	bool none; /* no program is needed */
	struct request requests[8];
} programs[] = {
	{ { NULL }, true },
	{ { "+a" }, true },
	{ { "-c 1:3 rwm", "+a" }, true },
	{ { "+a", "+c 1:3 rwm" }, true },
	{ { "+a", "-c 1:3 rwm", "+c 1:3 rwm" }, true },
	/* a lone "deny = a" means it */
	{ { "-a" }, false, { { 'c', 1, 3, R, false }, { 'b', 8, 0, M, false } } },
	{ { "-a", "+c 1:3 rwm" }, false,
	  { { 'c', 1, 3, R | W | M, true }, { 'c', 1, 3, R, true }, { 'c', 1, 5, R, false },
	    { 'b', 1, 3, R, false }, { 'c', 2, 3, R, false } } },
	{ { "+c 1:3 r" }, false,
	  { { 'c', 1, 3, R, true }, { 'c', 1, 3, R | W, false }, { 'c', 1, 3, M, false } } },
	/* one rule has to cover a request */
	{ { "+c 1:3 r", "+c 1:3 w" }, false,
	  { { 'c', 1, 3, R, true }, { 'c', 1, 3, W, true }, { 'c', 1, 3, R | W, false } } },
	{ { "+c *:* m", "+b *:* m", "+c 136:* rw", "+a 9:1 r" }, false,
	  { { 'c', 77, 99, M, true }, { 'b', 77, 99, M, true }, { 'c', 77, 99, M | R, false },
	    { 'c', 136, 5, R | W, true }, { 'b', 136, 5, R | W, false }, { 'b', 9, 1, R, true },
	    { 'c', 9, 1, R, true } } },
	{ { "+a *:* r" }, false, { { 'b', 1, 1, R, true }, { 'c', 0, 0, W, false } } },
	{ { "+c 4095:1048575 r", "+c 2147483647:* r" }, false,
	  { { 'c', 4095, 1048575, R, true }, { 'c', 4095, 0, R, false },
	    { 'c', 2147483647, 0, R, true }, { 'c', 0xffffffff, 0, R, false } } },
	/* deny rules in an allow-list only turn equal ones over */
	{ { "-c 1:3 rwm" }, false, { { 'c', 1, 3, R, false }, { 'c', 1, 5, R, false } } },
	{ { "+c 1:3 rwm", "-c 1:3 rwm", "+c 1:5 r" }, false,
	  { { 'c', 1, 3, R, false }, { 'c', 1, 5, R, true } } },
	{ { "+c 1:3 rwm", "-c 1:3 w" }, false, { { 'c', 1, 3, W, true } } },
	/* a deny rule refuses what it touches */
	{ { "+a", "-c 1:3 w" }, false,
	  { { 'c', 1, 3, R, true }, { 'c', 1, 3, W, false }, { 'c', 1, 3, R | W, false },
	    { 'c', 1, 3, M, true }, { 'b', 1, 3, W, true }, { 'c', 1, 5, W, true } } },
	{ { "+a", "-b *:* rwm", "-c 10:* rw", "-a 7:7 m" }, false,
	  { { 'b', 8, 0, R, false }, { 'c', 10, 1, R, false }, { 'c', 10, 1, M, true },
	    { 'c', 7, 7, M, false }, { 'c', 7, 7, R, true } } },
};
/* clang-format on */

static int ask(const struct bpf_insn *insns, size_t n, const struct request *q)
{
	uint32_t type = q->type == 'c' ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK;
	const struct bpf_cgroup_dev_ctx context = {
		.access_type = q->access << 16 | type,
		.major = q->major,
		.minor = q->minor,
	};

	return interpret(insns, n, &context);
}

static void test_programs(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		_cleanup_devices_ struct device_rules rules = {};
		_cleanup_free_ struct bpf_insn *insns = NULL;
		size_t n = 99;

		add_all(&rules, programs[i].lines);
		assert_int_equal(devices_compile(&rules, &insns, &n), 0);
		assert_int_equal(insns == NULL, programs[i].none);
		if (!insns)
			assert_int_equal(n, 0);
		for (const struct request *q = programs[i].requests; q->type; q++)
			if (ask(insns, n, q) != q->allowed)
				fail_msg("%s …: %c %u:%u %u", programs[i].lines[0],
					 q->type, q->major, q->minor, q->access);
	}
}

/* --- the kernel --- */

#define CGROUP2_MAGIC 0x63677270

static const char *const roots[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };

struct scratch {
	char cgroup[128];
	int fd;
	char dir[64]; /* for device nodes */
};

static int set_up(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));
	struct statfs fs;

	if (!s)
		return -1;
	*state = s;
	s->fd = NO_FD;
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/test-devices.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(roots) && geteuid() == 0 && s->fd < 0; i++) {
		if (statfs(roots[i], &fs) < 0 || fs.f_type != CGROUP2_MAGIC)
			continue;
		(void)snprintf(s->cgroup, sizeof(s->cgroup), "%s/test-devices-%d",
			       roots[i], (int)getpid());
		if (mkdir(s->cgroup, 0755) == 0)
			s->fd = open(s->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return 0;
}

static int tear_down(void **state)
{
	struct scratch *s = *state;

	if (s->fd >= 0) {
		(void)close(s->fd);
		if (rmdir(s->cgroup) < 0)
			print_message("# %s: %s\n", s->cgroup, strerror(errno));
	}
	(void)file_remove_tree(AT_FDCWD, s->dir);
	free(s);
	return 0;
}

enum { OPEN_READ = 1, OPEN_WRITE = 2, OPEN_BOTH = 4, MAKE = 8 };

/* Which of these a process can do with the device. */
static int try_all(const char *dir, int minor)
{
	static const struct {
		int bit, flags;
	} opens[] = { { OPEN_READ, O_RDONLY },
		      { OPEN_WRITE, O_WRONLY },
		      { OPEN_BOTH, O_RDWR } };
	char path[96];
	int can = 0;

	(void)snprintf(path, sizeof(path), "%s/device", dir);
	for (size_t i = 0; i < ARRAY_SIZE(opens); i++) {
		_cleanup_close_ int fd = open(minor == 3 ? "/dev/null" : "/dev/zero",
					      opens[i].flags | O_CLOEXEC);

		can |= fd >= 0 ? opens[i].bit : 0;
	}
	if (mknod(path, S_IFCHR | 0600, makedev(1, minor)) == 0)
		can |= MAKE;
	(void)unlink(path);
	return can;
}

static int in_cgroup(const struct scratch *s, int minor)
{
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (file_write(s->fd, "cgroup.procs", pid) < 0)
		return 255;
	return try_all(s->dir, minor);
}

/* clang-format off */
static const struct {
	const char *lines[6];
	int null, zero; /* what is possible with 1:3 and 1:5 */
} scenes[] = {
	{ { "-a" }, 0, 0 },
	{ { "-a", "+c 1:3 rwm" }, OPEN_READ | OPEN_WRITE | OPEN_BOTH | MAKE, 0 },
	{ { "+c 1:3 r", "+c *:* m" }, OPEN_READ | MAKE, MAKE },
	{ { "+a", "-c 1:3 w" }, OPEN_READ | MAKE, OPEN_READ | OPEN_WRITE | OPEN_BOTH | MAKE },
	{ { "+a", "-b *:* rwm", "-c 1:* m" }, OPEN_READ | OPEN_WRITE | OPEN_BOTH,
	  OPEN_READ | OPEN_WRITE | OPEN_BOTH },
	{ { "-a", "+/dev/null rw", "+/dev/zero w" }, OPEN_READ | OPEN_WRITE | OPEN_BOTH, OPEN_WRITE },
	{ { "+a *:* r" }, OPEN_READ, OPEN_READ },
};
/* clang-format on */

static int child_result(const struct scratch *s, int minor)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(in_cgroup(s, minor));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void detach(const struct scratch *s, int program)
{
	const struct bpf_prog_attach attach = {
		.target_fd = s->fd,
		.attach_bpf_fd = program,
		.attach_type = BPF_CGROUP_DEVICE,
	};

	assert_true(syscall(SYS_bpf, 9 /* BPF_PROG_DETACH */, &attach, sizeof(attach)) ==
		    0);
}

static void test_kernel(void **state)
{
	const struct scratch *s = *state;

	if (s->fd < 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		_cleanup_devices_ struct device_rules rules = {};
		_cleanup_free_ struct bpf_insn *insns = NULL;
		size_t n;

		add_all(&rules, scenes[i].lines);
		assert_int_equal(devices_compile(&rules, &insns, &n), 0);
		_cleanup_close_ int program = devices_attach(s->fd, insns, n, NO_FD);
		assert_true(program >= 0);
		assert_int_equal(fcntl(program, F_GETFD), FD_CLOEXEC);
		assert_int_equal(child_result(s, 3), scenes[i].null);
		assert_int_equal(child_result(s, 5), scenes[i].zero);
		detach(s, program);
	}
	int all = OPEN_READ | OPEN_WRITE | OPEN_BOTH | MAKE;
	assert_int_equal(child_result(s, 3), all);
}

/* The longest list is taken by the verifier. */
static void test_kernel_long(void **state)
{
	const struct scratch *s = *state;
	struct rlimit before, after;
	char line[64];
	size_t n;

	if (s->fd < 0)
		skip();
	_cleanup_devices_ struct device_rules rules = {};
	for (int i = 0; i < 4096; i++) {
		(void)snprintf(line, sizeof(line), "c %d:%d rw", i / 64 + 2, i);
		assert_int_equal(devices_add(&rules, true, line, NULL), 0);
	}
	_cleanup_free_ struct bpf_insn *insns = NULL;
	assert_int_equal(devices_compile(&rules, &insns, &n), 0);
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	_cleanup_close_ int program = devices_attach(s->fd, insns, n, NO_FD);
	assert_true(program >= 0);
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(child_result(s, 3), 0);
	detach(s, program);
}

static void test_attach_errors(void **state)
{
	const struct bpf_insn broken = { .code = BPF_JMP | BPF_EXIT };
	const struct bpf_insn fine[] = {
		{ .code = BPF_ALU | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct scratch *s = *state;

	if (s->fd < 0)
		skip();
	assert_int_equal(devices_attach(s->fd, &broken, 1, NO_FD), -EACCES);
	assert_int_equal(devices_attach(NO_FD, fine, 2, NO_FD), -EBADF);
	_cleanup_close_ int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(devices_attach(dir, fine, 2, NO_FD), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),	      cmocka_unit_test(test_faults),
		cmocka_unit_test(test_too_many),      cmocka_unit_test(test_programs),
		cmocka_unit_test(test_kernel),	      cmocka_unit_test(test_kernel_long),
		cmocka_unit_test(test_attach_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
