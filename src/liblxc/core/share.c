/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening the namespaces that a container shares with others.  A value is one of
 *
 *   NAME        a running container of the same path
 *   PATH/NAME   one of another path
 *   PID         a process
 *   PATH        a file of a namespace: /proc/PID/ns/net, or a bind mount of one
 */
#include "core/share.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/command.h"
#include "util/parse.h"
#include "util/path.h"
#include "util/syscall.h"

#define ASK_TIMEOUT_MS 10000

struct share {
	const char *lxcpath, *name; /* of the container that is started */
	enum ns_kind kind;
	const char *value;
	struct lxc_error **err;
};

void shares_done(struct shares *s)
{
	for (int i = 0; i < NS_COUNT; i++)
		close_p(&s->fds[i]);
}

static int fault(const struct share *s, int r, const char *detail, const char *hint)
{
	error_set(s->err, r, "config", "lxc.namespace.share.%s = %s",
		  ns_names[s->kind].name, s->value);
	if (detail)
		error_detail(s->err, "%s", detail);
	if (hint)
		error_hint(s->err, "%s", hint);
	return r;
}

/* The namespace of a process that is held by its pidfd. */
static int open_of(const struct share *s, int pidfd, const char *ended)
{
	int fd = ns_open(pidfd, s->kind);

	if (fd == -ESRCH)
		return fault(s, fd, ended, NULL);
	if (fd == -ENOENT)
		return fault(s, fd, "this kernel has no namespaces of that kind",
			     "lxc-checkconfig shows which ones it has");
	return fd < 0 ? fault(s, fd, NULL, NULL) : fd;
}

static int open_of_pid(const struct share *s, uint64_t pid)
{
	_cleanup_close_ int pidfd = sys_pidfd_open(pid, 0);

	/* -EINVAL, later -ENOENT: a thread that is no process */
	if (pidfd < 0)
		return fault(
			s, pidfd, "there is no such process",
			"name a running container, a process, or a file of a namespace");
	return open_of(s, pidfd, "that process has ended");
}

static int open_of_container(const struct share *s, const char *lxcpath, const char *name)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct deadline d = deadline_in(ASK_TIMEOUT_MS);

	if (!strcmp(name, s->name) && !strcmp(lxcpath, s->lxcpath))
		return fault(s, -EINVAL, "a container cannot share with itself", NULL);
	int r = command_ask(&(struct command_question){ .lxcpath = lxcpath,
							.name = name,
							.command = COMMAND_GET_INIT_PIDFD,
							.deadline = &d },
			    &answer);
	if (r == -ECONNREFUSED || r == -EBADF || (r == 0 && !answer.n_fds)) {
		(void)fault(s, -ECONNREFUSED, "that container does not run", NULL);
		error_hint(s->err, "start it first: lxc-start -P %s -n %s", lxcpath,
			   name);
		return -ECONNREFUSED;
	}
	if (r == -EACCES)
		return fault(s, r, "another user's monitor cannot be trusted",
			     "name its init, or a file of the namespace");
	if (r < 0)
		return fault(s, r, NULL, NULL);
	return open_of(s, answer.fds[0], "that container has just ended");
}

static int open_container(const struct share *s)
{
	_cleanup_free_ char *path = path_simplify(s->value);
	char *slash = path ? strrchr(path, '/') : NULL;
	struct lxc_error *ignored = NULL;

	if (!path)
		return fault(s, -ENOMEM, NULL, NULL);
	if (slash)
		*slash++ = '\0';
	int r = path_check_old_name(slash ? slash : path, &ignored);
	error_clear(&ignored); /* said in the words of the key */
	if (r < 0 || (slash && *path != '/'))
		return fault(
			s, -EINVAL, "this names no container",
			"name a running container, a process, or a file of a namespace");
	return open_of_container(s, slash ? path : s->lxcpath, slash ? slash : path);
}

/* A path to a container when it is a directory, or nothing at all. */
static int open_path(const struct share *s)
{
	struct stat st;
	enum ns_kind kind;

	if (stat(s->value, &st) < 0 ? errno == ENOENT : S_ISDIR(st.st_mode))
		return open_container(s);
	_cleanup_close_ int fd =
		open(s->value, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return fault(s, -errno, NULL, NULL);
	int r = ns_check(fd, s->kind, &kind);
	if (r == -ENOTTY)
		return fault(
			s, -EINVAL, "this is no file of a namespace",
			"such files are those in /proc/PID/ns, and bind mounts of them");
	if (r == 0)
		return steal_fd(fd);
	error_set(s->err, -EINVAL, "config", "lxc.namespace.share.%s = %s",
		  ns_names[s->kind].name, s->value);
	error_detail(s->err, "this is a namespace of the kind %s", ns_names[kind].name);
	return -EINVAL;
}

static int open_one(const struct share *s)
{
	uint64_t pid;

	if (*s->value == '/')
		return open_path(s);
	if (parse_decimal(s->value, INT32_MAX, &pid) == 0)
		return open_of_pid(s, pid);
	return open_container(s);
}

int share_open(const struct conf *conf, const char *lxcpath, const char *name,
	       struct shares *ret, struct lxc_error **err)
{
	struct share s = { .lxcpath = lxcpath, .name = name, .err = err };

	for (int i = 0; i < NS_COUNT; i++) {
		if (!conf->ns_share[i])
			continue;
		s.kind = i;
		s.value = conf->ns_share[i];
		ret->fds[i] = open_one(&s);
		if (ret->fds[i] < 0)
			return ret->fds[i];
	}
	return 0;
}
