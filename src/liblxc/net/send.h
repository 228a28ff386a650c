/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending ready-made rtnetlink messages and reading what the kernel says about them.  For
 * the monitor: no heap, no stdio, no library but libc.  A request to rtnetlink is done
 * when sendto(2) returns, so nothing here waits.
 */
#ifndef NET_SEND_H
#define NET_SEND_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What the kernel said about the first message that it refused. */
struct net_reply {
	unsigned int failed; /* its number, from 0 */
	char text[120]; /* the kernel's own words, or "" */
};

/* A socket in the network namespace of the caller, for all functions below, or -errno. */
int net_open(void);

/*
 * Send messages, which lie back to back, in one system call.  Their sequence numbers and
 * flags for the answer are set here.  The kernel goes on after one that it refuses; the
 * result is the first one's -errno, and then *ret_reply is set (may be NULL).
 */
int net_send(int sock, void *messages, size_t size, struct net_reply *ret_reply);

/* Index of an interface in the namespace of the socket, or -errno (-ENODEV). */
int net_index(int sock, const char *name);

/*
 * Delete an interface of the host.  That it does not exist (any more) is fine.  Takes 10
 * to 50 ms, for RCU: nothing to let anybody wait for.
 */
int net_delete(int sock, const char *name);

/* Fill a hole in a message. */
static inline void net_patch_u32(void *messages, size_t offset, uint32_t value)
{
	memcpy((char *)messages + offset, &value, sizeof(value));
}

#endif
