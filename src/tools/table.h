/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms in which lxc-ls prints containers. */
#ifndef TABLE_H
#define TABLE_H

#include <lxc/lxc.h>

/* Choose the columns by a comma list of their names; -1 after a message when one is unknown. */
int table_columns(const char *names);

void table_print(struct lxc_container **all, size_t n);
void table_json(struct lxc_container **all, size_t n);

/* Only the names: one a line, or side by side over the width of the terminal. */
void table_lines(char **names, size_t n);
void table_names(char **names, size_t n);

#endif
