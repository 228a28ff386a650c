/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cgroup directories as the monitor handles them. */
#include "cgroup/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/file.h"
#include "util/macro.h"
#include "util/syscall.h"

#define KILL_WAIT_MS 2000 /* for processes that are being killed to be gone */

static int join(char *out, const char *base, const char *path)
{
	int n = snprintf(out, CGROUP_PATH_MAX, "%s/%s", base, path);

	return n < 0 || n >= CGROUP_PATH_MAX ? -ENAMETOOLONG : n;
}

static int open_dir(const char *path)
{
	return sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int cgroup_open(const char *base, const char *path, const char *file, int flags)
{
	char full[CGROUP_PATH_MAX];
	int n = snprintf(full, sizeof(full), "%s/%s/%s", base, path, file);

	return n < 0 || n >= CGROUP_PATH_MAX ? -ENAMETOOLONG
					     : sys_open(full, flags | O_CLOEXEC);
}

static ssize_t read_at(int dir, const char *file, char *text, size_t size)
{
	_cleanup_close_ int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	return n;
}

int cgroup_write(int dir, const char *file, const char *value)
{
	_cleanup_close_ int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		return -errno;
	return 0;
}

/* An empty file from that of the parent.  What is opened is left to be closed, by one call. */
static int fill_file(int dir, const char *const names[2], int *fds, size_t *n_fds)
{
	char text[1024];
	int own = openat(dir, names[0], O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (own < 0)
		return -errno;
	fds[(*n_fds)++] = own;
	n = read(own, text, sizeof(text));
	if (n < 0 || n > 1)
		return n < 0 ? -errno : 0;
	int parent = openat(dir, names[1], O_RDONLY | O_CLOEXEC);
	if (parent < 0)
		return -errno;
	fds[(*n_fds)++] = parent;
	n = read(parent, text, sizeof(text));
	return n < 0 || write(own, text, n) < 0 ? -errno : 0;
}

int cgroup_fill_cpuset(int dir)
{
	static const char *const files[][2] = { { "cpuset.cpus", "../cpuset.cpus" },
						{ "cpuset.mems", "../cpuset.mems" } };
	int fds[2 * ARRAY_SIZE(files)], r = 0;
	size_t n_fds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files) && r == 0; i++)
		r = fill_file(dir, files[i], fds, &n_fds);
	file_close_all(fds, n_fds);
	return r;
}

/* Parents on the way to a cgroup of the cpuset hierarchy have to let tasks in, too. */
static void fill_new_cpuset(const char *path)
{
	_cleanup_close_ int dir = open_dir(path);

	if (dir >= 0 && faccessat(dir, "cpuset.cpus", F_OK, 0) == 0 &&
	    faccessat(dir, "tasks", F_OK, 0) == 0)
		(void)cgroup_fill_cpuset(dir);
}

