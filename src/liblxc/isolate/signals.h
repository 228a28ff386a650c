/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals by name: signal(7). */
#ifndef ISOLATE_SIGNALS_H
#define ISOLATE_SIGNALS_H

/*
 * The number of a signal given as a number, as SIGNAME in any case, or as SIGRTMIN+N or
 * SIGRTMAX-N; 0 is "none".  -EINVAL.
 */
int signal_parse(const char *text);

#endif
