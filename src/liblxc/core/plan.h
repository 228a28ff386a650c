/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: what a start (or an attach) will do, as one flat record that the library builds
 * and the monitor program executes.  It holds no pointers, so a sealed memfd carries it; a
 * reader of another version refuses it by name.
 *
 *   struct plan_header | operations, one behind the other | texts and blobs
 *
 * An operation is its kind's number and its data, a struct that begins with struct op (see
 * ops.h).  Texts are offsets into the pool; 0 is the empty text that stands for "none".
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

#define PLAN_MAGIC "LXCPLAN"
#ifndef PLAN_VERSION /* a test builds a monitor of another one */
#define PLAN_VERSION 2
#endif
#define PLAN_SIZE_MAX (8u << 20)

/* With these seals the file that carries a plan stays as it is: memfd_create(2). */
#define PLAN_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

enum plan_role { PLAN_START, PLAN_ATTACH };

typedef uint32_t plan_text_t; /* offset into the pool; 0: none */

struct plan_blob {
	uint32_t at, size;
};

struct plan_hierarchy {
	plan_text_t controllers; /* "cpu,cpuacct", "name=systemd" */
	plan_text_t dir; /* "/sys/fs/cgroup/cpu,cpuacct" and the base below it */
	plan_text_t base; /* the base as the name of a cgroup: "/" */
};

struct plan_header {
	char magic[8];
	uint32_t version;
	uint32_t role; /* enum plan_role */
	uint32_t size; /* of the whole record */
	uint32_t ops, ops_size;
	uint32_t pool, pool_size;
	/* cgroup directories of the monitor, or none: it has to leave them in any case */
	plan_text_t monitor_v2, monitor_v1;
	plan_text_t monitor_v2_base, monitor_v1_base;
	/* up to here a header is the same in every version */

	/* what the monitor has to know besides the operations */
	plan_text_t name, lxcpath;
	plan_text_t cgroup; /* payload cgroup, relative to each hierarchy's mount */
	plan_text_t inner; /* lxc.cgroup.dir.container.inner */
	plan_text_t
		unified; /* directory of the unified hierarchy that ours are in, or none */
	plan_text_t unified_base; /* the same as the name of a cgroup: "/user.slice" */
	struct plan_blob hierarchies; /* struct plan_hierarchy[], version 1 */
	plan_text_t console_path, console_log;
	plan_text_t event_fifo; /* where to announce changes, when somebody reads it */
	plan_text_t
		scope; /* unit of the user's systemd that the monitor is executed in, or none */
	plan_text_t warnings; /* keys that are passed over on this machine, one a line */
	struct plan_blob items; /* configuration: "key\0value\0" for each */
	struct plan_blob masks; /* of attached processes: struct plan_confine */
	uint64_t console_log_size; /* 0: no limit */
	uint64_t console_buffer_size; /* 0: none */
	uint32_t clone_flags; /* namespaces that are not the monitor's */
	uint32_t layout; /* enum cgroup_layout */
	int32_t signal_stop;
	int32_t log_level;
	uint8_t foreground;
	uint8_t suffix_allowed; /* whether NAME-1, … may be tried when the cgroup exists */
	uint8_t console_rotate;
	uint8_t sched_core; /* attached processes take the cookie of init */
};

/* What confines the container's processes, for those that attach later. */
struct plan_confine {
	uint64_t keep_caps;
	uint64_t personality;
	uint32_t no_new_privs;
	uint32_t set_personality;
	uint32_t keep_groups; /* the user namespace forbids to change them */
	uint32_t root_uid, root_gid; /* inside, of who attaches without a word */
	uint32_t padding;
	struct plan_blob seccomp; /* struct sock_filter[] */
	uint64_t new_keyring; /* a session keyring of their own */
};

struct op {
	uint16_t kind; /* enum op_number */
	uint16_t flags;
	uint32_t size; /* with its data, a multiple of 8 */
};

/* --- building (library) --- */

struct plan_builder {
	struct plan_header header;
	struct buf ops, pool;
};

void plan_builder_init(struct plan_builder *b, enum plan_role role);
void plan_builder_done(struct plan_builder *b);
#define _cleanup_plan_builder_ _cleanup_(plan_builder_done)

plan_text_t plan_add_text(struct plan_builder *b, const char *text); /* NULL or "": 0 */
plan_text_t plan_add_format(struct plan_builder *b, const char *format, ...)
	_printf_(2, 3);
struct plan_blob plan_add_blob(struct plan_builder *b, const void *data, size_t size);
/* The texts of v, each with its NUL. */
struct plan_blob plan_add_strv(struct plan_builder *b, char *const *v);

/* Append an operation: op points to its struct, whose first member is a struct op. */
void plan_add_op(struct plan_builder *b, uint16_t kind, const void *op, size_t size);

/* Insert an operation at the byte offset at of b->ops: the size it has there. */
size_t plan_insert_op(struct plan_builder *b, size_t at, uint16_t kind, const void *op,
		      size_t size);

/* One record; the caller frees *ret.  -ENOMEM, or -E2BIG beyond PLAN_SIZE_MAX. */
int plan_finish(struct plan_builder *b, void **ret, size_t *ret_size);

/* --- reading (both sides) --- */

struct plan {
	const struct plan_header *header;
};

/* Check a record and look into it; it must outlive the plan.  -EPROTO for another version. */
int plan_open(const void *record, size_t size, struct plan *ret, struct lxc_error **err);

/* What is the same in every version: the start of the header, and its texts. */
int plan_open_any(const void *record, size_t size, struct plan *ret);

/* The operation behind op, the first for NULL; NULL at the end. */
const struct op *plan_next(const struct plan *p, const struct op *op);

/* NULL for 0; otherwise a text of the pool ("" for an offset outside of it). */
const char *plan_text(const struct plan *p, plan_text_t text);
const void *plan_data(const struct plan *p, struct plan_blob blob);

/* What confines the container's processes; NULL when the plan is damaged there. */
const struct plan_confine *plan_confinement(const struct plan *p);

/* Make pointers to the texts of a blob, NULL-terminated: at most max - 1.  Their number. */
size_t plan_strv(const struct plan *p, struct plan_blob blob, char **v, size_t max);

#endif
