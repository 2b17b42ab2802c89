/* Definition, references, rename, symbols, folding, tokens, fixes, diagnostics, formatting. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lsp_fixture.h"

#define DOCUMENT "{\"textDocument\":{\"uri\":\"" LSP_URI "\"}"
#define WHOLE                                                          \
	",\"range\":{\"start\":{\"line\":0,\"character\":0},\"end\":{" \
	"\"line\":99,\"character\":0}}"

/* Ranges of an array of locations or highlights, in order, a blank between them. */
static const char *ranges(const json_t *list)
{
	static char text[1000];

	text[0] = '\0';
	for (size_t i = 0; i < json_array_size(list); i++) {
		strcat(text, i ? " " : "");
		strcat(text, lsp_range(json_object_get(json_array_get(list, i), "range")));
	}
	return text;
}

static const char *definition(const char *marked)
{
	lsp_open(marked);
	return ranges(lsp_at_cursor("textDocument/definition", ""));
}

START_TEST(a_reference_leads_to_its_definition)
{
	ck_assert_str_eq(definition("a = 1;\nread(fd, buf, count = <^a>);"), "0:0-0:1");
	ck_assert_str_eq(definition("read(fd, buf, count = <a^>);\na = 1;"), "1:0-1:1");
	ck_assert_str_eq(definition("a = 1;\na = 2;\nread(fd, buf, count = <^a>);\na = 3;"),
			 "1:0-1:1");
	ck_assert_str_eq(definition("struct s = {a, ..};\nstruct s = {b, ..};\n"
				    "bind(fd, addr = <^s>, len);"),
			 "0:7-0:8 1:7-1:8");
	ck_assert_str_eq(definition("read(fd, buf, count = <INT^EGER>);"), "");
	ck_assert_str_eq(definition("a = 1;\nread(fd = ; <^a>"), "0:0-0:1");
}
END_TEST

START_TEST(references_are_those_of_the_same_definition)
{
	static const char text[] = "a = 1;\nread(fd, buf, count = <a>);\na = 2;\n"
				   "read(fd, buf, count = <^a> | <a>);";

	lsp_open(text);
	ck_assert_str_eq(ranges(lsp_at_cursor("textDocument/references", "")),
			 "3:23-3:24 3:29-3:30");
	ck_assert_str_eq(ranges(lsp_at_cursor("textDocument/references",
					      ",\"context\":{\"includeDeclaration\":true}")),
			 "2:0-2:1 3:23-3:24 3:29-3:30");
	ck_assert_str_eq(ranges(lsp_at_cursor("textDocument/documentHighlight", "")),
			 "2:0-2:1 3:23-3:24 3:29-3:30");
}
END_TEST

START_TEST(calls_and_constants_are_found_in_all_open_files)
{
	lsp_open_as("file:///w/other.scml", "socket(family = AF_INET, type, protocol);");
	lsp_open("socket(family = AF_I^NET, type, protocol);");
	ck_assert_uint_eq(json_array_size(lsp_at_cursor("textDocument/references", "")), 2);
	lsp_open("soc^ket(family = AF_UNIX, type, protocol);");
	ck_assert_uint_eq(json_array_size(lsp_at_cursor("textDocument/references", "")), 2);
	lsp_open("a^ = 1;");
	lsp_open_as("file:///w/other.scml", "a = 1;\nread(fd, buf, count = <a>);");
	ck_assert_uint_eq(json_array_size(lsp_at_cursor("textDocument/references", "")), 0);
}
END_TEST

static const char *renamed(const char *marked, const char *plain, const char *more)
{
	const json_t *edit;

	lsp_open(marked);
	edit = lsp_at_cursor("textDocument/rename", more);
	return lsp_edited(plain, json_object_get(json_object_get(edit, "changes"), LSP_URI));
}

START_TEST(rename_changes_a_definition_and_what_refers_to_it)
{
	ck_assert_str_eq(renamed("a^ = 1;\nb = <a> | <a>;\nread(fd, buf, count = <b>);",
				 "a = 1;\nb = <a> | <a>;\nread(fd, buf, count = <b>);",
				 ",\"newName\":\"long_name\""),
			 "long_name = 1;\nb = <long_name> | <long_name>;\n"
			 "read(fd, buf, count = <b>);");
	ck_assert_str_eq(renamed("struct s = {a, ..};\nstruct s = {b, ..};\n"
				 "bind(fd, addr = <s^>, len);",
				 "struct s = {a, ..};\nstruct s = {b, ..};\n"
				 "bind(fd, addr = <s>, len);",
				 ",\"newName\":\"t\""),
			 "struct t = {a, ..};\nstruct t = {b, ..};\nbind(fd, addr = <t>, "
			 "len);");
}
END_TEST

