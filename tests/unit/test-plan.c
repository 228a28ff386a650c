/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan as a record: built, read, and refused when somebody has damaged it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "core/plan.h"
#include "util/strv.h"

#define _cleanup_error_ _cleanup_(error_freep)
#define ARGV(...) ((char *const *)(const char *const[]){ __VA_ARGS__, NULL })

struct test_op {
	struct op op;
	plan_text_t text, other;
	struct plan_blob blob, words;
};

struct odd_op {
	struct op op;
	char byte;
};

/* What a reader will look for. */
static const char blob[] = "\0binary\377\0data";
static struct test_op given;
static plan_text_t formatted;

/* A record with every kind of content; the caller frees it. */
static void *build(size_t *ret_size)
{
	_cleanup_plan_builder_ struct plan_builder b;
	struct op bare = { .flags = 7 };
	struct odd_op odd = { .byte = 'x' };
	void *record = NULL;

	plan_builder_init(&b, PLAN_ATTACH);
	b.header.name = plan_add_text(&b, "c1");
	b.header.signal_stop = 9;
	given = (struct test_op){
		.text = plan_add_text(&b, "/srv/rootfs"),
		.other = plan_add_text(&b, ""),
		.blob = plan_add_blob(&b, blob, sizeof(blob)),
		.words = plan_add_strv(&b, ARGV("one", "", "three")),
	};
	formatted = plan_add_format(&b, "%s-%d", "c1", 7);
	plan_add_op(&b, 3, &given, sizeof(given));
	plan_add_op(&b, 40000, &odd, sizeof(odd));
	plan_add_op(&b, 5, &bare, sizeof(bare));
	assert_int_equal(plan_finish(&b, &record, ret_size), 0);
	assert_non_null(record);
	return record;
}

/* --- as it should be --- */

static void test_round_trip(void **state)
{
	size_t size = 0;
	_cleanup_free_ void *record = build(&size);
	_cleanup_error_ struct lxc_error *err = NULL;
	struct plan p;

	assert_int_equal(plan_open(record, size, &p, &err), 0);
	assert_int_equal(p.header->role, PLAN_ATTACH);
	assert_int_equal(p.header->signal_stop, 9);
	assert_int_equal(p.header->size, size);
	assert_string_equal(plan_text(&p, p.header->name), "c1");
	assert_string_equal(plan_text(&p, formatted), "c1-7");

	const struct op *op = plan_next(&p, NULL);
	assert_int_equal(op->kind, 3);
	assert_int_equal(op->size, sizeof(struct test_op));
	const struct test_op *t = (const void *)op;
	assert_string_equal(plan_text(&p, t->text), "/srv/rootfs");
	assert_null(plan_text(&p, t->other));
	assert_int_equal(t->blob.size, sizeof(blob));
	assert_memory_equal(plan_data(&p, t->blob), blob, sizeof(blob));
	assert_int_equal((uintptr_t)plan_data(&p, t->blob) % 8, 0);

	op = plan_next(&p, op);
	assert_int_equal(op->kind, 40000);
	assert_int_equal(op->size % 8, 0);
	assert_int_equal(((const struct odd_op *)op)->byte, 'x');
	op = plan_next(&p, op);
	assert_int_equal(op->kind, 5);
	assert_int_equal(op->flags, 7);
	assert_int_equal(op->size, sizeof(*op));
	assert_null(plan_next(&p, op));
	assert_null(err);
}

static void test_strv(void **state)
{
	size_t size = 0;
	_cleanup_free_ void *record = build(&size);
	struct plan p;
	char *v[5];

	assert_int_equal(plan_open(record, size, &p, NULL), 0);
	assert_int_equal(plan_strv(&p, given.words, v, 5), 3);
	assert_string_equal(v[0], "one");
	assert_string_equal(v[1], "");
	assert_string_equal(v[2], "three");
	assert_null(v[3]);
	assert_int_equal(plan_strv(&p, given.words, v, 3), 2);
	assert_null(v[2]);
	assert_int_equal(plan_strv(&p, given.words, v, 1), 0);
	assert_null(v[0]);
	assert_int_equal(plan_strv(&p, (struct plan_blob){}, v, 5), 0);
	assert_null(v[0]);
}

