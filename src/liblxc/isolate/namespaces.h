/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of namespace, in the order in which the configuration lists them. */
#ifndef ISOLATE_NAMESPACES_H
#define ISOLATE_NAMESPACES_H

enum ns_kind {
	NS_USER,
	NS_MNT,
	NS_PID,
	NS_UTS,
	NS_IPC,
	NS_NET,
	NS_CGROUP,
	NS_TIME,
	NS_COUNT
};

struct ns_name {
	const char *name; /* "mnt", as below /proc/PID/ns */
	int flag; /* CLONE_NEWNS */
};

extern const struct ns_name ns_names[NS_COUNT];

/* The CLONE_NEW* flag for a name in any case, or -EINVAL. */
int ns_flag(const char *name);

/* A namespace of the process behind pidfd: a descriptor or -errno. */
int ns_open(int pidfd, enum ns_kind kind);

/* Whether fd is a namespace of that kind: 0, -ENOTTY for anything else, -EXDEV for another kind. */
int ns_check(int fd, enum ns_kind kind, enum ns_kind *ret_kind);

#endif
