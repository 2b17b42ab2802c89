/* Whole logs: calls that were apart, what is lost, and that it does not matter how the bytes
 * come. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log_files.h"
#include "seed.h"
#include "strace_reader.h"

struct log {
	struct strace_reader *reader;
	FILE *out; /* every call, and what it decodes to */
	char *text;
	size_t size;
};

/* A call and its values as text, so that two readings can be compared. */
static void write_event(void *context, const struct strace_event *event)
{
	struct log *log = context;
	const struct scml_memory *memory;
	struct scml_call call;

	fprintf(log->out, "%" PRIu64 " %u %.*s", event->line, event->pid, (int)event->text.len,
		event->text.at);
	memory = strace_reader_decode(log->reader, event, &call);
	if (event->is_foreign)
		fputs(" foreign", log->out);
	if (!event->has_beginning)
		fputs(" headless", log->out);
	if (call.has_returned)
		fprintf(log->out, " -> %" PRId64, call.ret);
	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		unsigned char bytes[8];
		size_t done = 8;

		if (call.unknown >> i & 1)
			continue;
		fprintf(log->out, " %u=%" PRIx64, i, call.args[i]);
		if (memory->read(memory->context, call.args[i], bytes, 8, &done) ==
		    SCML_READ_OK)
			for (size_t j = 0; j < 8; j++)
				fprintf(log->out, ":%02x", bytes[j]);
	}
	fputc('\n', log->out);
}

/* The same without values. */
static void write_calls(void *context, const struct strace_event *event)
{
	struct log *log = context;

	fprintf(log->out, "%" PRIu64 " %u %.*s%s%s\n", event->line, event->pid,
		(int)event->text.len, event->text.at, event->is_foreign ? " foreign" : "",
		event->has_beginning ? "" : " headless");
}

static void drop_event(void *context, const struct strace_event *event)
{
	(void)context;
	(void)event;
}

static void open_log(struct log *log, strace_event_fn *fn)
{
	int arch = abi_arch_find(abi_builtin(), "x86_64");

	log->out = open_memstream(&log->text, &log->size);
	ck_assert_ptr_nonnull(log->out);
	log->reader = strace_reader_new(abi_builtin(), (unsigned)arch, fn, log);
	ck_assert_ptr_nonnull(log->reader);
}

/* End LOG; what was written is to be freed by the caller. */
static char *close_log(struct log *log, struct strace_counts *counts)
{
	ck_assert_int_eq(strace_reader_end(log->reader), 0);
	*counts = *strace_reader_counts(log->reader);
	fclose(log->out);
	strace_reader_free(log->reader);
	return log->text;
}

struct log_case {
	const char *log;
	const char *calls; /* line, pid and text of each */
	uint64_t unreadable, lost_beginnings, never_returned;
};

