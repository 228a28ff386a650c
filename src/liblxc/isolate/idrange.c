/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of ids of the host. */
#include "isolate/idrange.h"

#include <stdlib.h>

void idrange_done(struct idrange_list *l)
{
	free(l->v);
	*l = (struct idrange_list){};
}

void idrange_add(struct idrange_list *l, uint64_t first, uint64_t count)
{
	/* in steps of powers of two: n is one when the room is used up */
	if (!l->failed && !(l->n & (l->n - 1))) {
		struct idrange *grown =
			reallocarray(l->v, l->n ? 2 * l->n : 1, sizeof(*grown));

		l->failed = !grown;
		if (grown)
			l->v = grown;
	}
	if (!l->failed)
		l->v[l->n++] = (struct idrange){ first, count };
}

static int compare(const void *a, const void *b)
{
	const struct idrange *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* The lowest id, not below base, from which on count ids lie within one range of the pool. */
static uint64_t fit(const struct idrange_list *pool, uint64_t base, uint32_t count)
{
	uint64_t best = UINT64_MAX;

	for (size_t i = 0; i < pool->n; i++) {
		const struct idrange *r = &pool->v[i];
		uint64_t first = MAX(base, r->first);
		uint64_t end = MIN(r->first + r->count, UINT32_MAX);

		if (first + count <= end)
			best = MIN(best, first);
	}
	return best;
}

/* The lowest id, not below base, that is behind every taken range in the way: they are sorted. */
static uint64_t skip(const struct idrange_list *taken, uint64_t base, uint32_t count)
{
	for (size_t i = 0; i < taken->n; i++) {
		const struct idrange *r = &taken->v[i];

		if (base < r->first + r->count && r->first < base + count)
			base = r->first + r->count;
	}
	return base;
}

int64_t idrange_find(const struct idrange_list *pools, size_t n,
		     struct idrange_list *taken, uint32_t count)
{
	uint64_t base = 0, before;

	if (taken->n)
		qsort(taken->v, taken->n, sizeof(*taken->v), compare);
	/* each step goes to the lowest id that can do, so none is passed over */
	do {
		before = base;
		for (size_t i = 0; i < n; i++) {
			base = fit(&pools[i], base, count);
			if (base == UINT64_MAX)
				return IDRANGE_NONE;
		}
		base = skip(taken, base, count);
	} while (base != before);
	return (int64_t)base;
}
