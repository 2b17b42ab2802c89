/* Filters and what they are proved to answer: nothing wrong passes, nothing right is refused.
 */
#include <check.h>
#include <stdlib.h>

#include "bpf/check.h"
#include "bpf/expected.h"
#include "bpf/space.h"
#include "bpf/symbolic.h"
#include "bpf/verify.h"
#include "bpf_random_code.h"
#include "bpf_rules.h"

enum { FUZZED_CALLS = 200, PROGRAM_MAX = 40 };

static struct toy *toy;

static void set_up(void)
{
	toy = toy_new();
}

static void tear_down(void)
{
	arena_free(toy->arena);
}

/* ---- a filter, its rules, and calls to try ---- */

struct subject {
	const struct rules *rules[TOY_ARCHS];
	size_t count;
	struct bpf_options options;
	struct bpf_code code;
	struct random_pool pool;
};

static void subject_make(struct subject *subject, struct random *random, size_t archs,
			 size_t most)
{
	unsigned first = random_below(random, TOY_ARCHS);

	*subject = (struct subject){.count = archs, .options = random_options(random)};
	for (size_t i = 0; i < archs; i++)
		subject->rules[i] = random_rules(random, toy, (unsigned)(first + i) % TOY_ARCHS,
						 &subject->pool, most);
	subject->code = bpf_compile(toy->arena, toy->diags, subject->rules, subject->count,
				    &subject->options);
	ck_assert_uint_gt(subject->code.count, 0);
}

static struct bpf_proof verify(const struct subject *subject, const struct bpf_code *code)
{
	return bpf_verify(toy->arena, code, subject->rules, subject->count, &subject->options);
}

static uint32_t wanted(const struct subject *subject, const struct seccomp_data *data)
{
	return wanted_answer(toy, subject->rules, subject->count, &subject->options, data);
}

/* A call near to what the rules or CODE compare with. */
static struct seccomp_data random_call(struct random *random, const struct subject *subject,
				       const struct bpf_code *code)
{
	unsigned arch = subject->rules[random_below(random, (unsigned)subject->count)]->arch;
	uint64_t args[6];
	struct seccomp_data data;

	random_args(random, &subject->pool, args);
	for (int i = 0; i < 6; i++)
		if (random_below(random, 3) == 0)
			args[i] = code->items[random_below(random, (unsigned)code->count)].k;
	if (random_below(random, 20) == 0)
		arch = random_below(random, TOY_ARCHS);
	data = toy_data(arch, random_nr(random), args);
	if (random_below(random, 50) == 0)
		data.nr = (int)random_value(random);
	if (random_below(random, 50) == 0)
		data.arch ^= 1u << random_below(random, 32);
	return data;
}

/* Every difference that PROOF names is one. */
static void check_differences(const struct subject *subject, const struct bpf_code *code,
			      const struct bpf_proof *proof)
{
	ck_assert_uint_gt(proof->differences.count, 0);
	for (size_t i = 0; i < proof->differences.count; i++) {
		const struct bpf_difference *one = &proof->differences.items[i];
		struct seccomp_data last = one->call;

		ck_assert_uint_eq(one->is, toy_answer(code, &one->call));
		ck_assert_uint_eq(one->wanted, wanted(subject, &one->call));
		ck_assert_uint_ne(one->is, one->wanted);
		last.nr = (int)one->last_nr;
		ck_assert_uint_eq(one->is, toy_answer(code, &last));
		ck_assert_uint_eq(one->wanted, wanted(subject, &last));
	}
}

static void check_same(struct random *random, const struct subject *subject,
		       const struct bpf_code *code, size_t calls)
{
	for (size_t i = 0; i < calls; i++) {
		struct seccomp_data data = random_call(random, subject, code);

		ck_assert_uint_eq(toy_answer(code, &data), wanted(subject, &data));
	}
}

