/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is intercepted, as texts of the configuration and as rules of a policy. */
#include "isolate/intercept.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "util/parse.h"

#define BLANKS " \t"
#define NAME_MAX_LENGTH 255
#define FAMILY "trusted."

/* A device number as the kernel encodes it: 12 bits and 20. */
#define MAJOR_MAX 0xfff
#define MINOR_MAX 0xfffff

static uint32_t encode(unsigned int major, unsigned int minor)
{
	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

int intercept_device_parse(const char *text, struct intercept_device *ret)
{
	char type = *text, major[12], minor[12];
	const char *p = text + (type != '\0');
	uint64_t a, b;

	if ((type != 'c' && type != 'b') || !*p || !strchr(BLANKS, *p))
		return -EINVAL;
	p += strspn(p, BLANKS);
	size_t n = strcspn(p, ":");
	if (!p[n] || n >= sizeof(major) || strlen(p + n + 1) >= sizeof(minor))
		return -EINVAL;
	(void)snprintf(major, sizeof(major), "%.*s", (int)n, p);
	(void)snprintf(minor, sizeof(minor), "%s", p + n + 1);
	if (parse_decimal(major, MAJOR_MAX, &a) < 0 ||
	    parse_decimal(minor, MINOR_MAX, &b) < 0)
		return -EINVAL;
	*ret = (struct intercept_device){
		.mode = type == 'c' ? S_IFCHR : S_IFBLK,
		.number = encode(a, b),
	};
	return 0;
}

void intercept_device_print(const struct intercept_device *d,
			    char out[INTERCEPT_DEVICE_SIZE])
{
	(void)snprintf(out, INTERCEPT_DEVICE_SIZE, "%c %u:%u",
		       d->mode == S_IFCHR ? 'c' : 'b', d->number >> 8 & MAJOR_MAX,
		       (d->number & 0xff) | (d->number >> 12 & 0xfff00));
}

static bool is_word(const char *text, size_t n, const char *more)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr(more, text[i]))
			return false;
	return n > 0 && n <= NAME_MAX_LENGTH;
}

/*
 * Interfaces of the kernel show whoever mounts them, here the host.  File systems that lie on
 * several devices, or do not say on which, cannot be checked for being on the one that the
 * container has a right to.
 */
static const char *const refused_types[] = {
	"bcachefs",  "binder",	   "binfmt_misc", "bpf",     "btrfs",	   "cgroup",
	"cgroup2",   "configfs",   "cpuset",	  "debugfs", "devpts",	   "devtmpfs",
	"efivarfs",  "functionfs", "fuseblk",	  "fusectl", "hugetlbfs",  "mqueue",
	"nfsd",	     "proc",	   "pstore",	  "resctrl", "rpc_pipefs", "securityfs",
	"selinuxfs", "smackfs",	   "sysfs",	  "tracefs",
};

bool intercept_is_type(const char *text)
{
	for (size_t i = 0; i < sizeof(refused_types) / sizeof(refused_types[0]); i++)
		if (!strcmp(text, refused_types[i]))
			return false;
	return is_word(text, strlen(text), "_.-");
}

/* Those of other families either need no help, or reach out of the container. */
bool intercept_is_attribute(const char *text)
{
	size_t n = strlen(text), prefix = strlen(FAMILY);

	if (strncmp(text, FAMILY, prefix))
		return false;
	if (n > prefix + 1 && text[n - 1] == '*')
		n--;
	return n > prefix && is_word(text, n, "_.-");
}

bool intercept_covers(const char *attribute, const char *name)
{
	size_t n = strlen(attribute);

	if (n && attribute[n - 1] == '*')
		return !strncmp(attribute, name, n - 1) && name[n - 1];
	return !strcmp(attribute, name);
}

/* --- rules --- */

bool intercept_any(const struct intercept *i)
{
	return (i->devices && *i->devices) || (i->types && *i->types) ||
	       (i->names && *i->names) || i->sysinfo;
}

static void add_device(const char *text, struct buf *out)
{
	static const struct {
		const char *call;
		int mode; /* index of the argument; the number follows */
	} calls[] = { { "mknod", 1 }, { "mknodat", 2 } };
	struct intercept_device d;

	if (intercept_device_parse(text, &d) < 0)
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		buf_printf(out,
			   "%s notify [%d,%u,SCMP_CMP_MASKED_EQ,%u] "
			   "[%d,%u,SCMP_CMP_MASKED_EQ,0xffffffff]\n",
			   calls[i].call, calls[i].mode, d.mode, S_IFMT,
			   calls[i].mode + 1, d.number);
}

/*
 * The old magic number hides the upper flags.  Programs that use fsopen(2) fall back to
 * mount(2) when the kernel does not know it, and only that can be intercepted.
 */
static void add_mount(struct buf *out)
{
	unsigned int low = INTERCEPT_MOUNT_OTHER & 0xffff;

	buf_printf(out, "mount notify [3,0,SCMP_CMP_MASKED_EQ,%#x]\n",
		   (unsigned int)INTERCEPT_MOUNT_OTHER);
	buf_printf(out, "mount notify [3,%#x,SCMP_CMP_MASKED_EQ,%#x]\n", MS_MGC_VAL,
		   MS_MGC_MSK | low);
	buf_printf(out, "fsopen errno %d\n", ENOSYS);
}

static void add_attributes(char *const *names, struct buf *out)
{
	bool usual = !strcmp(names[0], INTERCEPT_NAMES_DEFAULT) && !names[1];
	static const char *const calls[] = { "setxattr", "lsetxattr", "fsetxattr" };

	/* the usual value is "y" */
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		buf_printf(out, "%s notify [3,%d,%s]\n", calls[i],
			   usual ? 1 : INTERCEPT_VALUE_MAX,
			   usual ? "SCMP_CMP_EQ" : "SCMP_CMP_LE");
}

void intercept_rules(const struct intercept *i, struct buf *out)
{
	for (char *const *d = i->devices; d && *d; d++)
		add_device(*d, out);
	if (i->types && *i->types)
		add_mount(out);
	if (i->names && *i->names)
		add_attributes(i->names, out);
	if (i->sysinfo)
		buf_str(out, "sysinfo notify\n");
}
