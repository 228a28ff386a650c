/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a generated AppArmor profile; see the header. */
#include "isolate/apparmor-profile.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_SIZE 246
#define PREFIX_MAX 64

/* --- names --- */

static const char plain[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	"_.-+/<>";

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

int apparmor_names(const char *name, const char *lxcpath, char **ret_profile,
		   char **ret_space)
{
	_cleanup_buf_ struct buf full = {};

	buf_printf(&full, "lxc-%s_<%s>", name, lxcpath);
	if (buf_status(&full) < 0)
		return -ENOMEM;
	if (full.size > NAME_MAX_SIZE || full.data[strspn(full.data, plain)]) {
		uint64_t h = hash(full.data);

		full.size = 0;
		buf_printf(&full, "lxc-%016" PRIx64, h);
	}
	char *profile = buf_steal(&full);
	char *space = profile ? strdup(profile) : NULL;
	for (char *p = space; p && *p; p++)
		if (*p == '/')
			*p = '-';
	if (!space) {
		free(profile);
		return -ENOMEM;
	}
	*ret_profile = profile;
	*ret_space = space;
	return 0;
}

/* --- paths that are not in a list --- */

struct outside {
	struct buf *out;
	const char *const *names;
	bool first;
};

/* The characters that go on from prefix in some name; whether a name ends here, or may go on. */
static size_t next_characters(const struct outside *o, const char *prefix, char *ret,
			      bool *ret_whole, bool *ret_open)
{
	size_t n = 0, size = strlen(prefix);

	*ret_whole = *ret_open = false;
	for (const char *const *name = o->names; *name; name++) {
		if (strncmp(*name, prefix, size))
			continue;
		char c = (*name)[size];
		*ret_whole |= !c;
		*ret_open |= c == '*';
		if (c && !memchr(ret, c, n))
			ret[n++] = c;
	}
	ret[n] = '\0';
	return n;
}

static void print_from(struct outside *o, const char *prefix)
{
	char next[PREFIX_MAX], longer[PREFIX_MAX];
	bool whole, open;
	size_t n = next_characters(o, prefix, next, &whole, &open);

	if (open)
		return;
	buf_printf(o->out, "%s%s", o->first ? "" : ",", prefix);
	o->first = false;
	if (whole) /* longer names only */
		buf_printf(o->out, "[^%s/]*", next);
	else
		buf_printf(o->out, *prefix ? "{,[^%s]*}" : "[^%s]*", next);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(longer, sizeof(longer), "%s%c", prefix, next[i]);
		print_from(o, longer);
	}
}

void apparmor_print_outside(struct buf *out, const char *before, const char *dir,
			    const char *const *names, const char *after)
{
	struct outside o = { out, names, true };

	buf_printf(out, "%s%s{", before, dir);
	print_from(&o, "");
	buf_printf(out, "}{,/,/**}%s", after);
}

/* --- rules --- */

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What every container may do. */
static const char basics[] =
	"  capability,\n"
	"  dbus,\n"
	"  file,\n"
	"  network,\n"
	"  umount,\n"
	"\n"
	"  # others may signal, look at and write to the container's processes\n"
	"  signal (receive),\n"
	"  ptrace (readby, tracedby),\n"
	"  unix (receive),\n";

/* What no container may do, wherever it has mounted proc and sysfs. */
static const char closed[] =
	"\n"
	"  # files that make the kernel run programs, or show its memory\n"
	"  deny /{,**/}sys/kernel/{core_pattern,modprobe,hotplug,poweroff_cmd} wklx,\n"
	"  deny /{,**/}sys/kernel/usermodehelper/** wklx,\n"
	"  deny /{,**/}kernel/uevent_helper wklx,\n"
	"  deny /{,**/}sysrq-trigger rwklx,\n"
	"  deny /{,**/}{proc/,}kcore rwklx,\n"
	"  deny /proc/{bus,acpi}/** wklx,\n"
	"  deny /sys/firmware/efi/efivars/** rwklx,\n"
	"  deny /sys/kernel/{debug,tracing}/{,**} rwklx,\n";

