/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: every change of state, and every end, of all containers below one or more paths.
 *
 *     struct lxc_events *e = lxc_events_open(NULL);
 *     struct lxc_event event = { .size = sizeof(event) };
 *
 *     while (e && lxc_events_next(e, &event, -1) > 0)
 *             printf("%s %s\n", event.name, event.state ? event.state : "ended");
 *     lxc_events_close(e);
 *
 * A handle belongs to one thread at a time.  A failure sets lxc_last_error().  Since 7.0.0.
 */
#ifndef LXC_EVENT_H
#define LXC_EVENT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lxc_events;

/* Grows only at the end; events of an unknown type are to be ignored. */
enum lxc_event_type {
	LXC_EVENT_STATE = 0, /* state is its name, value its number */
	LXC_EVENT_EXIT =
		2, /* the container's init has ended; value: its wait(2) status */
};

struct lxc_event {
	size_t size; /* set by the caller: sizeof(struct lxc_event) */
	enum lxc_event_type type;
	int value;
	const char *state; /* static; NULL unless type is LXC_EVENT_STATE */
	const char *lxcpath; /* as it was opened; belongs to the handle */
	char name[256]; /* of the container */
};

/*
 * Listen to the containers of each path (NULL-terminated; NULL: the default path alone).  What
 * happens from now on is reported.  NULL on failure; lxc_events_close() frees it.
 */
struct lxc_events *lxc_events_open(const char *const *lxcpaths);

/*
 * The next event, at most timeout milliseconds from now (-1: for ever): 1, 0 when there was
 * none, -1 on failure: also when the program that collects the events was told to end, or when
 * events were missed because they were not read for too long.
 */
int lxc_events_next(struct lxc_events *events, struct lxc_event *ret, int timeout);

/* NULL is fine. */
void lxc_events_close(struct lxc_events *events);

/*
 * Tell the program that collects the events of a path (lxc-monitord) to end: 0, also when there
 * is none, otherwise -1.
 */
int lxc_events_quit(const char *lxcpath);

#ifdef __cplusplus
}
#endif

#endif
