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

int file_read_fd(int fd, char **ret_text, size_t *ret_size)
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

int file_read(int dir, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

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

int file_make_dirs(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
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
 * Empty the directory behind fd.  One level of recursion per level of the tree, one
 * descriptor each: the kernel's limit on descriptors bounds both.
 */
static int empty_directory(int fd, dev_t device)
{
	int result = 0, copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);

	if (!d) {
		int r = -errno;

		if (copy >= 0)
			(void)close(copy);
		return r;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(fd, e->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno != EISDIR && errno != EPERM) {
			result = -errno;
			continue;
		}
		_cleanup_close_ int sub = openat(
			fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		struct stat st;
		int r = sub < 0 || fstat(sub, &st) < 0 ? -errno : 0;

		if (r == 0)
			r = st.st_dev == device ? empty_directory(sub, device) : -EXDEV;
		if (r == 0 && unlinkat(fd, e->d_name, AT_REMOVEDIR) < 0)
			r = -errno;
		if (r < 0)
			result = r;
	}
	(void)closedir(d);
	return result;
}

int file_remove_tree(int dir, const char *name)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return unlinkat(dir, name, 0) < 0 ? -errno : 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	int r = empty_directory(fd, st.st_dev);
	if (r == 0 && unlinkat(dir, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}
