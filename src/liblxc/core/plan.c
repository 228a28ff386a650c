/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan as a flat record: building and reading. */
#include "core/plan.h"

#include <stdarg.h>
#include <string.h>

void plan_builder_init(struct plan_builder *b, enum plan_role role)
{
	*b = (struct plan_builder){ .header = { .version = PLAN_VERSION, .role = role } };
	memcpy(b->header.magic, PLAN_MAGIC, sizeof(b->header.magic));
	buf_add(&b->pool, "", 1);
}

void plan_builder_done(struct plan_builder *b)
{
	buf_done(&b->ops);
	buf_done(&b->pool);
}

plan_text_t plan_add_text(struct plan_builder *b, const char *text)
{
	plan_text_t at = b->pool.size;

	if (!text || !*text)
		return 0;
	buf_add(&b->pool, text, strlen(text) + 1);
	return at;
}

plan_text_t plan_add_format(struct plan_builder *b, const char *format, ...)
{
	plan_text_t at = b->pool.size;
	va_list args;

	va_start(args, format);
	buf_vprintf(&b->pool, format, args);
	va_end(args);
	buf_add(&b->pool, "", 1);
	return at;
}

static const char zeros[8];

struct plan_blob plan_add_blob(struct plan_builder *b, const void *data, size_t size)
{
	/* structs and filters in blobs want to be aligned */
	buf_add(&b->pool, zeros, ALIGN_UP(b->pool.size, 8) - b->pool.size);
	struct plan_blob blob = { .at = b->pool.size, .size = size };

	buf_add(&b->pool, data, size);
	return blob;
}

struct plan_blob plan_add_strv(struct plan_builder *b, char *const *v)
{
	struct plan_blob blob = { .at = b->pool.size };

	for (; v && *v; v++)
		buf_add(&b->pool, *v, strlen(*v) + 1);
	blob.size = b->pool.size - blob.at;
	return blob;
}

void plan_add_op(struct plan_builder *b, uint16_t kind, const void *op, size_t size)
{
	struct op head = *(const struct op *)op;

	head.kind = kind;
	head.size = ALIGN_UP(size, 8);
	buf_add(&b->ops, &head, sizeof(head));
	buf_add(&b->ops, (const char *)op + sizeof(head), size - sizeof(head));
	buf_add(&b->ops, zeros, head.size - size);
}

size_t plan_insert_op(struct plan_builder *b, size_t at, uint16_t kind, const void *op,
		      size_t size)
{
	size_t added = ALIGN_UP(size, 8), before = b->ops.size;
	_cleanup_free_ char *behind = malloc(before - at + 1);

	if (!behind) {
		b->ops.failed = true;
		return 0;
	}
	memcpy(behind, (const char *)b->ops.data + at, before - at);
	plan_add_op(b, kind, op, size);
	if (b->ops.failed)
		return 0;
	memmove(b->ops.data + at, b->ops.data + before, added);
	memcpy(b->ops.data + at + added, behind, before - at);
	return added;
}

int plan_finish(struct plan_builder *b, void **ret, size_t *ret_size)
{
	_cleanup_buf_ struct buf out = {};
	struct plan_header *h = &b->header;

	buf_add(&b->pool, "", 1); /* whatever offset is read, a NUL follows */
	if (b->ops.failed || b->pool.failed)
		return -ENOMEM;
	h->ops = ALIGN_UP(sizeof(*h), 8);
	h->ops_size = b->ops.size;
	h->pool = h->ops + h->ops_size;
	h->pool_size = b->pool.size;
	h->size = h->pool + h->pool_size;
	if (h->size > PLAN_SIZE_MAX)
		return -E2BIG;
	buf_add(&out, h, sizeof(*h));
	buf_add(&out, zeros, h->ops - sizeof(*h));
	buf_add(&out, b->ops.data, b->ops.size);
	buf_add(&out, b->pool.data, b->pool.size);
	size_t size = out.size;
	char *record = buf_steal(&out);

	if (!record)
		return -ENOMEM;
	*ret = record;
	*ret_size = size;
	return 0;
}

/* Up to here a header is the same in every version. */
#define PLAN_COMMON_SIZE offsetof(struct plan_header, name)

static bool is_sound(const struct plan_header *h, size_t size, size_t header_size)
{
	if (h->size != size || h->ops < header_size || h->ops % 8 || h->ops > size)
		return false;
	if (h->ops_size > size - h->ops || h->pool != h->ops + h->ops_size)
		return false;
	if (h->pool_size != size - h->pool || !h->pool_size)
		return false;
	const char *pool = (const char *)h + h->pool;
	return pool[0] == '\0' && pool[h->pool_size - 1] == '\0';
}

int plan_open_any(const void *record, size_t size, struct plan *ret)
{
	const struct plan_header *h = record;

	if (size < PLAN_COMMON_SIZE || memcmp(h->magic, PLAN_MAGIC, sizeof(h->magic)) ||
	    !is_sound(h, size, PLAN_COMMON_SIZE))
		return -EPROTO;
	ret->header = h;
	return 0;
}

int plan_open(const void *record, size_t size, struct plan *ret, struct lxc_error **err)
{
	const struct plan_header *h = record;

	if (size < offsetof(struct plan_header, role) ||
	    memcmp(h->magic, PLAN_MAGIC, sizeof(h->magic)))
		return error_set(err, -EPROTO, "plan", "not a plan");
	if (h->version != PLAN_VERSION) {
		error_set(err, -EPROTO, "plan", "version %u", h->version);
		error_detail(err, "this program executes plans of version %d",
			     PLAN_VERSION);
		error_hint(err, "library and lxc-monitor come from different "
				"installations: install liblxc again");
		return -EPROTO;
	}
	if (size < sizeof(*h) || !is_sound(h, size, sizeof(*h)))
		return error_set(err, -EPROTO, "plan", "damaged");
	ret->header = h;
	return 0;
}

const struct op *plan_next(const struct plan *p, const struct op *op)
{
	const struct plan_header *h = p->header;
	size_t at = op ? (size_t)((const char *)op - (const char *)h) + op->size : h->ops;
	size_t end = (size_t)h->ops + h->ops_size;

	if (at + sizeof(struct op) > end)
		return NULL;
	const struct op *next = (const struct op *)((const char *)h + at);

	return next->size < sizeof(*next) || next->size % 8 || next->size > end - at
		       ? NULL
		       : next;
}

const char *plan_text(const struct plan *p, plan_text_t text)
{
	const struct plan_header *h = p->header;

	if (!text)
		return NULL;
	return text < h->pool_size ? (const char *)h + h->pool + text : "";
}

const void *plan_data(const struct plan *p, struct plan_blob blob)
{
	const struct plan_header *h = p->header;

	if (blob.at > h->pool_size || blob.size > h->pool_size - blob.at)
		return NULL;
	return (const char *)h + h->pool + blob.at;
}

const struct plan_confine *plan_confinement(const struct plan *p)
{
	struct plan_blob masks = p->header->masks;

	return masks.size == sizeof(struct plan_confine) && masks.at % 8 == 0
		       ? plan_data(p, masks)
		       : NULL;
}

size_t plan_strv(const struct plan *p, struct plan_blob blob, char **v, size_t max)
{
	const char *data = plan_data(p, blob), *end = data ? data + blob.size : NULL;
	size_t n = 0;

	for (; data && data < end && n + 1 < max; data += strlen(data) + 1)
		v[n++] = (char *)data;
	v[n] = NULL;
	return n;
}
