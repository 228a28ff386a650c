/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the calling thread under a filter. */
#include "isolate/seccomp.h"

#include <linux/seccomp.h>

#include "util/syscall.h"

static int load(const struct sock_filter *filter, size_t n, unsigned int flags)
{
	struct sock_fprog program = {
		.len = n,
		.filter = (struct sock_filter *)filter,
	};

	if (!n || n > BPF_MAXINSNS)
		return -EINVAL;
	return SYS_RESULT(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

int seccomp_load(const struct sock_filter *filter, size_t n)
{
	return load(filter, n, 0);
}

int seccomp_load_listener(const struct sock_filter *filter, size_t n)
{
	return load(filter, n, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

bool seccomp_notifies(const struct sock_filter *filter, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (filter[i].code == (BPF_RET | BPF_K) &&
		    (filter[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	return false;
}
