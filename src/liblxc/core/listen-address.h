/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where lxc-monitord is reached: between listen.c and listen-serve.c. */
#ifndef CORE_LISTEN_ADDRESS_H
#define CORE_LISTEN_ADDRESS_H

#include <sys/un.h>

/* The socket's address; the length, or -ENAMETOOLONG. */
int listen_address(const char *lxcpath, struct sockaddr_un *ret);

#endif
