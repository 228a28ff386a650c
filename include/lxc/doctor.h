/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnosis: what this machine has and lacks for containers, and what is wrong with those
 * that there are.  Nothing is changed by looking.
 *
 *     struct lxc_diagnosis *d = lxc_diagnosis_new(NULL, NULL);
 *
 *     for (size_t i = 0; i < lxc_diagnosis_size(d); i++)
 *             if (lxc_diagnosis_status(d, i) == LXC_FINDING_PROBLEM)
 *                     printf("%s: %s\n", lxc_diagnosis_found(d, i), lxc_diagnosis_remedy(d, i));
 *     lxc_diagnosis_free(d);
 *
 * A finding is a check of a subject with its result.  All texts are one line, belong to the
 * diagnosis, and may contain names from outside: see to them before they reach a terminal.
 * For an index that does not exist they are NULL.
 *
 * A diagnosis belongs to one thread at a time.  A failure sets lxc_last_error().  Since 7.0.0.
 */
#ifndef LXC_DOCTOR_H
#define LXC_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lxc_diagnosis;

/* Grows only at the end. */
enum lxc_finding_status {
	LXC_FINDING_OK = 0,
	LXC_FINDING_WARNING =
		1, /* works, but something will be missed, or be in the way */
	LXC_FINDING_PROBLEM =
		2, /* containers cannot be made or started, or this one cannot */
};

/*
 * Examine the machine and all containers below lxcpath (NULL: the default), or, when name is
 * not NULL, that container alone.  Whoever may not see something gets a finding that says so.
 * NULL on failure: no such container, no memory.
 */
struct lxc_diagnosis *lxc_diagnosis_new(const char *lxcpath, const char *name);

void lxc_diagnosis_free(struct lxc_diagnosis *diagnosis);

/* Number of findings. */
size_t lxc_diagnosis_size(const struct lxc_diagnosis *diagnosis);

/* The worst status of all findings. */
enum lxc_finding_status lxc_diagnosis_worst(const struct lxc_diagnosis *diagnosis);

/* Of one finding; LXC_FINDING_OK when there is no such finding. */
enum lxc_finding_status lxc_diagnosis_status(const struct lxc_diagnosis *diagnosis,
					     size_t index);

/* "kernel", "security", "cgroup", "ids", "network", "files", "container". */
const char *lxc_diagnosis_subject(const struct lxc_diagnosis *diagnosis, size_t index);

/* What was checked: "forwarding". */
const char *lxc_diagnosis_check(const struct lxc_diagnosis *diagnosis, size_t index);

/* What was found: "net.ipv4.ip_forward is 0". */
const char *lxc_diagnosis_found(const struct lxc_diagnosis *diagnosis, size_t index);

/* What to do about it; NULL when the status is LXC_FINDING_OK. */
const char *lxc_diagnosis_remedy(const struct lxc_diagnosis *diagnosis, size_t index);

/* "ok", "warning", "problem".  Static. */
const char *lxc_finding_status_name(enum lxc_finding_status status);

/*
 * All of it as one JSON object:
 *   {"version":"7.0.0","redacted":true,"status":"warning","findings":[{"subject":"network",
 *    "check":"forwarding","status":"warning","found":"…","remedy":"…"}]}
 * redacted: names of this host, of users and of containers become "[container 1]" and the
 * like, IP and MAC addresses "[address]".  The caller frees the text.
 */
char *lxc_diagnosis_json(const struct lxc_diagnosis *diagnosis, bool redacted);

#ifdef __cplusplus
}
#endif

#endif
