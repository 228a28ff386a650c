/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policy to program.  libseccomp is not linked, as most commands never need it: the few
 * functions wanted are looked up here, and the library is gone again afterwards.
 *
 * A system call newer than the libseccomp of this machine would silently be left out of a
 * denylist.  The calls that came after version 2.5.0 therefore have their numbers here; they
 * are the same on all architectures that we know of but mips, and are tested in front of the
 * program that libseccomp makes.
 */
#include "isolate/seccomp-build.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "isolate/seccomp-policy.h"
#include "util/log.h"

#define LIBRARY "libseccomp.so.2"

/* --- libseccomp --- */

struct lib {
	void *handle;
	__typeof__(seccomp_init) *init;
	__typeof__(seccomp_release) *release;
	__typeof__(seccomp_arch_add) *arch_add;
	__typeof__(seccomp_attr_set) *attr_set;
	__typeof__(seccomp_syscall_resolve_name) *resolve_name;
	__typeof__(seccomp_rule_add_array) *rule_add_array;
	__typeof__(seccomp_export_bpf) *export_bpf;
};

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	{ "seccomp_init", offsetof(struct lib, init) },
	{ "seccomp_release", offsetof(struct lib, release) },
	{ "seccomp_arch_add", offsetof(struct lib, arch_add) },
	{ "seccomp_attr_set", offsetof(struct lib, attr_set) },
	{ "seccomp_syscall_resolve_name", offsetof(struct lib, resolve_name) },
	{ "seccomp_rule_add_array", offsetof(struct lib, rule_add_array) },
	{ "seccomp_export_bpf", offsetof(struct lib, export_bpf) },
};

static void lib_close(struct lib *lib)
{
	if (lib->handle)
		(void)dlclose(lib->handle);
}

static int fail_library(struct lxc_error **err)
{
	const char *detail = dlerror();

	(void)error_set_code(err, -ENOSYS, LXC_ERROR_UNSUPPORTED, "load", "%s", LIBRARY);
	error_detail(err, "%s", detail ? detail : "cannot be used");
	error_hint(err, "install libseccomp 2.5 or newer (Debian: libseccomp2)");
	return -ENOSYS;
}

static int lib_open(struct lib *lib, struct lxc_error **err)
{
	lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!lib->handle)
		return fail_library(err);
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = dlsym(lib->handle, symbols[i].name);

		if (!symbol)
			return fail_library(err);
		memcpy((char *)lib + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return 0;
}

/* --- system calls that libseccomp may not know --- */

#define FIRST_LATE 441
static const char *const late_names[] = {
	"epoll_pwait2",	     "mount_setattr",
	"quotactl_fd",	     "landlock_create_ruleset",
	"landlock_add_rule", "landlock_restrict_self",
	"memfd_secret",	     "process_mrelease",
	"futex_waitv",	     "set_mempolicy_home_node",
	"cachestat",	     "fchmodat2",
	"map_shadow_stack",  "futex_wake",
	"futex_wait",	     "futex_requeue",
	"statmount",	     "listmount",
	"lsm_get_self_attr", "lsm_set_self_attr",
	"lsm_list_modules",  "mseal",
	"setxattrat",	     "getxattrat",
	"listxattrat",	     "removexattrat",
	"open_tree_attr",    "file_getattr",
	"file_setattr",
};

#define LATE_COUNT ARRAY_SIZE(late_names)

/* What the policy wants of them. */
struct late {
	bool used[LATE_COUNT];
	uint32_t action[LATE_COUNT];
	size_t n;
};

/* Whether the rule could be kept for the front of the program. */
static bool add_late(struct late *late, const struct seccomp_rule *rule)
{
#if defined(__mips__)
	return false;
#endif
	for (size_t i = 0; i < LATE_COUNT; i++) {
		if (rule->n_args || strcmp(late_names[i], rule->name))
			continue;
		if (!late->used[i]) {
			late->used[i] = true;
			late->action[i] = rule->action;
			late->n++;
		}
		return true;
	}
	return false;
}

/* Load the number, clear the bit of x32, then a test and an action for each call. */
#define LATE_FRAME 2
#define LATE_INSNS 2
#define X32_BIT 0x40000000u

static size_t emit_late(const struct late *late, struct sock_filter *f)
{
	size_t n = 0;

	if (!late->n)
		return 0;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
#if defined(__x86_64__)
	f[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~X32_BIT);
#endif
	for (size_t i = 0; i < LATE_COUNT; i++) {
		if (!late->used[i])
			continue;
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      FIRST_LATE + i, 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, late->action[i]);
	}
	return n;
}

/* --- building --- */

struct build {
	struct lib lib;
	scmp_filter_ctx filter;
	const struct seccomp_policy *policy;
	const char *path;
	struct late late;
	bool whole;
	struct lxc_error **err;
};

static void build_done(struct build *b)
{
	if (b->filter)
		b->lib.release(b->filter);
	lib_close(&b->lib);
}

