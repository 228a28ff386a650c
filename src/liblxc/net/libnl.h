/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnl on demand.  Its functions have their own names here, each of which leads to the library
 * once that is loaded: whoever begins with network messages calls libnl_open() before.
 */
#ifndef NET_LIBNL_H
#define NET_LIBNL_H

#include "util/error.h"

/* 0, also when it is loaded already, or -ENOSYS. */
int libnl_open(struct lxc_error **err);

#endif