static int rename_error(const char *marked, const char *more)
{
	lsp_open(marked);
	lsp_at_cursor("textDocument/rename", more);
	return lsp_error();
}

START_TEST(a_rename_that_would_change_the_meaning_is_refused)
{
	ck_assert_int_eq(rename_error("a^ = 1;\nb = 2;", ",\"newName\":\"b\""), -32803);
	ck_assert_int_eq(rename_error("a^ = <b>;", ",\"newName\":\"b\""), -32803);
	ck_assert_int_eq(rename_error("a^ = 1;", ",\"newName\":\"1a\""), -32602);
	ck_assert_int_eq(rename_error("a^ = 1;", ",\"newName\":\"NULL\""), -32602);
	ck_assert_int_eq(rename_error("a^ = 1;", ",\"newName\":\"\""), -32602);
	ck_assert_int_eq(rename_error("a^ = 1;", ""), -32602);
	ck_assert_int_eq(rename_error("re^ad(fd, buf, count);", ",\"newName\":\"b\""), -32803);
	lsp_open("read(f^d, buf, count);");
	lsp_at_cursor("textDocument/prepareRename", "");
	ck_assert_int_eq(lsp_error(), -32803);
	lsp_open("a = <b^b>;\nbb = 1;");
	ck_assert_str_eq(
		lsp_string_at(lsp_at_cursor("textDocument/prepareRename", ""), "placeholder"),
		"bb");
}
END_TEST

START_TEST(symbols_stand_under_the_headings_of_their_sections)
{
	const json_t *list;

	lsp_open("//! # Page\n//! ## Sockets\n\nopt = SOCK_CLOEXEC;\n"
		 "socket(family = AF_INET, type = <opt>, protocol);\n//! ## Files\n"
		 "read(fd, buf, count);\nstruct s = {a, ..};\n");
	list = lsp_request("textDocument/documentSymbol", DOCUMENT "}");
	ck_assert_str_eq(lsp_string_at(list, "1.name"), "Sockets");
	ck_assert_str_eq(lsp_string_at(list, "1.children.1.name"), "socket");
	ck_assert_str_eq(lsp_string_at(list, "2.children.1.name"), "s");
	ck_assert_int_eq(lsp_int_at(list, "2.children.1.kind"), 23);
	lsp_open("read(fd, buf, count);\nopt = ");
	list = lsp_request("textDocument/documentSymbol", DOCUMENT "}");
	ck_assert_str_eq(lsp_string_at(list, "1.name"), "opt");
}
END_TEST

START_TEST(symbols_of_all_open_files_are_found)
{
	const json_t *list;

	lsp_open_as("file:///w/other.scml", "opt_flags = 1;\nread(fd, buf, count);");
	lsp_open("opt_more = 1;");
	list = lsp_request("workspace/symbol", "{\"query\":\"opt\"}");
	ck_assert_uint_eq(json_array_size(list), 2);
	list = lsp_request("workspace/symbol", "{\"query\":\"OFLG\"}");
	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert_str_eq(lsp_string_at(list, "0.location.uri"), "file:///w/other.scml");
	list = lsp_request("workspace/symbol", "{\"query\":\"\"}");
	ck_assert_uint_eq(json_array_size(list), 3);
}
END_TEST

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[200];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

