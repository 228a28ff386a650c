/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations that name and confine the container's processes. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/op-kinds.h"
#include "isolate/caps.h"
#include "isolate/seccomp.h"
#include "mount/tree.h"
#include "util/file.h"
#include "util/syscall.h"

int run_host_name(struct run *run, const struct op *op, struct lxc_error **err)
{
	const char *name = plan_text(run->plan, ((const struct op_text *)op)->text);

	return sethostname(name, strlen(name)) < 0
		       ? error_set(err, -errno, "set", "lxc.uts.name = %s", name)
		       : 0;
}

/* A kernel without keyrings has nothing that could leak. */
int run_keyring(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)run;
	(void)op;
	(void)err;
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return 0;
}

int run_personality(struct run *run, const struct op *op, struct lxc_error **err)
{
	unsigned long value = ((const struct op_value *)op)->value;

	(void)run;
	return personality(value) < 0 ? error_set(err, -errno, "set", "lxc.arch") : 0;
}

int run_capabilities(struct run *run, const struct op *op, struct lxc_error **err)
{
	int r = caps_drop(((const struct op_value *)op)->value, CAPS_UNTIL_EXEC);

	(void)run;
	return r < 0 ? error_set(err, r, "drop", "capabilities") : 0;
}

int run_no_new_privs(struct run *run, const struct op *op, struct lxc_error **err)
{
	(void)run;
	(void)op;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
		       ? error_set(err, -errno, "set", "lxc.no_new_privs")
		       : 0;
}

void print_seccomp(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_seccomp *o = (const void *)op;

	size_t n = o->filter.size / sizeof(struct sock_filter);

	buf_printf(out, "%s, %zu instructions%s", plan_text(plan, o->profile), n,
		   seccomp_notifies(plan_data(plan, o->filter), n) ? ", with a listener"
								   : "");
}

/* The filter holds already, so this is the last chance to do it without its consent. */
static int hand_over_listener(struct run *run, int listener)
{
	struct sync_message m = { .type = SYNC_FDS,
				  .n_fds = 1,
				  .roles = { ROLE_LISTENER } };

	return sync_send(run->sync, &m, &listener);
}

static int load_filter(struct run *run, const struct sock_filter *filter, size_t n)
{
	if (!filter || !seccomp_notifies(filter, n))
		return seccomp_load(filter, n);
	_cleanup_close_ int listener = seccomp_load_listener(filter, n);

	return listener < 0 ? listener : hand_over_listener(run, listener);
}

int run_seccomp(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_seccomp *o = (const void *)op;
	int r = load_filter(run, plan_data(run->plan, o->filter),
			    o->filter.size / sizeof(struct sock_filter));

	if (r < 0)
		error_set(err, r, "load", "%s", plan_text(run->plan, o->profile));
	if (r == -EBUSY)
		error_hint(err, "this process is under a filter with a listener already, "
				"and the kernel allows one");
	return r;
}

/* --- ids --- */

void print_ids(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_ids *o = (const void *)op;

	(void)plan;
	buf_printf(out, "uid %u, gid %u", o->uid, o->gid);
}

int run_ids(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_ids *o = (const void *)op;
	const gid_t *groups = plan_data(run->plan, o->groups);
	size_t n = o->set_groups ? o->groups.size / sizeof(gid_t) : 0;

	int r = o->keep_groups ? 0 : sys_setgroups(n, groups);

	if (r < 0)
		return error_set(err, r, "set", "supplementary groups");
	r = sys_setresgid(o->gid);
	if (r < 0)
		return error_set(err, r, "set", "gid %u", o->gid);
	/* the terminal that was made for root becomes the user's */
	if (o->uid && isatty(STDIN_FILENO))
		(void)!fchown(STDIN_FILENO, o->uid, (gid_t)-1);
	r = sys_setresuid(o->uid);
	if (r < 0)
		return error_set(err, r, "set", "uid %u", o->uid);
	/* lost with the ids; as root it stays, and the exec asks once more in any case */
	if (o->uid || o->gid)
		run_set_pdeath(run, SIGKILL);
	return 0;
}

/* --- limits and files of procfs --- */

void print_prlimit(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_prlimit *o = (const void *)op;

	buf_printf(out, "%s = %llu:%llu", plan_text(plan, o->key),
		   (unsigned long long)o->soft, (unsigned long long)o->hard);
}

int run_prlimit(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_prlimit *o = (const void *)op;
	struct rlimit limit = { .rlim_cur = o->soft, .rlim_max = o->hard };

	if (prlimit(run->pid, o->resource, &limit, NULL) == 0)
		return 0;
	int r = error_set(err, -errno, "set", "%s", plan_text(run->plan, o->key));
	if (r == -EPERM)
		error_hint(err,
			   "raising a hard limit takes CAP_SYS_RESOURCE; that of nofile "
			   "ends at /proc/sys/fs/nr_open");
	return r;
}

void print_proc_file(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_proc_file *o = (const void *)op;

	buf_printf(out, "%s = ", plan_text(plan, o->file));
	buf_printable(out, plan_text(plan, o->value));
}

int run_proc_file(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_proc_file *o = (const void *)op;
	const char *file = plan_text(run->plan, o->file);
	char path[160];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", run->pid, file);
	int r = file_write(AT_FDCWD, path, plan_text(run->plan, o->value));
	if (r < 0)
		error_set(err, r, "set", "lxc.proc.%s", file);
	if (r == -ENOENT)
		error_hint(err, "the kernel has no /proc/PID/%s", file);
	return r;
}

void print_sysctl(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_sysctl *o = (const void *)op;

	buf_printf(out, "%s = ", plan_text(plan, o->key));
	buf_printable(out, plan_text(plan, o->value));
}

/*
 * Through a procfs of our own that is mounted nowhere: what the container has put on /proc
 * cannot lead the write elsewhere.
 */
int run_sysctl(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_sysctl *o = (const void *)op;
	const char *key = plan_text(run->plan, o->key),
		   *value = plan_text(run->plan, o->value);
	char path[256];
	_cleanup_close_ int proc = tree_make("proc", NULL, NULL, 0, NULL, 0);

	(void)run;
	(void)snprintf(path, sizeof(path), "sys/%s", key);
	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	int r = proc < 0 ? proc : file_write(proc, path, value ? value : "");
	if (r < 0) {
		error_set(err, r, "set", "lxc.sysctl.%s = %s", key, value ? value : "");
		if (r == -ENOENT)
			error_hint(err, "the kernel has no /proc/%s", path);
		else if (r == -EINVAL || r == -ERANGE)
			error_hint(err, "the kernel does not take this value for it");
	}
	return r;
}
