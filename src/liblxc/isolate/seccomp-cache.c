/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiled filters by the text of their policy, in front of which stand the compiler and the
 * machine: another one would make another program.
 */
#include "isolate/seccomp-cache.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>

#include "util/buf.h"
#include "util/cache.h"

/* To be raised when the compiler makes another program from the same text. */
#define VERSION 1

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#else
#define ARCH 0 /* no cache: /var may be shared */
#endif

static void make_key(const char *text, struct buf *ret)
{
	buf_printf(ret, "seccomp %d %#x\n%s", VERSION, ARCH, text);
}

int seccomp_cache_get(const char *dir, const char *text, struct sock_filter **ret,
		      size_t *ret_n)
{
	_cleanup_free_ void *data = NULL;
	_cleanup_buf_ struct buf key = {};
	size_t size = 0;

	if (!ARCH)
		return -ENOENT;
	make_key(text, &key);
	int r = key.failed ? -ENOMEM : cache_get(dir, key.data, &data, &size);
	if (r < 0)
		return r;
	if (!size || size % sizeof(struct sock_filter) ||
	    size / sizeof(struct sock_filter) > BPF_MAXINSNS)
		return -EBADMSG;
	*ret = steal_ptr(data);
	*ret_n = size / sizeof(struct sock_filter);
	return 0;
}

int seccomp_cache_put(const char *dir, const char *text, const struct sock_filter *filter,
		      size_t n)
{
	_cleanup_buf_ struct buf key = {};

	if (!ARCH)
		return -EPERM;
	make_key(text, &key);
	return key.failed ? -ENOMEM
			  : cache_put(dir, key.data, filter, n * sizeof(*filter));
}
