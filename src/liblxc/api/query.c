/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: what a running container has: interfaces, addresses, cgroup values. */
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "core/command.h"
#include "core/control.h"
#include "net/query.h"
#include "util/file.h"
#include "util/path.h"

static int net_view_of(struct lxc_container *c, struct net_view **ret,
		       struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct deadline d = handle_deadline(c);
	char path[40];
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = COMMAND_GET_INIT_PID,
							.deadline = &d },
			    &answer);

	if (r < 0)
		return handle_not_running(c, r, err);
	(void)snprintf(path, sizeof(path), "/proc/%ld/ns/net", answer.value);
	_cleanup_close_ int netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return error_set(err, -errno, "network namespace", "%s", c->name);
	return net_query(netns, NULL, ret, err);
}

LXC_API char **lxc_container_get_interfaces(struct lxc_container *c)
{
	_cleanup_(net_view_freep) struct net_view *view = NULL;
	_cleanup_strv_ char **names = NULL;
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int r = net_view_of(c, &view, &call.err);
	for (size_t i = 0; r == 0 && i < view->n_links; i++)
		r = strv_add(&names, view->links[i].name);
	return call_end(&call, r) ? steal_ptr(names) : NULL;
}

static bool wants_link(const struct net_link *link, const char *interface)
{
	return interface ? !strcmp(link->name, interface) : strcmp(link->name, "lo");
}

/* Scope 0 is the global one of the historical interface: link-local addresses are left out. */
static bool wants_address(const struct net_address *a, const char *family, int scope)
{
	const char *own = a->family == AF_INET6 ? "inet6" : "inet";

	if (family && strcmp(family, own))
		return false;
	return a->family != AF_INET6 || scope != 0 || a->scope == 0;
}

LXC_API char **lxc_container_get_ips(struct lxc_container *c, const char *interface,
				     const char *family, int scope)
{
	_cleanup_(net_view_freep) struct net_view *view = NULL;
	_cleanup_strv_ char **list = NULL;
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int r = net_view_of(c, &view, &call.err);
	for (size_t i = 0; r == 0 && i < view->n_links; i++) {
		const struct net_link *link = &view->links[i];

		if (!wants_link(link, interface))
			continue;
		for (size_t k = 0; r == 0 && k < link->n_addresses; k++)
			if (wants_address(&link->addresses[k], family, scope))
				r = strv_add(&list, link->addresses[k].text);
	}
	strv_sort(list);
	return call_end(&call, r) ? steal_ptr(list) : NULL;
}

/* --- cgroup values --- */

static int check_file_name(const char *file, struct lxc_error **err)
{
	return file && *file && !strchr(file, '/')
		       ? 0
		       : error_set(err, -EINVAL, "cgroup", "%s: not the name of a file",
				   file ? file : "");
}

static bool is_device_file(const char *file)
{
	return !strcmp(file, "devices.allow") || !strcmp(file, "devices.deny");
}

/*
 * Open a file such as "memory.current" in the limit cgroup of its controller.  The unified
 * hierarchy has no files for devices: -EOPNOTSUPP.
 */
static int open_cgroup_file(const struct lxc_container *c, const char *file, int flags,
			    struct lxc_error **err)
{
	struct deadline d = handle_deadline(c);
	struct control control = { c->config_path, c->name, &d };
	bool unified = false;
	int r = check_file_name(file, err);

	if (r < 0)
		return r;
	_cleanup_free_ char *controller = strndup(file, strcspn(file, "."));
	if (!controller)
		return error_set(err, -ENOMEM, "cgroup", "%s", file);
	_cleanup_close_ int dir = control_open_cgroup(&control, controller, &unified);
	if (dir == -ENOENT) {
		error_set(err, dir, "cgroup", "%s of %s", file, c->name);
		error_detail(err, "there is no controller %s on this machine",
			     controller);
		return dir;
	}
	if (dir < 0)
		return control_failed(&control, dir, err);
	if (unified && !strncmp(file, "devices.", 8)) {
		error_set(err, -EOPNOTSUPP, "cgroup", "%s of %s", file, c->name);
		error_detail(err,
			     "cgroup version 2 keeps rules for devices in a program, "
			     "which cannot be read");
		return -EOPNOTSUPP;
	}
	int fd = openat(dir, file, flags | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_set(err, -errno, "cgroup", "%s of %s", file, c->name);
	return fd;
}

LXC_API int lxc_container_get_cgroup_item(struct lxc_container *c, const char *subsys,
					  char *retv, int inlen)
{
	_cleanup_free_ char *text = NULL;
	struct call call;
	size_t size = 0;

	if (!call_begin(&call, c))
		return -1;
	_cleanup_close_ int fd = open_cgroup_file(c, subsys, O_RDONLY, &call.err);
	int r = fd < 0 ? fd : file_read_fd(fd, &text, &size);
	if (r < 0 && !call.err)
		error_set(&call.err, r, "cgroup", "%s of %s", subsys, c->name);
	if (r == 0 && retv && inlen > 0) {
		memcpy(retv, text, MIN(size, (size_t)inlen));
		if (size < (size_t)inlen)
			retv[size] = '\0';
		size = MIN(size, (size_t)inlen);
	}
	(void)call_end(&call, r);
	return r < 0 ? (r == -ECONNREFUSED ? -1 : r) : (int)size;
}

static int set_cgroup_item(const struct lxc_container *c, const char *file,
			   const char *value, struct lxc_error **err)
{
	_cleanup_close_ int fd = open_cgroup_file(c, file, O_WRONLY, err);

	if (fd == -EOPNOTSUPP && is_device_file(file)) {
		struct deadline d = handle_deadline(c);
		struct control control = { c->config_path, c->name, &d };

		error_clear(err);
		return control_add_device(&control, !strcmp(file, "devices.allow"), value,
					  err);
	}
	int r = fd < 0 ? fd : file_write_all(fd, value, strlen(value));
	if (fd >= 0 && r < 0)
		error_set(err, r, "cgroup", "%s = %s", file, value);
	return r;
}

LXC_API bool lxc_container_set_cgroup_item(struct lxc_container *c, const char *subsys,
					   const char *value)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	return call_end(&call, set_cgroup_item(c, subsys, value ? value : "", &call.err));
}