/* CODE is proved to be right or wrong, and trying it agrees. */
static enum bpf_verdict check_verdict(struct random *random, const struct subject *subject,
				      const struct bpf_code *code, size_t calls)
{
	struct bpf_proof proof = verify(subject, code);

	ck_assert_msg(proof.verdict != BPF_UNCLEAR, "%zu: %s", proof.unclear.index,
		      proof.unclear.reason);
	if (proof.verdict == BPF_DIFFERENT)
		check_differences(subject, code, &proof);
	else
		check_same(random, subject, code, calls);
	return proof.verdict;
}

START_TEST(our_own_filters_are_proved)
{
	struct random random = random_new("our_own_filters_are_proved");

	for (size_t i = 0; i < 300 / ROUNDS_DIVISOR; i++) {
		struct subject subject;

		set_up();
		subject_make(&subject, &random, 1 + i % TOY_ARCHS, i % 20 ? 8 : 60);
		ck_assert_int_eq(check_verdict(&random, &subject, &subject.code, 20), BPF_SAME);
		tear_down();
	}
}
END_TEST

/* ---- filters with one fault ---- */

/* Change ONE in way number WAY; false where there is no such way. NEXT may change too. */
typedef bool change_fn(struct sock_filter *one, struct sock_filter *next, unsigned way);

static bool flip_constant(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	(void)next;
	one->k ^= UINT32_C(1) << way;
	return true;
}

static bool shift_constant(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	static const uint32_t by[] = {1, UINT32_MAX, 4, 0u - 4, 0x10000};

	(void)next;
	one->k += by[way];
	return true;
}

static bool shift_jump(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	uint8_t *distance = way & 1 ? &one->jt : &one->jf;

	(void)next;
	*distance = (uint8_t)(*distance + (way & 2 ? 1 : 255));
	return BPF_CLASS(one->code) == BPF_JMP;
}

static bool change_jump(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	static const uint16_t jumps[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};

	(void)next;
	if (BPF_CLASS(one->code) != BPF_JMP)
		return false;
	one->code = (uint16_t)(BPF_JMP | jumps[way] | BPF_K);
	return true;
}

static bool swap_jump(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	uint8_t yes = one->jt;

	(void)next;
	(void)way;
	one->jt = one->jf;
	one->jf = yes;
	return BPF_CLASS(one->code) == BPF_JMP;
}

static bool change_operation(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	static const uint16_t operations[] = {BPF_AND, BPF_OR,	BPF_ADD,
					      BPF_XOR, BPF_RSH, BPF_LSH};

	(void)next;
	if (BPF_CLASS(one->code) != BPF_ALU)
		return false;
	one->code = (uint16_t)(BPF_ALU | operations[way] | BPF_K);
	return true;
}

static bool swap_with_next(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	struct sock_filter old = *one;

	(void)way;
	if (!next)
		return false;
	*one = *next;
	*next = old;
	return true;
}

static bool replace(struct sock_filter *one, struct sock_filter *next, unsigned way)
{
	(void)next;
	if (way)
		*one = (struct sock_filter){.code = BPF_RET | BPF_A};
	else
		*one = (struct sock_filter){.code = BPF_JMP | BPF_JA};
	return true;
}

static const struct {
	change_fn *change;
	unsigned ways;
} changes[] = {
	{flip_constant, 32}, {shift_constant, 5},   {shift_jump, 4},	 {change_jump, 4},
	{swap_jump, 1},	     {change_operation, 6}, {swap_with_next, 1}, {replace, 2},
};

static void check_faults_at(struct random *random, const struct subject *subject, size_t at,
			    size_t verdicts[])
{
	size_t count = subject->code.count;
	struct sock_filter *items = ARENA_ARRAY(toy->arena, struct sock_filter, count);
	const struct bpf_code code = {.items = items, .count = count};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		for (unsigned way = 0; way < changes[i].ways; way++) {
			struct bpf_proof proof;

			memcpy(items, subject->code.items, count * sizeof(*items));
			if (!changes[i].change(&items[at],
					       at + 1 < count ? &items[at + 1] : NULL, way) ||
			    !bpf_check(items, count, NULL))
				continue;
			proof = verify(subject, &code);
			verdicts[proof.verdict]++;
			if (proof.verdict == BPF_DIFFERENT)
				check_differences(subject, &code, &proof);
			else if (proof.verdict == BPF_SAME)
				check_same(random, subject, &code, FUZZED_CALLS);
			else /* the one instruction of these that is not always understood */
				ck_assert_uint_eq(items[proof.unclear.index].code,
						  BPF_RET | BPF_A);
		}
	}
}

