/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mknod(2) of the devices that the configuration lists. */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "core/supervise.h"
#include "isolate/intercept.h"
#include "util/syscall.h"

struct request {
	char path[PATH_MAX];
	uint32_t mode, number;
};

static bool is_listed(const struct supervisor *s, const struct request *q)
{
	const struct intercept_device *d = plan_data(&s->plan, s->op->devices);
	size_t n = d ? s->op->devices.size / sizeof(*d) : 0;

	for (size_t i = 0; i < n; i++)
		if (d[i].mode == (q->mode & S_IFMT) && d[i].number == q->number)
			return true;
	return false;
}

static int perform(const void *request)
{
	const struct request *q = request;
	char copy[PATH_MAX];
	const char *name;
	_cleanup_close_ int dir = act_open_parent(q->path, copy, sizeof(copy), &name);

	if (dir < 0)
		return dir;
	/* as the kernel takes it, whatever a libc makes of device numbers */
	return SYS_RESULT(syscall(SYS_mknodat, dir, name, q->mode, q->number));
}

/* The device is in registers: the filter has looked at them already, and they cannot change. */
static int64_t make(const struct supervisor *s, const struct call *c, int dir,
		    const __u64 *args)
{
	struct request q = { .mode = (uint16_t)args[1], .number = (uint32_t)args[2] };
	struct caller who;

	if (!is_listed(s, &q))
		return CALL_CONTINUE;
	int r = call_caller(s, c, &who);
	if (r < 0)
		return r;
	if (!caller_is_root(s, &who))
		return CALL_CONTINUE;
	ssize_t n = call_text(c, args[0], q.path, sizeof(q.path));
	if (n < 0)
		return n;
	_cleanup_close_ int base = call_directory(c, q.path[0] == '/' ? AT_FDCWD : dir);
	if (base < 0)
		return base;
	return act_run(s, c, &who,
		       &(struct act){
			       .perform = perform,
			       .request = &q,
			       .base = base,
			       .caps = 1ull << CAP_MKNOD,
		       });
}

int64_t call_mknod(struct supervisor *s, struct call *c)
{
	return make(s, c, AT_FDCWD, c->in.data.args);
}

int64_t call_mknodat(struct supervisor *s, struct call *c)
{
	return make(s, c, (int)c->in.data.args[0], c->in.data.args + 1);
}
