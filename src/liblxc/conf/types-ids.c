/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types about ids, namespaces, capabilities and clocks. */
#include "conf/types.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "isolate/caps.h"
#include "util/parse.h"

#define BLANKS " \t"
/* (gid_t)-1 means "leave it" to the kernel. */
#define ID_MAX (UINT32_MAX - 1)

/* --- lxc.init.groups --- */

static int groups_parse(struct conf *c, const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(value, "," BLANKS);
	size_t n = words ? strv_size(words) : 0;
	uint32_t *grown = NULL;

	if (words)
		grown = reallocarray(c->init_groups, c->n_init_groups + n + 1,
				     sizeof(*grown));
	if (!grown)
		return conf_no_memory(it, err);
	c->init_groups = grown;
	for (size_t i = 0; i < n; i++) {
		uint64_t id = 0;

		if (parse_uint64(words[i], ID_MAX, &id) < 0)
			return conf_fault_value(it, words[i], err, "is not a group id");
		grown[c->n_init_groups + i] = (uint32_t)id;
	}
	c->n_init_groups += n;
	return 0;
}

static int groups_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	for (size_t i = 0; i < c->n_init_groups; i++)
		buf_printf(out, "%s%" PRIu32, i ? "," : "", c->init_groups[i]);
	return 0;
}

static int groups_clear(struct conf *c, const struct conf_item *it)
{
	free(c->init_groups);
	c->init_groups = NULL;
	c->n_init_groups = 0;
	return 0;
}

const struct conf_type conf_type_groups = { "groups", groups_parse, groups_print,
					    groups_clear };

/* --- lxc.idmap --- */

static int parse_line(char *const *words, struct idmap_line *ret)
{
	uint64_t number[3] = {};

	if (strv_size(words) != 4 || (strcmp(words[0], "u") && strcmp(words[0], "g")))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(number); i++)
		if (parse_uint64(words[i + 1], UINT32_MAX, &number[i]) < 0)
			return -EINVAL;
	if (!number[2] || number[0] + number[2] > (uint64_t)UINT32_MAX + 1 ||
	    number[1] + number[2] > (uint64_t)UINT32_MAX + 1)
		return -EINVAL;
	*ret = (struct idmap_line){ .gid = *words[0] == 'g',
				    .inside = (uint32_t)number[0],
				    .host = (uint32_t)number[1],
				    .range = (uint32_t)number[2] };
	return 0;
}

/* "auto" or "auto COUNT": create puts lines in its place. */
static int auto_parse(struct conf *c, const struct conf_item *it, const char *value,
		      char *const *words, struct lxc_error **err)
{
	uint64_t count = 0;

	if (strv_size(words) > 2 ||
	    (words[1] && (parse_uint64(words[1], UINT32_MAX, &count) < 0 || !count))) {
		(void)conf_fault_value(it, value, err, "is not a number of ids");
		error_hint(err, "use 'auto', which takes 65536 ids, or 'auto COUNT'");
		return -EINVAL;
	}
	if (c->n_idmap) {
		(void)conf_fault_value(it, value, err, "does not go with other maps");
		error_hint(err, "clear them first: '%s ='", it->name);
		return -EINVAL;
	}
	c->idmap_auto = true;
	c->idmap_count = (uint32_t)count;
	return 0;
}

static int line_add(struct conf *c, const struct conf_item *it,
		    const struct idmap_line *line, struct lxc_error **err)
{
	struct idmap_line *grown = reallocarray(c->idmap, c->n_idmap + 1, sizeof(*grown));

	if (!grown)
		return conf_no_memory(it, err);
	c->idmap = grown;
	c->idmap[c->n_idmap++] = *line;
	/* an included file may have asked for what these lines are */
	c->idmap_auto = false;
	return 0;
}

static int map_parse(struct conf *c, const struct conf_item *it, const char *value,
		     struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(value, BLANKS);
	struct idmap_line line;

	if (!words)
		return conf_no_memory(it, err);
	if (*words && !strcmp(*words, "auto"))
		return auto_parse(c, it, value, words, err);
	if (parse_line(words, &line) < 0) {
		(void)conf_fault_value(it, value, err, "is not a map of ids");
		error_hint(err, "use 'u INSIDE HOST COUNT' for users, 'g …' for groups: "
				"u 0 100000 65536");
		return -EINVAL;
	}
	return line_add(c, it, &line, err);
}

