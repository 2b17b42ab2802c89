/* Reports as text and JSON, their counts, and what is out of sight. */
#include <check.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bpf/sim.h"
#include "report.h"
#include "report_causes.h"
#include "visibility.h"

enum { MAX_TEXT = 1 << 16 };

/* A report into memory. */
struct written {
	char text[MAX_TEXT];
	FILE *out;
	struct report *report;
};

static struct written wr;

static void start(struct report_options options)
{
	report_free(wr.report);
	memset(wr.text, 0, sizeof(wr.text));
	wr.out = fmemopen(wr.text, sizeof(wr.text), "w");
	options.out = wr.out;
	wr.report = report_new(&options);
}

static void finish(uint64_t lost)
{
	const struct report_totals totals = {.lost = lost, .beside = ""};

	ck_assert_int_eq(report_end(wr.report, &totals), 0);
	fclose(wr.out);
}

static void add(enum report_kind kind, pid_t tid, const char *name, const char *cause)
{
	const struct report_call call = {
		.kind = kind,
		.tid = tid,
		.name = name,
		.text = "call()",
		.cause = cause,
		.file = "a.scml",
		.line = 7,
	};

	report_add(wr.report, &call);
}

START_TEST(a_line_has_the_call_its_verdict_its_cause_and_the_rule)
{
	start((struct report_options){.is_quiet = true, .shows_undecided = true});
	add(REPORT_UNSUPPORTED, 1, "socket", "family: X is in no rule");
	add(REPORT_UNDECIDED, 1, "accept", "addr: known later");
	add(REPORT_SUPPORTED, 1, "read", "");
	finish(0);
	ck_assert_str_eq(wr.text,
			 "call() (unsupported): family: X is in no rule; nearest a.scml:7\n"
			 "call() (undecided): addr: known later; a.scml:7\n");
}
END_TEST

START_TEST(the_process_is_named_from_the_second_one_on)
{
	start((struct report_options){.is_quiet = true});
	add(REPORT_UNSUPPORTED, 10, "a", "");
	add(REPORT_UNSUPPORTED, 10, "a", "");
	add(REPORT_UNSUPPORTED, 11, "a", "");
	add(REPORT_UNSUPPORTED, 10, "a", "");
	finish(0);
	ck_assert_str_eq(wr.text, "call() (unsupported); nearest a.scml:7\n"
				  "call() (unsupported); nearest a.scml:7\n"
				  "[pid    11] call() (unsupported); nearest a.scml:7\n"
				  "[pid    10] call() (unsupported); nearest a.scml:7\n");
}
END_TEST

START_TEST(causes_are_counted_and_the_most_frequent_comes_first)
{
	start((struct report_options){.only_summary = true});
	add(REPORT_UNSUPPORTED, 1, "b", "rare");
	for (int i = 0; i < 300; i++)
		add(REPORT_UNSUPPORTED, 1, "a", "often");
	add(REPORT_UNDECIDED, 1, "c", "open");
	add(REPORT_UNSUPPORTED, 1, "b", "alike");
	finish(0);
	ck_assert_str_eq(wr.text,
			 "scmltrace: calls: 302 unsupported, 1 undecided, 0 of other tables, "
			 "0 supported\n"
			 "COUNT  CALL  ARGUMENT  UNSUPPORTED      ERRNO  FIRST  NEAREST RULE\n"
			 "  300  a     -         often            -      pid 1  a.scml:7\n"
			 "    1  b     -         alike            -      pid 1  a.scml:7\n"
			 "    1  b     -         rare             -      pid 1  a.scml:7\n"
			 "    1  c     -         undecided: open  -      pid 1  a.scml:7\n"
			 "scmltrace: cannot certify: not everything was seen and decided\n");
}
END_TEST

START_TEST(a_thousand_causes_are_kept_apart)
{
	const char *line;
	char cause[32];
	int lines = 0;

	start((struct report_options){.only_summary = true});
	for (int i = 0; i < 2000; i++) {
		snprintf(cause, sizeof(cause), "%d", i % 1000);
		add(REPORT_UNSUPPORTED, 1, "a", cause);
	}
	finish(0);
	line = strchr(strchr(wr.text, '\n') + 1, '\n');
	for (; line && line[1]; line = strchr(line + 1, '\n')) {
		ck_assert_int_eq(strncmp(line + 1, "    2  a     ", 13), 0);
		lines++;
	}
	ck_assert_int_eq(lines, 1000);
}
END_TEST

