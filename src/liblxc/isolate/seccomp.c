/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policy file to program: from the cache, or compiled and put there. */
#include "isolate/seccomp.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>

#include "isolate/seccomp-build.h"
#include "isolate/seccomp-cache.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/log.h"

#define CACHE_DIR PATH_LOCALSTATE "/cache/lxc/seccomp"
#define POLICY_SIZE_MAX (1u << 20)
#define POLICY_EMPTY "2\ndenylist\n"

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

static int compile(const char *cache_dir, const struct seccomp_source *source,
		   const char *key, struct seccomp_program *ret, struct lxc_error **err)
{
	bool whole;

	if (cache_dir && seccomp_cache_get(cache_dir, key, &ret->filter, &ret->n) == 0)
		return 0;
	int r = seccomp_build(source, &ret->filter, &ret->n, &whole, err);
	if (r < 0 || !cache_dir || !whole)
		return r;
	r = seccomp_cache_put(cache_dir, key, ret->filter, ret->n);
	if (r < 0)
		log_debug("%s: not kept in %s: %s", source->path, cache_dir,
			  strerror(-r));
	return 0;
}

int seccomp_compile_cached(const char *cache_dir, const char *policy_file,
			   struct seccomp_program *ret, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	int r = read_policy(policy_file, &text, err);

	if (r < 0)
		return r;
	struct seccomp_source source = { .path = policy_file, .text = text };

	return compile(cache_dir, &source, text, ret, err);
}

int seccomp_compile_rules(const char *cache_dir, const char *policy_file,
			  const char *rules, struct seccomp_program *ret,
			  struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf key = {};

	int r = policy_file ? read_policy(policy_file, &text, err) : 0;
	if (r < 0)
		return r;
	struct seccomp_source source = {
		.path = policy_file ? policy_file : "lxc.seccomp.intercept",
		.text = policy_file ? text : POLICY_EMPTY,
		.rules = rules,
	};

	/* no policy file can have such a section */
	buf_printf(&key, "%s\n[intercept]\n%s", source.text, rules);
	if (buf_status(&key) < 0)
		return error_set(err, -ENOMEM, "seccomp", "%s", source.path);
	return compile(cache_dir, &source, key.data, ret, err);
}

int seccomp_compile(const char *policy_file, const char *rules,
		    struct seccomp_program *ret, struct lxc_error **err)
{
	return rules ? seccomp_compile_rules(CACHE_DIR, policy_file, rules, ret, err)
		     : seccomp_compile_cached(CACHE_DIR, policy_file, ret, err);
}

bool seccomp_is_confined(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}
