/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A monitor as another version of the library would have left it running: it gives the plan
 * that it gets the number of its own version, which is PLAN_VERSION of this build, and so hands
 * out one that the library under test cannot read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/monitor.h"
#include "util/file.h"

static int renumber(void)
{
	struct stat st;
	struct plan_header *h;

	if (fstat(MONITOR_PLAN, &st) < 0)
		return -1;
	void *record = malloc(st.st_size);
	int fd = memfd_create("old-plan", MFD_ALLOW_SEALING);
	if (!record || fd < 0 ||
	    pread(MONITOR_PLAN, record, st.st_size, 0) != (ssize_t)st.st_size)
		return -1;
	h = record;
	h->version = PLAN_VERSION;
	int r = file_write_all(fd, record, st.st_size);
	free(record);
	if (r < 0 || fcntl(fd, F_ADD_SEALS, PLAN_SEALS) < 0 || dup2(fd, MONITOR_PLAN) < 0)
		return -1;
	return close(fd);
}

int main(void)
{
	return renumber() < 0 ? 2 : monitor_main();
}
