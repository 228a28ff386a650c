/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations for security modules: the monitor loads a policy, which it takes away at the end;
 * the child takes a label.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/op-kinds.h"
#include "isolate/lsm-label.h"
#include "mount/tree.h"
#include "util/file.h"

#define POLICY "/sys/kernel/security/apparmor"
#define SPACES POLICY "/policy/namespaces/"
#define PATH_SIZE 512

/* --- policy --- */

void print_profile(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_profile *o = (const void *)op;
	const char *space = plan_text(plan, o->space);

	buf_printable(out, plan_text(plan, o->name));
	if (space) {
		buf_str(out, ", namespace ");
		buf_printable(out, space);
	}
	buf_printf(out, ", %u bytes%s", o->program.size,
		   o->temporary ? ", until the end" : "");
}

static int space_path(const struct run *run, const struct op_profile *o,
		      char path[PATH_SIZE])
{
	const char *space = plan_text(run->plan, o->space);

	if (!space)
		return 0;
	int n = snprintf(path, PATH_SIZE, SPACES "%s", space);
	return n < PATH_SIZE ? 1 : -ENAMETOOLONG;
}

/* The kernel takes a policy in one write only. */
static int load(const void *program, size_t size)
{
	_cleanup_close_ int fd = open(POLICY "/.replace", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, program, size);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

int run_profile(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_profile *o = (const void *)op;
	const char *name = plan_text(run->plan, o->name);
	char path[PATH_SIZE];
	int has_space = space_path(run, o, path), r = has_space < 0 ? has_space : 0;

	if (has_space > 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r < 0)
		return error_set(err, r, "make", "AppArmor namespace of profile %s",
				 name);
	r = load(plan_data(run->plan, o->program), o->program.size);
	if (r == 0)
		return 0;
	if (has_space)
		(void)rmdir(path);
	(void)error_set(err, r, "load", "AppArmor profile %s", name);
	if (r == -EPERM || r == -EACCES)
		error_hint(err,
			   "loading takes CAP_MAC_ADMIN, and in a container a policy "
			   "namespace of its own: set lxc.apparmor.profile = unchanged");
	return r;
}

void undo_profile(struct run *run, const struct op *op)
{
	const struct op_profile *o = (const void *)op;
	char path[PATH_SIZE];

	if (!o->temporary)
		return;
	if (space_path(run, o, path) > 0)
		(void)rmdir(path);
	(void)file_write(AT_FDCWD, POLICY "/.remove", plan_text(run->plan, o->name));
}

/* --- label --- */

static const char *const moments[] = {
	[LSM_ON_EXEC] = "with the program",
	[LSM_NOW] = "at once",
	[LSM_KEYRING] = "of new keys",
};

void print_label(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_label *o = (const void *)op;

	buf_printable(out, plan_text(plan, o->label));
	buf_printf(out, ", %s", moments[o->moment]);
}

static int explain(int r, const char *label, struct lxc_error **err)
{
	(void)error_set(err, r, "take", "security label %s", label);
	if (r == -ENOENT) {
		error_detail(err, "a profile of it is not loaded");
		error_hint(err, "load the file that defines it: apparmor_parser -r FILE");
	} else if (r == -EACCES || r == -EPERM) {
		error_hint(err, "the label of the process that asks allows no change to "
				"it: see lxc.apparmor.profile = unchanged");
	} else if (r == -EBADMSG) {
		error_detail(err, "the kernel took another one");
	} else if (r == -EINVAL) {
		error_detail(err, "the kernel's policy does not know it");
	}
	return r;
}

/*
 * Through a procfs of our own that is mounted nowhere: nothing that the container has put on
 * /proc can take the label instead of the kernel.
 */
int run_label(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_label *o = (const void *)op;
	const char *label = plan_text(run->plan, o->label);
	_cleanup_close_ int proc = tree_make("proc", NULL, NULL, 0, NULL, 0);

	if (proc < 0)
		return error_set(err, proc, "open", "a procfs for the label %s", label);
	if (o->module >= LSM_COUNT || o->moment >= LSM_MOMENTS)
		return error_set(err, -EPROTO, "plan", "label");
	int r = lsm_label_write(proc, o->module, o->moment, label);
	return r < 0 ? explain(r, label, err) : 0;
}
