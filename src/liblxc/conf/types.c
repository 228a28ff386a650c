/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types whose member is one number or one text, and what all types share: faults and the
 * replacement of a text.
 */
#include "conf/types.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "isolate/personality.h"
#include "isolate/signals.h"
#include "util/log.h"
#include "util/parse.h"
#include "util/path.h"

/* How much of a bad value an error quotes. */
#define QUOTED_MAX 80
#define PAGE_BYTES 4096
#define CONSOLE_SIZE_AUTO 131072
#define TMPFS_SIZE_DEFAULT 500000

int conf_no_memory(const struct conf_item *it, struct lxc_error **err)
{
	return error_set(err, -ENOMEM, "config", "%s", it->name);
}

int conf_fault(const struct conf_item *it, struct lxc_error **err, const char *text, ...)
{
	_cleanup_buf_ struct buf detail = {}, name = {};
	va_list args;

	va_start(args, text);
	buf_vprintf(&detail, text, args);
	va_end(args);
	buf_printable(&name, it->name);
	(void)error_set(err, -EINVAL, "config", "%s", name.data ? name.data : "");
	if (detail.data)
		error_detail(err, "%s", detail.data);
	return -EINVAL;
}

int conf_fault_value(const struct conf_item *it, const char *value,
		     struct lxc_error **err, const char *text, ...)
{
	_cleanup_free_ char *cut = strndup(value, QUOTED_MAX);
	_cleanup_buf_ struct buf shown = {}, detail = {};
	va_list args;

	buf_printable(&shown, cut ? cut : "");
	if (strlen(value) > QUOTED_MAX)
		buf_str(&shown, "…");
	va_start(args, text);
	buf_vprintf(&detail, text, args);
	va_end(args);
	return conf_fault(it, err, "'%s' %s", shown.data ? shown.data : "",
			  detail.data ? detail.data : "");
}

int conf_replace(const struct conf_item *it, char **member, char *text,
		 struct lxc_error **err)
{
	if (!text)
		return conf_no_memory(it, err);
	free(*member);
	*member = text;
	return 0;
}

/* --- numbers --- */

static int bool_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (parse_bool01(value, MEMBER(c, it, bool)) < 0)
		return conf_fault_value(it, value, err, "is neither 0 nor 1");
	return 0;
}

static int bool_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	buf_str(out, *MEMBER_CONST(c, it, bool) ? "1" : "0");
	return 0;
}

static int bool_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, bool) = false;
	return 0;
}

const struct conf_type conf_type_bool = { "bool", bool_parse, bool_print, bool_clear };

static int uint_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	unsigned int max = it->key->max ? it->key->max : UINT_MAX;

	if (parse_uint(value, max, MEMBER(c, it, unsigned int)) < 0)
		return conf_fault_value(it, value, err, "is not a number from 0 to %u",
					max);
	return 0;
}

static int uint_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	buf_printf(out, "%u", *MEMBER_CONST(c, it, unsigned int));
	return 0;
}

static int uint_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, unsigned int) = 0;
	return 0;
}

const struct conf_type conf_type_uint = { "uint", uint_parse, uint_print, uint_clear };

static int int_parse(struct conf *c, const struct conf_item *it, const char *value,
		     struct lxc_error **err)
{
	int64_t number = 0;

	if (parse_int64(value, &number) < 0 || number < INT_MIN || number > INT_MAX)
		return conf_fault_value(it, value, err, "is not a number from %d to %d",
					INT_MIN, INT_MAX);
	*MEMBER(c, it, int) = (int)number;
	return 0;
}

static int int_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	buf_printf(out, "%d", *MEMBER_CONST(c, it, int));
	return 0;
}

static int int_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, int) = 0;
	return 0;
}

const struct conf_type conf_type_int = { "int", int_parse, int_print, int_clear };

