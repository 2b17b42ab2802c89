/* One line of strace's text, taken apart: what strace 4 to 6 print, and what nobody does. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "strace_line.h"

struct line_case {
	const char *line;
	enum strace_kind kind;
	uint32_t pid;
	const char *time;
	const char *name;
	const char *rest;
};

static const struct line_case lines[] = {
	{"close(3) = 0", STRACE_CALL, 0, "", "close", "3) = 0"},
	{"22305 close(3) = 0", STRACE_CALL, 22305, "", "close", "3) = 0"},
	{"[pid 16159] close(3) = 0", STRACE_CALL, 16159, "", "close", "3) = 0"},
	{"[pid   42] close(3) = 0", STRACE_CALL, 42, "", "close", "3) = 0"},
	{"[pid 16167<thr>] close(3) = 0", STRACE_CALL, 16167, "", "close", "3) = 0"},
	{"[pid 7<a ]b>] close(3) = 0", STRACE_CALL, 7, "", "close", "3) = 0"},
	{"16078<my prog> brk(NULL) = 0x1", STRACE_CALL, 16078, "", "brk", "NULL) = 0x1"},
	{"16078<a(b> brk(NULL) = 0x1", STRACE_CALL, 16078, "", "brk", "NULL) = 0x1"},
	{"15:59:16 close(3) = 0", STRACE_CALL, 0, "15:59:16", "close", "3) = 0"},
	{"15870 15:59:16 close(3) = 0", STRACE_CALL, 15870, "15:59:16", "close", "3) = 0"},
	{"15886 15:59:16.096455 close(3) = 0", STRACE_CALL, 15886, "15:59:16.096455", "close",
	 "3) = 0"},
	{"1795363156.111371 close(3) = 0", STRACE_CALL, 0, "1795363156.111371", "close",
	 "3) = 0"},
	{"15902 1795363156.111371 close(3) = 0", STRACE_CALL, 15902, "1795363156.111371",
	 "close", "3) = 0"},
	{"15902 1795363156 close(3) = 0", STRACE_CALL, 15902, "1795363156", "close", "3) = 0"},
	{"     0.000349 close(3) = 0", STRACE_CALL, 0, "0.000349", "close", "3) = 0"},
	{"15918      0.000000 close(3) = 0", STRACE_CALL, 15918, "0.000000", "close", "3) = 0"},
	{"15:59:16 (+     0.000251) close(3) = 0", STRACE_CALL, 0, "15:59:16", "close",
	 "3) = 0"},
	{"[pid 9] 15:59:16 close(3) = 0", STRACE_CALL, 9, "15:59:16", "close", "3) = 0"},
	{"15966 [00007fb88280fc47] close(3) = 0", STRACE_CALL, 15966, "", "close", "3) = 0"},
	{"15966 [????????????????] close(3) = 0", STRACE_CALL, 15966, "", "close", "3) = 0"},
	{"15982 [  59] execve(\"a\") = 0", STRACE_CALL, 15982, "", "execve", "\"a\") = 0"},
	{"1<a> 15:59:16.3 [  12] [00007f1624baec47] brk(NULL) = 1", STRACE_CALL, 1,
	 "15:59:16.3", "brk", "NULL) = 1"},
	{"syscall_0x3e7(0x1) = -1", STRACE_CALL, 0, "", "syscall_0x3e7", "0x1) = -1"},
	{"5 read(3,  <unfinished ...>", STRACE_UNFINISHED, 5, "", "read", "3, "},
	{"5 getpid( <unfinished ...>", STRACE_UNFINISHED, 5, "", "getpid", ""},
	{"5 read(3,  <unfinished ...>) = ?", STRACE_CALL, 5, "", "read",
	 "3,  <unfinished ...>) = ?"},
	{"5 <... read resumed>\"x\", 4) = 1", STRACE_RESUMED, 5, "", "read", "\"x\", 4) = 1"},
	{"<... read resumed> \"x\", 4) = 1", STRACE_RESUMED, 0, "", "read", " \"x\", 4) = 1"},
	{"5 --- SIGCHLD {si_signo=SIGCHLD} ---", STRACE_SIGNAL, 5, "", "", ""},
	{"--- stopped by SIGSTOP ---", STRACE_SIGNAL, 0, "", "", ""},
	{"5 +++ exited with 0 +++", STRACE_EXIT, 5, "", "", ""},
	{"+++ killed by SIGTERM (core dumped) +++", STRACE_EXIT, 0, "", "", ""},
	{"[ Process PID=77 runs in 32 bit mode. ]", STRACE_MODE, 77, "", "32 bit", ""},
	{"77 [ Process PID=77 runs in x32 mode. ]", STRACE_MODE, 77, "", "x32", ""},
	{"strace: Process 16161 attached", STRACE_NOISE, 0, "", "", ""},
	{" > /usr/lib/ld.so(_dl_catch_error+0x26f0) [0x1ab70]", STRACE_NOISE, 0, "", "", ""},
	{"", STRACE_NOISE, 0, "", "", ""},
	{"15998", STRACE_NOISE, 15998, "", "", ""},
	{" | 00010  03 00 3e 00 01 00 00 00  00 00 00 00 00 00 00 00  ..>............. |",
	 STRACE_NOISE, 0, "", "", ""},
	{" * 12 bytes in buffer 0", STRACE_NOISE, 0, "", "", ""},
	{" | pipe", STRACE_UNREADABLE, 0, "", "", ""},
	{" * 12 bytes", STRACE_UNREADABLE, 0, "", "", ""},
	{"% time     seconds  usecs/call     calls    errors syscall", STRACE_STATISTICS, 0, "",
	 "", ""},
	{"------ ----------- ----------- --------- --------- ----------------",
	 STRACE_STATISTICS, 0, "", "", ""},
	{" 24.34    0.001228         614         2           wait4", STRACE_STATISTICS, 0, "",
	 "", ""},
	{"100.00    0.005046           3      1374       101 total", STRACE_STATISTICS, 0, "",
	 "", ""},
	{"15998 0.000123 clo", STRACE_UNREADABLE, 15998, "0.000123", "", ""},
	{"hello, world", STRACE_UNREADABLE, 0, "", "", ""},
	{"[pid x] close(3) = 0", STRACE_UNREADABLE, 0, "", "", ""},
	{"[pid 1", STRACE_UNREADABLE, 0, "", "", ""},
	{"(+ close(3) = 0", STRACE_UNREADABLE, 0, "", "", ""},
	{"<... resumed>", STRACE_UNREADABLE, 0, "", "", ""},
	{"99999999999 close(3) = 0", STRACE_CALL, 0, "99999999999", "close", "3) = 0"},
	{"\xff\xfe", STRACE_UNREADABLE, 0, "", "", ""},
};

static void ck_text(struct strace_text text, const char *expected, const char *line)
{
	ck_assert_msg(text.len == strlen(expected) && !memcmp(text.at, expected, text.len),
		      "%s: '%.*s' instead of '%s'", line, (int)text.len, text.at, expected);
}

START_TEST(line_is_taken_apart)
{
	const struct line_case *one = &lines[_i];
	struct strace_line line;

	strace_line_read(one->line, strlen(one->line), &line);
	ck_assert_msg(line.kind == one->kind, "%s: kind %d", one->line, (int)line.kind);
	ck_assert_msg(line.pid == one->pid, "%s: pid %u", one->line, line.pid);
	ck_text(line.time.len ? line.time : (struct strace_text){"", 0}, one->time, one->line);
	ck_text(line.name.len ? line.name : (struct strace_text){"", 0}, one->name, one->line);
	ck_text(line.rest.len ? line.rest : (struct strace_text){"", 0}, one->rest, one->line);
}
END_TEST

struct split_case {
	const char *rest;
	const char *args; /* one a line */
	bool is_closed;
	bool is_known;
	int64_t value;
	const char *error, *note, *time;
};

