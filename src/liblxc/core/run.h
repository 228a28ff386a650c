/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Executing a plan.  The monitor walks its operations, one of which makes the child, which
 * walks its own.  Each keeps what it has so far in a struct run; the child's is the copy that
 * it was born with.
 */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cgroup/dir.h"
#include "core/plan.h"
#include "core/sync.h"
#include "isolate/namespaces.h"

#define RUN_HIERARCHIES_MAX 20
#define RUN_OPS_MAX 16384
#define RUN_TREES_MAX 256

/* What a descriptor that the child hands to the monitor is. */
enum fd_role {
	ROLE_CONSOLE_PTX,
	ROLE_CONSOLE_PTS,
	ROLE_TTY_PTX,
	ROLE_TTY_PTS,
	ROLE_DEVPTS,
	ROLE_LISTENER, /* of the seccomp filter */
};

struct op_share;
struct op_time;

struct run {
	const struct plan *plan;
	int sync; /* to the other half of the run */

	/* monitor */
	int (*wait)(struct run *run, int fd); /* until fd is readable: 0 or -errno */
	void (*take_fd)(struct run *run, enum fd_role role, int fd);
	pid_t pid;
	int pidfd;
	int unified; /* cgroup where the limits are, or NO_FD */
	int unified_leaf; /* cgroup where the processes are, when it is another one */
	int devices; /* the device program on it, or NO_FD */
	const char *v1[RUN_HIERARCHIES_MAX]; /* bases of the v1 cgroups that were made */
	int tasks[RUN_HIERARCHIES_MAX]; /* in the child: received ones */
	size_t n_v1;
	unsigned int suffix; /* of the cgroup's name; 0: none */
	bool cgroup_taken; /* why the run failed: try another suffix */
	bool stopping; /* a stop was asked for while starting */
	bool again; /* not the first start: a reboot */
	bool retry; /* of a start, with another suffix */
	bool reboot; /* why it ends */
	pid_t init_pid; /* of this life's init, also when that has ended */
	pid_t hook; /* that runs, negative: its group of processes; 0: none */
	int ns[NS_COUNT]; /* kept for hooks of the end */
	int listener; /* of init's seccomp filter */
	struct {
		pid_t pid;
		int pidfd, channel; /* NO_FD: there is none */
	} supervisor;
	/* what is opened before the ids change: descriptors, NO_FD or why not; slot 0: unused */
	int trees[RUN_TREES_MAX];
	const struct op_share *shared[NS_COUNT]; /* namespaces to join, or NULL */
	const struct op_time *time; /* offsets of a time namespace, or NULL */

	/* child */
	int root; /* the container's root directory */
	int dev;
	int slave; /* the mount that only receives, or NO_FD */
	int devpts; /* of the container; fresh, so nothing hostile lies in it yet */
	int console;
	bool outlives; /* whoever made it: attached */
	int pdeath; /* signal for init when the monitor dies */
	int status; /* exit status when the program cannot be executed; monitor: the child's */
	int (*function)(void *payload); /* OP_CALL: in a copy of the caller */
	void *payload;
	int fds[SYNC_FDS_MAX]; /* to hand over, with their roles */
	struct sync_message queue;

	uint8_t done[RUN_OPS_MAX / 8]; /* operations to undo */
};

void run_init(struct run *run, const struct plan *plan);

/* The monitor's operations in their order: 0, or -errno; what was done then is not undone yet. */
int run_forward(struct run *run, struct lxc_error **err);

/* Undo what run_forward() did, backwards. */
void run_backward(struct run *run);

/* The child's operations; returns only on failure, after reporting it. */
void run_child(struct run *run) __attribute__((noreturn));

/*
 * Child: the signal for the death of the monitor, until the next change of ids, which clears
 * it.  If the monitor is dead already, this is the end.
 */
void run_set_pdeath(struct run *run, int sig);

/* Name of the container's cgroup ("lxc.payload.c1-1") into out, CGROUP_PATH_MAX bytes. */
void run_cgroup_path(const struct run *run, bool with_inner, char *out);

/* A descriptor of run->trees, which is the caller's from then on, or -errno. */
int run_take_tree(struct run *run, uint32_t slot);

/* Child: hand a descriptor to the monitor with the next message; then it is closed here. */
int run_queue_fd(struct run *run, enum fd_role role, int fd);

/* Child: that message.  The container's devpts and console stay open, they are used later. */
int run_send_fds(struct run *run, enum sync_type type);

#endif
