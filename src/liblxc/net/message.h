/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building rtnetlink messages, and the list of those for the container. */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdint.h>

#include "net/compile.h"
#include "util/macro.h"

static inline void message_freep(struct nl_msg **m)
{
	int saved = errno;

	nlmsg_free(*m);
	errno = saved;
}
#define _cleanup_message_ _cleanup_(message_freep)

/* A message that begins with header; NULL without memory. */
struct nl_msg *message_new(uint16_t type, uint16_t flags, const void *header,
			   size_t size);

/* The offset of the four bytes that were added last. */
size_t message_last_u32(struct nl_msg *m);

/*
 * Append to the list: index_offset is relative to m, 0 for none; m may be NULL (no
 * memory).  0 or -ENOMEM.
 */
int message_append(struct net_message_list *list, struct nl_msg *m, size_t index_offset,
		   const char *name, const char *what, ...) _printf_(5, 6);

#endif