static const struct split_case splits[] = {
	{") = 0", "", true, true, 0, "", "", ""},
	{"3)                  = 0", "3", true, true, 0, "", "", ""},
	{"1, 2, 3) = 0x7f10", "1\n2\n3", true, true, 0x7f10, "", "", ""},
	{"\"a, b) = 1\", 2) = 7", "\"a, b) = 1\"\n2", true, true, 7, "", "", ""},
	{"\"\\\", \", \"\\\\\", 3) = 7", "\"\\\", \"\n\"\\\\\"\n3", true, true, 7, "", "", ""},
	{"\"abc\"..., 3) = 7", "\"abc\"...\n3", true, true, 7, "", "", ""},
	{"{a=1, b={c=2, d=[3, 4]}}, 5) = 0", "{a=1, b={c=2, d=[3, 4]}}\n5", true, true, 0, "",
	 "", ""},
	{"f(1, 2), \"x\") = -1 ENOENT (No such file or directory)", "f(1, 2)\n\"x\"", true,
	 true, -1, "ENOENT", "No such file or directory", ""},
	{"3</a, b)>, 1) = 0", "3</a, b)>\n1", true, true, 0, "", "", ""},
	{"3</a\\76b \\74c\\76, d/f\\n)>(deleted), 1) = 0",
	 "3</a\\76b \\74c\\76, d/f\\n)>(deleted)\n1", true, true, 0, "", "", ""},
	{"3</old>path, x>, 1) = 0", "3</old>path, x>\n1", true, true, 0, "", "", ""},
	{"3<TCP:[127.0.0.1:7777->127.0.0.1:4]>, 1) = 0",
	 "3<TCP:[127.0.0.1:7777->127.0.0.1:4]>\n1", true, true, 0, "", "", ""},
	{"3<TCPv6:[[::1]:80->[::1]:5]>, 1) = 0", "3<TCPv6:[[::1]:80->[::1]:5]>\n1", true, true,
	 0, "", "", ""},
	{"4<UNIX-STREAM:[10705,@\"a]>, b\"]>, 1) = 0", "4<UNIX-STREAM:[10705,@\"a]>, b\"]>\n1",
	 true, true, 0, "", "", ""},
	{"12</dev/null<char 1:3>>, 1) = 12</dev/null<char 1:3>>", "12</dev/null<char 1:3>>\n1",
	 true, true, 12, "", "", ""},
	{"[8<UNIX:[1->2]>, 9<UNIX:[2->1]>]) = 0", "[8<UNIX:[1->2]>, 9<UNIX:[2->1]>]", true,
	 true, 0, "", "", ""},
	{"AT_FDCWD</srv, x>, \"y\") = 3</y>", "AT_FDCWD</srv, x>\n\"y\"", true, true, 3, "", "",
	 ""},
	{"0x7ffc /* 37, vars) */, 1) = 0", "0x7ffc /* 37, vars) */\n1", true, true, 0, "", "",
	 ""},
	{"A|21<<MAP_HUGE_SHIFT, 1) = 0", "A|21<<MAP_HUGE_SHIFT\n1", true, true, 0, "", "", ""},
	{"{fd=1} => {x=2}, 3) = 4", "{fd=1} => {x=2}\n3", true, true, 4, "", "", ""},
	{"[112 => 16], 3) = 4", "[112 => 16]\n3", true, true, 4, "", "", ""},
	{"[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0) = 9",
	 "[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]\n0", true, true, 9, "", "", ""},
	{"1) = 0 <0.000012>", "1", true, true, 0, "", "", "0.000012"},
	{"1) = 3</a> <0.000012>", "1", true, true, 3, "", "", "0.000012"},
	{"1) = -1 EPERM (Operation not permitted) (INJECTED) <0.1>", "1", true, true, -1,
	 "EPERM", "Operation not permitted", "0.1"},
	{"1) = -1 (errno 530)", "1", true, true, -1, "", "errno 530", ""},
	{"1) = 1 ([{fd=3, revents=POLLIN}])", "1", true, true, 1, "",
	 "[{fd=3, revents=POLLIN}]", ""},
	{"1) = 0x8002 (flags O_RDWR|O_LARGEFILE)", "1", true, true, 0x8002, "",
	 "flags O_RDWR|O_LARGEFILE", ""},
	{"1) = 022", "1", true, true, 022, "", "", ""},
	{"0) = ?", "0", true, false, 0, "", "", ""},
	{"0) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)", "0", true, false, 0,
	 "ERESTARTSYS", "To be restarted if SA_RESTART is set", ""},
	{"0) = ? <unavailable>", "0", true, false, 0, "", "", ""},
	{"3,  <unfinished ...>) = ?", "3", false, false, 0, "", "", ""},
	{"<... resuming interrupted poll ...>) = 0", "<... resuming interrupted poll ...>",
	 true, true, 0, "", "", ""},
	{"3, \"abc", "3\n\"abc", false, false, 0, "", "", ""},
	{"3, {a=", "3\n{a=", false, false, 0, "", "", ""},
	{"3</abc", "3</abc", false, false, 0, "", "", ""},
	{"3 /* x", "3 /* x", false, false, 0, "", "", ""},
	{"", "", false, false, 0, "", "", ""},
	{"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17) = 0",
	 "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16", true, true, 0, "", "", ""},
};

