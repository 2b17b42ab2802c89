/* Filters as such: actions, assembler, the kernel's conditions, simulation, listing, files. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/action.h"
#include "bpf/check.h"
#include "bpf/disasm.h"
#include "bpf/raw.h"
#include "bpf_fixture.h"
#include "bpf_random_code.h"

#define COUNT(array)	       (sizeof(array) / sizeof((array)[0]))

#define STMT(code, k)	       BPF_STMT((uint16_t)(code), k)
#define JUMP(code, k, yes, no) BPF_JUMP((uint16_t)(code), k, yes, no)

START_TEST(action_has_the_value_that_the_kernel_knows)
{
	static const struct {
		const char *text;
		uint32_t value;
	} cases[] = {
		{"allow", 0x7fff0000},	   {"log", 0x7ffc0000},
		{"errno:ENOSYS", 0x50026}, {"errno:EPERM", 0x50001},
		{"errno:4095", 0x50fff},   {"errno:0", 0x50000},
		{"trap", 0x30000},	   {"trap:7", 0x30007},
		{"trace", 0x7ff00000},	   {"trace:65535", 0x7ff0ffff},
		{"notify", 0x7fc00000},	   {"kill-thread", 0},
		{"kill", 0x80000000},	   {"errno:EOPNOTSUPP", 0x5005f},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char name[BPF_ACTION_NAME_MAX];
		uint32_t action = 1;

		ck_assert(bpf_action_parse(cases[i].text, &action));
		ck_assert_uint_eq(action, cases[i].value);
		if (!strstr(cases[i].text, "4095"))
			ck_assert_str_eq(bpf_action_name(action, name), cases[i].text);
	}
}
END_TEST

START_TEST(every_errno_has_a_name_that_reads_back)
{
	unsigned named = 0;

	for (uint32_t i = 0; i < 4096; i++) {
		char name[BPF_ACTION_NAME_MAX];
		uint32_t action;

		bpf_action_name(SECCOMP_RET_ERRNO | i, name);
		named += name[6] == 'E';
		ck_assert(bpf_action_parse(name, &action));
		ck_assert_uint_eq(action, SECCOMP_RET_ERRNO | i);
	}
	ck_assert_uint_ge(named, 130);
}
END_TEST

START_TEST(second_names_of_errnos_are_known)
{
	uint32_t action;

	ck_assert(bpf_action_parse("errno:EWOULDBLOCK", &action));
	ck_assert_uint_eq(action, SECCOMP_RET_ERRNO | EAGAIN);
	ck_assert(bpf_action_parse("errno:ENOTSUP", &action));
	ck_assert_uint_eq(action, SECCOMP_RET_ERRNO | EOPNOTSUPP);
	ck_assert(bpf_action_parse("errno:EDEADLOCK", &action));
	ck_assert_uint_eq(action, SECCOMP_RET_ERRNO | EDEADLK);
}
END_TEST

START_TEST(text_that_is_no_action_is_refused)
{
	static const char *const texts[] = {"",
					    "Allow",
					    "allo",
					    "allow:",
					    "allow:1",
					    "errno",
					    "errno:",
					    "errno:ENOPE",
					    "errno:4096",
					    "errno:-1",
					    "errno: 1",
					    "errno:1x",
					    "trap:",
					    "trap:65536",
					    "trace:0x",
					    "notify:1",
					    "kill:1",
					    "killthread",
					    "errno:99999999999999999999",
					    "kill-thread:1"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		uint32_t action;

		ck_assert_msg(!bpf_action_parse(texts[i], &action), "'%s'", texts[i]);
	}
}
END_TEST

START_TEST(value_without_a_text_of_its_own_is_not_mistaken_for_one)
{
	static const uint32_t values[] = {0x7fff0001, 0x12340000, 0x80000001,
					  0x00000001, 0x7fc00001, 0x00051000};

	for (size_t i = 0; i < COUNT(values); i++) {
		char name[BPF_ACTION_NAME_MAX];
		uint32_t action;

		bpf_action_name(values[i], name);
		ck_assert_msg(!bpf_action_parse(name, &action), "'%s'", name);
	}
}
END_TEST

/*
 * A jump over COUNT loads: to the answer 1 if the number is 7, to the answer 2 if not; the
 * nearer one of the two is GAP instructions before the other.
 */
