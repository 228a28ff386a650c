/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hooks say, what they get, and those that the library runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/hook.h"

#define EXITED(code) ((code) << 8)

static const struct {
	const char *said;
	int status;
	const char *message; /* NULL: no failure */
} outputs[] = {
	{ "", EXITED(0), NULL },
	{ "all is well\n", EXITED(0), NULL },
	{ "", EXITED(1), "exit status 1" },
	{ "no newline", EXITED(2), "exit status 2: no newline" },
	{ "\n\none\n\n", EXITED(2), "exit status 2: one" },
	{ "1\n2\n3\n4\n5\n6\n", EXITED(3), "exit status 3: 3 / 4 / 5 / 6" },
	{ "a\tb\n\033[31mred\n", EXITED(3), "exit status 3: a\\x09b / \\x1b[31mred" },
	{ "gone\n", 9, "killed by signal 9: gone" },
};

static void test_output(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		struct hook_output o = { .key = "lxc.hook.mount" };
		const char *said = outputs[i].said;
		char expected[256];

		/* one byte at a time: lines do not come whole */
		for (; *said; said++)
			hook_output_take(&o, said, 1);
		int r = hook_result(&o, outputs[i].status, "/x y", &err);
		if (!outputs[i].message) {
			assert_int_equal(r, 0);
			assert_null(err);
			continue;
		}
		assert_int_equal(r, -EIO);
		assert_int_equal(err->code, LXC_ERROR_PROGRAM);
		(void)snprintf(expected, sizeof(expected),
			       "hook lxc.hook.mount = /x y: %s", outputs[i].message);
		assert_string_equal(error_message(err), expected);
	}
}

static void test_long_line(void **state)
{
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	struct hook_output o = { .key = "lxc.hook.mount" };
	char line[3 * HOOK_LINE_SIZE];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 10; i++)
		hook_output_take(&o, line, sizeof(line));
	assert_int_equal(hook_result(&o, EXITED(1), "x", &err), -EIO);
	/* each is cut */
	assert_in_range(strlen(error_message(err)), HOOK_LINES * (HOOK_LINE_SIZE - 1),
			HOOK_LINES * (HOOK_LINE_SIZE + 3) + 64);
}

static void test_hints(void **state)
{
	static const struct {
		int code;
		const char *hint;
	} hints[] = {
		{ 1, "in the log at level DEBUG" },
		{ 126, "cannot be executed" },
		{ 127, "was not found" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		struct hook_output o = { .key = "lxc.hook.stop" };

		assert_int_equal(hook_result(&o, EXITED(hints[i].code), "x", &err), -EIO);
		assert_non_null(strstr(err->text + err->hint, hints[i].hint));
		assert_non_null(strstr(err->text + err->hint, "lxc.hook.stop"));
	}
}

static void set(struct conf *c, const char *key, const char *value)
{
	struct lxc_error *err = NULL;

	if (conf_set(c, key, value, &err) < 0)
		fail_msg("%s", error_message(err));
}

static void test_what_they_get(void **state)
{
	_cleanup_(conf_freep) struct conf *c = conf_new();
	_cleanup_strv_ char **argv = NULL, **env = NULL, **argv1 = NULL, **env1 = NULL;
	struct hook_subject s = { c, "c1", "lxc", "mount", 4 };

	(void)state;
	set(c, "lxc.rootfs.path", "dir:/srv/c1");
	set(c, "lxc.rootfs.mount", "/mnt");
	assert_int_equal(hook_arguments(&s, &argv), 0);
	assert_int_equal(strv_size(argv), 3);
	assert_string_equal(argv[2], "mount");
	assert_int_equal(hook_environment(&s, &env), 0);
	assert_true(strv_has(env, "LXC_NAME=c1"));
	assert_true(strv_has(env, "LXC_ROOTFS_PATH=/srv/c1"));
	assert_true(strv_has(env, "LXC_ROOTFS_MOUNT=/mnt"));
	assert_true(strv_has(env, "LXC_LOG_LEVEL=WARN"));
	assert_true(strv_has(env, "LXC_HOOK_VERSION=0"));
	assert_false(strv_has(env, "LXC_HOOK_TYPE=mount"));
	set(c, "lxc.hook.version", "1");
	assert_int_equal(hook_arguments(&s, &argv1), 0);
	assert_int_equal(strv_size(argv1), 0);
	assert_int_equal(hook_environment(&s, &env1), 0);
	assert_true(strv_has(env1, "LXC_HOOK_TYPE=mount"));
	assert_true(strv_has(env1, "LXC_HOOK_SECTION=lxc"));
}

static void test_run(void **state)
{
	_cleanup_(conf_freep) struct conf *c = conf_new();
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	const char *name = "q$(exit 9)'; exit 9; '";

	(void)state;
	assert_int_equal(hook_run(c, name, HOOK_DESTROY, &err), 0);
	/* three arguments, whatever is in them */
	set(c, "lxc.hook.destroy", "sh -c 'test $# = 2 && test \"$1\" = lxc'");
	assert_int_equal(hook_run(c, name, HOOK_DESTROY, &err), 0);
	set(c, "lxc.hook.destroy", "sh -c 'test \"$LXC_NAME\" = \"$0\"'");
	assert_int_equal(hook_run(c, name, HOOK_DESTROY, &err), 0);
	set(c, "lxc.hook.destroy", "sh -c 'echo said; exit 7'");
	assert_int_equal(hook_run(c, name, HOOK_DESTROY, &err), -EIO);
	assert_non_null(strstr(error_message(err), ": exit status 7: said"));
	/* what comes from our caller's environment does not win */
	assert_int_equal(setenv("LXC_NAME", "wrong", 1), 0);
	set(c, "lxc.hook.destroy", "");
	set(c, "lxc.hook.destroy", "sh -c 'test \"$LXC_NAME\" = \"$0\"'");
	assert_int_equal(hook_run(c, "c1", HOOK_DESTROY, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output), cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_hints),  cmocka_unit_test(test_what_they_get),
		cmocka_unit_test(test_run),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