START_TEST(arguments_are_split_at_outer_commas)
{
	const struct split_case *one = &splits[_i];
	struct strace_parts parts;
	char args[256] = "";

	strace_line_split((struct strace_text){one->rest, strlen(one->rest)}, 0, &parts);
	for (size_t i = 0; i < parts.count; i++) {
		strncat(args, i ? "\n" : "", sizeof(args) - strlen(args) - 1);
		ck_assert_uint_lt(parts.args[i].len, sizeof(args) - strlen(args));
		strncat(args, parts.args[i].at, parts.args[i].len);
	}
	ck_assert_str_eq(args, one->args);
	ck_assert_msg(parts.is_closed == one->is_closed, "%s", one->rest);
	ck_assert_msg(parts.result.is_known == one->is_known, "%s", one->rest);
	ck_assert_msg(parts.result.value == one->value, "%s: %lld", one->rest,
		      (long long)parts.result.value);
	ck_text(parts.result.error.len ? parts.result.error : (struct strace_text){"", 0},
		one->error, one->rest);
	ck_text(parts.result.note.len ? parts.result.note : (struct strace_text){"", 0},
		one->note, one->rest);
	ck_text(parts.result.time.len ? parts.result.time : (struct strace_text){"", 0},
		one->time, one->rest);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
	uint64_t value;
} numbers[] = {
	{"0", 1, 0},
	{"12,", 2, 12},
	{"-1", 2, UINT64_MAX},
	{"-100</x>", 4, (uint64_t)-100},
	{"0x8000 /* x */", 6, 0x8000},
	{"0xffffffffffffffff", 18, UINT64_MAX},
	{"18446744073709551615", 20, UINT64_MAX},
	{"18446744073709551616", 0, 0},
	{"0x10000000000000000", 0, 0},
	{"0644", 4, 0644},
	{"000", 3, 0},
	{"007", 3, 7},
	{"00000010", 8, 0x10},
	{"0000000f", 8, 15},
	{"0x000010", 8, 16},
	{"-", 0, 0},
	{"x", 0, 0},
	{"", 0, 0},
	{"0x", 0, 0},
};

