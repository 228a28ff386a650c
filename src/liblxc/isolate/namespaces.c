/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of namespace. */
#include "isolate/namespaces.h"

#include <errno.h>
#include <sched.h>
#include <strings.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

const struct ns_name ns_names[NS_COUNT] = {
	[NS_USER] = { "user", CLONE_NEWUSER },
	[NS_MNT] = { "mnt", CLONE_NEWNS },
	[NS_PID] = { "pid", CLONE_NEWPID },
	[NS_UTS] = { "uts", CLONE_NEWUTS },
	[NS_IPC] = { "ipc", CLONE_NEWIPC },
	[NS_NET] = { "net", CLONE_NEWNET },
	[NS_CGROUP] = { "cgroup", CLONE_NEWCGROUP },
	[NS_TIME] = { "time", CLONE_NEWTIME },
};

int ns_flag(const char *name)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (!strcasecmp(name, ns_names[i].name))
			return ns_names[i].flag;
	return -EINVAL;
}
