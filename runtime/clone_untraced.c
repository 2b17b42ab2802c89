#include "clone_untraced.h"

#include <elf.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "ptrace_call.h"

/* The first argument among the registers that a tracer sees, and whether the program finds it
 * there still when the call has returned. */
#if defined(__x86_64__)
#define ARGUMENT_OFFSET	  offsetof(struct user_regs_struct, rdi)
#define ARGUMENT_SURVIVES true
#elif defined(__aarch64__)
#define ARGUMENT_OFFSET	  offsetof(struct user_regs_struct, regs[0])
#define ARGUMENT_SURVIVES false
#elif defined(__riscv)
#define ARGUMENT_OFFSET	  offsetof(struct user_regs_struct, a0)
#define ARGUMENT_SURVIVES false
#endif

/* The calls with the flag in their first register, or in the first word of what it points to.
 */
static const struct {
	uint32_t nr;
	bool is_in_memory;
} calls[] = {
	{SYS_clone, false},
	{SYS_clone3, true},
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* Also where the program itself may not write. */
static void put_word(pid_t tid, uint64_t address, uint64_t word)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process */
	ptrace(PTRACE_POKEDATA, tid, (void *)(uintptr_t)address, word);
}

static uint64_t get_word(pid_t tid, uint64_t address)
{
	uint64_t word = 0;
	struct iovec local = {&word, sizeof(word)};
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process */
	struct iovec remote = {(void *)(uintptr_t)address, sizeof(word)};

	return process_vm_readv(tid, &local, 1, &remote, 1, 0) == sizeof(word) ? word : 0;
}

static void set_argument(pid_t tid, uint64_t word)
{
	struct user_regs_struct registers;
	struct iovec part = {&registers, sizeof(registers)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &part))
		return;
	memcpy((char *)&registers + ARGUMENT_OFFSET, &word, sizeof(word));
	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &part);
}

/* The row of CALL, or NULL. */
static const bool *find_call(const struct scml_call *call)
{
	for (size_t i = 0; i < CALLS; i++)
		if (call->arch == PTRACE_OWN_ARCH && call->nr == calls[i].nr)
			return &calls[i].is_in_memory;
	return NULL;
}

static uint64_t flags_of(pid_t tid, const struct scml_call *call, bool is_in_memory)
{
	return is_in_memory ? get_word(tid, call->args[0]) : call->args[0];
}

bool clone_untraced_asked(pid_t tid, const struct scml_call *call)
{
	const bool *is_in_memory = find_call(call);

	return is_in_memory && flags_of(tid, call, *is_in_memory) & CLONE_UNTRACED;
}

void clone_untraced_hide(pid_t tid, const struct scml_call *call)
{
	const bool *is_in_memory = find_call(call);
	uint64_t flags;

	if (!is_in_memory)
		return;
	flags = flags_of(tid, call, *is_in_memory) & ~(uint64_t)CLONE_UNTRACED;
	if (*is_in_memory)
		put_word(tid, call->args[0], flags);
	else
		set_argument(tid, flags);
}

void clone_untraced_restore(pid_t tid, const struct scml_call *call)
{
	const bool *is_in_memory = find_call(call);
	uint64_t flags;

	if (!is_in_memory)
		return;
	flags = flags_of(tid, call, *is_in_memory) | CLONE_UNTRACED;
	if (*is_in_memory)
		put_word(tid, call->args[0], flags);
	else if (ARGUMENT_SURVIVES)
		set_argument(tid, flags);
}

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

size_t clone_untraced_prologue(struct sock_filter *prologue, uint32_t action)
{
	const struct sock_filter answer = BPF_STMT(BPF_RET | BPF_K, action);
	const size_t number = offsetof(struct seccomp_data, nr);
	size_t count = 0;

	prologue[count++] = load(offsetof(struct seccomp_data, arch));
	count++; /* the test of the architecture, once its distance is known */
	prologue[count++] = load(number);
	for (size_t i = 0; i < CALLS; i++) {
		prologue[count++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].nr, 0,
						     calls[i].is_in_memory ? 1 : 4);
		if (!calls[i].is_in_memory) {
			prologue[count++] = load(offsetof(struct seccomp_data, args[0]));
			prologue[count++] = (struct sock_filter)BPF_JUMP(
				BPF_JMP | BPF_JSET | BPF_K, CLONE_UNTRACED, 0, 1);
		}
		prologue[count++] = answer;
		if (!calls[i].is_in_memory)
			prologue[count++] = load(number);
	}
	prologue[1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_OWN_ARCH,
						   0, (uint8_t)(count - 2));
	return count;
}
