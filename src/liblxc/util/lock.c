/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Advisory locks on files.  The kernel offers no lock that is waited for by poll(2), so a
 * lock that is held is tried again in growing steps, from 1 ms up to 50 ms.
 */
#include "util/lock.h"

#include <fcntl.h>
#include <stdio.h>

#include "util/macro.h"

#define STEP_FIRST_MS 1
#define STEP_LAST_MS 50

int lock_try(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

static int wait_a_little(const struct deadline *d, int *step)
{
	struct deadline little = deadline_in(*step);

	little.at = MIN(little.at, d->at);
	little.cancel_fd = d->cancel_fd;
	*step = MIN(2 * *step, STEP_LAST_MS);
	int r = wait_fds(NULL, 0, &little);
	if (r == -ETIMEDOUT)
		return deadline_left(d) == 0 ? -ETIMEDOUT : 0;
	return r;
}

int lock_file(const char *path, const struct deadline *d, struct lxc_error **err)
{
	_cleanup_close_ int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	int step = STEP_FIRST_MS, r;

	if (fd < 0)
		return error_set(err, -errno, "lock", "%s", path);
	while ((r = lock_try(fd)) == -EAGAIN) {
		r = wait_a_little(d, &step);
		if (r < 0)
			break;
	}
	if (r < 0) {
		error_set(err, r, "lock", "%s", path);
		if (r == -ETIMEDOUT)
			error_hint(err, "another program holds it: see fuser %s", path);
		return r;
	}
	return steal_fd(fd);
}
