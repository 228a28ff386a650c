/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building rtnetlink messages with libnl, without a socket. */
#include "net/message.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"

/* More than the longest message that is built here (a veth pair: below 300 bytes). */
#define MESSAGE_ROOM 1024

struct nl_msg *message_new(uint16_t type, uint16_t flags, const void *header, size_t size)
{
	_cleanup_message_ struct nl_msg *m = nlmsg_alloc_size(MESSAGE_ROOM);

	if (!m || !nlmsg_put(m, 0, 0, type, 0, flags) ||
	    nlmsg_append(m, (void *)header, size, NLMSG_ALIGNTO) < 0)
		return NULL;
	return steal_ptr(m);
}

size_t message_last_u32(struct nl_msg *m)
{
	return nlmsg_hdr(m)->nlmsg_len - sizeof(uint32_t);
}

static char *format_text(const char *format, va_list args)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_vprintf(&text, format, args);
	return buf_steal(&text);
}

int message_append(struct net_message_list *list, struct nl_msg *m, size_t index_offset,
		   const char *name, const char *what, ...)
{
	va_list args;

	if (!m)
		return -ENOMEM;
	size_t size = NLMSG_ALIGN(nlmsg_hdr(m)->nlmsg_len);
	char *data = realloc(list->data, list->size + size);

	if (!data)
		return -ENOMEM;
	list->data = data;
	struct net_step *steps =
		realloc(list->steps, (list->n_steps + 1) * sizeof(*steps));

	if (!steps)
		return -ENOMEM;
	list->steps = steps;
	struct net_step *s = &steps[list->n_steps];

	*s = (struct net_step){ .offset = list->size, .size = size };
	if (index_offset)
		s->index_offset = list->size + index_offset;
	memcpy(s->name, name, strnlen(name, sizeof(s->name) - 1));
	va_start(args, what);
	s->what = format_text(what, args);
	va_end(args);
	if (!s->what)
		return -ENOMEM;
	memcpy(data + list->size, nlmsg_hdr(m), size);
	list->size += size;
	list->n_steps++;
	return 0;
}

void net_message_done(struct net_message *m)
{
	free(m->data);
	*m = (struct net_message){ 0 };
}

void net_message_list_done(struct net_message_list *list)
{
	for (size_t i = 0; i < list->n_steps; i++)
		free(list->steps[i].what);
	free(list->steps);
	free(list->data);
	*list = (struct net_message_list){ 0 };
}
