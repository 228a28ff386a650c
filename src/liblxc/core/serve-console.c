/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands about terminals and the console. */
#include <string.h>

#include "core/serve.h"

/* Number of the first tty that nobody holds, from 1; 0: none. */
static unsigned int free_tty(const struct monitor *m)
{
	for (size_t i = 0; i < m->n_ttys; i++)
		if (m->ttys[i].ptx >= 0 && !m->ttys[i].reserved)
			return i + 1;
	return 0;
}

/* Those who have hung up: their end may wait behind the request of who comes next. */
static void look_for_gone(struct monitor *m)
{
	for (size_t i = 0; i < MONITOR_CLIENTS_MAX; i++)
		if (m->clients[i].kind == CLIENT_TTY)
			serve_client(m, &m->clients[i]);
}

enum after serve_get_tty_fd(struct monitor *m, struct client *c)
{
	look_for_gone(m);
	int wanted = (int)(intptr_t)c->request.data, fd;
	unsigned int n = wanted < 0 ? free_tty(m) : (unsigned int)wanted;

	if (wanted == 0) {
		fd = relay_lend(m);
	} else if (n == 0 || n > m->n_ttys || m->ttys[n - 1].reserved) {
		fd = -EBUSY;
	} else {
		fd = m->ttys[n - 1].ptx;
	}
	if (fd < 0)
		return reply_value(c, fd == -ENOENT ? fd : -EBUSY, 0);
	if (n)
		m->ttys[n - 1].reserved = true;
	c->kind = CLIENT_TTY;
	c->tty = n;
	(void)reply_send(c, &(struct reply){ .value = n, .fds = &fd, .n_fds = 1 });
	return KEEP;
}

static enum after send_log(struct monitor *m, struct client *c, uint64_t max)
{
	struct reply reply = { .n_parts = 2 };

	if (!ring_take(&m->relay.ring, max, reply.parts))
		return reply_value(c, -ENODATA, 0);
	return reply_send(c, &reply);
}

enum after serve_console_log(struct monitor *m, struct client *c)
{
	struct command_console_log log;
	struct ring *ring = &m->relay.ring;
	enum after after;

	if (!request_struct(c, offsetof(struct command_console_log, write_log), &log,
			    sizeof(log)))
		return reply_value(c, -EINVAL, 0);
	if (!ring->data)
		return reply_value(c, -EFAULT, 0);
	/* the file has everything already */
	if (log.write_log && m->relay.log.fd < 0)
		return reply_value(c, -ENOENT, 0);
	after = log.read ? send_log(m, c, log.read_max) : reply_value(c, 0, 0);
	if (log.clear)
		ring_clear(ring);
	return after;
}
