/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One container, through the historical interface of liblxc.so.1.
 *
 * struct lxc_container is a handle with a reference count; it exists for any name, also
 * for one that has no container yet.  Its layout and the members' types never change;
 * new members come at the end.  Each method has a flat twin in <lxc/container.h>, so that
 * programs in other languages need not know the layout.
 *
 * Memory: results of type char * and char ** belong to the caller and are released with
 * free(), unless the member says "static" or "borrowed".
 *
 * Errors: a method that fails sets the thread's last error, see <lxc/error.h>, and the
 * member error_string to the same text.  Every method accepts NULL and fails.
 *
 * Threads: any thread may call; a handle locks itself, so threads may share one when each
 * holds a reference.
 */
#ifndef LXC_LXCCONTAINER_H
#define LXC_LXCCONTAINER_H

#include <malloc.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <lxc/attach_options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of clone(). */
#define LXC_CLONE_KEEPNAME (1 << 0) /* leave the host name alone */
#define LXC_CLONE_KEEPMACADDR (1 << 1) /* keep the hardware addresses */
#define LXC_CLONE_SNAPSHOT (1 << 2) /* share the data, copy on write */
#define LXC_CLONE_KEEPBDEVTYPE (1 << 3) /* insist on the same type of storage */
#define LXC_CLONE_MAYBE_SNAPSHOT (1 << 4) /* share the data if the storage can */
#define LXC_CLONE_MAXFLAGS (1 << 5) /* not a flag: the end of the list */
#define LXC_CLONE_ALLOW_RUNNING (1 << 6) /* the source may run */

/* Flags of create(). */
#define LXC_CREATE_QUIET (1 << 0) /* the template's output goes to /dev/null */
#define LXC_CREATE_MAXFLAGS (1 << 1) /* not a flag: the end of the list */

/* Value of lxc_mount.version. */
#define LXC_MOUNT_API_V1 1

/* Bits of migrate_opts.features_to_check. */
#define FEATURE_MEM_TRACK (1ULL << 0) /* criu: tracking of dirty memory */
#define FEATURE_LAZY_PAGES (1ULL << 1) /* criu: lazy pages */

struct bdev_specs;
struct lxc_conf;
struct lxc_console_log;
struct lxc_lock;
struct lxc_mount;
struct lxc_snapshot;
struct migrate_opts;

struct lxc_container {
	char *name; /* read only */
	char *configfile; /* "<config_path>/<name>/config"; malloc'd, may be replaced */
	char *pidfile; /* malloc'd; set before start(): gets the monitor's pid */
	struct lxc_lock *slock; /* private */
	struct lxc_lock *privlock; /* private */
	int numthreads; /* private: references */
	struct lxc_conf *lxc_conf; /* private */
	char *error_string; /* text of the last error of this handle, or NULL */
	int error_num; /* after start() in the foreground: init's wait(2) status */
	bool daemonize; /* read only: see want_daemonize() */
	char *config_path; /* read only */

	/* true when the container has a configuration file that the caller can see */
	bool (*is_defined)(struct lxc_container *c);

	/*
	 * name of the present state, static: STOPPED STARTING RUNNING STOPPING ABORTING
	 * FREEZING FROZEN THAWED; "INVALID STATE" when it cannot be asked
	 */
	const char *(*state)(struct lxc_container *c);

	/* true in every state but STOPPED, and when the state cannot be asked */
	bool (*is_running)(struct lxc_container *c);

	/*
	 * stop every process of the container from running (cgroup.freeze,
	 * freezer.state); true if frozen already
	 */
	bool (*freeze)(struct lxc_container *c);

	/* let a frozen container run on; true if it was not frozen */
	bool (*unfreeze)(struct lxc_container *c);

	/* process id of the container's init as the caller sees it, or -1 */
	pid_t (*init_pid)(struct lxc_container *c);

	/*
	 * add the lines of alt_file (NULL: the container's own file) to the
	 * configuration in memory
	 */
	bool (*load_config)(struct lxc_container *c, const char *alt_file);

	/*
	 * start the container; argv replaces the init command; useinit runs it below a
	 * small init of ours
	 */
	bool (*start)(struct lxc_container *c, int useinit, char *const argv[]);

	/* as start(), the arguments as a list of char * that ends with NULL */
	bool (*startl)(struct lxc_container *c, int useinit, ...);

	/* kill the container and wait until it is gone; true if it was not running */
	bool (*stop)(struct lxc_container *c);

