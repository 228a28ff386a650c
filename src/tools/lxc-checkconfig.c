/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tell whether the kernel has what containers need. */
#include "tool.h"

#include <mntent.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"

static const struct tool_option options[] = { TOOL_BASIC, TOOL_END };

enum need { NEEDED, USEFUL };

/* An option, or when that is NULL a file that tells the same. */
struct check {
	const char *label;
	enum need need;
	const char *option; /* without CONFIG_ */
	const char *module;
	const char *file;
};

/* clang-format off */
static const struct check namespaces[] = {
	{ "Namespaces",        NEEDED, "NAMESPACES" },
	{ "Utsname namespace", USEFUL, "UTS_NS" },
	{ "Ipc namespace",     NEEDED, "IPC_NS" },
	{ "Pid namespace",     NEEDED, "PID_NS" },
	{ "User namespace",    USEFUL, "USER_NS" },
	{ "Network namespace", USEFUL, "NET_NS" },
	{ "Time namespace",    USEFUL, "TIME_NS" },
	{ NULL }
};

static const struct check cgroups[] = {
	{ "Cgroups",          NEEDED, "CGROUPS" },
	{ "Cgroup namespace", NEEDED, .file = "/proc/self/ns/cgroup" },
	{ NULL }
};

static const struct check controllers[] = {
	{ "Cgroup device",            USEFUL, "CGROUP_DEVICE" },
	{ "Cgroup bpf",               USEFUL, "CGROUP_BPF" },
	{ "Cgroup freezer",           USEFUL, "CGROUP_FREEZER" },
	{ "Cgroup sched",             USEFUL, "CGROUP_SCHED" },
	{ "Cgroup cpu account",       USEFUL, "CGROUP_CPUACCT" },
	{ "Cgroup memory controller", USEFUL, "MEMCG" },
	{ "Cgroup pids",              USEFUL, "CGROUP_PIDS" },
	{ "Cgroup cpuset",            USEFUL, "CPUSETS" },
	{ NULL }
};

static const struct check misc[] = {
	{ "Veth pair device",   USEFUL, "VETH", "veth" },
	{ "Macvlan",            USEFUL, "MACVLAN", "macvlan" },
	{ "Ipvlan",             USEFUL, "IPVLAN", "ipvlan" },
	{ "Vlan",               USEFUL, "VLAN_8021Q", "8021q" },
	{ "Bridges",            USEFUL, "BRIDGE", "bridge" },
	{ "Advanced netfilter", USEFUL, "NETFILTER_ADVANCED" },
	{ "CONFIG_IP_NF_TARGET_MASQUERADE",     USEFUL, "IP_NF_TARGET_MASQUERADE", "ipt_MASQUERADE" },
	{ "CONFIG_IP6_NF_TARGET_MASQUERADE",    USEFUL, "IP6_NF_TARGET_MASQUERADE", "ip6t_MASQUERADE" },
	{ "CONFIG_NETFILTER_XT_TARGET_CHECKSUM", USEFUL, "NETFILTER_XT_TARGET_CHECKSUM", "xt_CHECKSUM" },
	{ "CONFIG_NETFILTER_XT_MATCH_COMMENT",  USEFUL, "NETFILTER_XT_MATCH_COMMENT", "xt_comment" },
	{ "FUSE (for use with lxcfs)", USEFUL, "FUSE_FS", "fuse" },
	{ "Overlay",            USEFUL, "OVERLAY_FS", "overlay" },
	{ "Seccomp filter",     USEFUL, "SECCOMP_FILTER" },
	{ "Keyrings",           USEFUL, "KEYS" },
	{ "Core scheduling",    USEFUL, "SCHED_CORE" },
	{ "Landlock",           USEFUL, "SECURITY_LANDLOCK" },
	{ NULL }
};

