/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line of a seccomp policy, and what its readers share. */
#ifndef ISOLATE_SECCOMP_LINE_H
#define ISOLATE_SECCOMP_LINE_H

#include "isolate/seccomp-policy.h"

#define SECCOMP_BLANKS " \t\r"
/* How much of a wrong text an error quotes. */
#define SECCOMP_QUOTE_MAX 60

struct seccomp_reader {
	const char *path;
	unsigned int line;
	struct seccomp_policy *policy;
	uint32_t rule_action; /* of a rule that names none */
	bool skip; /* in a section for another machine */
	bool file_ended; /* what follows are rules of intercepts */
	struct lxc_error **err;
};

/* Set the error for the current line: what is wrong, and the remedy.  -EINVAL. */
int seccomp_line_fault(struct seccomp_reader *rd, const char *hint, const char *format,
		       ...) _printf_(3, 4);

/* text without the blanks around it, which are overwritten. */
char *seccomp_line_trim(char *text);

/* Length of the word at the beginning: up to a blank, an argument test or a comment. */
size_t seccomp_line_word(const char *text);

/* Whether nothing or a comment follows after blanks. */
bool seccomp_line_is_end(const char *text);

/* The action at the beginning of *text, which is moved behind it. */
int seccomp_line_action(struct seccomp_reader *rd, char **text, uint32_t *ret);

/* Add a line "CALL [ACTION] [TEST...]" to the policy. */
int seccomp_line_parse(struct seccomp_reader *rd, char *line);

int seccomp_line_add(struct seccomp_reader *rd, const struct seccomp_rule *rule);

#endif