	/*
	 * whether start() returns as soon as the container runs (the default) or when it
	 * has ended
	 */
	bool (*want_daemonize)(struct lxc_container *c, bool state);

	/* kept for compatibility: the monitor never inherits descriptors of the caller */
	bool (*want_close_all_fds)(struct lxc_container *c, bool state);

	/* path of the configuration file; the caller frees it */
	char *(*config_file_name)(struct lxc_container *c);

	/*
	 * wait until one of the states ("STOPPED|FROZEN") is reached, at most timeout
	 * seconds (-1: for ever)
	 */
	bool (*wait)(struct lxc_container *c, const char *state, int timeout);

	/*
	 * set an item in memory, or add to it when it is a list; the empty value clears
	 * it
	 */
	bool (*set_config_item)(struct lxc_container *c, const char *key,
				const char *value);

	/* remove the stopped container from disk; fails while it has snapshots or clones */
	bool (*destroy)(struct lxc_container *c);

	/*
	 * write the configuration to alt_file (NULL: the container's own file), by
	 * rename
	 */
	bool (*save_config)(struct lxc_container *c, const char *alt_file);

	/*
	 * create the container: storage of type bdevtype, filled by template t (a name,
	 * a path or NULL) with arguments argv
	 */
	bool (*create)(struct lxc_container *c, const char *t, const char *bdevtype,
		       struct bdev_specs *specs, int flags, char *const argv[]);

	/* as create(), the arguments as a list of char * that ends with NULL */
	bool (*createl)(struct lxc_container *c, const char *t, const char *bdevtype,
			struct bdev_specs *specs, int flags, ...);

	/* rename the stopped container on disk */
	bool (*rename)(struct lxc_container *c, const char *newname);

	/* ask init to reboot and return */
	bool (*reboot)(struct lxc_container *c);

	/*
	 * ask init to halt and wait at most timeout seconds (-1: for ever, 0: not at
	 * all) for the end
	 */
	bool (*shutdown)(struct lxc_container *c, int timeout);

	/* forget the configuration in memory */
	void (*clear_config)(struct lxc_container *c);

	/* reset one item, or one list of items, to its default */
	bool (*clear_config_item)(struct lxc_container *c, const char *key);

	/*
	 * value of an item: the length without the NUL, or a negative errno; retv may be
	 * NULL with inlen 0
	 */
	int (*get_config_item)(struct lxc_container *c, const char *key, char *retv,
			       int inlen);

	/* value of an item in the running container, or NULL; the caller frees it */
	char *(*get_running_config_item)(struct lxc_container *c, const char *key);

	/* the keys below key (NULL: all), one a line; lengths as in get_config_item() */
	int (*get_keys)(struct lxc_container *c, const char *key, char *retv, int inlen);

	/*
	 * names of the container's network interfaces, NULL-terminated; the caller frees
	 * each and the array
	 */
	char **(*get_interfaces)(struct lxc_container *c);

	/*
	 * its addresses, restricted to an interface, a family ("inet", "inet6") and an
	 * IPv6 scope id; the caller frees each and the array
	 */
	char **(*get_ips)(struct lxc_container *c, const char *interface,
			  const char *family, int scope);

	/*
	 * content of a file of the container's cgroup ("memory.current"): number of
	 * bytes, or a negative errno
	 */
	int (*get_cgroup_item)(struct lxc_container *c, const char *subsys, char *retv,
			       int inlen);

	/* write a file of the container's cgroup */
	bool (*set_cgroup_item)(struct lxc_container *c, const char *subsys,
				const char *value);

	/*
	 * the directory that holds the container's directory; borrowed until
	 * set_config_path()
	 */
	const char *(*get_config_path)(struct lxc_container *c);

	/* change that directory; nothing is loaded or moved */
	bool (*set_config_path)(struct lxc_container *c, const char *path);

	/* copy the container; the caller puts the result */
	struct lxc_container *(*clone)(struct lxc_container *c, const char *newname,
				       const char *lxcpath, int flags,
				       const char *bdevtype, const char *bdevdata,
				       uint64_t newsize, char **hookargs);

	/*
	 * master end of terminal *ttynum (-1: a free one, 0: the console) into *ptxfd;
	 * the returned descriptor reserves it until closed
	 */
	int (*console_getfd)(struct lxc_container *c, int *ttynum, int *ptxfd);

