/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of capabilities: libcap knows the names, the kernel how many there are. */
#include "isolate/caps.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "util/buf.h"
#include "util/parse.h"

#define CAPS_MAX 63 /* the last bit of a mask */
#define PREFIX "cap_"
#define PREFIX_LENGTH (sizeof(PREFIX) - 1)
#define NAME_MAX_LENGTH 32

unsigned int caps_last(void)
{
	static _Atomic unsigned int known; /* of this boot: whoever is first finds out */
	unsigned int low = 0, high = CAPS_MAX;

	if (known)
		return known;

	/* The kernel's are numbered without gaps: six calls, and no need of /proc. */
	while (low < high) {
		unsigned int middle = (low + high + 1) / 2;

		if (prctl(PR_CAPBSET_READ, middle, 0, 0, 0) >= 0)
			low = middle;
		else
			high = middle - 1;
	}
	known = low;
	return low;
}

uint64_t caps_all(void)
{
	return UINT64_MAX >> (CAPS_MAX - caps_last());
}

static bool has_prefix(const char *name)
{
	return !strncasecmp(name, PREFIX, PREFIX_LENGTH);
}

static void hint_nearest(const char *name, unsigned int last, struct lxc_error **err)
{
	char nearest[NAME_MAX_LENGTH] = "";
	size_t best = MAX(strlen(name) / 3, (size_t)1) + 1;

	for (unsigned int i = 0; i <= last && strlen(name) < NAME_MAX_LENGTH; i++) {
		char *candidate = cap_to_name(i);

		if (candidate && has_prefix(candidate)) {
			size_t d = parse_distance(name, candidate + PREFIX_LENGTH, best);

			if (d < best) {
				best = d;
				(void)snprintf(nearest, sizeof(nearest), "%s",
					       candidate + PREFIX_LENGTH);
			}
		}
		(void)cap_free(candidate);
	}
	if (nearest[0])
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
	char full[PREFIX_LENGTH + NAME_MAX_LENGTH] = PREFIX;
	size_t n = strlen(name);
	cap_value_t value;

	if (n >= NAME_MAX_LENGTH || has_prefix(name))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		full[PREFIX_LENGTH + i] = tolower((unsigned char)name[i]);
	return cap_from_name(full, &value) < 0 ? -EINVAL : value;
}

int caps_parse(char *const *names, uint64_t *ret_mask, struct lxc_error **err)
{
	unsigned int last = caps_last();
	uint64_t mask = 0;

	for (; names && *names; names++) {
		uint64_t number;
		int r = parse_decimal(*names, last, &number);

		if (r < 0 && r != -ERANGE && (r = number_of(*names)) >= 0)
			number = r;
		if (r >= 0 && number > last)
			r = -ERANGE;
		if (r == -ERANGE) {
			(void)error_set(err, -EINVAL, "capability", "%s", *names);
			error_detail(err, "this kernel does not have it");
			error_hint(err, "the last one here is number %u", last);
			return -EINVAL;
		}
		if (r < 0)
			return fail_unknown(*names, last, err);
		mask |= UINT64_C(1) << number;
	}
	*ret_mask = mask;
	return 0;
}
