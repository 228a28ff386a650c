/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities: names, and what a process has left after caps_drop(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "isolate/caps.h"
#include "util/file.h"
#include "util/syscall.h"

#define BIT(n) (UINT64_C(1) << (n))

/* --- names --- */

static const struct {
	const char *names[4];
	uint64_t mask;
} good[] = {
	{ { NULL }, 0 },
	{ { "chown" }, BIT(0) },
	{ { "sys_admin", "mknod" }, BIT(21) | BIT(27) },
	{ { "SYS_Admin", "sys_admin" }, BIT(21) },
	{ { "21", "0" }, BIT(21) | BIT(0) },
	{ { "checkpoint_restore" }, BIT(40) },
	{ { "40" }, BIT(40) },
};

static void test_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct lxc_error *err = NULL;
		uint64_t mask = 99;

		assert_int_equal(caps_parse((char *const *)good[i].names, &mask, &err),
				 0);
		assert_null(err);
		assert_true(mask == good[i].mask);
	}
	uint64_t mask = 99;
	assert_int_equal(caps_parse(NULL, &mask, NULL), 0);
	assert_true(mask == 0);
}

static const struct {
	const char *name;
	const char *message;
	const char *hint;
} bad[] = {
	{ "sys_admn", "capability sys_admn: no such capability",
	  "did you mean sys_admin?" },
	{ "cap_sys_admin", "capability cap_sys_admin: no such capability",
	  "did you mean sys_admin?" },
	{ "CAP_CHOWN", "capability CAP_CHOWN: no such capability",
	  "did you mean chown?" },
	{ "everything", "capability everything: no such capability",
	  "capabilities(7) lists the names; leave out the cap_ prefix" },
	{ "", "capability: no such capability",
	  "capabilities(7) lists the names; leave out the cap_ prefix" },
	{ "-1", "capability -1: no such capability", NULL },
	{ "0x15", "capability 0x15: no such capability", NULL },
	{ "63", "capability 63: this kernel does not have it", NULL },
	{ "99999999999999999999999",
	  "capability 99999999999999999999999: this kernel does not have it", NULL },
	{ "a\033[31m", "capability a\\x1b[31m: no such capability", NULL },
};

static void test_bad_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(error_freep) struct lxc_error *err = NULL;
		const char *names[] = { "chown", bad[i].name, NULL };
		uint64_t mask = 99;

		assert_int_equal(caps_parse((char *const *)names, &mask, &err), -EINVAL);
		assert_string_equal(error_message(err), bad[i].message);
		if (bad[i].hint)
			assert_string_equal(err->text + err->hint, bad[i].hint);
		else
			assert_int_not_equal(err->hint, 0);
		assert_true(mask == 99);
	}
}

static void test_long_name(void **state)
{
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	char name[100001];
	char *names[] = { name, NULL };
	uint64_t mask;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(caps_parse(names, &mask, &err), -EINVAL);
	assert_int_equal(caps_parse(names, &mask, NULL), -EINVAL);
}

/* All that this kernel has. */
static uint64_t caps_all(void)
{
	return BIT(caps_last()) | (BIT(caps_last()) - 1);
}

static void test_last(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(
		file_read(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", &text, NULL), 0);
	char expected[16];
	(void)snprintf(expected, sizeof(expected), "%u\n", caps_last());
	assert_string_equal(text, expected);
}

/* --- dropping --- */

/* A field of our own status, such as "CapInh:". */
static uint64_t field(const char *name)
{
	_cleanup_free_ char *text = NULL;

	if (file_read(AT_FDCWD, "/proc/self/status", &text, NULL) < 0)
		return UINT64_MAX;
	const char *line = strstr(text, name);
	return line ? strtoull(line + strlen(name), NULL, 16) : UINT64_MAX;
}

/* Something for caps_drop() to clear: NET_BIND_SERVICE and NET_RAW in every set. */
static bool fill_inheritable(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[2];

	if (syscall(SYS_capget, &header, sets) < 0)
		return false;
	sets[0].inheritable = BIT(10) | BIT(13);
	if (syscall(SYS_capset, &header, sets) < 0)
		return false;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 10, 0, 0) == 0 &&
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 13, 0, 0) == 0 &&
	       field("CapAmb:") == (BIT(10) | BIT(13));
}

/* In a child: the number of the first condition that does not hold. */
static int drop_and_look(uint64_t keep)
{
	uint64_t bounding = 0, before = field("CapBnd:"), had = field("CapPrm:");

	if (!fill_inheritable())
		return 1;
	if (caps_drop(keep, 0) < 0)
		return 2;
	if (caps_bounding_of(0, &bounding) < 0 || bounding != (before & keep))
		return 3;
	if (field("CapPrm:") != (had & keep) || field("CapEff:") != (had & keep))
		return 4;
	if (field("CapInh:") != 0)
		return 5;
	if (field("CapAmb:") != 0)
		return 6;
	/* Once more with the same, without the right to drop from the bounding set. */
	if (caps_drop(keep, 0) < 0)
		return 7;
	if (!(keep & BIT(8)) && (bounding & BIT(0)) &&
	    caps_drop(keep & ~BIT(0), 0) != -EPERM)
		return 8;
	return 0;
}

static int in_child(int (*function)(uint64_t), uint64_t argument)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(function(argument));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_drop(void **state)
{
	const uint64_t keeps[] = {
		0,	 caps_all(), caps_all() & ~BIT(21), BIT(0) | BIT(10),
		BIT(40), UINT64_MAX, caps_all() & ~BIT(8),
	};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(keeps); i++)
		assert_int_equal(in_child(drop_and_look, keeps[i]), 0);
}

/* Without rights: nothing to be taken from the bounding set, so nothing may be. */
static int drop_without_rights(uint64_t keep)
{
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 1;
	if (caps_drop(UINT64_MAX, 0) != 0)
		return 2;
	return caps_drop(keep, 0) == -EPERM ? 0 : 3;
}

static void test_drop_without_rights(void **state)
{
	assert_int_equal(in_child(drop_without_rights, 0), 0);
}

static void test_bounding_of(void **state)
{
	uint64_t self = 0, again = 1;

	assert_int_equal(caps_bounding_of(0, &self), 0);
	assert_int_equal(caps_bounding_of(getpid(), &again), 0);
	assert_true(self == again);
	assert_true(self == field("CapBnd:"));
	assert_int_equal(caps_bounding_of(0x7ffffffe, &self), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_drop_without_rights),
		cmocka_unit_test(test_bounding_of),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
