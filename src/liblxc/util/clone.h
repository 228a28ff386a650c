/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clone3(2) with memory shared and a stack of its own: what a spawn costs does not depend
 * on how much memory the caller has touched.
 */
#ifndef UTIL_CLONE_H
#define UTIL_CLONE_H

#include <linux/sched.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Run function(argument), which must not return, in a child that has args->flags (with
 * CLONE_VM | CLONE_VFORK: the caller sleeps until the child executes a program or ends).
 * The child may only make system calls and touch memory that nobody else uses.  The child's
 * process id, or -errno.
 */
pid_t clone_on_stack(struct clone_args *args, void *stack, size_t stack_size,
		     void (*function)(void *), void *argument);

#endif