static struct bpf_code far_jump(struct arena *arena, size_t count, size_t gap, bool is_yes_far)
{
	struct bpf_assembler *assembler = bpf_assembler_new(arena);
	bpf_label labels[2];

	for (int i = 0; i < 2; i++) {
		bool yes = is_yes_far == !i;
		bpf_label ret = bpf_write_ret(assembler, yes ? 1 : 2);

		/* Not the bare return, which would be written anew. */
		bpf_write_near(assembler, ret);
		labels[yes ? 0 : 1] = bpf_write_load(assembler, BPF_FIELD_ARCH);
		for (size_t j = 0; j < (i ? count : gap); j++)
			bpf_write_load(assembler, BPF_FIELD_NR);
	}
	bpf_write_jump(assembler, BPF_JEQ, 7, labels[0], labels[1]);
	return bpf_assembler_finish(assembler, arena, bpf_write_load(assembler, BPF_FIELD_NR));
}

static void check_far_jump(size_t count, size_t gap, bool is_yes_far)
{
	struct arena *arena = arena_new();
	struct bpf_code code = far_jump(arena, count, gap, is_yes_far);
	struct seccomp_data data = {.nr = 7};

	ck_assert(bpf_check(code.items, code.count, NULL));
	ck_assert_uint_eq(toy_answer(&code, &data), 1);
	data.nr = 8;
	ck_assert_uint_eq(toy_answer(&code, &data), 2);
	arena_free(arena);
}

START_TEST(jump_of_any_distance_arrives)
{
	static const size_t gaps[] = {0, 1, 2, 250, 1000};

	for (size_t count = 0; count < 1000; count += count < 240 || count > 270 ? 15 : 1) {
		for (size_t i = 0; i < COUNT(gaps); i++) {
			check_far_jump(count, gaps[i], true);
			check_far_jump(count, gaps[i], false);
		}
	}
}
END_TEST

START_TEST(far_return_is_written_anew_instead_of_jumped_to)
{
	struct arena *arena = arena_new();
	struct bpf_assembler *assembler = bpf_assembler_new(arena);
	bpf_label one = bpf_write_ret(assembler, 1), two = bpf_write_ret(assembler, 2);
	struct bpf_code code;

	bpf_write_near(assembler, one);
	bpf_write_near(assembler, two);
	for (size_t i = 0; i < 300; i++)
		bpf_write_load(assembler, BPF_FIELD_NR);
	code = bpf_assembler_finish(assembler, arena,
				    bpf_write_jump(assembler, BPF_JEQ, 7, one, two));
	for (size_t i = 0; i < code.count; i++)
		ck_assert_uint_ne(code.items[i].code, BPF_JMP | BPF_JA);
	ck_assert_uint_eq(code.count, 305);
	arena_free(arena);
}
END_TEST

static const struct sock_filter answer = STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

START_TEST(filter_that_the_kernel_would_refuse_is_refused_at_the_instruction)
{
	static const struct {
		struct sock_filter bad;
		const char *reason;
	} cases[] = {
		{STMT(BPF_LD | BPF_H | BPF_ABS, 0), "no such"},
		{STMT(BPF_LD | BPF_W | BPF_IND, 0), "no such"},
		{STMT(BPF_LDX | BPF_B | BPF_MSH, 0), "no such"},
		{STMT(BPF_ALU | BPF_MOD | BPF_K, 3), "no such"},
		{STMT(0xffff, 0), "no such"},
		{STMT(BPF_LD | BPF_W | BPF_ABS, 2), "offset"},
		{STMT(BPF_LD | BPF_W | BPF_ABS, 64), "offset"},
		{STMT(BPF_ALU | BPF_DIV | BPF_K, 0), "zero"},
		{STMT(BPF_ALU | BPF_LSH | BPF_K, 32), "shift"},
		{STMT(BPF_JMP | BPF_JA, 1), "out of"},
		{STMT(BPF_JMP | BPF_JA, UINT32_MAX), "out of"},
		{JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), "out of"},
		{JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), "out of"},
		{STMT(BPF_ST, 16), "scratch"},
		{STMT(BPF_LD | BPF_MEM, 0), "before it is written"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct sock_filter filter[] = {STMT(BPF_LD | BPF_IMM, 1), cases[i].bad,
						     answer};
		struct bpf_fault fault = {0};

		ck_assert(!bpf_check(filter, 3, &fault));
		ck_assert_uint_eq(fault.index, 1);
		ck_assert_msg(strstr(fault.reason, cases[i].reason), "%zu: %s", i,
			      fault.reason);
	}
}
END_TEST

