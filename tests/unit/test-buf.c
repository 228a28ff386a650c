/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growing texts and arrays of strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/strv.h"

/* --- memory that runs out: linked with --wrap=realloc --- */

void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

static int reallocs_left = -1; /* -1: as many as wanted */

void *__wrap_realloc(void *p, size_t size)
{
	if (reallocs_left != 0) {
		reallocs_left -= reallocs_left > 0;
		return __real_realloc(p, size);
	}
	errno = ENOMEM;
	return NULL;
}

/* --- buf --- */

static void test_empty(void **state)
{
	struct buf b = {};
	_cleanup_free_ char *text = buf_steal(&b);

	assert_string_equal(text, "");
	assert_null(b.data);
	buf_done(&b);
}

static void test_add(void **state)
{
	_cleanup_buf_ struct buf b = {};

	buf_str(&b, "one");
	buf_char(&b, ' ');
	buf_printf(&b, "%s %d", "two", 3);
	buf_add(&b, "\0x", 2);
	buf_printf(&b, "%s", "");
	assert_int_equal(b.size, 11);
	assert_memory_equal(b.data, "one two 3\0x", 12);
	assert_int_equal(buf_status(&b), 0);
}

/* Every size around those at which memory is got, in both ways to add. */
static void test_growth(void **state)
{
	for (size_t n = 1; n < 600; n++) {
		_cleanup_buf_ struct buf b = {};
		_cleanup_buf_ struct buf whole = {};

		for (size_t i = 0; i < n; i++)
			buf_char(&b, 'a' + i % 26);
		buf_printf(&whole, "%s", b.data);
		assert_int_equal(b.size, n);
		assert_int_equal(strlen(b.data), n);
		assert_string_equal(b.data, whole.data);
	}
}

static void test_no_memory(void **state)
{
	_cleanup_buf_ struct buf b = {};

	buf_str(&b, "kept");
	reallocs_left = 0;
	for (int i = 0; i < 200; i++)
		buf_printf(&b, "%d", i);
	reallocs_left = -1;
	assert_true(b.failed);
	assert_int_equal(buf_status(&b), -ENOMEM);
	/* once failed it stays so, or a hole would lie in the text */
	buf_str(&b, "more");
	assert_null(buf_steal(&b));
	assert_null(b.data);
	assert_int_equal(buf_status(&b), 0);
}

static const struct {
	const char *text;
	const char *json;
	const char *printable;
} texts[] = {
	{ "", "\"\"", "" },
	{ "plain", "\"plain\"", "plain" },
	{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"", "a\"b\\c/d" },
	{ "\t\n\r\b\f\033[0m\001\037",
	  "\"\\u0009\\u000a\\u000d\\u0008\\u000c\\u001b[0m\\u0001\\u001f\"",
	  "\\x09\\x0a\\x0d\\x08\\x0c\\x1b[0m\\x01\\x1f" },
	{ "\177", "\"\\u007f\"", "\\x7f" },
	{ "ä€𝄞", "\"ä€𝄞\"", "ä€𝄞" },
};

static void test_json_and_printable(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_buf_ struct buf json = {};
		_cleanup_buf_ struct buf printable = {};

		buf_json(&json, texts[i].text);
		assert_string_equal(json.data, texts[i].json);
		buf_printable(&printable, texts[i].text);
		assert_string_equal(printable.data ? printable.data : "",
				    texts[i].printable);
	}
	_cleanup_buf_ struct buf null = {};
	buf_json(&null, NULL);
	assert_string_equal(null.data, "null");
}

/* Neither text nor letters: every byte is shown as a number. */
static const struct {
	const char *text;
	const char *printable;
} not_utf8[] = {
	{ "\x80", "\\x80" },
	{ "\xff\xfe", "\\xff\\xfe" },
	{ "a\xc3", "a\\xc3" },
	{ "\xc3(", "\\xc3(" },
	{ "\xe2\x82", "\\xe2\\x82" },
	{ "\xf0\x9d\x84", "\\xf0\\x9d\\x84" },
	{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
	{ "\xc0\x9b", "\\xc0\\x9b" }, /* ESC in two bytes */
	{ "\xc1\xbf", "\\xc1\\xbf" },
	{ "\xc2\x9b"
	  "31m",
	  "\\xc2\\x9b31m" }, /* U+009B: begins a terminal's command */
	{ "\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f" },
	{ "\xc2\xa0", "\xc2\xa0" },
};

static void test_printable_bytes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_utf8); i++) {
		_cleanup_buf_ struct buf b = {};

		buf_printable(&b, not_utf8[i].text);
		assert_string_equal(b.data, not_utf8[i].printable);
	}
}

/* Longer forms than needed, surrogates and what is beyond U+10FFFF are not UTF-8 either. */
static const struct {
	const char *text;
	const char *printable;
} overlong[] = {
	{ "\xe0\x80\x9b", "\\xe0\\x80\\x9b" }, /* ESC in three bytes */
	{ "\xe0\x82\x9b", "\\xe0\\x82\\x9b" }, /* U+009B in three bytes */
	{ "\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xe0\xa0\x80", "\xe0\xa0\x80" },
	{ "\xed\x9f\xbf", "\xed\x9f\xbf" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
};

static void test_printable_overlong(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(overlong); i++) {
		_cleanup_buf_ struct buf b = {};

		buf_printable(&b, overlong[i].text);
		assert_string_equal(b.data, overlong[i].printable);
	}
}

