/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as texts, and which names containers may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/path.h"

#define _cleanup_error_ _cleanup_(error_freep)

static const char *const simplified[][2] = {
	{ "", "" },
	{ "/", "/" },
	{ "//", "/" },
	{ "/.", "/" },
	{ "/./", "/" },
	{ "/a", "/a" },
	{ "/a/", "/a" },
	{ "//a///b//", "/a/b" },
	{ "/a/./b/.", "/a/b" },
	{ "a/b", "a/b" },
	{ "./a", "a" },
	{ "a/./b/", "a/b" },
	{ "/a/../b", "/a/../b" },
	{ "../a", "../a" },
	{ "/..", "/.." },
	{ "/.a/..b/c.", "/.a/..b/c." },
	{ "/...", "/..." },
};

static void test_simplify(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(simplified); i++) {
		_cleanup_free_ char *path = path_simplify(simplified[i][0]);

		assert_string_equal(path, simplified[i][1]);
	}
}

static const char *const joined[][3] = {
	{ "a", "b", "a/b" },	 { "a/", "b", "a/b" },	  { "a", "/b", "a/b" },
	{ "a//", "//b", "a/b" }, { "/", "b", "/b" },	  { "/", "/b", "/b" },
	{ "", "b", "b" },	 { "/a", "b/", "/a/b/" },
};

static void test_join(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(joined); i++) {
		_cleanup_free_ char *path = path_join(joined[i][0], joined[i][1]);

		assert_string_equal(path, joined[i][2]);
	}
}

static void test_dotdot(void **state)
{
	static const char *const with[] = { "..",    "../",    "a/..", "a/../b",
					    "/../a", "//..//", "a//.." };
	static const char *const without[] = {
		"", "/", "a", "...", "..a", "a..", "a/..b"
	};

	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		assert_true(path_has_dotdot(with[i]));
	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		assert_false(path_has_dotdot(without[i]));
}

static void test_runtime(void **state)
{
	static const char *const unusable[] = { "relative", "/no/such/directory", "" };
	const char *home = geteuid() ? "/home/of/.cache/lxc/run" : PATH_RUNSTATE;

	assert_int_equal(setenv("HOME", "/home/of", 1), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", "/tmp", 1), 0);
	assert_string_equal(path_runtime(), geteuid() ? "/tmp" : PATH_RUNSTATE);
	for (size_t i = 0; i < ARRAY_SIZE(unusable); i++) {
		assert_int_equal(setenv("XDG_RUNTIME_DIR", unusable[i], 1), 0);
		assert_string_equal(path_runtime(), home);
	}
	assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
	assert_string_equal(path_runtime(), home);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_string_equal(path_runtime(), PATH_RUNSTATE);
}

/* --- names --- */

#define X16 "xxxxxxxxxxxxxxxx"
#define X63 X16 X16 X16 "xxxxxxxxxxxxxxx"
#define X255 X63 X63 X63 X63 "xxx"

static const char *const good[] = {
	"a", "Z", "0", "c1", "web-1.example_com", "1..2", "a-", "a.", X63,
};

static void test_good_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(path_check_name(good[i], &err), 0);
		assert_int_equal(path_check_old_name(good[i], &err), 0);
		assert_null(err);
	}
}

#define FIRST "begins with neither a letter nor a digit"
#define LETTER "holds a character that a name cannot have"

static const struct {
	const char *name;
	int r;
	const char *message;
} bad[] = {
	{ "", -EINVAL, "name '': a name cannot be empty" },
	{ ".", -EINVAL, "name '.': " FIRST },
	{ "..", -EINVAL, "name '..': " FIRST },
	{ "-rf", -EINVAL, "name '-rf': " FIRST },
	{ "_a", -EINVAL, "name '_a': " FIRST },
	{ ".hidden", -EINVAL, "name '.hidden': " FIRST },
	{ "a b", -EINVAL, "name 'a b': " LETTER },
	{ " a", -EINVAL, "name ' a': " LETTER },
	{ "a/b", -EINVAL, "name 'a/b': " LETTER },
	{ "../etc", -EINVAL, "name '../etc': " FIRST },
	{ "/etc", -EINVAL, "name '/etc': " LETTER },
	{ "a\n", -EINVAL, "name 'a\\x0a': " LETTER },
	{ "a\033[31m", -EINVAL, "name 'a\\x1b[31m': " LETTER },
	{ "ä", -EINVAL, "name 'ä': " LETTER },
	{ "a\xff", -EINVAL, "name 'a\\xff': " LETTER },
	{ "a%s", -EINVAL, "name 'a%s': " LETTER },
	{ "a:b", -EINVAL, "name 'a:b': " LETTER },
	{ X63 "y", -ENAMETOOLONG, "name '" X63 "…': longer than 63 characters" },
	{ X255 X255, -ENAMETOOLONG, "name '" X63 "…': longer than 63 characters" },
};

#define HINT \
	"use up to 63 letters, digits, '-', '_' and '.', beginning with a letter or digit"

static void test_bad_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(path_check_name(bad[i].name, &err), bad[i].r);
		assert_string_equal(error_message(err), bad[i].message);
		assert_string_equal(err->text + err->hint, HINT);
		assert_int_equal(err->code, LXC_ERROR_INVALID);
		assert_int_equal(path_check_name(bad[i].name, NULL), bad[i].r);
	}
}

static const char *const good_old[] = {
	".hidden", "a b", "-rf", "_a", "ä", "a\xff", "a%s:b", "...", X63 "y", X255,
};

static void test_good_old_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_old); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(path_check_old_name(good_old[i], &err), 0);
		assert_null(err);
	}
}

static const struct {
	const char *name;
	int r;
	const char *message;
} bad_old[] = {
	{ "", -EINVAL, "name '': a name cannot be empty" },
	{ ".", -EINVAL, "name '.': not a name but a path" },
	{ "..", -EINVAL, "name '..': not a name but a path" },
	{ "/", -EINVAL, "name '/': not a name but a path" },
	{ "a/b", -EINVAL, "name 'a/b': not a name but a path" },
	{ "../a", -EINVAL, "name '../a': not a name but a path" },
	{ "a\n", -EINVAL, "name 'a\\x0a': holds a control character" },
	{ "\177", -EINVAL, "name '\\x7f': holds a control character" },
	{ X255 "y", -ENAMETOOLONG, "name '" X63 "…': longer than 255 bytes" },
};

static void test_bad_old_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_old); i++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		assert_int_equal(path_check_old_name(bad_old[i].name, &err),
				 bad_old[i].r);
		assert_string_equal(error_message(err), bad_old[i].message);
		assert_int_equal(path_check_old_name(bad_old[i].name, NULL),
				 bad_old[i].r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simplify),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_dotdot),
		cmocka_unit_test(test_runtime),
		cmocka_unit_test(test_good_names),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_good_old_names),
		cmocka_unit_test(test_bad_old_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
