/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the namespaces that are shared, and of the clocks in a time namespace. */
#include "core/compile.h"
#include "core/monitor.h"

#define NS_PER_S 1000000000

/* A key holds seconds or nanoseconds; the kernel wants seconds and what is left, not negative. */
static void split(int64_t s, int64_t ns, int64_t *ret_s, uint32_t *ret_ns)
{
	int64_t rest = ns % NS_PER_S;

	*ret_s = s + ns / NS_PER_S - (rest < 0);
	*ret_ns = rest < 0 ? rest + NS_PER_S : rest;
}

int compile_shares(struct compile *c)
{
	const struct conf *conf = c->conf;
	struct op_time time = {};

	for (int i = 0; i < NS_COUNT; i++) {
		if (!conf->ns_share[i])
			continue;
		struct op_share o = {
			.kind = i,
			.fd = MONITOR_SHARE + i,
			.value = plan_add_text(&c->b, conf->ns_share[i]),
		};
		COMPILE_OP(c, OP_SHARE, o);
	}
	if (!conf_has_time_offset(conf))
		return 0;
	split(conf->time_boot_s, conf->time_boot_ns, &time.boot, &time.boot_ns);
	split(conf->time_monotonic_s, conf->time_monotonic_ns, &time.monotonic,
	      &time.monotonic_ns);
	COMPILE_OP(c, OP_TIME, time);
	return 0;
}
