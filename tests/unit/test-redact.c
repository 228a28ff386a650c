/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts without names and addresses: what has to go, and what has to stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/redact.h"

/* clang-format off */
static const struct { const char *in, *out; } cases[] = {
	{ "", "" },
	{ "start web1: mount /srv: no", "start [container 1]: mount /srv: no" },
	{ "/var/lib/lxc/web1/web1.log.1", "/var/lib/lxc/[container 1]/[container 1].log.1" },
	{ "web1-old is the longer name", "[container 2] is the longer name" },
	{ "web12 xweb1 web1_ are others", "web12 xweb1 web1_ are others" },
	{ "WEB1 on Zeus.example.org", "[container 1] on [host 1]" },
	{ "/home/alice/.config", "/home/[user 1]/.config" },
	{ "gateway 10.0.3.1: unreachable", "gateway [address]: unreachable" },
	{ "10.0.3.5/24, fe80::1.", "[address]/24, [address]." },
	{ "2001:db8:0:0:0:0:0:1", "[address]" },
	{ "lxc.net.0.hwaddr = 00:16:3e:aB:cd:ef", "lxc.net.0.hwaddr = [address]" },
	{ "kernel 6.18.44, config:3:12: x", "kernel 6.18.44, config:3:12: x" },
	{ "at 2026-11-25T19:01:56Z", "at 2026-11-25T19:01:56Z" },
	{ "x: y:: z", "x: y:: z" },
};
/* clang-format on */

static void test_cases(void **state)
{
	struct redact r = {};

	assert_int_equal(redact_add(&r, REDACT_CONTAINER, "web1"), 0);
	assert_int_equal(redact_add(&r, REDACT_CONTAINER, "web1-old"), 0);
	assert_int_equal(redact_add(&r, REDACT_HOST, "zeus.example.org"), 0);
	assert_int_equal(redact_add(&r, REDACT_USER, "alice"), 0);
	/* the first kind stays; nothing is no name */
	assert_int_equal(redact_add(&r, REDACT_USER, "web1"), 0);
	assert_int_equal(redact_add(&r, REDACT_USER, ""), 0);
	assert_int_equal(redact_add(&r, REDACT_USER, NULL), 0);
	assert_int_equal(r.n, 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf out = {};

		redact_text(&r, cases[i].in, &out);
		char *text = buf_steal(&out);
		assert_string_equal(text, cases[i].out);
		free(text);
		buf_done(&out);
	}
	redact_done(&r);
	assert_int_equal(r.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
