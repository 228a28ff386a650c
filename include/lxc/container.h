/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One container, as flat functions: each method of struct lxc_container once more, under
 * the same contract (see <lxc/lxccontainer.h>), for programs that do not want to know the
 * layout of that struct.
 *
 * Every function accepts NULL and then fails.  A failure sets lxc_last_error().
 * Since 7.0.0.
 */
#ifndef LXC_CONTAINER_H
#define LXC_CONTAINER_H

#include <lxc/lxccontainer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* true when the container has a configuration file that the caller can see */
bool lxc_container_is_defined(struct lxc_container *c);

/*
 * name of the present state, static: STOPPED STARTING RUNNING STOPPING ABORTING FREEZING
 * FROZEN THAWED; "INVALID STATE" when it cannot be asked
 */
const char *lxc_container_state(struct lxc_container *c);

/* true in every state but STOPPED, and when the state cannot be asked */
bool lxc_container_is_running(struct lxc_container *c);

/*
 * stop every process of the container from running (cgroup.freeze, freezer.state); true
 * if frozen already
 */
bool lxc_container_freeze(struct lxc_container *c);

/* let a frozen container run on; true if it was not frozen */
bool lxc_container_unfreeze(struct lxc_container *c);

/* process id of the container's init as the caller sees it, or -1 */
pid_t lxc_container_init_pid(struct lxc_container *c);

/*
 * add the lines of alt_file (NULL: the container's own file) to the configuration in
 * memory
 */
bool lxc_container_load_config(struct lxc_container *c, const char *alt_file);

/*
 * start the container; argv replaces the init command; useinit runs it below a small
 * init of ours
 */
bool lxc_container_start(struct lxc_container *c, int useinit, char *const argv[]);

/* as start(), the arguments as a list of char * that ends with NULL */
bool lxc_container_startl(struct lxc_container *c, int useinit, ...);

/* kill the container and wait until it is gone; true if it was not running */
bool lxc_container_stop(struct lxc_container *c);

/*
 * whether start() returns as soon as the container runs (the default) or when it has
 * ended
 */
bool lxc_container_want_daemonize(struct lxc_container *c, bool state);

/* kept for compatibility: the monitor never inherits descriptors of the caller */
bool lxc_container_want_close_all_fds(struct lxc_container *c, bool state);

/* path of the configuration file; the caller frees it */
char *lxc_container_config_file_name(struct lxc_container *c);

/*
 * wait until one of the states ("STOPPED|FROZEN") is reached, at most timeout seconds
 * (-1: for ever)
 */
bool lxc_container_wait(struct lxc_container *c, const char *state, int timeout);

/* set an item in memory, or add to it when it is a list; the empty value clears it */
bool lxc_container_set_config_item(struct lxc_container *c, const char *key,
				   const char *value);

/* remove the stopped container from disk; fails while it has snapshots or clones */
bool lxc_container_destroy(struct lxc_container *c);

/* write the configuration to alt_file (NULL: the container's own file), by rename */
bool lxc_container_save_config(struct lxc_container *c, const char *alt_file);

/*
 * create the container: storage of type bdevtype, filled by template t (a name, a path
 * or NULL) with arguments argv
 */
bool lxc_container_create(struct lxc_container *c, const char *t, const char *bdevtype,
			  struct bdev_specs *specs, int flags, char *const argv[]);

/* as create(), the arguments as a list of char * that ends with NULL */
bool lxc_container_createl(struct lxc_container *c, const char *t, const char *bdevtype,
			   struct bdev_specs *specs, int flags, ...);

/* rename the stopped container on disk */
bool lxc_container_rename(struct lxc_container *c, const char *newname);

/* ask init to reboot and return */
bool lxc_container_reboot(struct lxc_container *c);

/*
 * ask init to halt and wait at most timeout seconds (-1: for ever, 0: not at all) for
 * the end
 */
bool lxc_container_shutdown(struct lxc_container *c, int timeout);

/* forget the configuration in memory */
void lxc_container_clear_config(struct lxc_container *c);

/* reset one item, or one list of items, to its default */
bool lxc_container_clear_config_item(struct lxc_container *c, const char *key);

/*
 * value of an item: the length without the NUL, or a negative errno; retv may be NULL
 * with inlen 0
 */
int lxc_container_get_config_item(struct lxc_container *c, const char *key, char *retv,
				  int inlen);

/* value of an item in the running container, or NULL; the caller frees it */
char *lxc_container_get_running_config_item(struct lxc_container *c, const char *key);

/* the keys below key (NULL: all), one a line; lengths as in get_config_item() */
int lxc_container_get_keys(struct lxc_container *c, const char *key, char *retv,
			   int inlen);

/*
 * names of the container's network interfaces, NULL-terminated; the caller frees each
 * and the array
 */
char **lxc_container_get_interfaces(struct lxc_container *c);

/*
 * its addresses, restricted to an interface, a family ("inet", "inet6") and an IPv6
 * scope id; the caller frees each and the array
 */
char **lxc_container_get_ips(struct lxc_container *c, const char *interface,
			     const char *family, int scope);

/*
 * content of a file of the container's cgroup ("memory.current"): number of bytes, or a
 * negative errno
 */
int lxc_container_get_cgroup_item(struct lxc_container *c, const char *subsys, char *retv,
				  int inlen);

/* write a file of the container's cgroup */
bool lxc_container_set_cgroup_item(struct lxc_container *c, const char *subsys,
				   const char *value);

/* the directory that holds the container's directory; borrowed until set_config_path() */
const char *lxc_container_get_config_path(struct lxc_container *c);

/* change that directory; nothing is loaded or moved */
bool lxc_container_set_config_path(struct lxc_container *c, const char *path);

