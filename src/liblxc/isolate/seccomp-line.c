/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line CALL [ACTION] [[INDEX,VALUE,OPERATOR[,MASK]]...] of a seccomp policy.  Unlike the
 * classic reader this one refuses what it does not understand behind an action: a mistyped
 * argument test would widen the rule.
 */
#include "isolate/seccomp-line.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mount.h>

#include "util/buf.h"
#include "util/parse.h"

/* A program has at most 4096 instructions, and a rule takes at least one. */
#define RULES_MAX 4096
/* Each takes four or five, and libseccomp's time grows with their square and faster. */
#define TESTS_MAX 800
#define ERRNO_MAX 4094
/* The call by which a listener leaves the process that is under the filter already. */
#define HAND_OVER "sendmsg"

/* clang-format off */
static const struct {
	const char *name; /* a word that begins so */
	uint32_t action;
} actions[] = {
	{ "kill", SCMP_ACT_KILL },
	{ "errno", SCMP_ACT_ERRNO(0) },
	{ "allow", SCMP_ACT_ALLOW },
	{ "trap", SCMP_ACT_TRAP },
	{ "notify", SCMP_ACT_NOTIFY },
};

static const struct {
	const char *name;
	const char *sign;
	enum scmp_compare op;
} operators[] = {
	{ "SCMP_CMP_NE", "!=", SCMP_CMP_NE },
	{ "SCMP_CMP_LT", "<", SCMP_CMP_LT },
	{ "SCMP_CMP_LE", "<=", SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", "==", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", ">=", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", ">", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", "&=", SCMP_CMP_MASKED_EQ },
};

/* clang-format on */

/* --- text --- */

int seccomp_line_fault(struct seccomp_reader *rd, const char *hint, const char *format,
		       ...)
{
	_cleanup_buf_ struct buf raw = {}, printable = {};
	va_list args;

	va_start(args, format);
	buf_vprintf(&raw, format, args);
	va_end(args);
	buf_printable(&printable, raw.data ? raw.data : "");
	(void)error_set(rd->err, -EINVAL, "seccomp", "%s:%u", rd->path, rd->line);
	error_detail(rd->err, "%s", printable.data ? printable.data : "fault");
	error_hint(rd->err, "%s", hint);
	return -EINVAL;
}

