/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handlers of the command socket, one per command.  The request is complete and comes from
 * root or our own user; its data is what somebody sent.
 *
 *   serve.c          connections, the table, what the container is
 *   serve-cgroup.c   cgroups: where they are, freezing, devices
 *   serve-console.c  terminals and the console's buffer
 *   notify.c         listeners of seccomp
 */
#ifndef CORE_SERVE_H
#define CORE_SERVE_H

#include "core/reply.h"

typedef enum after serve_handler(struct monitor *m, struct client *c);

serve_handler serve_get_cgroup;
serve_handler serve_get_limit_cgroup;
serve_handler serve_get_cgroup2_fd;
serve_handler serve_get_limit_cgroup2_fd;
serve_handler serve_get_cgroups;
serve_handler serve_get_cgroup_fd;
serve_handler serve_get_limit_cgroup_fd;
serve_handler serve_freeze;
serve_handler serve_thaw;
serve_handler serve_add_device_rule;
serve_handler serve_get_tty_fd;
serve_handler serve_console_log;
serve_handler serve_get_seccomp_notify_fd;
serve_handler serve_add_listener;

/* CLIENT_LISTENER: take the descriptor that comes, and answer. */
void serve_listener(struct monitor *m, struct client *c);

/* The data of a request, datalen bytes. */
static inline const void *request_data(const struct client *c)
{
	return c->bytes + sizeof(struct command_request);
}

/* A struct of that size, or one that another version made shorter or longer: zero-filled. */
bool request_struct(const struct client *c, size_t at_least, void *ret, size_t size);

/* Text with its NUL: "" when there is no data, NULL when it does not end. */
const char *request_text(const struct client *c);

#endif
