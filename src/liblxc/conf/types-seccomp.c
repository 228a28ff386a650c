/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types of lxc.seccomp.intercept: lists of what a supervisor may do for the container. */
#include "conf/types.h"

#include <string.h>

#include "isolate/intercept.h"

static int add(struct conf *c, const struct conf_item *it, const char *word,
	       struct lxc_error **err)
{
	char ***list = MEMBER(c, it, char **);

	if (strv_has(*list, word))
		return 0;
	return strv_add(list, word) < 0 ? conf_no_memory(it, err) : 0;
}

/* 0 as the only value: nothing, as when the key is cleared. */
static bool is_off(struct conf *c, const struct conf_item *it, const char *value)
{
	if (strcmp(value, "0") != 0)
		return false;
	(void)conf_list_clear(c, it);
	return true;
}

/* --- devices --- */

static int add_device(struct conf *c, const struct conf_item *it, const char *word,
		      struct lxc_error **err)
{
	struct intercept_device d;
	char text[INTERCEPT_DEVICE_SIZE];

	word += strspn(word, " \t");
	if (intercept_device_parse(word, &d) < 0) {
		(void)conf_fault_value(it, word, err, "is not a device");
		error_hint(err,
			   "use c MAJOR:MINOR or b MAJOR:MINOR, with commas between "
			   "several, or 1 for null, zero, full, random, urandom, tty");
		return -EINVAL;
	}
	if (strv_size(*MEMBER(c, it, char **)) == INTERCEPT_DEVICES_MAX)
		return conf_fault(it, err, "takes %d devices at most",
				  INTERCEPT_DEVICES_MAX);
	intercept_device_print(&d, text);
	return add(c, it, text, err);
}

static int devices_parse(struct conf *c, const struct conf_item *it, const char *value,
			 struct lxc_error **err)
{
	if (is_off(c, it, value))
		return 0;
	_cleanup_strv_ char **words =
		strv_split(!strcmp(value, "1") ? INTERCEPT_DEVICES_DEFAULT : value, ",");
	int r = words ? 0 : conf_no_memory(it, err);

	for (char **w = words; r == 0 && *w; w++) {
		size_t n = strlen(*w);

		while (n && strchr(" \t", (*w)[n - 1]))
			(*w)[--n] = '\0';
		r = add_device(c, it, *w, err);
	}
	return r;
}

const struct conf_type conf_type_devices = { "devices", devices_parse, conf_list_print,
					     conf_list_clear };

/* --- names --- */

static int names_parse(struct conf *c, const struct conf_item *it, const char *value,
		       bool (*is_valid)(const char *), struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(value, " \t,");
	int r = words ? 0 : conf_no_memory(it, err);

	for (char **w = words; r == 0 && *w; w++)
		r = is_valid(*w) ? add(c, it, *w, err)
				 : conf_fault_value(it, *w, err, "cannot be intercepted");
	return r;
}

static int types_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	if (is_off(c, it, value))
		return 0;
	int r = names_parse(c, it, value, intercept_is_type, err);

	if (r == -EINVAL)
		error_hint(
			err,
			"name file systems of data, as in ext4 xfs; interfaces of the kernel and btrfs are refused");
	return r;
}

static int attributes_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	if (is_off(c, it, value))
		return 0;
	int r = names_parse(c, it, strcmp(value, "1") ? value : INTERCEPT_NAMES_DEFAULT,
			    intercept_is_attribute, err);

	if (r == -EINVAL)
		error_hint(err,
			   "use trusted.NAME, with * at the end for a family, or 1 for "
			   "%s",
			   INTERCEPT_NAMES_DEFAULT);
	return r;
}

const struct conf_type conf_type_types = { "types", types_parse, conf_list_print,
					   conf_list_clear };
const struct conf_type conf_type_attributes = { "attributes", attributes_parse,
						conf_list_print, conf_list_clear };