START_TEST(files_of_the_folder_are_looked_at_too)
{
	char folder[] = "/tmp/scml-lsp-XXXXXX", params[500], path[200];
	const json_t *list;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_file(folder, "a.scml", "in_a_file = 1;\n");
	write_file(folder, "x.yaml", "constants: {own.h: {OWN_FLAG: 1}}\n");
	snprintf(params, sizeof(params),
		 "{\"capabilities\":{},\"rootUri\":\"file://%s\",\"initializationOptions\":{"
		 "\"abi\":[\"x.yaml\"]}}",
		 folder);
	lsp_restart(params);
	list = lsp_request("workspace/symbol", "{\"query\":\"in_a\"}");
	ck_assert_uint_eq(json_array_size(list), 1);
	write_file(folder, "a.scml", "other_name = 1;\n");
	ck_assert_uint_eq(
		json_array_size(lsp_request("workspace/symbol", "{\"query\":\"in_a\"}")), 0);
	snprintf(path, sizeof(path), "%s/a.scml", folder);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_uint_eq(json_array_size(lsp_request("workspace/symbol", "{\"query\":\"\"}")),
			  0);
	lsp_open("a = OWN_FLAG;\nread(fd, buf, count = <a>);");
	ck_assert_uint_eq(json_array_size(lsp_diagnostics(LSP_URI)), 0);
	snprintf(path, sizeof(path), "%s/x.yaml", folder);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(rules_comments_and_sections_fold)
{
	const json_t *list;
	char text[500] = "";

	lsp_open("//! ## Files\n// one\n// two\nopen(\n    a,\n    b\n);\n\n//! ## "
		 "More\nread(a);");
	list = lsp_request("textDocument/foldingRange", DOCUMENT "}");
	for (size_t i = 0; i < json_array_size(list); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d-%d%s ",
			 lsp_int_at(json_array_get(list, i), "startLine"),
			 lsp_int_at(json_array_get(list, i), "endLine"),
			 lsp_string_at(json_array_get(list, i), "kind"));
	ck_assert_str_eq(text, "3-5 0-2comment 0-6region 8-9region ");
}
END_TEST

START_TEST(selections_grow_from_the_word_to_the_rule)
{
	const json_t *list;

	lsp_open("bind(fd, addr = { sa_family = AF_INET, .. }, len);");
	list = lsp_request("textDocument/selectionRange",
			   DOCUMENT ",\"positions\":[{\"line\":0,\"character\":32}]}");
	ck_assert_str_eq(lsp_range(json_object_get(json_array_get(list, 0), "range")),
			 "0:30-0:37");
	ck_assert_int_eq(lsp_int_at(list, "0.parent.parent.range.start.character"), 18);
}
END_TEST

/* `LINE:COLUMN+LENGTH=TYPE` of every token. */
static const char *tokens(const char *method, const char *params)
{
	static char text[2000];
	const json_t *data = json_object_get(lsp_request(method, params), "data");
	int line = 0, column = 0;

	text[0] = '\0';
	for (size_t i = 0; i + 4 < json_array_size(data); i += 5) {
		int numbers[5];

		for (size_t j = 0; j < 5; j++)
			numbers[j] = (int)json_integer_value(json_array_get(data, i + j));
		column = numbers[0] ? numbers[1] : column + numbers[1];
		line += numbers[0];
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d:%d+%d=%d ", line,
			 column, numbers[2], numbers[3]);
	}
	return text;
}

START_TEST(words_have_the_colour_of_what_they_are)
{
	lsp_open("// c\nread(fd = <a>, 1);\n/* x\n yy */ a = O_RDWR;");
	ck_assert_str_eq(tokens("textDocument/semanticTokens/full", DOCUMENT "}"),
			 "0:0+4=8 1:0+4=0 1:5+2=1 1:8+1=9 1:11+1=5 1:15+1=6 2:0+4=8 3:0+6=8 "
			 "3:7+1=5 3:9+1=9 3:11+6=3 ");
	ck_assert_str_eq(tokens("textDocument/semanticTokens/range",
				DOCUMENT ",\"range\":{\"start\":{\"line\":1,\"character\":0},"
					 "\"end\":{\"line\":2,\"character\":0}}}"),
			 "1:0+4=0 1:5+2=1 1:8+1=9 1:11+1=5 1:15+1=6 ");
}
END_TEST

/* TEXT after the first code action of LIST. */
static const char *with_first_action(const char *text, const json_t *list)
{
	const json_t *edit = json_object_get(json_array_get(list, 0), "edit");

	return lsp_edited(text, json_object_get(json_object_get(edit, "changes"), LSP_URI));
}

START_TEST(fixes_of_diagnostics_are_offered_and_mend_them)
{
	static const char text[] = "socket(family = AF_INTE, type, protocol);";
	const json_t *list;

	lsp_open(text);
	list = lsp_request("textDocument/codeAction", DOCUMENT WHOLE ",\"context\":{}}");
	ck_assert_str_eq(lsp_string_at(list, "0.title"), "Replace 'AF_INTE' by 'AF_INET'");
	ck_assert_str_eq(lsp_string_at(list, "0.diagnostics.0.code"), "unknown-constant");
	ck_assert_str_eq(with_first_action(text, list),
			 "socket(family = AF_INET, type, protocol);");
	list = lsp_request("textDocument/codeAction",
			   DOCUMENT WHOLE ",\"context\":{\"only\":[\"source\"]}}");
	ck_assert_str_eq(lsp_string_at(list, "0.kind"), "source.fixAll");
	list = lsp_request("textDocument/codeAction",
			   DOCUMENT WHOLE ",\"context\":{\"only\":[\"refactor\"]}}");
	ck_assert_uint_eq(json_array_size(list), 0);
}
END_TEST

