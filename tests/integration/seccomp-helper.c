/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests of seccomp run, in a container and beside it:
 *
 *   proxy SOCKET HOW         decides calls: "errno N", "value N", "continue", or is broken:
 *                            "hang", "hangup", "short", "other"
 *   mknod PATH c|b MAJOR MINOR [DIRECTORY]    as mknodat(2) of a descriptor with the last
 *   mount SOURCE TARGET TYPE FLAGS DATA
 *   setxattr|lsetxattr|fsetxattr PATH NAME VALUE
 *   sysinfo                  total memory, total swap and processes
 *   call NUMBER [ARGUMENT]...
 *   fuse TARGET TYPE DEVICE  mounts without serving it
 *   flood NUMBER SECONDS     that call from eight processes as fast as they can
 *   race PATH OTHER SECONDS  mounts tmpfs on PATH while another thread turns the type to OTHER
 *
 * Calls are made as they are, and print "ok" or the name of the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int say(long result)
{
	if (result < 0)
		puts(strerrorname_np(errno));
	else
		puts("ok");
	return result < 0;
}

/* --- proxy --- */

struct head {
	uint64_t reserved;
	int32_t monitor, init;
	struct seccomp_notif_sizes sizes;
	uint64_t cookie_size;
};

struct message {
	struct head head;
	struct seccomp_notif in;
	struct seccomp_notif_resp out;
	char cookie[256];
};

static ssize_t receive(int fd, struct message *m, int fds[3])
{
	char control[CMSG_SPACE(3 * sizeof(int))];
	struct iovec iov = { m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	fds[0] = fds[1] = fds[2] = -1;
	if (h && h->cmsg_len == CMSG_LEN(3 * sizeof(int)))
		memcpy(fds, CMSG_DATA(h), 3 * sizeof(int));
	return n;
}

static void describe(const struct message *m, const int fds[3])
{
	char comm[32] = "";
	int fd = openat(fds[0], "comm", O_RDONLY);

	if (fd >= 0 && read(fd, comm, sizeof(comm) - 1) > 0)
		comm[strcspn(comm, "\n")] = '\0';
	printf("call %d of %s, monitor %d, init %d, cookie %.*s, sizes %u %u %u, fds %s\n",
	       m->in.data.nr, comm, m->head.monitor, m->head.init,
	       (int)m->head.cookie_size, m->cookie, m->head.sizes.seccomp_notif,
	       m->head.sizes.seccomp_notif_resp, m->head.sizes.seccomp_data,
	       fds[1] >= 0 && fds[2] >= 0 ? "there" : "missing");
	fflush(stdout);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	close(fd);
}

static int converse(int fd, const char *how, int number)
{
	struct message m;
	int fds[3];

	while (receive(fd, &m, fds) > 0) {
		size_t size = offsetof(struct message, cookie);

		describe(&m, fds);
		m.out = (struct seccomp_notif_resp){ .id = m.in.id };
		if (!strcmp(how, "hang"))
			pause();
		if (!strcmp(how, "hangup"))
			break;
		if (!strcmp(how, "short"))
			size = 20;
		if (!strcmp(how, "other"))
			m.out.id++;
		if (!strcmp(how, "errno"))
			m.out.error = -number;
		if (!strcmp(how, "value"))
			m.out.val = number;
		if (!strcmp(how, "continue"))
			m.out.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		if (send(fd, &m, size, MSG_NOSIGNAL) < 0)
			break;
	}
	return close(fd);
}

static int proxy(const char *path, const char *how, int number)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	size_t n = strlen(path);

	memcpy(a.sun_path, path, n < sizeof(a.sun_path) ? n : 0);
	if (*path == '@')
		a.sun_path[0] = '\0';
	else
		unlink(path);
	if (bind(fd, (struct sockaddr *)&a,
		 offsetof(struct sockaddr_un, sun_path) + n + (*path != '@')) < 0 ||
	    listen(fd, 8) < 0)
		return say(-1);
	puts("listening");
	fflush(stdout);
	for (;;) {
		int peer = accept(fd, NULL, NULL);

		if (peer < 0)
			return say(-1);
		(void)converse(peer, how, number);
	}
}

/* --- calls --- */

