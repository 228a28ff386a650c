/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System calls that libc may lack, as thin wrappers: a result >= 0 or -errno.
 * Kernel versions: openat2 5.6, pidfd_open 5.3, clone3 5.3 (INTO_CGROUP 5.7), open_tree and
 * its kin 5.2, close_range 5.9, mount_setattr 5.12.
 */
#ifndef UTIL_SYSCALL_H
#define UTIL_SYSCALL_H

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define SYS_RESULT(call)                           \
	(__extension__({                           \
		long result = (call);              \
		result < 0 ? -errno : (int)result; \
	}))

/* open(2) as one call: that of musl sets the close-on-exec flag again, for Linux 2.6.22. */
static inline int sys_open(const char *path, int flags)
{
	return SYS_RESULT(openat(AT_FDCWD, path, flags));
}

/* The same of fcntl(2). */
static inline int sys_dup(int fd, int lowest)
{
	return SYS_RESULT(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, lowest));
}

/*
 * The ids of this thread, which is the process's only one: libc's functions block all signals
 * in order to tell the others, four calls in the place of one.
 */
#if defined(SYS_setresuid32)
#define SYS_IDS(name) SYS_##name##32
#else
#define SYS_IDS(name) SYS_##name
#endif

static inline int sys_setgroups(size_t n, const gid_t *groups)
{
	return SYS_RESULT(syscall(SYS_IDS(setgroups), n, groups));
}

static inline int sys_setresgid(gid_t gid)
{
	return SYS_RESULT(syscall(SYS_IDS(setresgid), gid, gid, gid));
}

static inline int sys_setresuid(uid_t uid)
{
	return SYS_RESULT(syscall(SYS_IDS(setresuid), uid, uid, uid));
}

static inline int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode,
			      uint64_t resolve)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };

	return SYS_RESULT(syscall(SYS_openat2, dir, path, &how, sizeof(how)));
}

static inline int sys_open_tree(int dir, const char *path, unsigned int flags)
{
	return SYS_RESULT(syscall(SYS_open_tree, dir, path, flags));
}

static inline int sys_move_mount(int from, const char *from_path, int to,
				 const char *to_path, unsigned int flags)
{
	return SYS_RESULT(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}

static inline int sys_mount_setattr(int dir, const char *path, unsigned int flags,
				    struct mount_attr *attr, size_t size)
{
	return SYS_RESULT(syscall(SYS_mount_setattr, dir, path, flags, attr, size));
}

static inline int sys_fsopen(const char *type, unsigned int flags)
{
	return SYS_RESULT(syscall(SYS_fsopen, type, flags));
}

static inline int sys_fsconfig(int fs, unsigned int command, const char *key,
			       const void *value, int aux)
{
	return SYS_RESULT(syscall(SYS_fsconfig, fs, command, key, value, aux));
}

static inline int sys_fsmount(int fs, unsigned int flags, unsigned int attr)
{
	return SYS_RESULT(syscall(SYS_fsmount, fs, flags, attr));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return SYS_RESULT(syscall(SYS_pivot_root, new_root, put_old));
}

static inline int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return SYS_RESULT(syscall(SYS_pidfd_open, pid, flags));
}

static inline int sys_pidfd_send_signal(int pidfd, int sig)
{
	return SYS_RESULT(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

static inline int sys_close_range(unsigned int first, unsigned int last,
				  unsigned int flags)
{
	return SYS_RESULT(syscall(SYS_close_range, first, last, flags));
}

static inline int sys_clone3(struct clone_args *args)
{
	return SYS_RESULT(syscall(SYS_clone3, args, sizeof(*args)));
}

#endif
