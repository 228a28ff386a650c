/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types that hold several values: lists of texts, and names with values. */
#include "conf/types.h"

#include <string.h>

#include "util/parse.h"

static int list_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	return strv_add(MEMBER(c, it, char **), value) < 0 ? conf_no_memory(it, err) : 0;
}

int conf_list_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	for (char *const *v = *MEMBER_CONST(c, it, char **); v && *v; v++)
		buf_printf(out, "%s\n", *v);
	return 0;
}

int conf_list_clear(struct conf *c, const struct conf_item *it)
{
	char ***list = MEMBER(c, it, char **);

	*list = strv_free(*list);
	return 0;
}

const struct conf_type conf_type_list = { "list", list_parse, conf_list_print,
					  conf_list_clear };

static int words_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(value, " \t");

	if (!words)
		return conf_no_memory(it, err);
	for (char **w = words; *w; w++)
		if (strv_add(MEMBER(c, it, char **), *w) < 0)
			return conf_no_memory(it, err);
	return 0;
}

const struct conf_type conf_type_words = { "words", words_parse, conf_list_print,
					   conf_list_clear };

/* NAME alone takes the value that it has here and now. */
static int environment_parse(struct conf *c, const struct conf_item *it,
			     const char *value, struct lxc_error **err)
{
	_cleanup_buf_ struct buf line = {};
	const char *ours;

	if (*value == '=')
		return conf_fault_value(it, value, err, "has no name in front of '='");
	if (strchr(value, '='))
		return list_parse(c, it, value, err);
	ours = getenv(value);
	if (!ours) {
		(void)conf_fault_value(it, value, err,
				       "is not set in the environment of this program");
		error_hint(err, "write NAME=VALUE");
		return -EINVAL;
	}
	buf_printf(&line, "%s=%s", value, ours);
	if (strv_push(MEMBER(c, it, char **), buf_steal(&line)) < 0)
		return conf_no_memory(it, err);
	return 0;
}

const struct conf_type conf_type_environment = { "environment", environment_parse,
						 conf_list_print, conf_list_clear };

static int hooks_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	(void)conf_fault(it, err, "takes no value: it only clears all hooks");
	error_hint(err, "name the hook: lxc.hook.pre-start, lxc.hook.mount …");
	return -EINVAL;
}

static int hooks_clear(struct conf *c, const struct conf_item *it)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		c->hooks[i] = strv_free(c->hooks[i]);
	return 0;
}

const struct conf_type conf_type_hooks = { "hooks", hooks_parse, NULL, hooks_clear };

/* --- names with values --- */

static void pairs_free(struct conf_pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->list[i].name);
		free(p->list[i].value);
	}
	free(p->list);
	*p = (struct conf_pairs){};
}

static void pairs_remove(struct conf_pairs *p, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->list[i].name, name)) {
			p->list[kept++] = p->list[i];
			continue;
		}
		free(p->list[i].name);
		free(p->list[i].value);
	}
	p->n = kept;
}

static int pairs_add(struct conf_pairs *p, const char *name, const char *value)
{
	_cleanup_free_ char *own_name = strdup(name), *own_value = strdup(value);
	struct conf_pair *grown = reallocarray(p->list, p->n + 1, sizeof(*grown));

	if (grown)
		p->list = grown;
	if (!grown || !own_name || !own_value)
		return -ENOMEM;
	p->list[p->n++] = (struct conf_pair){ steal_ptr(own_name), steal_ptr(own_value) };
	return 0;
}

static int pairs_parse(struct conf *c, const struct conf_item *it, const char *value,
		       struct lxc_error **err)
{
	if (!*it->rest) {
		(void)conf_fault(it, err, "takes a value only with a name behind it");
		error_hint(err, "write %s.%s", it->key->name, it->key->example_rest);
		return -EINVAL;
	}
	if (pairs_add(MEMBER(c, it, struct conf_pairs), it->rest, value) < 0)
		return conf_no_memory(it, err);
	return 0;
}

static int pairs_once_parse(struct conf *c, const struct conf_item *it, const char *value,
			    struct lxc_error **err)
{
	pairs_remove(MEMBER(c, it, struct conf_pairs), it->rest);
	return pairs_parse(c, it, value, err);
}

static void print_all(const struct conf_pairs *p, const char *key, struct buf *out)
{
	for (size_t i = 0; i < p->n; i++)
		buf_printf(out, "%s.%s = %s\n", key, p->list[i].name, p->list[i].value);
}

static void print_one(const struct conf_pairs *p, const char *name, const char *end,
		      struct buf *out)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->list[i].name, name))
			buf_printf(out, "%s%s", p->list[i].value, end);
}

static int pairs_print(const struct conf *c, const struct conf_item *it, struct buf *out)
{
	const struct conf_pairs *p = MEMBER_CONST(c, it, struct conf_pairs);

	if (*it->rest)
		print_one(p, it->rest, "", out);
	else
		print_all(p, it->key->name, out);
	return 0;
}

static int pairs_line_print(const struct conf *c, const struct conf_item *it,
			    struct buf *out)
{
	const struct conf_pairs *p = MEMBER_CONST(c, it, struct conf_pairs);

	if (*it->rest)
		print_one(p, it->rest, "\n", out);
	else
		print_all(p, it->key->name, out);
	return 0;
}

static int pairs_clear(struct conf *c, const struct conf_item *it)
{
	struct conf_pairs *p = MEMBER(c, it, struct conf_pairs);

	if (*it->rest)
		pairs_remove(p, it->rest);
	else
		pairs_free(p);
	return 0;
}

const struct conf_type conf_type_pairs = { "pairs", pairs_parse, pairs_print,
					   pairs_clear };
const struct conf_type conf_type_pairs_line = { "pairs", pairs_parse, pairs_line_print,
						pairs_clear };
const struct conf_type conf_type_pairs_once = { "pairs", pairs_once_parse, pairs_print,
						pairs_clear };

/* --- limits: SOFT:HARD, kept in the form in which they are printed --- */

#define BLANKS " \t"

static int limit_parse(const char *text, size_t size, struct buf *out)
{
	_cleanup_free_ char *word = NULL;
	uint64_t number = 0;

	for (; size && strchr(BLANKS, *text); size--)
		text++;
	while (size && strchr(BLANKS, text[size - 1]))
		size--;
	word = strndup(text, size);
	if (!word)
		return -ENOMEM;
	if (strcmp(word, "unlimited") && parse_decimal(word, UINT64_MAX, &number) < 0)
		return -EINVAL;
	buf_str(out, word);
	return buf_status(out);
}

static int prlimit_parse(struct conf *c, const struct conf_item *it, const char *value,
			 struct lxc_error **err)
{
	_cleanup_buf_ struct buf soft = {}, hard = {};
	size_t n = strcspn(value, ":");
	const char *behind = value[n] ? value + n + 1 : value;
	int r = limit_parse(value, n, &soft);

	if (r == 0)
		r = limit_parse(behind, strlen(behind), &hard);
	if (r == -ENOMEM)
		return conf_no_memory(it, err);
	if (r < 0) {
		(void)conf_fault_value(it, value, err, "is not a limit");
		error_hint(err, "use NUMBER, SOFT:HARD, or unlimited for either");
		return r;
	}
	if (strcmp(soft.data, hard.data))
		buf_printf(&soft, ":%s", hard.data);
	if (buf_status(&soft) < 0)
		return conf_no_memory(it, err);
	return pairs_once_parse(c, it, soft.data, err);
}

const struct conf_type conf_type_prlimit = { "prlimit", prlimit_parse, pairs_print,
					     pairs_clear };
