/*
 * A program, and strace's log of it, get the same verdicts: one that makes calls that are
 * easily misjudged, under all options that change what strace prints; and real ones.
 */
#include <check.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/log_rules.h"

enum { MAX_CALLS = 4096, MAX_NAMES = 256, SKIPPED = 77 };

static const char rules[] = LOG_RULES
	"struct mmsghdr = { msg_hdr = <msghdr>, msg_len };\n"
	"sendmmsg(sockfd, mmsgs = [ <mmsghdr> ], mmsg_count, flags = 0);\n"
	"sendto(sockfd, buf, len, flags = 0, dest_addr = <sockaddr>, addrlen);\n"
	"openat(dirfd, path = <PATH>, flags = <access> | O_CLOEXEC | O_SYNC);\n"
	"openat(dirfd, path, flags = O_WRONLY | O_CREAT, mode);\n"
	"openat(dirfd, path, flags = O_PATH | O_CLOEXEC, ..);\n"
	"fcntl(fd, cmd = F_DUPFD, arg = 3);\n"
	"mmap(addr, length, prot = PROT_READ | PROT_WRITE,\n"
	"	flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, fd, offset);\n"
	"mremap(old_address, old_size, new_size, flags = MREMAP_MAYMOVE);\n"
	"futex(uaddr, futex_op = FUTEX_WAKE | FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, ..);\n"
	"futex(uaddr, futex_op = FUTEX_CMP_REQUEUE | FUTEX_WAKE_OP, ..);\n"
	"rt_sigaction(signum = SIGUSR1, act = { sa_flags = SA_RESTART | SA_RESTORER, .. }, "
	"..);\n"
	"prctl(op = PR_GET_KEEPCAPS | PR_SET_NAME, ..);\n"
	"ioctl(fd, op = FIONBIO, ..);\n"
	"umount2(target, flags = UMOUNT_NOFOLLOW);\n"
	"clone3(cl_args, size);\n";

static char folder[64];

struct judged {
	char name[64];
	char verdict[32];
	char text[512];
};

struct judgement {
	struct judged calls[MAX_CALLS];
	size_t count;
};

static int shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int shell(const char *format, ...)
{
	char command[16384];
	va_list args;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(command, sizeof(command), format, args),
			 (int)sizeof(command));
	va_end(args);
	return system(command);
}

/* Copy the value of KEY in the JSON object LINE, up to a quote that is not escaped. */
static bool get(const char *line, const char *key, char *value, size_t size)
{
	char word[32];
	const char *at;
	size_t len = 0;

	snprintf(word, sizeof(word), "\"%s\":\"", key);
	at = strstr(line, word);
	for (at = at ? at + strlen(word) : ""; *at && *at != '"' && len + 2 < size; at++) {
		value[len++] = *at;
		if (*at == '\\' && at[1])
			value[len++] = *++at;
	}
	value[len] = '\0';
	return len;
}

static void read_judgement(const char *name, struct judgement *judgement)
{
	static char line[1 << 16];
	char path[128];
	FILE *in;

	judgement->count = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in)) {
		struct judged *one = &judgement->calls[judgement->count];

		if (strncmp(line, "{\"type\":\"call\"", 14) != 0)
			continue;
		ck_assert(get(line, "name", one->name, sizeof(one->name)));
		ck_assert(get(line, "verdict", one->verdict, sizeof(one->verdict)));
		get(line, "text", one->text, sizeof(one->text));
		ck_assert_uint_lt(++judgement->count, MAX_CALLS);
	}
	fclose(in);
}

static void write_rules(void)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/rules.scml", folder);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(rules, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* The calls of the log of PROGRAM, a command line, with what strace's options OPTIONS print. */
static void judge_log(const char *options, bool to_stderr, const char *program)
{
	if (to_stderr)
		ck_assert_int_eq(shell("strace -f %s %s 2>'%s/log' >/dev/null", options,
				       program, folder),
				 0);
	else
		ck_assert_int_eq(shell("strace -f %s -o '%s/log' %s >/dev/null", options,
				       folder, program),
				 0);
	ck_assert_int_eq(shell("'%s' '%s/rules.scml' --scope listed --all --json --input "
			       "'%s/log' -o '%s/log.json'",
			       SCMLTRACE, folder, folder, folder),
			 0);
}

static void judge_live(const char *program)
{
	ck_assert_int_eq(shell("'%s' '%s/rules.scml' --scope listed --all --json "
			       "-o '%s/live.json' -- %s >/dev/null",
			       SCMLTRACE, folder, folder, program),
			 0);
}

/* What the log leaves open although the program's registers tell: names that strace still has,
 * and no header any more. */
static const char *const openings[] = {"TCP_COOKIE_TRANSACTIONS"};

static bool is_known_opening(const struct judged *one)
{
	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++)
		if (strcmp(one->verdict, "undecided") == 0 && strstr(one->text, openings[i]))
			return true;
	return false;
}

static struct judgement live, logged;

static void compare(const char *options, bool to_stderr)
{
	judge_log(options, to_stderr, CALLS);
	read_judgement("log.json", &logged);
	ck_assert_uint_eq(live.count, logged.count);
	for (size_t i = 0; i < live.count; i++) {
		const struct judged *a = &live.calls[i], *b = &logged.calls[i];

		ck_assert_msg(strcmp(a->name, b->name) == 0, "%s: call %zu: %s, but %s",
			      options, i, a->text, b->text);
		ck_assert_msg(strcmp(a->verdict, b->verdict) == 0 || is_known_opening(b),
			      "%s: %s is %s, but %s is %s", options, a->text, a->verdict,
			      b->text, b->verdict);
	}
}

