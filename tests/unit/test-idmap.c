/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps of ids: what is checked, translated, printed and parsed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "isolate/idmap.h"
#include "util/macro.h"

static const struct idmap_line usual[] = {
	{ false, 0, 100000, 1000 },	{ false, 1000, 1000, 1 },
	{ false, 1001, 101001, 64535 }, { true, 0, 100000, 65536 },
	{ true, 70000, 5000, 10 },
};
static const struct idmap map = { usual, ARRAY_SIZE(usual), NULL };

static void test_translate(void **state)
{
	static const struct {
		bool gid;
		uint32_t inside;
		int64_t host;
	} ids[] = {
		{ false, 0, 100000 },	     { false, 999, 100999 },
		{ false, 1000, 1000 },	     { false, 1001, 101001 },
		{ false, 65535, 165535 },    { false, 65536, IDMAP_NONE },
		{ true, 1000, 101000 },	     { true, 70009, 5009 },
		{ true, 70010, IDMAP_NONE }, { true, 69999, IDMAP_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_int_equal(idmap_to_host(&map, ids[i].gid, ids[i].inside),
				 ids[i].host);
		if (ids[i].host != IDMAP_NONE)
			assert_int_equal(
				idmap_to_inside(&map, ids[i].gid, (uint32_t)ids[i].host),
				ids[i].inside);
	}
	assert_int_equal(idmap_to_inside(&map, false, 0), IDMAP_NONE);
	assert_int_equal(idmap_free_inside(&map, false), 65536);
	assert_int_equal(idmap_free_inside(&map, true), 65536);
	assert_int_equal(idmap_free_inside(&(struct idmap){}, true), 0);
	const struct idmap_line all = { false, 0, 0, UINT32_MAX };
	assert_int_equal(idmap_free_inside(&(struct idmap){ &all, 1, NULL }, false),
			 IDMAP_NONE);
}

static void test_print(void **state)
{
	_cleanup_buf_ struct buf out = {};

	(void)state;
	idmap_print(&map, true, &out);
	assert_string_equal(out.data, "0 100000 65536\n70000 5000 10\n");
}

static void test_check(void **state)
{
	static const struct {
		struct idmap_line lines[3];
		size_t n;
		int r;
	} maps[] = {
		{ { { false, 0, 1, 1 }, { true, 0, 1, 1 } }, 2, 0 },
		{ { { false, 0, 1, 1 } }, 1, -EINVAL },
		{ { { true, 0, 1, 1 } }, 1, -EINVAL },
		{ { { 0 } }, 0, -EINVAL },
		{ { { false, 0, 10, 5 }, { true, 0, 1, 1 }, { false, 4, 20, 1 } },
		  3,
		  -EINVAL },
		{ { { false, 0, 10, 5 }, { true, 0, 1, 1 }, { false, 5, 14, 1 } },
		  3,
		  -EINVAL },
		{ { { false, 0, 10, 5 }, { true, 0, 1, 1 }, { false, 5, 15, 1 } }, 3, 0 },
		/* up to the last id, without wrapping */
		{ { { false, 0, UINT32_MAX - 1, 1 },
		    { true, 0, 1, 1 },
		    { false, 1, 0, 1 } },
		  3,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		assert_int_equal(
			idmap_check(&(struct idmap){ maps[i].lines, maps[i].n, NULL },
				    NULL),
			maps[i].r);
	_cleanup_free_ struct idmap_line *many = calloc(342, sizeof(*many));
	for (uint32_t i = 0; i < 341; i++)
		many[i] = (struct idmap_line){ false, i, i, 1 };
	many[341] = (struct idmap_line){ true, 0, 0, 1 };
	assert_int_equal(idmap_check(&(struct idmap){ many, 342, NULL }, NULL), -E2BIG);
	assert_int_equal(idmap_check(&(struct idmap){ many + 1, 341, NULL }, NULL), 0);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int r;
		size_t n;
	} texts[] = {
		{ "b:0:100000:65536", 0, 2 },
		{ "u:0:1:2", 0, 1 },
		{ "u:0:1:2+g:3:4:5", 0, 2 },
		{ "u:0:1:2+b:3:4:5+g:9:9:9", 0, 4 },
		{ "", -EINVAL, 0 },
		{ "x:0:1:2", -EINVAL, 0 },
		{ "ub:0:1:2", -EINVAL, 0 },
		{ "u:0:1", -EINVAL, 0 },
		{ "u:0:1:0", -EINVAL, 0 },
		{ "u:0:1:2:3", -EINVAL, 0 },
		{ "u:0:-1:2", -EINVAL, 0 },
		{ "u:4294967295:0:1", -EINVAL, 0 },
		{ "u:0:4294967295:1", -EINVAL, 0 },
		{ "u:0:4294967296:1", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ struct idmap_line *lines = NULL;
		size_t n = 0;

		assert_int_equal(idmap_parse(texts[i].text, &lines, &n), texts[i].r);
		assert_int_equal(n, texts[i].n);
	}
	_cleanup_free_ struct idmap_line *lines = NULL;
	size_t n = 0;
	assert_int_equal(idmap_parse("b:1:2:3", &lines, &n), 0);
	assert_true(!lines[0].gid && lines[1].gid);
	assert_int_equal(lines[1].inside, 1);
	assert_int_equal(lines[1].host, 2);
	assert_int_equal(lines[1].range, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translate),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
