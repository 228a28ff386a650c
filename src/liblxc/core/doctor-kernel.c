/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnosis of the kernel: what it has is found by asking for it with arguments that can do
 * nothing, so that a filter around us is noticed as well as an old kernel.
 */
#include <limits.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "core/doctor.h"
#include "util/file.h"
#include "util/syscall.h"

#define OLDEST_MAJOR 5
#define OLDEST_MINOR 10

#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_GET 0
#endif

static void check_version(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	if (uname(&u) < 0 || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return;
	if (major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR))
		doctor_ok(d, c, "%s", u.release);
	else
		doctor_bad(d, c, "%s is older than %d.%d", u.release, OLDEST_MAJOR,
			   OLDEST_MINOR);
}

/* No descriptor of a cgroup: the kernel gets that far (EBADF) only when it knows the flag. */
static bool has_clone_into_cgroup(void)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .cgroup = INT_MAX };

	/* a kernel without any cgroups would not look, and clone */
	return access("/proc/self/cgroup", F_OK) == 0 && sys_clone3(&args) == -EBADF;
}

static bool has_openat2(void)
{
	_cleanup_close_ int fd =
		sys_openat2(AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT);

	return fd >= 0;
}

static bool has_mount_api(void)
{
	_cleanup_close_ int tree = sys_open_tree(AT_FDCWD, "/", O_CLOEXEC);

	return tree >= 0 && sys_fsopen(NULL, 0) != -ENOSYS;
}

static bool has_mount_setattr(void)
{
	return sys_mount_setattr(-1, "", 0, NULL, 0) != -ENOSYS;
}

static bool has_pidfd(void)
{
	_cleanup_close_ int fd = sys_pidfd_open(getpid(), 0);

	return fd >= 0;
}

static bool has_close_range(void)
{
	return sys_close_range(UINT_MAX, UINT_MAX, 0) == 0;
}

static bool has_action(uint32_t action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static bool has_seccomp(void)
{
	return has_action(SECCOMP_RET_ERRNO);
}

static bool has_user_notification(void)
{
	return has_action(SECCOMP_RET_USER_NOTIF);
}

static bool has_core_scheduling(void)
{
	unsigned long cookie;

	/* ENODEV: the processor has one thread per core, which is as good */
	return prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, 0, &cookie) == 0 ||
	       errno == ENODEV;
}

static bool is_in(const char *file, const char *text)
{
	_cleanup_free_ char *all = NULL;

	return file_read(AT_FDCWD, file, &all, NULL) == 0 && strstr(all, text);
}

static bool has_overlay(void)
{
	char modules[sizeof(struct utsname) + 32];
	struct utsname u;

	if (is_in("/proc/filesystems", "\toverlay\n") || uname(&u) < 0)
		return true;
	(void)snprintf(modules, sizeof(modules), "/lib/modules/%s/modules.dep",
		       u.release);
	return is_in(modules, "/overlay.ko"); /* loaded when it is mounted */
}

/* clang-format off */
#define NEWER "run a kernel of 5.10 or newer; in a container, let its seccomp policy pass the call"
#define BUILT "run a kernel that is built with it; lxc-checkconfig shows how this one is"
#define PROBE(n, f, s, r) { "kernel", n, doctor_probe, s, r, .probe = f }
#define NAMESPACE(n, f, s) { "kernel", n " namespace", doctor_exists, s, BUILT, .file = "/proc/self/ns/" f }
#define LIMIT(n, f, l) { "kernel", n, doctor_limit, LXC_FINDING_WARNING, "raise it with sysctl, and for good in /etc/sysctl.d", .file = "/proc/sys/" f, .least = l }

const struct doctor_check doctor_kernel[] = {
	{ "kernel", "version", check_version, LXC_FINDING_PROBLEM, "run Linux 5.10 or newer" },
	NAMESPACE("mount",   "mnt",    LXC_FINDING_PROBLEM),
	NAMESPACE("host name", "uts",  LXC_FINDING_PROBLEM),
	NAMESPACE("ipc",     "ipc",    LXC_FINDING_PROBLEM),
	NAMESPACE("process", "pid",    LXC_FINDING_PROBLEM),
	NAMESPACE("cgroup",  "cgroup", LXC_FINDING_PROBLEM),
	NAMESPACE("network", "net",    LXC_FINDING_WARNING),
	NAMESPACE("user",    "user",   LXC_FINDING_WARNING),
	{ "kernel", "time namespace", doctor_exists, LXC_FINDING_OK, "lxc.time.offset", .file = "/proc/self/ns/time" },
	PROBE("clone into a cgroup",    has_clone_into_cgroup, LXC_FINDING_PROBLEM, NEWER),
	PROBE("openat2",                has_openat2,           LXC_FINDING_PROBLEM, NEWER),
	PROBE("mounts by descriptor",   has_mount_api,         LXC_FINDING_PROBLEM, NEWER),
	PROBE("pidfd",                  has_pidfd,             LXC_FINDING_PROBLEM, NEWER),
	PROBE("close_range",            has_close_range,       LXC_FINDING_PROBLEM, NEWER),
	PROBE("idmapped mounts",        has_mount_setattr,     LXC_FINDING_OK,      "a root file system that is shared between id maps"),
	PROBE("seccomp",                has_seccomp,           LXC_FINDING_WARNING, BUILT),
	PROBE("seccomp notification",   has_user_notification, LXC_FINDING_OK,      "lxc.seccomp.notify.proxy"),
	PROBE("overlay file system",    has_overlay,           LXC_FINDING_WARNING, "load or build the module overlay, or use root file systems of type dir"),
	PROBE("core scheduling",        has_core_scheduling,   LXC_FINDING_OK,      "lxc.sched.core"),
	LIMIT("inotify instances", "fs/inotify/max_user_instances", 256),
	LIMIT("inotify watches",   "fs/inotify/max_user_watches",   8192),
	LIMIT("keys",              "kernel/keys/maxkeys",           200),
	LIMIT("process ids",       "kernel/pid_max",                32768),
	{ NULL }
};
