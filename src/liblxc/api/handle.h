/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the exported functions share.  Each begins with CALL(c), which checks the handle,
 * locks it and sets the log sink, and ends with call_end() or call_fail().  A call that
 * blocks unlocks while it does.
 */
#ifndef API_HANDLE_H
#define API_HANDLE_H

#include <lxc/container.h>
#include <lxc/error.h>
#include <lxc/version.h>
#include <pthread.h>
#include <stdarg.h>

#include "conf/conf.h"
#include "util/error.h"
#include "util/log.h"
#include "util/wait.h"

#define LXC_API __attribute__((visibility("default")))

/* Behind lxc_container.privlock: everything of ours that the historical layout has no room for. */
struct lxc_lock {
	pthread_mutex_t mutex; /* recursive */
	char *file; /* the lock on disk */
	struct log_sink sink; /* of lxc.log.file */
	char *log_file; /* what sink.fd was opened for */
	bool close_fds;
};

struct call {
	struct lxc_container *c;
	struct lxc_error *err;
};

/* False, with the thread's error set, for NULL. */
bool call_begin(struct call *call, struct lxc_container *c);
void call_unlock(struct call *call);
void call_lock(struct call *call);
/* Success or not: publish the error, if there is one, and unlock.  Returns whether r >= 0. */
bool call_end(struct call *call, int r);

/* The configuration in memory, or NULL. */
static inline struct conf *handle_conf(const struct lxc_container *c)
{
	return (struct conf *)c->lxc_conf;
}

/* The same, made when there is none; -ENOMEM. */
int handle_need_conf(struct lxc_container *c, struct conf **ret, struct lxc_error **err);

/* Open lxc.log.file, once, for this container's records. */
void handle_update_log(struct lxc_container *c);

/* Take the lock on disk: a descriptor to close. */
int handle_lock_disk(struct lxc_container *c, struct lxc_error **err);

/* <config_path>/<name>, or below it; NULL without memory. */
char *handle_directory(const struct lxc_container *c, const char *below);

/* The words of a variable argument list up to NULL; NULL when there are none. */
char **handle_collect(const char *first, va_list args);

/* Fill in the method table. */
void handle_set_methods(struct lxc_container *c);

/* The thread's last error becomes *err, which is freed.  Returns r. */
int api_fail(struct lxc_error **err, int r);

/* For a method whose turn has not come: names it, says so.  Always -EOPNOTSUPP. */
int api_later(struct lxc_container *c, const char *what);

/* Deadline of a question to the monitor: set_timeout(), or none. */
struct deadline handle_deadline(const struct lxc_container *c);

/* -ECONNREFUSED and its kin as an error that says what to do.  Returns r. */
int handle_not_running(const struct lxc_container *c, int r, struct lxc_error **err);

#endif