static void ck_short_example(void *context, const struct report_cause *cause)
{
	const char *example = cause->example;
	size_t len = strlen(example);

	/* Two bytes a character, and the limit is in the middle of one. */
	ck_assert_uint_eq(len, 1 + 2 * 2047 + 3);
	ck_assert_str_eq(example + len - 3, "...");
	ck_assert_int_eq((unsigned char)example[len - 4], 0xa9);
	*(int *)context += 1;
}

START_TEST(a_cause_keeps_the_beginning_of_a_long_line)
{
	struct arena *arena = arena_new();
	struct report_causes *causes = report_causes_new(arena, 10);
	char *text = arena_alloc(arena, 1 << 20);
	const struct report_call call = {.name = "write", .cause = "", .text = text};
	int seen = 0;

	memset(text, 0, 1 << 20);
	text[0] = '"';
	for (size_t i = 1; i + 2 < 1 << 20; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	report_causes_count(causes, &call, 1);
	report_causes_each(causes, ck_short_example, &seen);
	ck_assert_int_eq(seen, 1);
	arena_free(arena);
}
END_TEST

START_TEST(only_what_is_seen_and_decided_is_complete)
{
	static const enum report_kind open[] = {REPORT_UNDECIDED, REPORT_UNREADABLE,
						REPORT_FOREIGN};
	const struct report_call call = {.name = "a", .text = "a()", .cause = ""};

	start((struct report_options){.is_quiet = true});
	add(REPORT_UNSUPPORTED, 1, "a", "");
	add(REPORT_SUPPORTED, 1, "a", "");
	ck_assert(report_is_complete(wr.report));
	finish(1);
	ck_assert(!report_is_complete(wr.report));
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		start((struct report_options){.is_quiet = true});
		add(open[i], 1, "a", "");
		ck_assert(!report_is_complete(wr.report));
		finish(0);
	}
	start((struct report_options){.is_quiet = true});
	report_add_loss(wr.report, &call, "why");
	ck_assert(!report_is_complete(wr.report));
	finish(0);
}
END_TEST

START_TEST(a_text_is_wanted_only_where_it_is_shown)
{
	start((struct report_options){.max_lines = 1, .is_quiet = true});
	ck_assert(report_wants_text(wr.report, REPORT_UNSUPPORTED));
	ck_assert(!report_wants_text(wr.report, REPORT_SUPPORTED));
	ck_assert(!report_wants_text(wr.report, REPORT_UNDECIDED));
	add(REPORT_UNSUPPORTED, 1, "a", "");
	ck_assert(!report_wants_text(wr.report, REPORT_UNSUPPORTED));
	finish(0);
}
END_TEST

START_TEST(json_escapes_what_stands_in_texts)
{
	const struct scml_call registers = {.arch = 0xc000003e, .nr = 41, .args = {UINT64_MAX}};
	const struct report_call call = {
		.kind = REPORT_UNSUPPORTED,
		.name = "open",
		.text = "open(\"a\\n\")",
		.cause = "",
		.has_value = true,
		.value = UINT64_MAX,
		.call = &registers,
	};

	start((struct report_options){.format = REPORT_JSON, .is_quiet = true});
	report_add(wr.report, &call);
	finish(0);
	ck_assert_str_eq(
		wr.text,
		"{\"type\":\"call\",\"verdict\":\"unsupported\",\"name\":\"open\","
		"\"arch\":\"0xc000003e\",\"nr\":41,\"args\":[\"0xffffffffffffffff\","
		"\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\"],"
		"\"text\":\"open(\\\"a\\\\n\\\")\",\"value\":\"0xffffffffffffffff\"}\n");
}
END_TEST

START_TEST(a_full_disk_is_an_error_of_the_report)
{
	const struct report_totals totals = {.beside = ""};
	struct report_options options = {.out = fopen("/dev/full", "w")};
	struct report *report = report_new(&options);

	ck_assert_int_eq(report_end(report, &totals), ENOSPC);
	report_free(report);
	fclose(options.out);
}
END_TEST

/* What the prologue before an allowing filter answers. */
static uint32_t answer(const struct visibility *visibility, uint32_t arch, uint32_t nr,
		       uint64_t arg)
{
	struct sock_filter filter[VISIBILITY_MAX_PROLOGUE + 1];
	size_t count = visibility_prologue(visibility, filter);
	struct seccomp_data data = {.arch = arch, .nr = (int)nr, .args = {arg}};
	struct bpf_result result;

	ck_assert_uint_le(count, VISIBILITY_MAX_PROLOGUE);
	filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	ck_assert(bpf_sim(filter, count, &data, &result));
	return result.action;
}

