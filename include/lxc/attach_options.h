/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a program inside a container: options and payloads of the attach calls.
 *
 * The layout of every type here is part of the binary interface of liblxc.so.1 and never
 * changes.  Since 1.0 of that interface unless a member says otherwise.
 */
#ifndef LXC_ATTACH_OPTIONS_H
#define LXC_ATTACH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of the caller's environment. */
typedef enum lxc_attach_env_policy_t {
	LXC_ATTACH_KEEP_ENV = 0, /* handed to the program */
	LXC_ATTACH_CLEAR_ENV = 1, /* dropped, but for the names in extra_keep_env */
#define LXC_ATTACH_KEEP_ENV LXC_ATTACH_KEEP_ENV
#define LXC_ATTACH_CLEAR_ENV LXC_ATTACH_CLEAR_ENV
} lxc_attach_env_policy_t;

/* Bits of attach_flags.  Those of the low half are on by default. */
enum {
	LXC_ATTACH_MOVE_TO_CGROUP = 0x00000001, /* enter the container's cgroups */
	LXC_ATTACH_DROP_CAPABILITIES =
		0x00000002, /* keep no capability that init lacks */
	LXC_ATTACH_SET_PERSONALITY = 0x00000004, /* personality(2) as in .personality */
	LXC_ATTACH_LSM_EXEC = 0x00000008, /* take init's security label */
	LXC_ATTACH_REMOUNT_PROC_SYS =
		0x00010000, /* fresh /proc and /sys, without the mount ns */
	LXC_ATTACH_LSM_NOW = 0x00020000, /* accepted; a function gets it at once */
	LXC_ATTACH_NO_NEW_PRIVS = 0x00040000, /* PR_SET_NO_NEW_PRIVS */
	LXC_ATTACH_TERMINAL = 0x00080000, /* a new terminal, relayed by the caller */
	LXC_ATTACH_LSM_LABEL = 0x00100000, /* the label is .lsm_label */
	LXC_ATTACH_SETGROUPS = 0x00200000, /* supplementary groups are .groups */
	LXC_ATTACH_DEFAULT = 0x0000FFFF,
#define LXC_ATTACH_MOVE_TO_CGROUP LXC_ATTACH_MOVE_TO_CGROUP
#define LXC_ATTACH_DROP_CAPABILITIES LXC_ATTACH_DROP_CAPABILITIES
#define LXC_ATTACH_SET_PERSONALITY LXC_ATTACH_SET_PERSONALITY
#define LXC_ATTACH_LSM_EXEC LXC_ATTACH_LSM_EXEC
#define LXC_ATTACH_REMOUNT_PROC_SYS LXC_ATTACH_REMOUNT_PROC_SYS
#define LXC_ATTACH_LSM_NOW LXC_ATTACH_LSM_NOW
#define LXC_ATTACH_NO_NEW_PRIVS LXC_ATTACH_NO_NEW_PRIVS
#define LXC_ATTACH_TERMINAL LXC_ATTACH_TERMINAL
#define LXC_ATTACH_LSM_LABEL LXC_ATTACH_LSM_LABEL
#define LXC_ATTACH_SETGROUPS LXC_ATTACH_SETGROUPS
#define LXC_ATTACH_DEFAULT LXC_ATTACH_DEFAULT
};

/* All flags that concern the security label. */
#define LXC_ATTACH_LSM (LXC_ATTACH_LSM_EXEC | LXC_ATTACH_LSM_NOW | LXC_ATTACH_LSM_LABEL)

/* Value of .personality: the one of the running container (lxc.arch). */
#define LXC_ATTACH_DETECT_PERSONALITY ~0L

/*
 * A function to run inside the container; its result becomes the exit status.
 *
 * Other than with the two functions below, the library forks the caller for it: the process
 * inside is a copy of the caller's memory with the calling thread alone, the caller's signal
 * handlers and its open descriptors.  In a program with threads, locks that another thread
 * held stay locked in the copy.  The process cannot be dumped or traced by the container's
 * own unless it executes a program, and memory that it should not carry inside is the
 * caller's to clear.  Prefer lxc_attach_run_command where a program will do.
 */
typedef int (*lxc_attach_exec_t)(void *payload);

typedef struct lxc_groups_t {
	size_t size;
	gid_t *list;
} lxc_groups_t;

/* The caller owns every pointer; the library only reads them during the call. */
typedef struct lxc_attach_options_t {
	int attach_flags;
	int namespaces; /* CLONE_NEW* mask; -1: all of init's own */
	long personality;
	char *initial_cwd; /* in the container; NULL: the caller's, else / */
	uid_t uid; /* in the container; (uid_t)-1: root */
	gid_t gid;
	lxc_attach_env_policy_t env_policy;
	char **extra_env_vars; /* "NAME=VALUE", NULL-terminated; applied last */
	char **extra_keep_env; /* "NAME", NULL-terminated */
	int stdin_fd;
	int stdout_fd;
	int stderr_fd;
	int log_fd; /* transcript of the terminal, or negative */
	char *lsm_label; /* since 4.0.6 */
	lxc_groups_t groups; /* since 4.0.11 */
} lxc_attach_options_t;

/* clang-format off */
#define LXC_ATTACH_OPTIONS_DEFAULT \
	{ \
		/* .attach_flags = */   LXC_ATTACH_DEFAULT, \
		/* .namespaces = */     -1, \
		/* .personality = */    LXC_ATTACH_DETECT_PERSONALITY, \
		/* .initial_cwd = */    NULL, \
		/* .uid = */            (uid_t)-1, \
		/* .gid = */            (gid_t)-1, \
		/* .env_policy = */     LXC_ATTACH_KEEP_ENV, \
		/* .extra_env_vars = */ NULL, \
		/* .extra_keep_env = */ NULL, \
		/* .stdin_fd = */       0, \
		/* .stdout_fd = */      1, \
		/* .stderr_fd = */      2, \
		/* .log_fd = */         -9, \
		/* .lsm_label = */      NULL, \
		/* .groups = */         { 0, NULL }, \
	}
/* clang-format on */

/* Payload of lxc_attach_run_command: argv includes argv[0] and ends with NULL. */
typedef struct lxc_attach_command_t {
	char *program;
	char **argv;
} lxc_attach_command_t;

/*
 * Functions to hand to attach().  lxc_attach_run_command executes the command of its
 * payload (an lxc_attach_command_t), searched in PATH: exit status 126 when it is not
 * executable, 127 when it does not exist.  lxc_attach_run_shell ignores its payload and
 * executes the login shell of the user, or /bin/sh.  Called directly they replace the
 * calling process, and return -1 when that fails.
 */
int lxc_attach_run_command(void *payload);
int lxc_attach_run_shell(void *payload);

#ifdef __cplusplus
}
#endif

#endif