static void test_empty(void **state)
{
	_cleanup_plan_builder_ struct plan_builder b;
	_cleanup_free_ void *record = NULL;
	size_t size = 0;
	struct plan p;

	plan_builder_init(&b, PLAN_START);
	assert_int_equal(plan_add_text(&b, NULL), 0);
	assert_int_equal(plan_add_text(&b, ""), 0);
	assert_int_equal(plan_add_strv(&b, NULL).size, 0);
	assert_int_equal(plan_finish(&b, &record, &size), 0);
	assert_int_equal(plan_open(record, size, &p, NULL), 0);
	assert_null(plan_next(&p, NULL));
	assert_null(plan_text(&p, 0));
	assert_null(plan_text(&p, p.header->name));
}

static void test_too_big(void **state)
{
	_cleanup_plan_builder_ struct plan_builder b;
	_cleanup_free_ char *data = calloc(1, PLAN_SIZE_MAX);
	void *record = NULL;
	size_t size = 4711;

	plan_builder_init(&b, PLAN_START);
	(void)plan_add_blob(&b, data, PLAN_SIZE_MAX);
	assert_int_equal(plan_finish(&b, &record, &size), -E2BIG);
	assert_null(record);
	assert_int_equal(size, 4711);
}

/* --- offsets that lead nowhere --- */

static void test_out_of_range(void **state)
{
	size_t size = 0;
	_cleanup_free_ void *record = build(&size);
	struct plan p;

	assert_int_equal(plan_open(record, size, &p, NULL), 0);
	const uint32_t n = p.header->pool_size;
	const plan_text_t texts[] = { n, n + 1, size, UINT32_MAX };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(plan_text(&p, texts[i]), "");
	assert_string_equal(plan_text(&p, n - 1), "");
	const struct plan_blob bad[] = {
		{ n + 1, 0 },
		{ n, 1 },
		{ 0, n + 1 },
		{ 1, n },
		{ UINT32_MAX, 1 },
		{ 1, UINT32_MAX },
		{ UINT32_MAX, UINT32_MAX },
		{ n - 1, 2 },
		{ UINT32_MAX, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *v[4] = { (char *)"x" };

		assert_null(plan_data(&p, bad[i]));
		assert_int_equal(plan_strv(&p, bad[i], v, 4), 0);
		assert_null(v[0]);
	}
	assert_non_null(plan_data(&p, (struct plan_blob){ 0, n }));
	assert_non_null(plan_data(&p, (struct plan_blob){ n, 0 }));
}

/* --- refused --- */

static void expect_refused(const void *record, size_t size, const char *message)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	struct plan p = { .header = NULL };

	assert_int_equal(plan_open(record, size, &p, &err), -EPROTO);
	assert_string_equal(error_message(err), message);
	assert_null(p.header);
	assert_int_equal(plan_open(record, size, &p, NULL), -EPROTO);
}

static void test_version(void **state)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	size_t size = 0;
	_cleanup_free_ struct plan_header *h = build(&size);
	struct plan p;

	h->version = PLAN_VERSION + 1;
	char message[128];
	(void)snprintf(message, sizeof(message),
		       "plan version %u: this program executes plans of version %d",
		       h->version, PLAN_VERSION);
	expect_refused(h, size, message);
	assert_int_equal(plan_open(h, size, &p, &err), -EPROTO);
	assert_string_equal(err->text + err->hint,
			    "library and lxc-monitor come from different "
			    "installations: install liblxc again");
	/* a header that is shorter in that version is refused by its name, too */
	expect_refused(h, offsetof(struct plan_header, role), message);
}

static void test_no_plan(void **state)
{
	size_t size = 0;
	_cleanup_free_ char *record = build(&size);

	expect_refused("", 0, "plan not a plan: Protocol error");
	record[0] = 'l';
	expect_refused(record, size, "plan not a plan: Protocol error");
}

/* Memory that is as short as the record, so that ASan sees who reads on. */
static void test_cut(void **state)
{
	size_t size = 0;
	_cleanup_free_ void *record = build(&size);

	for (size_t n = 0; n < size; n++) {
		_cleanup_free_ void *cut = malloc(n ? n : 1);

		memcpy(cut, record, n);
		expect_refused(cut, n,
			       n < offsetof(struct plan_header, role)
				       ? "plan not a plan: Protocol error"
				       : "plan damaged: Protocol error");
	}
	_cleanup_free_ char *more = calloc(1, size + 8);
	memcpy(more, record, size);
	expect_refused(more, size + 1, "plan damaged: Protocol error");
}

