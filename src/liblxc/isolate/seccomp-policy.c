/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a seccomp policy:
 *
 *     2
 *     denylist [DEFAULT ACTION]
 *     reject_force_umount
 *     [ARCHITECTURE]
 *     CALL [ACTION] [[INDEX,VALUE,OPERATOR[,MASK]]...]
 *
 * Sections of architectures that cannot run here are skipped; all others apply to every
 * architecture of this machine.  Blank lines and lines that begin with # are comments.
 */
#include "isolate/seccomp-policy.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "isolate/seccomp-line.h"
#include "util/parse.h"
#include "util/strv.h"

/* clang-format off */
#if defined(__x86_64__)
#define HOST_ARCHS "x86", "x32", "x86_64"
#elif defined(__i386__)
#define HOST_ARCHS "x86"
#elif defined(__aarch64__)
#define HOST_ARCHS "arm", "arm64"
#elif defined(__arm__)
#define HOST_ARCHS "arm"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define HOST_ARCHS "ppc64le"
#elif defined(__powerpc64__)
#define HOST_ARCHS "ppc", "ppc64"
#elif defined(__powerpc__)
#define HOST_ARCHS "ppc"
#elif defined(__mips__) && defined(__MIPSEL__)
#define HOST_ARCHS "mipsel64", "mipsel64n32", "mipsel"
#elif defined(__mips__)
#define HOST_ARCHS "mips64", "mips64n32", "mips"
#elif defined(__s390x__)
#define HOST_ARCHS "s390", "s390x"
#elif defined(__loongarch64)
#define HOST_ARCHS "loongarch64"
#else
#define HOST_ARCHS "all"
#endif

static const char *const host_archs[] = { "all", HOST_ARCHS, NULL };

static const char *const known_archs[] = {
	"all",	    "x86",    "x32",	  "x86_64",	 "arm",	   "arm64", "ppc64le",
	"ppc64",    "ppc",    "mips64",	  "mips64n32",	 "mips",   "mipsel64",
	"mipsel64n32", "mipsel", "s390x",	  "s390",	 "loongarch64", NULL,
};
/* clang-format on */

/* "[ARCHITECTURE]", in lower or in upper case. */
static int parse_section(struct seccomp_reader *rd, const char *line)
{
	size_t n = strcspn(line, "]");
	bool lower = false, upper = false;
	char name[16] = "";

	for (size_t i = 1; i < n && i < sizeof(name); i++) {
		lower |= islower((unsigned char)line[i]) != 0;
		upper |= isupper((unsigned char)line[i]) != 0;
		name[i - 1] = tolower((unsigned char)line[i]);
	}
	const char *rest = line[n] ? line + n + 1 : line + n;
	bool sound = line[n] && n <= sizeof(name) - 1 && !(lower && upper) &&
		     seccomp_line_is_end(rest + strspn(rest, SECCOMP_BLANKS));
	if (!sound || !strv_has((char *const *)known_archs, name))
		return seccomp_line_fault(
			rd, "see lxc.container.conf(5) for the names, such as [all]",
			"unknown architecture \"%.*s\"", SECCOMP_QUOTE_MAX, line);
	rd->skip = !strv_has((char *const *)host_archs, name);
	return 0;
}

static int parse_v2_line(struct seccomp_reader *rd, char *line)
{
	if (*line == '[')
		return parse_section(rd, line);
	return rd->skip ? 0 : seccomp_line_parse(rd, line);
}

/* A number, and after a blank anything. */
static int parse_v1_line(struct seccomp_reader *rd, char *line)
{
	struct seccomp_rule rule = { .line = rd->line, .action = SCMP_ACT_ALLOW };
	size_t n = seccomp_line_word(line);
	uint64_t number;

	line[n] = '\0';
	if (parse_decimal(line, INT_MAX, &number) < 0)
		return seccomp_line_fault(
			rd,
			"version 1 has the number of a system call in each line; version 2 knows names",
			"no number: \"%.*s\"", SECCOMP_QUOTE_MAX, line);
	rule.number = number;
	return seccomp_line_add(rd, &rule);
}

/* --- file --- */

#define LINE_TYPE 2

/* "1" or "2" */
static int parse_version(struct seccomp_reader *rd, char *line)
{
	if (!strcmp(line, "1"))
		rd->policy->native_only = true;
	else if (strcmp(line, "2"))
		return seccomp_line_fault(rd, "line 1 is the version of the format: 2",
					  "unknown version \"%.*s\"", SECCOMP_QUOTE_MAX,
					  line);
	return 0;
}

static bool has_allowlist(const char *line)
{
	return strstr(line, "allowlist") || strstr(line, "whitelist");
}

static const struct {
	const char *name;
	uint32_t default_action, rule_action;
} types[] = {
	{ "allowlist", SCMP_ACT_KILL, SCMP_ACT_ALLOW },
	{ "whitelist", SCMP_ACT_KILL, SCMP_ACT_ALLOW },
	{ "denylist", SCMP_ACT_ALLOW, SCMP_ACT_KILL },
	{ "blacklist", SCMP_ACT_ALLOW, SCMP_ACT_KILL },
};