/* The parents of full, from the character behind the base on. */
static int make_parents(char *full, size_t base_size)
{
	for (char *p = full + base_size + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		int r = mkdir(full, 0755);
		if (r == 0)
			fill_new_cpuset(full);
		*p = '/';
		if (r < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

int cgroup_make_only(const char *base, const char *path)
{
	char full[CGROUP_PATH_MAX];
	int r = join(full, base, path);

	if (r < 0)
		return r;
	if (mkdir(full, 0755) < 0) {
		if (errno != ENOENT)
			return -errno;
		r = make_parents(full, strlen(base));
		if (r < 0)
			return r;
		if (mkdir(full, 0755) < 0)
			return -errno;
	}
	return 0;
}

int cgroup_make(const char *base, const char *path)
{
	int r = cgroup_make_only(base, path);

	return r < 0 ? r : cgroup_open(base, path, "", O_RDONLY | O_DIRECTORY);
}

/* Whether list, words between blanks, holds the first n bytes of word. */
static bool has_word(const char *list, const char *word, size_t n)
{
	for (; *list; list += strspn(list, " \n")) {
		size_t length = strcspn(list, " \n");

		if (length == n && !strncmp(list, word, n))
			return true;
		list += length;
	}
	return false;
}

/* Enable below a directory what is available in it: "+cpu +memory". */
static int enable_all(const char *directory)
{
	char have[512], enabled[512], request[1024] = "";
	_cleanup_close_ int dir = open_dir(directory);
	size_t used = 0;

	if (dir < 0)
		return dir;
	ssize_t r = read_at(dir, "cgroup.controllers", have, sizeof(have));
	if (r >= 0)
		r = read_at(dir, "cgroup.subtree_control", enabled, sizeof(enabled));
	if (r < 0)
		return r;
	for (const char *p = have; *p; p += strspn(p, " \n")) {
		size_t n = strcspn(p, " \n");

		if (!has_word(enabled, p, n))
			used += snprintf(request + used, sizeof(request) - used,
					 "%s+%.*s", used ? " " : "", (int)n, p);
		p += n;
	}
	return used ? cgroup_write(dir, "cgroup.subtree_control", request) : 0;
}

int cgroup_delegate(const char *base, const char *path)
{
	char full[CGROUP_PATH_MAX];
	int r = enable_all(base);

	if (r < 0)
		return r;
	r = join(full, base, path);
	for (char *p = full + strlen(base) + 1; r >= 0 && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(full, 0755) < 0 && errno != EEXIST)
			r = -errno;
		else
			r = enable_all(full);
		*p = '/';
	}
	return r < 0 ? r : 0;
}

/* The first directory in dir that cannot be removed as it is, into name: 1, or 0 for none. */
static int remove_children(int dir, char *name)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	int found = 0;

	if (!d) {
		close_p(&copy);
		return 0;
	}
	for (struct dirent *e; !found && (e = readdir(d));) {
		if (e->d_type != DT_DIR || !strcmp(e->d_name, ".") ||
		    !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dir, e->d_name, AT_REMOVEDIR) == 0)
			continue;
		(void)snprintf(name, NAME_MAX + 1, "%s", e->d_name);
		found = 1;
	}
	(void)closedir(d);
	return found;
}

/*
 * Remove what lies below dir; one descriptor and a small frame per level.  A directory that
 * stays although nothing is below it has a process in it, and ends the attempt.
 */
static void remove_below(int dir)
{
	char name[NAME_MAX + 1];

	while (remove_children(dir, name)) {
		_cleanup_close_ int sub = openat(
			dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (sub < 0)
			return;
		remove_below(sub);
		if (unlinkat(dir, name, AT_REMOVEDIR) < 0)
			return;
	}
}

/* Kill everything in the cgroup and wait until it says that it is empty. */
static void kill_all(int dir)
{
	_cleanup_close_ int events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	char text[256];

	if (events < 0 || cgroup_write(dir, "cgroup.kill", "1") < 0)
		return;
	for (;;) {
		struct pollfd changed = { .fd = events, .events = POLLPRI };
		ssize_t n = pread(events, text, sizeof(text) - 1, 0);

		text[n < 0 ? 0 : n] = '\0';
		if (!strstr(text, "populated 1"))
			return;
		if (poll(&changed, 1, KILL_WAIT_MS) <= 0)
			return;
	}
}

#define ABANDONED_AFTER_S 5

bool cgroup_is_abandoned(const char *base, const char *path)
{
	char full[CGROUP_PATH_MAX], text[256];
	struct timespec now;
	struct stat st;

	if (join(full, base, path) < 0)
		return false;
	_cleanup_close_ int dir = open_dir(full);
	if (dir < 0 || fstat(dir, &st) < 0 || clock_gettime(CLOCK_REALTIME, &now) < 0)
		return false;
	if (now.tv_sec - st.st_ctim.tv_sec < ABANDONED_AFTER_S)
		return false;
	return read_at(dir, "cgroup.events", text, sizeof(text)) > 0 &&
	       strstr(text, "populated 0");
}

int cgroup_remove(const char *base, const char *path, bool kill)
{
	char full[CGROUP_PATH_MAX];
	int r = join(full, base, path);

	if (r < 0)
		return r;
	if (rmdir(full) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -errno;
	_cleanup_close_ int dir = open_dir(full);
	if (dir < 0)
		return dir;
	if (kill)
		kill_all(dir);
	remove_below(dir);
	return rmdir(full) < 0 && errno != ENOENT ? -errno : 0;
}
