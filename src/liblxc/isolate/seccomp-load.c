/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the calling thread under a filter. */
#include "isolate/seccomp.h"

#include <linux/seccomp.h>

#include "util/syscall.h"

int seccomp_load(const struct sock_filter *filter, size_t n)
{
	struct sock_fprog program = {
		.len = n,
		.filter = (struct sock_filter *)filter,
	};

	if (!n || n > BPF_MAXINSNS)
		return -EINVAL;
	return SYS_RESULT(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}