START_TEST(filter_must_have_1_to_4096_instructions_and_end_with_a_return)
{
	static struct sock_filter filter[4097];
	const struct sock_filter load = STMT(BPF_LD | BPF_IMM, 1);
	struct bpf_fault fault;

	for (size_t i = 0; i < COUNT(filter); i++)
		filter[i] = answer;
	ck_assert(!bpf_check(filter, 0, &fault));
	ck_assert(bpf_check(filter, 1, &fault));
	ck_assert(bpf_check(filter, 4096, &fault));
	ck_assert(!bpf_check(filter, 4097, &fault));
	filter[1] = load;
	ck_assert(!bpf_check(filter, 2, &fault));
	ck_assert_uint_eq(fault.index, 1);
	ck_assert(bpf_check(filter, 3, NULL));
}
END_TEST

START_TEST(scratch_word_must_be_written_on_every_path)
{
	struct sock_filter filter[] = {
		STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		STMT(BPF_ST, 3),
		STMT(BPF_LDX | BPF_MEM, 3),
		STMT(BPF_RET | BPF_A, 0),
	};
	struct bpf_fault fault;

	ck_assert(!bpf_check(filter, COUNT(filter), &fault));
	ck_assert_uint_eq(fault.index, 3);
	filter[1].jf = 0;
	ck_assert(bpf_check(filter, COUNT(filter), &fault));
}
END_TEST

static uint32_t run(const struct sock_filter *filter, size_t count)
{
	const struct seccomp_data data = {.nr = 6, .arch = 3, .args = {0x1122334455667788}};
	const struct bpf_code code = {.items = filter, .count = count};

	ck_assert(bpf_check(filter, count, NULL));
	return toy_answer(&code, &data);
}

START_TEST(arithmetic_is_that_of_32_bits)
{
	static const struct {
		uint16_t op;
		uint32_t a, operand, result;
	} cases[] = {
		{BPF_ADD, 0xffffffff, 2, 1},  {BPF_SUB, 1, 2, 0xffffffff},
		{BPF_MUL, 0x80000001, 2, 2},  {BPF_DIV, 7, 2, 3},
		{BPF_AND, 6, 3, 2},	      {BPF_OR, 6, 3, 7},
		{BPF_XOR, 6, 3, 5},	      {BPF_LSH, 0xc0000001, 1, 0x80000002},
		{BPF_RSH, 0x80000000, 31, 1}, {BPF_NEG, 1, 1, 0xffffffff},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct sock_filter constant[] = {
			STMT(BPF_LD | BPF_IMM, cases[i].a),
			STMT(BPF_ALU | cases[i].op | BPF_K, cases[i].operand),
			STMT(BPF_RET | BPF_A, 0)};
		const struct sock_filter variable[] = {
			STMT(BPF_LDX | BPF_IMM, cases[i].operand),
			STMT(BPF_LD | BPF_IMM, cases[i].a),
			STMT(BPF_ALU | cases[i].op | BPF_X, 0), STMT(BPF_RET | BPF_A, 0)};

		ck_assert_uint_eq(run(constant, COUNT(constant)), cases[i].result);
		if (cases[i].op != BPF_NEG)
			ck_assert_uint_eq(run(variable, COUNT(variable)), cases[i].result);
	}
}
END_TEST

START_TEST(shift_by_a_register_counts_five_bits)
{
	const struct sock_filter filter[] = {
		STMT(BPF_LDX | BPF_IMM, 33), STMT(BPF_LD | BPF_IMM, 3),
		STMT(BPF_ALU | BPF_LSH | BPF_X, 0), STMT(BPF_RET | BPF_A, 0)};

	ck_assert_uint_eq(run(filter, COUNT(filter)), 6);
}
END_TEST