	/*
	 * relay between a terminal of the container and the given descriptors until
	 * Ctrl-<escape> q; escape 1 is a; 0 on success
	 */
	int (*console)(struct lxc_container *c, int ttynum, int stdinfd, int stdoutfd,
		       int stderrfd, int escape);

	/*
	 * run a function inside the container as a child of the caller, who waits for
	 * *attached_process
	 */
	int (*attach)(struct lxc_container *c, lxc_attach_exec_t exec_function,
		      void *exec_payload, lxc_attach_options_t *options,
		      pid_t *attached_process);

	/* run a program inside and wait for it: its status as of waitpid(2), or -1 */
	int (*attach_run_wait)(struct lxc_container *c, lxc_attach_options_t *options,
			       const char *program, const char *const argv[]);

	/* as attach_run_wait(), the arguments as a list of char * that ends with NULL */
	int (*attach_run_waitl)(struct lxc_container *c, lxc_attach_options_t *options,
				const char *program, const char *arg, ...);

	/* make a snapshot: its number, or -1 */
	int (*snapshot)(struct lxc_container *c, const char *commentfile);

	/*
	 * the snapshots: their number, or -1; the caller calls free of each and frees
	 * the array
	 */
	int (*snapshot_list)(struct lxc_container *c, struct lxc_snapshot **snapshots);

	/* make container newname (NULL: this one) from a snapshot */
	bool (*snapshot_restore)(struct lxc_container *c, const char *snapname,
				 const char *newname);

	/* remove a snapshot */
	bool (*snapshot_destroy)(struct lxc_container *c, const char *snapname);

	/* true when the caller may command the container, or it is not running */
	bool (*may_control)(struct lxc_container *c);

	/* make a device of the host available in the running container */
	bool (*add_device_node)(struct lxc_container *c, const char *src_path,
				const char *dest_path);

	/* take it away again */
	bool (*remove_device_node)(struct lxc_container *c, const char *src_path,
				   const char *dest_path);

	/* move a network interface of the host into the running container */
	bool (*attach_interface)(struct lxc_container *c, const char *dev,
				 const char *dst_dev);

	/* move one back to the host */
	bool (*detach_interface)(struct lxc_container *c, const char *dev,
				 const char *dst_dev);

	/* write the state of the processes to a directory, by criu(8) */
	bool (*checkpoint)(struct lxc_container *c, char *directory, bool stop,
			   bool verbose);

	/* run on from such a directory */
	bool (*restore)(struct lxc_container *c, char *directory, bool verbose);

	/* as destroy(), snapshots included */
	bool (*destroy_with_snapshots)(struct lxc_container *c);

	/* remove every snapshot */
	bool (*snapshot_destroy_all)(struct lxc_container *c);

	/* the steps of a migration, MIGRATE_*; size is sizeof *opts */
	int (*migrate)(struct lxc_container *c, unsigned int cmd,
		       struct migrate_opts *opts, unsigned int size);

	/*
	 * read or clear the console's buffer: with read, at most *read_max bytes (0: all) are taken
	 * out into data, which the caller frees, and *read_max becomes their number; with clear the
	 * rest is forgotten.  0 or a negative errno: ENODATA when it is empty, EFAULT when there is
	 * none
	 */
	int (*console_log)(struct lxc_container *c, struct lxc_console_log *log);

	/*
	 * ask init to reboot and wait at most timeout seconds for the container to run
	 * again
	 */
	bool (*reboot2)(struct lxc_container *c, int timeout);

	/* mount something inside the running container */
	int (*mount)(struct lxc_container *c, const char *source, const char *target,
		     const char *filesystemtype, unsigned long mountflags,
		     const void *data, struct lxc_mount *mnt);

	/* unmount something inside */
	int (*umount)(struct lxc_container *c, const char *target,
		      unsigned long mountflags, struct lxc_mount *mnt);

	/* the monitor's own seccomp listener; borrowed */
	int (*seccomp_notify_fd)(struct lxc_container *c);

	/* the running container's seccomp listener; the caller closes it */
	int (*seccomp_notify_fd_active)(struct lxc_container *c);

	/* descriptor of init (pidfd_open(2)), or a negative errno; the caller closes it */
	int (*init_pidfd)(struct lxc_container *c);

	/*
	 * descriptor of the container's /dev/pts, or a negative errno; the caller closes
	 * it
	 */
	int (*devpts_fd)(struct lxc_container *c);

	int rcv_timeout; /* private, seconds; since 6.0.0 */

