/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last failed start of a container, on disk. */
#include "core/failure.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "util/buf.h"
#include "util/file.h"

#define FILE_NAME "failed-start"

/* The file: this, then error_size() bytes of the error.  The number is the record's version. */
struct header {
	char magic[8];
	int64_t time;
};

static const char magic[8] = "lxcfail1";

struct lxc_failure *failure_free(struct lxc_failure *f)
{
	if (f)
		error_clear(&f->error);
	free(f);
	return NULL;
}

static int open_directory(const char *lxcpath, const char *name)
{
	_cleanup_buf_ struct buf path = {};

	buf_printf(&path, "%s/%s", lxcpath, name);
	if (buf_status(&path) < 0)
		return -ENOMEM;
	int fd = open(path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int failure_save(const char *lxcpath, const char *name, const struct lxc_error *error)
{
	_cleanup_close_ int dir = open_directory(lxcpath, name);
	_cleanup_buf_ struct buf record = {};
	struct header h = { .time = time(NULL) };

	if (dir < 0)
		return dir;
	memcpy(h.magic, magic, sizeof(magic));
	buf_add(&record, &h, sizeof(h));
	buf_add(&record, error, error_size(error));
	if (buf_status(&record) < 0)
		return -ENOMEM;
	return file_replace(dir, FILE_NAME, record.data, record.size, 0640);
}

void failure_clear(const char *lxcpath, const char *name)
{
	_cleanup_buf_ struct buf path = {};

	buf_printf(&path, "%s/%s/" FILE_NAME, lxcpath, name);
	if (buf_status(&path) == 0)
		(void)unlink(path.data);
}

/* At most one record, and only from a regular file: the directory may be another user's. */
static int read_record(int dir, char *record, size_t size)
{
	_cleanup_close_ int fd =
		openat(dir, FILE_NAME,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	ssize_t n = read(fd, record, size);
	return n < 0 ? -errno : (int)n;
}

int failure_load(const char *lxcpath, const char *name, struct lxc_failure **ret)
{
	_cleanup_close_ int dir = open_directory(lxcpath, name);
	char record[sizeof(struct header) + sizeof(struct lxc_error)];
	struct header h;

	if (dir < 0)
		return dir;
	int n = read_record(dir, record, sizeof(record));
	if (n < 0)
		return n;
	if ((size_t)n <= sizeof(h) || memcmp(record, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	memcpy(&h, record, sizeof(h));
	_cleanup_(failure_freep) struct lxc_failure *f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->time = h.time;
	int r = error_from_record(&f->error, record + sizeof(h), (size_t)n - sizeof(h));
	if (r < 0)
		return r;
	(void)error_message(f->error);
	*ret = steal_ptr(f);
	return 0;
}
