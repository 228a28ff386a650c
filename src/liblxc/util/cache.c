/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results by the text that they were made of.  File: header, text, result. */
#include "util/cache.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/file.h"

#define MAGIC "LXCKEEP"

struct header {
	char magic[8];
	uint32_t text_size, size;
};

static_assert(sizeof(struct header) == 16, "written to disk");

#define NAME_SIZE 17

/* FNV-1a, 64 bits: only a name, the text itself is compared. */
static void make_name(const char *text, char ret[NAME_SIZE])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	(void)snprintf(ret, NAME_SIZE, "%016" PRIx64, hash);
}

/* Whether nobody but root can have written to it. */
static bool is_trusted(int fd, mode_t type, off_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	*ret_size = st.st_size;
	return (st.st_mode & S_IFMT) == type && st.st_uid == 0 &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_dir(const char *path)
{
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	off_t ignored;

	if (fd < 0)
		return -errno;
	return is_trusted(fd, S_IFDIR, &ignored) ? steal_fd(fd) : -EPERM;
}

static int read_entry(const char *path, const char *name, char **ret, size_t *ret_size)
{
	_cleanup_close_ int dir = open_dir(path);
	off_t size;

	if (dir < 0)
		return dir;
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_trusted(fd, S_IFREG, &size))
		return -EPERM;
	return file_read_sized(fd, size, ret, ret_size);
}

int cache_get(const char *dir, const char *text, void **ret, size_t *ret_size)
{
	char name[NAME_SIZE];
	_cleanup_free_ char *data = NULL;
	struct header h;
	size_t size, text_size = strlen(text);

	make_name(text, name);
	int r = geteuid() ? -ENOENT : read_entry(dir, name, &data, &size);
	if (r < 0)
		return r;
	if (size < sizeof(h))
		return -EBADMSG;
	memcpy(&h, data, sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(h.magic)) || h.text_size != text_size ||
	    size != sizeof(h) + text_size + h.size ||
	    memcmp(data + sizeof(h), text, text_size))
		return -EBADMSG;
	memmove(data, data + sizeof(h) + text_size, h.size);
	*ret = steal_ptr(data);
	*ret_size = h.size;
	return 0;
}

int cache_put(const char *path, const char *text, const void *data, size_t size)
{
	struct header h = { .magic = MAGIC, .text_size = strlen(text), .size = size };
	_cleanup_buf_ struct buf entry = {};
	char name[NAME_SIZE];
	int r = geteuid() ? -EPERM : file_make_dirs(path, 0755);

	if (r < 0)
		return r;
	_cleanup_close_ int dir = open_dir(path);
	if (dir < 0)
		return dir;
	buf_add(&entry, &h, sizeof(h));
	buf_add(&entry, text, h.text_size);
	buf_add(&entry, data, size);
	r = buf_status(&entry);
	if (r < 0)
		return r;
	make_name(text, name);
	return file_replace(dir, name, entry.data, entry.size, 0600);
}
