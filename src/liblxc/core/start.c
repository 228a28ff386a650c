/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting a container.  The command socket is bound here, so that a container that runs
 * already is noticed before anything is done, and handed to the monitor, which is not our
 * child: whoever embeds us never has to reap it.
 */
#include "core/start.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/monitor.h"
#include "core/scope.h"
#include "core/share.h"
#include "util/file.h"
#include "util/log.h"
#include "util/spawn.h"

#define CGROUP_TRIES \
	3 /* while an earlier monitor's reaper removes what we want to enter */

int start_seal(const struct plan_record *record)
{
	_cleanup_close_ int fd =
		memfd_create("lxc-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	int r = file_write_all(fd, record->data, record->size);
	if (r < 0)
		return r;
	return fcntl(fd, F_ADD_SEALS, PLAN_SEALS) < 0 ? -errno : steal_fd(fd);
}

struct monitor_home {
	int v2, v1_tasks;
};

static void home_done(struct monitor_home *home)
{
	close_p(&home->v2);
	close_p(&home->v1_tasks);
}

static int open_made(const char *dir)
{
	if (!dir)
		return NO_FD;
	if (file_make_dirs(dir, 0755) < 0)
		return NO_FD;
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * The cgroups that keep the monitor alive when the unit or session that started it ends.
 * Without them it works as well, so nothing here is an error.
 */
static struct monitor_home home_open(const struct plan *plan)
{
	const struct plan_header *h = plan->header;
	struct monitor_home home = { open_made(plan_text(plan, h->monitor_v2)), NO_FD };
	_cleanup_close_ int v1 = open_made(plan_text(plan, h->monitor_v1));

	if (v1 >= 0)
		home.v1_tasks = openat(v1, "tasks", O_WRONLY | O_CLOEXEC);
	return home;
}

/* The monitor that would remove them does not live.  Another one's are in use: EBUSY. */
static void home_remove(const struct plan *plan)
{
	const char *v2 = plan_text(plan, plan->header->monitor_v2);
	const char *v1 = plan_text(plan, plan->header->monitor_v1);

	if (v2)
		(void)rmdir(v2);
	if (v1)
		(void)rmdir(v1);
}

/* What the monitor is born with. */
struct birth {
	const struct start_request *request;
	const struct plan *plan;
	int plan_fd, library, listener, log_fd;
	const int *shares; /* namespaces by kind, or NO_FD */
	int stdio[3]; /* the caller's, as far as it has them */
};

static int spawn_monitor(const struct birth *b, struct lxc_error **err)
{
	const struct start_request *q = b->request;
	_cleanup_(home_done) struct monitor_home home = home_open(b->plan);
	_cleanup_buf_ struct buf title = {};
	struct spawn s = {
		.path = MONITOR_PROGRAM,
		.sealed = true,
		.what = "monitor",
		.detached = true,
		.session = !q->foreground,
		.cgroup_fd = home.v2 < 0 ? 0 : home.v2,
		.tasks_fds = &home.v1_tasks,
		.n_tasks = home.v1_tasks < 0 ? 0 : 1,
		.directory = q->foreground ? NULL : "/",
		.fds = {
			{ b->plan_fd, MONITOR_PLAN },
			{ b->library, MONITOR_LIBRARY },
			{ b->listener, MONITOR_LISTEN },
			{ b->log_fd, MONITOR_LOG },
			{ b->stdio[0], STDIN_FILENO },
			{ b->stdio[1], STDOUT_FILENO },
			{ b->stdio[2], STDERR_FILENO },
		},
		.n_fds = 7,
	};
	const char *scope = plan_text(b->plan, b->plan->header->scope);
	_cleanup_strv_ char **command = NULL;
	struct process p;

	for (int i = 0; i < NS_COUNT; i++)
		if (b->shares[i] >= 0)
			s.fds[s.n_fds++] =
				(struct spawn_fd){ b->shares[i], MONITOR_SHARE + i };
	buf_printf(&title, "[lxc monitor] %s %s", q->lxcpath, q->name);
	if (buf_status(&title) == 0 && scope)
		command = scope_command(scope, MONITOR_PROGRAM, title.data);
	if (buf_status(&title) < 0 || (scope && !command))
		return error_set(err, -ENOMEM, "monitor", "%s", q->name);
	s.argv = (char *[]){ title.data, NULL };
	if (scope) {
		s.path = SCOPE_PROGRAM;
		s.argv = command;
		s.sealed = false;
	}
	return spawn_start(&s, &p, err);
}

static int spawn_with_retries(const struct birth *b, struct lxc_error **err)
{
	int r = -ENODEV;

	/* a cgroup that is being removed: ENOENT, and ENODEV when it has just gone */
	for (int i = 0; i < CGROUP_TRIES && (r == -ENODEV || r == -ENOENT); i++)
		r = spawn_monitor(b, err);
	if (r == -ENOENT || r == -EACCES || r == -ENOEXEC)
		error_hint(err, "install liblxc completely: make install");
	if (r < 0)
		home_remove(b->plan);
	if (r == 0)
		error_clear(err); /* of an earlier try */
	return r;
}

/*
 * A new descriptor has the lowest free number, so a listener beyond them says that the standard
 * ones are open; otherwise it took the number of one that was not.
 */
static void find_stdio(bool wanted, int listener, int ret[3])
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		bool open = wanted && fd != listener &&
			    (listener > STDERR_FILENO || fcntl(fd, F_GETFD) >= 0);

		ret[fd] = open ? fd : NO_FD;
	}
}

