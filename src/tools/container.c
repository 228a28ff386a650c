/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments as values: numbers, lists, the container. */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool tool_number(const char *text, long *ret_number)
{
	char *end;

	errno = 0;
	long number = strtol(text, &end, 10);

	if (errno || end == text || *end)
		return false;
	*ret_number = number;
	return true;
}

void tool_list_add(char ***list, const char *item)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	char **grown = realloc(*list, (n + 2) * sizeof(*grown));
	char *copy = strdup(item);

	if (!grown || !copy) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	grown[n] = copy;
	grown[n + 1] = NULL;
	*list = grown;
}

/* What a user may not see looks as if it were not there: better to say so. */
static bool is_accessible(struct tool *t, const struct lxc_container *c)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", c->config_path, c->name) >= PATH_MAX ||
	    access(path, X_OK) == 0 || errno != EACCES)
		return true;
	tool_error(t, "You lack access to %s", path);
	return false;
}

struct lxc_container *tool_container(struct tool *t)
{
	_cleanup_container_ struct lxc_container *c =
		lxc_container_new(t->name, t->lxcpath);
	struct lxc_container *loaded = c;

	if (!c || !is_accessible(t, c))
		return NULL;
	if (t->rcfile) {
		char *file = strdup(t->rcfile);

		if (!file)
			return NULL;
		free(c->configfile);
		c->configfile = file;
		lxc_container_clear_config(c);
		if (!lxc_container_load_config(c, NULL))
			return NULL;
	}
	c = NULL;
	return loaded;
}

struct lxc_container *tool_control(struct tool *t)
{
	struct lxc_container *c = tool_container(t);

	if (!c || lxc_container_may_control(c))
		return c;
	lxc_container_put(c);
	return NULL;
}

/* White space off both ends, in place. */
static char *trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	for (n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

static char *unquote(char *text)
{
	size_t n = strlen(text);

	if (n < 2 || (text[0] != '"' && text[0] != '\'') || text[n - 1] != text[0])
		return text;
	text[n - 1] = '\0';
	return text + 1;
}

int tool_define(struct tool *t, struct lxc_container *c, const char *definition)
{
	char *text = strdup(definition), *value = text ? strchr(text, '=') : NULL;
	int r = TOOL_FAILED;

	if (!value || strncmp(trim(text), "lxc.", 4) != 0) {
		tool_hint(t,
			  "as in -s lxc.tty.max=2; lxc.container.conf(5) has the keys");
		tool_error(t, "'%s' is not of the form lxc.KEY=VALUE", definition);
	} else {
		*value++ = '\0';
		if (lxc_container_set_config_item(c, trim(text), unquote(trim(value))))
			r = 0;
	}
	free(text);
	return r;
}

int tool_configure(struct tool *t, struct lxc_container *c, char **definitions,
		   const struct tool_setting *settings)
{
	for (char **d = definitions; d && *d; d++)
		if (tool_define(t, c, *d) < 0)
			return TOOL_FAILED;
	for (const struct tool_setting *s = settings; s->key; s++)
		if (*s->value && !lxc_container_set_config_item(c, s->key, *s->value))
			return TOOL_FAILED;
	return 0;
}