/* copy the container; the caller puts the result */
struct lxc_container *lxc_container_clone(struct lxc_container *c, const char *newname,
					  const char *lxcpath, int flags,
					  const char *bdevtype, const char *bdevdata,
					  uint64_t newsize, char **hookargs);

/*
 * master end of terminal *ttynum (-1: a free one, 0: the console) into *ptxfd; the
 * returned descriptor reserves it until closed
 */
int lxc_container_console_getfd(struct lxc_container *c, int *ttynum, int *ptxfd);

/*
 * relay between a terminal of the container and the given descriptors until
 * Ctrl-<escape> q; escape 1 is a; 0 on success
 */
int lxc_container_console(struct lxc_container *c, int ttynum, int stdinfd, int stdoutfd,
			  int stderrfd, int escape);

/*
 * run a function inside the container as a child of the caller, who waits for
 * *attached_process; see lxc_attach_exec_t for functions of the caller's own
 */
int lxc_container_attach(struct lxc_container *c, lxc_attach_exec_t exec_function,
			 void *exec_payload, lxc_attach_options_t *options,
			 pid_t *attached_process);

/* run a program inside and wait for it: its status as of waitpid(2), or -1 */
int lxc_container_attach_run_wait(struct lxc_container *c, lxc_attach_options_t *options,
				  const char *program, const char *const argv[]);

/* as attach_run_wait(), the arguments as a list of char * that ends with NULL */
int lxc_container_attach_run_waitl(struct lxc_container *c, lxc_attach_options_t *options,
				   const char *program, const char *arg, ...);

/* make a snapshot: its number, or -1 */
int lxc_container_snapshot(struct lxc_container *c, const char *commentfile);

/* the snapshots: their number, or -1; the caller calls free of each and frees the array */
int lxc_container_snapshot_list(struct lxc_container *c, struct lxc_snapshot **snapshots);

/* make container newname (NULL: this one) from a snapshot */
bool lxc_container_snapshot_restore(struct lxc_container *c, const char *snapname,
				    const char *newname);

/* remove a snapshot */
bool lxc_container_snapshot_destroy(struct lxc_container *c, const char *snapname);

/* true when the caller may command the container, or it is not running */
bool lxc_container_may_control(struct lxc_container *c);

/* make a device of the host available in the running container */
bool lxc_container_add_device_node(struct lxc_container *c, const char *src_path,
				   const char *dest_path);

/* take it away again */
bool lxc_container_remove_device_node(struct lxc_container *c, const char *src_path,
				      const char *dest_path);

/* move a network interface of the host into the running container */
bool lxc_container_attach_interface(struct lxc_container *c, const char *dev,
				    const char *dst_dev);

/* move one back to the host */
bool lxc_container_detach_interface(struct lxc_container *c, const char *dev,
				    const char *dst_dev);

/* write the state of the processes to a directory, by criu(8) */
bool lxc_container_checkpoint(struct lxc_container *c, char *directory, bool stop,
			      bool verbose);

/* run on from such a directory */
bool lxc_container_restore(struct lxc_container *c, char *directory, bool verbose);

/* as destroy(), snapshots included */
bool lxc_container_destroy_with_snapshots(struct lxc_container *c);

/* remove every snapshot */
bool lxc_container_snapshot_destroy_all(struct lxc_container *c);

/* the steps of a migration, MIGRATE_*; size is sizeof *opts */
int lxc_container_migrate(struct lxc_container *c, unsigned int cmd,
			  struct migrate_opts *opts, unsigned int size);

/*
 * read or clear the console's buffer: with read, at most *read_max bytes (0: all) are taken
 * out into data, which the caller frees, and *read_max becomes their number; with clear the
 * rest is forgotten.  0 or a negative errno: ENODATA when it is empty, EFAULT when there is
 * none
 */
int lxc_container_console_log(struct lxc_container *c, struct lxc_console_log *log);

/* ask init to reboot and wait at most timeout seconds for the container to run again */
bool lxc_container_reboot2(struct lxc_container *c, int timeout);

/* mount something inside the running container */
int lxc_container_mount(struct lxc_container *c, const char *source, const char *target,
			const char *filesystemtype, unsigned long mountflags,
			const void *data, struct lxc_mount *mnt);

/* unmount something inside */
int lxc_container_umount(struct lxc_container *c, const char *target,
			 unsigned long mountflags, struct lxc_mount *mnt);

/* the monitor's own seccomp listener; borrowed */
int lxc_container_seccomp_notify_fd(struct lxc_container *c);

/* the running container's seccomp listener; the caller closes it */
int lxc_container_seccomp_notify_fd_active(struct lxc_container *c);

/* descriptor of init (pidfd_open(2)), or a negative errno; the caller closes it */
int lxc_container_init_pidfd(struct lxc_container *c);

/* descriptor of the container's /dev/pts, or a negative errno; the caller closes it */
int lxc_container_devpts_fd(struct lxc_container *c);

/* seconds that a query may wait for the monitor's answer; -1: for ever; since 6.0.0 */
bool lxc_container_set_timeout(struct lxc_container *c, int timeout);

/*
 * The operations that start() would carry out, in their order, one a line, without doing
 * any of them.  useinit and argv as in start().  The caller frees the text; NULL on failure.
 */
char *lxc_container_explain(struct lxc_container *c, int useinit, char *const argv[]);

/*
 * Check a configuration file as a whole and describe every fault in it, one a line:
 * "file:line:column: text".  0 and *ret_faults NULL when there is none; otherwise the number
 * of faults, and their text in *ret_faults, which the caller frees.  A negative errno when
 * the file cannot be read.
 */
int lxc_config_check(const char *file, char **ret_faults);

#ifdef __cplusplus
}
#endif

#endif
