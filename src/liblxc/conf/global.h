/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system configuration: lxc.conf(5). */
#ifndef CONF_GLOBAL_H
#define CONF_GLOBAL_H

/*
 * A value of the system configuration; see lxc_get_global_config_item().  The text belongs to
 * the thread.  NULL with errno EINVAL for an unknown key.
 */
const char *conf_global(const char *key);

#endif
