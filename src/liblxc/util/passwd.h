/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/passwd as it lies, without the name service switch: inside a container nothing of its
 * libraries may be loaded into a process of ours.
 */
#ifndef UTIL_PASSWD_H
#define UTIL_PASSWD_H

#include <stddef.h>
#include <sys/types.h>

/* The login shell of a user, as far as it can be executed; otherwise /bin/sh. */
void passwd_shell(uid_t uid, char *ret, size_t size);

#endif
