/* ptrace_call: which call a thread has stopped in, for the tracer of that thread. */
#ifndef SCML_PTRACE_CALL_H
#define SCML_PTRACE_CALL_H

#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "scml.h"

/** The architecture whose numbers <sys/syscall.h> has. */
#if defined(__x86_64__)
#define PTRACE_OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define PTRACE_OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define PTRACE_OWN_ARCH AUDIT_ARCH_RISCV64
#endif

/** Where in a call a stop is. */
enum ptrace_place {
	PTRACE_ELSEWHERE,
	PTRACE_AT_ENTRY,  /* before any filter has seen the call */
	PTRACE_AT_FILTER, /* a filter has answered SECCOMP_RET_TRACE */
	PTRACE_AT_EXIT,
};

struct ptrace_call {
	enum ptrace_place place;
	struct scml_call call; /* at the exit: arch and ret alone */
	uint64_t instruction_pointer;
};

/** Ask for the call in which TID has stopped. @return 0 or an errno: EIO before Linux 5.3 */
int ptrace_call_read(pid_t tid, struct ptrace_call *stop);

/** Is CALL the kernel's way to go on with one that a stop has interrupted? */
bool ptrace_call_resumes(const struct scml_call *call);

#endif