static int signal_parse_item(struct conf *c, const struct conf_item *it,
			     const char *value, struct lxc_error **err)
{
	int number = signal_parse(value);

	if (number < 0) {
		(void)conf_fault_value(it, value, err, "is not a signal");
		error_hint(err, "use a number, SIGNAME, SIGRTMIN+N or SIGRTMAX-N");
		return -EINVAL;
	}
	*MEMBER(c, it, int) = number;
	return 0;
}

const struct conf_type conf_type_signal = { "signal", signal_parse_item, int_print,
					    int_clear };

static int log_level_parse_item(struct conf *c, const struct conf_item *it,
				const char *value, struct lxc_error **err)
{
	int level = log_level_parse(value);

	if (level < 0) {
		(void)conf_fault_value(it, value, err, "is not a log level");
		error_hint(err, "use trace, debug, info, notice, warn, error, crit, "
				"alert, fatal, or 0 to 8");
		return -EINVAL;
	}
	*MEMBER(c, it, int) = level;
	return 0;
}

static int log_level_print(const struct conf *c, const struct conf_item *it,
			   struct buf *out)
{
	const char *name = log_level_name(*MEMBER_CONST(c, it, int));

	buf_str(out, name ? name : "NOTSET");
	return 0;
}

static int log_level_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, int) = LOG_LEVEL_NOTSET;
	return 0;
}

const struct conf_type conf_type_log_level = { "log-level", log_level_parse_item,
					       log_level_print, log_level_clear };

static int arch_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (personality_parse(value, MEMBER(c, it, unsigned long)) == 0)
		return 0;
	const char *nearest = personality_nearest(value);

	(void)conf_fault_value(it, value, err, "is not an architecture");
	if (nearest)
		error_hint(err, "did you mean %s?", nearest);
	else
		error_hint(err, "use x86_64, i686, arm64, armhf, linux32, linux64 …");
	return -EINVAL;
}

static int arch_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	unsigned long personality = *MEMBER_CONST(c, it, unsigned long);

	if (personality != PERSONALITY_UNSET)
		buf_str(out, personality_name(personality));
	return 0;
}

static int arch_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, unsigned long) = PERSONALITY_UNSET;
	return 0;
}

const struct conf_type conf_type_arch = { "arch", arch_parse, arch_print, arch_clear,
					  .takes_empty = true };

/* --- sizes --- */

/*
 * A number of bytes, and nothing but a number; other text has always meant the default, and
 * such files exist.
 */
static int tmpfs_size_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	unsigned int *size = MEMBER(c, it, unsigned int);

	if (parse_uint(value, INT_MAX, size) < 0) {
		log_warn("%s: '%s' is not a number of bytes, using %u", it->name, value,
			 TMPFS_SIZE_DEFAULT);
		*size = TMPFS_SIZE_DEFAULT;
	}
	return 0;
}

const struct conf_type conf_type_tmpfs_size = { "tmpfs-size", tmpfs_size_parse,
						uint_print, uint_clear };

/* Ring buffers are mapped: whole pages, a power of two. */
static uint64_t ring_size(uint64_t size)
{
	uint64_t rounded = PAGE_BYTES;

	while (rounded < size)
		rounded <<= 1;
	return rounded;
}

static int size_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	uint64_t size = CONSOLE_SIZE_AUTO;

	if (strcmp(value, "auto") &&
	    (parse_size(value, &size) < 0 || size > UINT64_MAX >> 2)) {
		(void)conf_fault_value(it, value, err, "is not a size");
		error_hint(err, "use auto, or a number of bytes with KB, MB or GB");
		return -EINVAL;
	}
	*MEMBER(c, it, uint64_t) = ring_size(size);
	return 0;
}

static int size_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	buf_printf(out, "%" PRIu64, *MEMBER_CONST(c, it, uint64_t));
	return 0;
}

static int size_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, uint64_t) = 0;
	return 0;
}

const struct conf_type conf_type_size = { "size", size_parse, size_print, size_clear };

/* --- texts --- */

