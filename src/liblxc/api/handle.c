/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle: its life, its locks, what every call begins and ends with. */
#include "api/handle.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/global.h"
#include "core/command.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/path.h"

#define DISK_LOCK_TIMEOUT_MS 60000

/* --- what every call begins and ends with --- */

bool call_begin(struct call *call, struct lxc_container *c)
{
	*call = (struct call){ .c = c };
	if (!c) {
		error_set(&call->err, -EINVAL, "container", "no handle");
		(void)api_fail(&call->err, -EINVAL);
		return false;
	}
	call_lock(call);
	return true;
}

void call_lock(struct call *call)
{
	(void)pthread_mutex_lock(&call->c->privlock->mutex);
	log_set_thread_sink(&call->c->privlock->sink);
}

void call_unlock(struct call *call)
{
	log_set_thread_sink(NULL);
	(void)pthread_mutex_unlock(&call->c->privlock->mutex);
}

bool call_end(struct call *call, int r)
{
	struct lxc_container *c = call->c;

	if (r < 0 || call->err) {
		(void)api_fail(&call->err, r < 0 ? r : -EIO);
		free(c->error_string);
		c->error_string = strdup(lxc_error_message(lxc_last_error()));
	}
	call_unlock(call);
	return r >= 0;
}

/* --- pieces --- */

char *handle_directory(const struct lxc_container *c, const char *below)
{
	_cleanup_buf_ struct buf out = {};

	buf_printf(&out, "%s/%s%s%s", c->config_path, c->name, below ? "/" : "",
		   below ? below : "");
	return buf_steal(&out);
}

int handle_need_conf(struct lxc_container *c, struct conf **ret, struct lxc_error **err)
{
	if (!c->lxc_conf)
		c->lxc_conf = (struct lxc_conf *)conf_new();
	*ret = handle_conf(c);
	return *ret ? 0 : error_set(err, -ENOMEM, "config", "%s", c->name);
}

void handle_update_log(struct lxc_container *c)
{
	const struct conf *conf = handle_conf(c);
	struct lxc_lock *own = c->privlock;
	const char *file = conf ? conf->log_file : NULL;

	own->sink.name = c->name;
	own->sink.level = conf && conf->log_level != LOG_LEVEL_NOTSET ? conf->log_level
								      : LOG_LEVEL_ERROR;
	if (file && own->log_file && !strcmp(file, own->log_file))
		return;
	close_p(&own->sink.fd);
	own->sink.fd = NO_FD;
	free(own->log_file);
	own->log_file = NULL;
	if (!file)
		return;
	own->sink.fd = file_lift(
		open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640));
	own->log_file = strdup(file);
}

int handle_lock_disk(struct lxc_container *c, struct lxc_error **err)
{
	struct deadline d = deadline_in(DISK_LOCK_TIMEOUT_MS);
	_cleanup_free_ char *dir = strdup(c->slock->file);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!slash)
		return error_set(err, -ENOMEM, "lock", "%s", c->name);
	*slash = '\0';
	int r = file_make_dirs(dir, 0755);
	if (r < 0) {
		error_set(err, r, "lock", "%s", dir);
		error_hint(err, "use sudo, or set XDG_RUNTIME_DIR or HOME to a directory "
				"of this user");
		return r;
	}
	r = lock_file(c->slock->file, &d, err);
	if (r == -EACCES)
		error_hint(err,
			   "use sudo, or set XDG_RUNTIME_DIR or HOME to a directory of "
			   "this user");
	return r;
}

struct deadline handle_deadline(const struct lxc_container *c)
{
	return c->rcv_timeout > 0 ? deadline_in((int64_t)c->rcv_timeout * 1000)
				  : DEADLINE_NONE;
}

int handle_not_running(const struct lxc_container *c, int r, struct lxc_error **err)
{
	error_set(err, r, "container", "%s", c->name);
	if (r == -ECONNREFUSED) {
		error_detail(err, "not running");
		error_hint(err, "start it first: lxc-start -P %s -n %s", c->config_path,
			   c->name);
	} else if (r == -EPERM || r == -ECONNRESET) {
		/* the monitor says so, or has hung up before */
		error_detail(err, "its monitor refuses to answer");
		error_hint(err, "only root and the user who started it may command it");
	} else if (r == -EACCES) {
		error_detail(err, "a process of another user holds its command socket");
		error_hint(err, "find that process: ss -xlp | grep %s/%s/command",
			   c->config_path, c->name);
	}
	return r;
}

int api_later(struct lxc_container *c, const char *what)
{
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	error_set_code(&call.err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, what, "%s",
		       c->name);
	error_detail(&call.err, "not supported yet in version " LXC_VERSION);
	(void)call_end(&call, -EOPNOTSUPP);
	return -EOPNOTSUPP;
}

/* --- life --- */

static struct lxc_lock *lock_free(struct lxc_lock *l)
{
	if (!l)
		return NULL;
	(void)pthread_mutex_destroy(&l->mutex);
	close_p(&l->sink.fd);
	free(l->log_file);
	free(l->file);
	free(l);
	return NULL;
}

static struct lxc_lock *lock_new(const struct lxc_container *c)
{
	struct lxc_lock *l = calloc(1, sizeof(*l));
	_cleanup_buf_ struct buf file = {};
	pthread_mutexattr_t attr;

	if (!l)
		return NULL;
	(void)pthread_mutexattr_init(&attr);
	(void)pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	(void)pthread_mutex_init(&l->mutex, &attr);
	(void)pthread_mutexattr_destroy(&attr);
	l->sink.fd = NO_FD;
	buf_printf(&file, "%s/lxc/lock/%s/.%s", path_runtime(), c->config_path, c->name);
	l->file = buf_steal(&file);
	return l->file ? l : lock_free(l);
}

