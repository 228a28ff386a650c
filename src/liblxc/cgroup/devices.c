/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules for access to devices, as text; devices-compile.c has the list and the program.
 */
#include "cgroup/devices.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "util/buf.h"
#include "util/parse.h"
#include "util/strv.h"

#define ANY DEVICE_ANY

static int fail(bool allow, const char *text, int r, const char *what, const char *hint,
		struct lxc_error **err)
{
	_cleanup_buf_ struct buf printable = {};

	buf_printable(&printable, text);
	(void)error_set(err, r, allow ? "devices.allow" : "devices.deny", "%s",
			printable.data ? printable.data : "");
	if (what)
		error_detail(err, "%s", what);
	error_hint(err, "%s", hint);
	return r;
}

#define FORM "write: a, c MAJOR:MINOR ACCESS, b MAJOR:MINOR ACCESS, or /dev/NAME ACCESS"

static int parse_number(const char *text, int *ret)
{
	uint64_t value;

	if (!strcmp(text, "*")) {
		*ret = ANY;
		return 0;
	}
	int r = parse_decimal(text, INT_MAX, &value);
	if (r == 0)
		*ret = value;
	return r;
}

static int parse_numbers(char *text, struct device_rule *rule)
{
	char *colon = strchr(text, ':');

	if (!colon)
		return -EINVAL;
	*colon = '\0';
	int r = parse_number(text, &rule->major);
	if (r == 0)
		r = parse_number(colon + 1, &rule->minor);
	*colon = ':';
	return r;
}

static int parse_access(const char *text, unsigned int *ret)
{
	unsigned int access = 0;

	for (; *text; text++) {
		if (*text == 'r')
			access |= DEVICE_READ;
		else if (*text == 'w')
			access |= DEVICE_WRITE;
		else if (*text == 'm')
			access |= DEVICE_MKNOD;
		else
			return -EINVAL;
	}
	*ret = access;
	return access ? 0 : -EINVAL;
}

static int look_up(const char *path, struct device_rule *rule)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return -ENODEV;
	rule->type = S_ISCHR(st.st_mode) ? 'c' : 'b';
	rule->major = major(st.st_rdev);
	rule->minor = minor(st.st_rdev);
	return 0;
}

/* "/dev/NAME [ACCESS]" */
static int parse_path(char **words, const char *text, struct device_rule *rule,
		      struct lxc_error **err)
{
	if (!rule->allow)
		return fail(false, text, -EINVAL, "a path can only be allowed",
			    "deny a device by its type and numbers, as in c 1:3 rwm",
			    err);
	int r = look_up(words[0], rule);
	if (r == -ENODEV)
		return fail(true, text, r, "not a device", FORM, err);
	if (r < 0)
		return fail(true, text, r, NULL, "the path is looked up on the host",
			    err);
	if (words[1] && (words[2] || parse_access(words[1], &rule->access) < 0))
		return fail(true, text, -EINVAL, "access is not made of r, w and m", FORM,
			    err);
	return 0;
}

/* "a", or "TYPE MAJOR:MINOR ACCESS" */
static int parse_words(char **words, const char *text, struct device_rule *rule,
		       struct lxc_error **err)
{
	size_t n = strv_size(words);
	bool allow = rule->allow;

	if (!n || strlen(words[0]) != 1 || !strchr("abc", words[0][0]))
		return fail(allow, text, -EINVAL, "neither a type (a, b or c) nor a path",
			    FORM, err);
	rule->type = words[0][0];
	if (n == 1 && rule->type == 'a')
		return 0;
	if (n < 2 || parse_numbers(words[1], rule) < 0)
		return fail(allow, text, -EINVAL,
			    "no numbers in the form MAJOR:MINOR (* for any)", FORM, err);
	if (n < 3 || parse_access(words[2], &rule->access) < 0)
		return fail(allow, text, -EINVAL, "access is not made of r, w and m",
			    FORM, err);
	if (n > 3)
		return fail(allow, text, -EINVAL, "text after the access", FORM, err);
	return 0;
}

int devices_parse(bool allow, const char *text, struct device_rule *ret,
		  struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(text, " \t\n");

	*ret = (struct device_rule){
		.major = ANY,
		.minor = ANY,
		.access = DEVICE_ALL,
		.allow = allow,
	};
	if (!words)
		return error_set(err, -ENOMEM, "devices", "%s", "");
	return words[0] && words[0][0] == '/' ? parse_path(words, text, ret, err)
					      : parse_words(words, text, ret, err);
}

int devices_add(struct device_rules *rules, bool allow, const char *text,
		struct lxc_error **err)
{
	struct device_rule rule;
	int r = devices_parse(allow, text, &rule, err);

	if (r < 0)
		return r;
	r = devices_add_rule(rules, &rule);
	if (r < 0)
		return fail(allow, text, r, NULL, "use * for ranges of numbers", err);
	return 0;
}
