/*
 * Filters made with --profile, over recorded calls: those that the profile counted, others of
 * the same programs, and those of other programs. Skipped where the policies are not there.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "../bench/filter/bench.h"
#include "../unit/spec_text.h"
#include "bpf/codegen.h"
#include "bpf/habit.h"
#include "bpf/sim.h"

enum {
	SKIPPED = 77,
	MAX_TEXT = 1 << 20,
	POLICIES = 3,
};

static const struct {
	struct policy policy;
	const char *other; /* calls of programs that the policy is not about */
	uint32_t on_mismatch;
} subjects[POLICIES] = {
	{{.name = "docker", .trace = "service"}, "net", SECCOMP_RET_ERRNO | 1},
	{{.name = "net", .trace = "net"}, "service", SECCOMP_RET_ERRNO | 38},
	{{.name = "svc", .trace = "service"}, "net", SECCOMP_RET_KILL_PROCESS},
};

static struct spec_text spec;
static struct trace trace, other;
static struct bpf_options options;

/* The text of the policy NAME, to be freed; NULL where there is none. */
static char *read_policy(const char *name)
{
	char path[4096], *text;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s.scml", SCML_POLICIES, name);
	in = fopen(path, "r");
	if (!in)
		return NULL;
	text = calloc(MAX_TEXT, 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_gt(fread(text, 1, MAX_TEXT - 1, in), 0);
	fclose(in);
	return text;
}

static void set_up(int subject)
{
	const struct policy others = {.name = subjects[subject].policy.name,
				      .trace = subjects[subject].other};
	char *text = read_policy(subjects[subject].policy.name);

	ck_assert_ptr_nonnull(text);
	spec = spec_text_compile(text, "x86_64");
	free(text);
	ck_assert_uint_eq(diags_count(spec.diags, DIAG_ERROR), 0);
	trace = trace_read(SCML_POLICIES, &subjects[subject].policy, 1);
	other = trace_read(SCML_POLICIES, &others, 2);
	options = bpf_options_default();
	options.on_mismatch = subjects[subject].on_mismatch;
}

static void tear_down(void)
{
	free(trace.calls);
	free(other.calls);
	spec_text_free(&spec);
}

/* What COUNT calls from FIRST on were. */
static struct bpf_profile profile_of(const struct seccomp_data *first, size_t count)
{
	const struct abi_db *db = spec.rules->db;
	uint64_t *counts = ARENA_ARRAY(spec.arena, uint64_t, db->call_count);
	struct bpf_habits *habits = bpf_habits_new(spec.arena, db->call_count);

	for (size_t i = 0; i < count; i++) {
		const struct abi_call *call =
			abi_call_by_nr(db, spec.rules->arch, (uint32_t)first[i].nr);
		uint64_t args[BPF_HABIT_ARGS];

		if (!call)
			continue;
		for (int j = 0; j < BPF_HABIT_ARGS; j++)
			args[j] = first[i].args[j];
		counts[call - db->calls]++;
		bpf_habits_add(habits, (size_t)(call - db->calls), args, 1);
	}
	return (struct bpf_profile){counts, habits};
}

static struct bpf_code compile(const struct bpf_profile *profile)
{
	struct bpf_code code;

	options.profile = profile;
	code = bpf_compile(spec.arena, spec.diags, &spec.rules, 1, &options);
	ck_assert_uint_gt(code.count, 0);
	return code;
}

/* The instructions that CODE executes for COUNT calls from FIRST on; it answers as WITHOUT. */
static double mean(struct bpf_code code, struct bpf_code without,
		   const struct seccomp_data *first, size_t count)
{
	double all = 0;

	for (size_t i = 0; i < count; i++) {
		struct bpf_result result, wanted;

		ck_assert(bpf_sim(code.items, code.count, &first[i], &result));
		ck_assert(bpf_sim(without.items, without.count, &first[i], &wanted));
		ck_assert_uint_eq(result.action, wanted.action);
		all += result.executed;
	}
	return all / (double)count;
}

START_TEST(profile_of_one_half_makes_the_other_half_no_slower)
{
	struct bpf_code without;
	size_t half;

	set_up(_i);
	half = trace.count / 2;
	without = compile(NULL);
	for (size_t i = 0; i < 2; i++) {
		const struct seccomp_data *seen = trace.calls + i * half;
		const struct seccomp_data *unseen = trace.calls + (1 - i) * half;
		struct bpf_profile profile = profile_of(seen, half);
		double with = mean(compile(&profile), without, unseen, half);
		double plain = mean(without, without, unseen, half);

		printf("%s: profile of half %zu, over the other: %.3f, without %.3f\n",
		       subjects[_i].policy.name, i + 1, with, plain);
		ck_assert(with <= plain);
	}
	tear_down();
}
END_TEST

START_TEST(profile_makes_the_calls_faster_that_it_counted)
{
	struct bpf_profile profile;
	struct bpf_code without;

	set_up(_i);
	without = compile(NULL);
	profile = profile_of(trace.calls, trace.count);
	ck_assert(mean(compile(&profile), without, trace.calls, trace.count) <
		  mean(without, without, trace.calls, trace.count));
	tear_down();
}
END_TEST

START_TEST(profile_of_other_programs_costs_less_than_a_hundredth)
{
	struct bpf_profile profile;
	struct bpf_code without;
	double with, plain;

	set_up(_i);
	without = compile(NULL);
	profile = profile_of(other.calls, other.count);
	with = mean(compile(&profile), without, trace.calls, trace.count);
	plain = mean(without, without, trace.calls, trace.count);
	printf("%s: profile of other programs: %.3f, without %.3f\n", subjects[_i].policy.name,
	       with, plain);
	ck_assert(with < plain * 1.01);
	tear_down();
}
END_TEST

START_TEST(profile_of_a_few_calls_is_hardly_believed)
{
	struct bpf_profile profile;
	struct bpf_code without;

	set_up(_i);
	without = compile(NULL);
	profile = profile_of(trace.calls, 1);
	ck_assert(mean(compile(&profile), without, trace.calls, trace.count) <=
		  mean(without, without, trace.calls, trace.count));
	tear_down();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profiles");
	TCase *tcase = tcase_create("profiles");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (access(SCML_POLICIES "/net.scml", R_OK) || system("zstd -V >/dev/null 2>&1")) {
		puts("there are no policies and no recorded calls");
		return SKIPPED;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, profile_of_one_half_makes_the_other_half_no_slower, 0,
			    POLICIES);
	tcase_add_loop_test(tcase, profile_makes_the_calls_faster_that_it_counted, 0, POLICIES);
	tcase_add_loop_test(tcase, profile_of_other_programs_costs_less_than_a_hundredth, 0,
			    POLICIES);
	tcase_add_loop_test(tcase, profile_of_a_few_calls_is_hardly_believed, 0, POLICIES);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
