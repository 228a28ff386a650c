/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files.  A line is one of: blank, a comment ('#' first), text that does not
 * begin with "lxc." (kept, but without meaning), or KEY = VALUE.  White space around both is
 * taken off, then one pair of equal quotes around the value.
 *
 * Lines of the top-level file go into the configuration's text as they are, those of included
 * files do not.  A reader either stops at the first fault or, when it checks, describes each
 * and goes on.
 */
#include "conf/keys.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/net-keys.h"
#include "util/file.h"
#include "util/path.h"

#define BLANKS " \t\r\v\f"
#define INCLUDES_MAX 32
#define CONF_SUFFIX ".conf"

struct faults {
	struct buf *out;
	int n;
};

struct conf_reader {
	struct conf_reader *parent; /* the file that includes this one, or NULL */
	const char *path;
	dev_t device;
	ino_t inode;
	unsigned int line;
	struct faults *faults; /* where to describe them; NULL: stop at the first */
	bool placed; /* the error says already which included file it is in */
};

struct line {
	char *key, *value; /* in text */
	size_t n_key, n_value;
	unsigned int key_column, value_column;
};

/* --- faults --- */

static const char *hint_of(const struct lxc_error *why)
{
	return why && why->hint ? why->text + why->hint : NULL;
}

/* "KEY: what is wrong" */
static void describe(struct buf *out, const char *key, int r, const struct lxc_error *why)
{
	buf_printable(out, key);
	if (*key)
		buf_str(out, ": ");
	buf_str(out, why && why->detail ? why->text + why->detail : strerror(-r));
}

/* Give the error of a line its place; in a check, describe it and go on. */
static int place(struct conf_reader *reader, unsigned int column, const char *key, int r,
		 const struct lxc_error *why, struct lxc_error **err)
{
	_cleanup_buf_ struct buf text = {};
	const char *hint = hint_of(why);

	describe(&text, key, r, why);
	if (r == -ENOMEM || buf_status(&text) < 0)
		return error_set(err, -ENOMEM, "config", "%s", reader->path);
	if (reader->faults) {
		buf_printf(reader->faults->out, "%s:%u:%u: %s", reader->path,
			   reader->line, column, text.data);
		if (hint)
			buf_printf(reader->faults->out, " (%s)", hint);
		buf_char(reader->faults->out, '\n');
		reader->faults->n++;
		return 0;
	}
	(void)error_set_code(err, r, LXC_ERROR_INVALID, "config", "%s:%u:%u",
			     reader->path, reader->line, column);
	error_detail(err, "%s", text.data);
	if (hint)
		error_hint(err, "%s", hint);
	return r;
}

static int place_text(struct conf_reader *reader, unsigned int column, const char *key,
		      const char *text, const char *hint, struct lxc_error **err)
{
	_cleanup_(error_freep) struct lxc_error *why = NULL;

	(void)error_set(&why, -EINVAL, "config", "%s", key);
	error_detail(&why, "%s", text);
	error_hint(&why, "%s", hint);
	return place(reader, column, key, -EINVAL, why, err);
}

/* --- lines --- */

/* 1 for KEY = VALUE, 0 for a line without meaning, -EINVAL without '='. */
static int split_line(char *text, size_t size, struct line *ret)
{
	size_t start = 0, end = size;

	while (start < end && strchr(BLANKS, text[start]))
		start++;
	while (end > start && strchr(BLANKS, text[end - 1]))
		end--;
	*ret = (struct line){ .key = text + start,
			      .n_key = end - start,
			      .key_column = start + 1 };
	if (end - start < 4 || strncmp(text + start, "lxc.", 4))
		return 0;
	char *equals = memchr(text + start, '=', end - start);

	if (!equals)
		return -EINVAL;
	ret->n_key = equals - ret->key;
	while (ret->n_key && strchr(BLANKS, ret->key[ret->n_key - 1]))
		ret->n_key--;
	start = equals + 1 - text;
	while (start < end && strchr(BLANKS, text[start]))
		start++;
	if (end - start > 1 && text[start] == text[end - 1] &&
	    strchr("'\"", text[start])) {
		start++;
		end--;
	}
	ret->value = text + start;
	ret->n_value = end - start;
	ret->value_column = start + 1;
	return 1;
}

