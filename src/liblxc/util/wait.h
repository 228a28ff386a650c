/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one way to block.  Every operation that waits for another process, a socket or a
 * terminal does it here, with a deadline and a descriptor that cancels it when readable.
 */
#ifndef UTIL_WAIT_H
#define UTIL_WAIT_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#define DEADLINE_NEVER INT64_MAX

struct deadline {
	int64_t at; /* CLOCK_MONOTONIC, nanoseconds */
	int cancel_fd; /* or negative */
};

/* Never, and not to be cancelled. */
#define DEADLINE_NONE ((struct deadline){ .at = DEADLINE_NEVER, .cancel_fd = -1 })

int64_t wait_now(void);

/* That many milliseconds from now; negative: never. */
struct deadline deadline_in(int64_t milliseconds);

/* Milliseconds left for poll(2): -1 for never, 0 when it has passed. */
int deadline_left(const struct deadline *d);

/* Until fd is ready for events: 0, -ETIMEDOUT, -ECANCELED or another -errno.  d may be NULL. */
int wait_fd(int fd, short events, const struct deadline *d);

/*
 * As poll(2) on all of fds, interrupted by nothing but the deadline: number of ready ones,
 * -ETIMEDOUT or -ECANCELED.
 */
int wait_fds(struct pollfd *fds, size_t n, const struct deadline *d);

/* Until the child pid (with pidfd) has ended; reaps it.  Its wait(2) status, or -errno. */
int wait_child(pid_t pid, int pidfd, const struct deadline *d);

/*
 * The process id behind a pidfd, while it runs: -ESRCH.  Without the heap: this also runs in a
 * copy of a threaded caller.
 */
int wait_pid_of(int pidfd);

#endif
