/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The console: bytes between the master end and its peer, which is the terminal of a start in
 * the foreground, the file or device of lxc.console.path, or whoever borrowed the console;
 * and into the log file.  What a slow peer does not take is kept, and then the console is not
 * read: nobody who stops reading can stop the monitor.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "core/monitor.h"
#include "util/file.h"
#include "util/syscall.h"

void relay_init(struct relay *r)
{
	r->ptx = r->pts = r->in = r->out = r->log.fd = r->proxy = NO_FD;
	r->raw = false;
	r->to_peer.size = r->to_console.size = 0;
}

static void make_raw(struct relay *r)
{
	struct termios t;

	if (tcgetattr(r->in, &r->saved) < 0)
		return;
	t = r->saved;
	cfmakeraw(&t);
	r->raw = tcsetattr(r->in, TCSANOW, &t) == 0;
}

void relay_resize(struct relay *r)
{
	struct winsize size;

	if (r->in >= 0 && r->ptx >= 0 && ioctl(r->in, TIOCGWINSZ, &size) == 0)
		(void)ioctl(r->ptx, TIOCSWINSZ, &size);
}

static int open_device(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		    0600);
}

/*
 * Where the output goes when there is no terminal.  The descriptor is the caller's, whose other
 * descriptors share its flags, so a new one of the same file is opened that never blocks; what
 * cannot be opened again, a socket, is only written to after poll(2) has said that it takes
 * something, and then not more than fits into any pipe.
 */