START_TEST(rules_that_do_nothing_can_be_removed)
{
	static const char text[] = "read(fd, buf, count);\nread(fd, buf, count);\n";
	const json_t *list;

	lsp_open(text);
	list = lsp_request("textDocument/codeAction", DOCUMENT WHOLE ",\"context\":{}}");
	ck_assert_str_eq(lsp_string_at(list, "0.title"), "Remove this rule");
	ck_assert_str_eq(with_first_action(text, list), "read(fd, buf, count);\n");
}
END_TEST

START_TEST(diagnostics_name_places_names_and_what_belongs_to_them)
{
	const json_t *list;

	lsp_open("read(fd, buf, count);\nread(fd, buf, count);\n");
	list = lsp_diagnostics(LSP_URI);
	ck_assert_str_eq(lsp_string_at(list, "0.code"), "covered");
	ck_assert_int_eq(lsp_int_at(list, "0.severity"), 2);
	ck_assert_int_eq(lsp_int_at(list, "0.tags.0"), 1);
	ck_assert_int_eq(lsp_int_at(list, "0.relatedInformation.0.location.range.start.line"),
			 0);
	ck_assert_str_eq(lsp_range(json_object_get(json_array_get(list, 0), "range")),
			 "1:0-1:4");
	lsp_open("read(fd, buf, count);\n");
	ck_assert_uint_eq(json_array_size(lsp_diagnostics(LSP_URI)), 0);
}
END_TEST

START_TEST(an_editor_without_related_places_gets_them_as_text)
{
	lsp_restart("{\"capabilities\":{}}");
	lsp_open("read(fd, buf, count);\nread(fd, buf, count);\n");
	ck_assert_ptr_nonnull(strstr(lsp_string_at(lsp_diagnostics(LSP_URI), "0.message"),
				     "note: that rule"));
}
END_TEST

START_TEST(settings_choose_what_is_said)
{
	const json_t *list;

	lsp_open("cachestat(a, b, c, d);\nread(fd);");
	lsp_notify_json("workspace/didChangeConfiguration",
			"{\"settings\":{\"scml\":{\"minKernel\":\"5.4\",\"warnings\":["
			"\"no-param-count\"]}}}");
	list = lsp_diagnostics(LSP_URI);
	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert_str_eq(lsp_string_at(list, "0.code"), "newer");
	lsp_notify_json(
		"workspace/didChangeConfiguration",
		"{\"settings\":{\"scml\":{\"arch\":[\"vax\"],\"abi\":[\"/nowhere.yaml\"],"
		"\"minKernel\":\"x\",\"warnings\":[\"no-such\"]}}}");
	ck_assert_uint_eq(json_array_size(lsp_diagnostics(LSP_URI)), 1);
}
END_TEST

static const char page[] = "# Rules\n\n```scml\nopt = O_CLOEXEC;\n"
			   "openat(d, p, flags = <opt>, ..);\n```\n\nopt text\n";

START_TEST(blocks_of_pages_are_rules_with_places_in_the_page)
{
	const json_t *list;

	lsp_open_as("file:///w/p.md", page);
	ck_assert_uint_eq(json_array_size(lsp_diagnostics("file:///w/p.md")), 0);
	lsp_open_as("file:///w/p.md", "# Rules\n\n```scml\nopt = O_CLOEXEC;\n"
				      "openat(d, p, flags = <o^pt>, ..);\n```\n\nopt text\n");
	ck_assert_str_eq(ranges(lsp_at_cursor("textDocument/definition", "")), "3:0-3:3");
	lsp_open_as("file:///w/p.md", "# Rules so^\n\n```scml\nread(fd, x);\n```\n");
	ck_assert_uint_eq(json_array_size(json_object_get(
				  lsp_at_cursor("textDocument/completion", ""), "items")),
			  0);
	list = lsp_diagnostics("file:///w/p.md");
	ck_assert_str_eq(lsp_range(json_object_get(json_array_get(list, 0), "range")),
			 "3:0-3:4");
}
END_TEST

