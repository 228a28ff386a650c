/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system configuration, lxc.conf: lines KEY = VALUE, of which the first with a value
 * counts.  A thread reads it once and keeps the values until it ends.
 */
#include "conf/global.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/path.h"

#define BLANKS " \t"

/* A default of root, and of everybody else below $HOME. */
static const struct {
	const char *key, *root, *home;
} keys[] = {
	{ "lxc.default_config", PATH_SYSCONF "/lxc/default.conf",
	  ".config/lxc/default.conf" },
	{ "lxc.lxcpath", PATH_LOCALSTATE "/lib/lxc", ".local/share/lxc" },
	{ "lxc.bdev.lvm.vg", "lxc", NULL },
	{ "lxc.bdev.lvm.thin_pool", "lxc", NULL },
	{ "lxc.bdev.zfs.root", "lxc", NULL },
	{ "lxc.bdev.rbd.rbdpool", "lxc", NULL },
	{ "lxc.bdev.rbd.rbduser", NULL, NULL },
	{ "lxc.cgroup.use", NULL, NULL },
	{ "lxc.cgroup.pattern", NULL, NULL },
};

struct values {
	char *text[ARRAY_SIZE(keys)];
};

static pthread_mutex_t key_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t values_of_thread;
static bool has_key;

static void free_values(void *p)
{
	struct values *v = p;

	for (size_t i = 0; v && i < ARRAY_SIZE(keys); i++)
		free(v->text[i]);
	free(v);
}

static void free_valuesp(struct values **v)
{
	free_values(*v);
}

/* A lock, as pthread_once(3) takes a system call to wake others even where there are none. */
static bool need_key(void)
{
	(void)pthread_mutex_lock(&key_lock);
	has_key = has_key || pthread_key_create(&values_of_thread, free_values) == 0;
	bool made = has_key;
	(void)pthread_mutex_unlock(&key_lock);
	return made;
}

static char *below_home(const char *path)
{
	const char *home = getenv("HOME");

	return path_join(home && *home ? home : "/", path);
}

static char *config_file(bool root)
{
	return root ? strdup(PATH_SYSCONF "/lxc/lxc.conf")
		    : below_home(".config/lxc/lxc.conf");
}

/* The value that line [start, end) gives to key, or NULL. */
static char *value_of_line(const char *start, const char *end, const char *key)
{
	size_t n = strlen(key);

	while (start < end && strchr(BLANKS, *start))
		start++;
	if ((size_t)(end - start) <= n || strncmp(start, key, n))
		return NULL;
	start += n;
	while (start < end && strchr(BLANKS, *start))
		start++;
	if (start == end || *start++ != '=')
		return NULL;
	while (start < end && strchr(BLANKS "\r", *start))
		start++;
	while (end > start && strchr(BLANKS "\r", end[-1]))
		end--;
	return end > start ? strndup(start, end - start) : NULL;
}

static char *find_value(const char *text, const char *key)
{
	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		char *value = value_of_line(line, end, key);

		if (value)
			return value;
		line = *end ? end + 1 : end;
	}
	return NULL;
}

static char *default_value(size_t i, bool root)
{
	if (keys[i].home && !root)
		return below_home(keys[i].home);
	return keys[i].root ? strdup(keys[i].root) : NULL;
}

static void trim_slashes(char *path)
{
	for (size_t n = path ? strlen(path) : 0; n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
}

/* A file that is not there, or cannot be read, leaves the defaults. */
static struct values *read_values(void)
{
	_cleanup_(free_valuesp) struct values *v = calloc(1, sizeof(*v));
	bool root = geteuid() == 0;
	_cleanup_free_ char *path = config_file(root), *text = NULL;

	if (!v || !path)
		return NULL;
	(void)file_read(AT_FDCWD, path, &text, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		v->text[i] = text ? find_value(text, keys[i].key) : NULL;
		if (!v->text[i])
			v->text[i] = default_value(i, root);
		if (!strcmp(keys[i].key, "lxc.lxcpath"))
			trim_slashes(v->text[i]);
	}
	return steal_ptr(v);
}

static const struct values *thread_values(void)
{
	struct values *v;

	if (!need_key())
		return NULL;
	v = pthread_getspecific(values_of_thread);
	if (v)
		return v;
	v = read_values();
	if (v && pthread_setspecific(values_of_thread, v) != 0) {
		free_values(v);
		return NULL;
	}
	return v;
}

const char *conf_global(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].key, key))
			continue;
		const struct values *v = thread_values();

		errno = v ? 0 : ENOMEM;
		return v ? v->text[i] : NULL;
	}
	errno = EINVAL;
	return NULL;
}
