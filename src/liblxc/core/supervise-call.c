/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One notified call: the thread that makes it, and what its arguments point to. */
#include "core/supervise.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "util/macro.h"

#define PAGE 4096u /* no architecture has smaller ones */
#define STATUS_MAX 8192

bool call_is_pending(const struct call *c)
{
	return ioctl(c->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &c->in.id) == 0;
}

int call_open(struct call *c)
{
	char path[32];

	c->proc = c->mem = NO_FD;
	(void)snprintf(path, sizeof(path), "/proc/%u", c->in.pid);
	c->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->proc < 0)
		return -errno;
	c->mem = openat(c->proc, "mem", O_RDWR | O_CLOEXEC);
	if (c->mem < 0)
		return -errno;
	return call_is_pending(c) ? 0 : -ENOENT;
}

void call_close(struct call *c)
{
	close_p(&c->proc);
	close_p(&c->mem);
}

void call_answer(const struct call *c, int64_t result)
{
	struct seccomp_notif_resp out = { .id = c->in.id };

	if (result == CALL_CONTINUE)
		out.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (result < 0)
		out.error = (int)result;
	else
		out.val = result;
	/* a thread that is gone needs no answer */
	(void)ioctl(c->listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
}

/* --- memory --- */

ssize_t call_text(const struct call *c, uint64_t address, char *out, size_t size)
{
	size_t have = 0;

	while (have < size) {
		/* what lies behind the text may not be mapped */
		size_t to_page = PAGE - (address + have) % PAGE;
		ssize_t n = pread(c->mem, out + have, MIN(size - have, to_page),
				  (off_t)(address + have));

		if (n <= 0)
			return -EFAULT;
		const char *end = memchr(out + have, '\0', n);
		if (end)
			return end - out;
		have += n;
	}
	return -ENAMETOOLONG;
}

ssize_t call_bytes(const struct call *c, uint64_t address, void *out, size_t size)
{
	size_t have = 0;

	while (have < size) {
		size_t to_page = PAGE - (address + have) % PAGE;
		ssize_t n = pread(c->mem, (char *)out + have, MIN(size - have, to_page),
				  (off_t)(address + have));

		if (n <= 0)
			break;
		have += n;
	}
	return have || !size ? (ssize_t)have : -EFAULT;
}

int call_write(const struct call *c, uint64_t address, const void *data, size_t size)
{
	return pwrite(c->mem, data, size, (off_t)address) == (ssize_t)size ? 0 : -EFAULT;
}

int call_directory(const struct call *c, int fd)
{
	char path[32];

	if (fd == AT_FDCWD)
		(void)snprintf(path, sizeof(path), "cwd");
	else
		(void)snprintf(path, sizeof(path), "fd/%d", fd);
	int dir = openat(c->proc, path, O_PATH | O_CLOEXEC);
	return dir < 0 ? -EBADF : dir;
}

/* --- who calls --- */

struct identity identity_of(int dir, const char *path)
{
	struct stat st;

	if (fstatat(dir, path, &st, 0) < 0)
		return (struct identity){};
	return (struct identity){ st.st_dev, st.st_ino };
}

bool identity_is(struct identity a, struct identity b)
{
	return a.ino && a.dev == b.dev && a.ino == b.ino;
}

/* The text behind the name of a line, or NULL. */
static const char *field(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? line + strlen(name) : NULL;
}

static uint64_t number(const char **text, unsigned int base)
{
	const char *p = *text + strspn(*text, " \t");
	uint64_t value = 0;

	for (;; p++) {
		unsigned int digit = *p >= '0' && *p <= '9' ? (unsigned int)(*p - '0')
				     : *p >= 'a' && *p <= 'f'
					     ? (unsigned int)(*p - 'a') + 10
					     : base;

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	*text = p;
	return value;
}

/* "Uid:" and "Gid:": real, effective, saved, of the file system. */
static uint32_t fourth(const char *text)
{
	uint64_t value = 0;

	for (int i = 0; i < 4; i++)
		value = number(&text, 10);
	return value;
}

static int parse_groups(const char *text, struct caller *ret)
{
	for (text += strspn(text, " \t"); *text && *text != '\n';
	     text += strspn(text, " \t")) {
		if (ret->n_groups == CALLER_GROUPS_MAX)
			return -E2BIG;
		ret->groups[ret->n_groups++] = number(&text, 10);
	}
	return *text ? 0 : -E2BIG;
}

static int parse_status(const char *status, struct caller *ret)
{
	const char *uid = field(status, "\nUid:"), *gid = field(status, "\nGid:");
	const char *tgid = field(status, "\nTgid:"), *mask = field(status, "\nUmask:");
	const char *groups = field(status, "\nGroups:");
	const char *caps = field(status, "\nCapEff:");

	if (!uid || !gid || !tgid || !mask || !groups || !caps)
		return -EPROTO;
	ret->uid = fourth(uid);
	ret->gid = fourth(gid);
	ret->tgid = number(&tgid, 10);
	ret->umask = number(&mask, 8);
	ret->caps = number(&caps, 16);
	return parse_groups(groups, ret);
}

int call_caller(const struct supervisor *s, const struct call *c, struct caller *ret)
{
	char status[STATUS_MAX];
	_cleanup_close_ int fd = openat(c->proc, "status", O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && have < sizeof(status) - 1) {
		n = read(fd, status + have, sizeof(status) - 1 - have);
		have += n > 0 ? n : 0;
	}
	if (n < 0 || !have)
		return -ESRCH;
	status[have] = '\0';
	*ret = (struct caller){};
	struct identity user_ns = identity_of(c->proc, "ns/user");
	ret->in_container = identity_is(user_ns, s->user_ns);
	ret->on_host = identity_is(user_ns, s->own_user_ns);
	return parse_status(status, ret);
}

bool caller_is_root(const struct supervisor *s, const struct caller *who)
{
	return who->in_container && (who->caps & s->root_caps) == s->root_caps;
}
