/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/error.h>: the last error of each thread, and its JSON form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"

/* An error with everything that one can have becomes this thread's last. */
static void fail_fully(const char *name)
{
	struct lxc_error *err = NULL;

	error_set(&err, -ENOENT, "mount", "%s on %s", "/srv/data", "srv");
	error_wrap(&err, -ENOENT, "start", "%s", name);
	error_hint(&err, "create %s", "it");
	assert_int_equal(api_fail(&err, -ENOENT), -ENOENT);
	assert_null(err);
	assert_int_equal(errno, ENOENT);
}

static int forget(void **state)
{
	lxc_error_clear_last();
	return 0;
}

static void test_none(void **state)
{
	const char *operation = "untouched";
	char *json = lxc_error_json(NULL);

	assert_null(lxc_last_error());
	assert_int_equal(lxc_error_code(NULL), LXC_ERROR_NONE);
	assert_int_equal(lxc_error_errno(NULL), 0);
	assert_string_equal(lxc_error_message(NULL), "no error");
	assert_null(lxc_error_hint(NULL));
	assert_int_equal(lxc_error_frames(NULL), 0);
	assert_int_equal(lxc_error_frame(NULL, 0, &operation, NULL), -EINVAL);
	assert_string_equal(operation, "untouched");
	assert_string_equal(json, "null");
	free(json);
}

/* The most general frame is number 0: as the message reads. */
static void test_frames(void **state)
{
	const char *operation = NULL, *object = NULL;

	fail_fully("c1");
	const struct lxc_error *e = lxc_last_error();
	assert_non_null(e);
	assert_int_equal(lxc_error_code(e), LXC_ERROR_NOT_FOUND);
	assert_int_equal(lxc_error_errno(e), ENOENT);
	assert_string_equal(
		lxc_error_message(e),
		"start c1: mount /srv/data on srv: No such file or directory");
	assert_string_equal(lxc_error_hint(e), "create it");
	assert_int_equal(lxc_error_frames(e), 2);
	assert_int_equal(lxc_error_frame(e, 0, &operation, &object), 0);
	assert_string_equal(operation, "start");
	assert_string_equal(object, "c1");
	assert_int_equal(lxc_error_frame(e, 1, &operation, &object), 0);
	assert_string_equal(operation, "mount");
	assert_string_equal(object, "/srv/data on srv");
	assert_int_equal(lxc_error_frame(e, 1, NULL, NULL), 0);
	assert_int_equal(lxc_error_frame(e, 2, &operation, &object), -EINVAL);
	assert_int_equal(lxc_error_frame(e, SIZE_MAX, &operation, &object), -EINVAL);
	assert_string_equal(operation, "mount");
}

/* It stays until the next failure, which replaces all of it. */
static void test_replaced(void **state)
{
	struct lxc_error *err = NULL;

	fail_fully("c1");
	error_set(&err, -EBUSY, "destroy", "%s", "c2");
	assert_int_equal(api_fail(&err, -EBUSY), -EBUSY);
	const struct lxc_error *e = lxc_last_error();
	assert_string_equal(lxc_error_message(e), "destroy c2: Device or resource busy");
	assert_null(lxc_error_hint(e));
	assert_int_equal(lxc_error_frames(e), 1);
	lxc_error_clear_last();
	assert_null(lxc_last_error());
}

/* A failure that nobody described. */
static void test_bare(void **state)
{
	struct lxc_error *err = NULL;

	assert_int_equal(api_fail(&err, -EPERM), -EPERM);
	const struct lxc_error *e = lxc_last_error();
	assert_int_equal(lxc_error_code(e), LXC_ERROR_PERMISSION);
	assert_string_equal(lxc_error_message(e), "Operation not permitted");
	assert_int_equal(lxc_error_frames(e), 0);
	assert_int_equal(errno, EPERM);
}

/* --- JSON --- */