static const struct check restore[] = {
	{ "checkpoint restore",  USEFUL, "CHECKPOINT_RESTORE" },
	{ "CONFIG_FHANDLE",      USEFUL, "FHANDLE" },
	{ "CONFIG_EVENTFD",      USEFUL, "EVENTFD" },
	{ "CONFIG_EPOLL",        USEFUL, "EPOLL" },
	{ "CONFIG_UNIX_DIAG",    USEFUL, "UNIX_DIAG", "unix_diag" },
	{ "CONFIG_INET_DIAG",    USEFUL, "INET_DIAG", "inet_diag" },
	{ "CONFIG_PACKET_DIAG",  USEFUL, "PACKET_DIAG", "af_packet_diag" },
	{ "CONFIG_NETLINK_DIAG", USEFUL, "NETLINK_DIAG", "netlink_diag" },
	{ "File capabilities",   USEFUL, .file = "/proc/sys/kernel/cap_last_cap" },
	{ NULL }
};
/* clang-format on */

static void print_state(const char *label, bool has, enum need need, const char *more)
{
	static const char *const words[] = { "enabled", "required", "missing" };
	static const char *const colours[] = { "\033[1;32m", "\033[1;31m", "\033[1;33m" };
	int i = has ? 0 : need == NEEDED ? 1 : 2;
	bool tty = isatty(STDOUT_FILENO);

	printf("%s: %s%s%s%s\n", label, tty ? colours[i] : "", words[i],
	       tty ? "\033[0;39m" : "", more);
}

static const char *module_state(const struct check *c)
{
	return kernel_has_module(c->module) ? ", loaded" : ", not loaded";
}

static void print_checks(const struct check *c)
{
	for (; c->label; c++) {
		char value = c->option ? kernel_option(c->option) : 'n';
		bool has = value == 'y' || value == 'm' ||
			   (c->file && access(c->file, F_OK) == 0);

		print_state(c->label, has, c->need,
			    value == 'm' && c->module ? module_state(c) : "");
	}
}

/* Number of mounted hierarchies of a type. */
static int print_mounts(const char *label, const char *type)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	int n = 0;

	printf("%s: \n", label);
	for (struct mntent *m; mounts && (m = getmntent(mounts));) {
		if (strcmp(m->mnt_type, type) != 0)
			continue;
		printf(" - ");
		tool_print(stdout, m->mnt_dir);
		putchar('\n');
		n++;
	}
	if (mounts)
		endmntent(mounts);
	return n;
}

static void print_cgroups(void)
{
	const char *const layouts[] = { "none", "legacy", "unified", "hybrid" };

	puts("\n--- Control groups ---");
	print_checks(cgroups);
	int v1 = print_mounts("Cgroup v1 mount points", "cgroup");
	int v2 = print_mounts("Cgroup v2 mount points", "cgroup2");

	if (v1 > 0)
		print_state("Cgroup v1 clone_children flag",
			    access("/sys/fs/cgroup/cpuset/cgroup.clone_children", F_OK) ==
				    0,
			    USEFUL, "");
	print_checks(controllers);
	printf("Cgroup layout: %s\n", layouts[(v1 > 0) + 2 * (v2 > 0)]);
}

static int run(struct tool *t)
{
	printf("LXC version %s\n", LXC_VERSION);
	if (!kernel_open()) {
		tool_error(t, "unable to retrieve kernel configuration");
		fputs("hint: set CONFIG to the path of one, or install the kernel's headers\n",
		      stderr);
		return TOOL_FAILED;
	}
	puts("\n--- Namespaces ---");
	print_checks(namespaces);
	print_cgroups();
	puts("\n--- Misc ---");
	print_checks(misc);
	puts("\n--- Checkpoint/Restore ---");
	print_checks(restore);
	puts("\nNote : Before booting a new kernel, you can check its configuration");
	puts("usage : CONFIG=/path/to/config lxc-checkconfig\n");
	kernel_close();
	return tool_flush(t);
}

TOOL("lxc-checkconfig", "Tell whether the kernel has what containers need", options, run)
