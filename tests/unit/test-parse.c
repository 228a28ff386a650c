/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes from text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/macro.h"
#include "util/parse.h"

#define UNTOUCHED 4711

static void expect(const char *what, const char *text, int r, int expected_r,
		   uint64_t value, uint64_t expected)
{
	if (r < 0)
		expected = UNTOUCHED; /* outputs are set on success only */
	if (r != expected_r || value != expected)
		fail_msg("%s(\"%s\"): %d, %" PRIu64 " instead of %d, %" PRIu64, what,
			 text, r, value, expected_r, expected);
}

static const struct {
	const char *text;
	uint64_t max;
	int r;
	uint64_t value;
} unsigneds[] = {
	{ "0", 0, 0, 0 },
	{ "1", 0, -ERANGE },
	{ "42", 42, 0, 42 },
	{ "43", 42, -ERANGE },
	{ " \t7", 10, 0, 7 },
	{ "0x10", 100, 0, 16 },
	{ "0X1f", 100, 0, 31 },
	{ "010", 100, 0, 8 },
	{ "08", 100, -EINVAL },
	{ "0x", 100, -EINVAL },
	{ "0xg", 100, -EINVAL },
	{ "", 100, -EINVAL },
	{ " ", 100, -EINVAL },
	{ "-1", UINT64_MAX, -EINVAL },
	{ "+1", UINT64_MAX, -EINVAL },
	{ "- 1", UINT64_MAX, -EINVAL },
	{ "1 ", 100, -EINVAL },
	{ "1\n", 100, -EINVAL },
	{ "\n1", 100, -EINVAL },
	{ "1.5", 100, -EINVAL },
	{ "1e3", 10000, -EINVAL },
	{ "abc", 100, -EINVAL },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -ERANGE },
	{ "0xffffffffffffffff", UINT64_MAX, 0, UINT64_MAX },
	{ "0x10000000000000000", UINT64_MAX, -ERANGE },
	{ "18446744073709551616x", UINT64_MAX, -EINVAL },
};

static void test_uint64(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(unsigneds); i++) {
		uint64_t value = UNTOUCHED;
		int r = parse_uint64(unsigneds[i].text, unsigneds[i].max, &value);

		expect("parse_uint64", unsigneds[i].text, r, unsigneds[i].r, value,
		       unsigneds[i].value);
	}
}

static void test_uint(void **state)
{
	unsigned int value = UNTOUCHED;

	assert_int_equal(parse_uint("4294967295", UINT32_MAX, &value), 0);
	assert_true(value == UINT32_MAX);
	value = UNTOUCHED;
	assert_int_equal(parse_uint("4294967296", UINT32_MAX, &value), -ERANGE);
	assert_int_equal(parse_uint("4294967297", 10, &value), -ERANGE);
	assert_int_equal(parse_uint("-1", UINT32_MAX, &value), -EINVAL);
	assert_int_equal(value, UNTOUCHED);
}

static const struct {
	const char *text;
	int r;
	int64_t value;
} signeds[] = {
	{ "0", 0, 0 },
	{ "-5", 0, -5 },
	{ "+5", 0, 5 },
	{ "-0x10", 0, -16 },
	{ "-010", 0, -8 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "-9223372036854775808", 0, INT64_MIN },
	{ "9223372036854775808", -ERANGE },
	{ "-9223372036854775809", -ERANGE },
	{ "", -EINVAL },
	{ "-", -EINVAL },
	{ "--1", -EINVAL },
	{ "5 ", -EINVAL },
	{ "5x", -EINVAL },
};

static void test_int64(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(signeds); i++) {
		int64_t value = UNTOUCHED;
		int r = parse_int64(signeds[i].text, &value);

		expect("parse_int64", signeds[i].text, r, signeds[i].r, value,
		       signeds[i].value);
	}
}

