/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one way to block. */
#include "util/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "util/macro.h"

/* <linux/pidfd.h> of that version, 64 bytes */
#define PIDFD_INFO_EXIT (1u << 3)
#define PIDFD_GET_INFO _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, 64)

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000
#define WAIT_FDS_MAX 64

int64_t wait_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct deadline deadline_in(int64_t milliseconds)
{
	struct deadline d = DEADLINE_NONE;

	if (milliseconds >= 0 && milliseconds < INT64_MAX / NS_PER_MS / 2)
		d.at = wait_now() + milliseconds * NS_PER_MS;
	return d;
}

int deadline_left(const struct deadline *d)
{
	if (!d || d->at == DEADLINE_NEVER)
		return -1;
	int64_t left = (d->at - wait_now() + NS_PER_MS - 1) / NS_PER_MS;

	return left < 0 ? 0 : (int)MIN(left, (int64_t)INT32_MAX);
}

int wait_fds(struct pollfd *fds, size_t n, const struct deadline *d)
{
	struct pollfd all[WAIT_FDS_MAX + 1];

	if (n > WAIT_FDS_MAX)
		return -E2BIG;
	if (n)
		memcpy(all, fds, n * sizeof(*fds));
	all[n] = (struct pollfd){ .fd = d ? d->cancel_fd : -1, .events = POLLIN };
	for (;;) {
		int r = poll(all, n + 1, deadline_left(d));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return -ETIMEDOUT;
		if (all[n].revents)
			return -ECANCELED;
		if (n)
			memcpy(fds, all, n * sizeof(*fds));
		return r;
	}
}

int wait_fd(int fd, short events, const struct deadline *d)
{
	struct pollfd one = { .fd = fd, .events = events };
	int r = wait_fds(&one, 1, d);

	return r < 0 ? r : 0;
}

/*
 * The wait(2) status of a child that somebody else has reaped, or nobody because the caller
 * ignores SIGCHLD: kept for those who hold its pidfd, since Linux 6.15 (PIDFD_INFO_EXIT).
 */
static int reaped_status(int pidfd)
{
	struct {
		uint64_t mask, cgroup;
		uint32_t ids[11];
		int32_t exit_code;
		uint32_t more[2];
	} info = { .mask = PIDFD_INFO_EXIT };

	if (ioctl(pidfd, PIDFD_GET_INFO, &info) < 0 || !(info.mask & PIDFD_INFO_EXIT))
		return -ECHILD;
	return info.exit_code;
}

int wait_child(pid_t pid, int pidfd, const struct deadline *d)
{
	int status, r = pidfd < 0 ? 0 : wait_fd(pidfd, POLLIN, d);

	if (r < 0)
		return r;
	/* __WALL: our own helpers are born without an exit signal */
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return errno == ECHILD && pidfd >= 0 ? reaped_status(pidfd)
							     : -errno;
	return status;
}

int wait_pid_of(int pidfd)
{
	char path[48], info[512];
	_cleanup_close_ int fd = NO_FD;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, info, sizeof(info) - 1);
	if (n < 0)
		return -errno;
	info[n] = '\0';
	const char *line = strstr(info, "\nPid:\t");
	int pid = 0;

	for (const char *p = line ? line + 6 : ""; *p >= '0' && *p <= '9'; p++)
		pid = pid * 10 + *p - '0';
	return pid > 0 ? pid : -ESRCH;
}
