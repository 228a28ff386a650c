/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of what lies between containers and the network. */
#include "conf/global.h"
#include "core/doctor.h"

static void check_forwarding(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	uint64_t value;

	if (doctor_number(c->file, &value) < 0)
		doctor_ok(d, c, "no such protocol in this kernel");
	else if (value)
		doctor_ok(d, c, "on");
	else
		doctor_bad(d, c, "off: containers behind a bridge reach only this host");
}

static void check_filter(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	uint64_t value;

	if (doctor_number(c->file, &value) < 0 || !value)
		doctor_ok(d, c, "frames within a bridge pass by the firewall");
	else
		doctor_bad(d, c, "frames within a bridge go through the host's firewall");
}

/* What new containers get. */
static void check_default(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	const char *file = conf_global("lxc.default_config");

	if (!file || access(file, F_OK) < 0)
		doctor_bad(d, c, "%s does not exist: new containers get no network",
			   file ? file : "default.conf");
	else
		doctor_config(d, c, file, NULL);
}

/* clang-format off */
const struct doctor_check doctor_network[] = {
	{ "network", "IPv4 forwarding", check_forwarding, LXC_FINDING_WARNING, "sysctl net.ipv4.ip_forward=1", .file = "/proc/sys/net/ipv4/ip_forward" },
	{ "network", "IPv6 forwarding", check_forwarding, LXC_FINDING_OK, NULL, .file = "/proc/sys/net/ipv6/conf/all/forwarding" },
	{ "network", "bridge filter",   check_filter,     LXC_FINDING_WARNING, "sysctl net.bridge.bridge-nf-call-iptables=0, or let the firewall's forward chain accept the bridge", .file = "/proc/sys/net/bridge/bridge-nf-call-iptables" },
	{ "network", "default.conf",    check_default,    LXC_FINDING_WARNING, "reinstall it, or let lxc.default_config name one" },
	{ NULL }
};
