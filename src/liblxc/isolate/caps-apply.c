/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking capabilities away from the calling thread, by system calls only. */
#include "isolate/caps.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "util/syscall.h"

#define CAPS_COUNT 64

/*
 * One call for each capability: the bounding set cannot be read at once without /proc, and
 * what is not in it may be dropped again.  Only without CAP_SETPCAP it has to be looked up.
 */
static int drop_bounding(uint64_t keep)
{
	for (int i = 0; i < CAPS_COUNT; i++) {
		if (keep >> i & 1 || prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			return 0; /* beyond the kernel's last one */
		if (errno != EPERM)
			return -errno;
		int present = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
		if (present > 0)
			return -EPERM;
		if (present < 0)
			return 0;
	}
	return 0;
}

int caps_drop(uint64_t keep, uint64_t until_exec)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
	int r = drop_bounding(keep);

	if (r < 0)
		return r;
	r = SYS_RESULT(syscall(SYS_capget, &header, sets));
	if (r < 0)
		return r;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t part = (keep | until_exec) >> (32 * i);

		sets[i].permitted &= part;
		sets[i].effective &= part;
		sets[i].inheritable = 0;
	}
	/* The kernel keeps ambient within inheritable: it is empty after this. */
	return SYS_RESULT(syscall(SYS_capset, &header, sets));
}

int caps_effective(uint64_t *ret_mask)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
	int r = SYS_RESULT(syscall(SYS_capget, &header, sets));

	if (r == 0)
		*ret_mask = sets[0].effective | (uint64_t)sets[1].effective << 32;
	return r;
}

/* The value of a line that begins with FIELD, wherever a read has cut it. */
struct scan {
	size_t matched; /* bytes of FIELD seen at the beginning of this line */
	bool skip; /* the rest of this line */
	uint64_t value;
	unsigned int digits;
};

#define FIELD "CapBnd:\t"
#define FIELD_LENGTH (sizeof(FIELD) - 1)

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether the value is complete. */
static bool scan_char(struct scan *s, char c)
{
	if (s->matched == FIELD_LENGTH) {
		int digit = hex_digit(c);

		if (digit < 0)
			return true;
		s->value = s->value << 4 | (unsigned int)digit;
		s->digits++;
	} else if (c == '\n') {
		s->skip = false;
		s->matched = 0;
	} else if (!s->skip && c == FIELD[s->matched]) {
		s->matched++;
	} else {
		s->skip = true;
	}
	return false;
}

int caps_bounding_of(pid_t pid, uint64_t *ret_mask)
{
	char path[32] = "/proc/self/status", chunk[2048];
	struct scan s = {};

	if (pid)
		(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		for (ssize_t i = 0; i < n; i++) {
			if (!scan_char(&s, chunk[i]))
				continue;
			if (!s.digits || s.digits > 16)
				return -EBADMSG;
			*ret_mask = s.value;
			return 0;
		}
	}
}
