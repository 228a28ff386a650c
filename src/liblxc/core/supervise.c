/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The supervisor: its listeners, and who decides which call. */
#include "core/supervise.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/ops.h"
#include "isolate/caps.h"
#include "util/log.h"

/* --- who decides --- */

static bool lists_devices(const struct op_supervise *o)
{
	return o->devices.size;
}

static bool lists_types(const struct op_supervise *o)
{
	return o->types.size;
}

static bool lists_names(const struct op_supervise *o)
{
	return o->names.size;
}

static bool has_sysinfo(const struct op_supervise *o)
{
	return o->sysinfo;
}

enum handled {
	MKNOD,
	MKNODAT,
	MOUNT,
	SETXATTR,
	LSETXATTR,
	FSETXATTR,
	SYSINFO,
	HANDLED_COUNT
};

static const struct {
	call_handler *handler;
	bool (*is_on)(const struct op_supervise *o);
} handled[HANDLED_COUNT] = {
	[MKNOD] = { call_mknod, lists_devices },
	[MKNODAT] = { call_mknodat, lists_devices },
	[MOUNT] = { call_mount, lists_types },
	[SETXATTR] = { call_setxattr, lists_names },
	[LSETXATTR] = { call_lsetxattr, lists_names },
	[FSETXATTR] = { call_fsetxattr, lists_names },
	[SYSINFO] = { call_sysinfo, has_sysinfo },
};

#define X32_BIT 0x40000000

/* A call has a number of its own on each architecture; 0: there is none, or not one of ours. */
static const struct {
	uint32_t arch;
	int numbers[HANDLED_COUNT];
} architectures[] = {
#if defined(__x86_64__)
	{ AUDIT_ARCH_X86_64,
	  { SYS_mknod, SYS_mknodat, SYS_mount, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
	    SYS_sysinfo } },
	{ AUDIT_ARCH_I386, { 14, 297, 21, 226, 227, 228, 116 } },
#elif defined(__aarch64__)
	{ AUDIT_ARCH_AARCH64,
	  { 0, SYS_mknodat, SYS_mount, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
	    SYS_sysinfo } },
	{ AUDIT_ARCH_ARM, { 14, 324, 21, 226, 227, 228, 116 } },
#endif
	{ 0, {} },
};

static call_handler *find_handler(const struct op_supervise *o,
				  const struct seccomp_data *d)
{
	int number = d->nr;

#if defined(__x86_64__)
	if (d->arch == AUDIT_ARCH_X86_64)
		number &= ~X32_BIT;
#endif
	for (size_t i = 0; architectures[i].arch; i++)
		for (size_t k = 0; k < HANDLED_COUNT; k++)
			if (architectures[i].arch == d->arch && number &&
			    architectures[i].numbers[k] == number && handled[k].is_on(o))
				return handled[k].handler;
	return NULL;
}

/* --- listeners --- */

static void serve_call(struct supervisor *s, int listener)
{
	struct call c = { .listener = listener, .proc = NO_FD, .mem = NO_FD };
	/* the kernel wants it to be zero */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &c.in) < 0)
		return; /* its thread has ended in the meantime */
	call_handler *handler = find_handler(s->op, &c.in.data);
	int r = call_open(&c);

	if (r < 0 || (!handler && !s->op->proxy))
		call_answer(&c, -ENOSYS);
	else if (handler)
		call_answer(&c, handler(s, &c));
	else
		proxy_ask(s, &c);
	call_close(&c);
}

static void drop_listener(struct supervisor *s, size_t i)
{
	proxy_forget(s, s->listeners[i]);
	(void)close(s->listeners[i]);
	s->listeners[i] = s->listeners[--s->n_listeners];
}

/* Without a place for it, it is closed, and the calls fail with ENOSYS. */
static void take_listener(struct supervisor *s, int fd)
{
	if (s->n_listeners < LISTENERS_MAX) {
		s->listeners[s->n_listeners++] = fd;
		return;
	}
	log_warn("seccomp supervisor: too many attached processes, some get no answers");
	(void)close(fd);
}

static struct identity init_user_ns(pid_t init)
{
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", init);
	return identity_of(AT_FDCWD, path);
}

