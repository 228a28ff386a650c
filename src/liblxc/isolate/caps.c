/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of capabilities; the kernel knows how many there are.  libcap has the same table, but
 * loading it takes every command 16 system calls.
 */
#include "isolate/caps.h"

#include <ctype.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>

#include "util/buf.h"
#include "util/parse.h"

#define CAPS_MAX 63 /* the last bit of a mask */
#define PREFIX "cap_"
#define PREFIX_LENGTH (sizeof(PREFIX) - 1)

/* clang-format off */
static const char *const cap_names[] = {
	[CAP_CHOWN] = "chown",
	[CAP_DAC_OVERRIDE] = "dac_override",
	[CAP_DAC_READ_SEARCH] = "dac_read_search",
	[CAP_FOWNER] = "fowner",
	[CAP_FSETID] = "fsetid",
	[CAP_KILL] = "kill",
	[CAP_SETGID] = "setgid",
	[CAP_SETUID] = "setuid",
	[CAP_SETPCAP] = "setpcap",
	[CAP_LINUX_IMMUTABLE] = "linux_immutable",
	[CAP_NET_BIND_SERVICE] = "net_bind_service",
	[CAP_NET_BROADCAST] = "net_broadcast",
	[CAP_NET_ADMIN] = "net_admin",
	[CAP_NET_RAW] = "net_raw",
	[CAP_IPC_LOCK] = "ipc_lock",
	[CAP_IPC_OWNER] = "ipc_owner",
	[CAP_SYS_MODULE] = "sys_module",
	[CAP_SYS_RAWIO] = "sys_rawio",
	[CAP_SYS_CHROOT] = "sys_chroot",
	[CAP_SYS_PTRACE] = "sys_ptrace",
	[CAP_SYS_PACCT] = "sys_pacct",
	[CAP_SYS_ADMIN] = "sys_admin",
	[CAP_SYS_BOOT] = "sys_boot",
	[CAP_SYS_NICE] = "sys_nice",
	[CAP_SYS_RESOURCE] = "sys_resource",
	[CAP_SYS_TIME] = "sys_time",
	[CAP_SYS_TTY_CONFIG] = "sys_tty_config",
	[CAP_MKNOD] = "mknod",
	[CAP_LEASE] = "lease",
	[CAP_AUDIT_WRITE] = "audit_write",
	[CAP_AUDIT_CONTROL] = "audit_control",
	[CAP_SETFCAP] = "setfcap",
	[CAP_MAC_OVERRIDE] = "mac_override",
	[CAP_MAC_ADMIN] = "mac_admin",
	[CAP_SYSLOG] = "syslog",
	[CAP_WAKE_ALARM] = "wake_alarm",
	[CAP_BLOCK_SUSPEND] = "block_suspend",
	[CAP_AUDIT_READ] = "audit_read",
	[CAP_PERFMON] = "perfmon",
	[CAP_BPF] = "bpf",
	[CAP_CHECKPOINT_RESTORE] = "checkpoint_restore",
};
/* clang-format on */

unsigned int caps_last(void)
{
	static _Atomic unsigned int known; /* of this boot: whoever is first finds out */
	unsigned int low = 0, high = CAPS_MAX, next = CAP_LAST_CAP;

	if (known)
		return known;

	/*
	 * The kernel's are numbered without gaps: two calls where it has those of the header,
	 * about six more elsewhere, and no need of /proc.
	 */
	while (low < high) {
		if (prctl(PR_CAPBSET_READ, next, 0, 0, 0) >= 0)
			low = next;
		else
			high = next - 1;
		next = low == CAP_LAST_CAP ? low + 1 : (low + high + 1) / 2;
	}
	known = low;
	return low;
}

static bool has_prefix(const char *name)
{
	return !strncasecmp(name, PREFIX, PREFIX_LENGTH);
}

static void hint_nearest(const char *name, unsigned int last, struct lxc_error **err)
{
	const char *nearest = NULL;
	size_t best = MAX(strlen(name) / 3, (size_t)1) + 1;

	for (size_t i = 0; i < ARRAY_SIZE(cap_names) && i <= last; i++) {
		size_t d = parse_distance(name, cap_names[i], best);

		if (d >= best)
			continue;
		best = d;
		nearest = cap_names[i];
	}
	if (nearest)
		error_hint(err, "did you mean %s?", nearest);
	else
		error_hint(err,
			   "capabilities(7) lists the names; leave out the cap_ prefix");
}

static int fail_unknown(const char *name, unsigned int last, struct lxc_error **err)
{
	_cleanup_buf_ struct buf printable = {}, lower = {};

	for (const char *p = has_prefix(name) ? name + PREFIX_LENGTH : name; *p; p++)
		buf_char(&lower, tolower((unsigned char)*p));
	buf_printable(&printable, name);
	if (buf_status(&lower) < 0 || buf_status(&printable) < 0)
		return error_set(err, -ENOMEM, "capability", "%s", "");
	(void)error_set(err, -EINVAL, "capability", "%s",
			printable.data ? printable.data : "");
	error_detail(err, "no such capability");
	hint_nearest(lower.data ? lower.data : "", last, err);
	return -EINVAL;
}

/* The number of the capability, or -EINVAL. */
static int number_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(cap_names); i++)
		if (!strcasecmp(name, cap_names[i]))
			return (int)i;
	return -EINVAL;
}

/* Every kernel that this runs on has those of Linux 5.9: beyond them it is asked. */
static bool is_known(uint64_t number)
{
	return number <= CAP_CHECKPOINT_RESTORE || number <= caps_last();
}

int caps_parse(char *const *names, uint64_t *ret_mask, struct lxc_error **err)
{
	uint64_t mask = 0;

	for (; names && *names; names++) {
		uint64_t number;
		int r = parse_decimal(*names, CAPS_MAX, &number);

		if (r < 0 && r != -ERANGE && (r = number_of(*names)) >= 0)
			number = r;
		if (r >= 0 && !is_known(number))
			r = -ERANGE;
		if (r == -ERANGE) {
			(void)error_set(err, -EINVAL, "capability", "%s", *names);
			error_detail(err, "this kernel does not have it");
			error_hint(err, "the last one here is number %u", caps_last());
			return -EINVAL;
		}
		if (r < 0)
			return fail_unknown(*names, caps_last(), err);
		mask |= UINT64_C(1) << number;
	}
	*ret_mask = mask;
	return 0;
}