START_TEST(the_prologue_holds_exactly_the_calls_that_hide_others)
{
	const struct abi_db *db = abi_builtin();
	struct visibility visibility;

	for (unsigned arch = 0; arch < db->arch_count; arch++) {
		visibility_resolve(&visibility, db, arch, ~0U);
		for (uint32_t nr = 0; nr < 600; nr++) {
			for (uint64_t arg = 0; arg < 64; arg++) {
				struct scml_call call = {.arch = visibility.arch,
							 .nr = nr,
							 .args = {arg | UINT64_C(1) << 32}};
				bool is_held = answer(&visibility, call.arch, nr,
						      call.args[0]) == SECCOMP_RET_USER_NOTIF;

				ck_assert_int_eq(is_held,
						 visibility_loss(&visibility, &call) != NULL);
				call.arch = 1;
				ck_assert_uint_eq(answer(&visibility, 1, nr, arg),
						  SECCOMP_RET_ALLOW);
				ck_assert_ptr_null(visibility_loss(&visibility, &call));
			}
		}
	}
}
END_TEST

START_TEST(an_io_uring_and_an_own_filter_hide_calls_unless_they_are_refused)
{
	const struct abi_db *db = abi_builtin();
	int arch = abi_arch_find(db, "x86_64");
	struct visibility visibility;
	struct scml_call call = {.nr = 425};

	ck_assert_int_ge(arch, 0);
	visibility_resolve(&visibility, db, (unsigned)arch, ~0U);
	call.arch = visibility.arch;
	ck_assert_ptr_nonnull(visibility_loss(&visibility, &call));
	call.has_returned = true;
	call.ret = -38;
	ck_assert_ptr_null(visibility_loss(&visibility, &call));
	/* prctl(PR_SET_SECCOMP) and another prctl() */
	call = (struct scml_call){.arch = visibility.arch, .nr = 157, .args = {22}};
	ck_assert_ptr_nonnull(visibility_loss(&visibility, &call));
	call.args[0] = 15;
	ck_assert_ptr_null(visibility_loss(&visibility, &call));
	/* seccomp(SECCOMP_SET_MODE_FILTER) and seccomp(SECCOMP_GET_ACTION_AVAIL) */
	call = (struct scml_call){.arch = visibility.arch, .nr = 317, .args = {1}};
	ck_assert_ptr_nonnull(visibility_loss(&visibility, &call));
	call.args[0] = 2;
	ck_assert_ptr_null(visibility_loss(&visibility, &call));
}
END_TEST

START_TEST(a_listener_that_the_program_does_not_get_is_a_loss)
{
	const struct abi_db *db = abi_builtin();
	int arch = abi_arch_find(db, "x86_64");
	struct visibility visibility;
	struct scml_call call = {.nr = 317, .args = {1}, .has_returned = true, .ret = -EBUSY};

	ck_assert_int_ge(arch, 0);
	visibility_resolve(&visibility, db, (unsigned)arch,
			   VISIBILITY_REFUSALS | VISIBILITY_LISTENERS);
	call.arch = visibility.arch;
	ck_assert_ptr_nonnull(strstr(visibility_loss(&visibility, &call), "one listener"));
	call.ret = -EINVAL;
	ck_assert_ptr_null(visibility_loss(&visibility, &call));
	call.ret = 3;
	ck_assert_ptr_nonnull(strstr(visibility_loss(&visibility, &call), "own filter"));
	/* Where somebody else's listener may be in the way, nothing is lost. */
	visibility_resolve(&visibility, db, (unsigned)arch, VISIBILITY_REFUSALS);
	call.ret = -EBUSY;
	ck_assert_ptr_null(visibility_loss(&visibility, &call));
}
END_TEST

static void free_report(void)
{
	report_free(wr.report);
	wr.report = NULL;
}

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, NULL, free_report);
	tcase_add_test(tcase, a_line_has_the_call_its_verdict_its_cause_and_the_rule);
	tcase_add_test(tcase, the_process_is_named_from_the_second_one_on);
	tcase_add_test(tcase, causes_are_counted_and_the_most_frequent_comes_first);
	tcase_add_test(tcase, a_thousand_causes_are_kept_apart);
	tcase_add_test(tcase, a_cause_keeps_the_beginning_of_a_long_line);
	tcase_add_test(tcase, only_what_is_seen_and_decided_is_complete);
	tcase_add_test(tcase, a_text_is_wanted_only_where_it_is_shown);
	tcase_add_test(tcase, json_escapes_what_stands_in_texts);
	tcase_add_test(tcase, a_full_disk_is_an_error_of_the_report);
	tcase_add_test(tcase, the_prologue_holds_exactly_the_calls_that_hide_others);
	tcase_add_test(tcase, an_io_uring_and_an_own_filter_hide_calls_unless_they_are_refused);
	tcase_add_test(tcase, a_listener_that_the_program_does_not_get_is_a_loss);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
