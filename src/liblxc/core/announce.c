/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes of a container for those who listen to all containers of a path.  One of them reads
 * a named pipe, see events.h; where it does not exist, or nobody reads, nothing is said.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/monitor.h"

void announce(const struct monitor *m, const struct announcement *list, size_t n)
{
	const char *fifo = plan_text(&m->plan, m->plan.header->event_fifo);
	const char *name = plan_text(&m->plan, m->plan.header->name);
	struct stat st;

	if (!fifo || !name)
		return;
	_cleanup_close_ int fd =
		open(fifo, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return;
	for (size_t i = 0; i < n; i++) {
		struct state_message message = { .type = list[i].type,
						 .value = list[i].value };

		memcpy(message.name, name, MIN(strlen(name), sizeof(message.name) - 1));
		(void)!write(fd, &message, sizeof(message));
	}
}
