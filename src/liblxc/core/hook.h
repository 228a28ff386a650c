/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hooks: commands of the administrator that run at certain moments.
 *
 *   hook.c           what a hook gets: arguments, environment; those that the library runs itself
 *   compile-hook.c   plan of the others
 *   op-hook.c        running them, in the monitor and in the container's first process
 *   hook-output.c    what they say
 *
 * A hook runs as  sh -c 'exec VALUE "$@"' sh NAME SECTION TYPE ARGUMENT...  The value is shell text
 * of the administrator; everything else is positional parameters, never pasted into it.
 */
#ifndef CORE_HOOK_H
#define CORE_HOOK_H

#include "conf/conf.h"
#include "core/run.h"

#define HOOK_FORMAT "exec %s \"$@\""

/* --- what they say (both sides) --- */

#define HOOK_LINES 4 /* that an error shows */
#define HOOK_LINE_SIZE 240

struct hook_output {
	const char *key; /* for the log */
	char lines[HOOK_LINES][HOOK_LINE_SIZE]; /* a ring */
	unsigned int n; /* lines that are complete */
	size_t size; /* of the one that is not */
};

/* Take output in: each line goes to the log, the last ones stay. */
void hook_output_take(struct hook_output *o, const char *data, size_t size);

/*
 * The end of a hook with that wait(2) status: 0, or -EIO and an error that names the key, the
 * status and what the hook said last.
 */
int hook_result(struct hook_output *o, int status, const char *command,
		struct lxc_error **err);

/* --- what they get (library) --- */

struct hook_subject {
	const struct conf *conf;
	const char *name;
	const char *section, *type; /* "lxc", "pre-start" */
	int log_level;
};

/* "pre-start" and so on. */
extern const char *const hook_names[HOOK_COUNT];

/* NAME SECTION TYPE; nothing of it with version 1.  0 or -ENOMEM. */
int hook_arguments(const struct hook_subject *s, char ***argv);

/* What a hook finds in its environment besides the caller's own.  0 or -ENOMEM. */
int hook_environment(const struct hook_subject *s, char ***env);

/* Run the hooks of one type here and now: destroy, clone.  They may be none. */
int hook_run(const struct conf *conf, const char *name, enum conf_hook type,
	     struct lxc_error **err);

/* --- those of a plan (monitor) --- */

/* When a hook of the monitor has its turn: as an operation of the plan, or at the end. */
enum hook_moment {
	HOOK_AT_RUN,
	HOOK_AT_DOWN, /* of interfaces */
	HOOK_AT_STOP,
	HOOK_AT_END, /* post-stop */
	HOOK_AT_DESTROY, /* of an ephemeral container */
};

/*
 * Run the hooks of a moment but HOOK_AT_RUN.  Whoever fails is logged; 0 or the first -errno.
 */
int hook_run_at(struct run *run, enum hook_moment moment);

/* A stop was asked for: it ends the hook that runs, if there is one. */
void hook_kill(const struct run *run);

/* Close the namespaces that were kept for hooks of the end. */
void hook_close_namespaces(struct run *run);

#endif
