/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a root file system tells about the system in it. */
#ifndef CORE_GUEST_H
#define CORE_GUEST_H

/*
 * The version of systemd that init is, a path in the root file system: 0 when it is none, or a
 * version that cannot be told.  Nothing outside of root is looked at.
 */
unsigned int guest_systemd(const char *root, const char *init);

#endif