static int apply_line(struct conf *c, struct conf_reader *reader, const struct line *line,
		      struct lxc_error **err)
{
	_cleanup_(error_freep) struct lxc_error *why = NULL;
	_cleanup_free_ char *key = strndup(line->key, line->n_key);
	_cleanup_free_ char *value = strndup(line->value, line->n_value);
	int r;

	if (!key || !value)
		return place(reader, line->key_column, "", -ENOMEM, NULL, err);
	conf_fill_hwaddr(key, value);
	/* an included file's address is drawn anew at each load */
	if (!reader->parent)
		memcpy(line->value, value, line->n_value);
	r = conf_assign(c, key, value, reader, &why);
	if (r >= 0)
		return 0;
	if (reader->placed) {
		error_clear(err);
		if (err)
			*err = steal_ptr(why);
		return error_wrap(err, r, "include", "%s:%u:%u", reader->path,
				  reader->line, line->value_column);
	}
	return place(reader,
		     conf_is_supported(key) ? line->value_column : line->key_column, key,
		     r, why, err);
}

static int read_line(struct conf *c, struct conf_reader *reader, char *text, size_t size,
		     struct lxc_error **err)
{
	struct line line;
	int r = split_line(text, size, &line);

	if (memchr(text, '\0', size))
		return place_text(reader, 1, "", "the line holds a NUL byte",
				  "a configuration is text, KEY = VALUE in each line: is "
				  "this the right file?",
				  err);
	if (r < 0) {
		_cleanup_free_ char *key = strndup(line.key, line.n_key);

		return place_text(reader, line.key_column, key ? key : "",
				  "there is no '=' behind the key",
				  "write KEY = VALUE; a comment begins with #", err);
	}
	if (r > 0)
		r = apply_line(c, reader, &line, err);
	if (r == 0 && !reader->parent) {
		/* white space alone is kept as an empty line */
		buf_add(&c->text, text, line.n_key ? size : 0);
		buf_char(&c->text, '\n');
	}
	return r;
}

/* --- files --- */

static int read_lines(struct conf *c, struct conf_reader *reader, char *text, size_t size,
		      struct lxc_error **err)
{
	int r = 0;

	for (size_t at = 0; at < size && r >= 0;) {
		const char *end = memchr(text + at, '\n', size - at);
		size_t n = end ? (size_t)(end - text) - at : size - at;

		reader->line++;
		r = read_line(c, reader, text + at, n, err);
		at += n + 1;
	}
	return r;
}

/* Whether the file behind the descriptor is being read already. */
static bool is_open(const struct conf_reader *reader, const struct stat *st)
{
	for (; reader; reader = reader->parent)
		if (reader->device == st->st_dev && reader->inode == st->st_ino)
			return true;
	return false;
}

static void hint_unread(int r, struct lxc_error **err)
{
	if (r == -ELOOP)
		error_hint(err, "remove the line that includes it");
	else if (r == -EACCES)
		error_hint(err, "use sudo, or a file that this user may read");
	else if (r == -EISDIR)
		error_hint(err, "name a file; lxc.include takes a directory, too");
	else if (r == -ENOENT)
		error_hint(err, "correct the path, or create the file");
}

