/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mount(2) of new file systems of the types that the configuration lists.
 *
 * The device is found and opened by a process under the container's device rules, at a path in
 * the container.  Device nodes on what is mounted never work: who wrote it, wrote them.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/supervise.h"
#include "isolate/intercept.h"
#include "mount/tree.h"
#include "util/macro.h"
#include "util/syscall.h"

#define TEXTS_MAX 128
#define TYPE_MAX 256
#define DATA_SIZE 4096

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

struct request {
	char type[TYPE_MAX], source[PATH_MAX], target[PATH_MAX], data[DATA_SIZE];
	bool has_source, has_data;
	uint64_t flags;
	int fuse, fuse_number; /* the container's /dev/fuse, and as what data names it */
};

/* Flags of the mount, and those of the file system, which have names. */
static const struct {
	unsigned long flag;
	uint64_t attr;
} attributes[] = {
	{ MS_RDONLY, MOUNT_ATTR_RDONLY },
	{ MS_NOSUID, MOUNT_ATTR_NOSUID },
	{ MS_NODEV, MOUNT_ATTR_NODEV },
	{ MS_NOEXEC, MOUNT_ATTR_NOEXEC },
	{ MS_NOATIME, MOUNT_ATTR_NOATIME },
	{ MS_STRICTATIME, MOUNT_ATTR_STRICTATIME },
	{ MS_NODIRATIME, MOUNT_ATTR_NODIRATIME },
	{ MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW },
};
static const struct {
	unsigned long flag;
	const char *name;
} options[] = {
	{ MS_RDONLY, "ro" },
	{ MS_SYNCHRONOUS, "sync" },
	{ MS_DIRSYNC, "dirsync" },
	{ MS_LAZYTIME, "lazytime" },
};

/* Those that say nothing any more, or what is so by default. */
#define FLAGS_WITHOUT_MEANING (MS_RELATIME | MS_SILENT | MS_MANDLOCK | MS_REC)

static bool are_known(uint64_t flags)
{
	flags &= ~(uint64_t)FLAGS_WITHOUT_MEANING;
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		flags &= ~(uint64_t)attributes[i].flag;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		flags &= ~(uint64_t)options[i].flag;
	return !flags;
}

static bool is_listed(const struct supervisor *s, const char *type)
{
	char *types[TEXTS_MAX];
	size_t n = plan_strv(&s->plan, s->op->types, types, ARRAY_SIZE(types));

	for (size_t i = 0; i < n; i++)
		if (!strcmp(types[i], type))
			return true;
	return false;
}

/* --- child --- */

/* Nothing of ours is needed any more, so the number is free. */
static int place_fuse(const struct request *q)
{
	if (q->fuse < 0)
		return 0;
	if (q->fuse == q->fuse_number)
		return 0;
	return dup2(q->fuse, q->fuse_number) < 0 ? -errno : 0;
}

/*
 * The device, opened as the container may: one that is mounted already, on the host perhaps, the
 * kernel does not open again, and so checks no right to it.  0 when it is none.
 */
