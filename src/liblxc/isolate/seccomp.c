/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policy file to program: from the cache, or compiled and put there. */
#include "isolate/seccomp.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>

#include "isolate/seccomp-build.h"
#include "isolate/seccomp-cache.h"
#include "util/file.h"
#include "util/log.h"

#define CACHE_DIR PATH_LOCALSTATE "/cache/lxc/seccomp"
#define POLICY_SIZE_MAX (1u << 20)

void seccomp_program_done(struct seccomp_program *p)
{
	free(p->filter);
	*p = (struct seccomp_program){};
}

static int read_policy(const char *path, char **ret, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = file_read(AT_FDCWD, path, &text, &size);

	if (r == 0 && size > POLICY_SIZE_MAX)
		r = -EFBIG;
	if (r < 0) {
		(void)error_set(err, r, "seccomp", "%s", path);
		if (r == -ENOENT)
			error_hint(err, "correct lxc.seccomp.profile: without its policy "
					"the container does not start");
		return r;
	}
	if (strlen(text) != size) {
		(void)error_set(err, -EINVAL, "seccomp", "%s", path);
		error_detail(err, "not a text file");
		return -EINVAL;
	}
	*ret = steal_ptr(text);
	return 0;
}

int seccomp_compile_cached(const char *cache_dir, const char *policy_file,
			   struct seccomp_program *ret, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	bool whole;
	int r = read_policy(policy_file, &text, err);

	if (r < 0)
		return r;
	if (cache_dir && seccomp_cache_get(cache_dir, text, &ret->filter, &ret->n) == 0)
		return 0;
	r = seccomp_build(text, policy_file, &ret->filter, &ret->n, &whole, err);
	if (r < 0 || !cache_dir || !whole)
		return r;
	r = seccomp_cache_put(cache_dir, text, ret->filter, ret->n);
	if (r < 0)
		log_debug("%s: not kept in %s: %s", policy_file, cache_dir, strerror(-r));
	return 0;
}

int seccomp_compile(const char *policy_file, struct seccomp_program *ret,
		    struct lxc_error **err)
{
	return seccomp_compile_cached(CACHE_DIR, policy_file, ret, err);
}

bool seccomp_is_confined(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}
