/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a key is made of: a row of the table (keys.c) and the type that parses, prints and
 * clears its member of struct conf.
 */
#ifndef CONF_TYPES_H
#define CONF_TYPES_H

#include "conf/conf.h"

struct conf_type;
struct conf_reader;

struct conf_key {
	const char *name;
	const struct conf_type *type;
	size_t offset; /* of the member, which has the type's C type */
	bool prefix; /* "name.REST" is a key, too */
	const struct conf_type *below; /* the bare key clears keys of that type, too */
	const char *help;
	const char *example; /* one value, for tests and pages; NULL: takes none */
	const char *example_rest; /* REST that goes with it */
	const char *fallback; /* the value when cleared; NULL: the type's zero */
	const char *initial; /* the value of a new configuration, if not fallback */
	const char *empty; /* what the empty value stands for, if not clearing */
	unsigned long max; /* largest number, longest text, kind of a list; 0: no limit */
};

/* One access to a key. */
struct conf_item {
	const struct conf_key *key;
	const char *name; /* as asked for */
	const char *rest; /* REST of a prefix key, "" for the bare key */
	struct conf_reader *reader; /* the file that says so, or NULL */
};

struct conf_type {
	const char *name;
	/* value is not empty unless takes_empty; 0 or -errno and err set by conf_fault() */
	int (*parse)(struct conf *c, const struct conf_item *it, const char *value,
		     struct lxc_error **err);
	/* 0 or -errno; NULL: cannot be printed */
	int (*print)(const struct conf *c, const struct conf_item *it, struct buf *out);
	/* back to nothing; key->fallback is applied afterwards.  0 or -errno */
	int (*clear)(struct conf *c, const struct conf_item *it);
	bool takes_empty; /* parse() gets the empty value, too */
};

#define MEMBER(c, it, type) ((type *)(void *)((char *)(c) + (it)->key->offset))
#define MEMBER_CONST(c, it, type) \
	((type const *)(const void *)((const char *)(c) + (it)->key->offset))

/* types.c: one value each */
extern const struct conf_type conf_type_bool; /* bool: 0 or 1 */
extern const struct conf_type conf_type_uint; /* unsigned int */
extern const struct conf_type conf_type_int; /* int */
extern const struct conf_type conf_type_tmpfs_size; /* unsigned int, bytes */
extern const struct conf_type conf_type_size; /* uint64_t, bytes or auto */
extern const struct conf_type conf_type_string; /* char * */
extern const struct conf_type conf_type_path; /* char *, simplified */
extern const struct conf_type conf_type_path_required; /* as path; empty is a fault */
extern const struct conf_type conf_type_cgroup_dir; /* char *, relative path */
extern const struct conf_type conf_type_cgroup_inner; /* char *, one component */
extern const struct conf_type conf_type_signal; /* int */
extern const struct conf_type conf_type_log_level; /* int */
extern const struct conf_type conf_type_syslog; /* char * */
extern const struct conf_type conf_type_arch; /* unsigned long */
extern const struct conf_type conf_type_proxy; /* char *, given as unix:PATH */

/* types-list.c: several values; a repeated key adds to them */
extern const struct conf_type conf_type_list; /* char **, as given */
extern const struct conf_type conf_type_words; /* char **, each value split at blanks */
extern const struct conf_type conf_type_environment; /* char **, NAME=VALUE */
extern const struct conf_type conf_type_hooks; /* lxc.hook itself: clears all */
extern const struct conf_type conf_type_pairs; /* struct conf_pairs, each kept */
extern const struct conf_type conf_type_pairs_line; /* the same, printed as lines */
extern const struct conf_type conf_type_pairs_once; /* the last of a name counts */
extern const struct conf_type conf_type_prlimit; /* struct conf_pairs, SOFT:HARD */

/* What types of lists have in common. */
int conf_list_print(const struct conf *c, const struct conf_item *it, struct buf *out);
int conf_list_clear(struct conf *c, const struct conf_item *it);

/* types-ids.c: ids, namespaces, capabilities, clocks */
extern const struct conf_type conf_type_groups; /* conf.init_groups */
extern const struct conf_type conf_type_idmap; /* conf.idmap */
extern const struct conf_type conf_type_namespaces; /* int, CLONE_NEW* */
extern const struct conf_type conf_type_share; /* conf.ns_share */
extern const struct conf_type conf_type_caps; /* conf.caps; max is the mode */
extern const struct conf_type conf_type_time; /* int64_t seconds, then nanoseconds */

/* types-mount.c */
extern const struct conf_type conf_type_rootfs; /* conf.rootfs_path, rootfs_type */
extern const struct conf_type conf_type_rootfs_options; /* char * */
extern const struct conf_type conf_type_mount_auto; /* conf.mount_auto */

/* types-seccomp.c: char **; several in a value, with blanks or commas between */
extern const struct conf_type conf_type_devices; /* "c 1:3" */
extern const struct conf_type conf_type_types; /* of file systems */
extern const struct conf_type conf_type_attributes; /* trusted.NAME, trusted.NAME* */

/* net-keys.c */
extern const struct conf_type conf_type_net; /* lxc.net.N and lxc.net.N.KEY */
extern const struct conf_type conf_type_nets; /* lxc.net: all of them */

/* file.c */
extern const struct conf_type conf_type_include;

/*
 * The fault of an item: -EINVAL with "config NAME" as frame and the text as detail.  The
 * second quotes the value in front: "'VALUE' TEXT".  conf_no_memory() is the same for ENOMEM.
 */
int conf_fault(const struct conf_item *it, struct lxc_error **err, const char *text, ...)
	_printf_(3, 4);
int conf_fault_value(const struct conf_item *it, const char *value,
		     struct lxc_error **err, const char *text, ...) _printf_(4, 5);
int conf_no_memory(const struct conf_item *it, struct lxc_error **err);

/* Put text, which may be NULL (-ENOMEM), in the place of a string member. */
int conf_replace(const struct conf_item *it, char **member, char *text,
		 struct lxc_error **err);

/* What the types of texts have in common. */
int conf_string_parse(struct conf *c, const struct conf_item *it, const char *value,
		      struct lxc_error **err);
int conf_string_print(const struct conf *c, const struct conf_item *it, struct buf *out);
int conf_string_clear(struct conf *c, const struct conf_item *it);

#endif
