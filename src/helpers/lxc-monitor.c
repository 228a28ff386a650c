/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that the library spawns for each container that it starts, and for each process
 * that it attaches: see core/monitor.h.  It gets all that it needs by descriptors.
 */
#include <lxc/version.h>
#include <string.h>
#include <unistd.h>

#include "core/monitor.h"
#include "core/plan.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

/* For lxc-doctor: what it must be able to execute is what the library compiles. */
static const char version[] = LXC_VERSION " plan " TEXT_OF(PLAN_VERSION) "\n";

static const char message[] =
	"lxc-monitor: this program is started by liblxc and does nothing by itself\n";

/* By systemd-run(1), which knows no argv[0] but the program's: see core/scope.h. */
static void take_title(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--title"))
		(void)execv("/proc/self/exe", (char *[]){ argv[2], NULL });
}

int main(int argc, char **argv)
{
	char head[8];

	take_title(argc, argv);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return write(STDOUT_FILENO, version, sizeof(version) - 1) < 0;
	if (pread(MONITOR_PLAN, head, sizeof(head), 0) <= 0) {
		(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
		return 2;
	}
	return monitor_main();
}