static int read_file(struct conf *c, struct conf_reader *reader, struct lxc_error **err)
{
	_cleanup_close_ int fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	_cleanup_free_ char *text = NULL;
	struct stat st;
	size_t size = 0;
	int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0)
		r = is_open(reader->parent, &st)
			    ? -ELOOP
			    : file_read_sized(fd, st.st_size, &text, &size);
	if (r < 0) {
		const char *why = r == -ELOOP ? "the file includes itself" : strerror(-r);

		(void)error_set(err, r, "config", "%s", reader->path);
		if (reader->parent)
			error_detail(err, "%s: %s", reader->path, why);
		hint_unread(r, err);
		return r;
	}
	reader->device = st.st_dev;
	reader->inode = st.st_ino;
	r = read_lines(c, reader, text, size, err);
	if (r < 0 && reader->parent)
		reader->parent->placed = true;
	return r;
}

/* --- lxc.include --- */

static int include_file(struct conf *c, const struct conf_item *it, const char *path,
			struct lxc_error **err)
{
	struct conf_reader none = {};
	struct conf_reader *parent = it->reader ? it->reader : &none;
	struct conf_reader reader = { .parent = parent,
				      .path = path,
				      .faults = parent->faults };
	int r;

	if (c->includes >= INCLUDES_MAX)
		return conf_fault_value(it, path, err,
					"is included more than %d files deep",
					INCLUDES_MAX);
	c->includes++;
	r = read_file(c, &reader, err);
	c->includes--;
	return r;
}

/* Sorted, so that the result does not depend on the file system. */
static int list_directory(const char *path, char ***ret_files)
{
	_cleanup_strv_ char **files = NULL;
	DIR *d = opendir(path);
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	for (struct dirent *e; r == 0 && (e = readdir(d));) {
		size_t n = strlen(e->d_name), suffix = strlen(CONF_SUFFIX);

		if (n > suffix && !strcmp(e->d_name + n - suffix, CONF_SUFFIX))
			r = strv_push(&files, path_join(path, e->d_name));
	}
	(void)closedir(d);
	strv_sort(files);
	if (r == 0)
		*ret_files = steal_ptr(files);
	return r;
}

static int include_parse(struct conf *c, const struct conf_item *it, const char *value,
			 struct lxc_error **err)
{
	_cleanup_strv_ char **files = NULL;
	struct stat st;
	bool directory = value[strlen(value) - 1] == '/' ||
			 (stat(value, &st) == 0 && S_ISDIR(st.st_mode));
	int r;

	if (!directory)
		return include_file(c, it, value, err);
	r = list_directory(value, &files);
	if (r < 0) {
		(void)error_set(err, r, "config", "%s", it->name);
		error_detail(err, "%s: %s", value, strerror(-r));
		return r;
	}
	for (char **f = files; f && *f && r == 0; f++)
		r = include_file(c, it, *f, err);
	return r;
}

static int include_print(const struct conf *c, const struct conf_item *it,
			 struct buf *out)
{
	return -ENOSYS;
}

/* What has been merged stays. */
static int include_clear(struct conf *c, const struct conf_item *it)
{
	return 0;
}

const struct conf_type conf_type_include = { "include", include_parse, include_print,
					     include_clear };

/* --- the top-level file --- */

int conf_load_file(struct conf *c, const char *path, struct lxc_error **err)
{
	struct conf_reader reader = { .path = path };
	int r = 0;

	if (!c->first_file) {
		c->first_file = strdup(path);
		if (!c->first_file)
			return error_set(err, -ENOMEM, "config", "%s", path);
	}
	r = read_file(c, &reader, err);
	if (r == 0 && buf_status(&c->text) < 0)
		r = error_set(err, -ENOMEM, "config", "%s", path);
	return r;
}

int conf_check_file(const char *path, struct buf *out, struct lxc_error **err)
{
	_cleanup_(conf_freep) struct conf *c = conf_new();
	struct faults faults = { .out = out };
	struct conf_reader reader = { .path = path, .faults = &faults };
	int r;

	if (!c)
		return error_set(err, -ENOMEM, "config", "%s", path);
	r = read_file(c, &reader, err);
	if (r == 0 && buf_status(out) < 0)
		r = error_set(err, -ENOMEM, "config", "%s", path);
	return r < 0 ? r : faults.n;
}
