/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of lxc-ls, and where their cells come from. */
#ifndef CELLS_H
#define CELLS_H

#include <lxc/lxc.h>

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_SIZE, CELL_BOOL, CELL_LIST };

struct column {
	const char *name;
	const char *key; /* in JSON */
	enum cell_kind kind;

	/* a text, several values separated by newlines, or NULL where there is nothing to say */
	char *(*read)(struct lxc_container *c);
};

/* The column of that name, n bytes long, in any case; or NULL. */
const struct column *cells_column(const char *name, size_t n);

/* A configuration value that the caller frees, or NULL when it is empty or unknown. */
char *cells_config(struct lxc_container *c, const char *key);

#endif