static int begin(const struct start_request *q, int log_fd, struct lxc_error **err)
{
	struct birth birth = { .request = q, .log_fd = log_fd };
	_cleanup_close_ int listener = command_listen(q->lxcpath, q->name, err);
	find_stdio(q->foreground, listener, birth.stdio);
	_cleanup_plan_record_ struct plan_record record = {};
	struct plan plan;
	int ends[2];

	if (listener < 0)
		return listener;
	_cleanup_shares_ struct shares shares = SHARES_NONE;
	int r = compile_start(q, &record, err);
	if (r == 0)
		r = share_open(q->conf, q->lxcpath, q->name, &shares, err);
	if (r == 0)
		r = plan_open(record.data, record.size, &plan, err);
	if (r < 0)
		return r;
	_cleanup_close_ int plan_fd = start_seal(&record);
	if (plan_fd < 0)
		return error_set(err, plan_fd, "plan", "seal");
	r = sync_pair(ends);
	if (r < 0)
		return error_set(err, r, "monitor", "socket pair");
	/* only the monitor keeps its end and the listener: their end is how its end is noticed */
	_cleanup_close_ int ours = ends[0];
	_cleanup_close_ int theirs = ends[1];
	birth.plan = &plan;
	birth.plan_fd = plan_fd;
	birth.library = theirs;
	birth.listener = listener;
	birth.shares = shares.fds;
	r = spawn_with_retries(&birth, err);
	return r < 0 ? r : steal_fd(ours);
}

static int start_failed(int r, const char *name, struct lxc_error **err)
{
	error_wrap(err, r, "start", "%s", name);
	if (r == -EMFILE)
		error_hint(err, "raise the limit of descriptors: ulimit -n 1024");
	return r;
}

int start_begin(const struct start_request *request, int log_fd, struct lxc_error **err)
{
	int r = begin(request, log_fd, err);

	return r < 0 ? start_failed(r, request->name, err) : r;
}

/* What the monitor has to say until the container runs, or has ended. */
static int follow(int sync, const char *name, bool foreground, const struct deadline *d,
		  int *ret_status, struct lxc_error **err)
{
	struct sync_message m;

	for (;;) {
		int r = wait_fd(sync, POLLIN, d);

		if (r < 0)
			return error_set(err, r, "await", "the monitor");
		r = sync_receive(sync, &m, NULL, err);
		if (r < 0)
			return r;
		if (r == 0) {
			error_set(err, -ECHILD, "monitor", "%s", name);
			error_detail(err, "ended unexpectedly");
			return -ECHILD;
		}
		if (m.type == SYNC_STATE && !foreground)
			return 0;
		if (m.type == SYNC_NOT_EXECUTED)
			*ret_status = m.value << 8;
		if (m.type == SYNC_EXIT) {
			*ret_status = m.value;
			return 0;
		}
	}
}

int start_follow(int sync, const char *name, bool foreground, const struct deadline *d,
		 int *ret_status, struct lxc_error **err)
{
	_cleanup_close_ int owned = sync;
	int r = follow(owned, name, foreground, d, ret_status, err);

	return r < 0 ? start_failed(r, name, err) : 0;
}
