/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NULL-terminated arrays of strings. */
#include "util/strv.h"

#include <string.h>

#include "util/buf.h"

char **strv_free(char **v)
{
	for (char **p = v; p && *p; p++)
		free(*p);
	free(v);
	return NULL;
}

size_t strv_size(char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

bool strv_has(char *const *v, const char *text)
{
	for (; v && *v; v++)
		if (!strcmp(*v, text))
			return true;
	return false;
}

int strv_push(char ***v, char *text)
{
	size_t n = strv_size(*v);
	char **grown = text ? realloc(*v, (n + 2) * sizeof(char *)) : NULL;

	if (!grown) {
		free(text);
		return -ENOMEM;
	}
	grown[n] = text;
	grown[n + 1] = NULL;
	*v = grown;
	return 0;
}

int strv_add(char ***v, const char *text)
{
	return strv_push(v, strdup(text));
}

int strv_add_n(char ***v, const char *text, size_t size)
{
	return strv_push(v, strndup(text, size));
}

char **strv_copy(char *const *v)
{
	_cleanup_strv_ char **copy = calloc(1, sizeof(char *));

	if (!copy)
		return NULL;
	for (; v && *v; v++)
		if (strv_add(&copy, *v) < 0)
			return NULL;
	return steal_ptr(copy);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(char **v)
{
	if (v)
		qsort(v, strv_size(v), sizeof(*v), compare);
}

char **strv_split(const char *text, const char *separators)
{
	_cleanup_strv_ char **v = calloc(1, sizeof(char *));

	if (!v)
		return NULL;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, separators);

		if (n && strv_add_n(&v, p, n) < 0)
			return NULL;
		p += n;
		p += strspn(p, separators);
	}
	return steal_ptr(v);
}

char **strv_split_command(const char *text)
{
	_cleanup_strv_ char **v = calloc(1, sizeof(char *));
	const char *blanks = " \t\n\r\v\f";

	if (!v)
		return NULL;
	for (const char *p = text + strspn(text, blanks); *p; p += strspn(p, blanks)) {
		_cleanup_buf_ struct buf word = {};

		while (*p && !strchr(blanks, *p)) {
			const char *end = *p == '\'' || *p == '"' ? strchr(p + 1, *p)
								  : NULL;

			if (end) {
				buf_add(&word, p + 1, end - p - 1);
				p = end + 1;
			} else {
				buf_char(&word, *p++);
			}
		}
		if (strv_push(&v, buf_steal(&word)) < 0)
			return NULL;
	}
	return steal_ptr(v);
}