#define MEMBER(m) offsetof(struct plan_header, m)

static void test_header(void **state)
{
	static const size_t members[] = { MEMBER(size), MEMBER(ops), MEMBER(ops_size),
					  MEMBER(pool), MEMBER(pool_size) };
	size_t size = 0;
	_cleanup_free_ char *record = build(&size);

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		uint32_t now;

		memcpy(&now, record + members[i], sizeof(now));
		const uint32_t values[] = { 0,	      1,	  now + 1,	 now - 1,
					    now + 8,  now - 8,	  size,		 size + 8,
					    1u << 31, UINT32_MAX, UINT32_MAX - 7 };
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			if (values[j] == now)
				continue;
			memcpy(record + members[i], &values[j], sizeof(now));
			expect_refused(record, size, "plan damaged: Protocol error");
		}
		memcpy(record + members[i], &now, sizeof(now));
	}
	/* a pool begins and ends with a NUL */
	record[size - 1] = 'x';
	expect_refused(record, size, "plan damaged: Protocol error");
}

static volatile size_t seen; /* so that the compiler skips nothing */

/* Look at everything that can be looked at; whether the operations come to an end. */
static bool walk(const struct plan *p)
{
	const uint32_t *words = (const uint32_t *)p->header;
	size_t sum = 0, n = 0;

	for (size_t i = 0; i < sizeof(*p->header) / sizeof(*words); i++) {
		const char *text = plan_text(p, words[i]);

		sum += text ? strlen(text) : 0;
	}
	for (const struct op *op = NULL; (op = plan_next(p, op)); n++) {
		const char *bytes = (const char *)op;

		for (size_t i = 0; i < op->size; i++)
			sum += bytes[i];
		if (op->size < sizeof(struct test_op))
			continue;
		const struct test_op *t = (const void *)op;
		const char *text = plan_text(p, t->text), *data = plan_data(p, t->blob);
		char *v[8];

		sum += text ? strlen(text) : 0;
		for (size_t i = 0; data && i < t->blob.size; i++)
			sum += data[i];
		for (size_t i = plan_strv(p, t->words, v, ARRAY_SIZE(v)); i-- > 0;)
			sum += strlen(v[i]);
	}
	seen = sum;
	return n <= p->header->ops_size / sizeof(struct op);
}

/* Each byte of a real record once as something else; what is taken can be walked. */
static int flip(const char *record, size_t size, unsigned char mask)
{
	size_t taken = 0, refused = 0;
	bool sound = true;

	for (size_t i = 0; i < size; i++) {
		_cleanup_free_ char *copy = malloc(size);
		struct plan p;

		memcpy(copy, record, size);
		copy[i] ^= mask;
		if (plan_open(copy, size, &p, NULL) < 0) {
			refused++;
			continue;
		}
		taken++;
		sound = walk(&p) && sound;
	}
	return taken && refused && sound ? 0 : 1;
}

/* In children, which a sanitizer may end. */
static void test_flipped(void **state)
{
	static const unsigned char masks[] = { 0xff, 0x80, 0x40, 0x20, 0x10,
					       0x08, 0x04, 0x02, 0x01 };
	size_t size = 0;
	_cleanup_free_ char *record = build(&size);

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		pid_t pid = fork();
		int status = 0;

		assert_true(pid >= 0);
		if (pid == 0) {
			(void)signal(SIGSEGV, SIG_DFL); /* cmocka's */
			_exit(flip(record, size, masks[i]));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status)
			fail_msg("mask %#x: status %#x", masks[i], status);
	}
}

/* Sizes of operations are multiples of 8, or the next one is misaligned. */
static void test_op_sizes(void **state)
{
	const uint32_t bad[] = { 0, 1, 7, 9, 12, 33, 4096, UINT32_MAX, UINT32_MAX - 7 };
	size_t size = 0;
	_cleanup_free_ char *record = build(&size);
	struct plan p;

	assert_int_equal(plan_open(record, size, &p, NULL), 0);
	struct op *first = (struct op *)(record + p.header->ops);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		first->size = bad[i];
		if (plan_open(record, size, &p, NULL) == 0 && plan_next(&p, NULL))
			fail_msg("an operation of %u bytes is taken", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_strv),
		cmocka_unit_test(test_empty),	     cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_out_of_range), cmocka_unit_test(test_version),
		cmocka_unit_test(test_no_plan),	     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_header),	     cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_op_sizes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
