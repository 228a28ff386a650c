/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the table in ops.c ties together: the functions of op-<subject>.c. */
#ifndef CORE_OP_KINDS_H
#define CORE_OP_KINDS_H

#include "core/ops.h"

#define PRINTS(name) \
	void name(const struct plan *plan, const struct op *op, struct buf *out)
#define RUNS(name) int name(struct run *run, const struct op *op, struct lxc_error **err)
#define UNDOES(name) void name(struct run *run, const struct op *op)

PRINTS(print_cgroup_mount);
PRINTS(print_cgroup_open);
PRINTS(print_cgroup_owner);
PRINTS(print_cgroup_self);
PRINTS(print_cgroup_set);
PRINTS(print_cgroup_unified);
PRINTS(print_cgroup_v1);
PRINTS(print_clone);
PRINTS(print_console);
PRINTS(print_dev);
PRINTS(print_dev_links);
PRINTS(print_devices);
PRINTS(print_devpts);
PRINTS(print_exec);
PRINTS(print_give);
PRINTS(print_hand_over);
PRINTS(print_hook);
PRINTS(print_ids);
PRINTS(print_idmap);
PRINTS(print_idmap_tree);
PRINTS(print_join);
PRINTS(print_label);
PRINTS(print_link);
PRINTS(print_mapped);
PRINTS(print_mount);
PRINTS(print_network);
PRINTS(print_nothing);
PRINTS(print_pid_file);
PRINTS(print_prepared);
PRINTS(print_prlimit);
PRINTS(print_proc);
PRINTS(print_proc_file);
PRINTS(print_profile);
PRINTS(print_release);
PRINTS(print_remove);
PRINTS(print_root);
PRINTS(print_seccomp);
PRINTS(print_share);
PRINTS(print_source);
PRINTS(print_started);
PRINTS(print_stdio);
PRINTS(print_supervise);
PRINTS(print_sys);
PRINTS(print_sysctl);
PRINTS(print_text);
PRINTS(print_time);
PRINTS(print_ttys);
PRINTS(print_value);

RUNS(run_application);
RUNS(run_await);
RUNS(run_boot_id);
RUNS(run_call);
RUNS(run_capabilities);
RUNS(run_cgroup_mount);
RUNS(run_cgroup_namespace);
RUNS(run_cgroup_open);
RUNS(run_cgroup_owner);
RUNS(run_cgroup_self);
RUNS(run_cgroup_set);
RUNS(run_cgroup_unified);
RUNS(run_cgroup_v1);
RUNS(run_clone);
RUNS(run_clone_attached);
RUNS(run_clone_user);
RUNS(run_console);
RUNS(run_container_root);
RUNS(run_dev);
RUNS(run_dev_links);
RUNS(run_devices);
RUNS(run_devpts);
RUNS(run_directory);
RUNS(run_done);
RUNS(run_enter);
RUNS(run_exec);
RUNS(run_give);
RUNS(run_hand_over);
RUNS(run_hook);
RUNS(run_hook_check);
RUNS(run_hook_child);
RUNS(run_host_name);
RUNS(run_ids);
RUNS(run_idmap);
RUNS(run_idmap_tree);
RUNS(run_join);
RUNS(run_keyring);
RUNS(run_label);
RUNS(run_link);
RUNS(run_mapped);
RUNS(run_mount);
RUNS(run_namespaces);
RUNS(run_network);
RUNS(run_no_new_privs);
RUNS(run_personality);
RUNS(run_pid_file);
RUNS(run_pivot);
RUNS(run_prepared);
RUNS(run_prlimit);
RUNS(run_proc);
RUNS(run_proc_file);
RUNS(run_profile);
RUNS(run_release);
RUNS(run_remount);
RUNS(run_remove);
RUNS(run_root);
RUNS(run_sched_core);
RUNS(run_seccomp);
RUNS(run_share);
RUNS(run_shell);
RUNS(run_source);
RUNS(run_started);
RUNS(run_stdio);
RUNS(run_supervise);
RUNS(run_sys);
RUNS(run_sysctl);
RUNS(run_time);
RUNS(run_ttys);
RUNS(run_unshare);

UNDOES(undo_cgroup_unified);
UNDOES(undo_cgroup_v1);
UNDOES(undo_clone);
UNDOES(undo_devices);
UNDOES(undo_link);
UNDOES(undo_pid_file);
UNDOES(undo_source);
UNDOES(undo_profile);
UNDOES(undo_supervise);

/* What the steps up to the exec still need, of the capabilities that the container lacks. */
#define CAPS_UNTIL_EXEC (1ull << CAP_SETUID | 1ull << CAP_SETGID | 1ull << CAP_SYS_ADMIN)

/* Take those away in a process that executes nothing: 0 or -errno. */
int drop_without_exec(uint64_t keep);

/* Remove the container's cgroup in one hierarchy, whoever has made what is in it. */
int cgroup_remove_owned(const struct run *run, const char *base, const char *path,
			bool unified);

/* Names of CLONE_NEW* flags. */
void print_namespaces(uint32_t flags, struct buf *out);

/*
 * Make a process, in the unified cgroup unless that is NO_FD.  The pid, 0 in the child, or
 * -errno.
 */
pid_t clone_into(uint64_t flags, int cgroup, int exit_signal, int *pidfd);

/* What the container's first process is born with. */
struct process_birth {
	int sync; /* its end of the channel */
	bool by_helper; /* from a child of the monitor, as its sibling */
};

/* Make it, which then runs its half of the plan: its pid, or -errno. */
int process_clone(struct run *run, const struct op_clone *o,
		  const struct process_birth *birth, int *ret_pidfd,
		  struct lxc_error **err);

/* Whether namespaces have to be joined or set up first, and the same then. */
bool share_is_wanted(const struct run *run);
int share_clone(struct run *run, const struct op_clone *o, int sync, int *ret_pidfd,
		struct lxc_error **err);

/* Run on the cores that the process behind pidfd may share: 0 or -errno. */
int sched_core_take(int pidfd);

/* Enter the v1 cgroups whose tasks files run->tasks holds. */
int cgroup_enter_tasks(struct run *run, struct lxc_error **err);

#undef PRINTS
#undef RUNS
#undef UNDOES

#endif
