/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of one container in memory: one member per key, plus the text of the
 * top-level lines, which is what save writes.  The table in keys.c ties keys to members.
 *
 * Errors of operations name the key ("config lxc.tty.max: …") and, from a file, the place.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/values.h"
#include "isolate/idmap.h"
#include "isolate/namespaces.h"
#include "net/nic.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct conf {
	/* identity */
	unsigned long personality; /* PER_LINUX, PER_LINUX32, or PERSONALITY_UNSET */
	char *uts_name;
	bool ephemeral;
	char **groups;

	/* init and execution */
	char *init_cmd, *execute_cmd, *init_cwd;
	unsigned int init_uid, init_gid;
	uint32_t *init_groups;
	size_t n_init_groups;
	char **environment, **environment_runtime, **environment_hooks; /* NAME=VALUE */
	bool no_new_privs;
	bool sched_core;
	int signal_halt, signal_reboot, signal_stop; /* 0: default */
	int signal_pdeath; /* SIGKILL by default, 0: none */
	bool start_auto;
	unsigned int start_delay;
	int start_order;
	bool monitor_unshare;

	/* terminals */
	unsigned int pty_max, tty_max;
	char *tty_dir;
	char *console_path, *console_logfile;
	bool console_rotate;
	uint64_t console_size, console_buffer_size;

	/* log */
	int log_level; /* enum log_level */
	char *log_file, *log_syslog;

	/* root file system and mounts */
	char *rootfs_type; /* text before the first colon of lxc.rootfs.path, or NULL */
	char *rootfs_path;
	char *rootfs_mount;
	char *rootfs_options;
	bool rootfs_managed;
	struct conf_mount_auto mount_auto;
	char **mount_entries; /* fstab lines */
	char *mount_fstab;
	bool autodev;
	unsigned int autodev_size; /* bytes; 0: default */

	/* namespaces and ids */
	struct idmap_line *idmap;
	size_t n_idmap;
	bool idmap_auto; /* ranges to be chosen by create; n_idmap is 0 then */
	uint32_t idmap_count; /* of how many ids; 0: as many as usual */
	int ns_clone, ns_keep; /* CLONE_NEW* masks of lxc.namespace.clone, .keep */
	char *ns_share[NS_COUNT];
	int64_t time_boot_s, time_boot_ns, time_monotonic_s, time_monotonic_ns;

	/* confinement */
	enum conf_caps_mode caps_mode;
	char **caps; /* names as given */
	char *apparmor_profile;
	bool apparmor_allow_incomplete, apparmor_allow_nesting;
	char **apparmor_raw;
	char *selinux_context, *selinux_context_keyring;
	bool keyring_session; /* as stored: 1 means that no new keyring is made */
	char *seccomp_profile;
	bool seccomp_allow_nesting;
	char *seccomp_proxy, *seccomp_cookie;
	char **intercept_devices, **intercept_types, **intercept_names;
	bool intercept_sysinfo;
	struct conf_pairs prlimits, sysctls, procs;

	/* cgroups */
	struct conf_pairs cgroup1,
		cgroup2; /* lxc.cgroup.FILE, lxc.cgroup2.FILE, in order */
	char *cgroup_dir, *cgroup_dir_monitor, *cgroup_dir_container;
	char *cgroup_dir_inner, *cgroup_dir_pivot;
	bool cgroup_relative;

	/* network: sorted by index */
	struct nic *nics;

	/* hooks */
	char **hooks[HOOK_COUNT];
	unsigned int hook_version;

	/* not keys */
	char *first_file; /* the file loaded first: LXC_CONFIG_FILE */
	struct buf text; /* top-level lines as given: what save writes */
	unsigned int includes; /* depth of lxc.include while loading */
};

#define PERSONALITY_UNSET (~0ul)

/* A configuration with every key at its default; NULL without memory. */
struct conf *conf_new(void);
struct conf *conf_free(struct conf *c);
DEFINE_FREE(struct conf, conf_free)

/*
 * Set one item as a line "key = value" would; the empty value clears.  Lists grow.  Records
 * the line in c->text (or removes the key's lines from it).  -ENOENT and the nearest key as
 * hint for an unknown one, -EINVAL and what is allowed for a bad value.
 */
int conf_set(struct conf *c, const char *key, const char *value, struct lxc_error **err);

/* Reset one item or a whole list, and remove its lines from c->text. */
int conf_clear(struct conf *c, const char *key, struct lxc_error **err);

/*
 * Print the value of key into out, as get_config_item() returns it.  -EINVAL for an unknown
 * key, -ENOENT for an unknown sub-key of a network, -ENOSYS for lxc.include.
 */
int conf_get(const struct conf *c, const char *key, struct buf *out);

/* The keys below key, one a line (NULL: all); c may be NULL when key is. */
int conf_list_keys(const struct conf *c, const char *key, struct buf *out);

bool conf_is_supported(const char *key);

/*
 * The key nearest to an unknown one, for "did you mean", or NULL.
 */
const char *conf_nearest_key(const char *key);

/* --- files (file.c) --- */

/* Add the lines of a file.  The first fault ends it; lines before it stay applied. */
int conf_load_file(struct conf *c, const char *path, struct lxc_error **err);

/*
 * Read a file as a whole, without keeping anything, and describe every fault in out:
 * "path:line:column: text" (included files under their own path).  The number of faults, or
 * -errno when the top-level file cannot be read.
 */
int conf_check_file(const char *path, struct buf *out, struct lxc_error **err);

/* --- checks across keys (check.c) --- */

/*
 * What a start requires beyond each value by itself; the first fault as error, naming key and
 * remedy.  Keys that this version parses but does not yet carry out are faults, too.
 */
int conf_check_start(const struct conf *c, struct lxc_error **err);

/* Whether a clock is to be set off, which takes a time namespace. */
bool conf_has_time_offset(const struct conf *c);

/*
 * What a start on this machine passes over, one line for each key: "KEY is skipped: REASON".
 * Cgroup keys of the other layout (has_v1: there are version 1 hierarchies, has_v2_pure: there
 * is nothing but the unified one).  0 or -ENOMEM.
 */
int conf_warnings(const struct conf *c, bool has_v1, bool has_v2_pure,
		  char ***ret_warnings);

#endif