static const char file_systems[] =
	"\n"
	"  # file systems that show nothing but what the container has\n"
	"  mount fstype=(tmpfs,hugetlbfs,mqueue,fuse,fuse.*),\n"
	"  mount fstype=proc -> /proc/,\n"
	"  mount fstype=sysfs -> /sys/,\n"
	"  mount fstype=fusectl -> /sys/fs/fuse/connections/,\n"
	"  mount fstype=securityfs -> /sys/kernel/security/,\n"
	"  mount fstype=debugfs -> /sys/kernel/debug/,\n"
	"  mount fstype=efivarfs -> /sys/firmware/efi/efivars/,\n"
	"  mount fstype=binfmt_misc -> /proc/sys/fs/binfmt_misc/,\n"
	"  # init tries to; without a message in the log\n"
	"  deny mount options=(ro,remount) -> /,\n";

static const char propagation[] = "  mount options=(make-private) -> /{,**},\n"
				  "  mount options=(make-rprivate) -> /{,**},\n"
				  "  mount options=(make-slave) -> /{,**},\n"
				  "  mount options=(make-rslave) -> /{,**},\n"
				  "  mount options=(make-shared) -> /{,**},\n"
				  "  mount options=(make-rshared) -> /{,**},\n"
				  "  mount options=(make-unbindable) -> /{,**},\n"
				  "  mount options=(make-runbindable) -> /{,**},\n";

#define DENY "  deny "
#define WRITE " wklx,\n"

static void print_self(const struct apparmor_profile *p, struct buf *out)
{
	buf_printf(out,
		   "\n"
		   "  # they do what they want among themselves\n"
		   "  signal (send) peer=\"%1$s\",\n"
		   "  ptrace (read, trace) peer=\"%1$s\",\n"
		   "  unix peer=(label=\"%1$s\"),\n",
		   p->name);
	for (char *const *class = p->classes; class && *class; class ++)
		buf_printf(out, "  %s,\n", *class);
}

/* Parameters of the kernel that belong to no namespace of the container. */
static void print_parameters(const struct apparmor_profile *p, struct buf *out)
{
	buf_str(out, "\n  # parameters of the host\n");
	if (!p->space)
		buf_str(out, "  deny /{,**/}apparmor/.{load,replace,remove} wklx,\n");
	if (p->has_user_namespace)
		apparmor_print_outside(out, DENY, "/proc/sys/fs/", LIST("binfmt_misc"),
				       WRITE);
	else
		buf_str(out, "  deny /proc/sys/fs/** wklx,\n");
	if (p->allow_nesting)
		return;
	apparmor_print_outside(out, DENY, "/proc/sys/", LIST("fs", "kernel", "net"),
			       WRITE);
	apparmor_print_outside(out, DENY, "/proc/sys/kernel/",
			       LIST("hostname", "domainname", "msg*", "sem*", "shm*"),
			       WRITE);
	apparmor_print_outside(out, DENY, "/sys/",
			       LIST("class", "devices", "fs", "kernel"), WRITE);
	apparmor_print_outside(out, DENY, "/sys/class/", LIST("net"), WRITE);
	apparmor_print_outside(out, DENY, "/sys/devices/", LIST("virtual"), WRITE);
	apparmor_print_outside(out, DENY, "/sys/devices/virtual/", LIST("net"), WRITE);
	apparmor_print_outside(out, DENY, "/sys/fs/", LIST("cgroup"), WRITE);
	if (!p->space) {
		buf_str(out, "  deny /sys/kernel/** wklx,\n");
		return;
	}
	apparmor_print_outside(out, DENY, "/sys/kernel/", LIST("security"), WRITE);
	apparmor_print_outside(out, DENY, "/sys/kernel/security/", LIST("apparmor"),
			       WRITE);
}

