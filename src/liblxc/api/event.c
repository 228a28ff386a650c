/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/event.h>: events of all containers of some paths. */
#include <lxc/event.h>
#include <string.h>

#include "api/handle.h"
#include "conf/global.h"
#include "core/listen.h"
#include "util/path.h"
#include "util/strv.h"

struct source {
	int fd;
	char *lxcpath;
	size_t size; /* bytes of a message so far */
	struct state_message message;
};

struct lxc_events {
	size_t n, next; /* sources; the one to look at first, so that none starves */
	struct source sources[];
};

#define SOURCES_MAX 64

/* The path as containers spell it, whose sockets are named after it. */
static char *spelled(const char *path)
{
	size_t n = path ? strlen(path) : 0;

	while (n > 1 && path[n - 1] == '/')
		n--;
	return n ? strndup(path, n) : NULL;
}

LXC_API void lxc_events_close(struct lxc_events *events)
{
	for (size_t i = 0; events && i < events->n; i++) {
		close_p(&events->sources[i].fd);
		free(events->sources[i].lxcpath);
	}
	free(events);
}

static int open_sources(struct lxc_events *e, const char *const *paths,
			struct lxc_error **err)
{
	for (; *paths; paths++) {
		char *path = spelled(*paths);
		int fd = path ? listen_open(path, err)
			      : error_set(err, -EINVAL, "monitor", "empty path");

		if (fd < 0) {
			free(path);
			return fd;
		}
		e->sources[e->n++] = (struct source){ .fd = fd, .lxcpath = path };
	}
	return 0;
}

LXC_API struct lxc_events *lxc_events_open(const char *const *lxcpaths)
{
	const char *own[2] = { lxcpaths ? NULL : conf_global("lxc.lxcpath"), NULL };
	const char *const *paths = lxcpaths ? lxcpaths : own;
	struct lxc_error *err = NULL;
	size_t n = 0;
	int r = 0;

	while (paths[n])
		n++;
	struct lxc_events *e = calloc(1, sizeof(*e) + n * sizeof(*e->sources));

	if (!e)
		r = error_set(&err, -ENOMEM, "monitor", "%zu paths", n);
	else if (n == 0 || n > SOURCES_MAX)
		r = error_set(&err, -EINVAL, "monitor", "%zu paths", n);
	if (r == 0)
		r = open_sources(e, paths, &err);
	if (r == 0)
		return e;
	lxc_events_close(e);
	(void)api_fail(&err, r);
	return NULL;
}

/* 1 when a message is complete, 0 when not, -errno. */
static int read_message(struct source *s)
{
	char *to = (char *)&s->message + s->size;
	ssize_t n = recv(s->fd, to, sizeof(s->message) - s->size, MSG_DONTWAIT);

	if (n <= 0)
		return n == 0 ? -ECONNRESET : errno == EAGAIN ? 0 : -errno;
	s->size += n;
	if (s->size < sizeof(s->message))
		return 0;
	s->size = 0;
	return 1;
}

static void deliver(const struct source *s, struct lxc_event *ret)
{
	const struct state_message *m = &s->message;
	bool is_state = m->type == EVENT_STATE && m->value >= 0 && m->value < STATE_COUNT;
	struct lxc_event event = {
		.size = ret->size,
		.type = (enum lxc_event_type)m->type,
		.value = m->value,
		.state = is_state ? state_names[m->value] : NULL,
		.lxcpath = s->lxcpath,
	};

	memcpy(event.name, m->name, sizeof(event.name) - 1);
	memcpy(ret, &event, MIN(ret->size, sizeof(event)));
}

/* A message from one of those that are ready. */
static int take(struct lxc_events *e, const struct pollfd *fds, struct lxc_event *ret,
		struct lxc_error **err)
{
	for (size_t k = 0; k < e->n; k++) {
		size_t i = (e->next + k) % e->n;
		struct source *s = &e->sources[i];
		int r = fds[i].revents ? read_message(s) : 0;

		if (r < 0) {
			error_set(err, r, "monitor", "%s", s->lxcpath);
			if (r == -ECONNRESET)
				error_detail(err, "its lxc-monitord has ended");
			return r;
		}
		if (r > 0) {
			deliver(s, ret);
			e->next = i + 1;
			return 1;
		}
	}
	return 0;
}

static int next_event(struct lxc_events *e, struct lxc_event *ret, int timeout,
		      struct lxc_error **err)
{
	struct deadline d = deadline_in(timeout);
	struct pollfd fds[SOURCES_MAX];

	if (!e || !ret || ret->size < offsetof(struct lxc_event, name))
		return error_set(err, -EINVAL, "monitor", "arguments");
	for (;;) {
		for (size_t i = 0; i < e->n; i++)
			fds[i] = (struct pollfd){ e->sources[i].fd, POLLIN, 0 };
		int r = wait_fds(fds, e->n, &d);

		if (r == -ETIMEDOUT)
			return 0;
		if (r < 0)
			return error_set(err, r, "monitor", "poll");
		r = take(e, fds, ret, err);
		if (r != 0)
			return r;
	}
}

LXC_API int lxc_events_next(struct lxc_events *events, struct lxc_event *ret, int timeout)
{
	struct lxc_error *err = NULL;
	int r = next_event(events, ret, timeout, &err);

	return r < 0 ? (api_fail(&err, r), -1) : r;
}

LXC_API int lxc_events_quit(const char *lxcpath)
{
	_cleanup_free_ char *path =
		spelled(lxcpath ? lxcpath : conf_global("lxc.lxcpath"));
	struct lxc_error *err = NULL;
	int r = path ? listen_quit(path) : -EINVAL;

	if (r == 0 || r == -ECONNREFUSED)
		return 0;
	(void)error_set(&err, r, "monitor", "%s", path ? path : "");
	(void)api_fail(&err, r);
	return -1;
}