	/*
	 * seconds that a query may wait for the monitor's answer; -1: for ever; since
	 * 6.0.0
	 */
	bool (*set_timeout)(struct lxc_container *c, int timeout);
};

/* A snapshot, as listed by snapshot_list(). */
struct lxc_snapshot {
	char *name;
	char *comment_pathname; /* the file need not exist */
	char *timestamp; /* local time "2026:11:23 09:30:00", or NULL */
	char *lxcpath;
	void (*free)(struct lxc_snapshot *s); /* releases the strings above */
};

/* Storage parameters of create(); zero and NULL mean the default. */
struct bdev_specs {
	char *fstype;
	uint64_t fssize; /* bytes */
	struct {
		char *zfsroot;
	} zfs;
	struct {
		char *vg;
		char *lv;
		char *thinpool;
	} lvm;
	char *dir;
	struct {
		char *rbdname;
		char *rbdpool;
		char *rbduser; /* since 6.0.0; only read for storage of type rbd */
	} rbd;
};

/* Commands of migrate(). */
enum {
	MIGRATE_PRE_DUMP,
	MIGRATE_DUMP,
	MIGRATE_RESTORE,
	MIGRATE_FEATURE_CHECK,
};

/* Arguments of migrate(); see criu(8). */
struct migrate_opts {
	char *directory;
	bool verbose;
	bool stop;
	char *predump_dir; /* relative to directory */
	char *pageserver_address;
	char *pageserver_port;
	bool preserves_inodes;
	char *action_script;
	bool disable_skip_in_flight;
	uint64_t ghost_limit; /* bytes */
	uint64_t features_to_check;
};

/* Argument of console_log(). */
struct lxc_console_log {
	bool clear; /* empty the buffer (after reading) */
	bool read; /* read into .data */
	uint64_t *read_max; /* in: most bytes wanted, 0: all; out: bytes read */
	char *data; /* malloc'd by the library, not NUL-terminated */
};

struct lxc_mount {
	int version; /* LXC_MOUNT_API_V1 */
};

/* Argument of lxc_log_init(). */
struct lxc_log {
	const char *name; /* container, or NULL */
	const char *lxcpath; /* or NULL */
	const char *file; /* or NULL; "none": no file */
	const char *level; /* TRACE … FATAL or 0 … 8; NULL: ERROR */
	const char *prefix; /* usually the program's name */
	bool quiet; /* nothing on standard error */
};

/*
 * A handle for the container name below configpath (NULL: the configured default), with one
 * reference.  Loads its configuration if there is one.  NULL on failure: a name that is not
 * allowed, a configuration that cannot be read.
 */
struct lxc_container *lxc_container_new(const char *name, const char *configpath);

/* Take a reference: 1, or 0 when the handle is NULL or being freed. */
int lxc_container_get(struct lxc_container *c);

/* Drop a reference: 0, 1 when it was the last and the handle is freed, -1 for NULL. */
int lxc_container_put(struct lxc_container *c);

/* The names of all states, in the order of their numbers, into states unless NULL: 8. */
int lxc_get_wait_states(const char **states);

/*
 * A value of lxc.conf(5) such as "lxc.lxcpath", or its default; NULL with errno EINVAL when
 * there is no such key, NULL with errno 0 when it is not set.  Borrowed from the thread.
 */
const char *lxc_get_global_config_item(const char *key);

/* LXC_VERSION of the library that runs.  Static. */
const char *lxc_get_version(void);

/*
 * The containers that have a configuration below lxcpath (NULL: the default), that run, or
 * either.  Either output may be NULL.  The arrays are sorted by name and not NULL-terminated;
 * the caller frees each name, puts each container and frees the arrays.  Returns their
 * number, or -1.
 */
int list_defined_containers(const char *lxcpath, char ***names,
			    struct lxc_container ***cret);
int list_active_containers(const char *lxcpath, char ***names,
			   struct lxc_container ***cret);
int list_all_containers(const char *lxcpath, char ***names, struct lxc_container ***cret);

/*
 * Where log records go, for the whole process: 0, or a negative errno.  The first call
 * wins until lxc_log_close().
 */
int lxc_log_init(struct lxc_log *log);
void lxc_log_close(void);

/* Whether key stands in the table of configuration keys. */
bool lxc_config_item_is_supported(const char *key);

/* Whether the library has an extension of the interface ("pidfd"); true for NULL. */
bool lxc_has_api_extension(const char *extension);

#ifdef __cplusplus
}
#endif

#endif
