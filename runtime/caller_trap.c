#include "caller_trap.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caller_end.h"

/* si_code of a trap; not every C library has it. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/*
 * What the register of the result holds for a handler: what it held before the call. On x86
 * that is the number, elsewhere the first argument.
 */
static int64_t result_before(const struct scml_call *call)
{
#if defined(__x86_64__)
	return call->nr;
#else
	return (int64_t)call->args[0];
#endif
}

static void describe(siginfo_t *info, const struct engine_event *event, int data)
{
	info->si_signo = SIGSYS;
	info->si_code = SYS_SECCOMP;
	info->si_errno = data;
	info->si_call_addr = (void *)(uintptr_t)event->instruction_pointer;
	info->si_syscall = (int)event->call.nr;
	info->si_arch = event->call.arch;
}

/* Has TID, which is traced, ended? Our own child is left for who waits for it. */
static bool has_ended(pid_t tid)
{
	siginfo_t state = {0};

	if (waitid(P_PID, (id_t)tid, &state, WEXITED | WSTOPPED | WNOWAIT | __WALL))
		return errno != EINTR;
	return state.si_code == CLD_EXITED || state.si_code == CLD_KILLED ||
	       state.si_code == CLD_DUMPED;
}

/* The signal is on its way to TID: let it arrive with another story. */
static void hand_over(const struct engine_event *event, int data)
{
	pid_t tid = event->tid;
	int status;

	while (!has_ended(tid)) {
		siginfo_t info = {0};

		if (waitpid(tid, &status, __WALL | WNOHANG) != tid || !WIFSTOPPED(status))
			continue;
		if (status >> 16 == 0 && WSTOPSIG(status) == SIGSYS) {
			describe(&info, event, data);
			ptrace(PTRACE_SETSIGINFO, tid, 0, &info);
			ptrace(PTRACE_DETACH, tid, 0, (long)SIGSYS);
			return;
		}
		ptrace(PTRACE_CONT, tid, 0, status >> 16 ? 0L : (long)WSTOPSIG(status));
	}
}

int caller_trap(struct notify *notify, const struct engine_event *event, int data,
		bool waits_killable)
{
	pid_t process = caller_catching_sigsys(event->tid);
	int error;

	if (!notify_is_valid(notify))
		return ENOENT;
	if (!process || !waits_killable || ptrace(PTRACE_SEIZE, event->tid, 0, 0)) {
		caller_end(event->tid);
		return notify_refuse(notify, ENOSYS);
	}
	syscall(SYS_tgkill, process, event->tid, SIGSYS);
	error = notify_return(notify, result_before(&event->call));
	hand_over(event, data);
	return error;
}
