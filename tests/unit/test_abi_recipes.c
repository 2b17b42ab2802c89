/* What specs/abi/README.md says about adding things is done to a copy of the database, word for
 * word: its fenced blocks become files beside the others, or lines in them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "abi_yaml.h"
#include "parse.h"
#include "resolve.h"
#include "rules.h"

enum { MAX_PATH = 512, SKIPPED = 77 };

static char folder[MAX_PATH];
static struct arena *arena;
static const struct abi_db *db;
static bool has_headers;

/* Where the recipe's line goes: behind the last case of the requests. */
static const char before[] = "            - {when: EVIOCSABS, to: input_absinfo}\n";

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	ck_assert_msg(file, "%s", path);
	ck_assert_int_ge(getdelim(&text, &size, '\0', file), 0);
	fclose(file);
	return text;
}

static void insert_case(const char *line, size_t len)
{
	char path[MAX_PATH + 32];
	char *text, *at;
	FILE *file;

	snprintf(path, sizeof(path), "%s/calls_file.yaml", folder);
	text = read_text(path);
	at = strstr(text, before);
	ck_assert_ptr_nonnull(at);
	at += strlen(before);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "%.*s            %.*s%s", (int)(at - text), text, (int)len, line, at);
	fclose(file);
	free(text);
}

static void write_block(unsigned number, const char *text, size_t len)
{
	char path[MAX_PATH + 32];
	FILE *file;

	snprintf(path, sizeof(path), "%s/recipe_%u.yaml", folder, number);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fwrite(text, 1, len, file);
	fclose(file);
}

/* The fenced blocks behind "How to add" do what they say to the copy; how many there are. */
static unsigned apply_blocks(const char *readme)
{
	static const char fence[] = "```yaml\n";
	const char *at = strstr(readme, "## How to add");
	unsigned count = 0;

	while (at && (at = strstr(at, fence))) {
		const char *text = at + strlen(fence);
		const char *end = strstr(text, "```");

		ck_assert_ptr_nonnull(end);
		if (strncmp(text, "- {when:", 8) == 0)
			insert_case(text, (size_t)(end - text));
		else
			write_block(count, text, (size_t)(end - text));
		count++;
		at = end + 3;
	}
	return count;
}

static void load(void)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct abi_files files = {.count = 0};

	if (abi_yaml_read(arena, diags, sources, folder, &files))
		db = abi_yaml_load(arena, diags, &files);
	if (!db)
		diags_write(diags, DIAG_TEXT, false, stderr);
	ck_assert_ptr_nonnull(db);
}

static void follow_the_readme(void)
{
	char command[4 * MAX_PATH];
	char template[] = "/tmp/scml-recipes-XXXXXX";
	char *readme = read_text(SPECS "/README.md");
	int status;

	arena = arena_new();
	ck_assert_ptr_nonnull(mkdtemp(template));
	snprintf(folder, sizeof(folder), "%s", template);
	snprintf(command, sizeof(command), "cp %s/*.yaml %s", SPECS, folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_uint_eq(apply_blocks(readme), 5);
	free(readme);
	snprintf(command, sizeof(command), "%s --arch x86_64 --update %s", ABIPROBE, folder);
	status = system(command);
	has_headers = WIFEXITED(status) && WEXITSTATUS(status) != SKIPPED;
	if (has_headers) {
		ck_assert_int_eq(WEXITSTATUS(status), 0);
		load();
	}
}

static void clean_up(void)
{
	char command[2 * MAX_PATH];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	arena_free(arena);
}

START_TEST(a_constant_gets_its_value_from_the_headers)
{
	uint64_t value = 0;

	ck_assert(!has_headers ||
		  abi_num(db, abi_const_find(db, "SER_RS485_ENABLED")->value, 0, &value));
	ck_assert(!has_headers || value == 1);
}
END_TEST

START_TEST(a_struct_gets_its_layout_from_the_headers)
{
	const struct abi_struct *object;
	uint64_t size = 0;

	if (!has_headers)
		return;
	object = abi_struct_find(db, "serial_rs485");
	ck_assert_ptr_nonnull(object);
	ck_assert(abi_num(db, object->size, 0, &size));
	ck_assert_uint_eq(size, 32);
}
END_TEST

START_TEST(a_call_of_the_kernels_own_is_found_by_its_number)
{
	const struct abi_call *call;

	if (!has_headers)
		return;
	call = abi_call_by_nr(db, 0, 2000);
	ck_assert_ptr_nonnull(call);
	ck_assert_str_eq(abi_string(db, call->name), "frobnicate");
}
END_TEST

/* The document TEXT for ARCH, with the database of the recipes. */
static size_t errors_of(const char *text, unsigned arch)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *source =
		source_from_text(sources, diags, "test.scml", text, strlen(text));
	const struct res_document *document =
		resolve_document(arena, diags, parse_document(arena, diags, sources, source));

	rules_build(arena, diags, sources, db, arch, &document, 1);
	diags_write(diags, DIAG_TEXT, false, stderr);
	return diags_count(diags, DIAG_ERROR) + diags_count(diags, DIAG_WARNING);
}

