/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes from text. */
#include "util/parse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "util/macro.h"

int parse_uint64(const char *text, uint64_t max, uint64_t *ret_value)
{
	char *end;

	text += strspn(text, " \t");
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	uintmax_t value = strtoumax(text, &end, 0);
	if (*end)
		return -EINVAL;
	if (errno == ERANGE || value > max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

int parse_uint(const char *text, unsigned int max, unsigned int *ret_value)
{
	uint64_t value = 0;
	int r = parse_uint64(text, max, &value);

	if (r == 0)
		*ret_value = value;
	return r;
}

int parse_int64(const char *text, int64_t *ret_value)
{
	char *end;

	errno = 0;
	intmax_t value = strtoimax(text, &end, 0);
	if (end == text || *end)
		return -EINVAL;
	if (errno == ERANGE)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

int parse_decimal(const char *text, uint64_t max, uint64_t *ret_value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	uintmax_t value = strtoumax(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno == ERANGE || value > max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

int parse_bool01(const char *text, bool *ret_value)
{
	uint64_t value = 0;
	int r = parse_uint64(text, 1, &value);

	if (r == 0)
		*ret_value = value;
	return r;
}

int parse_size(const char *text, uint64_t *ret_value)
{
	static const struct {
		const char *suffix;
		unsigned int shift;
	} units[] = { { "KB", 10 }, { "MB", 20 }, { "GB", 30 } };
	unsigned int shift = 0;
	char *end;

	text += strspn(text, " \t");
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	uintmax_t value = strtoumax(text, &end, 10);
	if (errno == ERANGE)
		return -ERANGE;
	end += strspn(end, " \t");
	if (*end && end[1]) {
		for (size_t i = 0; i < ARRAY_SIZE(units); i++)
			if (!strcasecmp(end, units[i].suffix))
				shift = units[i].shift;
		if (!shift)
			return -EINVAL;
	} else if (*end && !isalpha((unsigned char)*end)) {
		return -EINVAL;
	}
	if (value > UINT64_MAX >> shift)
		return -ERANGE;
	*ret_value = (uint64_t)value << shift;
	return 0;
}

#define DISTANCE_LENGTH 64

size_t parse_distance(const char *a, const char *b, size_t max)
{
	size_t row[DISTANCE_LENGTH + 1], na = strlen(a), nb = strlen(b);

	if (na > DISTANCE_LENGTH || nb > DISTANCE_LENGTH)
		return max + 1;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return MIN(row[nb], max + 1);
}