START_TEST(division_by_zero_kills)
{
	const struct sock_filter filter[] = {STMT(BPF_LD | BPF_IMM, 5),
					     STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
					     STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};

	ck_assert_uint_eq(run(filter, COUNT(filter)), SECCOMP_RET_KILL_THREAD);
}
END_TEST

START_TEST(registers_and_scratch_words_keep_their_values)
{
	const struct sock_filter filter[] = {
		STMT(BPF_LD | BPF_W | BPF_LEN, 0), /* 64 */
		STMT(BPF_ST, 15),
		STMT(BPF_LD | BPF_W | BPF_ABS, BPF_FIELD_NR), /* 6 */
		STMT(BPF_MISC | BPF_TAX, 0),
		STMT(BPF_STX, 0),
		STMT(BPF_LDX | BPF_MEM, 15),
		STMT(BPF_LD | BPF_MEM, 0),
		STMT(BPF_ALU | BPF_ADD | BPF_X, 0), /* 70 */
		STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
		STMT(BPF_ALU | BPF_SUB | BPF_X, 0), /* 6 */
		STMT(BPF_LDX | BPF_IMM, 9),
		JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0),
		STMT(BPF_MISC | BPF_TXA, 0),
		STMT(BPF_RET | BPF_A, 0),
	};

	ck_assert_uint_eq(run(filter, COUNT(filter)), 9);
}
END_TEST

START_TEST(comparisons_are_unsigned)
{
	static const struct {
		uint32_t a, operand;
		uint16_t op;
		bool holds;
	} cases[] = {
		{5, 5, BPF_JEQ, true},		{5, 6, BPF_JEQ, false},
		{0x80000000, 1, BPF_JGT, true}, {5, 5, BPF_JGT, false},
		{5, 5, BPF_JGE, true},		{1, 0x80000000, BPF_JGE, false},
		{6, 2, BPF_JSET, true},		{6, 9, BPF_JSET, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct sock_filter filter[] = {
			STMT(BPF_LD | BPF_IMM, cases[i].a),
			JUMP(BPF_JMP | cases[i].op | BPF_K, cases[i].operand, 0, 1),
			STMT(BPF_RET | BPF_K, 1), STMT(BPF_RET | BPF_K, 0)};

		ck_assert_uint_eq(run(filter, COUNT(filter)), cases[i].holds);
	}
}
END_TEST

START_TEST(simulation_counts_instructions_and_stops_at_what_is_refused)
{
	const struct sock_filter good[] = {STMT(BPF_JMP | BPF_JA, 1), answer, answer};
	const struct sock_filter bad[] = {STMT(BPF_LD | BPF_IMM, 0), STMT(BPF_JMP | BPF_JA, 1),
					  answer};
	const struct seccomp_data data = {0};
	struct bpf_result result;

	ck_assert(bpf_sim(good, COUNT(good), &data, &result));
	ck_assert_uint_eq(result.executed, 2);
	ck_assert(!bpf_sim(bad, COUNT(bad), &data, &result));
	ck_assert(!bpf_sim(bad, 1, &data, &result));
	ck_assert(!bpf_sim(bad, 0, &data, &result));
}
END_TEST

/* The listing of CODE; the caller frees it. */
static char *listing_of(struct toy *toy, const struct bpf_code *code, int arch)
{
	struct bpf_listing listing = {.db = toy ? &toy->db : NULL, .arch = arch};
	struct arena *arena = arena_new();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	bpf_disasm(arena, code, &listing, out);
	fclose(out);
	arena_free(arena);
	return text;
}

START_TEST(listing_names_fields_calls_architectures_and_actions)
{
	struct toy *toy = toy_new();
	const struct sock_filter filter[] = {
		STMT(BPF_LD | BPF_W | BPF_ABS, BPF_FIELD_ARCH),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 0, 6),
		STMT(BPF_LD | BPF_W | BPF_ABS, BPF_FIELD_NR),
		JUMP(BPF_JMP | BPF_JGE | BPF_K, 3, 1, 0),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 3, 4),
		STMT(BPF_LD | BPF_W | BPF_ABS, BPF_FIELD_ARGS + 8),
		STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
		JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10, 0, 1),
		STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct bpf_code code = {.items = filter, .count = COUNT(filter)};
	char *text = listing_of(toy, &code, -1);

	ck_assert_str_eq(text,
			 "0000: 20 00 00 00000004  A = arch\n"
			 "0001: 15 00 06 c000003e  if (A != little) goto 0008\n"
			 "0002: 20 00 00 00000000  A = sys_number\n"
			 "0003: 35 01 00 00000003  if (A >= c3) goto 0005\n"
			 "0004: 15 03 04 00000001  if (A == c1) goto 0008 else goto 0009\n"
			 "0005: 20 00 00 00000018  A = args[1] low\n"
			 "0006: 54 00 00 000000ff  A &= 0xff\n"
			 "0007: 45 00 01 00000010  if (!(A & 0x10)) goto 0009\n"
			 "0008: 06 00 00 00050001  return errno:EPERM\n"
			 "0009: 06 00 00 80000000  return kill\n");
	free(text);
	arena_free(toy->arena);
}
END_TEST

