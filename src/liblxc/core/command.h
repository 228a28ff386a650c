/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command socket of a running container, in the historical protocol: Debian's statically
 * linked tools speak it, so numbers and layouts never change.
 *
 * An abstract stream socket "<lxcpath>/<name>/command"; one request per connection: struct
 * command_request with the sender's credentials, then datalen bytes; the answer is struct
 * command_reply, perhaps with descriptors, then datalen bytes.  Small numbers travel in the
 * pointer.
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "util/error.h"
#include "util/wait.h"

enum command {
	COMMAND_GET_TTY_FD = 0,
	COMMAND_STOP = 2,
	COMMAND_GET_STATE = 3,
	COMMAND_GET_INIT_PID = 4,
	COMMAND_GET_CLONE_FLAGS = 5,
	COMMAND_GET_CGROUP = 6,
	COMMAND_GET_CONFIG_ITEM = 7,
	COMMAND_GET_NAME = 8,
	COMMAND_GET_LXCPATH = 9,
	COMMAND_ADD_STATE_CLIENT = 10,
	COMMAND_GET_CGROUP2_FD = 17,
	COMMAND_GET_INIT_PIDFD = 18,
	COMMAND_GET_LIMIT_CGROUP = 19,
	COMMAND_GET_LIMIT_CGROUP2_FD = 20,
	COMMAND_GET_DEVPTS_FD = 21,
	COMMAND_COUNT = 27, /* numbers below belong to the historical protocol */
	COMMAND_GET_PLAN =
		0x4c58, /* ours: two descriptors, the plan and init; the cgroup suffix */
};

enum container_state {
	STATE_STOPPED,
	STATE_STARTING,
	STATE_RUNNING,
	STATE_STOPPING,
	STATE_ABORTING,
	STATE_FREEZING,
	STATE_FROZEN,
	STATE_THAWED,
	STATE_COUNT,
};

extern const char *const state_names[STATE_COUNT];

struct command_request {
	int cmd;
	int datalen;
	const void *data;
};

struct command_reply {
	int ret;
	int datalen;
	void *data;
};

#define COMMAND_DATA_MAX 8192
#define COMMAND_FDS_MAX 2

/* What a state client receives. */
struct state_message {
	int type; /* 0: state, 2: exit status */
	char name[256];
	int value;
};

/* The socket's address; the length, which goes with it, or -ENAMETOOLONG. */
int command_address(const char *lxcpath, const char *name, struct sockaddr_un *ret);

/* --- client --- */

struct command_result {
	int ret;
	long value; /* what travels in the pointer */
	char *data; /* datalen bytes and a NUL, or NULL */
	size_t size;
	int fds[COMMAND_FDS_MAX];
	size_t n_fds;
	int connection; /* kept when asked for */
};

void command_result_done(struct command_result *r);
#define _cleanup_command_ _cleanup_(command_result_done)

struct command_question {
	const char *lxcpath, *name;
	int command;
	const void *data; /* payload; with size 0 the pointer itself is sent */
	size_t size;
	bool keep; /* leave the connection in the result */
	const struct deadline *deadline; /* NULL: none */
};

/*
 * Ask the container.  -ECONNREFUSED when it does not run.  A reply with a negative ret is that
 * error.
 */
int command_ask(const struct command_question *q, struct command_result *ret);

/* Make and bind the listening socket; -EADDRINUSE when the container runs. */
int command_listen(const char *lxcpath, const char *name, struct lxc_error **err);

/* The present state, STATE_STOPPED when nothing listens, or -errno. */
int command_state(const char *lxcpath, const char *name, const struct deadline *d);

#endif
