/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a root file system tells about the system in it: by names only, nothing is executed or
 * parsed.  systemd's own library carries its version in its name, wherever a distribution puts it.
 */
#include "core/guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "mount/root.h"
#include "util/macro.h"

#define LIBRARY "libsystemd-shared-"

static bool is_systemd(int root, const char *init)
{
	char link[48], path[512];
	_cleanup_close_ int file = root_open(root, init, O_PATH);

	if (file < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	const char *name = strrchr(path, '/');
	return name && !strcmp(name, "/systemd");
}

static unsigned int version_of(const char *name)
{
	unsigned int version = 0;

	if (strncmp(name, LIBRARY, strlen(LIBRARY)))
		return 0;
	for (const char *p = name + strlen(LIBRARY); *p >= '0' && *p <= '9'; p++)
		version = version * 10 + *p - '0';
	return version < 10000 ? version : 0;
}

static void close_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static DIR *open_dir(int root, const char *path)
{
	int fd = root_open(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !dir)
		(void)close(fd);
	return dir;
}

static unsigned int find_library(int root, const char *path)
{
	_cleanup_(close_dir) DIR *dir = open_dir(root, path);
	unsigned int version = 0;

	for (struct dirent *e; dir && !version && (e = readdir(dir));)
		version = version_of(e->d_name);
	return version;
}

/* Debian has a directory for each architecture. */
static unsigned int find_multiarch(int root)
{
	_cleanup_(close_dir) DIR *dir = open_dir(root, "usr/lib");
	unsigned int version = 0;

	for (struct dirent *e; dir && !version && (e = readdir(dir));) {
		char path[300];

		if (!strstr(e->d_name, "-linux-"))
			continue;
		(void)snprintf(path, sizeof(path), "usr/lib/%s/systemd", e->d_name);
		version = find_library(root, path);
	}
	return version;
}

unsigned int guest_systemd(const char *path, const char *init)
{
	static const char *const places[] = { "usr/lib/systemd", "usr/lib64/systemd",
					      "lib/systemd" };
	_cleanup_close_ int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	unsigned int version = 0;

	if (root < 0 || !is_systemd(root, init))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(places) && !version; i++)
		version = find_library(root, places[i]);
	return version ? version : find_multiarch(root);
}