static void container_free(struct lxc_container *c)
{
	c->slock = lock_free(c->slock);
	c->privlock = lock_free(c->privlock);
	(void)conf_free(handle_conf(c));
	free(c->name);
	free(c->configfile);
	free(c->pidfile);
	free(c->error_string);
	free(c->config_path);
	free(c);
}

static char *without_slashes(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return strndup(path, n);
}

static int load_own_file(struct lxc_container *c, struct lxc_error **err)
{
	struct conf *conf;

	if (access(c->configfile, F_OK) < 0)
		return 0;
	int r = handle_need_conf(c, &conf, err);
	if (r == 0)
		r = conf_load_file(conf, c->configfile, err);
	return r;
}

static int container_init(struct lxc_container *c, const char *name, const char *path,
			  struct lxc_error **err)
{
	c->name = strdup(name);
	c->config_path = without_slashes(path);
	c->numthreads = 1;
	c->daemonize = true;
	if (!c->name || !c->config_path)
		return error_set(err, -ENOMEM, "container", "%s", name);
	c->configfile = handle_directory(c, "config");
	c->slock = lock_new(c);
	c->privlock = lock_new(c);
	if (!c->configfile || !c->slock || !c->privlock)
		return error_set(err, -ENOMEM, "container", "%s", name);
	handle_set_methods(c);
	int r = load_own_file(c, err);
	if (r == 0)
		handle_update_log(c);
	return r;
}

LXC_API struct lxc_container *lxc_container_new(const char *name, const char *configpath)
{
	const char *path = configpath ? configpath : conf_global("lxc.lxcpath");
	struct lxc_container *c = NULL;
	struct lxc_error *err = NULL;
	int r = name && path ? path_check_old_name(name, &err)
			     : error_set(&err, -EINVAL, "container", "no name");

	if (r == 0) {
		c = calloc(1, sizeof(*c));
		r = c ? container_init(c, name, path, &err)
		      : error_set(&err, -ENOMEM, "container", "%s", name);
	}
	if (r == 0)
		return c;
	(void)api_fail(&err, r);
	if (c)
		container_free(c);
	return NULL;
}

LXC_API int lxc_container_get(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return 0;
	bool alive = c->numthreads > 0;
	if (alive)
		c->numthreads++;
	call_unlock(&call);
	return alive;
}

LXC_API int lxc_container_put(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return -1;
	bool was_last = --c->numthreads < 1;
	call_unlock(&call);
	if (!was_last)
		return 0;
	container_free(c);
	return 1;
}

/* --- paths --- */

LXC_API char *lxc_container_config_file_name(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	char *copy = c->configfile ? strdup(c->configfile) : NULL;
	call_unlock(&call);
	return copy;
}

LXC_API const char *lxc_container_get_config_path(struct lxc_container *c)
{
	return c ? c->config_path : NULL;
}

LXC_API bool lxc_container_set_config_path(struct lxc_container *c, const char *path)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	char *copy = path ? strdup(path) : NULL, *old = c->config_path;
	char *file = NULL;
	if (copy) {
		c->config_path = copy;
		file = handle_directory(c, "config");
	}
	struct lxc_lock *lock = file ? lock_new(c) : NULL;
	if (!lock) {
		c->config_path = old;
		free(copy);
		free(file);
		error_set(&call.err, path ? -ENOMEM : -EINVAL, "container", "%s",
			  c->name);
		return call_end(&call, path ? -ENOMEM : -EINVAL);
	}
	free(old);
	free(c->configfile);
	c->configfile = file;
	c->slock = lock_free(c->slock);
	c->slock = lock;
	return call_end(&call, 0);
}

LXC_API bool lxc_container_is_defined(struct lxc_container *c)
{
	struct call call;
	struct stat st;

	if (!call_begin(&call, c))
		return false;
	bool defined = c->configfile && stat(c->configfile, &st) == 0;
	call_unlock(&call);
	return defined;
}

LXC_API bool lxc_container_set_timeout(struct lxc_container *c, int timeout)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	if (timeout == 0 || timeout < -1) {
		error_set(&call.err, -EINVAL, "timeout", "%d: seconds, or -1 for none",
			  timeout);
		return call_end(&call, -EINVAL);
	}
	c->rcv_timeout = timeout == -1 ? 0 : timeout;
	return call_end(&call, 0);
}

static bool need_conf(struct lxc_container *c, struct call *call)
{
	if (!call_begin(call, c))
		return false;
	if (c->lxc_conf)
		return true;
	error_set(&call->err, -EINVAL, "config", "%s: nothing is loaded", c->name);
	return call_end(call, -EINVAL);
}

LXC_API bool lxc_container_want_daemonize(struct lxc_container *c, bool state)
{
	struct call call;

	if (!need_conf(c, &call))
		return false;
	c->daemonize = state;
	return call_end(&call, 0);
}

LXC_API bool lxc_container_want_close_all_fds(struct lxc_container *c, bool state)
{
	struct call call;

	if (!need_conf(c, &call))
		return false;
	c->privlock->close_fds =
		state; /* nothing is ever inherited: remembered, not needed */
	return call_end(&call, 0);
}

char **handle_collect(const char *first, va_list args)
{
	char **v = NULL;

	for (const char *a = first; a; a = va_arg(args, const char *))
		if (strv_add(&v, a) < 0)
			return strv_free(v);
	return v;
}
