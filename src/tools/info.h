/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The items that lxc-info prints. */
#ifndef INFO_H
#define INFO_H

#include "tool.h"

struct info_style {
	bool json;
	bool bare; /* a single value, without label */
	bool bare_key; /* a single configuration value, likewise */
	bool raw; /* numbers as they are */
};

extern struct info_style info_style;

/* What follows is a JSON object or list; nothing in text. */
void info_begin(const char *key, char bracket);
void info_end(char bracket);

void info_text(const char *label, const char *key, const char *value);
/* text: what people read instead of the number, unless raw numbers are wanted */
void info_number(const char *label, const char *key, long long number, const char *text);

void info_ips(struct lxc_container *c);
void info_stats(struct lxc_container *c);
void info_key(struct lxc_container *c, const char *key);

/* The last failed start, if the last start failed. */
void info_failure(struct lxc_container *c);

/* The last lines of the log (0: all), never raw control characters.  False if there is none. */
bool info_log(struct lxc_container *c, size_t lines);

#endif
