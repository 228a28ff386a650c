/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the configuration engine share. */
#ifndef CONF_TEST_H
#define CONF_TEST_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/global.h"
#include "util/file.h"
#include "util/path.h"

#define _cleanup_conf_ _cleanup_(conf_freep)
#define _cleanup_error_ _cleanup_(error_freep)

static char *directory; /* for files of a test */

static inline int make_directory(void **state)
{
	char name[] = "/tmp/test-conf.XXXXXX";

	directory = mkdtemp(name) ? strdup(name) : NULL;
	return directory ? 0 : -1;
}

static inline int remove_directory(void **state)
{
	int r = file_remove_tree(AT_FDCWD, directory);

	free(directory);
	directory = NULL;
	return r;
}

static inline char *path_of(const char *name)
{
	return path_join(directory, name);
}

static inline void write_file(const char *name, const char *text)
{
	_cleanup_free_ char *path = path_of(name);
	_cleanup_close_ int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
}

/* text with @ replaced by the directory of the test */
static inline char *expand(const char *text)
{
	_cleanup_buf_ struct buf b = {};

	for (; *text; text++) {
		if (*text == '@')
			buf_str(&b, directory);
		else
			buf_char(&b, *text);
	}
	return buf_steal(&b);
}

static inline void expect_get(const struct conf *c, const char *key, const char *value)
{
	_cleanup_buf_ struct buf out = {};

	assert_int_equal(conf_get(c, key, &out), 0);
	assert_string_equal(out.data ? out.data : "", value);
}

static inline void expect_set(struct conf *c, const char *key, const char *value)
{
	_cleanup_error_ struct lxc_error *err = NULL;
	int r = conf_set(c, key, value, &err);

	if (r < 0)
		print_error("%s = %s: %s\n", key, value, error_message(err));
	assert_int_equal(r, 0);
}

static inline void expect_error(struct lxc_error *err, const char *message,
				const char *hint)
{
	_cleanup_free_ char *expanded = expand(message);

	assert_non_null(err);
	assert_string_equal(error_message(err), expanded);
	const char *said = err->hint ? err->text + err->hint : "";
	/* where a case names none, an example of the key is fine */
	if (hint || strncmp(said, "for example: ", 13))
		assert_string_equal(said, hint ? hint : "");
}

static inline void expect_text(const struct conf *c, const char *text)
{
	assert_string_equal(c->text.data ? c->text.data : "", text);
}

#define WITH_FILES(test) \
	cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

#endif
