/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error object: frames, texts, rendering, and the record that travels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/error.h"

#define _cleanup_error_ _cleanup_(error_freep)

/* --- memory that runs out: linked with --wrap=malloc --- */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool no_malloc;

void *__wrap_malloc(size_t size)
{
	if (!no_malloc)
		return __real_malloc(size);
	errno = ENOMEM;
	return NULL;
}

/* --- codes --- */

static const struct {
	int errnum;
	enum lxc_error_code code;
} codes[] = {
	{ EINVAL, LXC_ERROR_INVALID },
	{ ENAMETOOLONG, LXC_ERROR_INVALID },
	{ E2BIG, LXC_ERROR_INVALID },
	{ ERANGE, LXC_ERROR_INVALID },
	{ ENOENT, LXC_ERROR_NOT_FOUND },
	{ ENODEV, LXC_ERROR_NOT_FOUND },
	{ ESRCH, LXC_ERROR_NOT_FOUND },
	{ EEXIST, LXC_ERROR_EXISTS },
	{ EBUSY, LXC_ERROR_BUSY },
	{ EADDRINUSE, LXC_ERROR_BUSY },
	{ ECONNREFUSED, LXC_ERROR_NOT_RUNNING },
	{ EACCES, LXC_ERROR_PERMISSION },
	{ EPERM, LXC_ERROR_PERMISSION },
	{ ENOSYS, LXC_ERROR_UNSUPPORTED },
	{ EOPNOTSUPP, LXC_ERROR_UNSUPPORTED },
	{ ETIMEDOUT, LXC_ERROR_TIMEOUT },
	{ ECANCELED, LXC_ERROR_CANCELED },
	{ ENOMEM, LXC_ERROR_NO_MEMORY },
	{ EIO, LXC_ERROR_SYSTEM },
	{ 0, LXC_ERROR_SYSTEM },
	{ 99999, LXC_ERROR_SYSTEM },
};

static void test_codes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		assert_int_equal(error_code_of(codes[i].errnum), codes[i].code);
}

/* --- making --- */

static void test_frames(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	assert_int_equal(error_set(&err, -EACCES, "mount", "%s on %s", "/srv", "srv"),
			 -EACCES);
	assert_int_equal(err->code, LXC_ERROR_PERMISSION);
	assert_int_equal(err->errnum, EACCES);
	assert_int_equal(error_wrap(&err, -EACCES, "start", "%s", "c1"), -EACCES);
	assert_int_equal(err->n_frames, 2);
	assert_string_equal(err->text + err->frames[0].operation, "mount");
	assert_string_equal(err->text + err->frames[0].object, "/srv on srv");
	assert_string_equal(err->text + err->frames[1].operation, "start");
	assert_string_equal(err->text + err->frames[1].object, "c1");
	assert_string_equal(error_message(err),
			    "start c1: mount /srv on srv: Permission denied");
}

static void test_replace(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -EACCES, "mount", "%s", "/srv");
	error_wrap(&err, -EACCES, "start", "%s", "c1");
	error_hint(&err, "first");
	error_detail(&err, "old words");
	assert_string_equal(error_message(err), "start c1: mount /srv: old words");
	struct lxc_error *before = err;
	assert_int_equal(error_set_code(&err, -EIO, LXC_ERROR_PROGRAM, "run", "x"), -EIO);
	assert_ptr_equal(err, before);
	assert_int_equal(err->n_frames, 1);
	assert_int_equal(err->code, LXC_ERROR_PROGRAM);
	assert_int_equal(err->hint, 0);
	assert_int_equal(err->detail, 0);
	assert_string_equal(error_message(err), "run x: Input/output error");
}

/* Everything takes a caller who does not want to know. */
static void test_nobody_asks(void **state)
{
	assert_int_equal(error_set(NULL, -EIO, "a", "b"), -EIO);
	assert_int_equal(error_set_code(NULL, -EIO, LXC_ERROR_BUSY, "a", "b"), -EIO);
	assert_int_equal(error_wrap(NULL, -EIO, "a", "b"), -EIO);
	error_hint(NULL, "h");
	error_detail(NULL, "d");
	error_clear(NULL);
	assert_null(error_free(NULL));
}

static void test_wrap_nothing(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_hint(&err, "lost");
	error_detail(&err, "lost");
	assert_null(err);
	assert_int_equal(error_wrap(&err, -ENOENT, "start", "%s", "c1"), -ENOENT);
	assert_int_equal(err->n_frames, 1);
	assert_int_equal(err->code, LXC_ERROR_NOT_FOUND);
	assert_string_equal(error_message(err), "start c1: No such file or directory");
}

