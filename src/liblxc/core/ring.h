/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the container wrote to its console last, in memory that exists only where
 * lxc.console.buffer.size is set, and the file of lxc.console.logfile, which is kept below
 * lxc.console.size.
 */
#ifndef CORE_RING_H
#define CORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* A buffer whose newest bytes push out the oldest. */
struct ring {
	char *data; /* NULL: none */
	size_t size; /* a power of two */
	uint64_t read, written; /* bytes ever */
};

int ring_open(struct ring *r, size_t size);
void ring_close(struct ring *r);
void ring_add(struct ring *r, const void *data, size_t n);
void ring_clear(struct ring *r);
/*
 * Take the oldest bytes, at most max (0: all), as up to two pieces that are valid until the
 * next ring_add().  Their number of bytes.
 */
size_t ring_take(struct ring *r, size_t max, struct iovec parts[2]);

struct log_file {
	const char *path; /* NULL: none; borrowed */
	int fd;
	bool rotate;
	uint64_t limit; /* 0: none */
	uint64_t size; /* so far, while there is a limit */
};

/* l->path, l->rotate and l->limit are set; what cannot be opened is not written. */
void log_file_open(struct log_file *l);
void log_file_close(struct log_file *l);
/* Full, the file becomes PATH.1 with rotate, and otherwise begins anew. */
void log_file_add(struct log_file *l, const char *data, size_t n);

#endif