START_TEST(every_fault_of_one_instruction_is_found_or_makes_no_difference)
{
	struct random random =
		random_new("every_fault_of_one_instruction_is_found_or_makes_no_difference");
	size_t verdicts[BPF_UNCLEAR + 1] = {0};

	for (size_t round = 0; round < (ROUNDS_DIVISOR > 1 ? 1 : 3); round++) {
		struct subject subject;

		set_up();
		do {
			subject_make(&subject, &random, 1 + round % 2, 4);
		} while (subject.code.count < 30 || subject.code.count > 90);
		for (size_t at = 0; at < subject.code.count; at++)
			check_faults_at(&random, &subject, at, verdicts);
		tear_down();
	}
	printf("faults: %zu found, %zu without effect, %zu not judged\n",
	       verdicts[BPF_DIFFERENT], verdicts[BPF_SAME], verdicts[BPF_UNCLEAR]);
	ck_assert_uint_gt(verdicts[BPF_DIFFERENT], ROUNDS_DIVISOR > 1 ? 200 : 1000);
}
END_TEST

START_TEST(rules_with_another_value_are_another_answer)
{
	struct random random = random_new("rules_with_another_value_are_another_answer");
	size_t different = 0;

	for (size_t i = 0; i < 300 / ROUNDS_DIVISOR; i++) {
		struct subject subject, other;

		set_up();
		subject_make(&subject, &random, 1, 6);
		other = subject;
		other.rules[0] =
			random_rules(&random, toy, subject.rules[0]->arch, &other.pool, 2);
		different +=
			check_verdict(&random, &other, &subject.code, 200) == BPF_DIFFERENT;
		tear_down();
	}
	ck_assert_uint_gt(different, 290 / ROUNDS_DIVISOR);
}
END_TEST

/* ---- any program ---- */

/* The value of FUNCTION for DATA. */
static uint32_t evaluate(const struct bdd *bdd, bdd_node function,
			 const struct seccomp_data *data)
{
	while (bdd_variable(bdd, function) != BDD_LEAF) {
		uint32_t variable = bdd_variable(bdd, function);
		struct seccomp_data with = *data;

		space_set(&with, variable);
		function = bdd_follow(bdd, function, variable,
				      memcmp(&with, data, sizeof(with)) == 0);
	}
	return bdd_value(bdd, function);
}

static struct seccomp_data any_call(struct random *random)
{
	struct seccomp_data data = {.nr = (int)random_value(random),
				    .arch = (uint32_t)random_value(random),
				    .instruction_pointer = random_value(random)};

	for (int i = 0; i < 6; i++)
		data.args[i] = random_value(random);
	return data;
}

/* What is found out about CODE is what it does; false where nothing is found out. */
static bool check_symbolic(struct random *random, const struct bpf_code *code)
{
	struct arena *arena = arena_new();
	struct bdd *bdd = bdd_new(arena);
	struct bpf_fault fault = {SIZE_MAX, NULL};
	bdd_node answer;
	bool done = bpf_symbolic(bdd, code, &answer, &fault);

	for (int i = 0; done && i < 50; i++) {
		struct seccomp_data data = any_call(random);

		ck_assert_uint_eq(evaluate(bdd, answer, &data), toy_answer(code, &data));
	}
	if (!done) {
		ck_assert_uint_lt(fault.index, code->count);
		ck_assert_ptr_nonnull(fault.reason);
	}
	arena_free(arena);
	return done;
}

