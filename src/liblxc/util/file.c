/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files, directories and trees. */
#include "util/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/syscall.h"

int file_read_sized(int fd, off_t expected, char **ret_text, size_t *ret_size)
{
	_cleanup_buf_ struct buf b = {};
	char chunk[4096];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		buf_add(&b, chunk, n);
		if (b.size > FILE_SIZE_MAX)
			return -EFBIG;
		if (b.size == (size_t)expected)
			break;
	}
	size_t size = b.size;
	char *text = buf_steal(&b);

	if (!text)
		return -ENOMEM;
	*ret_text = text;
	if (ret_size)
		*ret_size = size;
	return 0;
}

int file_read_fd(int fd, char **ret_text, size_t *ret_size)
{
	return file_read_sized(fd, 0, ret_text, ret_size);
}

int file_read(int dir, const char *path, char **ret_text, size_t *ret_size)
{
	/* not blocking: what should be a file may turn out to be a pipe */
	_cleanup_close_ int fd =
		openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	return fd < 0 ? -errno : file_read_fd(fd, ret_text, ret_size);
}

int file_write(int dir, const char *path, const char *text)
{
	_cleanup_close_ int fd = openat(dir, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t size = strlen(text);

	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, text, size);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

int file_write_all(int fd, const void *data, size_t size)
{
	for (const char *p = data; size;) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= n;
	}
	return 0;
}

int file_replace(int dir, const char *name, const void *data, size_t size, mode_t mode)
{
	_cleanup_buf_ struct buf temporary = {};

	buf_printf(&temporary, ".%s.%d.tmp", name, (int)gettid());
	if (buf_status(&temporary) < 0)
		return -ENOMEM;
	(void)unlinkat(dir, temporary.data,
		       0); /* left by a crash of a process with our id */
	_cleanup_close_ int fd =
		openat(dir, temporary.data,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	int r = file_write_all(fd, data, size);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, temporary.data, dir, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir, temporary.data, 0);
		return r;
	}
	_cleanup_close_ int parent = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fsync(parent) < 0)
		return -errno;
	return 0;
}

int file_lift(int fd)
{
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int r = copy < 0 ? -errno : copy;

	(void)close(fd);
	return r;
}

void file_close_all(int *fds, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		int first = fds[i];

		for (end = i + 1; end < n && fds[end] == fds[end - 1] + 1; end++)
			;
		if (first >= 0)
			(void)sys_close_range(first, first + (end - i) - 1, 0);
		for (size_t k = i; k < end; k++)
			fds[k] = NO_FD;
	}
}

int file_make_dirs(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	if (!*copy)
		return -ENOENT;
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST && errno != EROFS)
			return -errno;
		*p = '/';
	}
	if (mkdir(copy, mode) == 0)
		return 0;
	struct stat st;
	if (errno == EEXIST && stat(copy, &st) == 0)
		return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	return -errno;
}

/*
 * Removing a tree that an enemy may have made.  Subdirectories are opened without crossing a
 * mount and without following a link.  Each level takes two descriptors, so from a certain
 * depth on a subtree is renamed to the top, where it is found again.
 */
#define REMOVE_DEPTH_MAX 64

struct removal {
	int top;
	unsigned int lifted; /* subtrees that were renamed to the top */
	int result;
};

static void empty_directory(struct removal *m, int fd, unsigned int depth);

static int open_below(int fd, const char *name)
{
	return sys_openat2(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0,
			   RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
				   RESOLVE_NO_XDEV);
}

/* A name of the top level that nothing has yet. */
static int lift(struct removal *m, int fd, const char *name)
{
	char free_name[32];

	do {
		(void)snprintf(free_name, sizeof(free_name), ".removing-%u", m->lifted++);
	} while (faccessat(m->top, free_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
	return renameat(fd, name, m->top, free_name) < 0 ? -errno : 0;
}

static int remove_entry(struct removal *m, int fd, const char *name, unsigned int depth)
{
	if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	int why = -errno;
	if (why != -EISDIR && why != -EPERM)
		return why;
	_cleanup_close_ int sub = open_below(fd, name);
	if (sub == -ENOTDIR)
		return why;
	if (sub < 0)
		return sub;
	if (depth == REMOVE_DEPTH_MAX)
		return lift(m, fd, name);
	empty_directory(m, sub, depth + 1);
	return unlinkat(fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static void empty_directory(struct removal *m, int fd, unsigned int depth)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);

	if (!d) {
		m->result = -errno;
		close_p(&copy);
		return;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		int r = remove_entry(m, fd, e->d_name, depth);
		/* the first reason is the one that tells; "not empty" only follows from it */
		if (r < 0 && m->result == 0)
			m->result = r;
	}
	(void)closedir(d);
}

int file_remove_tree(int dir, const char *name)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct removal m = { .top = fd };
	unsigned int lifted;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return unlinkat(dir, name, 0) < 0 ? -errno : 0;
	if (fd < 0)
		return -errno;
	do {
		lifted = m.lifted;
		m.result = 0;
		(void)lseek(fd, 0, SEEK_SET);
		empty_directory(&m, fd, 0);
	} while (m.lifted != lifted);
	if (m.result < 0)
		return m.result;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}
