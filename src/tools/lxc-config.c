/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Print items of the system configuration, or check a container's. */
#include "tool.h"

#include <errno.h>
#include <string.h>

static bool arg_list;
static const char *arg_check;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_FLAG('l', "list",          &arg_list,  "List all available configuration items"),
	OPT_TEXT(0,   "check", "FILE", &arg_check, "Print every fault of a container's configuration FILE"),
	OPT_REST("[ITEM]"),
	TOOL_BASIC,
	TOOL_END
};

static const char *const items[] = {
	"lxc.default_config",
	"lxc.lxcpath",
	"lxc.bdev.lvm.vg",
	"lxc.bdev.lvm.thin_pool",
	"lxc.bdev.zfs.root",
	"lxc.cgroup.use",
	"lxc.cgroup.pattern",
};
/* clang-format on */

#define N_ITEMS (sizeof(items) / sizeof(*items))

static int list(struct tool *t)
{
	for (size_t i = 0; i < N_ITEMS; i++)
		puts(items[i]);
	return tool_flush(t);
}

static int check(struct tool *t)
{
	char *faults = NULL;
	int n = lxc_config_check(arg_check, &faults);

	if (n < 0)
		return TOOL_FAILED;
	if (faults) {
		size_t length = strlen(faults);

		tool_print(stdout, faults);
		if (length > 0 && faults[length - 1] != '\n')
			putchar('\n');
		free(faults);
	}
	return tool_flush(t) < 0 ? TOOL_FAILED : n > 0;
}

static int print(struct tool *t, const char *prefix)
{
	for (size_t i = 0; i < N_ITEMS; i++) {
		if (strncmp(items[i], prefix, strlen(prefix)) != 0)
			continue;
		const char *value = lxc_get_global_config_item(items[i]);

		if (value)
			tool_print(stdout, value);
		else
			printf("%s is not set.", prefix);
		putchar('\n');
		return tool_flush(t);
	}
	return tool_error(t, "Unknown configuration item: %s", prefix);
}

static int run(struct tool *t)
{
	if (arg_list)
		return list(t);
	if (arg_check)
		return check(t);
	if (t->argc > 0)
		return print(t, t->argv[0]);
	tool_help(t, stdout);
	return tool_flush(t);
}

TOOL("lxc-config", "Print items of the system configuration", options, run)