static int map_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	if (c->idmap_auto && c->idmap_count)
		buf_printf(out, "auto %" PRIu32, c->idmap_count);
	else if (c->idmap_auto)
		buf_str(out, "auto");
	for (size_t i = 0; i < c->n_idmap; i++) {
		const struct idmap_line *m = &c->idmap[i];

		buf_printf(out, "%s%c %" PRIu32 " %" PRIu32 " %" PRIu32, i ? "\n" : "",
			   m->gid ? 'g' : 'u', m->inside, m->host, m->range);
	}
	return 0;
}

static int map_clear(struct conf *c, const struct conf_item *it)
{
	free(c->idmap);
	c->idmap = NULL;
	c->n_idmap = 0;
	c->idmap_auto = false;
	return 0;
}

const struct conf_type conf_type_idmap = { "idmap", map_parse, map_print, map_clear };

/* --- lxc.namespace.clone, lxc.namespace.keep --- */

static int unknown_namespace(const struct conf_item *it, const char *name,
			     struct lxc_error **err)
{
	(void)conf_fault_value(it, name, err, "is not a namespace");
	error_hint(err, "use user, mnt, pid, uts, ipc, net, cgroup or time");
	return -EINVAL;
}

static int namespaces_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	_cleanup_strv_ char **names = strv_split(value, BLANKS);
	int *member = MEMBER(c, it, int), flags = 0;
	bool is_clone = member == &c->ns_clone;

	if (!names)
		return conf_no_memory(it, err);
	if (is_clone ? c->ns_keep : c->ns_clone) {
		const char *other = is_clone ? "keep" : "clone";

		(void)conf_fault(it, err, "lxc.namespace.%s is set already", other);
		error_hint(err, "set one of lxc.namespace.clone and lxc.namespace.keep");
		return -EINVAL;
	}
	for (char **n = names; *n; n++) {
		int flag = ns_flag(*n);

		if (flag < 0)
			return unknown_namespace(it, *n, err);
		flags |= flag;
	}
	*member |= flags;
	return 0;
}

static int namespaces_print(const struct conf *c, const struct conf_item *it,
			    struct buf *out)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (*MEMBER_CONST(c, it, int) & ns_names[i].flag)
			buf_printf(out, "%s\n", ns_names[i].name);
	return 0;
}

static int namespaces_clear(struct conf *c, const struct conf_item *it)
{
	*MEMBER(c, it, int) = 0;
	return 0;
}

const struct conf_type conf_type_namespaces = { "namespaces", namespaces_parse,
						namespaces_print, namespaces_clear };

/* --- lxc.namespace.share.NS --- */

static int share_kind(const struct conf_item *it)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (!strcmp(it->rest, ns_names[i].name))
			return i;
	return -EINVAL;
}

static int share_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	int kind = share_kind(it);

	if (kind < 0)
		return unknown_namespace(it, it->rest, err);
	return conf_replace(it, &c->ns_share[kind], strdup(value), err);
}

/* Unset, it prints nothing; the historical library says "(null)". */
static int share_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	int kind = share_kind(it);

	if (kind < 0)
		return -EINVAL;
	if (c->ns_share[kind])
		buf_str(out, c->ns_share[kind]);
	return 0;
}

/* The bare key clears every one. */
static int share_clear(struct conf *c, const struct conf_item *it)
{
	int kind = share_kind(it);

	if (kind < 0 && *it->rest)
		return -EINVAL;
	for (int i = 0; i < NS_COUNT; i++) {
		if (kind >= 0 && kind != i)
			continue;
		free(c->ns_share[i]);
		c->ns_share[i] = NULL;
	}
	return 0;
}

const struct conf_type conf_type_share = { "namespace", share_parse, share_print,
					   share_clear };

/* --- lxc.cap.drop, lxc.cap.keep: one list; key->max says which of the two it is --- */

static bool is_none(const struct conf_item *it, const char *name)
{
	return it->key->max == CAPS_KEEP && !strcmp(name, "none");
}

static int caps_check(const struct conf_item *it, char *name, struct lxc_error **err)
{
	_cleanup_(error_freep) struct lxc_error *unknown = NULL;
	char *const one[] = { name, NULL };
	uint64_t mask = 0;

	if (is_none(it, name) || caps_parse(one, &mask, &unknown) == 0)
		return 0;
	(void)conf_fault_value(it, name, err, "is not a capability");
	if (unknown && unknown->hint)
		error_hint(err, "%s", unknown->text + unknown->hint);
	return -EINVAL;
}

