/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnosis.  A check is a row of one of the tables in doctor-*.c; it adds one finding or
 * more, and changes nothing.  Rows without much to them share the functions at the end.
 */
#ifndef CORE_DOCTOR_H
#define CORE_DOCTOR_H

#include <lxc/doctor.h>
#include <stdint.h>

#include "conf/conf.h"
#include "core/redact.h"

struct finding {
	enum lxc_finding_status status;
	const char *subject, *check; /* of the row */
	char *found, *remedy;
};

struct lxc_diagnosis {
	char *lxcpath;
	char **names; /* of the containers to look at */
	struct redact secrets;
	struct finding *list;
	size_t n;
	bool failed; /* without memory */
};

struct doctor_check {
	const char *subject, *name;
	void (*run)(struct lxc_diagnosis *d, const struct doctor_check *c);
	enum lxc_finding_status otherwise; /* what it is when not as it should be */
	const char *remedy;

	/* for the functions below */
	bool (*probe)(void);
	const char *file;
	uint64_t least;
};

/* Tables that end with a row without subject. */
extern const struct doctor_check doctor_kernel[], doctor_security[], doctor_cgroup[],
	doctor_ids[], doctor_network[], doctor_files[];

int doctor_run(const char *lxcpath, const char *name, struct lxc_diagnosis **ret,
	       struct lxc_error **err);
struct lxc_diagnosis *doctor_free(struct lxc_diagnosis *d);
DEFINE_FREE(struct lxc_diagnosis, doctor_free)

/* Findings: as it should be; not so (c->otherwise, c->remedy); or with what is known better. */
void doctor_ok(struct lxc_diagnosis *d, const struct doctor_check *c, const char *found,
	       ...) _printf_(3, 4);
void doctor_bad(struct lxc_diagnosis *d, const struct doctor_check *c, const char *found,
		...) _printf_(3, 4);
void doctor_add(struct lxc_diagnosis *d, const struct doctor_check *c,
		enum lxc_finding_status status, const char *remedy, const char *found,
		...) _printf_(5, 6);

/* run: the probe says yes; the file exists; the number in the file is not below least. */
void doctor_probe(struct lxc_diagnosis *d, const struct doctor_check *c);
void doctor_exists(struct lxc_diagnosis *d, const struct doctor_check *c);
void doctor_limit(struct lxc_diagnosis *d, const struct doctor_check *c);

/* The number in a file of one line; -errno. */
int doctor_number(const char *file, uint64_t *ret);

/* Path of a program in PATH or where administrators' programs lie; NULL when there is none. */
char *doctor_program(const char *name);

/* Name of the caller, or its number when it has none, in name, which is returned. */
const char *doctor_user(char *name, size_t size);

/* Every fault of a file, and every interface of it that the host lacks (doctor-container.c). */
void doctor_config(struct lxc_diagnosis *d, const struct doctor_check *c,
		   const char *file, const char *whose);
void doctor_container(struct lxc_diagnosis *d, const char *name);

#endif
