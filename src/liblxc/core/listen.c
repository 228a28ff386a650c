/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening to all containers of a path: the side of those who listen, and the address. */
#include "core/listen.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/listen-address.h"
#include "util/buf.h"
#include "util/macro.h"
#include "util/spawn.h"

#define DAEMON_PROGRAM PATH_LIBEXEC "/lxc-monitord"
#define DAEMON_READY_FD 3
#define DAEMON_START_MS 5000
#define DAEMON_TRIES 3

#define ADDRESS_MAX 105 /* without the leading NUL */

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ull;
	return h;
}

int listen_address(const char *lxcpath, struct sockaddr_un *ret)
{
	_cleanup_buf_ struct buf socket_name = {};
	char *to = ret->sun_path + 1;

	buf_printf(&socket_name, "lxc/%s/monitor-sock", lxcpath);
	if (socket_name.failed)
		return -ENOMEM;
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int n = snprintf(to, sizeof(ret->sun_path) - 1, "lxc/%016llx/%s",
			 (unsigned long long)hash(socket_name.data), lxcpath);
	if (n < 0 || n > ADDRESS_MAX)
		return -ENAMETOOLONG;
	return offsetof(struct sockaddr_un, sun_path) + 1 + n;
}

static int connect_to(const char *lxcpath)
{
	struct sockaddr_un address;
	int length = listen_address(lxcpath, &address);
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (length < 0 || fd < 0)
		return length < 0 ? length : -errno;
	if (connect(fd, (struct sockaddr *)&address, length) < 0)
		return -errno;
	/* anybody may have taken the name */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	if (peer.uid != 0 && peer.uid != geteuid())
		return -EACCES;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return steal_fd(fd);
}

/* It says when it is ready; it ends without a word when another one was faster. */
static int start_daemon(const char *lxcpath, struct lxc_error **err)
{
	struct deadline d = deadline_in(DAEMON_START_MS);
	char number[4];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, -errno, "monitor", "%s", lxcpath);
	_cleanup_close_ int ours = ends[0];
	int theirs = ends[1];
	struct process p;

	(void)snprintf(number, sizeof(number), "%d", DAEMON_READY_FD);
	int r = spawn_start(
		&(struct spawn){
			.path = DAEMON_PROGRAM,
			.argv = (char *[]){ (char *)DAEMON_PROGRAM, (char *)lxcpath,
					    number, NULL },
			.what = "lxc-monitord",
			.detached = true,
			.session = true,
			.directory = "/",
			.fds = {
				{ theirs, DAEMON_READY_FD },
				{ NO_FD, STDIN_FILENO },
				{ NO_FD, STDOUT_FILENO },
				{ NO_FD, STDERR_FILENO },
			},
			.n_fds = 4,
		},
		&p, err);
	close_p(&theirs);
	if (r < 0)
		return r;
	r = wait_fd(ours, POLLIN, &d);
	return r < 0 ? error_set(err, r, "await", "lxc-monitord for %s", lxcpath) : 0;
}

int listen_open(const char *lxcpath, struct lxc_error **err)
{
	int fd = connect_to(lxcpath);

	/* one that is about to end stands in the way of the next */
	for (int i = 0; i < DAEMON_TRIES && fd == -ECONNREFUSED; i++) {
		int r = start_daemon(lxcpath, err);

		if (r < 0)
			return r;
		fd = connect_to(lxcpath);
	}
	if (fd >= 0)
		return fd;
	error_set(err, fd, "monitor", "%s", lxcpath);
	if (fd == -ENAMETOOLONG)
		error_hint(err,
			   "the path is too long to be monitored: its containers can "
			   "be waited for one by one, with lxc-wait");
	else if (fd == -EACCES)
		error_hint(err, "another user's process stands in for lxc-monitord: see "
				"ss -xlp");
	else if (fd == -ECONNREFUSED)
		error_hint(err,
			   "lxc-monitord could not be started: run it by hand to see "
			   "why: " DAEMON_PROGRAM " --daemon %s",
			   lxcpath);
	return fd;
}

int listen_quit(const char *lxcpath)
{
	_cleanup_close_ int fd = connect_to(lxcpath);

	if (fd < 0)
		return fd;
	return send(fd, "quit", 4, MSG_NOSIGNAL) == 4 ? 0 : -errno;
}
