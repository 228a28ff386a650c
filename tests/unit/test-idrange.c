/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search for a free range of ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "isolate/idrange.h"

#define UNUSED       \
	{            \
		0, 0 \
	}

static void fill(struct idrange_list *l, const struct idrange *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].count)
			idrange_add(l, ranges[i].first, ranges[i].count);
	assert_false(l->failed);
}

static void test_find(void **state)
{
	static const struct {
		struct idrange users[2], groups[2], taken[4];
		uint32_t count;
		int64_t base;
	} cases[] = {
		/* the lowest, to the last id */
		{ { { 100, 50 } }, { { 100, 50 } }, { UNUSED }, 50, 100 },
		{ { { 100, 50 } }, { { 100, 50 } }, { UNUSED }, 51, IDRANGE_NONE },
		{ { { 100, 50 } }, { { 100, 50 } }, { { 100, 10 } }, 40, 110 },
		{ { { 100, 50 } }, { { 100, 50 } }, { { 100, 10 } }, 41, IDRANGE_NONE },
		{ { { 100, 50 } }, { { 100, 50 } }, { { 0, 200 } }, 1, IDRANGE_NONE },
		/* in a gap, which may be exactly as wide; not sorted, one within another */
		{ { { 0, 100 } },
		  { { 0, 100 } },
		  { { 30, 10 }, { 0, 20 }, { 50, 50 }, { 5, 1 } },
		  10,
		  20 },
		{ { { 0, 100 } },
		  { { 0, 100 } },
		  { { 30, 30 }, { 0, 20 }, { 70, 30 }, { 32, 1 } },
		  10,
		  20 },
		{ { { 0, 100 } },
		  { { 0, 100 } },
		  { { 30, 30 }, { 0, 21 }, { 70, 30 }, { 32, 1 } },
		  10,
		  60 },
		/* only what users and groups have both */
		{ { { 100, 50 } }, { { 120, 50 } }, { UNUSED }, 30, 120 },
		{ { { 100, 50 } }, { { 120, 50 } }, { UNUSED }, 31, IDRANGE_NONE },
		{ { { 500, 50 }, { 100, 50 } },
		  { { 540, 10 }, { 140, 10 } },
		  { { 140, 1 } },
		  10,
		  540 },
		{ { { 100, 50 } }, { UNUSED }, { UNUSED }, 1, IDRANGE_NONE },
		/* never across two ranges, even if they touch, nor the id -1 */
		{ { { 100, 50 }, { 150, 50 } },
		  { { 100, 100 } },
		  { { 100, 1 } },
		  50,
		  150 },
		{ { { UINT32_MAX - 9, 20 } },
		  { { UINT32_MAX - 9, 20 } },
		  { UNUSED },
		  9,
		  UINT32_MAX - 9 },
		{ { { UINT32_MAX - 9, 20 } },
		  { { UINT32_MAX - 9, 20 } },
		  { UNUSED },
		  10,
		  IDRANGE_NONE },
		/* nor into what would wrap around */
		{ { { 0, UINT32_MAX } },
		  { { 0, UINT32_MAX } },
		  { { UINT32_MAX, UINT32_MAX }, { 0, 7 } },
		  5,
		  7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_idrange_ struct idrange_list users = {}, groups = {}, taken = {};

		fill(&users, cases[i].users, 2);
		fill(&groups, cases[i].groups, 2);
		fill(&taken, cases[i].taken, 4);
		const struct idrange_list pools[] = { users, groups };
		assert_int_equal(idrange_find(pools, 2, &taken, cases[i].count),
				 cases[i].base);
	}
}

/* Each gets the next, none twice, until the pool is used up; a gap is filled again. */
static void test_many(void **state)
{
	_cleanup_idrange_ struct idrange_list pool = {}, taken = {};

	(void)state;
	idrange_add(&pool, 1000, 1000 * 10 + 9);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(idrange_find(&pool, 1, &taken, 10), 1000 + 10 * i);
		idrange_add(&taken, 1000 + 10 * i, 10);
	}
	assert_int_equal(idrange_find(&pool, 1, &taken, 10), IDRANGE_NONE);
	taken.v[500].count = 0;
	assert_int_equal(idrange_find(&pool, 1, &taken, 10), 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
