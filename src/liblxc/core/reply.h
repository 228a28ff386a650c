/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers of the command socket, monitor side.  A client is never waited for: what its socket
 * does not take at once is kept for it until it does.
 */
#ifndef CORE_REPLY_H
#define CORE_REPLY_H

#include <stdint.h>
#include <sys/uio.h>

#include "core/monitor.h"

/* What happens to the connection afterwards. */
enum after { CLOSE, KEEP };

/* Most pieces that the data of one answer consists of. */
#define REPLY_PARTS_MAX 2

struct reply {
	int ret;
	long value; /* travels in the pointer; not with data */
	struct iovec parts[REPLY_PARTS_MAX];
	size_t n_parts;
	const int *fds; /* at most COMMAND_FDS_MAX */
	size_t n_fds;
};

enum after reply_send(struct client *c, const struct reply *r);

enum after reply_value(struct client *c, int ret, long value);
/* NULL: there is none, which the historical protocol answers with -1. */
enum after reply_text(struct client *c, const char *text);
/* Negative: -EBADF. */
enum after reply_fd(struct client *c, int fd);

/* CLIENT_REPLY: send more of what is left. */
enum after reply_resume(struct client *c);
void reply_forget(struct client *c);

#endif
