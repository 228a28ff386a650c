/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clone3(2) with memory shared and a stack of its own.  libc has no wrapper that takes a
 * stack and CLONE_INTO_CGROUP, hence the few instructions per architecture: the kernel
 * gives the child our registers with only the stack and the result exchanged.
 */
#include "util/clone.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t clone_on_stack(struct clone_args *args, void *stack, size_t stack_size,
		     void (*function)(void *), void *argument)
{
	args->stack = (uintptr_t)stack;
	args->stack_size = stack_size & ~(size_t)15;
#if defined(__x86_64__)
	register void *r12 __asm__("r12") = argument;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r12, %%rdi\n\t"
			 "call *%%rbx\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(result)
			 : "a"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)),
			   "b"(function), "r"(r12)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_clone3;
	register void *x0 __asm__("x0") = args;
	register long x1 __asm__("x1") = sizeof(*args);
	register void *x20 __asm__("x20") = argument;
	register void (*x21)(void *) __asm__("x21") = function;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, #0\n\t"
			 "mov x0, x20\n\t"
			 "blr x21\n\t"
			 "brk #1\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x1), "r"(x8), "r"(x20), "r"(x21)
			 : "memory");
	long result = (long)x0;
#else
#error "clone_on_stack() is not written for this architecture"
#endif
	return result;
}
