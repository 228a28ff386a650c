/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of a seccomp policy file as a list of rules.  The types and numbers of libseccomp
 * are used, but none of its functions.
 */
#ifndef ISOLATE_SECCOMP_POLICY_H
#define ISOLATE_SECCOMP_POLICY_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isolate/seccomp-build.h"
#include "util/error.h"

#define SECCOMP_NAME_MAX 48
#define SECCOMP_ARGS_MAX 6

struct seccomp_rule {
	unsigned int line;
	char name[SECCOMP_NAME_MAX]; /* of the call; version 1: empty */
	int number; /* of the call, version 1 */
	uint32_t action; /* SCMP_ACT_* */
	unsigned int n_args;
	struct scmp_arg_cmp args[SECCOMP_ARGS_MAX];
};

struct seccomp_policy {
	bool native_only; /* version 1: for this machine's own calls alone */
	uint32_t default_action;
	struct seccomp_rule *rules;
	size_t n, room;
	size_t n_tests; /* of arguments, in all rules */
	bool notifies; /* some rule asks for a listener */
	unsigned int line_sendmsg; /* the last that does not allow sendmsg, or 0 */
	bool allows_sendmsg;
};

void seccomp_policy_done(struct seccomp_policy *p);
#define _cleanup_seccomp_policy_ _cleanup_(seccomp_policy_done)

/* The rules of both; errors name path and line.  ret is an empty policy. */
int seccomp_policy_parse(const struct seccomp_source *source, struct seccomp_policy *ret,
			 struct lxc_error **err);

#endif
