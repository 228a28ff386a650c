/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relaying between terminals.  Window changes arrive as SIGWINCH, read through a signalfd with
 * the signal blocked in this thread only; both are as they were when we return.
 */
#include "core/proxy.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "util/file.h"

struct state {
	const struct proxy *p;
	struct termios saved;
	sigset_t mask;
	bool raw;
	int signals;
	bool escaped; /* the last key was the escape */
	bool input_ended;
};

static void resize(const struct proxy *p)
{
	struct winsize size;

	if (p->in >= 0 && ioctl(p->in, TIOCGWINSZ, &size) == 0)
		(void)ioctl(p->master, TIOCSWINSZ, &size);
}

static void enter(struct state *s, const struct proxy *p)
{
	struct termios t;
	sigset_t winch;

	*s = (struct state){ .p = p, .signals = NO_FD };
	sigemptyset(&winch);
	sigaddset(&winch, SIGWINCH);
	(void)pthread_sigmask(SIG_BLOCK, &winch, &s->mask);
	s->signals = signalfd(-1, &winch, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->in >= 0 && tcgetattr(p->in, &s->saved) == 0) {
		t = s->saved;
		cfmakeraw(&t);
		s->raw = tcsetattr(p->in, TCSAFLUSH, &t) == 0;
	}
	resize(p);
}

static void leave(struct state *s)
{
	if (s->raw)
		(void)tcsetattr(s->p->in, TCSAFLUSH, &s->saved);
	close_p(&s->signals);
	(void)pthread_sigmask(SIG_SETMASK, &s->mask, NULL);
}

/* Take the escape out of what was typed; whether it asks to leave.  Twice sends it once. */
static bool filter_escape(struct state *s, char *data, size_t *size)
{
	size_t out = 0;

	for (size_t i = 0; i < *size; i++) {
		bool is_escape = data[i] == s->p->escape;

		if (s->escaped && data[i] == 'q') {
			*size = out;
			return true;
		}
		if (is_escape && !s->escaped) {
			s->escaped = true;
			continue;
		}
		s->escaped = false;
		data[out++] = data[i];
	}
	*size = out;
	return false;
}

/* 1: go on, 0: ended. */
static int from_caller(struct state *s)
{
	char data[2048];
	ssize_t n = read(s->p->in, data, sizeof(data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n <= 0) {
		/* the program at the other end sees the end of its input, as typed */
		char end = 4;

		s->input_ended = true;
		(void)!write(s->p->master, &end, 1);
		return 1;
	}
	size_t size = n;
	bool quit = s->p->escape > 0 && filter_escape(s, data, &size);
	if (file_write_all(s->p->master, data, size) < 0)
		return 0;
	return !quit;
}

static int from_master(struct state *s)
{
	char data[4096];
	ssize_t n = read(s->p->master, data, sizeof(data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n <= 0)
		return 0;
	if (s->p->log_fd >= 0)
		(void)file_write_all(s->p->log_fd, data, n);
	return s->p->out < 0 || file_write_all(s->p->out, data, n) == 0;
}

static void drain(struct state *s)
{
	struct pollfd f = { .fd = s->p->master, .events = POLLIN };

	while (poll(&f, 1, 0) > 0 && f.revents & POLLIN && from_master(s))
		;
}

static int step(struct state *s, const struct deadline *d)
{
	const struct proxy *p = s->p;
	struct pollfd fds[] = {
		{ .fd = p->master, .events = POLLIN },
		{ .fd = s->input_ended ? -1 : p->in, .events = POLLIN },
		{ .fd = p->end_fd, .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	int r = wait_fds(fds, ARRAY_SIZE(fds), d);

	if (r < 0)
		return r;
	if (fds[3].revents) {
		struct signalfd_siginfo info;

		(void)!read(s->signals, &info, sizeof(info));
		resize(p);
	}
	if (fds[0].revents && !from_master(s))
		return 0;
	if (fds[1].revents && !from_caller(s))
		return 0;
	if (fds[2].revents) {
		drain(s);
		return 0;
	}
	return 1;
}

int proxy_run(const struct proxy *p, const struct deadline *d, struct lxc_error **err)
{
	struct state s;
	int r;

	enter(&s, p);
	do {
		r = step(&s, d);
	} while (r > 0);
	leave(&s);
	return r < 0 ? error_set(err, r, "relay", "terminal") : 0;
}
