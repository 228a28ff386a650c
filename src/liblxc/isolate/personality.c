/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Architectures by name. */
#include "isolate/personality.h"

#include <stdbool.h>
#include <string.h>
#include <sys/personality.h>

#include "util/macro.h"
#include "util/parse.h"

#define NEAREST_DISTANCE 2

static const char *const names_32[] = {
	"arm",	"armel",   "armhf", "armv7l", "athlon", "i386",	   "i486", "i586",
	"i686", "linux32", "mips",  "mipsel", "ppc",	"powerpc", "x32",  "x86",
};

static const char *const names_64[] = { "aarch64",     "amd64",	  "arm64",   "linux64",
					"loongarch64", "loong64", "mips64",  "mips64el",
					"ppc64",       "ppc64el", "ppc64le", "powerpc64",
					"riscv64",     "s390x",	  "x86_64" };

static bool has(const char *arch, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(arch, names[i]))
			return true;
	return false;
}

int personality_parse(const char *arch, unsigned long *ret)
{
	bool narrow = has(arch, names_32, ARRAY_SIZE(names_32));

	if (!narrow && !has(arch, names_64, ARRAY_SIZE(names_64)))
		return -EINVAL;
	*ret = narrow ? PER_LINUX32 : PER_LINUX;
	return 0;
}

const char *personality_name(unsigned long personality)
{
	return personality == PER_LINUX32 ? "i686" : "x86_64";
}

static const char *nearest(const char *arch, const char *const *names, size_t n,
			   size_t *best)
{
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t distance = parse_distance(arch, names[i], NEAREST_DISTANCE);

		if (distance < *best) {
			*best = distance;
			found = names[i];
		}
	}
	return found;
}

const char *personality_nearest(const char *arch)
{
	size_t best = NEAREST_DISTANCE + 1;
	const char *in_32 = nearest(arch, names_32, ARRAY_SIZE(names_32), &best);
	const char *in_64 = nearest(arch, names_64, ARRAY_SIZE(names_64), &best);

	return in_64 ? in_64 : in_32;
}
