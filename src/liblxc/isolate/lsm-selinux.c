/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SELinux: the context is configured as it is, and the kernel is asked whether its policy knows
 * it.  A policy for containers comes with the distribution.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>

#include "isolate/lsm.h"
#include "util/file.h"

#define SELINUX_DIR "/sys/fs/selinux"
#define SELINUX_MAGIC 0xf97cff8c

/* Before a policy is loaded there is one context only, "kernel". */
static bool is_enabled(void)
{
	struct statfs fs;
	char own[LSM_LABEL_MAX];
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return statfs(SELINUX_DIR, &fs) == 0 && fs.f_type == SELINUX_MAGIC && proc >= 0 &&
	       lsm_label_read(proc, "thread-self", LSM_SELINUX, LSM_NOW, own) == 0 &&
	       strcmp(own, "kernel");
}

static enum lsm_need need(const char *context)
{
	return !context || !strcmp(context, "unconfined_t") ? LSM_NOT_NEEDED : LSM_NEEDED;
}

static int check(const char *context, struct lxc_error **err)
{
	int r = file_write(AT_FDCWD, SELINUX_DIR "/context", context);

	if (r == 0 || r == -EACCES) /* not ours to ask: the kernel decides in the end */
		return 0;
	error_set(err, r, "SELinux context", "%s", context);
	if (r == -EINVAL) {
		error_detail(err, "the loaded policy does not know it");
		error_hint(err, "correct it, or load the policy module that defines it: "
				"semodule -i FILE");
	}
	return r;
}

static int prepare(const struct lsm_request *q, struct lsm_setup *ret,
		   struct lxc_error **err)
{
	int r = check(q->label, err);

	if (r < 0)
		return r;
	ret->label = strdup(q->label);
	return ret->label ? 0 : error_set(err, -ENOMEM, "SELinux", "%s", q->label);
}

const struct lsm lsm_selinux = {
	.name = "SELinux",
	.key = "lxc.selinux.context",
	.hint = "set it to unconfined_t, or remove it",
	.is_enabled = is_enabled,
	.need = need,
	.prepare = prepare,
	.check = check,
};
