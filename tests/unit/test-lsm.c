/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Security labels, and the text of generated profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "isolate/apparmor-profile.h"
#include "isolate/lsm.h"
#include "util/cache.h"
#include "util/file.h"
#include "util/strv.h"

/* --- labels --- */

static void test_same_label(void **state)
{
	static const struct {
		const char *got, *wanted;
		bool same;
	} cases[] = {
		{ "a", "a", true },
		{ "a", "b", false },
		{ "a", "ab", false },
		{ "a//&b", "b//&a", true },
		{ "a//&b", "a", false },
		{ "a", "a//&b", false },
		{ "a//&:n:unconfined", "a//&:n:", true },
		{ "a//&:n:", "a//&:n:unconfined", true },
		{ "a//&:n:other", "a//&:n:", false },
		{ "a//&:n:uncon", "a//&:n:", false },
		{ "unconfined", "a//&:n:", false },
		{ "", "a", false },
		{ "system_u:system_r:lxc_t:s0:c1,c2", "system_u:system_r:lxc_t:s0:c1,c2",
		  true },
		{ "system_u:system_r:lxc_t:s0:c1,c2", "system_u:system_r:lxc_t:s0",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (lsm_label_is(cases[i].got, cases[i].wanted) != cases[i].same)
			fail_msg("%s, %s", cases[i].got, cases[i].wanted);
}

/* A directory is no procfs, whatever lies in it: an enemy's /proc takes no label. */
static void test_only_procfs(void **state)
{
	char dir[] = "/tmp/test-lsm.XXXXXX", label[LSM_LABEL_MAX];
	_cleanup_buf_ struct buf path = {};

	(void)state;
	assert_non_null(mkdtemp(dir));
	_cleanup_close_ int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	buf_printf(&path, "%s/thread-self/attr/apparmor", dir);
	assert_int_equal(file_make_dirs(path.data, 0755), 0);
	buf_str(&path, "/exec");
	_cleanup_close_ int file =
		open(path.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(file >= 0);
	assert_int_equal(
		lsm_label_read(fd, "thread-self", LSM_APPARMOR, LSM_ON_EXEC, label),
		-ELOOP);
	assert_int_equal(lsm_label_write(fd, LSM_APPARMOR, LSM_ON_EXEC, "a"), -ELOOP);
	assert_int_equal(lsm_label_write(fd, LSM_APPARMOR, LSM_KEYRING, "a"),
			 -EOPNOTSUPP);
	/* another mount below it, as a bind mount of some file of procfs would be */
	_cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(
		lsm_label_read(root, "proc/thread-self", LSM_SELINUX, LSM_NOW, label),
		-EXDEV);
	assert_int_equal(file_remove_tree(AT_FDCWD, dir), 0);
}

static void test_long_label(void **state)
{
	char label[LSM_LABEL_MAX + 1];
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct lxc_error *err = NULL;

	(void)state;
	memset(label, 'a', LSM_LABEL_MAX);
	label[LSM_LABEL_MAX] = '\0';
	assert_int_equal(lsm_label_write(proc, LSM_SELINUX, LSM_ON_EXEC, label),
			 -ENAMETOOLONG);
	assert_int_equal(lsm_check(LSM_APPARMOR, label, &err), -ENAMETOOLONG);
	error_clear(&err);
}

/* --- names --- */

static void expect_names(const char *name, const char *lxcpath, const char *profile,
			 const char *space)
{
	_cleanup_free_ char *got = NULL, *got_space = NULL;

	assert_int_equal(apparmor_names(name, lxcpath, &got, &got_space), 0);
	assert_string_equal(got, profile);
	assert_string_equal(got_space, space);
}

static void test_names(void **state)
{
	char lxcpath[256] = "/";

	(void)state;
	expect_names("c1", "/var/lib/lxc", "lxc-c1_</var/lib/lxc>",
		     "lxc-c1_<-var-lib-lxc>");
	/* what would mean something in a profile never gets there */
	expect_names("c1", "/a\"b", "lxc-bebcb92c54f2a6ec", "lxc-bebcb92c54f2a6ec");
	expect_names("*", "/a", "lxc-a88872066addd30c", "lxc-a88872066addd30c");
	memset(lxcpath + 1, 'x', 240);
	expect_names("c1", lxcpath, "lxc-46cf908fd4003b17", "lxc-46cf908fd4003b17");
}

/* --- rules --- */

/* Whether the path, or one above it, is DIR/ALTERNATIVE; one is N, or P{,N}, which is P or PN. */
static bool is_alternative(const char *alternative, const char *path)
{
	char pattern[128];
	const char *choice = strstr(alternative, "{,");
	int flags = FNM_PATHNAME | FNM_LEADING_DIR;

	if (!choice)
		return fnmatch(alternative, path, flags) == 0;
	(void)snprintf(pattern, sizeof(pattern), "%.*s", (int)(choice - alternative),
		       alternative);
	if (fnmatch(pattern, path, flags) == 0)
		return true;
	(void)snprintf(pattern, sizeof(pattern), "%.*s%.*s", (int)(choice - alternative),
		       alternative, (int)strcspn(choice + 2, "}"), choice + 2);
	return fnmatch(pattern, path, flags) == 0;
}

/* Whether the path below /k/ is one of /k/{A,B{,C},D}{,/,/...}. */
static bool is_matched(const char *rule, const char *path)
{
	char alternative[64];
	size_t n = 0, depth = 0;

	assert_int_equal(strncmp(rule, "/k/{", 4), 0);
	for (const char *p = rule + 4;; p++) {
		bool ends = depth == 0 && (*p == ',' || *p == '}');

		assert_int_not_equal(*p, '\0');
		depth += *p == '{';
		depth -= *p == '}' && depth;
		if (!ends) {
			alternative[n++] = *p;
			assert_true(n < sizeof(alternative));
			continue;
		}
		alternative[n] = '\0';
		if (is_alternative(alternative, path))
			return true;
		n = 0;
		if (*p == '}')
			return false;
	}
}

static void test_outside(void **state)
{
	static const char *const names[] = { "hostname", "msg*", "shm*", NULL };
	static const struct {
		const char *path;
		bool outside;
	} cases[] = {
		{ "hostname", false }, { "msgmax", false },	{ "msg", false },
		{ "shmall", false },   { "core", true },	{ "h", true },
		{ "hostnam", true },   { "hostname2", true },	{ "ms", true },
		{ "hostn/x", true },   { "hostname/x", false }, { "z/y/x", true },
		{ "sh", true },	       { "shx/y", true },
	};
	_cleanup_buf_ struct buf lines = {};

	(void)state;
	apparmor_print_outside(&lines, "", "/k/", names, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (is_matched(lines.data, cases[i].path) != cases[i].outside)
			fail_msg("%s in\n%s", cases[i].path, lines.data);
}

static void test_version(void **state)
{
	(void)state;
	assert_true(apparmor_version_is_exact("AppArmor parser version 4.1.0~beta5\n"));
	assert_true(apparmor_version_is_exact("AppArmor parser version 3.1.7\n"));
	assert_true(apparmor_version_is_exact("AppArmor parser version 3.0.13\n"));
	assert_false(apparmor_version_is_exact("AppArmor parser version 3.0.8\n"));
	assert_false(apparmor_version_is_exact("AppArmor parser version 3.1.2\n"));
	assert_false(apparmor_version_is_exact("AppArmor parser version 2.13.6\n"));
	assert_false(apparmor_version_is_exact("something else"));
}

static char *print(struct apparmor_profile p)
{
	struct buf text = {};

	p.name = "lxc-c1_</l>";
	apparmor_profile_print(&p, &text);
	assert_int_equal(buf_status(&text), 0);
	return buf_steal(&text);
}

static void test_profile(void **state)
{
	char *raw[] = { (char *)"deny /secret r,", NULL };
	char *classes[] = { (char *)"userns", NULL };
	_cleanup_free_ char *plain = print((struct apparmor_profile){});
	_cleanup_free_ char *stacked = print((struct apparmor_profile){
		.space = "lxc-c1_<-l>", .raw = raw, .has_cgroup_namespace = true });
	_cleanup_free_ char *nested = print((struct apparmor_profile){
		.allow_nesting = true, .space = "lxc-c1_<-l>", .classes = classes });
	_cleanup_free_ char *exact =
		print((struct apparmor_profile){ .has_exact_parser = true });
	_cleanup_free_ char *user =
		print((struct apparmor_profile){ .has_user_namespace = true });

	(void)state;
	assert_ptr_equal(strstr(plain, "profile \"lxc-c1_</l>\" flags="), plain);
	assert_non_null(strstr(plain, "signal (send) peer=\"lxc-c1_</l>\","));
	assert_non_null(
		strstr(plain, "deny /{,**/}apparmor/.{load,replace,remove} wklx,"));
	assert_non_null(strstr(plain, "deny /sys/kernel/** wklx,"));
	assert_non_null(strstr(plain, "deny /proc/sys/fs/** wklx,"));
	assert_null(strstr(plain, "change_profile"));
	assert_null(strstr(plain, "\n  mount,"));
	assert_null(strstr(plain, "fstype=(cgroup,"));
	assert_null(strstr(plain, "pivot_root"));

	assert_null(strstr(plain, "remount,bind"));
	assert_non_null(strstr(
		exact, "options=(ro,remount,bind,nosuid,noexec,relatime) -> /{[^dps]*,"));

	assert_non_null(strstr(stacked, "change_profile -> \":lxc-c1_<-l>:*\","));
	assert_null(strstr(stacked, "apparmor/.{load"));
	assert_non_null(
		strstr(stacked, "fstype=(cgroup,cgroup2) -> /sys/fs/cgroup/{,**},"));
	assert_non_null(
		strstr(stacked, "\n  # lxc.apparmor.raw\n  deny /secret r,\n}\n"));

	assert_non_null(strstr(nested, "\n  mount,\n  pivot_root,\n"));
	assert_non_null(strstr(nested, "\n  userns,\n"));
	assert_non_null(strstr(nested, "deny /{,**/}sysrq-trigger rwklx,"));
	assert_null(strstr(nested, "deny /proc/sys/{[^"));
	assert_non_null(strstr(plain, "deny /proc/sys/{[^"));

	assert_non_null(strstr(user, "pivot_root,"));
	assert_null(strstr(user, "/proc/sys/fs/** "));
}

/* --- the cache --- */

static void test_cache(void **state)
{
	char dir[] = "/tmp/test-lsm.XXXXXX";
	_cleanup_buf_ struct buf cache = {}, entry = {};
	void *data = NULL;
	size_t size = 0;

	(void)state;
	if (geteuid())
		skip();
	assert_non_null(mkdtemp(dir));
	buf_printf(&cache, "%s/a/b", dir);
	assert_int_equal(cache_get(cache.data, "text", &data, &size), -ENOENT);
	assert_int_equal(cache_put(cache.data, "text", "\0data", 5), 0);
	assert_int_equal(cache_get(cache.data, "other", &data, &size), -ENOENT);
	assert_int_equal(cache_get(cache.data, "text", &data, &size), 0);
	assert_int_equal(size, 5);
	assert_memory_equal(data, "\0data", 5);
	free(data);

	/* where somebody else may have written nothing is believed */
	_cleanup_close_ int place = open(cache.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fchmodat(place, ".", 0777, 0), 0);
	assert_int_equal(cache_get(cache.data, "text", &data, &size), -EPERM);
	assert_int_equal(fchmodat(place, ".", 0755, 0), 0);

	/* FNV-1a of "text" is the name; a byte less, and it is none */
	buf_printf(&entry, "%s/fa04f4ef1995407e", cache.data);
	assert_int_equal(truncate(entry.data, 24), 0);
	assert_int_equal(cache_get(cache.data, "text", &data, &size), -EBADMSG);
	assert_int_equal(file_remove_tree(AT_FDCWD, dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_label), cmocka_unit_test(test_only_procfs),
		cmocka_unit_test(test_long_label), cmocka_unit_test(test_names),
		cmocka_unit_test(test_outside),	   cmocka_unit_test(test_profile),
		cmocka_unit_test(test_cache),	   cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
