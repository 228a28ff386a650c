/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whole files, directories and trees.  Paths are relative to the directory descriptor dir
 * (AT_FDCWD for the process's own).  Results are 0 (or a descriptor) or -errno.
 */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "util/macro.h"

/* The largest file that is read whole. */
#define FILE_SIZE_MAX (16u << 20)

/* All of a file, NUL-terminated.  -EFBIG above FILE_SIZE_MAX.  ret_size may be NULL. */
int file_read(int dir, const char *path, char **ret_text, size_t *ret_size);
int file_read_fd(int fd, char **ret_text, size_t *ret_size);

/*
 * The same of a file that fstat(2) says is that large, so that its end need not be asked for;
 * 0: unknown.
 */
int file_read_sized(int fd, off_t expected, char **ret_text, size_t *ret_size);

/* Write text to an existing file in one write(2): for the files of a kernel interface. */
int file_write(int dir, const char *path, const char *text);

/* Write all of data; -errno or 0. */
int file_write_all(int fd, const void *data, size_t size);

/*
 * Put data in the place of the file name in directory dir so that a crash leaves the old or
 * the new content: temporary file, fsync, rename, fsync of the directory.
 */
int file_replace(int dir, const char *name, const void *data, size_t size, mode_t mode);

/*
 * fd itself, or a copy of it that is not 0, 1 or 2, with fd closed: for what stays open in a
 * program that may have closed those.  Negative numbers pass; -errno.
 */
int file_lift(int fd);

/* Close what is open of n descriptors, neighbours by one call, and forget them. */
void file_close_all(int *fds, size_t n);

/* mkdir -p. */
int file_make_dirs(const char *path, mode_t mode);

/*
 * Remove the tree name below dir: nothing outside it is touched, links are not followed and
 * mounts are not entered (-EXDEV or -EBUSY then, with the rest removed).
 */
int file_remove_tree(int dir, const char *name);

#endif
