/* Profiles: what they say, and what filters make of it. */
#include <check.h>
#include <stdlib.h>

#include "bpf/profile.h"
#include "bpf/sim.h"
#include "bpf_rules.h"
#include "source.h"

static struct toy *toy;

static void set_up(void)
{
	toy = toy_new();
}

static void tear_down(void)
{
	arena_free(toy->arena);
}

static const struct bpf_profile *read_text(const char *text)
{
	struct sources *sources = sources_new(toy->arena);
	const struct source_document *source =
		source_from_text(sources, toy->diags, "profile", text, strlen(text));

	return bpf_profile_read(toy->arena, toy->diags, &toy->db, source->file);
}

static size_t call_index(const char *name)
{
	return (size_t)(abi_call_find(&toy->db, name) - toy->db.calls);
}

/* The share of the first two arguments A and B among what PROFILE finds usual for NAME. */
static unsigned share_of(const struct bpf_profile *profile, const char *name, uint64_t a,
			 uint64_t b)
{
	const uint64_t masks[BPF_HABIT_ARGS] = {UINT32_MAX, UINT32_MAX};
	size_t count = 0;
	const struct bpf_usual *usual = bpf_habits_usual(profile->habits, toy->arena,
							 call_index(name), masks, NULL, &count);

	for (size_t i = 0; i < count; i++)
		if (usual[i].args[0] == a && usual[i].args[1] == b)
			return usual[i].share;
	return 0;
}

START_TEST(every_kind_of_line_is_counted)
{
	const struct bpf_profile *profile =
		read_text("# counts\nc1 3 7 0x10\nc3 5\n12:00:01 c2(1, 2) = 0\n"
			  "{\"type\":\"call\",\"verdict\":\"supported\",\"name\":\"c1\","
			  "\"arch\":\"0xc000003e\",\"nr\":1,\"args\":[\"0x8\",\"0x10\",\"0x0\","
			  "\"0x0\",\"0x0\",\"0x0\"],\"text\":\"c1(8)\"}\n");

	ck_assert_ptr_nonnull(profile);
	ck_assert_uint_eq(profile->counts[call_index("c1")], 4);
	ck_assert_uint_eq(profile->counts[call_index("c2")], 1);
	ck_assert_uint_eq(profile->counts[call_index("c3")], 5);
	ck_assert_uint_eq(share_of(profile, "c1", 7, 0x10), BPF_USUAL_ALL / 2 * 3 / 4);
	ck_assert_uint_eq(share_of(profile, "c1", 8, 0x10), BPF_USUAL_ALL / 2 / 4);
	ck_assert_uint_eq(share_of(profile, "c2", 1, 2), 0);
}
END_TEST

START_TEST(argument_that_is_no_number_is_an_error)
{
	static const char *const texts[] = {"c1 3 x", "c1 3 0x", "c1 3 10f", "c1 3 1,200",
					    "c1 3 1 2 3 4 5 6 7"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		ck_assert_msg(!read_text(texts[i]), "%s", texts[i]);
		ck_assert_msg(diags_count(toy->diags, DIAG_ERROR) == i + 1, "%s", texts[i]);
	}
	ck_assert_ptr_nonnull(read_text("c1 3 1 2 3 4 5 0xffffffffffffffff"));
}
END_TEST

START_TEST(arguments_differ_only_where_they_are_looked_at)
{
	const struct bpf_profile *profile =
		read_text("c1 1 1 2 3\nc1 1 1 2 4\nc1 1 0x100000001 2 5\nc1 1 9 9 9\n");

	ck_assert_uint_eq(share_of(profile, "c1", 1, 2), BPF_USUAL_ALL / 2 * 3 / 4);
}
END_TEST

START_TEST(call_with_ever_new_arguments_has_no_usual_ones)
{
	struct bpf_habits *habits = bpf_habits_new(toy->arena, toy->db.call_count);
	const struct bpf_profile profile = {.habits = habits};
	uint64_t args[BPF_HABIT_ARGS] = {0};

	for (args[0] = 0; args[0] < 100000; args[0]++)
		bpf_habits_add(habits, call_index("c1"), args, 1);
	ck_assert_uint_eq(share_of(&profile, "c1", 5, 0), 0);
	args[0] = 5;
	bpf_habits_add(habits, call_index("c1"), args, 100000);
	ck_assert_uint_eq(share_of(&profile, "c1", 5, 0), BPF_USUAL_ALL / 4);
}
END_TEST

/* The instructions that CODE executes for c1 with ARG, which it allows. */
static uint32_t executed(const struct bpf_code *code, uint64_t arg)
{
	const uint64_t args[6] = {arg};
	const struct seccomp_data data = toy_data(TOY_LITTLE, 1, args);
	struct bpf_result result;

	ck_assert(bpf_sim(code->items, code->count, &data, &result));
	ck_assert_uint_eq(result.action, SECCOMP_RET_ALLOW);
	return result.executed;
}

START_TEST(filter_asks_first_for_what_was_seen)
{
	static const uint64_t values[] = {3, 17, 40, 99, 1000, 1002, 5000, 70000, 70002, 90000};
	struct bpf_options options = bpf_options_default();
	const struct rules *rules = toy_rules(
		toy, TOY_LITTLE, 1, toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, values, 10));
	struct bpf_code without, with;

	options.profile = read_text("c1 1000\n");
	without = bpf_compile(toy->arena, toy->diags, &rules, 1, &options);
	options.profile = read_text("c1 900 5000\nc1 100 17\n");
	with = bpf_compile(toy->arena, toy->diags, &rules, 1, &options);
	ck_assert_uint_lt(executed(&with, 5000), executed(&without, 5000));
	for (size_t i = 0; i < 10; i++)
		executed(&with, values[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profile");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, every_kind_of_line_is_counted);
	tcase_add_test(tcase, argument_that_is_no_number_is_an_error);
	tcase_add_test(tcase, arguments_differ_only_where_they_are_looked_at);
	tcase_add_test(tcase, call_with_ever_new_arguments_has_no_usual_ones);
	tcase_add_test(tcase, filter_asks_first_for_what_was_seen);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