static const struct log_case cases[] = {
	{"close(3) = 0\nclose(4) = 0\n", "1 0 close(3) = 0\n2 0 close(4) = 0\n", 0, 0, 0},
	{"close(3) = 0", "1 0 close(3) = 0\n", 0, 0, 0},
	{"", "", 0, 0, 0},
	{"\n\n", "", 0, 0, 0},
	/* Two halves. */
	{"1 read(3,  <unfinished ...>\n2 close(4) = 0\n1 <... read resumed>\"x\", 9) = 1\n",
	 "2 2 close(4) = 0\n3 1 read(3, \"x\", 9) = 1\n", 0, 0, 0},
	{"1 close(3 <unfinished ...>\n1 <... close resumed>) = 0\n", "2 1 close(3) = 0\n", 0, 0,
	 0},
	{"1 read(3,  <unfinished ...>\n2 read(4,  <unfinished ...>\n2 <... read resumed>\"b\", "
	 "1) "
	 "= 1\n1 <... read resumed>\"a\", 1) = 1\n",
	 "3 2 read(4, \"b\", 1) = 1\n4 1 read(3, \"a\", 1) = 1\n", 0, 0, 0},
	{"read(3,  <unfinished ...>\n<... read resumed>\"x\", 9) = 1\n",
	 "2 0 read(3, \"x\", 9) = 1\n", 0, 0, 0},
	/* Whose it is, the line does not say: that of the only one who waits for it. */
	{"1 read(3,  <unfinished ...>\n2 write(4,  <unfinished ...>\n<... read resumed>\"b\", "
	 "1) = 1\n",
	 "3 1 read(3, \"b\", 1) = 1\n3 2 write(4, \n", 0, 0, 1},
	{"1 read(3,  <unfinished ...>\n2 read(4,  <unfinished ...>\n<... read resumed>\"b\", "
	 "1) = 1\n",
	 "3 0 <... read resumed>\"b\", 1) = 1 headless\n3 1 read(3, \n3 2 read(4, \n", 0, 1, 2},
	/* A terminal: the number comes and goes with the second process. */
	{"vfork(strace: Process 7 attached\n <unfinished ...>\n[pid 7] exit_group(0) = ?\n[pid "
	 "6] "
	 "<... vfork resumed>) = 7\n",
	 "3 7 exit_group(0) = ?\n4 0 vfork() = 7\n", 0, 0, 0},
	{"clone3({flags=0}strace: Process 9 attached\n => {parent_tid=[9]}, 88) = 9\n",
	 "2 0 clone3({flags=0} => {parent_tid=[9]}, 88) = 9\n", 0, 0, 0},
	{"clone(strace: Process 1 attached\nstrace: Process 2 attached\n) = 1\n",
	 "3 0 clone() = 1\n", 0, 0, 0},
	{"strace: Process 7 attached\nclose(3) = 0\n", "2 0 close(3) = 0\n", 0, 0, 0},
	{"[pid 7] wait4(-1,  <unfinished ...>\n<... wait4 resumed>NULL, 0, NULL) = 8\n",
	 "2 7 wait4(-1, NULL, 0, NULL) = 8\n", 0, 0, 0},
	{"vfork(strace: Process 7 attached", "", 1, 0, 0},
	/* Beginnings and ends that are missing. */
	{"5 <... read resumed>\"x\", 1) = 1\n",
	 "1 5 <... read resumed>\"x\", 1) = 1 headless\n", 0, 1, 0},
	{"5 <... read resumed>\"x\", 1) = 1\n6 read(1,  <unfinished ...>\n",
	 "1 5 <... read resumed>\"x\", 1) = 1 headless\n2 6 read(1, \n", 0, 1, 1},
	{"5 read(3,  <unfinished ...>\n5 +++ killed by SIGKILL +++\n", "2 5 read(3, \n", 0, 0,
	 1},
	{"5 read(3,  <unfinished ...>\n5 close(4) = 0\n", "2 5 read(3, \n2 5 close(4) = 0\n", 0,
	 0, 1},
	{"5 read(3,  <unfinished ...>\n5 <... write resumed>) = 0\n",
	 "2 5 <... write resumed>) = 0 headless\n2 5 read(3, \n", 0, 1, 1},
	{"5 read(3,  <unfinished ...>) = ?\n", "1 5 read(3,  <unfinished ...>) = ?\n", 0, 0, 0},
	{"5 read(3,  <detached ...>\n", "1 5 read(3,  <detached ...>\n", 0, 0, 0},
	{"5 read(3, \"abc", "", 1, 0, 0},
	{"5 write(3, \"a = b", "", 1, 0, 0},
	{"usage: foo\nclose(3) = 0\nfoo(bar\n", "2 0 close(3) = 0\n", 2, 0, 0},
	/* A thread that executes a program goes on as its leader. */
	{"7 execve(\"a\" <unfinished ...>\n5 futex(0x1 <unfinished ...>\n5 +++ superseded by "
	 "execve "
	 "in pid 7 +++\n5 <... execve resumed>) = 0\n",
	 "3 5 futex(0x1\n4 5 execve(\"a\") = 0\n", 0, 0, 1},
	/* Other tables. */
	{"[ Process PID=5 runs in 32 bit mode. ]\n5 close(3) = 0\n6 close(3) = 0\n"
	 "[ Process PID=5 runs in 64 bit mode. ]\n5 close(4) = 0\n",
	 "2 5 close(3) = 0 foreign\n3 6 close(3) = 0\n5 5 close(4) = 0\n", 0, 0, 0},
	{"[ Process PID=5 runs in x32 mode. ]\n5 read(3 <unfinished ...>\n5 <... read "
	 "resumed>) = "
	 "0\n5 +++ exited with 0 +++\n5 close(3) = 0\n",
	 "3 5 read(3) = 0 foreign\n5 5 close(3) = 0\n", 0, 0, 0},
	/* Lines that are no calls. */
	{"--- SIGCHLD {si_signo=SIGCHLD} ---\n+++ exited with 0 +++\n > a(b+0x1) [0x2]\n"
	 "strace: x\n",
	 "", 0, 0, 0},
};

START_TEST(log_becomes_calls)
{
	const struct log_case *one = &cases[_i];
	struct strace_counts counts;
	struct log log;
	char *calls;

	open_log(&log, write_calls);
	ck_assert_int_eq(strace_reader_feed(log.reader, one->log, strlen(one->log)), 0);
	calls = close_log(&log, &counts);
	ck_assert_str_eq(calls, one->calls);
	ck_assert_uint_eq(counts.unreadable, one->unreadable);
	ck_assert_uint_eq(counts.lost_beginnings, one->lost_beginnings);
	ck_assert_uint_eq(counts.never_returned, one->never_returned);
	free(calls);
}
END_TEST

