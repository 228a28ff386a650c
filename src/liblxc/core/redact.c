/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts without names and addresses. */
#include "core/redact.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define ADDRESS_LETTERS "0123456789abcdefABCDEF:."
#define MAC_LENGTH 17

static const char *const kinds[] = {
	[REDACT_HOST] = "host",
	[REDACT_USER] = "user",
	[REDACT_CONTAINER] = "container",
};

static const struct redact_name *find(const struct redact *r, const char *text)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcasecmp(r->names[i].text, text))
			return &r->names[i];
	return NULL;
}

int redact_add(struct redact *r, enum redact_kind kind, const char *text)
{
	if (!text || !*text || find(r, text))
		return 0;
	struct redact_name *grown = realloc(r->names, (r->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->names = grown;
	char *copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	grown[r->n++] = (struct redact_name){ kind, ++r->last[kind], copy };
	return 0;
}

/* A dot or a dash ends a word: NAME.log and NAME-1 tell the name as well. */
static bool is_inside(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const struct redact_name *longest(const struct redact *r, const char *text)
{
	const struct redact_name *best = NULL;
	size_t size = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t n = strlen(r->names[i].text);

		if (n > size && !strncasecmp(r->names[i].text, text, n) &&
		    !is_inside(text[n])) {
			best = &r->names[i];
			size = n;
		}
	}
	return best;
}

static bool is_mac(const char *text)
{
	for (size_t i = 0; i < MAC_LENGTH; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return text[MAC_LENGTH] == '\0';
}

/* Length of the address that text begins with, or 0. */
static size_t address(const char *text)
{
	size_t n = strspn(text, ADDRESS_LETTERS);
	char copy[INET6_ADDRSTRLEN];
	unsigned char binary[sizeof(struct in6_addr)];

	/* the end of a sentence */
	while (n > 0 && (text[n - 1] == '.' ||
			 (text[n - 1] == ':' && (n < 2 || text[n - 2] != ':'))))
		n--;
	if (n < 2 || n >= sizeof(copy))
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return is_mac(copy) || inet_pton(AF_INET, copy, binary) == 1 ||
			       inet_pton(AF_INET6, copy, binary) == 1
		       ? n
		       : 0;
}

void redact_text(const struct redact *r, const char *text, struct buf *out)
{
	for (const char *p = text; *p;) {
		bool begins = p == text || !is_inside(p[-1]);
		const struct redact_name *name = begins ? longest(r, p) : NULL;
		size_t n = begins && !name ? address(p) : 0;

		if (name) {
			buf_printf(out, "[%s %u]", kinds[name->kind], name->number);
			p += strlen(name->text);
		} else if (n > 0) {
			buf_str(out, "[address]");
			p += n;
		} else {
			buf_char(out, *p++);
		}
	}
}

void redact_done(struct redact *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->names[i].text);
	free(r->names);
	*r = (struct redact){};
}
