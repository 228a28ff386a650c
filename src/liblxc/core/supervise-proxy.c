/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program at lxc.seccomp.notify.proxy, which decides the calls that we do not.
 *
 * It expects one question after the other on one connection.  Calls that come meanwhile wait
 * here, each for as long as the one that has been asked: a proxy that says nothing makes no call
 * hang for longer than that, and whatever it does wrong, the call fails with ENOSYS.
 *
 * A question is one message: struct proxy_head, struct seccomp_notif, struct seccomp_notif_resp
 * and the cookie; with it go the thread's directory in procfs, its memory and the listener.  The
 * answer is the same without the cookie, or head and response alone.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/supervise.h"
#include "util/log.h"
#include "util/macro.h"

#define ANSWER_TIMEOUT_MS 30000
#define FDS 3

struct proxy_head {
	uint64_t reserved;
	int32_t monitor, init;
	struct seccomp_notif_sizes sizes;
	uint64_t cookie_size;
};

struct proxy_message {
	struct proxy_head head;
	struct seccomp_notif in;
	struct seccomp_notif_resp out;
};

static_assert(sizeof(struct proxy_head) == 32, "protocol");
static_assert(sizeof(struct proxy_message) == 32 + 80 + 24, "protocol");

static void hang_up(struct supervisor *s)
{
	close_p(&s->proxy);
	s->proxy = NO_FD;
}

static int dial(struct supervisor *s)
{
	const char *path = plan_text(&s->plan, s->op->proxy);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	_cleanup_close_ int fd =
		socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (n >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, n);
	if (*path == '@')
		address.sun_path[0] = '\0';
	if (connect(fd, (struct sockaddr *)&address,
		    offsetof(struct sockaddr_un, sun_path) + n + (*path != '@')) < 0)
		return -errno;
	s->proxy = steal_fd(fd);
	return 0;
}

static void add_fds(struct msghdr *msg, void *room, const int fds[FDS])
{
	msg->msg_control = room;
	msg->msg_controllen = CMSG_SPACE(FDS * sizeof(int));
	struct cmsghdr *h = CMSG_FIRSTHDR(msg);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(FDS * sizeof(int));
	memcpy(CMSG_DATA(h), fds, FDS * sizeof(int));
}

static int send_question(const struct supervisor *s, const struct call *c)
{
	const char *cookie = plan_text(&s->plan, s->op->cookie);
	struct proxy_message m = {
		.head = {
			.monitor = getppid(),
			.init = s->init,
			.sizes = { sizeof(m.in), sizeof(m.out), sizeof(m.in.data) },
			.cookie_size = cookie ? strlen(cookie) : 0,
		},
		.in = c->in,
		.out = { .id = c->in.id, .error = -ENOSYS },
	};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(FDS * sizeof(int))];
	} control = {};
	struct iovec iov[] = {
		{ &m, sizeof(m) },
		{ (void *)cookie, m.head.cookie_size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = cookie ? 2 : 1 };

	add_fds(&msg, control.room, (int[FDS]){ c->proc, c->mem, c->listener });
	return sendmsg(s->proxy, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* On the connection that there is; once more on a new one, as the proxy may have restarted. */
static int ask(struct supervisor *s, const struct call *c)
{
	int r = s->proxy < 0 ? -ENOTCONN : send_question(s, c);

	if (r == 0)
		return 0;
	hang_up(s);
	r = dial(s);
	return r < 0 ? r : send_question(s, c);
}

static void remove_question(struct supervisor *s, size_t i)
{
	s->n_questions--;
	memmove(&s->questions[i], &s->questions[i + 1],
		(s->n_questions - i) * sizeof(*s->questions));
}

static void refuse_first(struct supervisor *s, const char *why)
{
	const struct proxy_question *q = &s->questions[0];
	struct call c = { .listener = q->listener, .in = q->in };

	log_warn("seccomp proxy %s: %s", plan_text(&s->plan, s->op->proxy), why);
	call_answer(&c, -ENOSYS);
	remove_question(s, 0);
}

/* Ask until one question is on its way. */
static void ask_first(struct supervisor *s)
{
	while (s->n_questions) {
		const struct proxy_question *q = &s->questions[0];
		struct call c = { .listener = q->listener, .in = q->in };
		bool is_there = call_open(&c) == 0;
		int r = is_there ? ask(s, &c) : 0;

		call_close(&c);
		if (!is_there) {
			/* nobody waits for the answer any more */
			call_answer(&c, -ENOSYS);
			remove_question(s, 0);
			continue;
		}
		if (r == 0)
			return;
		refuse_first(s, strerror(-r));
	}
}

void proxy_ask(struct supervisor *s, struct call *c)
{
	if (s->n_questions == QUESTIONS_MAX) {
		log_warn("seccomp proxy: too many calls wait for it");
		call_answer(c, -ENOSYS);
		return;
	}
	s->questions[s->n_questions++] = (struct proxy_question){
		.listener = c->listener,
		.in = c->in,
		.end = deadline_in(ANSWER_TIMEOUT_MS),
	};
	if (s->n_questions == 1)
		ask_first(s);
}

struct pollfd proxy_poll(const struct supervisor *s, int *ret_timeout)
{
	if (!s->n_questions)
		return (struct pollfd){ .fd = -1 };
	*ret_timeout = deadline_left(&s->questions[0].end);
	return (struct pollfd){ .fd = s->proxy, .events = POLLIN };
}

/* The response to the first question in a message of n bytes, or NULL. */
static const struct seccomp_notif_resp *
find_response(const struct supervisor *s, const struct proxy_message *m, ssize_t n)
{
	const struct seccomp_notif_resp *out = NULL;

	if (n >= (ssize_t)sizeof(*m))
		out = &m->out;
	else if (n == sizeof(m->head) + sizeof(*out))
		out = (const void *)&m->in;
	return out && out->id == s->questions[0].in.id ? out : NULL;
}

static void take_answer(struct supervisor *s)
{
	struct proxy_message m;
	ssize_t n = recv(s->proxy, &m, sizeof(m), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	const struct seccomp_notif_resp *out = find_response(s, &m, n);
	if (!out) {
		hang_up(s);
		refuse_first(s, n <= 0 ? "it has hung up" : "not an answer");
		return;
	}
	struct seccomp_notif_resp copy = *out;
	struct proxy_question *q = &s->questions[0];
	if (ioctl(q->listener, SECCOMP_IOCTL_NOTIF_SEND, &copy) < 0 && errno == EINVAL)
		refuse_first(s, "not an answer");
	else
		remove_question(s, 0);
}

/* What is late belongs to no question any more, hence a new connection. */
void proxy_ready(struct supervisor *s, short revents)
{
	if (!s->n_questions)
		return;
	if (revents)
		take_answer(s);
	else if (deadline_left(&s->questions[0].end) == 0) {
		hang_up(s);
		refuse_first(s, "no answer in time");
	} else {
		return;
	}
	ask_first(s);
}

void proxy_forget(struct supervisor *s, int listener)
{
	for (size_t i = s->n_questions; i-- > 0;) {
		if (s->questions[i].listener != listener)
			continue;
		if (i == 0)
			hang_up(s);
		remove_question(s, i);
	}
	if (s->n_questions && s->proxy < 0)
		ask_first(s);
}
