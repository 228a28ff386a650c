/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What we need of the kernel's BPF interface.  <linux/bpf.h> itself cannot be included, as it
 * has names in it that util/banned.h forbids.  Layouts and numbers are the kernel's.
 */
#ifndef CGROUP_BPF_H
#define CGROUP_BPF_H

#include <assert.h>
#include <linux/bpf_common.h>
#include <stdint.h>

struct bpf_insn {
	uint8_t code;
	uint8_t dst_reg : 4; /* both in host order of bit fields, as in the kernel's header */
	uint8_t src_reg : 4;
	int16_t off;
	int32_t imm;
};

static_assert(sizeof(struct bpf_insn) == 8, "kernel ABI");

#define BPF_ALU64 0x07 /* instruction classes and operations that classic BPF lacks */
#define BPF_JMP32 0x06
#define BPF_MOV 0xb0
#define BPF_JNE 0x50
#define BPF_EXIT 0x90

/* What a program of BPF_PROG_TYPE_CGROUP_DEVICE gets in register 1. */
struct bpf_cgroup_dev_ctx {
	uint32_t access_type; /* BPF_DEVCG_ACC_* << 16 | BPF_DEVCG_DEV_* */
	uint32_t major;
	uint32_t minor;
};

#define BPF_DEVCG_DEV_BLOCK 1
#define BPF_DEVCG_DEV_CHAR 2

/* The beginning of union bpf_attr for the two commands. */
#define BPF_PROG_LOAD 5

struct bpf_prog_load {
	uint32_t prog_type;
	uint32_t insn_cnt;
	uint64_t insns; /* pointers */
	uint64_t license;
	uint32_t log_level;
	uint32_t log_size;
	uint64_t log_buf;
	uint32_t kern_version;
	uint32_t prog_flags;
};

#define BPF_PROG_TYPE_CGROUP_DEVICE 15

#define BPF_PROG_ATTACH 8

struct bpf_prog_attach {
	uint32_t target_fd;
	uint32_t attach_bpf_fd;
	uint32_t attach_type;
	uint32_t attach_flags;
	uint32_t replace_bpf_fd; /* with BPF_F_REPLACE, Linux 5.6 */
};

#define BPF_CGROUP_DEVICE 6
#define BPF_F_ALLOW_MULTI 2
#define BPF_F_REPLACE 4

#endif
