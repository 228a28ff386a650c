/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: create and destroy. */
#include <stdarg.h>
#include <string.h>

#include "api/handle.h"
#include "conf/global.h"
#include "core/command.h"
#include "core/create.h"
#include "util/path.h"

static int need_default_config(struct lxc_container *c, struct conf **ret,
			       struct lxc_error **err)
{
	const char *file = conf_global("lxc.default_config");
	bool had = c->lxc_conf;
	int r = handle_need_conf(c, ret, err);

	if (r == 0 && !had && file && access(file, F_OK) == 0)
		r = conf_load_file(*ret, file, err);
	return r;
}

/* The template may have changed the file: what it says counts. */
static int reload(struct lxc_container *c, struct lxc_error **err)
{
	struct conf *fresh = conf_new();
	int r = fresh ? conf_load_file(fresh, c->configfile, err)
		      : error_set(err, -ENOMEM, "config", "%s", c->configfile);

	if (r < 0) {
		(void)conf_free(fresh);
		return r;
	}
	(void)conf_free(handle_conf(c));
	c->lxc_conf = (struct lxc_conf *)fresh;
	handle_update_log(c);
	return 0;
}

/* A configuration alone, which bindings save first, is completed. */
static bool has_rootfs(const struct lxc_container *c)
{
	const struct conf *conf = handle_conf(c);

	return conf && conf->rootfs_path && access(conf->rootfs_path, F_OK) == 0;
}

static int create(struct lxc_container *c, struct create_request *request,
		  struct lxc_error **err)
{
	int r = path_check_name(c->name, err);

	if (r < 0)
		return r;
	if (lxc_container_is_defined(c) && request->template && has_rootfs(c))
		return create_exists(request, err);
	r = need_default_config(c, &request->conf, err);
	if (r == 0)
		r = create_container(request, err);
	return r < 0 ? r : reload(c, err);
}

LXC_API bool lxc_container_create(struct lxc_container *c, const char *t,
				  const char *bdevtype, struct bdev_specs *specs,
				  int flags, char *const argv[])
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	struct create_request request = {
		.name = c->name,
		.lxcpath = c->config_path,
		.template = t,
		.storage = bdevtype,
		.directory = specs ? specs->dir : NULL,
		.argv = argv,
		.quiet = flags & LXC_CREATE_QUIET,
	};
	int r = create(c, &request, &call.err);
	if (r < 0)
		error_wrap(&call.err, r, "create", "%s", c->name);
	return call_end(&call, r);
}

LXC_API bool lxc_container_createl(struct lxc_container *c, const char *t,
				   const char *bdevtype, struct bdev_specs *specs,
				   int flags, ...)
{
	_cleanup_strv_ char **argv = NULL;
	va_list args;
	int r = 0;

	va_start(args, flags);
	for (const char *a; r == 0 && (a = va_arg(args, const char *));)
		r = strv_add(&argv, a);
	va_end(args);
	return r == 0 && lxc_container_create(c, t, bdevtype, specs, flags, argv);
}

static int check_exists(struct lxc_container *c, struct lxc_error **err)
{
	if (lxc_container_is_defined(c) || create_is_interrupted(c->config_path, c->name))
		return 0;
	error_set(err, -ENOENT, "container", "%s", c->name);
	error_detail(err, "there is none of this name in %s", c->config_path);
	return -ENOENT;
}

/* Who holds the command socket's name keeps the container from running, and from starting. */
static int hold_socket(struct lxc_container *c, struct lxc_error **err)
{
	int fd = command_listen(c->config_path, c->name, NULL);

	if (fd >= 0)
		return fd;
	error_set(err, fd == -EADDRINUSE ? -EBUSY : fd, "container", "%s", c->name);
	if (fd == -EADDRINUSE) {
		error_detail(err, "is running");
		error_hint(err, "stop it first: lxc-stop -P %s -n %s", c->config_path,
			   c->name);
		return -EBUSY;
	}
	return fd;
}

static int destroy(struct lxc_container *c, struct lxc_error **err)
{
	int r = check_exists(c, err);

	if (r < 0)
		return r;
	_cleanup_close_ int socket = hold_socket(c, err);
	if (socket < 0)
		return socket;
	_cleanup_close_ int lock = handle_lock_disk(c, err);
	if (lock < 0)
		return lock;
	return create_destroy(c->config_path, c->name, handle_conf(c), err);
}

LXC_API bool lxc_container_destroy(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int r = destroy(c, &call.err);
	if (r < 0)
		error_wrap(&call.err, r, "destroy", "%s", c->name);
	return call_end(&call, r);
}

/* Without snapshots there is nothing more to it; with them it says what is missing. */
LXC_API bool lxc_container_destroy_with_snapshots(struct lxc_container *c)
{
	return lxc_container_destroy(c);
}