START_TEST(random_programs_are_understood)
{
	struct random random = random_new("random_programs_are_understood");
	size_t done = 0, open = 0;

	while (done < 1500) {
		struct sock_filter filter[PROGRAM_MAX];
		struct bpf_code code = {.items = filter};

		code.count = random_program(&random, filter, PROGRAM_MAX);
		for (size_t i = 0; i < code.count; i++)
			if (filter[i].code == (BPF_RET | BPF_K))
				filter[i].k = random_below(&random, 5);
		if (!bpf_check(filter, code.count, NULL))
			continue;
		if (check_symbolic(&random, &code))
			done++;
		else
			open++;
	}
	printf("random programs: %zu understood, %zu not\n", done, open);
	ck_assert_uint_lt(open, done / 4);
}
END_TEST

/* A op B for words of the call, in one bit of the answer. */
static void check_operation(struct random *random, uint16_t op, uint32_t k, bool by_x)
{
	const struct sock_filter filter[] = {
		{BPF_LD | BPF_IMM, 0, 0, k},
		{BPF_MISC | BPF_TAX, 0, 0, 0},
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS},
		{(uint16_t)(BPF_ALU | op | (by_x ? BPF_X : BPF_K)), 0, 0,
		 op == BPF_NEG ? 0 : k},
		{BPF_ST, 0, 0, 3},
		{BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x801},
		{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0x800},
		{BPF_RET | BPF_A, 0, 0, 0},
		{BPF_LDX | BPF_MEM, 0, 0, 3},
		{BPF_LD | BPF_IMM, 0, 0, 0x12345},
		{BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0},
		{BPF_RET | BPF_K, 0, 0, 5},
		{BPF_RET | BPF_K, 0, 0, 6},
	};
	struct bpf_code code = {.items = filter, .count = sizeof(filter) / sizeof(filter[0])};

	if ((op == BPF_MUL || op == BPF_DIV) && k > 33 && k & (k - 1)) /* too complicated */
		return;
	if (bpf_check(code.items, code.count, NULL))
		ck_assert_msg(check_symbolic(random, &code), "%#x %#x", op, k);
}

START_TEST(arithmetic_is_that_of_the_machine)
{
	static const uint32_t numbers[] = {0,  1,  2,  3,   7,		31,
					   32, 33, 64, 255, 0x80000000, UINT32_MAX};
	struct random random = random_new("arithmetic_is_that_of_the_machine");

	for (uint16_t op = BPF_ADD; op <= BPF_XOR; op += BPF_SUB) {
		if (op == 0x90) /* BPF_MOD, which seccomp does not take */
			continue;
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			check_operation(&random, op, numbers[i], false);
			check_operation(&random, op, numbers[i], true);
		}
	}
}
END_TEST

START_TEST(division_by_a_word_that_may_be_zero_ends_the_filter)
{
	static const struct sock_filter filter[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS},
		{BPF_ALU | BPF_AND | BPF_K, 0, 0, 7},
		{BPF_MISC | BPF_TAX, 0, 0, 0},
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS + 8},
		{BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0},
		{BPF_ALU | BPF_AND | BPF_K, 0, 0, 3},
		{BPF_RET | BPF_A, 0, 0, 0},
	};
	struct random random = random_new("division_by_a_word_that_may_be_zero");
	struct bpf_code code = {.items = filter, .count = sizeof(filter) / sizeof(filter[0])};

	ck_assert(check_symbolic(&random, &code));
}
END_TEST

START_TEST(what_is_too_complicated_is_said_and_not_guessed)
{
	static const struct sock_filter product[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS},
		{BPF_MISC | BPF_TAX, 0, 0, 0},
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS + 8},
		{BPF_ALU | BPF_MUL | BPF_X, 0, 0, 0},
		{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 77},
		{BPF_RET | BPF_K, 0, 0, 1},
		{BPF_RET | BPF_K, 0, 0, 2},
	};
	static const struct sock_filter word[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_ARGS},
		{BPF_RET | BPF_A, 0, 0, 0},
	};
	struct random random = random_new("what_is_too_complicated");
	struct bpf_code code = {.items = product, .count = 7};
	struct subject subject;
	struct bpf_proof proof;

	subject_make(&subject, &random, 1, 4);
	proof = verify(&subject, &code);
	ck_assert_int_eq(proof.verdict, BPF_UNCLEAR);
	ck_assert_uint_eq(proof.unclear.index, 3);
	code = (struct bpf_code){.items = word, .count = 2};
	proof = verify(&subject, &code);
	ck_assert_int_eq(proof.verdict, BPF_UNCLEAR);
	ck_assert_uint_eq(proof.unclear.index, 1);
}
END_TEST

