/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which system calls a supervisor carries out in place of a container that may not, and the
 * rules of a seccomp policy that bring it just those: as far as arguments are numbers, the filter
 * looks at them, and what is not asked for never leaves the kernel.
 */
#ifndef ISOLATE_INTERCEPT_H
#define ISOLATE_INTERCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

#define INTERCEPT_DEVICES_MAX 64
#define INTERCEPT_DEVICE_SIZE 32 /* its text */

/* Devices that can do no harm, and the attribute that overlayfs needs. */
#define INTERCEPT_DEVICES_DEFAULT "c 1:3,c 1:5,c 1:7,c 1:8,c 1:9,c 5:0"
#define INTERCEPT_NAMES_DEFAULT "trusted.overlay.opaque"

/* Attributes that are longer are not taken. */
#define INTERCEPT_VALUE_MAX 4096

/* Of mount(2): with one of these it changes or copies a mount, and makes no new one. */
#define INTERCEPT_MOUNT_OTHER                                                     \
	(MS_REMOUNT | MS_BIND | MS_MOVE | MS_UNBINDABLE | MS_PRIVATE | MS_SLAVE | \
	 MS_SHARED)

struct intercept_device {
	uint32_t mode; /* S_IFCHR or S_IFBLK */
	uint32_t number; /* as mknod(2) takes it */
};

/* "c MAJOR:MINOR" or "b MAJOR:MINOR": 0 or -EINVAL. */
int intercept_device_parse(const char *text, struct intercept_device *ret);
void intercept_device_print(const struct intercept_device *d,
			    char out[INTERCEPT_DEVICE_SIZE]);

/* Whether text is the type of a file system that may be intercepted. */
bool intercept_is_type(const char *text);

/* Whether text is an attribute, or with a * at the end a family, that may be intercepted. */
bool intercept_is_attribute(const char *text);

/* Whether name is one of the attribute or family. */
bool intercept_covers(const char *attribute, const char *name);

/* NULL or empty: not intercepted. */
struct intercept {
	char *const *devices, *const *types, *const *names;
	bool sysinfo;
};

bool intercept_any(const struct intercept *i);

/* Its rules as lines of a policy. */
void intercept_rules(const struct intercept *i, struct buf *out);

#endif
