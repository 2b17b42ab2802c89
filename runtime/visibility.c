#include "visibility.h"

#include <errno.h>
#include <linux/seccomp.h>

static const char rings[] = "what an io_uring does is no system call";
static const char refusals[] = "calls that the program's own filter refuses are not seen";
static const char tracers[] =
	"a process has one tracer, which is this engine: the program cannot be another's";

static const char listeners[] =
	"a process has one listener, which is this engine's: the program gets none of its own; "
	"with --engine trace it does";

/* A call, the value of its first argument that matters, "" for any, and the errno that makes it
 * matter, 0 for none. */
static const struct {
	unsigned hazard;
	const char *call;
	const char *value;
	const char *why;
	int error;
} losses[] = {
	{VISIBILITY_RINGS, "io_uring_setup", "", rings, 0},
	{VISIBILITY_REFUSALS, "prctl", "PR_SET_SECCOMP", refusals, 0},
	{VISIBILITY_REFUSALS, "seccomp", "SECCOMP_SET_MODE_STRICT", refusals, 0},
	{VISIBILITY_REFUSALS, "seccomp", "SECCOMP_SET_MODE_FILTER", refusals, 0},
	{VISIBILITY_LISTENERS, "seccomp", "SECCOMP_SET_MODE_FILTER", listeners, EBUSY},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_TRACEME", tracers, 0},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_ATTACH", tracers, 0},
	{VISIBILITY_TRACERS, "ptrace", "PTRACE_SEIZE", tracers, 0},
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
		entry->error = losses[i].error;
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

static bool counts(const struct visibility_call *entry, const struct scml_call *call)
{
	if (entry->error)
		return call->has_returned && call->ret == -entry->error;
	return !call->has_returned || call->ret >= 0 || entry->counts_failed;
}

const char *visibility_loss(const struct visibility *visibility, const struct scml_call *call)
{
	if (call->arch != visibility->arch)
		return NULL;
	for (size_t i = 0; i < visibility->count; i++) {
		const struct visibility_call *entry = &visibility->calls[i];

		if (call->nr == entry->nr &&
		    (!entry->has_value || (uint32_t)call->args[0] == entry->value) &&
		    counts(entry, call))
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

/* Do calls like the one at INDEX end here for the sake of the one before it? */
static bool is_held_already(const struct visibility *visibility, size_t index)
{
	const struct visibility_call *entry = &visibility->calls[index], *before = entry - 1;

	return index > 0 && entry->nr == before->nr && entry->has_value == before->has_value &&
	       entry->value == before->value;
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

		if (is_held_already(visibility, i))
			continue;
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