static const struct {
	const char *text;
	uint64_t max;
	int r;
	uint64_t value;
} decimals[] = {
	{ "0", 0, 0, 0 },
	{ "007", 10, 0, 7 },
	{ "010", 10, 0, 10 },
	{ "11", 10, -ERANGE },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -ERANGE },
	{ "0x1", 10, -EINVAL },
	{ " 1", 10, -EINVAL },
	{ "1 ", 10, -EINVAL },
	{ "+1", 10, -EINVAL },
	{ "-1", 10, -EINVAL },
	{ "", 10, -EINVAL },
};

static void test_decimal(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(decimals); i++) {
		uint64_t value = UNTOUCHED;
		int r = parse_decimal(decimals[i].text, decimals[i].max, &value);

		expect("parse_decimal", decimals[i].text, r, decimals[i].r, value,
		       decimals[i].value);
	}
}

static void test_bool01(void **state)
{
	bool value = false;

	assert_int_equal(parse_bool01("1", &value), 0);
	assert_true(value);
	assert_int_equal(parse_bool01("2", &value), -ERANGE);
	assert_int_equal(parse_bool01("yes", &value), -EINVAL);
	assert_int_equal(parse_bool01("", &value), -EINVAL);
	assert_true(value);
	assert_int_equal(parse_bool01("0", &value), 0);
	assert_false(value);
}

static const struct {
	const char *text;
	int r;
	uint64_t value;
} sizes[] = {
	{ "0", 0, 0 },
	{ "4096", 0, 4096 },
	{ " 12", 0, 12 },
	{ "1KB", 0, 1024 },
	{ "1kb", 0, 1024 },
	{ "1kB", 0, 1024 },
	{ "3 MB", 0, 3 << 20 },
	{ "2\tgb", 0, UINT64_C(2) << 30 },
	{ "1k", 0, 1 }, /* historical: one letter is ignored */
	{ "5B", 0, 5 },
	{ "010", 0, 10 },
	{ "17179869183GB", 0, UINT64_C(17179869183) << 30 },
	{ "17179869184GB", -ERANGE },
	{ "18014398509481984KB", -ERANGE },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "18446744073709551616", -ERANGE },
	{ "1TB", -EINVAL },
	{ "1KBx", -EINVAL },
	{ "1KB ", -EINVAL },
	{ "1%", -EINVAL },
	{ "1.5MB", -EINVAL },
	{ "0x10", -EINVAL },
	{ "KB", -EINVAL },
	{ "-1", -EINVAL },
	{ "+1", -EINVAL },
	{ "", -EINVAL },
};

static void test_size(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t value = UNTOUCHED;
		int r = parse_size(sizes[i].text, &value);

		expect("parse_size", sizes[i].text, r, sizes[i].r, value, sizes[i].value);
	}
}

static const struct {
	const char *a, *b;
	size_t max, distance;
} distances[] = {
	{ "", "", 3, 0 },
	{ "abc", "abc", 3, 0 },
	{ "abc", "abd", 3, 1 },
	{ "abc", "ab", 3, 1 },
	{ "abc", "xabc", 3, 1 },
	{ "abc", "acb", 3, 2 },
	{ "", "abc", 3, 3 },
	{ "kitten", "sitting", 5, 3 },
	{ "kitten", "sitting", 2, 3 },
	{ "abcdef", "uvwxyz", 3, 4 },
	{ "abcdef", "uvwxyz", 0, 1 },
};

static void test_distance(void **state)
{
	char longest[66];

	for (size_t i = 0; i < ARRAY_SIZE(distances); i++) {
		const char *a = distances[i].a, *b = distances[i].b;

		assert_int_equal(parse_distance(a, b, distances[i].max),
				 distances[i].distance);
		assert_int_equal(parse_distance(b, a, distances[i].max),
				 distances[i].distance);
	}
	memset(longest, 'x', sizeof(longest));
	longest[65] = '\0';
	assert_int_equal(parse_distance(longest, longest, 3), 4);
	assert_int_equal(parse_distance(longest + 1, longest + 1, 3), 0);
	assert_int_equal(parse_distance(longest + 1, longest + 2, 3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uint64),	 cmocka_unit_test(test_uint),
		cmocka_unit_test(test_int64),	 cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_bool01),	 cmocka_unit_test(test_size),
		cmocka_unit_test(test_distance),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
