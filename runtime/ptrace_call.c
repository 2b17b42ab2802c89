#include "ptrace_call.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

int ptrace_call_read(pid_t tid, struct ptrace_call *stop)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0)
		return errno;
	*stop = (struct ptrace_call){
		.call = {.arch = info.arch},
		.instruction_pointer = info.instruction_pointer,
	};
	switch (info.op) {
	case PTRACE_SYSCALL_INFO_ENTRY:
		stop->place = PTRACE_AT_ENTRY;
		stop->call.nr = (uint32_t)info.entry.nr;
		for (size_t i = 0; i < SCML_REGISTERS; i++)
			stop->call.args[i] = info.entry.args[i];
		break;
	case PTRACE_SYSCALL_INFO_SECCOMP:
		stop->place = PTRACE_AT_FILTER;
		stop->call.nr = (uint32_t)info.seccomp.nr;
		for (size_t i = 0; i < SCML_REGISTERS; i++)
			stop->call.args[i] = info.seccomp.args[i];
		break;
	case PTRACE_SYSCALL_INFO_EXIT:
		stop->place = PTRACE_AT_EXIT;
		stop->call.has_returned = true;
		stop->call.ret = info.exit.rval;
		break;
	default:
		break;
	}
	return 0;
}

bool ptrace_call_resumes(const struct scml_call *call)
{
	return call->arch == PTRACE_OWN_ARCH && call->nr == SYS_restart_syscall;
}
