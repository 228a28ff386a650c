/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log files: place, size, last lines. */
#include "core/logfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/global.h"
#include "util/file.h"
#include "util/lock.h"

char *logfile_usual(const char *lxcpath, const char *name)
{
	_cleanup_buf_ struct buf path = {};
	const char *usual = conf_global("lxc.lxcpath");
	const char *dir = lxcpath ? lxcpath : usual;

	if (geteuid() == 0 && dir && usual && !strcmp(dir, usual))
		buf_printf(&path, PATH_LOCALSTATE "/log/lxc/%s.log", name);
	else
		buf_printf(&path, "%s/%s/%s.log", dir ? dir : ".", name, name);
	return buf_steal(&path);
}

static int open_made(const char *path, int flags)
{
	_cleanup_free_ char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (slash && slash != dir) {
		*slash = '\0';
		(void)file_make_dirs(dir, 0755);
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | flags,
		      0640);
	return fd < 0 ? -errno : file_lift(fd);
}

int logfile_open(const char *path)
{
	return open_made(path, 0);
}

/*
 * Whether the file behind fd, which is too long, still has the name: another process may just
 * have rotated it, and a second time would throw the older lines away.
 */
static bool is_current(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	       open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

int logfile_open_rotated(const char *path)
{
	_cleanup_close_ int fd = open_made(path, O_NOFOLLOW);
	_cleanup_buf_ struct buf older = {};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size < LOGFILE_SIZE_MAX)
		return steal_fd(fd);
	buf_printf(&older, "%s.1", path);
	/* who holds the lock is about to rename it */
	if (buf_status(&older) == 0 && lock_try(fd) == 0 && is_current(fd, path))
		(void)rename(path, older.data);
	return open_made(path, O_NOFOLLOW);
}

/* The end of a file, from the beginning of a line on. */
static int read_end(const char *path, struct buf *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	off_t from = MAX(st.st_size - LOGFILE_SIZE_MAX, 0);
	_cleanup_free_ char *text = malloc(LOGFILE_SIZE_MAX);
	ssize_t n = text ? pread(fd, text, LOGFILE_SIZE_MAX, from) : -1;
	if (n < 0)
		return text ? -errno : -ENOMEM;
	const char *start = text;
	if (from > 0) {
		const char *newline = memchr(text, '\n', (size_t)n);

		start = newline ? newline + 1 : text;
	}
	buf_add(out, start, (size_t)(text + n - start));
	return buf_status(out);
}

int logfile_tail(const char *path, size_t lines, struct buf *out)
{
	_cleanup_buf_ struct buf older = {}, all = {};

	buf_printf(&older, "%s.1", path);
	if (buf_status(&older) < 0)
		return -ENOMEM;
	int before = read_end(older.data, &all);
	int r = read_end(path, &all);
	if (r < 0 && (r != -ENOENT || before < 0))
		return r;
	const char *start = all.data ? all.data : "", *end = start + all.size;
	const char *from = end;
	for (size_t n = 0; from > start; from--)
		if (from < end && from[-1] == '\n' && ++n == lines)
			break;
	/* a text ends at a NUL, which a power cut may leave many of */
	for (; from < end; from++)
		buf_char(out, *from ? *from : ' ');
	return buf_status(out);
}
