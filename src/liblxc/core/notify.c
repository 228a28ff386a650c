/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listeners of seccomp filters, seen from the monitor.
 *
 * Whoever holds a filter's listener decides the calls that it notifies of.  That is the
 * supervisor, where the configuration asks for one; a client that has fetched the listener
 * of init; otherwise the monitor, which lets every call fail with ENOSYS.  A listener that nobody
 * holds has the kernel say the same, and so those of attached processes are just closed when
 * there is no supervisor.
 *
 * Only what cannot block is done here: as long as nobody else reads from a listener, one that
 * is readable has something to tell.
 */
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "core/serve.h"
#include "util/log.h"

static bool has_supervisor(const struct monitor *m)
{
	return m->run.supervisor.channel >= 0;
}

/* Never waits: a supervisor that does not keep up is as good as none. */
static int send_listener(struct monitor *m, int listener)
{
	struct sync_message message = {
		.type = SYNC_FDS,
		.pid = m->run.init_pid,
		.value = (int)m->run.suffix,
		.n_fds = 1,
		.roles = { ROLE_LISTENER },
	};

	return sync_send(m->run.supervisor.channel, &message, &listener);
}

void notify_take(struct monitor *m, int listener)
{
	close_p(&m->run.listener);
	m->run.listener = listener;
	m->listener_lent = false;
	if (!has_supervisor(m))
		return;
	int r = send_listener(m, listener);
	if (r < 0)
		log_warn("seccomp supervisor: %s", strerror(-r));
}

int notify_pass(struct monitor *m, int listener)
{
	return has_supervisor(m) ? send_listener(m, listener) : 0;
}

struct pollfd notify_poll(const struct monitor *m)
{
	bool ours = !has_supervisor(m) && !m->listener_lent;

	return (struct pollfd){ .fd = ours ? m->run.listener : -1, .events = POLLIN };
}

struct pollfd notify_poll_supervisor(const struct monitor *m)
{
	return (struct pollfd){ .fd = m->run.supervisor.pidfd, .events = POLLIN };
}

static void refuse(int listener)
{
	/* as large as any kernel's may get, and zero, as it wants it */
	union {
		struct seccomp_notif call;
		char room[256];
	} in = {};
	struct seccomp_notif_resp out = { .error = -ENOSYS };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) < 0)
		return; /* its thread has ended in the meantime */
	out.id = in.call.id;
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
}

void notify_ready(struct monitor *m, short revents)
{
	if (revents & POLLIN)
		refuse(m->run.listener);
	else
		notify_close(m); /* the last process under the filter has ended */
}

void notify_lost(struct monitor *m)
{
	int status = 0;

	(void)waitpid(m->run.supervisor.pid, &status, 0);
	if (WIFSIGNALED(status))
		log_warn("seccomp supervisor: killed by signal %d, calls that it decided "
			 "now fail",
			 WTERMSIG(status));
	else
		log_warn(
			"seccomp supervisor: ended with status %d, calls that it decided "
			"now fail",
			WEXITSTATUS(status));
	close_p(&m->run.supervisor.channel);
	close_p(&m->run.supervisor.pidfd);
	m->run.supervisor.pid = 0;
	m->run.supervisor.channel = m->run.supervisor.pidfd = NO_FD;
}

void notify_close(struct monitor *m)
{
	close_p(&m->run.listener);
	m->run.listener = NO_FD;
}

/* --- command socket --- */

/* With a supervisor the client may look on; without one it is the one that decides. */
enum after serve_get_seccomp_notify_fd(struct monitor *m, struct client *c)
{
	if (m->run.listener >= 0 && !has_supervisor(m))
		m->listener_lent = true;
	return reply_fd(c, m->run.listener);
}

enum after serve_add_listener(struct monitor *m, struct client *c)
{
	(void)m;
	if (c->request.datalen)
		return reply_value(c, -EINVAL, 0);
	c->kind = CLIENT_LISTENER;
	return KEEP;
}

/* The first descriptor stays, others are closed: their number. */
static size_t take_first(const struct cmsghdr *h, int *fd)
{
	size_t n = 0;

	if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
		return 0;
	for (size_t at = CMSG_LEN(0); at + sizeof(int) <= h->cmsg_len;
	     at += sizeof(int)) {
		int one;

		memcpy(&one, (const char *)h + at, sizeof(one));
		if (*fd < 0)
			*fd = one;
		else
			(void)close(one);
		n++;
	}
	return n;
}

/* The one descriptor of a message, or -errno. */
static int receive_fd(int connection)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} control;
	char bytes[16];
	struct iovec iov = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	_cleanup_close_ int fd = NO_FD;
	size_t n = 0;

	if (recvmsg(connection, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return -ECONNRESET;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&msg); h; h = CMSG_NXTHDR(&msg, h))
		n += take_first(h, &fd);
	return n == 1 ? steal_fd(fd) : -EBADF;
}

/* Only a listener, which knows this request, gets to the supervisor. */
static bool is_listener(int fd)
{
	uint64_t no_call = 0;

	return ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &no_call) < 0 && errno == ENOENT;
}

void serve_listener(struct monitor *m, struct client *c)
{
	_cleanup_close_ int fd = receive_fd(c->fd);
	int r = fd < 0 ? fd : is_listener(fd) ? notify_pass(m, fd) : -EINVAL;

	(void)reply_value(c, r, 0);
}