static int make_node(char **v)
{
	unsigned int major = strtoul(v[2], NULL, 0), minor = strtoul(v[3], NULL, 0);
	unsigned int number = (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
	mode_t mode = 0666 | (*v[1] == 'c' ? S_IFCHR : S_IFBLK);

	if (v[4])
		return say(syscall(SYS_mknodat, open(v[4], O_RDONLY | O_DIRECTORY), v[0],
				   mode, number));
#ifdef SYS_mknod
	return say(syscall(SYS_mknod, v[0], mode, number));
#else
	return say(syscall(SYS_mknodat, AT_FDCWD, v[0], mode, number));
#endif
}

static int set_attribute(const char *how, char **v)
{
	size_t n = strlen(v[2]);

	if (*how == 'f')
		return say(
			syscall(SYS_fsetxattr, open(v[0], O_RDONLY), v[1], v[2], n, 0));
	return say(syscall(*how == 'l' ? SYS_lsetxattr : SYS_setxattr, v[0], v[1], v[2],
			   n, 0));
}

static int tell_system(void)
{
	struct sysinfo i;

	if (syscall(SYS_sysinfo, &i) < 0)
		return say(-1);
	printf("%llu %llu %u\n", (unsigned long long)i.totalram * i.mem_unit,
	       (unsigned long long)i.totalswap * i.mem_unit, i.procs);
	return 0;
}

/* --- a thread that exchanges the argument of another --- */

static volatile char type[16];
static const char *other;
static volatile int ended;

static void *turn(void *unused)
{
	while (!ended) {
		for (size_t i = 0; i < sizeof(type); i++)
			type[i] = i < strlen(other) ? other[i] : 0;
		for (size_t i = 0; i < sizeof(type); i++)
			type[i] = i < 5 ? "tmpfs"[i] : 0;
	}
	return unused;
}

/* What has been mounted, by type, and how many calls failed. */
static int race(const char *path, int seconds)
{
	pthread_t thread;
	time_t end = time(NULL) + seconds;
	int good = 0, bad = 0;

	pthread_create(&thread, NULL, turn, NULL);
	while (time(NULL) < end) {
		if (syscall(SYS_mount, "none", path, (const char *)type, 0, NULL) == 0)
			good++;
		else
			bad++;
	}
	ended = 1;
	pthread_join(thread, NULL);
	printf("%s\n", good && bad ? "both" : good ? "good" : "bad");
	return 0;
}

static long arbitrary(int n, char **v)
{
	unsigned long a[7] = {};

	for (int i = 0; i < n && i < 7; i++)
		a[i] = strtoul(v[i], NULL, 0);
	return syscall((long)a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
}

static int fuse(const char *target, const char *name, const char *device)
{
	char data[64];
	/* not a number that the supervisor would have by itself */
	int fd = fcntl(open(device, O_RDWR), F_DUPFD, 5);

	(void)snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		       fd);
	return say(fd < 0 ? -1 : syscall(SYS_mount, "source", target, name, 0, data));
}

static int flood(long number, int seconds)
{
	time_t end = time(NULL) + seconds;

	for (int i = 0; i < 3; i++)
		(void)fork();
	while (time(NULL) < end)
		(void)syscall(number, 18);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "proxy") && argc >= 4)
		return proxy(argv[2], argv[3],
			     argc > 4 ? (int)strtoul(argv[4], NULL, 0) : 0);
	if (!strcmp(what, "mknod") && argc >= 6)
		return make_node(argv + 2);
	if (!strcmp(what, "mount") && argc == 7)
		return say(syscall(SYS_mount, argv[2], argv[3], argv[4],
				   strtoul(argv[5], NULL, 0), argv[6]));
	if (strstr(what, "setxattr") && argc == 5)
		return set_attribute(what, argv + 2);
	if (!strcmp(what, "sysinfo"))
		return tell_system();
	if (!strcmp(what, "call") && argc >= 3)
		return say(arbitrary(argc - 2, argv + 2));
	if (!strcmp(what, "fuse") && argc == 5)
		return fuse(argv[2], argv[3], argv[4]);
	if (!strcmp(what, "flood") && argc == 4)
		return flood((long)strtoul(argv[2], NULL, 0),
			     (int)strtoul(argv[3], NULL, 0));
	if (!strcmp(what, "race") && argc == 5) {
		other = argv[3];
		return race(argv[2], (int)strtoul(argv[4], NULL, 0));
	}
	fputs("seccomp-helper: see the source\n", stderr);
	return 2;
}
