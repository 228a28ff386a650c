/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiled filters by the text of their policy.  File: header, text, program. */
#include "isolate/seccomp-cache.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/file.h"

#define MAGIC "LXCSCMP"
/* To be raised when the compiler makes another program from the same text. */
#define VERSION 1

struct header {
	char magic[8];
	uint32_t version;
	uint32_t arch; /* of the machine that compiled it */
	uint32_t text_size;
	uint32_t n; /* instructions */
};

static_assert(sizeof(struct header) == 24, "written to disk");
static_assert(sizeof(struct sock_filter) == 8, "written to disk");

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#else
#define ARCH 0 /* no cache: /var may be shared */
#endif

static struct header make_header(const char *text, size_t n)
{
	return (struct header){
		.magic = MAGIC,
		.version = VERSION,
		.arch = ARCH,
		.text_size = strlen(text),
		.n = n,
	};
}

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
static bool is_trusted(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == 0 &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_dir(const char *path)
{
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return is_trusted(fd, S_IFDIR) ? steal_fd(fd) : -EPERM;
}

static int read_entry(const char *path, const char *name, char **ret, size_t *ret_size)
{
	_cleanup_close_ int dir = open_dir(path);

	if (dir < 0)
		return dir;
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_trusted(fd, S_IFREG))
		return -EPERM;
	return file_read_fd(fd, ret, ret_size);
}

int seccomp_cache_get(const char *dir, const char *text, struct sock_filter **ret,
		      size_t *ret_n)
{
	char name[NAME_SIZE];
	_cleanup_free_ char *data = NULL;
	struct header found, expected = make_header(text, 0);
	size_t size;

	if (!ARCH || geteuid() != 0)
		return -ENOENT;
	make_name(text, name);
	int r = read_entry(dir, name, &data, &size);
	if (r < 0)
		return r;
	if (size < sizeof(found))
		return -EBADMSG;
	memcpy(&found, data, sizeof(found));
	size_t n = expected.n = found.n;
	if (memcmp(&found, &expected, sizeof(found)) || !n || n > BPF_MAXINSNS)
		return -EBADMSG;
	size_t program_size = n * sizeof(struct sock_filter);
	if (size != sizeof(found) + found.text_size + program_size ||
	    memcmp(data + sizeof(found), text, found.text_size))
		return -EBADMSG;
	struct sock_filter *filter = malloc(program_size);
	if (!filter)
		return -ENOMEM;
	memcpy(filter, data + sizeof(found) + found.text_size, program_size);
	*ret = filter;
	*ret_n = n;
	return 0;
}

int seccomp_cache_put(const char *path, const char *text,
		      const struct sock_filter *filter, size_t n)
{
	struct header header = make_header(text, n);
	_cleanup_buf_ struct buf data = {};
	char name[NAME_SIZE];

	if (!ARCH || geteuid() != 0)
		return -EPERM;
	int r = file_make_dirs(path, 0755);
	if (r < 0)
		return r;
	_cleanup_close_ int dir = open_dir(path);
	if (dir < 0)
		return dir;
	buf_add(&data, &header, sizeof(header));
	buf_add(&data, text, header.text_size);
	buf_add(&data, filter, n * sizeof(*filter));
	r = buf_status(&data);
	if (r < 0)
		return r;
	make_name(text, name);
	return file_replace(dir, name, data.data, data.size, 0600);
}