START_TEST(listing_names_calls_only_where_the_architecture_is_certain)
{
	struct toy *toy = toy_new();
	const struct sock_filter filter[] = {
		STMT(BPF_LD | BPF_W | BPF_ABS, BPF_FIELD_NR),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		answer,
		answer,
	};
	const struct bpf_code code = {.items = filter, .count = COUNT(filter)};
	char *text = listing_of(toy, &code, -1);

	ck_assert_ptr_nonnull(strstr(text, "0002: 15 00 01 00000001  if (A != 1) goto 0004\n"));
	free(text);
	text = listing_of(toy, &code, TOY_LITTLE);
	ck_assert_ptr_nonnull(strstr(text, "if (A != c1) goto 0004\n"));
	free(text);
	text = listing_of(NULL, &code, -1);
	ck_assert_ptr_nonnull(strstr(text, "if (A != 1) goto 0004\n"));
	free(text);
	arena_free(toy->arena);
}
END_TEST

START_TEST(listing_of_malformed_code_says_what_is_wrong)
{
	const struct sock_filter filter[] = {STMT(0xbeef, 5),
					     STMT(BPF_JMP | BPF_JA, 0xffffffff),
					     STMT(BPF_LD | BPF_W | BPF_ABS, 7)};
	const struct bpf_code code = {.items = filter, .count = 3, .trailing = 5};
	const struct bpf_code empty = {.trailing = 1};
	char *text = listing_of(NULL, &code, -1);

	ck_assert_str_eq(text,
			 "0000: beef 00 00 00000005  ? no instruction that seccomp knows\n"
			 "0001: 05 00 00 ffffffff  goto 4294967297\n"
			 "0002: 20 00 00 00000007  A = data[7]\n"
			 "; 5 bytes behind the last instruction\n"
			 "; the kernel does not take this filter: 0000: seccomp has no such "
			 "instruction\n");
	free(text);
	text = listing_of(NULL, &empty, -1);
	ck_assert_str_eq(text, "; 1 byte behind the last instruction\n"
			       "; the kernel does not take this filter: 0000: the filter is "
			       "empty\n");
	free(text);
}
END_TEST

START_TEST(code_survives_being_written_and_read_in_either_order)
{
	const struct sock_filter filter[] = {JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x01020304, 5, 6),
					     answer};
	const struct bpf_code code = {.items = filter, .count = 2};
	const uint8_t little[] = {0x15, 0, 5, 6, 4, 3, 2, 1};
	const uint8_t big[] = {0, 0x15, 5, 6, 1, 2, 3, 4};
	struct arena *arena = arena_new();

	ck_assert_mem_eq(bpf_encode(arena, &code, BPF_LITTLE), little, 8);
	ck_assert_mem_eq(bpf_encode(arena, &code, BPF_BIG), big, 8);
	ck_assert_mem_eq(bpf_encode(arena, &code, BPF_NATIVE), filter, 16);
	for (enum bpf_order order = BPF_NATIVE; order <= BPF_BIG; order++) {
		struct bpf_code back = bpf_decode(arena, bpf_encode(arena, &code, order),
						  16 + 3 * (order == BPF_BIG), order);

		ck_assert_uint_eq(back.count, 2);
		ck_assert_uint_eq(back.trailing, order == BPF_BIG ? 3 : 0);
		ck_assert_mem_eq(back.items, filter, sizeof(filter));
	}
	arena_free(arena);
}
END_TEST

