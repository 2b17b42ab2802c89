/*
 * Makes the calls of calls.def and writes their registers and memory to the file that it is
 * called with, so that what strace prints about them can be compared with what they were. No
 * call has an effect: a filter answers each with an error before the kernel looks at it, and
 * after strace has seen it.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/blkzoned.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/fiemap.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/futex.h>
#include <linux/if_tun.h>
#include <linux/input.h>
#include <linux/io_uring.h>
#include <linux/kcmp.h>
#include <linux/keyctl.h>
#include <linux/kvm.h>
#include <linux/landlock.h>
#include <linux/loop.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/reboot.h>
#include <linux/rtc.h>
#include <linux/seccomp.h>
#include <linux/serial.h>
#include <linux/sockios.h>
#include <linux/userfaultfd.h>
#include <linux/watchdog.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/quota.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	SKIPPED = 77,
	REGISTERS = 6,
	MEMORY_BYTES = 64,
	MAX_WORDS = 6, /* of memory that a row sets */
	MAX_AXES = 8,
	MAX_CALLS = 1 << 16,
};

/* As an argument: the address of the call's memory. */
#define MEMORY UINT64_C(0x5ca1ab1e0000beef)

#define WIDE   UINT64_C(0x1234567800000000)

enum axis_kind { NONE, ALL_BITS, FROM_TO, VALUES };

/* Values for one argument (0 to 5) or word of memory (6 to 11), ORed to what the row says. */
struct axis {
	enum axis_kind kind;
	unsigned place;
	uint64_t from, to;
	const uint64_t *values;
};

struct word {
	unsigned offset, bytes;
	uint64_t value;
};

/* With each value of OUTER, each axis is gone along while the others stand still. */
struct row {
	long nr;
	uint64_t args[REGISTERS];
	struct axis outer;
	struct axis axes[MAX_AXES];
	struct word words[MAX_WORDS];
};

struct made {
	long nr;
	uint64_t args[REGISTERS];
	unsigned char memory[MEMORY_BYTES];
};

#define ARGS(...)           \
	{                   \
		__VA_ARGS__ \
	}
#define AXES(...)           \
	{                   \
		__VA_ARGS__ \
	}
#define WORDS(...)          \
	{                   \
		__VA_ARGS__ \
	}
#define BITS(place, from, to)                   \
	{                                       \
		ALL_BITS, place, from, to, NULL \
	}
#define RANGE(place, from, to)                 \
	{                                      \
		FROM_TO, place, from, to, NULL \
	}
#define LIST(place, ...)                                                           \
	{                                                                          \
		VALUES, place, 0, sizeof((const uint64_t[]){__VA_ARGS__}) / 8 - 1, \
			(const uint64_t[])                                         \
		{                                                                  \
			__VA_ARGS__                                                \
		}                                                                  \
	}
#define CALL(name, args, axes)	      {SYS_##name, args, {NONE, 0, 0, 0, NULL}, axes, {{0, 0, 0}}},
#define OVER(name, args, outer, axes) {SYS_##name, args, outer, axes, {{0, 0, 0}}},
#define MEMO(name, args, words, axes) {SYS_##name, args, {NONE, 0, 0, 0, NULL}, axes, words},

static const struct row rows[] = {
#include "calls.def"
};

static struct made calls[MAX_CALLS];
static size_t call_count;
static _Alignas(64) unsigned char memory[MEMORY_BYTES];

static void make(const struct row *row, const uint64_t *values)
{
	struct made *call = &calls[call_count];

	if (call_count == MAX_CALLS)
		return;
	call_count++;
	call->nr = row->nr;
	for (unsigned i = 0; i < REGISTERS; i++)
		call->args[i] = values[i] == MEMORY ? (uintptr_t)memory : values[i];
	for (unsigned i = 0; i < MAX_WORDS; i++)
		memcpy(call->memory + row->words[i].offset, &values[REGISTERS + i],
		       row->words[i].bytes);
}