/* "denylist [ACTION]" */
static int parse_v2_type(struct seccomp_reader *rd, char *line)
{
	struct seccomp_policy *p = rd->policy;
	size_t n = seccomp_line_word(line);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strncmp(line, types[i].name, n) || types[i].name[n])
			continue;
		p->default_action = types[i].default_action;
		rd->rule_action = types[i].rule_action;
		line += n;
		if (seccomp_line_is_end(line))
			return 0;
		line += strspn(line, SECCOMP_BLANKS);
		int r = seccomp_line_action(rd, &line, &p->default_action);
		if (r == 0 && p->default_action == SCMP_ACT_NOTIFY)
			return seccomp_line_fault(rd, "name the calls, one a line",
						  "notify cannot be the default action");
		if (r < 0 || seccomp_line_is_end(line))
			return r;
		line += strspn(line, SECCOMP_BLANKS);
		return seccomp_line_fault(rd, "write: denylist [ACTION]",
					  "unexpected text \"%.*s\"", SECCOMP_QUOTE_MAX,
					  line);
	}
	return seccomp_line_fault(rd, "line 2 is allowlist or denylist",
				  "unknown type of policy \"%.*s\"", SECCOMP_QUOTE_MAX,
				  line);
}

static int parse_type(struct seccomp_reader *rd, char *line)
{
	if (strstr(line, "debug"))
		return seccomp_line_fault(rd, "remove the word debug",
					  "debug is not supported");
	if (!rd->policy->native_only)
		return parse_v2_type(rd, line);
	rd->policy->default_action = SCMP_ACT_KILL;
	if (has_allowlist(line))
		return 0;
	return seccomp_line_fault(rd, "write allowlist, or use version 2",
				  "version 1 is always an allowlist");
}

static int parse_line(struct seccomp_reader *rd, char *line)
{
	if (rd->line == 1)
		return parse_version(rd, line);
	if (rd->line == LINE_TYPE)
		return parse_type(rd, line);
	if (seccomp_line_is_end(line))
		return 0;
	return rd->policy->native_only ? parse_v1_line(rd, line)
				       : parse_v2_line(rd, line);
}

/*
 * The process that loads a filter with a listener hands that over while the filter holds
 * already: it would wait for whoever it has not reached yet.
 */
static int check_hand_over(struct seccomp_reader *rd)
{
	const struct seccomp_policy *p = rd->policy;

	if (!p->notifies)
		return 0;
	if (p->line_sendmsg)
		rd->line = p->line_sendmsg;
	else if (p->default_action != SCMP_ACT_ALLOW && !p->allows_sendmsg)
		rd->line = LINE_TYPE;
	else
		return 0;
	return seccomp_line_fault(rd, "allow sendmsg, without tests of its arguments",
				  "a policy with notify needs sendmsg, which hands over "
				  "the listener");
}

void seccomp_policy_done(struct seccomp_policy *p)
{
	free(p->rules);
	*p = (struct seccomp_policy){};
}

static int parse_text(struct seccomp_reader *rd, const char *text,
		      int (*parse)(struct seccomp_reader *rd, char *line))
{
	_cleanup_free_ char *copy = strdup(text);

	if (!copy)
		return error_set(rd->err, -ENOMEM, "seccomp", "%s", rd->path);
	for (char *line = copy, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!next && !*line)
			break;
		rd->line++;
		int r = parse(rd, seccomp_line_trim(line));
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct seccomp_rule *find_rule(const struct seccomp_policy *p, size_t n,
					    const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(p->rules[i].name, name))
			return &p->rules[i];
	return NULL;
}

/* What the file decides cannot be intercepted as well: neither shall win by chance. */
static int add_intercepts(struct seccomp_reader *rd, const char *rules)
{
	struct seccomp_policy *p = rd->policy;
	size_t own = p->n;

	rd->file_ended = true;
	if (p->native_only) {
		rd->line = 1;
		return seccomp_line_fault(
			rd, "use version 2 of the format",
			"lxc.seccomp.intercept has no use for version 1");
	}
	int r = parse_text(rd, rules, seccomp_line_parse);
	for (size_t i = own; r == 0 && i < p->n; i++) {
		const struct seccomp_rule *other = find_rule(p, own, p->rules[i].name);

		if (!other || p->rules[i].action != SCMP_ACT_NOTIFY)
			continue;
		rd->line = other->line;
		r = seccomp_line_fault(rd, "remove this line, or the key",
				       "%s is decided by lxc.seccomp.intercept",
				       other->name);
	}
	return r;
}

int seccomp_policy_parse(const struct seccomp_source *source, struct seccomp_policy *ret,
			 struct lxc_error **err)
{
	_cleanup_seccomp_policy_ struct seccomp_policy policy = {};
	struct seccomp_reader rd = { .path = source->path,
				     .policy = &policy,
				     .err = err };
	int r = parse_text(&rd, source->text, parse_line);

	if (r == 0 && rd.line < LINE_TYPE) {
		rd.line++;
		r = seccomp_line_fault(&rd, "line 1 is 2, line 2 allowlist or denylist",
				       "the policy ends here");
	}
	if (r == 0 && source->rules)
		r = add_intercepts(&rd, source->rules);
	if (r == 0)
		r = check_hand_over(&rd);
	if (r < 0)
		return r;
	*ret = policy;
	policy = (struct seccomp_policy){};
	return 0;
}