static int open_output(void)
{
	int fd = sys_open("/proc/self/fd/1",
			  O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

/* The terminal of the caller; without one the output goes where its own goes. */
static void open_foreground(struct relay *r)
{
	r->in = isatty(STDIN_FILENO)
			? open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
			: NO_FD;
	r->out = r->in >= 0 ? fcntl(r->in, F_DUPFD_CLOEXEC, 3) : open_output();
	if (r->in >= 0)
		make_raw(r);
}

static void open_peer(struct monitor *m)
{
	const char *path = plan_text(&m->plan, m->plan.header->console_path);
	struct relay *r = &m->relay;

	if (!path) {
		if (m->foreground)
			open_foreground(r);
		return;
	}
	r->in = open_device(path);
	r->out = r->in < 0 ? NO_FD : fcntl(r->in, F_DUPFD_CLOEXEC, 3);
	if (r->in >= 0 && isatty(r->in)) {
		make_raw(r);
	} else {
		/* a plain file has no input */
		close_p(&r->in);
		r->in = NO_FD;
	}
}

int relay_prepare(struct monitor *m, struct lxc_error **err)
{
	size_t size = m->plan.header->console_buffer_size;
	int r = size ? ring_open(&m->relay.ring, size) : 0;

	if (r == 0)
		return 0;
	error_set(err, r, "console buffer", "%zu bytes", size);
	error_hint(err, "set lxc.console.buffer.size to less");
	return r;
}

void relay_open(struct monitor *m)
{
	const struct plan_header *h = m->plan.header;
	struct relay *r = &m->relay;

	open_peer(m);
	r->log = (struct log_file){
		.path = plan_text(&m->plan, h->console_log),
		.fd = NO_FD,
		.rotate = h->console_rotate,
		.limit = h->console_log_size,
	};
	if (r->log.path)
		log_file_open(&r->log);
	relay_resize(r);
}

static void drop_peer(struct relay *r)
{
	if (r->raw && r->in >= 0)
		(void)tcsetattr(r->in, TCSANOW, &r->saved);
	r->raw = false;
	close_p(&r->in);
	close_p(&r->out);
	r->in = r->out = NO_FD;
	r->to_peer.size = 0;
}

static ssize_t write_some(int fd, struct relay_buffer *b)
{
	ssize_t n = write(fd, b->data, b->size);

	if (n > 0) {
		b->size -= n;
		memmove(b->data, b->data + n, b->size);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : n;
}

static void from_console(struct relay *r)
{
	struct relay_buffer *b = &r->to_peer;
	ssize_t n = read(r->ptx, b->data, sizeof(b->data));

	if (n <= 0)
		return;
	if (r->ring.data)
		ring_add(&r->ring, b->data, n);
	log_file_add(&r->log, b->data, n);
	/* written when poll(2) says so: never here, where it could block */
	b->size = r->out >= 0 ? (size_t)n : 0;
}

#define DRAIN_WAIT_MS 100 /* for a peer that is slow, at the end */

/* What the container still had to say. */
static void drain(struct relay *r)
{
	for (int i = 0; i < 64 && r->ptx >= 0; i++) {
		struct pollfd from = { .fd = r->ptx, .events = POLLIN };
		struct pollfd to = { .fd = r->out, .events = POLLOUT };

		if (r->to_peer.size) {
			/* a peer that takes nothing any more loses the rest */
			if (poll(&to, 1, DRAIN_WAIT_MS) <= 0 ||
			    write_some(r->out, &r->to_peer) < 0)
				return;
			continue;
		}
		if (poll(&from, 1, 0) <= 0 || !(from.revents & POLLIN))
			return;
		from_console(r);
	}
}

void relay_close(struct relay *r)
{
	drain(r);
	drop_peer(r);
	close_p(&r->proxy);
	file_close_all((int[]){ r->ptx, r->pts }, 2);
	log_file_close(&r->log);
	relay_init(r);
}

size_t relay_poll(struct relay *r, struct pollfd *fds)
{
	size_t n = 0;

	if (r->ptx < 0)
		return 0;
	fds[n++] = (struct pollfd){
		.fd = r->ptx,
		.events = (r->to_peer.size ? 0 : POLLIN) |
			  (r->to_console.size ? POLLOUT : 0),
	};
	if (r->in >= 0 && !r->to_console.size)
		fds[n++] = (struct pollfd){ .fd = r->in, .events = POLLIN };
	if (r->out >= 0 && r->to_peer.size)
		fds[n++] = (struct pollfd){ .fd = r->out, .events = POLLOUT };
	return n;
}

static void from_peer(struct relay *r)
{
	struct relay_buffer *b = &r->to_console;
	ssize_t n = read(r->in, b->data, sizeof(b->data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop_peer(r);
		return;
	}
	b->size = n;
	if (write_some(r->ptx, b) < 0)
		b->size = 0;
}

void relay_ready(struct relay *r, const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct pollfd *p = &fds[i];

		if (p->fd == r->ptx && p->revents & POLLIN)
			from_console(r);
		if (p->fd == r->ptx && p->revents & POLLOUT && r->to_console.size)
			(void)write_some(r->ptx, &r->to_console);
		if (p->fd == r->in && p->revents & (POLLIN | POLLHUP | POLLERR))
			from_peer(r);
		if (p->fd == r->out && p->events & POLLOUT && p->revents &&
		    write_some(r->out, &r->to_peer) < 0)
			drop_peer(r);
	}
}

int relay_lend(struct monitor *m)
{
	struct relay *r = &m->relay;
	int unlock = 0;

	if (r->ptx < 0)
		return -ENOENT;
	if (r->proxy >= 0)
		return -EBUSY;
	_cleanup_close_ int ptx =
		open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (ptx < 0 || ioctl(ptx, TIOCSPTLCK, &unlock) < 0)
		return -errno;
	int pts = ioctl(ptx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pts < 0)
		return -errno;
	drop_peer(r);
	r->in = pts;
	r->out = fcntl(pts, F_DUPFD_CLOEXEC, 3);
	make_raw(r);
	r->proxy = steal_fd(ptx);
	return r->proxy;
}

void relay_take_back(struct monitor *m)
{
	struct relay *r = &m->relay;

	drop_peer(r);
	close_p(&r->proxy);
	r->proxy = NO_FD;
	open_peer(m);
}
