/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one typed channel between two of our processes: SOCK_SEQPACKET, one record per
 * message, descriptors beside it.  End of file means that the other side executed a program
 * or is gone; an error record says why.
 */
#ifndef CORE_SYNC_H
#define CORE_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/wait.h"

enum sync_type {
	SYNC_ERROR = 1, /* any to its parent: an error record; then the sender ends */
	SYNC_PREPARED, /* child to monitor: everything but cgroups and network is done */
	SYNC_FDS, /* child to monitor: more descriptors will follow */
	SYNC_RELEASE, /* monitor to child: go on; descriptors: v1 tasks files */
	SYNC_STATE, /* monitor to library: value is the state, pid of init */
	SYNC_EXIT, /* monitor to library: value is init's wait(2) status */
	SYNC_HELPER, /* attach helper to library: pid of the one that goes on in its place */
	SYNC_ATTACHED, /* attach helper to library: pid of the attached process */
	SYNC_NOT_EXECUTED, /* any to its parent: value is the exit status; the error follows */
};

/* Descriptors of one message at most; the kernel allows 253. */
#define SYNC_FDS_MAX 240

struct sync_message {
	uint32_t type;
	int32_t value;
	int32_t pid;
	uint32_t n_fds;
	uint8_t roles[SYNC_FDS_MAX]; /* one per descriptor: enum fd_role of run.h */
};

/* Both ends close-on-exec. */
int sync_pair(int ret_ends[2]);

/* 0 or -errno; never raises SIGPIPE. */
int sync_send(int fd, const struct sync_message *m, const int *fds);

/* Send an error as it is; what cannot be sent is lost with the process that has it. */
void sync_send_error(int fd, const struct lxc_error *e);

/*
 * Receive one message: 1, 0 at end of file, -errno.  An error record is rebuilt into *err,
 * and its errno returned.  fds has room for SYNC_FDS_MAX.  Does not wait: see wait_fd().
 */
int sync_receive(int fd, struct sync_message *ret, int *fds, struct lxc_error **err);

/* Whether nobody holds the other end any more. */
bool sync_is_closed(int fd);

#endif
