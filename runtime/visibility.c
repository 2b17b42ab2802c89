#include "visibility.h"

#include <linux/seccomp.h>

static const char refusals[] = "calls that the program's own filter refuses are not seen";
static const char tracers[] =
	"a process has one tracer, which is this engine: the program cannot be another's";

/* A call, and the value of its first argument that matters; "" for any. */
static const struct {
	unsigned hazard;
	const char *call;
	const char *value;
	const char *why;
} losses[] = {
	{VISIBILITY_RINGS, "io_uring_setup", "", "what an io_uring does is no system call"},
	{VISIBILITY_REFUSALS, "prctl", "PR_SET_SECCOMP", refusals},
	{VISIBILITY_REFUSALS, "seccomp", "SECCOMP_SET_MODE_STRICT", refusals},
	{VISIBILITY_REFUSALS, "seccomp", "SECCOMP_SET_MODE_FILTER", refusals},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_TRACEME", tracers},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_ATTACH", tracers},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_SEIZE", tracers},
};

enum { LOSSES = sizeof(losses) / sizeof(losses[0]) };

_Static_assert((int)LOSSES <= (int)VISIBILITY_MAX_CALLS,
	       "visibility.h has room for every loss");

void visibility_resolve(struct visibility *visibility, const struct abi_db *db, unsigned arch,
			unsigned hazards)
{
	*visibility = (struct visibility){
		.arch = db->archs[arch].audit,
		.big_endian = db->archs[arch].big_endian,
	};
	for (size_t i = 0; i < LOSSES; i++) {
		const struct abi_call *call = abi_call_find(db, losses[i].call);
		const struct abi_const *constant = NULL;
		struct visibility_call *entry = &visibility->calls[visibility->count];
		uint64_t nr, value = 0;

		if (!(losses[i].hazard & hazards) || !call || !abi_num(db, call->nr, arch, &nr))
			continue;
		if (*losses[i].value)
			constant = abi_const_find(db, losses[i].value);
		/* A value that the database does not know makes every value suspect. */
		entry->has_value = constant && abi_num(db, constant->value, arch, &value);
		entry->value = (uint32_t)value;
		entry->nr = (uint32_t)nr;
		entry->why = losses[i].why;
		/* It fails because of us, where without us it would not have. */
		entry->counts_failed = losses[i].hazard == VISIBILITY_TRACERS;
		visibility->count++;
	}
}

bool visibility_cares(const struct visibility *visibility, uint32_t nr)
{
	for (size_t i = 0; i < visibility->count; i++)
		if (visibility->calls[i].nr == nr)
			return true;
	return false;
}

const char *visibility_loss(const struct visibility *visibility, const struct scml_call *call)
{
	bool has_failed = call->has_returned && call->ret < 0;

	if (call->arch != visibility->arch)
		return NULL;
	for (size_t i = 0; i < visibility->count; i++) {
		const struct visibility_call *entry = &visibility->calls[i];

		if (call->nr == entry->nr &&
		    (!entry->has_value || (uint32_t)call->args[0] == entry->value) &&
		    (!has_failed || entry->counts_failed))
			return entry->why;
	}
	return NULL;
}

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter skip_unless(uint32_t value, size_t count)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0,
					    (uint8_t)count);
}

size_t visibility_prologue(const struct visibility *visibility, struct sock_filter *prologue)
{
	const struct sock_filter notify = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	size_t low_half =
		offsetof(struct seccomp_data, args[0]) + (visibility->big_endian ? 4 : 0);
	size_t count = 0;

	prologue[count++] = load(offsetof(struct seccomp_data, arch));
	count++; /* the test of the architecture, once its distance is known */
	prologue[count++] = load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < visibility->count; i++) {
		const struct visibility_call *entry = &visibility->calls[i];

		prologue[count++] = skip_unless(entry->nr, entry->has_value ? 4 : 1);
		if (entry->has_value) {
			prologue[count++] = load(low_half);
			prologue[count++] = skip_unless(entry->value, 1);
		}
		prologue[count++] = notify;
		if (entry->has_value)
			prologue[count++] = load(offsetof(struct seccomp_data, nr));
	}
	prologue[1] = skip_unless(visibility->arch, count - 2);
	return count;
}
