/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all security modules have in common; see the header. */
#include "isolate/lsm.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "util/buf.h"

static const struct lsm *const modules[LSM_COUNT] = {
	[LSM_APPARMOR] = &lsm_apparmor,
	[LSM_SELINUX] = &lsm_selinux,
};

void lsm_setup_done(struct lsm_setup *s)
{
	free(s->label);
	free(s->warning);
	free(s->profile);
	free(s->space);
	free(s->program);
	*s = (struct lsm_setup){};
}

const struct lsm *lsm_get(enum lsm_module module)
{
	return modules[module];
}

enum lsm_module lsm_active(void)
{
	int i = 0;

	while (i < LSM_COUNT && !modules[i]->is_enabled())
		i++;
	return i;
}

static int not_there(const struct lsm *m, struct lxc_error **err)
{
	(void)error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "config", "%s",
			     m->key);
	error_detail(err, "this kernel has no %s", m->name);
	error_hint(err, "%s", m->hint);
	return -EOPNOTSUPP;
}

static int passed_over(const struct lsm *m, struct lsm_setup *ret, struct lxc_error **err)
{
	_cleanup_buf_ struct buf text = {};

	buf_printf(&text, "%s is skipped: this kernel has no %s", m->key, m->name);
	ret->warning = buf_steal(&text);
	return ret->warning ? 0 : error_set(err, -ENOMEM, "config", "%s", m->key);
}

int lsm_prepare(enum lsm_module module, const struct lsm_request *q,
		struct lsm_setup *ret, struct lxc_error **err)
{
	const struct lsm *m = modules[module];
	enum lsm_need need = m->need(q->label);

	if (need == LSM_NOT_NEEDED)
		return 0;
	if (!m->is_enabled())
		return need == LSM_NEEDED ? not_there(m, err) : passed_over(m, ret, err);
	int r = m->prepare(q, ret, err);
	return r < 0 ? error_wrap(err, r, "config", "%s", m->key) : 0;
}

int lsm_check(enum lsm_module module, const char *label, struct lxc_error **err)
{
	if (strlen(label) >= LSM_LABEL_MAX)
		return error_set(err, -ENAMETOOLONG, "security label", "%s", label);
	return modules[module]->check(label, err);
}

int lsm_label_of(enum lsm_module module, pid_t pid, char **ret)
{
	char number[16], its[LSM_LABEL_MAX], ours[LSM_LABEL_MAX];
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return -errno;
	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	int r = lsm_label_read(proc, number, module, LSM_NOW, its);
	if (r == 0)
		r = lsm_label_read(proc, "thread-self", module, LSM_NOW, ours);
	if (r < 0)
		return r;
	*ret = strcmp(its, ours) ? strdup(its) : NULL;
	return *ret || !strcmp(its, ours) ? 0 : -ENOMEM;
}