static void test_hint_and_detail(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -EEXIST, "create", "%s", "c1");
	error_hint(&err, "use %s", "another name");
	error_hint(&err, "never seen");
	error_detail(&err, "already %d", 1);
	error_detail(&err, "never seen");
	assert_string_equal(err->text + err->hint, "use another name");
	assert_string_equal(err->text + err->detail, "already 1");
	assert_string_equal(error_message(err), "create c1: already 1");
	error_clear(&err);
	assert_null(err);
}

static void test_empty_object(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -ENOMEM, "plan", "%s", "");
	assert_string_equal(error_message(err), "plan: Cannot allocate memory");
}

/* What is added after a message was rendered is in the next message. */
static void test_render_again(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -EACCES, "mount", "%s", "/srv");
	assert_string_equal(error_message(err), "mount /srv: Permission denied");
	error_wrap(&err, -EACCES, "start", "%s", "c1");
	assert_string_equal(error_message(err),
			    "start c1: mount /srv: Permission denied");
	error_detail(&err, "not today");
	assert_string_equal(error_message(err), "start c1: mount /srv: not today");
}

/* --- too much of it --- */

static void test_too_many_frames(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;

	error_set(&err, -EIO, "frame", "0");
	for (int i = 1; i < ERROR_FRAMES_MAX + 5; i++)
		assert_int_equal(error_wrap(&err, -EIO, "frame", "%d", i), -EIO);
	assert_int_equal(err->n_frames, ERROR_FRAMES_MAX);
	assert_string_equal(error_message(err),
			    "frame 11: frame 10: frame 9: frame 8: frame 7: frame 6: "
			    "frame 5: frame 4: frame 3: frame 2: frame 1: frame 0: "
			    "Input/output error");
}

static void expect_round_trip(const struct lxc_error *e)
{
	_cleanup_error_ struct lxc_error *copy = NULL;
	size_t size = error_size(e);
	_cleanup_free_ void *record = malloc(size);

	assert_true(size <= 4096);
	assert_non_null(record);
	memcpy(record, e, size);
	assert_int_equal(error_from_record(&copy, record, size), 0);
	assert_memory_equal(copy, e, size);
}

/* Texts of every length around the end of the room. */
static void test_overflow(void **state)
{
	char text[ERROR_TEXT_MAX + 50];

	memset(text, 'x', sizeof(text));
	for (size_t n = ERROR_TEXT_MAX - 30; n < sizeof(text); n++) {
		_cleanup_error_ struct lxc_error *err = NULL;

		error_set(&err, -EIO, "operation", "%.*s", (int)n, text);
		error_wrap(&err, -EIO, "start", "%s", "c1");
		error_hint(&err, "do %s", "that");
		error_detail(&err, "why");
		assert_true(err->used <= ERROR_TEXT_MAX);
		assert_int_equal(err->text[err->used - 1], '\0');
		assert_int_equal(strncmp(err->text + err->frames[0].object, text, 3000),
				 0);
		assert_true(strlen(error_message(err)) < ERROR_TEXT_MAX);
		expect_round_trip(err);
	}
}

/* --- records --- */

static struct lxc_error *sample(void)
{
	struct lxc_error *err = NULL;

	error_set_code(&err, -EIO, LXC_ERROR_PROGRAM, "hook", "%s", "/bin/x");
	error_wrap(&err, -EIO, "start", "%s", "c1");
	error_hint(&err, "see its log");
	error_detail(&err, "exit status 3");
	return err;
}

static void test_round_trip(void **state)
{
	_cleanup_error_ struct lxc_error *err = sample();
	_cleanup_error_ struct lxc_error *copy = NULL;

	expect_round_trip(err);
	/* a rendered message is not sent, and one in the target does not stay */
	assert_string_equal(error_message(err), "start c1: hook /bin/x: exit status 3");
	error_set(&copy, -ENOENT, "old", "one");
	(void)error_message(copy);
	assert_int_equal(error_from_record(&copy, err, error_size(err)), 0);
	assert_string_equal(error_message(copy), error_message(err));
	assert_string_equal(copy->text + copy->hint, "see its log");
	assert_int_equal(copy->code, LXC_ERROR_PROGRAM);
	assert_int_equal(error_from_record(NULL, err, error_size(err)), 0);
}