/* Without the blanks around it, which are overwritten. */
char *seccomp_line_trim(char *text)
{
	text += strspn(text, SECCOMP_BLANKS);
	for (size_t n = strlen(text); n && strchr(SECCOMP_BLANKS, text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

/* The end of a word: a blank, an argument test or a comment. */
size_t seccomp_line_word(const char *text)
{
	return strcspn(text, SECCOMP_BLANKS "[#");
}

bool seccomp_line_is_end(const char *text)
{
	text += strspn(text, SECCOMP_BLANKS);
	return !*text || *text == '#';
}

/* --- actions --- */

#define ACTIONS "the actions are kill, errno NUMBER, allow, trap and notify"

/* "errno" is behind us: its number. */
static int parse_errno(struct seccomp_reader *rd, char **text, uint32_t *ret)
{
	char digits[16];
	char *p = *text + strspn(*text, SECCOMP_BLANKS);
	size_t n = seccomp_line_word(p);
	unsigned int number;

	(void)snprintf(digits, sizeof(digits), "%.*s", (int)MIN(n, sizeof(digits)), p);
	if (p == *text || !n || n >= sizeof(digits) ||
	    parse_uint(digits, ERRNO_MAX, &number) < 0)
		return seccomp_line_fault(
			rd, "write: errno NUMBER, as in errno 1 (EPERM)",
			"errno without a number from 0 to %d", ERRNO_MAX);
	*ret = SCMP_ACT_ERRNO(number);
	*text = p + n;
	return 0;
}

int seccomp_line_action(struct seccomp_reader *rd, char **text, uint32_t *ret)
{
	char *p = *text;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		size_t n = strlen(actions[i].name);

		if (strncmp(p, actions[i].name, n))
			continue;
		*ret = actions[i].action;
		*text = p + n;
		if (*ret == SCMP_ACT_ERRNO(0))
			return parse_errno(rd, text, ret);
		*text = p + seccomp_line_word(p);
		return 0;
	}
	return seccomp_line_fault(
		rd, ACTIONS, "unknown action \"%.*s\"",
		(int)MIN(seccomp_line_word(p), (size_t)SECCOMP_QUOTE_MAX), p);
}

/* --- argument tests --- */

#define TEST_FORM \
	"write: [INDEX,VALUE,OPERATOR], or [INDEX,VALUE,SCMP_CMP_MASKED_EQ,MASK]"
#define OPERATORS \
	"the operators are SCMP_CMP_NE, LT, LE, EQ, GE, GT and MASKED_EQ, or != < <= == >= > &="

static int parse_operator(const char *text, enum scmp_compare *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (!strcmp(text, operators[i].name) ||
		    !strcmp(text, operators[i].sign)) {
			*ret = operators[i].op;
			return 0;
		}
	return -EINVAL;
}

/* What stands between the brackets. */
static int parse_test(struct seccomp_reader *rd, char *text, struct scmp_arg_cmp *ret)
{
	char *words[4] = {};
	size_t n = 0;
	uint64_t value, mask = 0;

	for (char *p = text; p && n <= ARRAY_SIZE(words); n++) {
		char *comma = strchr(p, ',');

		if (comma)
			*comma = '\0';
		if (n < ARRAY_SIZE(words))
			words[n] = seccomp_line_trim(p);
		p = comma ? comma + 1 : NULL;
	}
	if (n < 3 || n > ARRAY_SIZE(words))
		return seccomp_line_fault(rd, TEST_FORM, "an argument test has %s parts",
					  n < 3 ? "too few" : "too many");
	if (parse_uint(words[0], SECCOMP_ARGS_MAX - 1, &ret->arg) < 0)
		return seccomp_line_fault(rd, "arguments are numbered from 0 to 5",
					  "no argument \"%.*s\"", SECCOMP_QUOTE_MAX,
					  words[0]);
	if (parse_uint64(words[1], UINT64_MAX, &value) < 0)
		return seccomp_line_fault(rd, TEST_FORM, "no number: \"%.*s\"",
					  SECCOMP_QUOTE_MAX, words[1]);
	if (parse_operator(words[2], &ret->op) < 0)
		return seccomp_line_fault(rd, OPERATORS, "unknown operator \"%.*s\"",
					  SECCOMP_QUOTE_MAX, words[2]);
	bool masked = ret->op == SCMP_CMP_MASKED_EQ;
	if (masked != (n == 4))
		return seccomp_line_fault(rd, TEST_FORM, "%s",
					  masked ? "no mask"
						 : "a mask without SCMP_CMP_MASKED_EQ");
	if (masked && parse_uint64(words[3], UINT64_MAX, &mask) < 0)
		return seccomp_line_fault(rd, TEST_FORM, "no number: \"%.*s\"",
					  SECCOMP_QUOTE_MAX, words[3]);
	ret->datum_a = masked ? mask : value;
	ret->datum_b = masked ? value : 0;
	return 0;
}

static int add_test(struct seccomp_reader *rd, char *text, struct seccomp_rule *rule)
{
	struct scmp_arg_cmp test = {};
	int r = parse_test(rd, text, &test);

	if (r < 0)
		return r;
	for (unsigned int i = 0; i < rule->n_args; i++)
		if (rule->args[i].arg == test.arg)
			return seccomp_line_fault(rd, "a rule can test an argument once",
						  "argument %u is tested twice",
						  test.arg);
	rule->args[rule->n_args++] = test;
	return 0;
}

static int parse_tests(struct seccomp_reader *rd, char *text, struct seccomp_rule *rule)
{
	for (;;) {
		text += strspn(text, SECCOMP_BLANKS);
		if (seccomp_line_is_end(text))
			return 0;
		if (*text != '[')
			return seccomp_line_fault(rd, TEST_FORM,
						  "unexpected text \"%.*s\"",
						  SECCOMP_QUOTE_MAX, text);
		char *end = strchr(text, ']');
		if (!end)
			return seccomp_line_fault(rd, TEST_FORM,
						  "an argument test without ]");
		*end = '\0';
		int r = add_test(rd, text + 1, rule);
		if (r < 0)
			return r;
		text = end + 1;
	}
}

int seccomp_line_add(struct seccomp_reader *rd, const struct seccomp_rule *rule)
{
	struct seccomp_policy *p = rd->policy;

	if (!strcmp(rule->name, HAND_OVER)) {
		if (rule->action != SCMP_ACT_ALLOW)
			p->line_sendmsg = rule->line;
		else if (!rule->n_args)
			p->allows_sendmsg = true;
	}
	p->notifies = p->notifies || rule->action == SCMP_ACT_NOTIFY;
	if (rule->action == p->default_action && rd->file_ended)
		return 0;
	if (rule->action == p->default_action)
		return seccomp_line_fault(
			rd, "remove the line: calls without a rule get that action",
			"the action is the default one");
	if (p->n >= RULES_MAX)
		return seccomp_line_fault(rd, "a filter has at most 4096 instructions",
					  "more than %d rules", RULES_MAX);
	p->n_tests += rule->n_args;
	if (p->n_tests > TESTS_MAX)
		return seccomp_line_fault(rd, "a filter has at most 4096 instructions",
					  "more than %d argument tests", TESTS_MAX);
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 32;
		struct seccomp_rule *rules = realloc(p->rules, room * sizeof(*rules));

		if (!rules)
			return error_set(rd->err, -ENOMEM, "seccomp", "%s", rd->path);
		p->rules = rules;
		p->room = room;
	}
	p->rules[p->n++] = *rule;
	return 0;
}

/* umount2() with MNT_FORCE fails. */
static int add_reject_force_umount(struct seccomp_reader *rd)
{
	return seccomp_line_add(
		rd, &(struct seccomp_rule){
			    .line = rd->line,
			    .name = "umount2",
			    .action = SCMP_ACT_ERRNO(EACCES),
			    .n_args = 1,
			    .args = { { 1, SCMP_CMP_MASKED_EQ, MNT_FORCE, MNT_FORCE } },
		    });
}

int seccomp_line_parse(struct seccomp_reader *rd, char *line)
{
	struct seccomp_rule rule = { .line = rd->line, .action = rd->rule_action };
	size_t n = seccomp_line_word(line);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)line[i]) && line[i] != '_')
			n = 0;
	if (!n || n >= sizeof(rule.name))
		return seccomp_line_fault(
			rd, "write: CALL [ACTION] [[INDEX,VALUE,OPERATOR]]",
			"no name of a system call: \"%.*s\"",
			(int)MIN(seccomp_line_word(line), (size_t)SECCOMP_QUOTE_MAX),
			line);
	memcpy(rule.name, line, n);
	if (!strcmp(rule.name, "reject_force_umount"))
		return add_reject_force_umount(rd);
	line += n;
	line += strspn(line, SECCOMP_BLANKS);
	if (!seccomp_line_is_end(line) && *line != '[') {
		int r = seccomp_line_action(rd, &line, &rule.action);

		if (r < 0)
			return r;
	}
	int r = parse_tests(rd, line, &rule);
	return r < 0 ? r : seccomp_line_add(rd, &rule);
}
