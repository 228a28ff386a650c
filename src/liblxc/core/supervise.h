/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The supervisor: a child of the monitor, started where the configuration asks for it, that
 * decides the system calls which the container's filter notifies of.
 *
 *   supervise.c           listeners, and who decides which call
 *   supervise-call.c      one call: its arguments, its thread
 *   supervise-act.c       doing something in a container, as its thread would
 *   supervise-proxy.c     asking the program at lxc.seccomp.notify.proxy
 *   supervise-mknod.c     supervise-mount.c     supervise-setxattr.c     supervise-sysinfo.c
 *
 * What the thread of a call says is an enemy's word, and its memory changes while we look:
 *
 *  1. Everything behind a pointer is copied once, and only the copy is looked at and acted on.
 *  2. Descriptors of the thread's directory, memory, namespaces are opened first; that the call
 *     is still pending afterwards (NOTIF_ID_VALID) proves that they are of that thread, and
 *     not of another one that has got its number.
 *  3. What is done is done by a process of ours in the thread's mount namespace, root and
 *     cgroups, with its file system ids: a path can lead no further than the thread itself gets.
 *  4. A call may only be granted.  What is not granted continues in the kernel, which decides
 *     anew, from the arguments it reads itself, with nothing but the thread's own rights:
 *     as if nobody had intercepted it.  Hence a thread that exchanges its arguments meanwhile
 *     gains nothing.  That holds because a policy cannot deny what is intercepted, too.
 */
#ifndef CORE_SUPERVISE_H
#define CORE_SUPERVISE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/op-data.h"
#include "core/run.h"
#include "util/wait.h"

#define SUPERVISOR_PROGRAM PATH_LIBEXEC "/lxc-supervisor"

/* Descriptors that the monitor hands to the program; the last may be missing. */
enum supervisor_fd {
	SUPERVISOR_PLAN = 3,
	SUPERVISOR_CHANNEL = 4,
	SUPERVISOR_LOG = 6,
};

/* A result of calls besides a value and -errno. */
#define CALL_CONTINUE INT32_MIN

struct call {
	int listener;
	struct seccomp_notif in;
	int proc; /* directory of the thread in procfs */
	int mem;
};

struct identity {
	uint64_t dev, ino;
};

struct proxy_question {
	int listener;
	struct seccomp_notif in;
	struct deadline end;
};

#define QUESTIONS_MAX 64
#define LISTENERS_MAX 256

struct supervisor {
	struct plan plan;
	const struct op_supervise *op;
	struct run run; /* for the cgroups, by their plan */
	pid_t init;
	uint64_t root_caps; /* of the container's root */
	struct identity user_ns; /* of init */
	struct identity own_user_ns;
	int listeners[LISTENERS_MAX];
	size_t n_listeners;
	int proxy; /* connection, or NO_FD */
	struct proxy_question questions[QUESTIONS_MAX]; /* the first one has been asked */
	size_t n_questions;
};

/* supervise.c: what main() does. */
int supervise_main(void);

/* --- supervise-call.c --- */

/* Open what belongs to the thread; -ENOENT when it is gone. */
int call_open(struct call *c);
void call_close(struct call *c);
/* Whether the thread still waits for our answer. */
bool call_is_pending(const struct call *c);
/* A value, -errno or CALL_CONTINUE. */
void call_answer(const struct call *c, int64_t result);

/* Copy a text with its NUL: its length, -EFAULT, or -ENAMETOOLONG when there is no room. */
ssize_t call_text(const struct call *c, uint64_t address, char *out, size_t size);
/* As many bytes as there are: -EFAULT when not even one. */
ssize_t call_bytes(const struct call *c, uint64_t address, void *out, size_t size);
int call_write(const struct call *c, uint64_t address, const void *data, size_t size);
/* Where relative paths begin: the directory of AT_FDCWD or of a descriptor, O_PATH. */
int call_directory(const struct call *c, int fd);

#define CALLER_GROUPS_MAX 256

struct caller {
	uint32_t uid, gid; /* of the file system, as the host numbers them */
	uint32_t tgid, umask;
	uint64_t caps; /* effective */
	gid_t groups[CALLER_GROUPS_MAX];
	size_t n_groups;
	bool in_container; /* in the container's user namespace, not in one below */
	bool on_host; /* which is the host's */
};

int call_caller(const struct supervisor *s, const struct call *c, struct caller *ret);
/*
 * Only who has every right that the container leaves to its root is granted more: neither a
 * user inside, nor a service that has given rights up, nor root of a namespace below.
 */
bool caller_is_root(const struct supervisor *s, const struct caller *who);

struct identity identity_of(int dir, const char *path);
bool identity_is(struct identity a, struct identity b);

/* --- supervise-act.c --- */

struct act {
	int (*perform)(const void *request); /* 0 or -errno */
	const void *request;
	int base; /* working directory: closed by the caller */
	uint64_t caps; /* that it takes; others only as far as the container's root has them */
};

/* Do it in the container: what perform() returns, or -errno. */
int act_run(const struct supervisor *s, const struct call *c, const struct caller *who,
	    const struct act *a);

/* In perform(): open a path without magic links, which lead out of every root. */
int act_open(const char *path, int flags);
/* The directory of a path, and its last component in *ret_name. */
int act_open_parent(const char *path, char *copy, size_t size, const char **ret_name);

/* --- the calls --- */

typedef int64_t call_handler(struct supervisor *s, struct call *c);

call_handler call_mknod;
call_handler call_mknodat;
call_handler call_mount;
call_handler call_setxattr;
call_handler call_lsetxattr;
call_handler call_fsetxattr;
call_handler call_sysinfo;

/* --- supervise-proxy.c --- */

/* Have the proxy decide; it is answered in any case, in time. */
void proxy_ask(struct supervisor *s, struct call *c);
struct pollfd proxy_poll(const struct supervisor *s, int *ret_timeout);
void proxy_ready(struct supervisor *s, short revents);
/* A listener is closed: nobody waits for its answers. */
void proxy_forget(struct supervisor *s, int listener);

#endif