/* A rule for each set of flags that the programs of a container use: options=(...) is exact. */
static void print_remounts(struct buf *out, const char *flags, const char *target)
{
	static const char *const bits[] = { ",nosuid", ",nodev", ",noexec" };
	static const char *const times[] = { "", ",noatime", ",relatime",
					     ",strictatime" };

	for (size_t set = 0; set < 1u << ARRAY_SIZE(bits); set++)
		for (size_t time = 0; time < ARRAY_SIZE(times); time++) {
			buf_printf(out, "  mount options=(%s", flags);
			for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
				buf_str(out, set & 1u << i ? bits[i] : "");
			buf_printf(out, "%s) -> %s,\n", times[time], target);
		}
}

/*
 * Binds and moves: what lies in /proc, /sys and /dev keeps the path by which it is judged.
 *
 * Older parsers take a set of flags apart (CVE-2016-1585; Debian 12's does): there the right to make
 * a bind mount read-only would be the right to bind from anywhere.
 */
static void print_binds(const struct apparmor_profile *p, struct buf *out)
{
	static const char *const kinds[] = { "  mount options=(bind) ",
					     "  mount options=(rbind) ",
					     "  mount options=(move) " };
	static const char *const own[] = { "dev", "proc", "sys", NULL };
	_cleanup_buf_ struct buf target = {};

	buf_str(out, "\n  # parts of the container's own tree\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		apparmor_print_outside(out, kinds[i], "/", own, ",\n");
	buf_str(out, "  mount options=(bind) /dev/.lxc{,/,/**},\n"
		     "  mount options=(rbind) /dev/.lxc{,/,/**},\n");
	apparmor_print_outside(&target, "", "/", own, "");
	if (buf_status(&target) < 0)
		out->failed = true;
	else if (p->has_exact_parser)
		print_remounts(out, "ro,remount,bind", target.data);
}

static void print_mounts(const struct apparmor_profile *p, struct buf *out)
{
	if (p->allow_nesting) {
		buf_str(out,
			"\n  # containers inside: they judge what they mount themselves\n"
			"  mount,\n"
			"  pivot_root,\n"
			"  ptrace,\n"
			"  signal,\n"
			"  deny /dev/.lxc/{proc,sys}/** rw,\n");
		return;
	}
	buf_str(out, file_systems);
	if (p->has_cgroup_namespace)
		buf_str(out,
			"  mount fstype=(cgroup,cgroup2) -> /sys/fs/cgroup/{,**},\n");
	print_remounts(out, "remount", "/sys/{,fs/cgroup/}");
	print_remounts(out, "ro,remount", "/sys/{,fs/cgroup/}");
	buf_str(out, propagation);
	print_binds(p, out);
	if (p->has_user_namespace)
		/* the kernel itself lets it mount nothing that is not its own */
		buf_str(out, "\n  pivot_root,\n"
			     "  mount options=(bind),\n"
			     "  mount options=(rbind),\n"
			     "  mount options=(ro,remount),\n");
}

void apparmor_profile_print(const struct apparmor_profile *p, struct buf *out)
{
	buf_printf(out, "profile \"%s\" flags=(attach_disconnected,mediate_deleted) {\n",
		   p->name);
	buf_str(out, basics);
	print_self(p, out);
	buf_str(out, closed);
	print_parameters(p, out);
	print_mounts(p, out);
	if (p->space)
		buf_printf(out,
			   "\n  # profiles of its own\n"
			   "  change_profile -> \":%1$s:*\",\n"
			   "  change_profile -> \":%1$s://*\",\n",
			   p->space);
	else if (p->allow_nesting)
		buf_printf(out, "\n  change_profile -> \"%s\",\n", p->name);
	if (p->raw && *p->raw)
		buf_str(out, "\n  # lxc.apparmor.raw\n");
	for (char *const *line = p->raw; line && *line; line++)
		buf_printf(out, "  %s\n", *line);
	buf_str(out, "}\n");
}
