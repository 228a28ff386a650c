/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listening to all containers of a path, in the historical way.  Monitors write struct
 * state_message to a named pipe, <rundir>/lxc/<lxcpath>/monitor-fifo, when it is there; one
 * lxc-monitord per path reads it and passes everything on to those who are connected to its
 * abstract socket.  It is started when somebody wants to listen, and ends half a minute after
 * the last one has gone.  The historical programs understand ours, and the reverse.
 */
#ifndef CORE_LISTEN_H
#define CORE_LISTEN_H

#include "core/command.h"

/* A connection that delivers struct state_message, non-blocking; starts lxc-monitord if needed. */
int listen_open(const char *lxcpath, struct lxc_error **err);

/* Ask the path's lxc-monitord to end: 0, -ECONNREFUSED when there is none. */
int listen_quit(const char *lxcpath);

/*
 * lxc-monitord itself: serves until nobody has listened for a while, with stay until it is told
 * to quit.  A byte is written to ready_fd, unless negative, when it can be connected to.
 * -EAGAIN: another one serves the path.
 */
int listen_serve(const char *lxcpath, int ready_fd, bool stay, struct lxc_error **err);

#endif