START_TEST(log_gets_the_verdicts_of_the_program)
{
	static const struct {
		const char *options;
		bool to_stderr;
	} ways[] = {
		{"", false},
		{"", true},
		{"-y", false},
		{"-yy", true},
		{"-yy -t", false},
		{"-yy -tt -T -i", true},
		{"-yy -tt -T -i -n", false},
		{"-r", false},
		{"-yy -r -n", true},
		{"-ttt", true},
		{"-T", false},
		{"-i", false},
		{"-n", false},
		{"-v", false},
		{"-yy -v -s 4096", true},
		{"-s 2", false},
		{"-yy -s 4", false},
		{"-x", false},
		{"-xx", false},
		{"-X raw", false},
		{"-X abbrev", true},
		{"-X verbose", false},
		{"-yy --decode-pids=comm", false},
		{"-yy --decode-pids=comm -tt", true},
		{"-a 10", false},
		{"-k", false},
		{"-yy -ttt -k", true},
	};

	judge_live(CALLS);
	read_judgement("live.json", &live);
	ck_assert_uint_gt(live.count, 500);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		compare(ways[i].options, ways[i].to_stderr);
}
END_TEST

/* How often a call got a verdict. */
struct tally {
	char name[64];
	unsigned supported, unsupported, undecided;
};

struct tallies {
	struct tally calls[MAX_NAMES];
	size_t count;
};

static struct tallies seen_live, seen_logged;

static struct tally *tally_of(struct tallies *tallies, const char *name)
{
	struct tally *tally = tallies->calls;

	while (tally < tallies->calls + tallies->count && strcmp(tally->name, name) != 0)
		tally++;
	if (tally == tallies->calls + tallies->count) {
		ck_assert_uint_lt(++tallies->count, MAX_NAMES);
		memset(tally, 0, sizeof(*tally));
		snprintf(tally->name, sizeof(tally->name), "%s", name);
	}
	return tally;
}

static void count_verdicts(const char *file, struct tallies *tallies)
{
	static char line[1 << 16];
	char path[128], name[64], verdict[32];
	FILE *in;

	tallies->count = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in)) {
		struct tally *tally;

		if (strncmp(line, "{\"type\":\"call\"", 14) != 0)
			continue;
		get(line, "name", name, sizeof(name));
		get(line, "verdict", verdict, sizeof(verdict));
		tally = tally_of(tallies, name);
		tally->supported += !strcmp(verdict, "supported");
		tally->unsupported += !strcmp(verdict, "unsupported");
		tally->undecided +=
			strcmp(verdict, "supported") && strcmp(verdict, "unsupported");
	}
	fclose(in);
}

/* Calls whose verdicts differ, and why. */
static const struct {
	const char *name;
	const char *why;
} differences[] = {
	{"futex", "strace prints only the arguments that the operation uses"},
};

static bool is_explained(const char *name)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		if (strcmp(differences[i].name, name) == 0)
			return true;
	return false;
}

START_TEST(real_programs_get_the_verdicts_of_their_logs)
{
	static const char *const programs[] = {
		"ls -lR /usr/include/linux",
		"find /usr/include -name 'a*'",
		"grep -r struct /usr/include/linux",
		"sh -c 'cat /etc/passwd | sort | uniq -c; ls /'",
		"env PYTHONHASHSEED=0 /usr/bin/python3 -S -c 'import os; os.listdir(\"/\")'",
		"git --version",
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		judge_live(programs[i]);
		judge_log("-yy", false, programs[i]);
		count_verdicts("live.json", &seen_live);
		count_verdicts("log.json", &seen_logged);
		ck_assert_uint_gt(seen_live.count, 0);
		for (size_t j = 0; j < seen_live.count; j++) {
			const struct tally *a = &seen_live.calls[j];
			const struct tally *b = tally_of(&seen_logged, a->name);

			ck_assert_msg(
				is_explained(a->name) || (a->supported == b->supported &&
							  a->unsupported == b->unsupported &&
							  a->undecided == b->undecided),
				"%s: %s: live %u supported, %u unsupported, %u undecided, but "
				"in the log %u, %u, %u",
				programs[i], a->name, a->supported, a->unsupported,
				a->undecided, b->supported, b->unsupported, b->undecided);
		}
		ck_assert_uint_eq(seen_live.count, seen_logged.count);
	}
}
END_TEST

static void start(void)
{
	strcpy(folder, "/tmp/scmltrace-log-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_rules();
}

static void stop(void)
{
	ck_assert_int_eq(shell("rm -rf '%s'", folder), 0);
}

int main(void)
{
	TCase *tc;
	Suite *suite;
	SRunner *runner;
	int failed;

	if (system("strace -o /dev/null true >/dev/null 2>&1") != 0) {
		puts("skipped: strace does not run here");
		return SKIPPED;
	}
	suite = suite_create("strace_log");
	tc = tcase_create("log");
	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, start, stop);
	tcase_add_test(tc, log_gets_the_verdicts_of_the_program);
	tcase_add_test(tc, real_programs_get_the_verdicts_of_their_logs);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
