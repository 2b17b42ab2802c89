/* Completion, hover and signature help: what is known about the place of the cursor. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lsp_fixture.h"

static const json_t *complete(const char *marked)
{
	lsp_open(marked);
	return lsp_at_cursor("textDocument/completion", "");
}

static void offers(const char *marked, const char *label)
{
	ck_assert_msg(lsp_has_label(complete(marked), label), "'%s' is not offered at %s",
		      label, marked);
}

static void does_not_offer(const char *marked, const char *label)
{
	ck_assert_msg(!lsp_has_label(complete(marked), label), "'%s' is offered at %s", label,
		      marked);
}

START_TEST(calls_are_offered_where_a_rule_begins)
{
	offers("sock^", "socketpair");
	offers("read(fd, buf, count);\n^", "struct");
	offers("read(fd, buf, count)\nwri^", "writev");
	offers("soc^(family, type, protocol);", "socket");
	does_not_offer("read(fd, bu^", "socket");
	does_not_offer("// sock^", "socket");
}
END_TEST

START_TEST(a_parameter_is_offered_at_its_position)
{
	offers("socket(^", "family");
	offers("socket(family, t^", "type");
	offers("socket(family, ^);\nbind(a, b, c);", "type");
	does_not_offer("socket(family, ^);", "family");
	offers("socket(^", "..");
	does_not_offer("socket(family ^", "type");
}
END_TEST

START_TEST(the_flags_of_this_parameter_are_offered)
{
	offers("socket(family = ^", "AF_INET");
	offers("socket(family = AF_^, type, protocol);", "AF_INET6");
	does_not_offer("socket(family = ^", "SOCK_STREAM");
	offers("socket(family, type = SOCK_STREAM | ^", "SOCK_CLOEXEC");
	does_not_offer("socket(family, type = SOCK_STREAM | ^", "SOCK_STREAM");
	offers("socket(family, type = SOCK_STREAM | SOCK_CLO^", "SOCK_CLOEXEC");
	offers("socket(family, type = SOCK_STR^EAM", "SOCK_STREAM");
	offers("openat(d, p, flags = O_RDWR | ^, ..);\nbind(a, b, c);", "O_CLOEXEC");
}
END_TEST

START_TEST(what_selects_a_parameter_decides_what_is_offered)
{
	offers("setsockopt(fd, level = SOL_SOCKET, optname = ^", "SO_REUSEADDR");
	does_not_offer("setsockopt(fd, level = SOL_SOCKET, optname = ^", "IP_TTL");
	offers("setsockopt(fd, level = SOL_IP, optname = ^, v, l);", "IP_TTL");
	offers("setsockopt(fd, level = <l>, optname = ^, v, l);\nl = SOL_IP;", "IP_TTL");
	does_not_offer("setsockopt(fd, level = <l>, optname = ^, v, l);\nl = SOL_IP;",
		       "SO_REUSEADDR");
	offers("setsockopt(fd, level, optname = ^", "IP_TTL");
	offers("setsockopt(fd, level, optname = ^", "SO_REUSEADDR");
	offers("fcntl(fd, cmd = F_SETFD, arg = ^", "FD_CLOEXEC");
	does_not_offer("fcntl(fd, cmd = F_SETFL, arg = ^", "FD_CLOEXEC");
}
END_TEST

START_TEST(a_definition_is_completed_for_the_places_that_use_it)
{
	offers("a = ^;\nsocket(family, type = SOCK_STREAM | <a>, protocol);", "SOCK_CLOEXEC");
	does_not_offer("a = ^;\nsocket(family, type = <a>, protocol);", "AF_INET");
	offers("b = ^;\na = <b>;\nsocket(family, type = <a>, protocol);", "SOCK_CLOEXEC");
	offers("a = O_CLO^;", "O_CLOEXEC");
	offers("a = <b>;\nb = <a> | O_CLO^;", "O_CLOEXEC");
}
END_TEST

START_TEST(fields_of_structs_are_offered)
{
	offers("bind(fd, addr = { ^", "sa_family");
	offers("struct s = { ^ };\nbind(fd, addr = <s>, len);", "sa_family");
	offers("struct sockaddr = { sa_family = ^ };", "AF_INET");
	offers("bind(fd, addr = { sa_family = AF_INET, ^", "sin_port");
	does_not_offer("bind(fd, addr = { sa_family = AF_INET, ^", "sa_family");
	does_not_offer("bind(fd, addr = { sa_family = AF_INET, ^", "sun_path");
	offers("sendmsg(s, msg = { msg_iov = [{ ^", "iov_len");
}
END_TEST

START_TEST(references_are_offered)
{
	offers("opt = O_CLOEXEC;\nopenat(d, p, flags = <^", "opt");
	offers("opt = O_CLOEXEC;\nopenat(d, p, flags = <^>, ..);", "opt");
	offers("opt = O_CLOEXEC;\nopenat(d, p, flags = ^", "<opt>");
	offers("struct s = { sa_family = AF_INET, .. };\nbind(fd, addr = <^", "s");
	does_not_offer("struct s = { sa_family = AF_INET, .. };\nsocket(family = <^", "s");
	offers("openat(d, path = <^", "PATH");
	does_not_offer("socket(family = <^", "PATH");
}
END_TEST

START_TEST(what_is_typed_is_replaced)
{
	const json_t *list = complete("socket(family = AF_INE^, type, protocol);");
	const json_t *items = json_object_get(list, "items");

	for (size_t i = 0; i < json_array_size(items); i++)
		ck_assert_str_eq(lsp_range(json_object_get(
					 json_object_get(json_array_get(items, i), "textEdit"),
					 "range")),
				 "0:16-0:22");
	ck_assert(json_array_size(items) > 0);
}
END_TEST

START_TEST(the_documentation_of_an_item_comes_when_asked_for)
{
	const json_t *item = lsp_request(
		"completionItem/resolve",
		"{\"label\":\"AF_INET\",\"data\":{\"what\":\"const\",\"name\":\"AF_INET\"}}");

	ck_assert_ptr_nonnull(strstr(lsp_string_at(item, "documentation.value"), "`2`"));
	item = lsp_request("completionItem/resolve", "{\"label\":\"x\",\"data\":7}");
	ck_assert_str_eq(lsp_string_at(item, "label"), "x");
	lsp_request("completionItem/resolve", "[]");
	ck_assert_int_eq(lsp_error(), -32602);
}
END_TEST

START_TEST(every_byte_of_broken_text_can_be_completed)
{
	static const char text[] = "a = O_ | <;\nstruct s = { a = [ { b = <a\n"
				   "socket(family = (, type = SOCK_ | | 0x, ..\n"
				   "setsockopt(fd, level = <, optname = }, ]); ) { [ < > = , ;";
	char marked[sizeof(text) + 1];

	for (size_t at = 0; at < sizeof(text); at++) {
		memcpy(marked, text, at);
		marked[at] = '^';
		memcpy(marked + at + 1, text + at, sizeof(text) - at);
		ck_assert_ptr_nonnull(complete(marked));
		lsp_at_cursor("textDocument/hover", "");
		lsp_at_cursor("textDocument/signatureHelp", "");
	}
}
END_TEST

static const char *hover(const char *marked)
{
	lsp_open(marked);
	return lsp_string_at(lsp_at_cursor("textDocument/hover", ""), "contents.value");
}

static void says(const char *marked, const char *part)
{
	const char *text = hover(marked);

	ck_assert_msg(strstr(text, part) != NULL, "hover at %s does not say '%s' but: %s",
		      marked, part, text);
}

START_TEST(hover_says_what_a_call_is_and_what_its_rule_accepts)
{
	const char *rule = "sock^et(family = AF_INET, type = SOCK_STREAM, protocol = 0);";

	says(rule, "x86_64 `41`, aarch64 `198`");
	says(rule, "- `family`: `AF_INET`");
	says(rule, "A seccomp filter can decide it");
	says("bin^d(fd, addr = { sa_family = AF_INET, .. }, len);",
	     "A seccomp filter cannot decide it alone");
	says("cachest^at(a, b, c, d);", "Since Linux 6.5");
}
END_TEST

START_TEST(hover_says_what_a_parameter_and_its_flags_are)
{
	says("socket(fami^ly, type, protocol);", "`AF_INET`");
	says("socket(family = AF_^INET, type, protocol);", "Value: `2` on all architectures");
	says("openat(d, p, flags = O_DIRE^CTORY, ..);", "aarch64 `0x4000`");
	says("openat(d, p, flags = 0x80^002, ..);", "O_RDWR|O_CLOEXEC");
	says("setsockopt(fd, level = SOL_SOCKET, optname = SO_TY^PE, v, l);", "`3`");
	says("bind(fd, addr = { sa_fa^mily = AF_INET, .. }, l);", "no seccomp filter sees it");
	says("read(fd, .^.);", "may be anything");
	says("openat(d, path = <PA^TH>, ..);", "string");
}
END_TEST

START_TEST(hover_says_what_a_definition_is)
{
	says("opt = O_CLOEXEC;\nopenat(d, p, flags = <o^pt>, ..);", "opt = O_CLOEXEC;");
	says("struct s^s = { sa_family = AF_INET, .. };\nbind(fd, addr = <ss>, l);",
	     "struct sockaddr {");
	ck_assert_str_eq(hover("// soc^ket"), "");
	ck_assert_str_eq(hover("read(fd,^  buf);"), "");
}
END_TEST

START_TEST(signature_help_follows_the_cursor)
{
	const json_t *help;

	lsp_open("socket(family = AF_INET, type = ^");
	help = lsp_at_cursor("textDocument/signatureHelp", "");
	ck_assert_int_eq(lsp_int_at(help, "activeParameter"), 1);
	ck_assert_str_eq(lsp_string_at(help, "signatures.0.label"),
			 "socket(family: s32, type: s32, protocol: s32)");
	lsp_open("bind(fd, addr = { sa_family = ^");
	help = lsp_at_cursor("textDocument/signatureHelp", "");
	ck_assert_int_eq(lsp_int_at(help, "activeParameter"), 1);
	lsp_open("opt = ^");
	ck_assert(json_is_null(lsp_at_cursor("textDocument/signatureHelp", "")));
}
END_TEST

static void inlay(const char *text, const char *label)
{
	const json_t *hints;

	lsp_open(text);
	hints = lsp_request("textDocument/inlayHint",
			    "{\"textDocument\":{\"uri\":\"" LSP_URI "\"},\"range\":{\"start\":{"
			    "\"line\":0,\"character\":0},\"end\":{\"line\":99,\"character\":0}}"
			    "}");
	for (size_t i = 0; i < json_array_size(hints); i++) {
		if (strcmp(lsp_string_at(json_array_get(hints, i), "label"), label) == 0)
			return;
	}
	ck_abort_msg("no hint '%s' in %s", label, text);
}

START_TEST(hints_show_numbers_of_names_and_names_of_numbers)
{
	inlay("socket(family = AF_INET, type, protocol);", "= 2");
	inlay("openat(d, p, flags = O_CLOEXEC, ..);", "= 0x80000");
	inlay("openat(d, p, flags = 0x80002, ..);", "= O_RDWR|O_CLOEXEC");
	inlay("renameat2(a, b, c, d, 0);", "flags =");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lsp_completion");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, lsp_start, lsp_stop);
	tcase_add_test(tcase, calls_are_offered_where_a_rule_begins);
	tcase_add_test(tcase, a_parameter_is_offered_at_its_position);
	tcase_add_test(tcase, the_flags_of_this_parameter_are_offered);
	tcase_add_test(tcase, what_selects_a_parameter_decides_what_is_offered);
	tcase_add_test(tcase, a_definition_is_completed_for_the_places_that_use_it);
	tcase_add_test(tcase, fields_of_structs_are_offered);
	tcase_add_test(tcase, references_are_offered);
	tcase_add_test(tcase, what_is_typed_is_replaced);
	tcase_add_test(tcase, the_documentation_of_an_item_comes_when_asked_for);
	tcase_add_test(tcase, every_byte_of_broken_text_can_be_completed);
	tcase_add_test(tcase, hover_says_what_a_call_is_and_what_its_rule_accepts);
	tcase_add_test(tcase, hover_says_what_a_parameter_and_its_flags_are);
	tcase_add_test(tcase, hover_says_what_a_definition_is);
	tcase_add_test(tcase, signature_help_follows_the_cursor);
	tcase_add_test(tcase, hints_show_numbers_of_names_and_names_of_numbers);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