/* false: the monitor is gone. */
static bool serve_monitor(struct supervisor *s)
{
	struct sync_message m;
	int fds[SYNC_FDS_MAX];

	if (sync_receive(SUPERVISOR_CHANNEL, &m, fds, NULL) <= 0)
		return false;
	s->init = m.pid;
	s->run.suffix = m.value;
	s->user_ns = init_user_ns(m.pid);
	for (uint32_t i = 0; i < m.n_fds; i++)
		take_listener(s, fds[i]);
	return true;
}

static void loop(struct supervisor *s)
{
	static struct pollfd fds[2 + LISTENERS_MAX];

	for (;;) {
		int timeout = -1;
		size_t n = s->n_listeners;

		fds[0] = (struct pollfd){ .fd = SUPERVISOR_CHANNEL, .events = POLLIN };
		fds[1] = proxy_poll(s, &timeout);
		for (size_t i = 0; i < n; i++)
			fds[2 + i] = (struct pollfd){ .fd = s->listeners[i],
						      .events = POLLIN };
		if (poll(fds, 2 + n, timeout) < 0 && errno != EINTR)
			return;
		proxy_ready(s, fds[1].revents);
		/* backwards: one that is dropped gives its place to the last */
		for (size_t i = n; i-- > 0;) {
			if (fds[2 + i].revents & POLLIN)
				serve_call(s, s->listeners[i]);
			else if (fds[2 + i].revents)
				drop_listener(s, i);
		}
		if (fds[0].revents && !serve_monitor(s))
			return;
	}
}

/* --- the program --- */

static int open_plan(struct supervisor *s)
{
	struct stat st;

	if (fstat(SUPERVISOR_PLAN, &st) < 0 || st.st_size <= 0)
		return -EPROTO;
	void *record = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, SUPERVISOR_PLAN, 0);
	int r = record == MAP_FAILED ? -errno
				     : plan_open(record, st.st_size, &s->plan, NULL);

	for (const struct op *op = NULL; r == 0 && (op = plan_next(&s->plan, op));)
		if (op->kind == OP_SUPERVISE)
			s->op = (const void *)op;
	return r == 0 && !s->op ? -EPROTO : r;
}

/* To look into a thread; to join its mount namespace and root; and what the acts take. */
static int drop_rights(const struct op_supervise *o)
{
	uint64_t keep = 1ull << CAP_SYS_PTRACE | 1ull << CAP_DAC_OVERRIDE |
			1ull << CAP_DAC_READ_SEARCH;

	if (o->devices.size || o->types.size || o->names.size)
		keep |= 1ull << CAP_SYS_ADMIN | 1ull << CAP_SYS_CHROOT |
			1ull << CAP_SETUID | 1ull << CAP_SETGID | 1ull << CAP_FOWNER |
			1ull << CAP_FSETID | 1ull << CAP_CHOWN;
	if (o->devices.size)
		keep |= 1ull << CAP_MKNOD;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* nobody else has any, outside of the namespaces that are their own */
	return geteuid() == 0 ? caps_drop(keep, 0) : 0;
}

/* What the configuration leaves, of what there is: the host's own root may lack some. */
static int find_root_caps(struct supervisor *s)
{
	const struct plan_confine *confine = plan_confinement(&s->plan);
	uint64_t bounding;
	int r = caps_bounding_of(0, &bounding);

	if (r < 0 || !confine)
		return r < 0 ? r : -EPROTO;
	s->root_caps = confine->keep_caps & bounding;
	return 0;
}

int supervise_main(void)
{
	static struct supervisor s = { .proxy = NO_FD };
	static struct log_sink sink;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	for (int fd = SUPERVISOR_PLAN; fd <= SUPERVISOR_LOG; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (open_plan(&s) < 0)
		return 1;
	sink = (struct log_sink){
		.fd = fcntl(SUPERVISOR_LOG, F_GETFD) < 0 ? NO_FD : SUPERVISOR_LOG,
		.level = s.plan.header->log_level,
		.name = plan_text(&s.plan, s.plan.header->name),
	};
	log_set_process_sink(&sink);
	run_init(&s.run, &s.plan);
	if (find_root_caps(&s) < 0)
		return 1;
	s.own_user_ns = identity_of(AT_FDCWD, "/proc/self/ns/user");
	int r = drop_rights(s.op);
	if (r < 0) {
		log_warn("seccomp supervisor: drop capabilities: %s", strerror(-r));
		return 1;
	}
	loop(&s);
	return 0;
}
