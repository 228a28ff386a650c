/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lxc-monitord: from the named pipe of a path to all who listen.  Whoever does not keep up is
 * disconnected, and so notices that he has missed something.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/listen-address.h"
#include "core/listen.h"
#include "isolate/confine.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/path.h"

#define LISTENERS_MAX 256
#define LINGER_MS 30000 /* without anybody who listens */

enum { FIXED_FIFO, FIXED_SOCKET, FIXED_SIGNALS, FIXED_COUNT };

struct server {
	int fifo, socket, signals;
	char *path; /* of the pipe */
	struct pollfd fds[FIXED_COUNT + LISTENERS_MAX];
	size_t n; /* listeners */
	bool quit;
};

static void server_done(struct server *s)
{
	if (s->fifo >= 0)
		(void)unlink(s->path);
	close_p(&s->fifo);
	close_p(&s->socket);
	close_p(&s->signals);
	for (size_t i = 0; i < s->n; i++)
		close_p(&s->fds[FIXED_COUNT + i].fd);
	free(s->path);
}

/* The lock says who serves the path; it goes with the process. */
static int open_fifo(struct server *s, const char *lxcpath)
{
	_cleanup_buf_ struct buf dir = {}, path = {};
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st, named;

	buf_printf(&dir, "%s/lxc/%s", path_runtime(), lxcpath);
	buf_printf(&path, "%s/monitor-fifo", dir.data ? dir.data : "");
	if (dir.failed || path.failed)
		return -ENOMEM;
	int r = file_make_dirs(dir.data, 0755);
	if (r < 0)
		return r;
	if (mkfifo(path.data, 0600) < 0 && errno != EEXIST)
		return -errno;
	_cleanup_close_ int fd =
		open(path.data, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode) || st.st_uid != geteuid())
		return -EBADF;
	if (fcntl(fd, F_SETLK, &lock) < 0)
		return -EAGAIN;
	/* the one before us may have removed it meanwhile */
	if (stat(path.data, &named) < 0 || named.st_ino != st.st_ino)
		return -EAGAIN;
	s->path = buf_steal(&path);
	s->fifo = steal_fd(fd);
	return 0;
}

static int open_socket(struct server *s, const char *lxcpath)
{
	struct sockaddr_un address;
	int length = listen_address(lxcpath, &address);

	if (length < 0)
		return length;
	s->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->socket < 0 || bind(s->socket, (struct sockaddr *)&address, length) < 0 ||
	    listen(s->socket, 100) < 0)
		return -errno;
	return 0;
}

static int open_signals(struct server *s)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	s->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? -errno : 0;
}

/* What is left: to accept, to read, to pass on, and to remove the pipe at the end. */
static void confine(const struct server *s)
{
	static const int calls[] = {
		SYS_ppoll,    SYS_accept4, SYS_getsockopt, SYS_recvfrom, SYS_sendto,
		SYS_unlinkat, SYS_munmap,  SYS_mmap,	   SYS_brk,
#ifdef SYS_poll
		SYS_poll,     SYS_unlink,
#endif
	};
	_cleanup_free_ char *dir = strdup(s->path);

	if (!dir)
		return;
	*strrchr(dir, '/') = '\0';
	/* without it this works as well */
	(void)confine_self(&(struct confinement){
		.calls = calls,
		.n_calls = ARRAY_SIZE(calls),
		.dir = dir,
		.rights = CONFINE_REMOVE_FILE,
	});
}

static void add_listener(struct server *s)
{
	_cleanup_close_ int fd = accept4(s->socket, NULL, NULL, SOCK_CLOEXEC);
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (fd < 0 || s->n == LISTENERS_MAX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return;
	if (peer.uid != 0 && peer.uid != geteuid())
		return;
	s->fds[FIXED_COUNT + s->n++] =
		(struct pollfd){ .fd = steal_fd(fd), .events = POLLIN };
}

static void drop(struct server *s, size_t i)
{
	struct pollfd *p = &s->fds[FIXED_COUNT + i];

	close_p(&p->fd);
	*p = s->fds[FIXED_COUNT + --s->n];
}

static void hear(struct server *s, size_t i)
{
	char text[4];
	ssize_t n = recv(s->fds[FIXED_COUNT + i].fd, text, sizeof(text), MSG_DONTWAIT);

	s->quit |= n == sizeof(text) && !memcmp(text, "quit", sizeof(text));
	if (n == 0 || (n < 0 && errno != EAGAIN))
		drop(s, i);
}

/* Writes of that size are never mixed: pipe(7). */
static void pass_on(struct server *s)
{
	struct state_message m;

	if (read(s->fifo, &m, sizeof(m)) != sizeof(m))
		return;
	for (size_t i = s->n; i-- > 0;)
		if (send(s->fds[FIXED_COUNT + i].fd, &m, sizeof(m),
			 MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof(m))
			drop(s, i);
}

static int serve(struct server *s, bool stay)
{
	s->fds[FIXED_FIFO] = (struct pollfd){ .fd = s->fifo, .events = POLLIN };
	s->fds[FIXED_SOCKET] = (struct pollfd){ .fd = s->socket, .events = POLLIN };
	s->fds[FIXED_SIGNALS] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	while (!s->quit) {
		int linger = stay || s->n ? -1 : LINGER_MS;
		int r = poll(s->fds, FIXED_COUNT + s->n, linger);

		if (r == 0 || s->fds[FIXED_SIGNALS].revents)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
		if (s->fds[FIXED_FIFO].revents & POLLIN)
			pass_on(s);
		for (size_t i = s->n; i-- > 0;)
			if (s->fds[FIXED_COUNT + i].revents)
				hear(s, i);
		if (s->fds[FIXED_SOCKET].revents & POLLIN)
			add_listener(s);
	}
	return 0;
}

int listen_serve(const char *lxcpath, int ready_fd, bool stay, struct lxc_error **err)
{
	_cleanup_(server_done) struct server s = {
		.fifo = NO_FD,
		.socket = NO_FD,
		.signals = NO_FD,
	};
	int r = open_fifo(&s, lxcpath);

	if (r == 0)
		r = open_socket(&s, lxcpath);
	if (r == 0)
		r = open_signals(&s);
	if (r < 0) {
		error_set(err, r, "monitor", "%s", lxcpath);
		if (r == -EAGAIN)
			error_detail(err, "another lxc-monitord serves this path");
		return r;
	}
	if (ready_fd >= 0) {
		(void)!write(ready_fd, "S", 1);
		(void)close(ready_fd);
	}
	confine(&s);
	return serve(&s, stay);
}
