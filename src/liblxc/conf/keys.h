/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of keys, and what file.c needs of those that walk it. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include "conf/types.h"

extern const struct conf_key conf_keys[];
extern const size_t conf_n_keys;

/* The row that a key belongs to, and what is behind its name: 0 or -ENOENT. */
int conf_find(const char *key, struct conf_item *ret_item);

/*
 * Set one item without recording it.  The reader is the file that says so, or NULL.
 */
int conf_assign(struct conf *c, const char *key, const char *value,
		struct conf_reader *reader, struct lxc_error **err);

/* suggest.c: the error for a key that does not exist, with the one to use as hint. */
int conf_unknown_key(const char *key, struct lxc_error **err);

#endif
