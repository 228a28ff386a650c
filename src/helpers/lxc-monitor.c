/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that the library spawns for each container that it starts, and for each process
 * that it attaches: see core/monitor.h.  It gets all that it needs by descriptors.
 */
#include <unistd.h>

#include "core/monitor.h"

static const char message[] =
	"lxc-monitor: this program is started by liblxc and does nothing by itself\n";

int main(void)
{

	char head[8];

	if (pread(MONITOR_PLAN, head, sizeof(head), 0) <= 0) {
		(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
		return 2;
	}
	return monitor_main();
}