static int check_device(const struct request *q, dev_t *ret)
{
	int access = q->flags & MS_RDONLY ? O_RDONLY : O_RDWR;
	struct stat st;

	*ret = 0;
	if (!q->has_source)
		return 0;
	_cleanup_close_ int found = act_open(q->source, 0);
	if (found < 0 || fstat(found, &st) < 0 || !S_ISBLK(st.st_mode))
		return 0;
	_cleanup_close_ int fd = open(q->source, access | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*ret = S_ISBLK(st.st_mode) ? st.st_rdev : 0;
	return 0;
}

/* Whether what was made lies on no device, or on that one: the path may have changed meanwhile. */
static bool is_on(int tree, dev_t device)
{
	struct stat st;

	if (fstat(tree, &st) < 0)
		return false;
	return major(st.st_dev) ? st.st_dev == device : !device;
}

static int perform(const void *request)
{
	const struct request *q = request;
	char data[DATA_SIZE + 64] = "";
	uint64_t attr = MOUNT_ATTR_NODEV;
	dev_t device;
	size_t n = 0;
	int r = place_fuse(q);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		attr |= q->flags & attributes[i].flag ? attributes[i].attr : 0;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (q->flags & options[i].flag)
			n += snprintf(data + n, sizeof(data) - n, "%s,", options[i].name);
	(void)snprintf(data + n, sizeof(data) - n, "%s", q->data);
	_cleanup_close_ int target = act_open(q->target, 0);
	if (target < 0)
		return target;
	r = check_device(q, &device);
	if (r < 0)
		return r;
	_cleanup_close_ int tree = tree_make(q->type, q->has_source ? q->source : "none",
					     *data ? data : NULL, attr, NULL, 0);
	if (tree < 0)
		return tree;
	/* that of FUSE would be asked of its server, which waits for this very mount */
	bool allowed = q->fuse >= 0 || is_on(tree, device);

	return allowed ? tree_attach(tree, target) : -EPERM;
}

/* --- supervisor --- */

static int copy_text(const struct call *c, uint64_t address, char *out, size_t size,
		     bool *ret_has)
{
	*ret_has = address != 0;
	ssize_t n = address ? call_text(c, address, out, size) : 0;

	return n < 0 ? (int)n : 0;
}

static bool is_fuse(const char *type)
{
	return !strcmp(type, "fuse") || !strncmp(type, "fuse.", 5);
}

/* "fd=NUMBER" of the data. */
static int fuse_number(const char *data)
{
	const char *p = !strncmp(data, "fd=", 3) ? data : strstr(data, ",fd=");
	int number = 0;

	p = p ? p + 3 + (*p == ',') : "";
	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++)
		if (number < 1 << 20)
			number = number * 10 + *p - '0';
	return number > STDERR_FILENO ? number : -EINVAL;
}

/* The descriptor that data names by its number in the calling process. */
static int take_fuse(const struct call *c, const struct caller *who, struct request *q)
{
	q->fuse_number = fuse_number(q->data);
	if (q->fuse_number < 0)
		return q->fuse_number;
	_cleanup_close_ int pidfd = sys_pidfd_open(who->tgid, 0);
	q->fuse =
		pidfd < 0
			? pidfd
			: SYS_RESULT(syscall(SYS_pidfd_getfd, pidfd, q->fuse_number, 0));
	if (q->fuse >= 0 && !call_is_pending(c))
		return -ENOENT; /* the number may have been another's already */
	return q->fuse < 0 ? -EBADF : 0;
}

static int copy_request(const struct call *c, struct request *q)
{
	const __u64 *args = c->in.data.args;
	bool has_target;
	int r = copy_text(c, args[0], q->source, sizeof(q->source), &q->has_source);

	if (r == 0)
		r = copy_text(c, args[1], q->target, sizeof(q->target), &has_target);
	if (r == 0 && !has_target)
		r = -EFAULT;
	if (r == 0)
		r = copy_text(c, args[4], q->data, sizeof(q->data), &q->has_data);
	return r == -ENAMETOOLONG ? -EINVAL : r;
}

static int64_t mount_listed(const struct supervisor *s, const struct call *c,
			    struct request *q)
{
	struct caller who;
	int r = call_caller(s, c, &who);

	if (r < 0)
		return r;
	/* FUSE mounts in a user namespace are the namespace's own business */
	if (!caller_is_root(s, &who) || (is_fuse(q->type) && !who.on_host))
		return CALL_CONTINUE;
	r = copy_request(c, q);
	if (r == 0 && is_fuse(q->type))
		r = take_fuse(c, &who, q);
	if (r < 0)
		return r;
	_cleanup_close_ int fuse = q->fuse;
	_cleanup_close_ int base = call_directory(c, AT_FDCWD);
	if (base < 0)
		return base;
	return act_run(s, c, &who,
		       &(struct act){
			       .perform = perform,
			       .request = q,
			       .base = base,
			       .caps = 1ull << CAP_SYS_ADMIN,
		       });
}

int64_t call_mount(struct supervisor *s, struct call *c)
{
	struct request q = { .flags = c->in.data.args[3], .fuse = NO_FD };
	bool has_type;

	if ((q.flags & MS_MGC_MSK) == MS_MGC_VAL)
		q.flags &= ~(uint64_t)MS_MGC_MSK;
	if (q.flags & INTERCEPT_MOUNT_OTHER || !are_known(q.flags))
		return CALL_CONTINUE;
	int r = copy_text(c, c->in.data.args[2], q.type, sizeof(q.type), &has_type);
	if (r < 0 || !has_type || !is_listed(s, q.type))
		return CALL_CONTINUE;
	return mount_listed(s, c, &q);
}
