/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Labels of processes, as the security modules show and take them below /proc.  What the monitor
 * program needs of them, which is little: no parser, no heap.
 *
 * proc is a descriptor of a procfs that nobody else can have mounted anything on: one of our own
 * that is attached nowhere, or the host's before a container's mount namespace is joined.
 */
#ifndef ISOLATE_LSM_LABEL_H
#define ISOLATE_LSM_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers of the plan. */
enum lsm_module { LSM_APPARMOR, LSM_SELINUX, LSM_COUNT };

enum lsm_moment {
	LSM_ON_EXEC, /* the label waits for the next program, also one of a child */
	LSM_NOW, /* for what executes no program */
	LSM_KEYRING, /* of the keys that are made from now on */
	LSM_MOMENTS,
};

/* A label and its NUL. */
#define LSM_LABEL_MAX 1024

/*
 * The label of a process ("thread-self" or a number), without the mode that AppArmor adds.  Not
 * set: "".  0 or -errno.
 */
int lsm_label_read(int proc, const char *process, enum lsm_module module,
		   enum lsm_moment moment, char ret[LSM_LABEL_MAX]);

/*
 * Give the calling thread a label, and see that it is there: -EBADMSG when another one is.
 * -ENOENT, with AppArmor, for a profile that is not loaded.
 */
int lsm_label_write(int proc, enum lsm_module module, enum lsm_moment moment,
		    const char *label);

/*
 * Whether the kernel, asked afterwards, means by got what we mean by wanted: profiles of a stack
 * come in any order, and a namespace that names no profile has the unconfined one.
 */
bool lsm_label_is(const char *got, const char *wanted);

#endif
