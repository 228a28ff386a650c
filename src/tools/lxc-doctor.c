/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tell what is wrong with this machine and its containers, and what to do about it. */
#include "tool.h"

#include <string.h>
#include <unistd.h>

#include "text.h"

static bool arg_problems, arg_names, arg_json;
static const char *arg_name, *arg_path;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_TEXT('n', "name",    "NAME", &arg_name,     "Examine only this container"),
	OPT_TEXT('P', "lxcpath", "PATH", &arg_path,     "Use specified container path"),
	OPT_FLAG(0,   "problems",        &arg_problems, "Show only warnings and problems"),
	OPT_FLAG(0,   "json",            &arg_json,     "Print results and errors as JSON, without names and addresses"),
	OPT_FLAG(0,   "names",           &arg_names,    "Leave names and addresses in --json"),
	OPT_REST("[NAME]"),
	TOOL_BASIC,
	TOOL_END
};
/* clang-format on */

static void print_status(enum lxc_finding_status status)
{
	static const char *const colours[] = { "\033[32m", "\033[33m", "\033[31m" };
	bool tty = isatty(STDOUT_FILENO);

	printf("  %s%-7s%s ", tty ? colours[status] : "", lxc_finding_status_name(status),
	       tty ? "\033[0m" : "");
}

static void print_finding(const struct lxc_diagnosis *d, size_t i)
{
	const char *remedy = lxc_diagnosis_remedy(d, i);

	print_status(lxc_diagnosis_status(d, i));
	printf("%s: ", lxc_diagnosis_check(d, i));
	text_safe(stdout, lxc_diagnosis_found(d, i), "");
	putchar('\n');
	if (!remedy)
		return;
	printf("          remedy: ");
	text_safe(stdout, remedy, "");
	putchar('\n');
}

static void print_all(const struct lxc_diagnosis *d)
{
	const char *last = "";
	size_t counts[LXC_FINDING_PROBLEM + 1] = {};

	for (size_t i = 0; i < lxc_diagnosis_size(d); i++) {
		const char *subject = lxc_diagnosis_subject(d, i);

		counts[lxc_diagnosis_status(d, i)]++;
		if (arg_problems && lxc_diagnosis_status(d, i) == LXC_FINDING_OK)
			continue;
		if (strcmp(subject, last) != 0)
			printf("%s\n", subject);
		last = subject;
		print_finding(d, i);
	}
	printf("%zu problems, %zu warnings, %zu in order\n", counts[LXC_FINDING_PROBLEM],
	       counts[LXC_FINDING_WARNING], counts[LXC_FINDING_OK]);
}

static int run(struct tool *t)
{
	t->json = arg_json;
	if (t->argc > !arg_name) {
		tool_error(tool_hint(t, "one container, or all of them without a name"),
			   "unexpected argument '%s'", t->argv[!arg_name]);
		return TOOL_USAGE;
	}
	struct lxc_diagnosis *d =
		lxc_diagnosis_new(arg_path, arg_name ? arg_name : t->argv[0]);

	if (!d)
		return TOOL_FAILED;
	bool fit = lxc_diagnosis_worst(d) != LXC_FINDING_PROBLEM;
	char *json = t->json ? lxc_diagnosis_json(d, !arg_names) : NULL;

	if (json)
		puts(json);
	else if (!t->json)
		print_all(d);
	free(json);
	lxc_diagnosis_free(d);
	int r = tool_flush(t);
	return r < 0 || fit ? r : 1;
}

TOOL("lxc-doctor", "Tell what is wrong with this machine and its containers", options,
     run)