/* JSON is UTF-8 (RFC 8259, section 8.1), whatever the name of a file is. */
static void test_json_is_utf8(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_utf8); i++) {
		_cleanup_buf_ struct buf json = {};
		_cleanup_buf_ struct buf shown = {};

		buf_json(&json, not_utf8[i].text);
		for (const char *p = json.data; *p; p++)
			if (!strncmp(p, "\xc2\x80", 2) || !strncmp(p, "\xc2\x9b", 2) ||
			    !strncmp(p, "\xc2\x9f", 2))
				*(char *)p = *((char *)p + 1) = '.'; /* valid JSON */
		buf_printable(&shown, json.data);
		assert_string_equal(shown.data, json.data);
	}
}

/* --- strv --- */

static void expect_strv(char *const *v, const char *const *expected)
{
	size_t n = 0;

	for (; expected[n]; n++) {
		assert_true(v[n]);
		assert_string_equal(v[n], expected[n]);
	}
	assert_null(v[n]);
	assert_int_equal(strv_size(v), n);
}

static void test_strv(void **state)
{
	_cleanup_strv_ char **v = NULL;

	assert_int_equal(strv_size(NULL), 0);
	assert_false(strv_has(NULL, "a"));
	strv_sort(NULL);
	assert_int_equal(strv_add(&v, "b"), 0);
	assert_int_equal(strv_add_n(&v, "common", 3), 0);
	assert_int_equal(strv_push(&v, strdup("a")), 0);
	expect_strv(v, (const char *[]){ "b", "com", "a", NULL });
	assert_true(strv_has(v, "com"));
	assert_false(strv_has(v, "common"));
	strv_sort(v);
	expect_strv(v, (const char *[]){ "a", "b", "com", NULL });
	_cleanup_strv_ char **copy = strv_copy(v);
	expect_strv(copy, (const char *[]){ "a", "b", "com", NULL });
	assert_ptr_not_equal(copy[0], v[0]);
	_cleanup_strv_ char **none = strv_copy(NULL);
	assert_non_null(none);
	assert_null(none[0]);
	assert_null(strv_free(NULL));
}

static void test_strv_no_memory(void **state)
{
	_cleanup_strv_ char **v = NULL;

	assert_int_equal(strv_add(&v, "a"), 0);
	assert_int_equal(strv_push(&v, NULL), -ENOMEM);
	reallocs_left = 0;
	assert_int_equal(strv_add(&v, "b"), -ENOMEM);
	assert_int_equal(strv_push(&v, strdup("b")), -ENOMEM); /* freed: see ASan */
	assert_null(strv_split("a b", " "));
	assert_null(strv_split_command("a"));
	assert_null(strv_copy(v));
	reallocs_left = 1;
	assert_null(strv_split("a b", " "));
	reallocs_left = -1;
	expect_strv(v, (const char *[]){ "a", NULL });
}

static const struct {
	const char *text;
	const char *separators;
	const char *parts[6];
} splits[] = {
	{ "", " ", {} },
	{ "   ", " ", {} },
	{ "a", " ", { "a" } },
	{ " a  b ", " ", { "a", "b" } },
	{ "a,b c,,d", ", ", { "a", "b", "c", "d" } },
	{ "a b", "", { "a b" } },
	{ "one\ntwo\n", "\n", { "one", "two" } },
};

static void test_split(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		_cleanup_strv_ char **v =
			strv_split(splits[i].text, splits[i].separators);

		expect_strv(v, splits[i].parts);
	}
}

static const struct {
	const char *text;
	const char *words[6];
} commands[] = {
	{ "", {} },
	{ " \t\n", {} },
	{ "/sbin/init", { "/sbin/init" } },
	{ "  sh -c 'echo a  b' ", { "sh", "-c", "echo a  b" } },
	{ "sh -c \"a 'b' c\"", { "sh", "-c", "a 'b' c" } },
	{ "a'b c'd\"e f\"", { "ab cde f" } },
	{ "'' \"\" x", { "", "", "x" } },
	{ "it's", { "it's" } }, /* not closed: a letter like others */
	{ "a \"b c", { "a", "\"b", "c" } },
	{ "a\\ b", { "a\\", "b" } },
	{ "$HOME `x` *", { "$HOME", "`x`", "*" } },
	{ "a\tb\nc\rd\ve", { "a", "b", "c", "d", "e" } },
};

static void test_split_command(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_strv_ char **v = strv_split_command(commands[i].text);

		expect_strv(v, commands[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_json_and_printable),
		cmocka_unit_test(test_printable_bytes),
		cmocka_unit_test(test_printable_overlong),
		cmocka_unit_test(test_json_is_utf8),
		cmocka_unit_test(test_strv),
		cmocka_unit_test(test_strv_no_memory),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_command),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
