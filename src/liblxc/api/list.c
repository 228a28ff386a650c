/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/lxccontainer.h>: lists of containers, by directories and by command sockets. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "api/handle.h"
#include "conf/global.h"
#include "core/command.h"
#include "util/file.h"
#include "util/path.h"

static int defined_names(const char *lxcpath, char ***ret, struct lxc_error **err)
{
	DIR *d = opendir(lxcpath);
	_cleanup_strv_ char **names = NULL;
	int r = 0;

	if (!d)
		return error_set(err, -errno, "list", "%s", lxcpath);
	for (struct dirent *e; r == 0 && (e = readdir(d));) {
		_cleanup_buf_ struct buf config = {};

		if (e->d_name[0] == '.')
			continue;
		buf_printf(&config, "%s/config", e->d_name);
		if (config.data && faccessat(dirfd(d), config.data, F_OK, 0) == 0)
			r = strv_add(&names, e->d_name);
	}
	(void)closedir(d);
	if (r < 0)
		return error_set(err, r, "list", "%s", lxcpath);
	*ret = steal_ptr(names);
	return 0;
}

/* Name of the container that a hashed socket belongs to, if it is one of lxcpath. */
static char *hashed_name(const char *socket_name, const char *lxcpath)
{
	/* the hash cannot be turned round, but the monitor behind it can be asked */
	_cleanup_command_ struct command_result path = { .connection = NO_FD };
	_cleanup_command_ struct command_result name = { .connection = NO_FD };
	_cleanup_free_ char *hash = strndup(socket_name, strcspn(socket_name, "/"));
	struct deadline d = deadline_in(1000);

	if (!hash ||
	    command_ask(&(struct command_question){ .lxcpath = "lxc",
						    .name = hash,
						    .command = COMMAND_GET_LXCPATH,
						    .deadline = &d },
			&path) < 0)
		return NULL;
	if (!path.data || strcmp(path.data, lxcpath))
		return NULL;
	if (command_ask(&(struct command_question){ .lxcpath = "lxc",
						    .name = hash,
						    .command = COMMAND_GET_NAME,
						    .deadline = &d },
			&name) < 0)
		return NULL;
	return steal_ptr(name.data);
}

/* One line of /proc/net/unix: the path stands last; '@' is the NUL of an abstract name. */
static char *active_name(const char *line, const char *lxcpath)
{
	static const char tail[] = "/command";
	const char *path = strchr(line, '@');
	size_t n = path ? strlen(path) : 0, prefix = strlen(lxcpath);

	if (n < sizeof(tail) || strcmp(path + n - (sizeof(tail) - 1), tail))
		return NULL;
	path++;
	n -= sizeof(tail); /* without '@' and tail */
	if (n > prefix + 1 && !strncmp(path, lxcpath, prefix) && path[prefix] == '/' &&
	    !memchr(path + prefix + 1, '/', n - prefix - 1))
		return strndup(path + prefix + 1, n - prefix - 1);
	if (!strncmp(path, "lxc/", 4) && n == 4 + 16)
		return hashed_name(path + 4, lxcpath);
	return NULL;
}

static int active_names(const char *lxcpath, char ***ret, struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **names = NULL;
	int r = file_read(AT_FDCWD, "/proc/net/unix", &text, NULL);

	if (r < 0)
		return error_set(err, r, "list", "/proc/net/unix");
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	for (char **l = lines; r == 0 && l && *l; l++) {
		_cleanup_free_ char *name = active_name(*l, lxcpath);

		/* a socket appears once for each connection */
		if (name && path_check_old_name(name, NULL) == 0 &&
		    !strv_has(names, name))
			r = strv_add(&names, name);
	}
	if (r < 0 || !lines)
		return error_set(err, -ENOMEM, "list", "%s", lxcpath);
	*ret = steal_ptr(names);
	return 0;
}

static void put_all(struct lxc_container **list, size_t n)
{
	while (n > 0)
		(void)lxc_container_put(list[--n]);
	free(list);
}

/* Those that cannot be loaded are left out of both lists. */
static int load_all(char **names, const char *lxcpath, char ***ret_names,
		    struct lxc_container ***ret_list)
{
	size_t size = strv_size(names), n = 0;
	struct lxc_container **list = calloc(size + 1, sizeof(*list));
	_cleanup_strv_ char **kept = NULL;

	if (!list)
		return -ENOMEM;
	for (char **name = names; name && *name; name++) {
		struct lxc_container *c = lxc_container_new(*name, lxcpath);

		if (!c)
			continue;
		list[n++] = c;
		if (strv_add(&kept, *name) < 0) {
			put_all(list, n);
			return -ENOMEM;
		}
	}
	*ret_list = n ? list : NULL;
	if (!n)
		free(list);
	*ret_names = steal_ptr(kept);
	return n;
}

static int deliver(char **found, const char *lxcpath, char ***names,
		   struct lxc_container ***cret)
{
	_cleanup_strv_ char **owned = found;
	int n = strv_size(owned);

	strv_sort(owned);
	if (cret) {
		char **kept = NULL;

		n = load_all(owned, lxcpath, &kept, cret);
		(void)strv_free(owned);
		owned = kept;
	}
	if (names)
		*names = n > 0 ? steal_ptr(owned) : NULL;
	return n;
}

static const char *path_or_default(const char *lxcpath)
{
	return lxcpath ? lxcpath : conf_global("lxc.lxcpath");
}

LXC_API int list_defined_containers(const char *lxcpath, char ***names,
				    struct lxc_container ***cret)
{
	const char *path = path_or_default(lxcpath);
	struct lxc_error *err = NULL;
	char **found = NULL;

	if (defined_names(path, &found, &err) < 0) {
		(void)api_fail(&err, err ? -err->errnum : -ENOENT);
		return -1;
	}
	return deliver(found, path, names, cret);
}

LXC_API int list_active_containers(const char *lxcpath, char ***names,
				   struct lxc_container ***cret)
{
	const char *path = path_or_default(lxcpath);
	struct lxc_error *err = NULL;
	char **found = NULL;

	if (active_names(path, &found, &err) < 0) {
		(void)api_fail(&err, err ? -err->errnum : -ENOENT);
		return -1;
	}
	return deliver(found, path, names, cret);
}

LXC_API int list_all_containers(const char *lxcpath, char ***names,
				struct lxc_container ***cret)
{
	const char *path = path_or_default(lxcpath);
	struct lxc_error *err = NULL;
	_cleanup_strv_ char **active = NULL;
	char **found = NULL;
	int r = defined_names(path, &found, &err);

	if (r == 0)
		r = active_names(path, &active, &err);
	for (char **a = active; r == 0 && a && *a; a++)
		if (!strv_has(found, *a))
			r = strv_add(&found, *a);
	if (r < 0) {
		(void)strv_free(found);
		return api_fail(&err, r);
	}
	return deliver(found, path, names, cret);
}