START_TEST(a_request_has_the_struct_of_the_recipe_behind_it)
{
	ck_assert(!has_headers || !errors_of("ioctl(fd, op = TIOCGRS485, arg = { "
					     "flags = SER_RS485_ENABLED, .. });",
					     0));
}
END_TEST

/* What abiprobe answers to a database of one constant, as ENTRY says it. */
static int answer_to(const char *entry)
{
	char text[256], command[8 * MAX_PATH];
	char template[] = "/tmp/scml-recipes-XXXXXX";
	int status;

	ck_assert_ptr_nonnull(mkdtemp(template));
	snprintf(folder, sizeof(folder), "%s", template);
	snprintf(text, sizeof(text), "constants:\n  linux/fs.h:\n    TOO_NEW: %s\n", entry);
	write_block(0, text, strlen(text));
	snprintf(command, sizeof(command),
		 "cp %s/arch.yaml %s && %s --arch x86_64 --check %s >%s/out 2>&1; "
		 "status=$?; cat %s/out; rm -r %s; exit $status",
		 SPECS, folder, ABIPROBE, folder, folder, folder, folder);
	status = system(command);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(what_the_headers_are_too_old_for_says_where_it_is_from)
{
	if (answer_to("{v: 1, since: \"99.0\", src: kernel}") == SKIPPED)
		return;
	ck_assert_int_eq(answer_to("{v: 1, since: \"99.0\", src: kernel}"), 0);
	ck_assert_int_eq(answer_to("{v: 1, since: \"99.0\"}"), 1);
	ck_assert_int_eq(answer_to("{v: 1, since: \"2.6\"}"), 1);
}
END_TEST

START_TEST(an_architecture_needs_data_only)
{
	const struct abi_param *params;
	const struct abi_call *clone;
	uint64_t nr = 0;
	size_t count;
	int arch;

	if (!has_headers)
		return;
	arch = abi_arch_find(db, "loongarch64");
	ck_assert_int_ge(arch, 0);
	clone = abi_call_find(db, "clone");
	ck_assert(abi_num(db, clone->nr, (unsigned)arch, &nr));
	ck_assert_uint_eq(nr, 220);
	params = abi_call_params(db, clone, (unsigned)arch, &count);
	ck_assert_uint_eq(count, 5);
	ck_assert_str_eq(abi_string(db, params[3].name), "child_tid");
	ck_assert_uint_eq(
		errors_of("clone(flags = CLONE_VM | SIGCHLD, stack, parent_tid, child_tid, "
			  "tls);\n"
			  "openat(dirfd = AT_FDCWD, path, flags = O_RDONLY | O_DIRECTORY);\n"
			  "epoll_ctl(epfd, op = EPOLL_CTL_ADD, fd, event = { events = EPOLLIN, "
			  ".. });\n",
			  (unsigned)arch),
		0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("abi_recipes");
	TCase *tests = tcase_create("recipes"), *rules = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tests, follow_the_readme, clean_up);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, a_constant_gets_its_value_from_the_headers);
	tcase_add_test(tests, a_struct_gets_its_layout_from_the_headers);
	tcase_add_test(tests, a_call_of_the_kernels_own_is_found_by_its_number);
	tcase_add_test(tests, a_request_has_the_struct_of_the_recipe_behind_it);
	tcase_add_test(tests, an_architecture_needs_data_only);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(rules, 60);
	tcase_add_test(rules, what_the_headers_are_too_old_for_says_where_it_is_from);
	suite_add_tcase(suite, rules);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