static void test_cut_records(void **state)
{
	_cleanup_error_ struct lxc_error *err = sample();

	for (size_t size = 0; size < error_size(err); size++) {
		_cleanup_error_ struct lxc_error *copy = NULL;
		_cleanup_free_ char *record = malloc(size ? size : 1);

		memcpy(record, err, size);
		assert_int_equal(error_from_record(&copy, record, size), -EBADMSG);
		assert_null(copy);
	}
}

#define U16(member) offsetof(struct lxc_error, member), sizeof(uint16_t)
#define TEXT(at) (offsetof(struct lxc_error, text) + (at))

static const struct {
	const char *what;
	size_t at, size;
	uint16_t value;
} broken[] = {
	{ "frames", U16(n_frames), ERROR_FRAMES_MAX + 1 },
	{ "frames", U16(n_frames), 0xffff },
	{ "used", U16(used), 0 },
	{ "used", U16(used), 5 },
	{ "used", U16(used), ERROR_TEXT_MAX + 1 },
	{ "used", U16(used), 0xffff },
	{ "hint", U16(hint), 0xffff },
	{ "detail", U16(detail), ERROR_TEXT_MAX },
	{ "operation", U16(frames[0].operation), 0x8000 },
	{ "object", U16(frames[1].object), 0x7fff },
	{ "first byte", TEXT(0), 1, 'x' },
};

static void test_broken_records(void **state)
{
	_cleanup_error_ struct lxc_error *err = sample();
	size_t size = error_size(err);

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		_cleanup_error_ struct lxc_error *copy = NULL;
		_cleanup_free_ char *record = malloc(size);

		memcpy(record, err, size);
		memcpy(record + broken[i].at, &broken[i].value, broken[i].size);
		if (error_from_record(&copy, record, size) != -EBADMSG)
			fail_msg("a record with broken %s is taken", broken[i].what);
		assert_null(copy);
	}
	err->text[err->used - 1] = 'x';
	_cleanup_error_ struct lxc_error *copy = NULL;
	assert_int_equal(error_from_record(&copy, err, size), -EBADMSG);
}

/* No single wrong byte lets a reader leave the record. */
static void test_flipped_records(void **state)
{
	_cleanup_error_ struct lxc_error *err = sample();
	size_t size = error_size(err), taken = 0;

	for (size_t bit = 0; bit < size * 8; bit++) {
		_cleanup_error_ struct lxc_error *copy = NULL;
		_cleanup_free_ char *record = malloc(size);

		memcpy(record, err, size);
		record[bit / 8] ^= 1 << bit % 8;
		if (error_from_record(&copy, record, size) < 0)
			continue;
		taken++;
		assert_true(strlen(error_message(copy)) < sizeof(copy->message));
		assert_true(copy->hint + strlen(copy->text + copy->hint) < copy->used);
	}
	assert_true(taken > 0);
}

/* --- no memory --- */

static void test_no_memory(void **state)
{
	struct lxc_error *err = NULL;

	no_malloc = true;
	int r = error_set(&err, -EACCES, "mount", "%s", "/srv");
	no_malloc = false;
	assert_int_equal(r, -EACCES);
	assert_int_equal(err->code, LXC_ERROR_NO_MEMORY);
	assert_string_equal(error_message(err), "out of memory");
	/* it is shared, so nothing is added to it */
	assert_int_equal(error_wrap(&err, -EACCES, "start", "%s", "c1"), -EACCES);
	error_hint(&err, "none");
	error_detail(&err, "none");
	assert_int_equal(err->n_frames, 0);
	assert_int_equal(err->hint, 0);
	assert_string_equal(error_message(err), "out of memory");
	/* and a later one has its own memory */
	error_set(&err, -EACCES, "mount", "%s", "/srv");
	assert_string_equal(error_message(err), "mount /srv: Permission denied");
	err = error_free(err);
	no_malloc = true;
	r = error_wrap(&err, -EACCES, "start", "%s", "c1");
	no_malloc = false;
	assert_string_equal(error_message(err), "out of memory");
	error_clear(&err);
	assert_null(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_nobody_asks),
		cmocka_unit_test(test_wrap_nothing),
		cmocka_unit_test(test_hint_and_detail),
		cmocka_unit_test(test_empty_object),
		cmocka_unit_test(test_render_again),
		cmocka_unit_test(test_too_many_frames),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut_records),
		cmocka_unit_test(test_broken_records),
		cmocka_unit_test(test_flipped_records),
		cmocka_unit_test(test_no_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
