/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Freezing.  The unified hierarchy does it where the container is in it, which is on every
 * layout but a version 1 alone: all of its processes are born there, and the kernel tells by
 * cgroup.events when it has got all of them.  The freezer of version 1 has to be looked at
 * again and again.
 *
 *   RUNNING ─▶ FREEZING ─▶ FROZEN ─▶ THAWED ─▶ RUNNING        given up: FREEZING ─▶ RUNNING
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/cgroups.h"
#include "core/monitor.h"

#define LOOK_AGAIN_MS 10

static void close_files(struct freezer *f)
{
	close_p(&f->events);
	close_p(&f->state);
	f->events = f->state = NO_FD;
}

/* The limit cgroup in the hierarchy that freezes: -ENOENT when there is none. */
static int open_cgroup(struct monitor *m, bool *ret_unified)
{
	struct cgroups_place place;
	int r = cgroups_find(&m->run, "", true, &place);

	*ret_unified = true;
	r = r < 0 ? r : cgroups_open(&place);
	if (r >= 0)
		return r;
	*ret_unified = false;
	r = cgroups_find(&m->run, "freezer", true, &place);
	return r < 0 ? r : cgroups_open(&place);
}

static int write_wanted(struct monitor *m)
{
	struct freezer *f = &m->freezer;
	bool unified;
	_cleanup_close_ int dir = open_cgroup(m, &unified);

	if (dir < 0)
		return dir;
	close_files(f);
	if (!unified) {
		f->state = openat(dir, "freezer.state", O_RDONLY | O_CLOEXEC);
		return f->state < 0 ? -errno
				    : cgroup_write(dir, "freezer.state",
						   f->wanted ? "FROZEN" : "THAWED");
	}
	f->events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	return f->events < 0 ? -errno
			     : cgroup_write(dir, "cgroup.freeze", f->wanted ? "1" : "0");
}

/* Whether every process is as wanted. */
static bool is_done(const struct freezer *f)
{
	int fd = f->events >= 0 ? f->events : f->state;
	char text[256];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	if (f->events >= 0)
		return strstr(text, f->wanted ? "frozen 1" : "frozen 0");
	return !strncmp(text, f->wanted ? "FROZEN" : "THAWED", 6);
}

static void finish(struct monitor *m)
{
	struct freezer *f = &m->freezer;

	f->active = false;
	close_files(f);
	monitor_set_state(m, f->wanted ? STATE_FROZEN : STATE_THAWED);
	serve_result(m, f->wanted ? CLIENT_FREEZE : CLIENT_THAW, 0);
	if (!f->wanted)
		monitor_set_state(m, STATE_RUNNING);
}

/* Not all processes could be stopped: none is. */
static void give_up(struct monitor *m)
{
	struct freezer *f = &m->freezer;
	bool wanted = f->wanted;

	f->wanted = false;
	if (wanted)
		(void)write_wanted(m);
	f->active = false;
	close_files(f);
	serve_result(m, wanted ? CLIENT_FREEZE : CLIENT_THAW, -ETIMEDOUT);
	monitor_set_state(m, STATE_RUNNING);
}

int freezer_begin(struct monitor *m, bool freeze, int timeout)
{
	struct freezer *f = &m->freezer;

	if (f->active && f->wanted == freeze)
		return 0;
	if (f->active)
		serve_result(m, f->wanted ? CLIENT_FREEZE : CLIENT_THAW, -ECANCELED);
	else
		f->events = f->state = NO_FD;
	f->wanted = freeze;
	int r = write_wanted(m);
	if (r < 0) {
		f->active = false;
		close_files(f);
		return r;
	}
	f->active = true;
	f->end = deadline_in(timeout < 0 ? -1 : (int64_t)timeout * 1000);
	if (freeze)
		monitor_set_state(m, STATE_FREEZING);
	if (is_done(f))
		finish(m);
	return 0;
}

struct pollfd freezer_poll(const struct monitor *m, int *ret_timeout)
{
	const struct freezer *f = &m->freezer;

	*ret_timeout = -1;
	if (!f->active)
		return (struct pollfd){ .fd = -1 };
	int left = deadline_left(&f->end);
	bool look = f->state >= 0 && (left < 0 || left > LOOK_AGAIN_MS);

	*ret_timeout = look ? LOOK_AGAIN_MS : left;
	return (struct pollfd){ .fd = f->events, .events = POLLPRI };
}

void freezer_check(struct monitor *m)
{
	struct freezer *f = &m->freezer;

	if (!f->active)
		return;
	if (is_done(f))
		finish(m);
	else if (deadline_left(&f->end) == 0)
		give_up(m);
}

/*
 * A frozen process of version 1 does not even die of SIGKILL, and others may have frozen it
 * without telling us; in the unified hierarchy only another signal has to wait.
 */
void freezer_release(struct monitor *m)
{
	struct cgroups_place place;
	bool frozen = m->state == STATE_FROZEN || m->state == STATE_FREEZING;

	if (cgroups_find(&m->run, "freezer", true, &place) == 0 && !place.unified) {
		_cleanup_close_ int dir = cgroups_open(&place);

		(void)cgroup_write(dir, "freezer.state", "THAWED");
	}
	if (!frozen || cgroups_find(&m->run, "", true, &place) < 0)
		return;
	_cleanup_close_ int dir = cgroups_open(&place);
	(void)cgroup_write(dir, "cgroup.freeze", "0");
}

void freezer_end(struct monitor *m)
{
	struct freezer *f = &m->freezer;

	if (!f->active)
		return;
	f->active = false;
	close_files(f);
	serve_result(m, CLIENT_FREEZE, -ESRCH);
	serve_result(m, CLIENT_THAW, -ESRCH);
}
