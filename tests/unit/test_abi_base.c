/* What a database that does not stand on another one is refused with: its architectures and the
 * sources of its numbers are looked at too. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_yaml.h"

#define GOOD_ARCH                                               \
	"  here: {audit: 0xc000003e, class: [lp64], word: 64, " \
	"endian: little}\n"

/* What TEXT is refused with, in ARENA; NULL where it is not. */
static const char *complaint(struct arena *arena, const char *text)
{
	char folder[] = "/tmp/scml-base-XXXXXX";
	char path[64];
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct abi_files files = {.count = 0};
	const struct abi_db *db = NULL;
	FILE *file;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/base.yaml", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	if (abi_yaml_read(arena, diags, sources, folder, &files))
		db = abi_yaml_load(arena, diags, &files);
	remove(path);
	remove(folder);
	ck_assert(!db == !!diags_first(diags));
	return db ? NULL : diags_first(diags)->text;
}

static const struct {
	const char *text;
	const char *said;
} wrong[] = {
	{"archs:\n  here: [x]\n", "an architecture must be a map"},
	{"archs:\n  here: {audit: 1, endian: little}\n", "'word' must be 32 or 64"},
	{"archs:\n  here: {audit: 1, word: 16, endian: little}\n", "'word' must be 32 or 64"},
	{"archs:\n  here: {word: 64, endian: little}\n", "'audit' is missing"},
	{"archs:\n  here: {audit: NONE_SUCH, word: 64, endian: little}\n",
	 "no constant is called 'NONE_SUCH'"},
	{"archs:\n  here: {audit: 1, word: 64, endain: little}\n", "did you mean 'endian'?"},
	{"archs:\n" GOOD_ARCH "numbers:\n  a: {there: 1}\ncalls:\n  a: {params: []}\n",
	 "'there' is no architecture and no class"},
	{"archs:\n" GOOD_ARCH
	 "constants:\n  h.h:\n    A: {v: 1, since: \"6.9\", src: hearsay}\n",
	 "'hearsay' is no source"},
	{"archs:\n" GOOD_ARCH "numbers:\n  a: {default: 1, since: \"6.9\", src: hearsay}\n"
	 "calls:\n  a: {params: []}\n",
	 "'hearsay' is no source"},
	{"archs:\n" GOOD_ARCH "structs:\n  a:\n    size: 4\n    fields:\n"
	 "      b: {off: 0, type: u32, since: \"6.9\", src: hearsay}\n",
	 "'hearsay' is no source"},
	{"archs:\n" GOOD_ARCH "numbers:\n  a: {default: 1}\ncalls:\n  a: {params: []}\n"
	 "functions: {f: b}\n",
	 "no system call is called 'b'"},
	{"archs:\n" GOOD_ARCH "functions: {f: [a]}\n", "the call of a function must be a"},
};

START_TEST(what_is_wrong_in_a_base_is_said)
{
	struct arena *arena = arena_new();
	const char *said = complaint(arena, wrong[_i].text);

	ck_assert_msg(said && strstr(said, wrong[_i].said), "%s: %s", wrong[_i].text,
		      said ? said : "accepted");
	arena_free(arena);
}
END_TEST

START_TEST(a_base_of_one_architecture_and_one_call_is_right)
{
	struct arena *arena = arena_new();
	const char *said =
		complaint(arena, "archs:\n" GOOD_ARCH "constants:\n  h.h:\n"
				 "    A: {v: 1, since: \"6.9..6.12\", src: kernel}\n"
				 "numbers:\n  a: {default: 1, since: \"6.9\", src: strace}\n"
				 "calls:\n  a: {params: []}\nfunctions: {f: a}\n");

	ck_assert_msg(!said, "%s", said);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("abi_base");
	TCase *tests = tcase_create("base");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, what_is_wrong_in_a_base_is_said, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tests, a_base_of_one_architecture_and_one_call_is_right);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