static const struct {
	int r;
	enum lxc_error_code code;
	const char *frames[4]; /* operation, object, the innermost first */
	const char *hint, *detail;
	const char *json;
} errors[] = {
	{ -ENOENT,
	  LXC_ERROR_NOT_FOUND,
	  { "mount", "/a on b", "start", "c1" },
	  "create it",
	  NULL,
	  "{\"code\":\"not-found\",\"errno\":2,"
	  "\"message\":\"start c1: mount /a on b: No such file or directory\","
	  "\"frames\":[{\"operation\":\"start\",\"object\":\"c1\"},"
	  "{\"operation\":\"mount\",\"object\":\"/a on b\"}],\"hint\":\"create it\"}" },
	{ -EIO,
	  LXC_ERROR_PROGRAM,
	  { "hook", "/bin/x" },
	  NULL,
	  "exit status 3",
	  "{\"code\":\"program\",\"errno\":5,\"message\":\"hook /bin/x: exit status 3\","
	  "\"frames\":[{\"operation\":\"hook\",\"object\":\"/bin/x\"}],\"hint\":null}" },
	{ -EINVAL,
	  LXC_ERROR_INVALID,
	  { "name", "'a\"b\\\n\033'" },
	  "say \"x\"",
	  "bad\tone",
	  "{\"code\":\"invalid\",\"errno\":22,"
	  "\"message\":\"name 'a\\\"b\\\\\\u000a\\u001b': bad\\u0009one\","
	  "\"frames\":[{\"operation\":\"name\",\"object\":\"'a\\\"b\\\\\\u000a\\u001b'\"}],"
	  "\"hint\":\"say \\\"x\\\"\"}" },
	{ -ENOMEM,
	  LXC_ERROR_NO_MEMORY,
	  { "plan", "" },
	  NULL,
	  NULL,
	  "{\"code\":\"no-memory\",\"errno\":12,"
	  "\"message\":\"plan: Cannot allocate memory\","
	  "\"frames\":[{\"operation\":\"plan\",\"object\":\"\"}],\"hint\":null}" },
	{ -EPERM,
	  LXC_ERROR_PERMISSION,
	  { NULL },
	  NULL,
	  NULL,
	  "{\"code\":\"permission\",\"errno\":1,\"message\":\"Operation not permitted\","
	  "\"frames\":[],\"hint\":null}" },
};

static void test_json(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		const char *const *f = errors[i].frames;
		struct lxc_error *err = NULL;

		if (f[0])
			error_set_code(&err, errors[i].r, errors[i].code, f[0], "%s",
				       f[1]);
		if (f[0] && f[2])
			error_wrap(&err, errors[i].r, f[2], "%s", f[3]);
		if (errors[i].hint)
			error_hint(&err, "%s", errors[i].hint);
		if (errors[i].detail)
			error_detail(&err, "%s", errors[i].detail);
		(void)api_fail(&err, errors[i].r);
		_cleanup_free_ char *json = lxc_error_json(lxc_last_error());
		assert_string_equal(json, errors[i].json);
	}
}

static void test_code_names(void **state)
{
	static const char *const names[] = {
		"none",	    "system",	   "invalid",	 "not-found",	"exists",
		"busy",	    "not-running", "permission", "unsupported", "timeout",
		"canceled", "no-memory",   "program",	 "unknown",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(lxc_error_code_name((enum lxc_error_code)i),
				    names[i]);
	assert_string_equal(lxc_error_code_name((enum lxc_error_code) - 1), "unknown");
}

/* --- threads --- */

struct turn {
	pthread_barrier_t barrier;
	const char *found; /* what the other thread saw that it should not */
};

static void *other_thread(void *argument)
{
	struct turn *t = argument;
	struct lxc_error *err = NULL;

	if (lxc_last_error())
		t->found = "an error before its first";
	(void)pthread_barrier_wait(&t->barrier); /* the test has failed with ENOENT */
	if (lxc_last_error())
		t->found = "the error of another thread";
	error_set(&err, -EBUSY, "stop", "%s", "c2");
	(void)api_fail(&err, -EBUSY);
	(void)pthread_barrier_wait(&t->barrier); /* now the test looks at its own */
	(void)pthread_barrier_wait(&t->barrier); /* and has cleared it */
	if (strcmp(lxc_error_message(lxc_last_error()),
		   "stop c2: Device or resource busy"))
		t->found = "not its own error";
	return NULL;
}

static void test_threads(void **state)
{
	struct turn t = {};
	pthread_t thread;

	assert_int_equal(pthread_barrier_init(&t.barrier, NULL, 2), 0);
	fail_fully("c1");
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &t), 0);
	(void)pthread_barrier_wait(&t.barrier);
	(void)pthread_barrier_wait(&t.barrier);
	assert_int_equal(lxc_error_errno(lxc_last_error()), ENOENT);
	assert_string_equal(lxc_error_hint(lxc_last_error()), "create it");
	lxc_error_clear_last();
	(void)pthread_barrier_wait(&t.barrier);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_null(lxc_last_error());
	if (t.found)
		fail_msg("the other thread found %s", t.found);
	(void)pthread_barrier_destroy(&t.barrier);
}

#define FORGETFUL(test) cmocka_unit_test_setup_teardown(test, forget, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FORGETFUL(test_none),	  FORGETFUL(test_frames),
		FORGETFUL(test_replaced), FORGETFUL(test_bare),
		FORGETFUL(test_json),	  FORGETFUL(test_code_names),
		FORGETFUL(test_threads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