START_TEST(numbers_that_differ_alike_are_one_difference)
{
	static const struct sock_filter filter[] = {{BPF_RET | BPF_K, 0, 0, BAD_ARCH}};
	struct bpf_code code = {.items = filter, .count = 1};
	struct subject subject = {.count = 1, .options = distinct_options()};
	struct bpf_proof proof;

	subject.rules[0] = toy_rules(toy, TOY_PLAIN, 2, NULL);
	proof = verify(&subject, &code);
	ck_assert_int_eq(proof.verdict, BPF_DIFFERENT);
	check_differences(&subject, &code, &proof);
	ck_assert_uint_eq(proof.differences.count, 7);
	ck_assert_int_eq(proof.differences.items[0].call.nr, 0);
	ck_assert_uint_eq(proof.differences.items[0].last_nr, 1);
	ck_assert_uint_eq(proof.differences.items[0].wanted, MISMATCH);
	ck_assert_uint_eq(proof.differences.items[1].wanted, ALLOW);
	ck_assert_uint_eq(proof.differences.items[2].last_nr, 4);
	ck_assert_int_eq(proof.differences.items[3].call.nr, TOY_GAP);
	ck_assert_uint_eq(proof.differences.items[5].last_nr, UINT32_MAX - 1);
	ck_assert_uint_eq(proof.differences.items[6].wanted, MISMATCH);
}
END_TEST

START_TEST(other_architectures_and_the_instruction_pointer_count_too)
{
	static const struct sock_filter filter[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, BPF_FIELD_IP + 4},
		{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0x12},
		{BPF_RET | BPF_K, 0, 0, MISMATCH},
		{BPF_RET | BPF_K, 0, 0, ALLOW},
	};
	struct bpf_code code = {.items = filter, .count = 4};
	struct subject subject = {.count = 1, .options = distinct_options()};
	struct bpf_proof proof;

	subject.options.on_bad_arch = MISMATCH;
	subject.options.on_unknown = MISMATCH;
	subject.rules[0] = toy_rules(toy, TOY_PLAIN, 2, toy_group(toy, SCML_OP_FALSE, NULL, 0));
	proof = verify(&subject, &code);
	ck_assert_int_eq(proof.verdict, BPF_DIFFERENT);
	check_differences(&subject, &code, &proof);
	ck_assert_uint_eq(proof.differences.count, 2);
	ck_assert_uint_eq(proof.differences.items[0].call.arch, toy_audit[TOY_PLAIN]);
	ck_assert_uint_eq(proof.differences.items[0].last_nr, UINT32_MAX);
	ck_assert_uint_eq(proof.differences.items[1].call.arch, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verify");
	SRunner *runner = srunner_create(suite);
	TCase *random = tcase_create("random"), *made = tcase_create("made");
	int failed;

	tcase_set_timeout(random, 300);
	tcase_add_test(random, our_own_filters_are_proved);
	tcase_add_test(random, every_fault_of_one_instruction_is_found_or_makes_no_difference);
	tcase_add_test(random, rules_with_another_value_are_another_answer);
	tcase_add_test(random, random_programs_are_understood);
	tcase_add_test(random, arithmetic_is_that_of_the_machine);
	tcase_add_test(random, division_by_a_word_that_may_be_zero_ends_the_filter);
	suite_add_tcase(suite, random);
	tcase_add_checked_fixture(made, set_up, tear_down);
	tcase_set_timeout(made, 60);
	tcase_add_test(made, what_is_too_complicated_is_said_and_not_guessed);
	tcase_add_test(made, numbers_that_differ_alike_are_one_difference);
	tcase_add_test(made, other_architectures_and_the_instruction_pointer_count_too);
	suite_add_tcase(suite, made);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