/* A file with SIZE bytes; its name goes to PATH. */
static void make_file(char path[static 32], size_t size)
{
	char *bytes = calloc(1, size + 1);
	int file;

	snprintf(path, 32, "/tmp/scml-bpf-XXXXXX");
	file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
	close(file);
	free(bytes);
}

START_TEST(file_is_read_whole_and_one_that_is_too_large_is_refused)
{
	struct arena *arena = arena_new();
	const char *error = NULL;
	struct bpf_code code;
	char path[32];

	make_file(path, 8 * 4097 + 3);
	ck_assert(bpf_read(arena, path, &code, &error));
	ck_assert_uint_eq(code.count, 4097);
	ck_assert_uint_eq(code.trailing, 3);
	unlink(path);
	make_file(path, BPF_RAW_MAX_BYTES + 1);
	ck_assert(!bpf_read(arena, path, &code, &error));
	ck_assert_str_eq(error, "too large for a filter");
	unlink(path);
	ck_assert(!bpf_read(arena, path, &code, &error));
	ck_assert_str_eq(error, strerror(ENOENT));
	ck_assert(!bpf_read(arena, "/", &code, &error));
	ck_assert_str_eq(error, strerror(EISDIR));
	arena_free(arena);
}
END_TEST

START_TEST(whatever_the_check_takes_runs_to_an_answer_and_anything_can_be_listed)
{
	struct random random = random_new(
		"whatever_the_check_takes_runs_to_an_answer_and_anything_can_be_listed");
	struct sock_filter filter[40];
	unsigned taken = 0;

	for (size_t i = 0; i < 20000; i++) {
		struct bpf_code code = {.items = filter};
		struct seccomp_data data = {.nr = (int)random_below(&random, 400)};
		struct bpf_result result;
		char *text;

		code.count = random_program(&random, filter, COUNT(filter));
		if (bpf_check(filter, code.count, NULL)) {
			taken++;
			ck_assert(bpf_sim(filter, code.count, &data, &result));
		} else {
			bpf_sim(filter, code.count, &data, &result);
		}
		if (i % 20)
			continue;
		text = listing_of(NULL, &code, -1);
		ck_assert_uint_ge(strlen(text), code.count * 20);
		free(text);
	}
	ck_assert_uint_ge(taken, 1000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bpf");
	TCase *tests = tcase_create("filters");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, action_has_the_value_that_the_kernel_knows);
	tcase_add_test(tests, every_errno_has_a_name_that_reads_back);
	tcase_add_test(tests, second_names_of_errnos_are_known);
	tcase_add_test(tests, text_that_is_no_action_is_refused);
	tcase_add_test(tests, value_without_a_text_of_its_own_is_not_mistaken_for_one);
	tcase_add_test(tests, jump_of_any_distance_arrives);
	tcase_add_test(tests, far_return_is_written_anew_instead_of_jumped_to);
	tcase_add_test(tests,
		       filter_that_the_kernel_would_refuse_is_refused_at_the_instruction);
	tcase_add_test(tests, filter_must_have_1_to_4096_instructions_and_end_with_a_return);
	tcase_add_test(tests, scratch_word_must_be_written_on_every_path);
	tcase_add_test(tests, arithmetic_is_that_of_32_bits);
	tcase_add_test(tests, shift_by_a_register_counts_five_bits);
	tcase_add_test(tests, division_by_zero_kills);
	tcase_add_test(tests, registers_and_scratch_words_keep_their_values);
	tcase_add_test(tests, comparisons_are_unsigned);
	tcase_add_test(tests, simulation_counts_instructions_and_stops_at_what_is_refused);
	tcase_add_test(tests, listing_names_fields_calls_architectures_and_actions);
	tcase_add_test(tests, listing_names_calls_only_where_the_architecture_is_certain);
	tcase_add_test(tests, listing_of_malformed_code_says_what_is_wrong);
	tcase_add_test(tests, code_survives_being_written_and_read_in_either_order);
	tcase_add_test(tests, file_is_read_whole_and_one_that_is_too_large_is_refused);
	tcase_add_test(tests,
		       whatever_the_check_takes_runs_to_an_answer_and_anything_can_be_listed);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
