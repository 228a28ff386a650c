/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names on the command line that stand for numbers. */
#include "word.h"

#include <string.h>
#include <sys/personality.h>

/* clang-format off */
const struct word word_architectures[] = {
	{ "arm", PER_LINUX32 },      { "armel", PER_LINUX32 },    { "armhf", PER_LINUX32 },
	{ "armv7l", PER_LINUX32 },   { "athlon", PER_LINUX32 },   { "i386", PER_LINUX32 },
	{ "i486", PER_LINUX32 },     { "i586", PER_LINUX32 },     { "i686", PER_LINUX32 },
	{ "linux32", PER_LINUX32 },  { "mips", PER_LINUX32 },     { "mipsel", PER_LINUX32 },
	{ "ppc", PER_LINUX32 },      { "powerpc", PER_LINUX32 },  { "x32", PER_LINUX32 },
	{ "x86", PER_LINUX32 },
	{ "aarch64", PER_LINUX },    { "amd64", PER_LINUX },      { "arm64", PER_LINUX },
	{ "linux64", PER_LINUX },    { "loongarch64", PER_LINUX },{ "loong64", PER_LINUX },
	{ "mips64", PER_LINUX },     { "mips64el", PER_LINUX },   { "ppc64", PER_LINUX },
	{ "ppc64el", PER_LINUX },    { "ppc64le", PER_LINUX },    { "powerpc64", PER_LINUX },
	{ "riscv64", PER_LINUX },    { "s390x", PER_LINUX },      { "x86_64", PER_LINUX },
	{ NULL, 0 }
};
/* clang-format on */

static const struct word *find(const struct word *words, const char *name, size_t n)
{
	for (; words->name; words++)
		if (strlen(words->name) == n && strncasecmp(words->name, name, n) == 0)
			return words;
	return NULL;
}

static int unknown(struct tool *t, const struct word *words, int n, const char *list)
{
	char names[400] = "";
	size_t at = 0;

	for (; words->name && at < sizeof(names); words++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, " %s",
				       words->name);
	return tool_error(tool_hint(t, "the names are:%s", names),
			  "'%.*s' is none of the possible names", n, list);
}

int word_value(struct tool *t, const struct word *words, const char *name,
	       long *ret_value)
{
	const struct word *word = find(words, name, strlen(name));

	if (!word)
		return unknown(t, words, (int)strlen(name), name);
	*ret_value = word->value;
	return 0;
}

int word_bits(struct tool *t, const struct word *words, const char *list, int *ret_bits)
{
	*ret_bits = 0;
	for (;;) {
		size_t n = strcspn(list, "|");
		const struct word *word = find(words, list, n);

		if (!word)
			return unknown(t, words, (int)n, list);
		*ret_bits |= (int)word->value;
		if (!list[n])
			return 0;
		list += n + 1;
	}
}
