/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/lxccontainer.h>: the library itself: version, extensions, log. */
#include <string.h>

#include "api/handle.h"
#include "core/logfile.h"

LXC_API const char *lxc_get_version(void)
{
	return LXC_VERSION;
}

/* Only what works.  The names are those that programs ask for. */
static const char *const extensions[] = {
	"lxc_log",
	"lxc_config_item_is_supported",
	"reboot2",
	"cgroup_relative",
	"seccomp_allow_nesting",
	"seccomp_notify",
	"network_gateway_device_route",
	"cgroup2_devices",
	"cgroup2",
	"pidfd",
	"cgroup_advanced_isolation",
	"time_namespace",
	"seccomp_allow_deny_syntax",
	"devpts_fd",
	"core_scheduling",
	"seccomp_notify_fd_active",
	"seccomp_proxy_send_notify_fd",
	"cgroup2_auto_mounting",
};

LXC_API bool lxc_has_api_extension(const char *extension)
{
	if (!extension)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (!strcmp(extensions[i], extension))
			return true;
	return false;
}

/* --- log --- */

static struct {
	pthread_mutex_t mutex;
	struct log_sink sink;
	char *prefix, *name;
	bool level_set;
} process_log = { .mutex = PTHREAD_MUTEX_INITIALIZER, .sink = { .fd = NO_FD } };

static int open_as_asked(const struct lxc_log *log)
{
	_cleanup_free_ char *usual = NULL;

	if (log->file)
		return strcmp(log->file, "none") ? logfile_open(log->file) : NO_FD;
	if (!log->name)
		return NO_FD;
	usual = logfile_usual(log->lxcpath, log->name);
	int fd = usual ? logfile_open_rotated(usual) : NO_FD;
	return fd < 0 ? NO_FD : fd; /* a default place that cannot be had is no error */
}

static int set_log(const struct lxc_log *log)
{
	struct log_sink *sink = &process_log.sink;

	if (sink->fd >= 0)
		return 0;
	int level = log->level ? log_level_parse(log->level) : LOG_LEVEL_ERROR;
	if (level < 0)
		return level;
	int fd = open_as_asked(log);
	if (fd < 0 && fd != NO_FD)
		return fd;
	free(process_log.prefix);
	free(process_log.name);
	process_log.prefix = log->prefix ? strdup(log->prefix) : NULL;
	process_log.name = log->name ? strdup(log->name) : NULL;
	if (!process_log.level_set)
		sink->level = level;
	process_log.level_set = true;
	sink->fd = fd;
	sink->prefix = process_log.prefix;
	sink->name = process_log.name;
	sink->to_stderr = !log->quiet;
	log_set_process_sink(sink);
	return 0;
}

LXC_API int lxc_log_init(struct lxc_log *log)
{
	struct lxc_error *err = NULL;

	if (!log) {
		error_set(&err, -EINVAL, "log", "no options");
		return api_fail(&err, -EINVAL);
	}
	(void)pthread_mutex_lock(&process_log.mutex);
	int r = set_log(log);
	(void)pthread_mutex_unlock(&process_log.mutex);
	if (r < 0) {
		error_set(&err, r, "log", "%s", r == -EINVAL ? log->level : log->file);
		if (r == -EINVAL) {
			error_detail(&err, "there is no such level");
			error_hint(
				&err,
				"levels are TRACE DEBUG INFO NOTICE WARN ERROR CRIT ALERT "
				"FATAL");
		} else {
			error_hint(&err,
				   "name a file in a directory that can be written");
		}
		return api_fail(&err, r);
	}
	return 0;
}

LXC_API void lxc_log_close(void)
{
	(void)pthread_mutex_lock(&process_log.mutex);
	log_set_process_sink(NULL);
	close_p(&process_log.sink.fd);
	free(process_log.prefix);
	free(process_log.name);
	process_log.prefix = process_log.name = NULL;
	process_log.level_set = false;
	process_log.sink = (struct log_sink){ .fd = NO_FD };
	(void)pthread_mutex_unlock(&process_log.mutex);
}
