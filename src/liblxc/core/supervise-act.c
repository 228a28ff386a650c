/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Doing something in a container in place of one of its threads.
 *
 * A child is born into the container's cgroups, so that the device rules and limits hold for
 * it, and joins the thread's mount and network namespaces, root and working directory, with the
 * thread's ids and umask.  It stays in the host's user and pid namespaces: nothing in the container can see
 * or trace it.  Of capabilities it has the one that the act takes, and besides only those for
 * files which root of a container without a user namespace has anyway.
 */
#include "core/supervise.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/cgroups.h"
#include "isolate/caps.h"
#include "util/syscall.h"

/* A file system that has to replay its journal takes its time. */
#define ACT_TIMEOUT_MS 30000

#define CAPS_OF_FILES                                                                  \
	(1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH | 1ull << CAP_FOWNER | \
	 1ull << CAP_FSETID | 1ull << CAP_CHOWN)

/* Of version 1, those that say what the child may use. */
static const char *const controllers[] = { "devices", "memory", "pids" };

struct place {
	int mount_ns, net_ns, root;
	int unified;
	int v1[sizeof(controllers) / sizeof(controllers[0])];
};

static void place_close(struct place *p)
{
	close_p(&p->mount_ns);
	close_p(&p->net_ns);
	close_p(&p->root);
	close_p(&p->unified);
	for (size_t i = 0; i < ARRAY_SIZE(p->v1); i++)
		close_p(&p->v1[i]);
}

/* Without device rules of its own the container has no cgroup for them either. */
static int open_cgroups(const struct supervisor *s, struct place *p)
{
	struct cgroups_place at;

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (cgroups_find(&s->run, controllers[i], false, &at) < 0 || at.unified)
			continue;
		_cleanup_close_ int dir = cgroups_open(&at);
		p->v1[i] = dir < 0 ? dir : openat(dir, "tasks", O_WRONLY | O_CLOEXEC);
		if (p->v1[i] < 0)
			return -EPERM;
	}
	if (cgroups_find(&s->run, "", false, &at) == 0 && at.unified) {
		p->unified = cgroups_open(&at);
		if (p->unified < 0)
			return -EPERM;
	}
	return 0;
}

static int place_open(const struct supervisor *s, const struct call *c, struct place *p)
{
	*p = (struct place){ NO_FD, NO_FD, NO_FD, NO_FD, { NO_FD, NO_FD, NO_FD } };
	p->mount_ns = openat(c->proc, "ns/mnt", O_RDONLY | O_CLOEXEC);
	p->net_ns = openat(c->proc, "ns/net", O_RDONLY | O_CLOEXEC);
	p->root = openat(c->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->mount_ns < 0 || p->net_ns < 0 || p->root < 0)
		return -ESRCH;
	return open_cgroups(s, p);
}

/* --- child --- */

static int enter(const struct place *p, int base)
{
	for (size_t i = 0; i < ARRAY_SIZE(p->v1); i++)
		if (p->v1[i] >= 0 && write(p->v1[i], "0", 1) != 1)
			return -EPERM;
	if (setns(p->net_ns, CLONE_NEWNET) < 0 || setns(p->mount_ns, CLONE_NEWNS) < 0 ||
	    fchdir(p->root) < 0 || chroot(".") < 0)
		return -errno;
	return fchdir(base) < 0 ? -errno : 0;
}

static int become(const struct supervisor *s, const struct caller *who, uint64_t caps)
{
	uint64_t files = who->on_host ? s->root_caps & CAPS_OF_FILES : 0;
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};

	if (setgroups(who->n_groups, who->groups) < 0)
		return -errno;
	(void)umask(who->umask);
	(void)setfsgid(who->gid);
	/* takes those for files away from anybody but root */
	(void)setfsuid(who->uid);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		sets[i].permitted = (files | caps) >> 32 * i;
		sets[i].effective = sets[i].permitted;
	}
	return SYS_RESULT(syscall(SYS_capset, &header, sets));
}

static __attribute__((noreturn)) void child(const struct supervisor *s,
					    const struct caller *who, const struct act *a,
					    const struct place *p)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	int r = enter(p, a->base);
	if (r == 0)
		r = become(s, who, a->caps);
	if (r == 0)
		r = a->perform(a->request);
	_exit(r < 0 ? -r : 0);
}

/* --- supervisor --- */

static int await(pid_t pid, int pidfd)
{
	struct deadline d = deadline_in(ACT_TIMEOUT_MS);
	int status = wait_child(pid, pidfd, &d);

	if (status < 0) {
		(void)sys_pidfd_send_signal(pidfd, SIGKILL);
		(void)wait_child(pid, pidfd, NULL);
		return status;
	}
	/* its exit status is an errno, all of which fit */
	return status & 0x7f ? -EIO : -(status >> 8 & 0xff);
}

int act_run(const struct supervisor *s, const struct call *c, const struct caller *who,
	    const struct act *a)
{
	_cleanup_(place_close) struct place p;
	_cleanup_close_ int pidfd = NO_FD;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int r = place_open(s, c, &p);

	/* only now: all that was opened is the thread's */
	if (r == 0 && !call_is_pending(c))
		r = -ENOENT;
	if (r < 0)
		return r;
	if (p.unified >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = p.unified;
	}
	pid_t pid = sys_clone3(&args);
	if (pid == 0)
		child(s, who, a, &p);
	return pid < 0 ? pid : await(pid, pidfd);
}

int act_open(const char *path, int flags)
{
	return sys_openat2(AT_FDCWD, path, flags | O_PATH | O_CLOEXEC, 0,
			   RESOLVE_NO_MAGICLINKS);
}

int act_open_parent(const char *path, char *copy, size_t size, const char **ret_name)
{
	size_t n = strlen(path);

	if (!n)
		return -ENOENT;
	if (n >= size)
		return -ENAMETOOLONG;
	memcpy(copy, path, n + 1);
	char *slash = strrchr(copy, '/');
	/* a slash at the end asks for a directory, which this will not be */
	if (slash && !slash[1])
		return -ENOENT;
	*ret_name = slash ? slash + 1 : copy;
	if (!slash)
		return act_open(".", O_DIRECTORY);
	*slash = '\0';
	return act_open(slash == copy ? "/" : copy, O_DIRECTORY);
}
