/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of all kinds of operation, in the order of their numbers. */
#include "core/ops.h"

#include "core/op-kinds.h"

/* clang-format off */
const struct op_kind op_kinds[OP_COUNT] = {
	[OP_PID_FILE]         = { "pid file",          OP_MONITOR, print_pid_file,     run_pid_file,       undo_pid_file },
	[OP_CGROUP_UNIFIED]   = { "cgroup",            OP_MONITOR, print_cgroup_unified, run_cgroup_unified, undo_cgroup_unified },
	[OP_CLONE]            = { "clone",             OP_MONITOR, print_clone,        run_clone,          undo_clone },
	[OP_CGROUP_V1]        = { "cgroup v1",         OP_MONITOR, print_cgroup_v1,    run_cgroup_v1,      undo_cgroup_v1 },
	[OP_CGROUP_SET]       = { "limit",             OP_MONITOR, print_cgroup_set,   run_cgroup_set,     NULL },
	[OP_PRLIMIT]          = { "prlimit",           OP_MONITOR, print_prlimit,      run_prlimit,        NULL },
	[OP_PROC_FILE]        = { "proc",              OP_MONITOR, print_proc_file,    run_proc_file,      NULL },
	[OP_LINK]             = { "link",              OP_MONITOR, print_link,         run_link,           undo_link },
	[OP_PREPARED]         = { "await",             OP_MONITOR, print_prepared,     run_prepared,       NULL },
	[OP_DEVICES]          = { "devices",           OP_MONITOR, print_devices,      run_devices,        undo_devices },
	[OP_RELEASE]          = { "release",           OP_MONITOR, print_release,      run_release,        NULL },
	[OP_STARTED]          = { "started",           OP_MONITOR, print_started,      run_started,        NULL },
	[OP_ROOT]             = { "root",              OP_CHILD,   print_root,         run_root,           NULL },
	[OP_DEV]              = { "dev",               OP_CHILD,   print_dev,          run_dev,            NULL },
	[OP_DEV_LINKS]        = { "dev links",         OP_CHILD,   print_dev_links,    run_dev_links,      NULL },
	[OP_DEVPTS]           = { "devpts",            OP_CHILD,   print_devpts,       run_devpts,         NULL },
	[OP_CONSOLE]          = { "console",           OP_CHILD,   print_console,      run_console,        NULL },
	[OP_TTYS]             = { "ttys",              OP_CHILD,   print_ttys,         run_ttys,           NULL },
	[OP_PROC]             = { "mount proc",        OP_CHILD,   print_proc,         run_proc,           NULL },
	[OP_SYS]              = { "mount sysfs",       OP_CHILD,   print_sys,          run_sys,            NULL },
	[OP_MOUNT]            = { "mount",             OP_CHILD,   print_mount,        run_mount,          NULL },
	[OP_HAND_OVER]        = { "hand over",         OP_CHILD,   print_hand_over,    run_hand_over,      NULL },
	[OP_HOST_NAME]        = { "host name",         OP_CHILD,   print_text,         run_host_name,      NULL },
	[OP_KEYRING]          = { "session keyring",   OP_CHILD,   print_nothing,      run_keyring,        NULL },
	[OP_CGROUP_NAMESPACE] = { "cgroup namespace",  OP_CHILD,   print_nothing,      run_cgroup_namespace, NULL },
	[OP_CGROUP_MOUNT]     = { "mount cgroup",      OP_CHILD,   print_cgroup_mount, run_cgroup_mount,   NULL },
	[OP_PIVOT]            = { "pivot root",        OP_CHILD,   print_nothing,      run_pivot,          NULL },
	[OP_BOOT_ID]          = { "boot id",           OP_CHILD,   print_nothing,      run_boot_id,        NULL },
	[OP_NETWORK]          = { "network",           OP_CHILD,   print_network,      run_network,        NULL },
	[OP_SYSCTL]           = { "sysctl",            OP_CHILD,   print_sysctl,       run_sysctl,         NULL },
	[OP_PERSONALITY]      = { "personality",       OP_CHILD,   print_value,        run_personality,    NULL },
	[OP_CAPABILITIES]     = { "capabilities",      OP_CHILD,   print_value,        run_capabilities,   NULL },
	[OP_NO_NEW_PRIVS]     = { "no new privileges", OP_CHILD,   print_nothing,      run_no_new_privs,   NULL },
	[OP_SECCOMP]          = { "seccomp",           OP_CHILD,   print_seccomp,      run_seccomp,        NULL },
	[OP_STDIO]            = { "stdio",             OP_CHILD,   print_stdio,        run_stdio,          NULL },
	[OP_DIRECTORY]        = { "directory",         OP_CHILD,   print_text,         run_directory,      NULL },
	[OP_IDS]              = { "ids",               OP_CHILD,   print_ids,          run_ids,            NULL },
	[OP_EXEC]             = { "exec",              OP_CHILD,   print_exec,         run_exec,           NULL },
	[OP_CGROUP_OPEN]      = { "cgroup",            OP_MONITOR, print_cgroup_open,  run_cgroup_open,    NULL },
	[OP_JOIN]             = { "join",              OP_MONITOR, print_join,         run_join,           NULL },
	[OP_CLONE_ATTACHED]   = { "clone",             OP_MONITOR, print_nothing,      run_clone_attached, NULL },
	[OP_ENTER]            = { "enter",             OP_CHILD,   print_join,         run_enter,          NULL },
	[OP_SHELL]            = { "shell",             OP_CHILD,   print_nothing,      run_shell,          NULL },
	[OP_INIT]             = { "init",              OP_CHILD,   print_exec,         run_application,    NULL },
	[OP_CALL]             = { "call",              OP_CHILD,   print_nothing,      run_call,           NULL },
	[OP_AWAIT]            = { "await",             OP_CHILD,   print_nothing,      run_await,          NULL },
	[OP_REMOUNT]          = { "remount",           OP_CHILD,   print_nothing,      run_remount,        NULL },
	[OP_UNSHARE]          = { "mount namespace",   OP_MONITOR, print_nothing,      run_unshare,        NULL },
	[OP_HOOK]             = { "hook",              OP_MONITOR, print_hook,         run_hook,           NULL },
	[OP_NAMESPACES]       = { "keep",              OP_MONITOR, print_join,         run_namespaces,     NULL },
	[OP_HOOK_CHILD]       = { "hook",              OP_CHILD,   print_hook,         run_hook_child,     NULL },
	[OP_SHARE]            = { "share",             OP_MONITOR, print_share,        run_share,          NULL },
	[OP_TIME]             = { "time namespace",    OP_MONITOR, print_time,         run_time,           NULL },
	[OP_SCHED_CORE]       = { "core scheduling",   OP_CHILD,   print_nothing,      run_sched_core,     NULL },
	[OP_SUPERVISE]        = { "supervisor",        OP_MONITOR, print_supervise,    run_supervise,      undo_supervise },
	[OP_HOOK_CHECK]       = { "check",             OP_CHILD,   print_hook,         run_hook_check,     NULL },
	[OP_SOURCE]           = { "open",              OP_MONITOR, print_source,       run_source,         undo_source },
	[OP_SOURCE_CHILD]     = { "open",              OP_CHILD,   print_source,       run_source,         NULL },
	[OP_IDMAP]            = { "map ids",           OP_MONITOR, print_idmap,        run_idmap,          NULL },
	[OP_IDMAP_TREE]       = { "map owners",        OP_MONITOR, print_idmap_tree,   run_idmap_tree,     NULL },
	[OP_MAPPED]           = { "release",           OP_MONITOR, print_mapped,       run_mapped,         NULL },
	[OP_CONTAINER_ROOT]   = { "become root",       OP_CHILD,   print_ids,          run_container_root, NULL },
	[OP_CGROUP_OWNER]     = { "cgroup owner",      OP_MONITOR, print_cgroup_owner, run_cgroup_owner,   NULL },
	[OP_CLONE_USER]       = { "clone",             OP_MONITOR, print_idmap,        run_clone_user,     NULL },
	[OP_GIVE]             = { "give",              OP_CHILD,   print_give,         run_give,           NULL },
	[OP_REMOVE]           = { "remove",            OP_CHILD,   print_remove,       run_remove,         NULL },
	[OP_CGROUP_SELF]      = { "own cgroup",        OP_MONITOR, print_cgroup_self,  run_cgroup_self,    NULL },
	[OP_DONE]             = { "done",              OP_CHILD,   print_nothing,      run_done,           NULL },
	[OP_PROFILE]          = { "load profile",      OP_MONITOR, print_profile,      run_profile,        undo_profile },
	[OP_LABEL]            = { "label",             OP_CHILD,   print_label,        run_label,          NULL },
};
/* clang-format on */

void print_nothing(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	(void)op;
	(void)out;
}

void print_text(const struct plan *plan, const struct op *op, struct buf *out)
{
	const char *text = plan_text(plan, ((const struct op_text *)op)->text);

	if (text)
		buf_printable(out, text);
}

void print_value(const struct plan *plan, const struct op *op, struct buf *out)
{
	(void)plan;
	buf_printf(out, "%#llx",
		   (unsigned long long)((const struct op_value *)op)->value);
}
