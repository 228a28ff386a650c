/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of namespace, and descriptors of them. */
#include "isolate/namespaces.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

#include "util/wait.h"
#include "util/macro.h"
#include "util/syscall.h"

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

int ns_open(int pidfd, enum ns_kind kind)
{
	char path[48];
	int pid = wait_pid_of(pidfd);

	if (pid < 0)
		return pid;
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, ns_names[kind].name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* while it lives, the number was its own */
	int r = sys_pidfd_send_signal(pidfd, 0);
	return r < 0 ? r : steal_fd(fd);
}

int ns_check(int fd, enum ns_kind kind, enum ns_kind *ret_kind)
{
	int flag = ioctl(fd, NS_GET_NSTYPE);

	*ret_kind = NS_COUNT;
	for (enum ns_kind i = 0; i < NS_COUNT && flag > 0; i++)
		if (ns_names[i].flag == flag)
			*ret_kind = i;
	if (*ret_kind == NS_COUNT)
		return -ENOTTY;
	return *ret_kind == kind ? 0 : -EXDEV;
}
