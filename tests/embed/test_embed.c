/*
 * A kernel's use of the library, as small as it gets: the matcher core and one generated table,
 * no libc, no start files. Exits with 0, or with the number of the first check that fails.
 */
#include <stddef.h>
#include <stdint.h>

#include <sys/syscall.h>

#include "embed_rules.h"
#include "scml.h"

enum { MEMORY_START = 0x1000, MEMORY_SIZE = 256, AT_CWD = -100 };

/* The memory of the imaginary caller: MEMORY_SIZE bytes at MEMORY_START. */
static enum scml_read read_memory(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done)
{
	const uint8_t *memory = context;
	uint8_t *out = buffer;
	uint64_t at = address - MEMORY_START;
	size_t got = 0;

	if (address < MEMORY_START || at >= MEMORY_SIZE)
		return SCML_READ_FAULT;
	while (got < size && at + got < MEMORY_SIZE) {
		out[got] = memory[at + got];
		got++;
	}
	*done = got;
	return size <= 8 && got < size ? SCML_READ_FAULT : SCML_READ_OK;
}

/* Room for a sockaddr at the start, a msghdr behind it, a string behind that. */
enum { ADDRESS = MEMORY_START, MESSAGE = MEMORY_START + 0x20, TEXT = MEMORY_START + 0x60 };

static uint8_t memory[MEMORY_SIZE];
static struct scml_memory caller = {read_memory, memory};

static void store(uint64_t address, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		memory[address - MEMORY_START + i] = (uint8_t)(value >> 8 * i);
}

static int check(long nr, uint64_t a, uint64_t b, uint64_t c, const struct scml_memory *seen,
		 enum scml_verdict wanted)
{
	static int count;
	const struct scml_call call = {
		.arch = embed_rules_table.arch, .nr = (uint32_t)nr, .args = {a, b, c}};
	struct scml_reason reason;

	count++;
	if (scml_match(&embed_rules_table, &call, seen, NULL) != wanted ||
	    scml_match(&embed_rules_table, &call, seen, &reason) != wanted)
		return count;
	return 0;
}

static int check_registers(void)
{
	const uint64_t beyond = UINT64_C(1) << 40;
	int failed = 0;

	if (!failed)
		failed = check(SYS_getpid, 9, 9, 9, NULL, SCML_SUPPORTED);
	if (!failed)
		failed = check(SYS_socket, 1, 1, 0, NULL, SCML_SUPPORTED);
	if (!failed)
		failed =
			check(SYS_socket, 2 | beyond, 1 | beyond, beyond, NULL, SCML_SUPPORTED);
	if (!failed)
		failed = check(SYS_socket, 10, 1, 0, NULL, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_socket, 1, 3, 0, NULL, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_listen, 3, 1, 0, NULL, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_bind, 3, ADDRESS, 16, NULL, SCML_UNDECIDED);
	return failed;
}

static int check_memory(void)
{
	int failed = 0;

	store(ADDRESS, 1, 2);
	store(MESSAGE, ADDRESS, 8);	/* msg_name */
	store(MESSAGE + 8, 16, 4);	/* msg_namelen */
	store(MESSAGE + 32, 0, 8);	/* msg_control */
	store(TEXT, 0x006363632f2e, 7); /* ./ccc */
	if (!failed)
		failed = check(SYS_bind, 3, ADDRESS, 16, &caller, SCML_SUPPORTED);
	if (!failed)
		failed = check(SYS_bind, 3, ADDRESS, 1, &caller, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_bind, 3, 8, 16, &caller, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_sendmsg, 3, MESSAGE, 0, &caller, SCML_SUPPORTED);
	if (!failed)
		failed = check(SYS_openat, (uint64_t)AT_CWD, TEXT, 0, &caller, SCML_SUPPORTED);
	store(ADDRESS, 10, 2);
	if (!failed)
		failed = check(SYS_sendmsg, 3, MESSAGE, 0, &caller, SCML_UNSUPPORTED);
	if (!failed)
		failed = check(SYS_bind, 3, ADDRESS, 16, &caller, SCML_UNSUPPORTED);
	store(ADDRESS, 1, 2);
	store(MESSAGE + 32, ADDRESS, 8);
	if (!failed)
		failed = check(SYS_sendmsg, 3, MESSAGE, 0, &caller, SCML_UNSUPPORTED);
	return failed;
}

static void leave(int status)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall"
			 :
			 : "a"(SYS_exit_group), "D"(status)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_exit_group;
	register long first __asm__("x0") = status;

	__asm__ volatile("svc 0" : : "r"(number), "r"(first) : "memory");
#elif defined(__riscv)
	register long number __asm__("a7") = SYS_exit_group;
	register long first __asm__("a0") = status;

	__asm__ volatile("ecall" : : "r"(number), "r"(first) : "memory");
#endif
	for (;;)
		;
}

#if defined(__x86_64__)
__attribute__((force_align_arg_pointer))
#endif
void _start(void);

void _start(void)
{
	int failed = scml_table_check(&embed_rules_table) ? 99 : 0;

	if (!failed)
		failed = check_registers();
	if (!failed)
		failed = check_memory();
	leave(failed);
}
