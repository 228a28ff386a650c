/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to devices on cgroup v2: the text of lxc.cgroup2.devices.allow and .deny (devices.c,
 * in the library), rules to a BPF program (devices-compile.c), the program to a cgroup
 * (devices-load.c, in the monitor, system calls only).  The monitor compiles only when a rule
 * is added to a running container.
 */
#ifndef CGROUP_DEVICES_H
#define CGROUP_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "cgroup/bpf.h"
#include "util/error.h"

/* The bits of the kernel's BPF_DEVCG_ACC_*. */
#define DEVICE_MKNOD 1u
#define DEVICE_READ 2u
#define DEVICE_WRITE 4u
#define DEVICE_ANY (-1)
#define DEVICE_ALL (DEVICE_MKNOD | DEVICE_READ | DEVICE_WRITE)

struct device_rule {
	char type; /* 'c', 'b', or 'a' for both */
	int major, minor; /* DEVICE_ANY: any */
	unsigned int access; /* DEVICE_* */
	bool allow;
};

/* Zero is the state without any rule. */
struct device_rules {
	struct device_rule *list; /* the newest last */
	size_t n;
	bool deny_list; /* what no rule names is allowed ("allow = a" was last) */
	bool emptied; /* "deny = a" was last: without a rule everything is denied */
};

void devices_done(struct device_rules *rules);
#define _cleanup_devices_ _cleanup_(devices_done)

/* Add a rule that has been read: 0, -ENOMEM, or -E2BIG for too many. */
int devices_add_rule(struct device_rules *rules, const struct device_rule *rule);

/* Library: read one value, in the form that devices_add() takes. */
int devices_parse(bool allow, const char *text, struct device_rule *ret,
		  struct lxc_error **err);

/*
 * Library: add one value of .allow (allow) or .deny: "a", "c|b|a MAJOR:MINOR ACCESS" with * for any
 * number, or "/dev/PATH [ACCESS]", which is looked up now and always allows.
 */
int devices_add(struct device_rules *rules, bool allow, const char *text,
		struct lxc_error **err);

/* The program; *ret is NULL and *ret_n 0 when none is needed.  0 or -ENOMEM. */
int devices_compile(const struct device_rules *rules, struct bpf_insn **ret,
		    size_t *ret_n);

/* A program that allows everything, to take the place of another. */
int devices_compile_all(struct bpf_insn **ret, size_t *ret_n);

/*
 * Load the program and attach it to the cgroup (v2) beside others that are there, in place of
 * old_fd, a program of ours, unless that is negative: the program's descriptor, or -errno.  It
 * stays attached when the descriptor is closed.
 */
int devices_attach(int cgroup_fd, const struct bpf_insn *insns, size_t n, int old_fd);

#endif
