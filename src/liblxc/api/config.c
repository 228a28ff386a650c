/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: the configuration in memory and on disk. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "api/handle.h"
#include "conf/global.h"
#include "core/command.h"
#include "util/file.h"

static bool is_own_file(const struct lxc_container *c, const char *file)
{
	return c->configfile && !strcmp(file, c->configfile);
}

LXC_API bool lxc_container_load_config(struct lxc_container *c, const char *alt_file)
{
	struct call call;
	struct conf *conf;

	if (!call_begin(&call, c))
		return false;
	const char *file = alt_file ? alt_file : c->configfile;
	_cleanup_close_ int lock = NO_FD;
	int r = handle_need_conf(c, &conf, &call.err);
	if (r == 0 && is_own_file(c, file)) {
		lock = handle_lock_disk(c, &call.err);
		r = lock < 0 ? lock : 0;
	}
	if (r == 0)
		r = conf_load_file(conf, file, &call.err);
	handle_update_log(c);
	return call_end(&call, r);
}

/* The directory of the file that is written, and its name. */
static int open_parent(const char *file, const char **ret_name)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *dir = slash ? strndup(file, slash - file + 1) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	*ret_name = slash ? slash + 1 : file;
	return fd < 0 ? -errno : fd;
}

/* What stands at the place may be a device or a link: then it is written, not replaced. */
static int write_text(const char *file, const struct buf *text)
{
	const char *data = text->data ? text->data : "", *name;
	struct stat st;

	if (lstat(file, &st) == 0 && !S_ISREG(st.st_mode)) {
		_cleanup_close_ int fd =
			open(file, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);

		return fd < 0 ? -errno : file_write_all(fd, data, text->size);
	}
	_cleanup_close_ int dir = open_parent(file, &name);
	return dir < 0 ? dir : file_replace(dir, name, data, text->size, 0660);
}

static int load_default(struct conf *conf, struct lxc_error **err)
{
	const char *file = conf_global("lxc.default_config");

	if (!file || access(file, F_OK) < 0)
		return 0;
	return conf_load_file(conf, file, err);
}

static int save(struct lxc_container *c, const char *file, struct lxc_error **err)
{
	bool had_conf = c->lxc_conf;
	_cleanup_free_ char *dir = handle_directory(c, NULL);
	_cleanup_close_ int lock = NO_FD;
	struct conf *conf;
	int r = handle_need_conf(c, &conf, err);

	if (r == 0 && !had_conf)
		r = load_default(conf, err);
	if (r < 0 || !dir)
		return r < 0 ? r : error_set(err, -ENOMEM, "save", "%s", file);
	if (mkdir(dir, 0770) < 0 && errno == ENOENT) {
		r = file_make_dirs(c->config_path, 0755);
		if (r == 0 && mkdir(dir, 0770) < 0 && errno != EEXIST)
			r = -errno;
	} else if (errno && access(dir, F_OK) < 0) {
		r = -errno;
	}
	if (r < 0)
		return error_set(err, r, "make", "%s", dir);
	if (is_own_file(c, file)) {
		lock = handle_lock_disk(c, err);
		if (lock < 0)
			return lock;
	}
	r = write_text(file, &conf->text);
	return r < 0 ? error_set(err, r, "write", "%s", file) : 0;
}

LXC_API bool lxc_container_save_config(struct lxc_container *c, const char *alt_file)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	return call_end(&call, save(c, alt_file ? alt_file : c->configfile, &call.err));
}

LXC_API bool lxc_container_set_config_item(struct lxc_container *c, const char *key,
					   const char *value)
{
	struct call call;
	struct conf *conf;

	if (!call_begin(&call, c))
		return false;
	int r = key && value
			? handle_need_conf(c, &conf, &call.err)
			: error_set(&call.err, -EINVAL, "config", "no key or no value");
	if (r == 0)
		r = conf_set(conf, key, value, &call.err);
	handle_update_log(c);
	return call_end(&call, r);
}

LXC_API void lxc_container_clear_config(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return;
	(void)conf_free(handle_conf(c));
	c->lxc_conf = NULL;
	handle_update_log(c);
	(void)call_end(&call, 0);
}

LXC_API bool lxc_container_clear_config_item(struct lxc_container *c, const char *key)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int r = c->lxc_conf && key
			? conf_clear(handle_conf(c), key, &call.err)
			: error_set(&call.err, -EINVAL, "config", "nothing is loaded");
	handle_update_log(c);
	return call_end(&call, r);
}

/*
 * Copy a value as the historical interface has it: lists and numbers truncated as snprintf()
 * would, strings only when they fit; the length either way.
 */
static int copy_out(const struct buf *value, char *retv, int inlen)
{
	int n = value->size;

	if (value->failed)
		return -ENOMEM;
	if (!retv || inlen <= 0)
		return n;
	size_t fits = MIN(value->size, (size_t)inlen - 1);
	memcpy(retv, value->data ? value->data : "", fits);
	retv[fits] = '\0';
	return n;
}

LXC_API int lxc_container_get_config_item(struct lxc_container *c, const char *key,
					  char *retv, int inlen)
{
	_cleanup_buf_ struct buf value = {};
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	int r = -1;
	if (c->lxc_conf && key) {
		r = conf_get(handle_conf(c), key, &value);
		if (r == 0)
			r = copy_out(&value, retv, inlen);
	}
	if (r < 0)
		error_set(&call.err, r, "config", "%s", key ? key : "no key");
	(void)call_end(&call, r);
	return r;
}

LXC_API int lxc_container_get_keys(struct lxc_container *c, const char *key, char *retv,
				   int inlen)
{
	_cleanup_buf_ struct buf list = {};
	struct call call;

	if (!call_begin(&call, c))
		return -1;
	int r = -1;
	if (!key || c->lxc_conf) {
		r = conf_list_keys(handle_conf(c), key, &list);
		if (r == 0)
			r = copy_out(&list, retv, inlen);
	}
	if (r < 0)
		error_set(&call.err, r, "config", "%s", key ? key : "no key");
	(void)call_end(&call, r);
	return r;
}

LXC_API char *lxc_container_get_running_config_item(struct lxc_container *c,
						    const char *key)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int r = c->lxc_conf && key ? 0 : -EINVAL;
	if (r == 0) {
		struct deadline d = handle_deadline(c);

		r = command_ask(
			&(struct command_question){ .lxcpath = c->config_path,
						    .name = c->name,
						    .command = COMMAND_GET_CONFIG_ITEM,
						    .data = key,
						    .size = strlen(key) + 1,
						    .deadline = &d },
			&answer);
	}
	/* a monitor answers -1 both for an unknown key and for one without value */
	if (r < 0)
		error_set(&call.err, r == -EPERM ? -ENOENT : r, "config", "%s",
			  key ? key : "");
	(void)call_end(&call, r);
	return r < 0 ? NULL : steal_ptr(answer.data);
}

LXC_API int lxc_config_check(const char *file, char **ret_faults)
{
	_cleanup_buf_ struct buf faults = {};
	struct lxc_error *err = NULL;

	*ret_faults = NULL;
	int r = conf_check_file(file, &faults, &err);
	if (r > 0)
		*ret_faults = buf_steal(&faults);
	if (r > 0 && !*ret_faults)
		r = -ENOMEM;
	return r < 0 ? api_fail(&err, r) : r;
}

LXC_API bool lxc_config_item_is_supported(const char *key)
{
	return key && conf_is_supported(key);
}

LXC_API const char *lxc_get_global_config_item(const char *key)
{
	if (!key) {
		errno = EINVAL;
		return NULL;
	}
	return conf_global(key);
}
