/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration of the kernel, from where distributions put it, and its modules. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>

/* Read it from $CONFIG, or search it and say where it was; false when there is none. */
bool kernel_open(void);
void kernel_close(void);

/* Value of an option without CONFIG_: 'y', 'm', 'n', or the start of a text or number. */
char kernel_option(const char *option);

bool kernel_has_module(const char *module);

#endif
