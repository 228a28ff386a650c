/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of seccomp policies. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isolate/seccomp-policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_seccomp_policy_ struct seccomp_policy policy = {};
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	_cleanup_free_ char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	int r = seccomp_policy_parse(text, "policy", &policy, &err);
	if (r > 0 || (r < 0) != (err != NULL) || (r < 0 && policy.n))
		abort();
	if (err)
		(void)error_message(err);
	return 0;
}
