/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places below a container's root. */
#include "mount/root.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "util/macro.h"
#include "util/syscall.h"

#define RESOLVE_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

/* A name in the container may be exchanged while it is resolved; the kernel says EAGAIN. */
#define RESOLVE_TRIES 32

int root_open(int root, const char *path, int flags)
{
	int r = -EAGAIN;

	for (int i = 0; i < RESOLVE_TRIES && r == -EAGAIN; i++)
		r = sys_openat2(root, path, flags | O_CLOEXEC, 0, RESOLVE_ROOT);
	return r;
}

/* The first n bytes of path as a directory. */
static int open_prefix(int root, const char *path, size_t n)
{
	char prefix[PATH_MAX];

	if (n >= sizeof(prefix))
		return -ENAMETOOLONG;
	memcpy(prefix, path, n);
	prefix[n] = '\0';
	return root_open(root, n ? prefix : ".", O_PATH | O_DIRECTORY);
}

/* The same, made: the name from last on is missing in parent. */
static int make_prefix(int root, int parent, const char *path, size_t n, size_t last)
{
	char name[NAME_MAX + 1];

	if (n - last >= sizeof(name))
		return -ENAMETOOLONG;
	memcpy(name, path + last, n - last);
	name[n - last] = '\0';
	/* a dangling link of that name stays what it is: EEXIST, then ENOENT again */
	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	return open_prefix(root, path, n);
}

/* The last component, where the others exist: the usual case. */
static int make_last(int root, const char *path)
{
	size_t n = strlen(path), last;

	while (n && path[n - 1] == '/')
		n--;
	for (last = n; last && path[last - 1] != '/'; last--)
		;
	_cleanup_close_ int parent = open_prefix(root, path, last);
	return parent < 0 ? parent : make_prefix(root, parent, path, n, last);
}

int root_ensure_dir(int root, const char *path)
{
	int fd = root_open(root, path, O_PATH | O_DIRECTORY);

	if (fd == -ENOENT)
		fd = make_last(root, path);
	if (fd != -ENOENT)
		return fd;
	_cleanup_close_ int parent = open_prefix(root, "", 0);
	if (parent < 0)
		return parent;
	size_t at = strspn(path, "/");
	while (path[at]) {
		size_t last = at;

		at += strcspn(path + at, "/");
		int next = open_prefix(root, path, at);
		if (next == -ENOENT)
			next = make_prefix(root, parent, path, at, last);
		if (next < 0)
			return next;
		close_p(&parent);
		parent = next;
		at += strspn(path + at, "/");
	}
	return steal_fd(parent);
}

int root_parent(int root, const char *path, const char **ret_name)
{
	char parent[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(parent) || !n || path[n - 1] == '/')
		return -EINVAL;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	n = name - path;
	memcpy(parent, path, n);
	parent[n] = '\0';
	int fd = n ? root_ensure_dir(root, parent)
		   : root_open(root, ".", O_PATH | O_DIRECTORY);
	if (fd >= 0)
		*ret_name = name;
	return fd;
}

int root_ensure_file(int root, const char *path)
{
	int fd = root_open(root, path, O_PATH);
	const char *name;

	if (fd != -ENOENT)
		return fd;
	_cleanup_close_ int parent = root_parent(root, path, &name);
	if (parent < 0)
		return parent;
	/* O_EXCL and NOFOLLOW: nothing is made behind a link */
	_cleanup_close_ int file = openat(
		parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0);
	if (file >= 0)
		return steal_fd(file);
	return errno == EEXIST ? root_open(root, path, O_PATH) : -errno;
}