int conf_string_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (it->key->max && strlen(value) > it->key->max)
		return conf_fault_value(it, value, err, "is longer than %lu bytes",
					it->key->max);
	return conf_replace(it, MEMBER(c, it, char *), strdup(value), err);
}

int conf_string_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	char *const text = *MEMBER_CONST(c, it, char *);

	if (text)
		buf_str(out, text);
	return 0;
}

int conf_string_clear(struct conf *c, const struct conf_item *it)
{
	char **text = MEMBER(c, it, char *);

	free(*text);
	*text = NULL;
	return 0;
}

const struct conf_type conf_type_string = { "string", conf_string_parse,
					    conf_string_print, conf_string_clear };

static int path_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (strlen(value) >= PATH_MAX)
		return conf_fault_value(it, value, err, "is longer than %d bytes",
					PATH_MAX - 1);
	return conf_replace(it, MEMBER(c, it, char *), path_simplify(value), err);
}

const struct conf_type conf_type_path = { "path", path_parse, conf_string_print,
					  conf_string_clear };

static int path_required_parse(struct conf *c, const struct conf_item *it,
			       const char *value, struct lxc_error **err)
{
	if (*value)
		return path_parse(c, it, value, err);
	(void)conf_string_clear(c, it);
	return conf_fault(it, err, "a path is required");
}

const struct conf_type conf_type_path_required = { "path", path_required_parse,
						   conf_string_print, conf_string_clear,
						   .takes_empty = true };

static int cgroup_dir_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	if (*value == '/' || path_has_dotdot(value))
		return conf_fault_value(it, value, err,
					"is not a relative path without '..' components");
	return path_parse(c, it, value, err);
}

/* Unset, these print nothing; the historical library says "(null)". */
const struct conf_type conf_type_cgroup_dir = { "cgroup-dir", cgroup_dir_parse,
						conf_string_print, conf_string_clear };

static int cgroup_inner_parse(struct conf *c, const struct conf_item *it,
			      const char *value, struct lxc_error **err)
{
	if (strchr(value, '/') || !strcmp(value, ".") || !strcmp(value, ".."))
		return conf_fault_value(it, value, err, "is not the name of one cgroup");
	return conf_string_parse(c, it, value, err);
}

const struct conf_type conf_type_cgroup_inner = { "cgroup-inner", cgroup_inner_parse,
						  conf_string_print, conf_string_clear };

static int syslog_parse(struct conf *c, const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	bool local = !strncasecmp(value, "local", 5) && value[5] >= '0' &&
		     value[5] <= '7' && !value[6];

	if (!local && strcasecmp(value, "daemon")) {
		(void)conf_fault_value(it, value, err, "is not a syslog facility");
		error_hint(err, "use daemon, or local0 to local7");
		return -EINVAL;
	}
	return conf_string_parse(c, it, value, err);
}

const struct conf_type conf_type_syslog = { "syslog", syslog_parse, conf_string_print,
					    conf_string_clear };

#define UNIX_PREFIX "unix:"
#define SOCKET_PATH_SIZE 108 /* of struct sockaddr_un */

static int proxy_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	const char *path = value + strlen(UNIX_PREFIX);

	if (strncmp(value, UNIX_PREFIX, strlen(UNIX_PREFIX)) || !*path) {
		(void)conf_fault_value(it, value, err, "is not the address of a socket");
		error_hint(err, "use unix:PATH, or unix:@NAME for an abstract one");
		return -EINVAL;
	}
	if (strlen(path) >= SOCKET_PATH_SIZE)
		return conf_fault(it, err, "the path of a socket has at most %d bytes",
				  SOCKET_PATH_SIZE - 1);
	return conf_replace(it, MEMBER(c, it, char *), strdup(path), err);
}

/* Without "unix:" and without the mark of an abstract address, as ever. */
static int proxy_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	char *const path = *MEMBER_CONST(c, it, char *);

	if (path)
		buf_str(out, path + (*path == '@'));
	return 0;
}

const struct conf_type conf_type_proxy = { "proxy", proxy_parse, proxy_print,
					   conf_string_clear };
