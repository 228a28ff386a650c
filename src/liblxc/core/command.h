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

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "util/error.h"
#include "util/wait.h"

enum command {
	COMMAND_GET_TTY_FD = 0,
	COMMAND_TERMINAL_WINCH = 1,
	COMMAND_STOP = 2,
	COMMAND_GET_STATE = 3,
	COMMAND_GET_INIT_PID = 4,
	COMMAND_GET_CLONE_FLAGS = 5,
	COMMAND_GET_CGROUP = 6,
	COMMAND_GET_CONFIG_ITEM = 7,
	COMMAND_GET_NAME = 8,
	COMMAND_GET_LXCPATH = 9,
	COMMAND_ADD_STATE_CLIENT = 10,
	COMMAND_CONSOLE_LOG = 11,
	COMMAND_SERVE_STATE_CLIENTS = 12,
	COMMAND_SECCOMP_ADD_LISTENER = 13, /* the descriptor comes in a second message */
	COMMAND_ADD_DEVICE_RULE = 14,
	COMMAND_FREEZE = 15,
	COMMAND_UNFREEZE = 16,
	COMMAND_GET_CGROUP2_FD = 17,
	COMMAND_GET_INIT_PIDFD = 18,
	COMMAND_GET_LIMIT_CGROUP = 19,
	COMMAND_GET_LIMIT_CGROUP2_FD = 20,
	COMMAND_GET_DEVPTS_FD = 21,
	COMMAND_GET_SECCOMP_NOTIFY_FD = 22,
	COMMAND_GET_CGROUPS = 23,
	COMMAND_GET_CGROUP_FD = 24,
	COMMAND_GET_LIMIT_CGROUP_FD = 25,
	COMMAND_GET_SYSTEMD_SCOPE = 26,
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

#define COMMAND_FDS_MAX 20

enum event_type { EVENT_STATE = 0, EVENT_PRIORITY = 1, EVENT_EXIT = 2 };

/* What a state client receives, and who reads events of all containers of a path. */
struct state_message {
	int type; /* enum event_type */
	char name[256];
	int value;
};

/* The socket's address; the length, which goes with it, or -ENAMETOOLONG. */
int command_address(const char *lxcpath, const char *name, struct sockaddr_un *ret);

/* Payloads, in the layout of the historical protocol. */

struct command_console_log {
	/* somebody else's bytes: not bool, which has but two values */
	uint8_t clear, read;
	uint64_t read_max; /* 0: everything */
	uint8_t write_log; /* to the log file, too */
};

struct command_device_rule {
	char type;
	int major, minor;
	char access[4]; /* "rwm" */
	int allow;
	void *list[2]; /* links of a list in the sender */
};

struct command_cgroups {
	int32_t layout; /* enum cgroup_layout */
	uint32_t utilities; /* none are known */
	uint32_t n_fds;
	int32_t fds[COMMAND_FDS_MAX]; /* in whose memory this is */
};

#define COMMAND_CONTROLLER_MAX 64

struct command_cgroup {
	int32_t layout;
	uint32_t utilities;
	int32_t type; /* of the file system; in a request: 0, or the one that it must be */
	int32_t fd;
	char controller[COMMAND_CONTROLLER_MAX];
};

static_assert(sizeof(struct state_message) == 264, "protocol");
static_assert(sizeof(struct command_console_log) == 24 || sizeof(long) < 8, "protocol");
static_assert(sizeof(struct command_device_rule) == 40 || sizeof(long) < 8, "protocol");
static_assert(sizeof(struct command_cgroups) == 92, "protocol");
static_assert(sizeof(struct command_cgroup) == 80, "protocol");

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
	const int *fd; /* to send behind the request; NULL: none */
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