/* A filter has the native one (0) from the beginning; it only ends the list. */
static const uint32_t compat_archs[] = {
#if defined(__x86_64__)
	SCMP_ARCH_X86,
	SCMP_ARCH_X32,
#elif defined(__aarch64__)
	SCMP_ARCH_ARM,
#elif defined(__powerpc64__) && !defined(__LITTLE_ENDIAN__)
	SCMP_ARCH_PPC,
#elif defined(__mips64) && defined(__MIPSEL__)
	SCMP_ARCH_MIPSEL,
	SCMP_ARCH_MIPSEL64N32,
#elif defined(__mips64)
	SCMP_ARCH_MIPS,
	SCMP_ARCH_MIPS64N32,
#elif defined(__s390x__)
	SCMP_ARCH_S390,
#endif
	SCMP_ARCH_NATIVE,
};

static int fail(struct build *b, int r, const char *what)
{
	(void)error_set(b->err, r, "seccomp", "%s", b->path);
	error_detail(b->err, "%s: %s", what, strerror(-r));
	return r;
}

static int start_filter(struct build *b)
{
	b->filter = b->lib.init(b->policy->default_action);
	if (!b->filter)
		return fail(b, -EINVAL, "cannot begin a filter");
	/* A call number of -1 is what a tracer sets to skip a call; older ones lack this. */
	(void)b->lib.attr_set(b->filter, SCMP_FLTATR_API_TSKIP, 1);
	if (b->policy->native_only)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(compat_archs); i++) {
		int r = b->lib.arch_add(b->filter, compat_archs[i]);

		if (r < 0 && r != -EEXIST)
			return fail(b, r, "cannot filter another architecture");
	}
	return 0;
}

static int add_rule(struct build *b, const struct seccomp_rule *rule)
{
	int number = rule->name[0] ? b->lib.resolve_name(rule->name) : rule->number;

	if (number == __NR_SCMP_ERROR) {
		if (add_late(&b->late, rule))
			return 0;
		b->whole = false;
		log_warn("%s:%u: system call %s is unknown here, rule left out", b->path,
			 rule->line, rule->name);
		return 0;
	}
	int r = b->lib.rule_add_array(b->filter, rule->action, number, rule->n_args,
				      rule->args);
	/* The first of two rules counts, and an architecture may lack the call. */
	if (r == 0 || r == -EEXIST || r == -EDOM)
		return 0;
	(void)error_set(b->err, r, "seccomp", "%s:%u", b->path, rule->line);
	error_detail(b->err, "rule not accepted: %s", strerror(-r));
	return r;
}

/* The program that libseccomp made, behind ours. */
static int export(struct build *b, struct sock_filter **ret, size_t *ret_n)
{
	_cleanup_close_ int fd = memfd_create("seccomp", MFD_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return fail(b, -errno, "memfd_create");
	int r = b->lib.export_bpf(b->filter, fd);
	if (r < 0)
		return fail(b, r, "cannot make the program");
	if (fstat(fd, &st) < 0)
		return fail(b, -errno, "fstat");
	size_t n = st.st_size / sizeof(struct sock_filter);
	_cleanup_free_ struct sock_filter *filter =
		calloc(LATE_FRAME + LATE_INSNS * LATE_COUNT + n, sizeof(*filter));
	if (!filter)
		return error_set(b->err, -ENOMEM, "seccomp", "%s", b->path);
	size_t front = emit_late(&b->late, filter);
	if (front + n > BPF_MAXINSNS) {
		(void)error_set(b->err, -E2BIG, "seccomp", "%s", b->path);
		error_detail(b->err,
			     "the filter has %zu instructions, the kernel takes %d",
			     front + n, BPF_MAXINSNS);
		error_hint(b->err, "test fewer values of arguments");
		return -E2BIG;
	}
	if (pread(fd, filter + front, st.st_size, 0) != (ssize_t)st.st_size)
		return fail(b, -EIO, "cannot read the program");
	*ret_n = front + n;
	*ret = steal_ptr(filter);
	return 0;
}

int seccomp_build(const struct seccomp_source *source, struct sock_filter **ret,
		  size_t *ret_n, bool *ret_whole, struct lxc_error **err)
{
	_cleanup_seccomp_policy_ struct seccomp_policy policy = {};
	_cleanup_(build_done) struct build b = {
		.policy = &policy, .path = source->path, .whole = true, .err = err
	};
	int r = seccomp_policy_parse(source, &policy, err);

	if (r < 0)
		return r;
	r = lib_open(&b.lib, err);
	if (r < 0)
		return r;
	r = start_filter(&b);
	for (size_t i = 0; r == 0 && i < policy.n; i++)
		r = add_rule(&b, &policy.rules[i]);
	if (r < 0)
		return r;
	r = export(&b, ret, ret_n);
	if (r == 0)
		*ret_whole = b.whole;
	return r;
}