static int caps_conflict(const struct conf_item *it, struct lxc_error **err)
{
	const char *other = it->key->max == CAPS_KEEP ? "drop" : "keep";

	(void)conf_fault(it, err, "lxc.cap.%s is set already", other);
	error_hint(err, "clear the other one first: 'lxc.cap.%s ='", other);
	return -EINVAL;
}

static int caps_parse_item(struct conf *c, const struct conf_item *it, const char *value,
			   struct lxc_error **err)
{
	_cleanup_strv_ char **names = strv_split(value, BLANKS);
	enum conf_caps_mode mode = (enum conf_caps_mode)it->key->max;
	int r = 0;

	if (!names)
		return conf_no_memory(it, err);
	if (c->caps_mode != CAPS_UNSET && c->caps_mode != mode)
		return caps_conflict(it, err);
	for (char **n = names; *n && r == 0; n++)
		r = caps_check(it, *n, err);
	if (r < 0)
		return r;
	c->caps_mode = mode;
	for (char **n = names; *n; n++) {
		/* keeping "none" forgets what was kept so far */
		if (is_none(it, *n))
			c->caps = strv_free(c->caps);
		else if (strv_add(&c->caps, *n) < 0)
			return conf_no_memory(it, err);
	}
	return 0;
}

static int caps_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	if (c->caps_mode != (enum conf_caps_mode)it->key->max)
		return 0;
	for (char **v = c->caps; v && *v; v++)
		buf_printf(out, "%s\n", *v);
	return 0;
}

/* Clearing either clears the list: files rely on it to replace an inherited one. */
static int caps_clear(struct conf *c, const struct conf_item *it)
{
	c->caps = strv_free(c->caps);
	c->caps_mode = CAPS_UNSET;
	return 0;
}

const struct conf_type conf_type_caps = { "capabilities", caps_parse_item, caps_print,
					  caps_clear };

/* --- lxc.time.offset.*: the member holds seconds, the one behind it nanoseconds --- */

static_assert(offsetof(struct conf, time_boot_ns) ==
		      offsetof(struct conf, time_boot_s) + sizeof(int64_t),
	      "seconds and nanoseconds lie together");
static_assert(offsetof(struct conf, time_monotonic_ns) ==
		      offsetof(struct conf, time_monotonic_s) + sizeof(int64_t),
	      "seconds and nanoseconds lie together");

static const struct {
	const char *unit;
	bool seconds;
	int64_t factor;
} time_units[] = {
	{ "h", true, 3600 },	  { "m", true, 60 },	 { "s", true, 1 },
	{ "ms", false, 1000000 }, { "us", false, 1000 }, { "ns", false, 1 },
};

static int time_value(const char *value, int64_t *ret_s, int64_t *ret_ns)
{
	size_t sign = strspn(value, "+-"), digits = strspn(value + sign, "0123456789");
	const char *unit = value + sign + digits;
	_cleanup_free_ char *number = strndup(value, sign + digits);
	int64_t n = 0;

	if (!number)
		return -ENOMEM;
	if (!digits || sign > 1 || parse_int64(number, &n) < 0)
		return -EINVAL;
	unit += strspn(unit, BLANKS);
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
		int64_t *ret = time_units[i].seconds ? ret_s : ret_ns;

		if (strcmp(unit, time_units[i].unit))
			continue;
		return __builtin_mul_overflow(n, time_units[i].factor, ret) ? -ERANGE : 0;
	}
	return -EINVAL;
}

static int time_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	int64_t *offset = MEMBER(c, it, int64_t), s = 0, ns = 0;
	int r = time_value(value, &s, &ns);

	if (r == -ENOMEM)
		return conf_no_memory(it, err);
	if (r < 0) {
		(void)conf_fault_value(it, value, err, "is not a time offset");
		error_hint(err, "use a whole number with h, m, s, ms, us or ns: -3h");
		return -EINVAL;
	}
	offset[0] = s;
	offset[1] = ns;
	return 0;
}

static int time_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	const int64_t *offset = MEMBER_CONST(c, it, int64_t);

	if (offset[0])
		buf_printf(out, "%" PRId64 "s", offset[0]);
	else
		buf_printf(out, "%" PRId64 "ns", offset[1]);
	return 0;
}

static int time_clear(struct conf *c, const struct conf_item *it)
{
	int64_t *offset = MEMBER(c, it, int64_t);

	offset[0] = offset[1] = 0;
	return 0;
}

const struct conf_type conf_type_time = { "time", time_parse, time_print, time_clear };