START_TEST(an_included_file_that_is_open_is_read_from_the_editor)
{
	const json_t *list;

	lsp_open_as("file:///w/inc.scml", "opt = O_CLOEXEC;\n");
	lsp_open_as("file:///w/p.md",
		    "```scml\n{{#include ./inc.scml}}\nopenat(d, p, flags = <o^pt>, ..);\n"
		    "```\n");
	list = lsp_at_cursor("textDocument/definition", "");
	ck_assert_str_eq(lsp_string_at(list, "0.uri"), "file:///w/inc.scml");
	ck_assert_uint_eq(json_array_size(lsp_diagnostics("file:///w/p.md")), 0);
	lsp_notify_json("textDocument/didChange",
			"{\"textDocument\":{\"uri\":\"file:///w/inc.scml\",\"version\":2},"
			"\"contentChanges\":[{\"text\":\"opt = O_CLOEXE;\\n\"}]}");
	list = lsp_diagnostics("file:///w/p.md");
	ck_assert_str_eq(lsp_string_at(list, "0.code"), "unknown-constant");
	ck_assert_str_eq(lsp_range(json_object_get(json_array_get(list, 0), "range")),
			 "1:11-1:21");
	ck_assert_str_eq(lsp_string_at(list, "0.relatedInformation.0.location.uri"),
			 "file:///w/inc.scml");
}
END_TEST

START_TEST(a_rename_reaches_the_pages_that_include_the_file)
{
	const json_t *changes;

	lsp_open_as("file:///w/p.md",
		    "```scml\n{{#include inc.scml}}\nopenat(d, p, flags = <opt>, ..);\n```\n");
	lsp_open_as("file:///w/inc.scml", "o^pt = O_CLOEXEC;\n");
	changes = json_object_get(lsp_at_cursor("textDocument/rename", ",\"newName\":\"new\""),
				  "changes");
	ck_assert_uint_eq(json_array_size(json_object_get(changes, "file:///w/p.md")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(changes, "file:///w/inc.scml")), 1);
}
END_TEST

START_TEST(formatting_is_that_of_the_formatter)
{
	static const char text[] = "read( fd,buf );\na=1|2;\n";
	const json_t *edits;

	lsp_open(text);
	edits = lsp_request("textDocument/formatting", DOCUMENT ",\"options\":{}}");
	ck_assert_str_eq(lsp_edited(text, edits), "read(fd, buf);\na = 1 | 2;\n");
	edits = lsp_request("textDocument/rangeFormatting",
			    DOCUMENT ",\"range\":{\"start\":{\"line\":1,\"character\":0},"
				     "\"end\":{\"line\":1,\"character\":3}},\"options\":{}}");
	ck_assert_str_eq(lsp_edited(text, edits), "read( fd,buf );\na = 1 | 2;\n");
	lsp_open("read( fd,buf ;\n");
	edits = lsp_request("textDocument/formatting", DOCUMENT ",\"options\":{}}");
	ck_assert_uint_eq(json_array_size(edits), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lsp_names");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, lsp_start, lsp_stop);
	tcase_add_test(tcase, a_reference_leads_to_its_definition);
	tcase_add_test(tcase, references_are_those_of_the_same_definition);
	tcase_add_test(tcase, calls_and_constants_are_found_in_all_open_files);
	tcase_add_test(tcase, rename_changes_a_definition_and_what_refers_to_it);
	tcase_add_test(tcase, a_rename_that_would_change_the_meaning_is_refused);
	tcase_add_test(tcase, symbols_stand_under_the_headings_of_their_sections);
	tcase_add_test(tcase, symbols_of_all_open_files_are_found);
	tcase_add_test(tcase, files_of_the_folder_are_looked_at_too);
	tcase_add_test(tcase, rules_comments_and_sections_fold);
	tcase_add_test(tcase, selections_grow_from_the_word_to_the_rule);
	tcase_add_test(tcase, words_have_the_colour_of_what_they_are);
	tcase_add_test(tcase, fixes_of_diagnostics_are_offered_and_mend_them);
	tcase_add_test(tcase, rules_that_do_nothing_can_be_removed);
	tcase_add_test(tcase, diagnostics_name_places_names_and_what_belongs_to_them);
	tcase_add_test(tcase, an_editor_without_related_places_gets_them_as_text);
	tcase_add_test(tcase, settings_choose_what_is_said);
	tcase_add_test(tcase, blocks_of_pages_are_rules_with_places_in_the_page);
	tcase_add_test(tcase, an_included_file_that_is_open_is_read_from_the_editor);
	tcase_add_test(tcase, a_rename_reaches_the_pages_that_include_the_file);
	tcase_add_test(tcase, formatting_is_that_of_the_formatter);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