/* Read SIZE bytes in pieces of up to MOST bytes; MOST 0: at once. */
static char *read_in_pieces(const char *bytes, size_t size, size_t most, unsigned *seed,
			    struct strace_counts *counts)
{
	struct log log;

	open_log(&log, write_event);
	while (size) {
		size_t len = most ? 1 + (size_t)rand_r(seed) % most : size;
		char *piece;

		len = len < size ? len : size;
		/* A block of its own: the reader must not look back at what it was fed before.
		 */
		piece = malloc(len);
		ck_assert_ptr_nonnull(piece);
		memcpy(piece, bytes, len);
		ck_assert_int_eq(strace_reader_feed(log.reader, piece, len), 0);
		free(piece);
		bytes += len;
		size -= len;
	}
	return close_log(&log, counts);
}

static void ck_same_however_cut(const char *bytes, size_t size, size_t most, unsigned seed)
{
	struct strace_counts whole_counts, counts;
	unsigned state = seed;
	char *whole = read_in_pieces(bytes, size, 0, NULL, &whole_counts);
	char *pieces = read_in_pieces(bytes, size, most, &state, &counts);

	ck_assert_msg(strcmp(whole, pieces) == 0, "seed %u, pieces of up to %zu", seed, most);
	ck_assert_mem_eq(&whole_counts, &counts, sizeof(counts));
	free(whole);
	free(pieces);
}

START_TEST(it_does_not_matter_where_the_bytes_are_cut)
{
	unsigned seed = (unsigned)seed_of_this_run();
	char all[16384] = "";

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_uint_lt(strlen(all) + strlen(cases[i].log) + 2, sizeof(all));
		strcat(strcat(all, cases[i].log), "\n");
		ck_same_however_cut(cases[i].log, strlen(cases[i].log), 1, seed);
	}
	for (size_t most = 1; most < 200; most += 7)
		ck_same_however_cut(all, strlen(all), most, seed + (unsigned)most);
}
END_TEST

/* SIZE bytes of a call whose string is as long as it has to be. */
static char *long_line(size_t size)
{
	static const char start[] = "write(1, \"", end[] = "\", 9) = 9";
	char *line = malloc(size);

	ck_assert_ptr_nonnull(line);
	memset(line, 'x', size);
	memcpy(line, start, sizeof(start) - 1);
	memcpy(line + size - (sizeof(end) - 1), end, sizeof(end) - 1);
	return line;
}

START_TEST(line_is_read_up_to_the_limit_and_counted_beyond_it)
{
	for (size_t extra = 0; extra < 2; extra++) {
		size_t size = STRACE_MAX_LINE + extra;
		struct strace_counts counts;
		char *line = long_line(size), *calls;
		struct log log;

		open_log(&log, write_calls);
		ck_assert_int_eq(strace_reader_feed(log.reader, "close(1) = 0\n", 13), 0);
		ck_assert_int_eq(strace_reader_feed(log.reader, line, size / 2), 0);
		ck_assert_int_eq(
			strace_reader_feed(log.reader, line + size / 2, size - size / 2), 0);
		ck_assert_int_eq(strace_reader_feed(log.reader, "\nclose(2) = 0\n", 14), 0);
		calls = close_log(&log, &counts);
		ck_assert_uint_eq(counts.lines, 3);
		ck_assert_uint_eq(counts.calls, 3 - extra);
		ck_assert_uint_eq(counts.unreadable, extra);
		if (extra)
			ck_assert_uint_eq(counts.unreadable_lines[0].line, 2);
		free(calls);
		free(line);
	}
}
END_TEST

START_TEST(line_without_an_end_takes_no_more_memory_than_the_limit)
{
	static char piece[1 << 20];
	struct strace_counts counts;
	struct log log;

	memset(piece, 'x', sizeof(piece));
	open_log(&log, write_calls);
	for (unsigned i = 0; i < 64; i++)
		ck_assert_int_eq(strace_reader_feed(log.reader, piece, sizeof(piece)), 0);
	free(close_log(&log, &counts));
	ck_assert_uint_eq(counts.unreadable, 1);
	ck_assert_uint_eq(counts.calls, 0);
}
END_TEST

START_TEST(more_processes_than_can_be_remembered_are_counted_as_lost)
{
	enum { PROCESSES = 20000 };
	struct strace_counts counts;
	struct log log;
	char line[64];

	open_log(&log, write_calls);
	for (int half = 0; half < 2; half++) {
		for (int pid = 1; pid <= PROCESSES; pid++) {
			snprintf(line, sizeof(line),
				 half ? "%d <... read resumed>) = 0\n"
				      : "%d read(3 <unfinished ...>\n",
				 pid);
			ck_assert_int_eq(strace_reader_feed(log.reader, line, strlen(line)), 0);
		}
	}
	free(close_log(&log, &counts));
	ck_assert_uint_eq(counts.calls, PROCESSES);
	ck_assert_uint_gt(counts.lost_beginnings, 0);
	ck_assert_uint_lt(counts.lost_beginnings, PROCESSES / 2);
}
END_TEST

