/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the container wrote to its console: in memory and in a file. */
#include "core/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/macro.h"

int ring_open(struct ring *r, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (data == MAP_FAILED)
		return -errno;
	*r = (struct ring){ .data = data, .size = size };
	return 0;
}

void ring_close(struct ring *r)
{
	if (r->data)
		(void)munmap(r->data, r->size);
	*r = (struct ring){};
}

void ring_add(struct ring *r, const void *data, size_t n)
{
	const char *from = data;

	if (n > r->size) {
		from += n - r->size;
		r->written += n - r->size;
		n = r->size;
	}
	size_t at = r->written & (r->size - 1), first = MIN(n, r->size - at);

	memcpy(r->data + at, from, first);
	memcpy(r->data, from + first, n - first);
	r->written += n;
	if (r->written - r->read > r->size)
		r->read = r->written - r->size;
}

void ring_clear(struct ring *r)
{
	r->read = r->written;
}

size_t ring_take(struct ring *r, size_t max, struct iovec parts[2])
{
	size_t n = r->written - r->read, at = r->read & (r->size - 1);

	if (max && max < n)
		n = max;
	size_t first = MIN(n, r->size - at);
	parts[0] = (struct iovec){ r->data + at, first };
	parts[1] = (struct iovec){ r->data, n - first };
	r->read += n;
	return n;
}

/* --- file --- */

void log_file_open(struct log_file *l)
{
	struct stat st;

	l->fd = open(l->path,
		     O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		     0640);
	if (l->fd < 0)
		l->fd = NO_FD;
	l->size = 0;
	if (!l->limit || l->fd < 0)
		return;
	/* only a file has a size to keep small */
	if (fstat(l->fd, &st) < 0 || !S_ISREG(st.st_mode))
		l->limit = 0;
	else
		l->size = st.st_size;
}

void log_file_close(struct log_file *l)
{
	close_p(&l->fd);
	l->fd = NO_FD;
}

static void begin_anew(struct log_file *l)
{
	char old[4096];
	int n = snprintf(old, sizeof(old), "%s.1", l->path);

	if (!l->rotate || n < 0 || (size_t)n >= sizeof(old) || rename(l->path, old) < 0) {
		(void)!ftruncate(l->fd, 0);
		l->size = 0;
		return;
	}
	log_file_close(l);
	log_file_open(l);
}

void log_file_add(struct log_file *l, const char *data, size_t n)
{
	while (n > 0 && l->fd >= 0) {
		size_t room = !l->limit ? n : l->size < l->limit ? l->limit - l->size : 0;
		size_t here = MIN(n, room);

		if (here == 0) {
			begin_anew(l);
			continue;
		}
		(void)!write(l->fd, data, here);
		l->size += here;
		data += here;
		n -= here;
	}
}
