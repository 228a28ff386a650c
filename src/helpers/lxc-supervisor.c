/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that a container's monitor starts where the configuration has somebody decide
 * system calls: see core/supervise.h.  It gets all that it needs by descriptors.
 */
#include <unistd.h>

#include "core/supervise.h"

static const char message[] =
	"lxc-supervisor: this program is started by lxc-monitor and does nothing by itself\n";

int main(void)
{
	char head[8];

	if (pread(SUPERVISOR_PLAN, head, sizeof(head), 0) <= 0) {
		(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
		return 2;
	}
	return supervise_main();
}