/* Repeat PIECE up to SIZE bytes. */
static char *repeated(const char *start, const char *piece, size_t size)
{
	char *text = malloc(size + 1);
	size_t len = strlen(piece), used = strlen(start);

	ck_assert_ptr_nonnull(text);
	memcpy(text, start, used);
	while (used < size) {
		size_t part = len < size - used ? len : size - used;

		memcpy(text + used, piece, part);
		used += part;
	}
	text[size] = 0;
	return text;
}

static const char *const hostile[] = {
	"1<",	      "1<a:[",	"1<char ",
	"1</a>b",     "[",	"{",
	"{msg_name=", "{a=[",	"\"",
	"\\",	      "\"\\\"", "/*",
	"/**/",	      " or ",	"A|",
	"f(",	      "htons(", " => ",
	"[ => ",      "=",	" = ",
	") = ",	      "1<<",	",",
	"a=1,",	      "{},",	"[1],",
	"~[",	      "INT ",	"_",
	"A_",	      "9",	"0x",
	"<",	      "> ",	"inet_pton(",
	"&",	      "...",	"strace: Process 1 attached",
	" ",	      "@\"",
};

/* What a log can make of the reader in the worst case is linear: 1 MiB of anything is read in a
 * moment (the test's own time limit). */
START_TEST(no_text_takes_long)
{
	static const char *const starts[] = {"sendmsg(3, ", "sendmsg(3, {msg_iov=[",
					     "socket(AF_INET, ", "1 <... read resumed>", ""};
	static const char end[] = "}]}) = 0\n";

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		char *text = repeated(starts[i], hostile[_i], 1 << 20);
		struct strace_counts counts;
		struct log log;

		open_log(&log, write_event);
		ck_assert_int_eq(strace_reader_feed(log.reader, text, strlen(text)), 0);
		ck_assert_int_eq(strace_reader_feed(log.reader, end, sizeof(end) - 1), 0);
		free(close_log(&log, &counts));
		free(text);
	}
}
END_TEST

/* 16,000 processes wait, and what is not theirs is resumed, by nobody's number. */
START_TEST(what_nobody_began_is_not_searched_for_among_all_who_wait)
{
	enum { PROCESSES = 16000, RESUMED = 2000000 };
	static const char resumed[] = "<... close resumed>) = 0\n";
	struct strace_counts counts;
	struct log log;
	char line[64];

	open_log(&log, drop_event);
	for (int pid = 1; pid <= PROCESSES; pid++) {
		snprintf(line, sizeof(line), "%d read(3 <unfinished ...>\n", pid);
		ck_assert_int_eq(strace_reader_feed(log.reader, line, strlen(line)), 0);
	}
	for (int i = 0; i < RESUMED; i++)
		ck_assert_int_eq(strace_reader_feed(log.reader, resumed, sizeof(resumed) - 1),
				 0);
	free(close_log(&log, &counts));
	ck_assert_uint_eq(counts.calls, PROCESSES + RESUMED);
	ck_assert_uint_eq(counts.lost_beginnings, RESUMED);
	ck_assert_uint_eq(counts.never_returned, PROCESSES);
}
END_TEST

static void read_file(void *context, const char *name, char *bytes, size_t size)
{
	const unsigned *seed = context;
	struct strace_counts counts;

	free(read_in_pieces(bytes, size, 0, NULL, &counts));
	ck_assert_msg(counts.unreadable == 0, "%s:%" PRIu64, name,
		      counts.unreadable_lines[0].line);
	ck_assert_msg(counts.lost_beginnings == 0, "%s", name);
	ck_assert_uint_gt(counts.calls, counts.lines / 2);
	ck_same_however_cut(bytes, size, 3000, *seed);
}

START_TEST(every_line_of_real_logs_is_read)
{
	unsigned seed = (unsigned)seed_of_this_run();

	log_files_each(read_file, &seed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strace_reader");
	TCase *tc = tcase_create("reader");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, log_becomes_calls, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tc, it_does_not_matter_where_the_bytes_are_cut);
	tcase_add_test(tc, line_is_read_up_to_the_limit_and_counted_beyond_it);
	tcase_add_test(tc, line_without_an_end_takes_no_more_memory_than_the_limit);
	tcase_add_test(tc, more_processes_than_can_be_remembered_are_counted_as_lost);
	tcase_add_loop_test(tc, no_text_takes_long, 0, sizeof(hostile) / sizeof(*hostile));
	tcase_add_test(tc, what_nobody_began_is_not_searched_for_among_all_who_wait);
	tcase_add_test(tc, every_line_of_real_logs_is_read);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
