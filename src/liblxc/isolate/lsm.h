/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Linux security modules: what label the processes of a container get, and what policy has to be
 * loaded for it.  Everything goes through the files of the kernel.
 *
 * One driver per module, whose name is compared nowhere.  What is found out here, on the host,
 * ends in operations: a policy to load, a label to take.
 */
#ifndef ISOLATE_LSM_H
#define ISOLATE_LSM_H

#include "isolate/lsm-label.h"
#include "util/error.h"

/* What is asked of one module; everything is borrowed. */
struct lsm_request {
	const char *name, *lxcpath;
	const char *label; /* as configured; NULL: unset */
	bool allow_incomplete; /* although the kernel cannot confine mounts */
	bool allow_nesting;
	bool has_user_namespace;
	char *const *raw; /* lines for a generated profile; NULL: none */
};

/* What comes out. */
struct lsm_setup {
	char *label; /* to take; NULL: it stays as it is */
	char *warning; /* why something is passed over; NULL: nothing is */
	char *profile; /* that has to be loaded; NULL: none */
	char *space; /* a policy namespace to make, or NULL */
	void *program; /* the profile, compiled */
	size_t size;
	bool temporary; /* unload it when the container has ended */
};

void lsm_setup_done(struct lsm_setup *s);
#define _cleanup_lsm_setup_ _cleanup_(lsm_setup_done)

/* What a configured label means where the module is not there. */
enum lsm_need {
	LSM_NOT_NEEDED,
	LSM_IF_THERE, /* passed over with a warning */
	LSM_NEEDED, /* an error */
};

struct lsm {
	const char *name; /* "AppArmor" */
	const char *key; /* that configures it */
	const char *hint; /* what to do where it is not there */
	/* The kernel has it, and it has a policy. */
	bool (*is_enabled)(void);
	enum lsm_need (*need)(const char *label);
	/* On an enabled one: fill ret, which is zero. */
	int (*prepare)(const struct lsm_request *q, struct lsm_setup *ret,
		       struct lxc_error **err);
	/* Whether a label can be taken, as far as that can be said here.  NULL: unknown. */
	int (*check)(const char *label, struct lxc_error **err);
};

extern const struct lsm lsm_apparmor, lsm_selinux;

/* By number, enum lsm_module. */
const struct lsm *lsm_get(enum lsm_module module);

/* The module that labels processes here, or LSM_COUNT. */
enum lsm_module lsm_active(void);

/* What to do for a container.  0, or -errno and an error that names the key. */
int lsm_prepare(enum lsm_module module, const struct lsm_request *q,
		struct lsm_setup *ret, struct lxc_error **err);

/* Whether a process may be given the label: 0, or -errno and an error. */
int lsm_check(enum lsm_module module, const char *label, struct lxc_error **err);

/*
 * The label of process pid when it is another one than ours, otherwise NULL.  0 or -errno.
 */
int lsm_label_of(enum lsm_module module, pid_t pid, char **ret);

#endif
