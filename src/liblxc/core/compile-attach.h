/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan of an attach. */
#ifndef CORE_COMPILE_ATTACH_H
#define CORE_COMPILE_ATTACH_H

#include "core/attach.h"

/* The running container, as its monitor describes it. */
struct attach_target {
	struct plan plan; /* the one that it was started with */
	unsigned int suffix;
	int namespaces; /* to join */
	int init; /* pidfd */
};

int compile_attach(const struct attach_request *q, const struct attach_target *t,
		   struct plan_record *ret, struct lxc_error **err);

#endif