/* How many values AXIS has. */
static uint64_t count_values(const struct axis *axis)
{
	uint64_t bits = axis->to - axis->from + 1;

	switch (axis->kind) {
	case NONE:
		return 0;
	case ALL_BITS:
		return 2 * bits + 3;
	case FROM_TO:
	case VALUES:
		break;
	}
	return bits;
}

/* None, every bit, every two that are neighbours, every second, and all. */
static uint64_t bits_value(const struct axis *axis, uint64_t index)
{
	uint64_t bits = axis->to - axis->from + 1;
	uint64_t all = (bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX) << axis->from;

	if (!index)
		return 0;
	if (index <= bits)
		return UINT64_C(1) << (axis->from + index - 1);
	if (index < 2 * bits)
		return UINT64_C(3) << (axis->from + index - bits - 1);
	return index == 2 * bits       ? all & UINT64_C(0x5555555555555555)
	       : index == 2 * bits + 1 ? all & UINT64_C(0xaaaaaaaaaaaaaaaa)
				       : all;
}

static uint64_t value_at(const struct axis *axis, uint64_t index)
{
	switch (axis->kind) {
	case ALL_BITS:
		return bits_value(axis, index);
	case VALUES:
		return axis->values[index];
	case NONE:
	case FROM_TO:
		break;
	}
	return axis->from + index;
}

static void make_along(const struct row *row, const struct axis *axis, const uint64_t *values)
{
	uint64_t moved[REGISTERS + MAX_WORDS];

	for (uint64_t i = 0; i < count_values(axis); i++) {
		memcpy(moved, values, sizeof(moved));
		moved[axis->place] |= value_at(axis, i);
		make(row, moved);
	}
}

/* What a parameter of 32 bits must not see. */
static void make_wide(const struct row *row)
{
	uint64_t values[REGISTERS + MAX_WORDS] = {0};

	for (unsigned i = 0; i < REGISTERS; i++)
		values[i] = row->args[i] == MEMORY ? 0 : (uint32_t)row->args[i] | WIDE;
	make(row, values);
}

static void make_row(const struct row *row)
{
	uint64_t values[REGISTERS + MAX_WORDS], count = count_values(&row->outer);

	make_wide(row);

	for (uint64_t i = 0; i < (count ? count : 1); i++) {
		memcpy(values, row->args, sizeof(row->args));
		for (unsigned j = 0; j < MAX_WORDS; j++)
			values[REGISTERS + j] = row->words[j].value;
		if (count)
			values[row->outer.place] |= value_at(&row->outer, i);
		make(row, values);
		for (unsigned j = 0; j < MAX_AXES; j++)
			make_along(row, &row->axes[j], values);
	}
}

static bool write_calls(const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	fprintf(out, "%llx\n", (unsigned long long)(uintptr_t)memory);
	for (size_t i = 0; i < call_count; i++) {
		fprintf(out, "%lx", calls[i].nr);
		for (unsigned j = 0; j < REGISTERS; j++)
			fprintf(out, " %llx", (unsigned long long)calls[i].args[j]);
		fputc(' ', out);
		for (unsigned j = 0; j < MEMORY_BYTES; j++)
			fprintf(out, "%02x", calls[i].memory[j]);
		fputc('\n', out);
	}
	return fclose(out) == 0;
}

static bool deny_everything(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		make_row(&rows[i]);
	if (argc != 2 || call_count == MAX_CALLS || !write_calls(argv[1]))
		return EXIT_FAILURE;
	if (!deny_everything())
		return SKIPPED;
	for (size_t i = 0; i < call_count; i++) {
		const uint64_t *args = calls[i].args;

		memcpy(memory, calls[i].memory, sizeof(memory));
		syscall(calls[i].nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	}
	syscall(SYS_exit_group, EXIT_SUCCESS);
	return EXIT_FAILURE;
}
