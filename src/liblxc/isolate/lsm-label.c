/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels of processes; see the header. */
#include "isolate/lsm-label.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "util/macro.h"
#include "util/syscall.h"

#define STACK "//&" /* between the profiles of a stack */

/* clang-format off */
static const struct attribute {
	const char *file; /* of /proc/PID; NULL: there is no such thing */
	const char *command; /* written in front of the label */
} attributes[LSM_COUNT][LSM_MOMENTS] = {
	[LSM_APPARMOR] = {
		[LSM_ON_EXEC] = { "attr/apparmor/exec",    "exec " },
		[LSM_NOW]     = { "attr/apparmor/current", "changeprofile " },
	},
	[LSM_SELINUX] = {
		[LSM_ON_EXEC] = { "attr/exec",      "" },
		[LSM_NOW]     = { "attr/current",   "" },
		[LSM_KEYRING] = { "attr/keycreate", "" },
	},
};
/* clang-format on */

static int open_attribute(int proc, const char *process, const char *file, int flags)
{
	char path[64];
	struct statfs fs;

	if (!file)
		return -EOPNOTSUPP;
	(void)snprintf(path, sizeof(path), "%s/%s", process, file);
	/* thread-self is a link of this procfs, and not a magic one */
	_cleanup_close_ int fd =
		sys_openat2(proc, path, flags | O_CLOEXEC | O_NOCTTY, 0,
			    RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
	if (fd < 0)
		return fd;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == PROC_SUPER_MAGIC ? steal_fd(fd) : -ELOOP;
}

/* "name (enforce)" is the profile name. */
static void trim(char *label)
{
	size_t n = strcspn(label, "\n");

	label[n] = '\0';
	char *mode = n && label[n - 1] == ')' ? strstr(label, " (") : NULL;
	for (char *next = mode; next; next = strstr(next + 1, " ("))
		mode = next;
	if (mode)
		*mode = '\0';
}

int lsm_label_read(int proc, const char *process, enum lsm_module module,
		   enum lsm_moment moment, char ret[LSM_LABEL_MAX])
{
	_cleanup_close_ int fd =
		open_attribute(proc, process, attributes[module][moment].file, O_RDONLY);
	if (fd < 0)
		return fd;
	ssize_t n = read(fd, ret, LSM_LABEL_MAX - 1);
	if (n < 0)
		return -errno;
	if (n == LSM_LABEL_MAX - 1)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	trim(ret);
	return 0;
}

/* One of the profiles of a stack, and what the kernel calls a namespace's own. */
struct part {
	const char *text;
	size_t size;
	const char *rest; /* "" or "unconfined" */
};

static const char *next_part(const char *label, struct part *ret)
{
	const char *end = strstr(label, STACK);

	ret->text = label;
	ret->size = end ? (size_t)(end - label) : strlen(label);
	ret->rest = *label == ':' && ret->size && label[ret->size - 1] == ':'
			    ? "unconfined"
			    : "";
	return end ? end + strlen(STACK) : NULL;
}

static bool same_part(const struct part *a, const struct part *b)
{
	size_t a_size = a->size + strlen(a->rest), b_size = b->size + strlen(b->rest);
	size_t n = MIN(a->size, b->size);

	if (a_size != b_size || strncmp(a->text, b->text, n))
		return false;
	if (a->size == b->size)
		return true;
	return a->size < b->size ? !strncmp(b->text + n, a->rest, b->size - n)
				 : !strncmp(a->text + n, b->rest, a->size - n);
}

static bool has_part(const char *label, const struct part *wanted)
{
	struct part part;

	while (label) {
		label = next_part(label, &part);
		if (same_part(&part, wanted))
			return true;
	}
	return false;
}

/* Whether each part of a is one of b. */
static bool covers(const char *b, const char *a)
{
	struct part part;

	while (a) {
		a = next_part(a, &part);
		if (!has_part(b, &part))
			return false;
	}
	return true;
}

bool lsm_label_is(const char *got, const char *wanted)
{
	return covers(got, wanted) && covers(wanted, got);
}

/* In a policy namespace of its own a process sees of its label only what belongs to that. */
static const char *seen_from_inside(const char *label)
{
	const char *space = strstr(label, STACK ":");

	if (!space)
		return label;
	const char *profile = strchr(space + strlen(STACK ":"), ':');
	if (!profile)
		return label;
	profile += strncmp(profile, "://", 3) ? 1 : 3;
	return *profile ? profile : "unconfined";
}

int lsm_label_write(int proc, enum lsm_module module, enum lsm_moment moment,
		    const char *label)
{
	const struct attribute *a = &attributes[module][moment];
	char text[LSM_LABEL_MAX + 16];
	int n = snprintf(text, sizeof(text), "%s%s", a->command, label);

	if (strlen(label) >= LSM_LABEL_MAX)
		return -ENAMETOOLONG;
	_cleanup_close_ int fd = open_attribute(proc, "thread-self", a->file, O_WRONLY);
	if (fd < 0)
		return fd;
	if (write(fd, text, n) != n)
		return -errno;
	int r = lsm_label_read(proc, "thread-self", module, moment, text);
	if (r < 0)
		return r;
	if (moment == LSM_NOW)
		label = seen_from_inside(label);
	return lsm_label_is(text, label) ? 0 : -EBADMSG;
}
