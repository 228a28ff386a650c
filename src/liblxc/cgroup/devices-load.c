/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading a device program and attaching it to a cgroup. */
#include "cgroup/devices.h"

#include <sys/resource.h>

#include "util/syscall.h"

/* Size 48: every kernel since 4.15 knows as much. */
static_assert(sizeof(struct bpf_prog_load) == 48, "kernel ABI");

static int load(const struct bpf_insn *insns, size_t n)
{
	struct bpf_prog_load load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = n,
		.insns = (uintptr_t)insns,
		.license = (uintptr_t) "LGPL",
	};

	return SYS_RESULT(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load)));
}

/* Before 5.11 programs count as locked memory of the user, all containers together. */
static int load_unlimited(const struct bpf_insn *insns, size_t n)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit saved;

	if (prlimit(0, RLIMIT_MEMLOCK, &unlimited, &saved) < 0)
		return -errno;
	int fd = load(insns, n);
	if (prlimit(0, RLIMIT_MEMLOCK, &saved, NULL) < 0 && fd >= 0) {
		int r = -errno;

		(void)close(fd);
		return r;
	}
	return fd;
}

int devices_attach(int cgroup_fd, const struct bpf_insn *insns, size_t n, int old_fd)
{
	_cleanup_close_ int fd = load(insns, n);

	if (fd == -EPERM) {
		int again = load_unlimited(insns, n);

		fd = again < 0 ? -EPERM : again;
	}
	if (fd < 0)
		return fd;
	struct bpf_prog_attach attach = {
		.target_fd = cgroup_fd,
		.attach_bpf_fd = fd,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI | (old_fd < 0 ? 0 : BPF_F_REPLACE),
		.replace_bpf_fd = old_fd < 0 ? 0 : old_fd,
	};
	int r = SYS_RESULT(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof(attach)));
	return r < 0 ? r : steal_fd(fd);
}
