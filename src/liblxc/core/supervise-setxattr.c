/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * setxattr(2) of the attributes that the configuration lists.  They are trusted ones, which take
 * CAP_SYS_ADMIN on the host; no others can be listed.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "core/supervise.h"
#include "isolate/intercept.h"
#include "util/macro.h"

#define TEXTS_MAX 128
#define NAME_LENGTH 255 /* the kernel's limit, without the NUL */

struct request {
	char path[PATH_MAX];
	char name[NAME_LENGTH + 1];
	char value[INTERCEPT_VALUE_MAX];
	size_t size;
	int flags;
	int links; /* /proc/self/fd of the process that acts, or so it will be */
	int open_flags;
	int fd; /* the file itself, instead of a path */
};

static bool is_listed(const struct supervisor *s, const char *name)
{
	char *names[TEXTS_MAX];
	size_t n = plan_strv(&s->plan, s->op->names, names, ARRAY_SIZE(names));

	for (size_t i = 0; i < n; i++)
		if (intercept_covers(names[i], name))
			return true;
	return false;
}

/*
 * The one file that was found gets it, whatever lies at the path by now.  There is no call that
 * takes an O_PATH descriptor, hence by its link in the host's procfs, in which we already are.
 */
static int perform(const void *request)
{
	const struct request *q = request;
	char link[64];
	_cleanup_close_ int found = q->fd < 0 ? act_open(q->path, q->open_flags) : NO_FD;

	if (q->fd < 0 && found < 0)
		return found;
	if (fchdir(q->links) < 0)
		return -errno;
	(void)snprintf(link, sizeof(link), "thread-self/fd/%d",
		       q->fd < 0 ? found : q->fd);
	return setxattr(link, q->name, q->value, q->size, q->flags) < 0 ? -errno : 0;
}

static int64_t set(const struct supervisor *s, const struct call *c, struct request *q)
{
	const __u64 *args = c->in.data.args;
	_cleanup_close_ int links = NO_FD;
	struct caller who;
	ssize_t n = call_text(c, args[1], q->name, sizeof(q->name));

	if (n < 0)
		return n == -ENAMETOOLONG ? -ERANGE : n;
	if (args[3] > sizeof(q->value) || !is_listed(s, q->name))
		return CALL_CONTINUE;
	int r = call_caller(s, c, &who);
	if (r < 0)
		return r;
	if (!caller_is_root(s, &who))
		return CALL_CONTINUE;
	q->size = args[3];
	q->flags = (int)args[4];
	if (call_bytes(c, args[2], q->value, q->size) != (ssize_t)q->size)
		return -EFAULT;
	n = q->fd < 0 ? call_text(c, args[0], q->path, sizeof(q->path)) : 0;
	if (n < 0)
		return n;
	_cleanup_close_ int base = call_directory(c, AT_FDCWD);
	links = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base < 0 || links < 0)
		return -EPERM;
	q->links = links;
	return act_run(s, c, &who,
		       &(struct act){
			       .perform = perform,
			       .request = q,
			       .base = base,
			       .caps = 1ull << CAP_SYS_ADMIN,
		       });
}

int64_t call_setxattr(struct supervisor *s, struct call *c)
{
	struct request q = { .fd = NO_FD };

	return set(s, c, &q);
}

int64_t call_lsetxattr(struct supervisor *s, struct call *c)
{
	struct request q = { .fd = NO_FD, .open_flags = O_NOFOLLOW };

	return set(s, c, &q);
}

int64_t call_fsetxattr(struct supervisor *s, struct call *c)
{
	_cleanup_close_ int file = call_directory(c, (int)c->in.data.args[0]);
	struct request q = { .fd = file };

	return file < 0 ? file : set(s, c, &q);
}