START_TEST(number_is_read_in_the_base_that_strace_prints)
{
	struct strace_text text = {numbers[_i].text, strlen(numbers[_i].text)};
	uint64_t value = 0;
	size_t len = strace_number(text, &value);

	ck_assert_msg(len == numbers[_i].len, "%s: %zu", numbers[_i].text, len);
	if (len)
		ck_assert_uint_eq(value, numbers[_i].value);
}
END_TEST

START_TEST(every_prefix_of_a_line_is_read_without_reading_beyond_it)
{
	const char *whole = splits[_i].rest;

	for (size_t len = 0; len <= strlen(whole); len++) {
		/* A block of its own, so that a sanitizer sees the first byte too many. */
		char *copy = malloc(len + 1);
		struct strace_parts parts;
		struct strace_line line;

		ck_assert_ptr_nonnull(copy);
		memcpy(copy + 1, whole, len);
		strace_line_split((struct strace_text){copy + 1, len}, 0, &parts);
		ck_assert_uint_le(parts.count, STRACE_MAX_ARGS);
		strace_line_read(copy + 1, len, &line);
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strace_line");
	TCase *tc = tcase_create("line");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, line_is_taken_apart, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_loop_test(tc, arguments_are_split_at_outer_commas, 0,
			    sizeof(splits) / sizeof(*splits));
	tcase_add_loop_test(tc, number_is_read_in_the_base_that_strace_prints, 0,
			    sizeof(numbers) / sizeof(*numbers));
	tcase_add_loop_test(tc, every_prefix_of_a_line_is_read_without_reading_beyond_it, 0,
			    sizeof(splits) / sizeof(*splits));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
