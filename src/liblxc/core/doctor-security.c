/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of security modules, and of what forbids user namespaces. */
#include <fcntl.h>
#include <string.h>

#include "core/doctor.h"
#include "util/file.h"

#define LSM_LIST "/sys/kernel/security/lsm"

static void check_modules(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_free_ char *list = NULL;

	if (file_read(AT_FDCWD, LSM_LIST, &list, NULL) < 0) {
		doctor_ok(d, c, "none that can be seen: no " LSM_LIST);
		return;
	}
	list[strcspn(list, "\n")] = '\0';
	doctor_ok(d, c, "%s", list);
}

static void check_apparmor(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_free_ char *enabled = NULL, *parser = doctor_program("apparmor_parser");

	if (file_read(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", &enabled,
		      NULL) < 0 ||
	    *enabled != 'Y')
		doctor_ok(d, c, "not enabled: lxc.apparmor.profile is skipped");
	else if (parser)
		doctor_ok(d, c, "enabled");
	else
		doctor_bad(d, c, "enabled, but there is no apparmor_parser");
}

static void check_selinux(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	uint64_t enforce;

	if (doctor_number("/sys/fs/selinux/enforce", &enforce) < 0)
		doctor_ok(d, c, "not enabled");
	else
		doctor_ok(d, c, enforce ? "enforcing" : "permissive");
}

/*
 * A number that must, or must not, be 0 for user namespaces.  Root may make them in any case
 * but one, which is least.
 */
static void check_switch(struct lxc_diagnosis *d, const struct doctor_check *c,
			 bool forbids, bool also_root)
{
	const char *name = c->file + strlen("/proc/sys/");
	uint64_t value;

	if (doctor_number(c->file, &value) < 0)
		return; /* a switch that this kernel does not have */
	if ((value != 0) != forbids)
		doctor_ok(d, c, "allowed: %s is %llu", name, (unsigned long long)value);
	else if (geteuid() == 0 && !also_root)
		doctor_add(d, c, LXC_FINDING_WARNING, c->remedy,
			   "only for root: %s is %llu", name, (unsigned long long)value);
	else
		doctor_bad(d, c, "forbidden: %s is %llu", name,
			   (unsigned long long)value);
}

static void check_nonzero(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	check_switch(d, c, false, false);
}

static void check_count(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	check_switch(d, c, false, true);
}

static void check_zero(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	check_switch(d, c, true, false);
}

/* clang-format off */
#define SWITCH(n, f, run, r) { "security", n, run, LXC_FINDING_PROBLEM, r, .file = "/proc/sys/" f }

const struct doctor_check doctor_security[] = {
	{ "security", "modules",  check_modules },
	{ "security", "AppArmor", check_apparmor, LXC_FINDING_WARNING, "install the package apparmor" },
	{ "security", "SELinux",  check_selinux },
	SWITCH("number of user namespaces", "user/max_user_namespaces", check_count, "sysctl user.max_user_namespaces=15000"),
	SWITCH("user namespaces of users", "kernel/unprivileged_userns_clone", check_nonzero, "sysctl kernel.unprivileged_userns_clone=1"),
	SWITCH("user namespaces under AppArmor", "kernel/apparmor_restrict_unprivileged_userns", check_zero,
	       "load an AppArmor profile with 'userns' for the programs, or sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
	{ NULL }
};
