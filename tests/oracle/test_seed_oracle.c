/*
 * The rules of specs/networking-and-sockets.scml, read by hand (seed_rules.c), against what the
 * tables (`scmlc eval`) and the filters (`scmlc sim`) answer, call by call.
 *
 * SCML_ORACLE_CALLS raises the number of random calls, SCML_SEED repeats a run.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "seed_rules.h"

enum {
	LINE_MAX_BYTES = 200,
	RANDOM_CALLS = 20000,
	SHOWN_FAILURES = 5,
	SPEC_MAX_BYTES = 1 << 16,
};

/* One line for eval and sim, and what has to come out. */
struct question {
	char text[LINE_MAX_BYTES];
	const char *name;    /* of a call that has rules; NULL: no rule is for it */
	enum answer answer;  /* of the rules */
	bool is_out_of_spec; /* no rule is for it: supported under --scope listed */
	bool is_foreign;     /* of another table: the filter kills */
};

struct questions {
	struct question *items;
	size_t count, size;
};

static struct question *add(struct questions *questions)
{
	if (questions->count == questions->size) {
		questions->size = questions->size ? 2 * questions->size : 1024;
		questions->items =
			realloc(questions->items, questions->size * sizeof(*questions->items));
		ck_assert_ptr_nonnull(questions->items);
	}
	questions->items[questions->count] = (struct question){.answer = ANSWER_NO};
	return &questions->items[questions->count++];
}

static const struct seed_call *find_call(const char *name)
{
	for (size_t i = 0; i < seed_call_count; i++) {
		if (strcmp(seed_calls[i].name, name) == 0)
			return &seed_calls[i];
	}
	ck_abort_msg("no call %s", name);
}

static void ask(struct questions *questions, const struct seed_call *call,
		const uint64_t args[static REGISTERS])
{
	struct question *question = add(questions);

	question->name = call->name;
	question->answer = call->judge(args);
	snprintf(question->text, sizeof(question->text),
		 "%s 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
		 " 0x%" PRIx64,
		 call->name, args[0], args[1], args[2], args[3], args[4], args[5]);
}

/* Calls that the spec has no rules for, and numbers that are no calls. */
static void ask_beside_the_rules(struct questions *questions)
{
	static const char *const without_rules[] = {
		"listen 3 5",	   "accept4 3 0 0 0x80800",
		"shutdown 3 2",	   "sendmmsg 3 0 0 0",
		"read 0 0 0",	   "getpid",
		"openat -100 0 0", "exit_group 0",
	};
	static const char *const foreign[] = {
#ifdef __x86_64__
		"aarch64:socket 1 1 0",
		"riscv64:socket 1 1 0",
		"0x40000029 1 1 0", /* x32 */
		"0x40000001",
#else
		"x86_64:socket 1 1 0",
#endif
	};

	for (size_t i = 0; i < sizeof(without_rules) / sizeof(*without_rules); i++) {
		struct question *question = add(questions);

		snprintf(question->text, sizeof(question->text), "%s", without_rules[i]);
		question->is_out_of_spec = true;
	}
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		struct question *question = add(questions);

		snprintf(question->text, sizeof(question->text), "%s", foreign[i]);
		question->is_foreign = true;
	}
	/* no calls: beyond the last one, in a gap, what a tracer skips */
	snprintf(add(questions)->text, LINE_MAX_BYTES, "3000");
	snprintf(add(questions)->text, LINE_MAX_BYTES, "400");
	snprintf(add(questions)->text, LINE_MAX_BYTES, "-1");
}

/* VALUE and its neighbours, with bits that an int parameter does and does not have. */
static uint64_t decorate(uint64_t value, unsigned how)
{
	switch (how) {
	case 1:
		return value + 1;
	case 2:
		return value - 1;
	case 3:
		return value | UINT64_C(1) << 31;
	case 4:
		return value | UINT64_C(1) << 32;
	case 5:
		return value | UINT64_C(1) << 40;
	case 6:
		return value | UINT64_C(1) << 63;
	case 7:
		return value | UINT64_C(0xffffffff) << 32;
	case 8:
		return 0 - value;
	case 9:
		return ~value;
	default:
		return value;
	}
}

enum { DECORATIONS = 10 };

/* Every sample with every one of its registers at every value of its pool. */
static void ask_boundaries(struct questions *questions, unsigned decorations)
{
	for (size_t i = 0; i < seed_sample_count; i++) {
		const struct seed_call *call = find_call(seed_samples[i].name);

		for (unsigned at = 0; at < REGISTERS; at++) {
			size_t count;
			const uint64_t *pool = seed_pool(call->pools[at], &count);

			for (size_t k = 0; k < count * decorations; k++) {
				uint64_t args[REGISTERS];

				memcpy(args, seed_samples[i].args, sizeof(args));
				args[at] = decorate(pool[k / decorations],
						    (unsigned)(k % decorations));
				ask(questions, call, args);
			}
		}
	}
}

/* splitmix64 */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t random_value(uint64_t *state, enum pool pool)
{
	size_t count;
	const uint64_t *values = seed_pool(pool, &count);
	uint64_t value = values[random_next(state) % count];

	switch (random_next(state) % 8) {
	case 0:
		return random_next(state);
	case 1:
		return value | values[random_next(state) % count];
	case 2:
	case 3:
		return decorate(value, (unsigned)(random_next(state) % DECORATIONS));
	default:
		return value;
	}
}

static void ask_at_random(struct questions *questions, size_t count, uint64_t seed)
{
	uint64_t state = seed;

	for (size_t i = 0; i < count; i++) {
		const struct seed_sample *sample =
			&seed_samples[random_next(&state) % seed_sample_count];
		const struct seed_call *call = find_call(sample->name);
		uint64_t args[REGISTERS];

		for (unsigned at = 0; at < REGISTERS; at++)
			args[at] = random_next(&state) % 2
					   ? sample->args[at]
					   : random_value(&state, call->pools[at]);
		ask(questions, call, args);
	}
}

/* ---- running the compiler ---- */

static char folder[] = "/tmp/scml-oracle-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[sizeof(folder) + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void redirect(int fd, const char *path, int flags)
{
	int file = open(path, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(126);
}

/* Run scmlc with ARGV in the folder, its input and output files there. Its exit status. */
static int run(const char *input, const char *output, char *const argv[])
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (chdir(folder) < 0)
			_exit(126);
		redirect(STDIN_FILENO, input, O_RDONLY);
		redirect(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC);
		redirect(STDERR_FILENO, "stderr", O_WRONLY | O_CREAT | O_TRUNC);
		execv(SCMLC, argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define RUN(input, output, ...) \
	run((input), (output), (char *[]){(char *)"scmlc", __VA_ARGS__, NULL})

static void write_file(const char *name, const char *text, size_t size)
{
	FILE *file = fopen(in_folder(name), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(SPEC_MAX_BYTES);

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(text);
	*size = fread(text, 1, SPEC_MAX_BYTES - 1, file);
	ck_assert_msg(feof(file), "%s is too large", path);
	fclose(file);
	text[*size] = '\0';
	return text;
}

static void write_questions(const struct questions *questions)
{
	FILE *file = fopen(in_folder("calls"), "w");

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < questions->count; i++)
		fprintf(file, "%s\n", questions->items[i].text);
	ck_assert_int_eq(fclose(file), 0);
}

/* ---- comparing ---- */

/* One way to compile and ask. */
struct setting {
	const char *scope;
	const char *on_undecided;
	const char *on_mismatch;
};

static enum answer expected_answer(const struct question *question,
				   const struct setting *setting)
{
	if (question->is_out_of_spec && strcmp(setting->scope, "listed") == 0)
		return ANSWER_YES;
	return question->answer;
}

static const char *expected_action(const struct question *question,
				   const struct setting *setting)
{
	if (question->is_foreign)
		return "kill";
	switch (expected_answer(question, setting)) {
	case ANSWER_YES:
		return "allow";
	case ANSWER_OPEN:
		return setting->on_undecided;
	case ANSWER_NO:
		break;
	}
	return setting->on_mismatch;
}

/* Does line NUMBER of SPEC begin a rule of the call NAME? */
static bool line_is_rule_of(const char *spec, long number, const char *name)
{
	size_t len = strlen(name);

	for (; number > 1 && spec; number--) {
		spec = strchr(spec, '\n');
		if (spec)
			spec++;
	}
	return number == 1 && spec && strncmp(spec, name, len) == 0 && spec[len] == '(';
}

/* Is ANSWER, a line of eval, what QUESTION should get: the verdict, and the place of a rule of
 * that call or the failing parameter? */
static bool is_right_verdict(const char *spec, const struct question *question,
			     const struct setting *setting, const char *answer)
{
	static const char *const words[] = {"unsupported", "undecided", "supported"};
	enum answer expected = expected_answer(question, setting);
	size_t len = strlen(words[expected]);
	const char *rest = answer + len + 1;

	if (strncmp(answer, words[expected], len) != 0 || answer[len] != ' ')
		return false;
	if (!question->name)
		return strcmp(rest, "-") == 0;
	if (expected == ANSWER_NO)
		return islower((unsigned char)*rest);
	return strncmp(rest, "spec.scml:", 10) == 0 &&
	       line_is_rule_of(spec, strtol(rest + 10, NULL, 10), question->name);
}

static bool is_right_action(const char *expected, const char *answer)
{
	size_t len = strlen(expected);

	return strncmp(answer, expected, len) == 0 && answer[len] == ' ' &&
	       isdigit((unsigned char)answer[len + 1]);
}

static bool next_line(FILE *file, char line[static LINE_MAX_BYTES])
{
	char *end;

	if (!fgets(line, LINE_MAX_BYTES, file))
		return false;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return true;
}

/* How many questions get another answer from the tables or from the filter than from the rules
 * read by hand. */
static size_t count_differences(const char *spec, const struct questions *questions,
				const struct setting *setting, bool is_shown)
{
	char verdict[LINE_MAX_BYTES], action[LINE_MAX_BYTES];
	size_t differences = 0;
	FILE *verdicts, *actions;

	verdicts = fopen(in_folder("verdicts"), "r");
	actions = fopen(in_folder("actions"), "r");
	ck_assert(verdicts && actions);
	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->items[i];
		const char *expected = expected_action(question, setting);

		ck_assert_msg(next_line(verdicts, verdict) && next_line(actions, action),
			      "no answer for call %zu of %zu", i, questions->count);
		if (is_right_verdict(spec, question, setting, verdict) &&
		    is_right_action(expected, action))
			continue;
		if (is_shown && differences < SHOWN_FAILURES)
			fprintf(stderr, "%s: by hand %d (%s), eval '%s', sim '%s'\n",
				question->text, (int)expected_answer(question, setting),
				expected, verdict, action);
		differences++;
	}
	ck_assert(!next_line(verdicts, verdict) && !next_line(actions, action));
	fclose(verdicts);
	fclose(actions);
	return differences;
}

/* Compile the file spec.scml in the folder and let it answer the file calls. */
static void answer_questions(const struct setting *setting)
{
	ck_assert_int_eq(RUN("/dev/null", "stdout", (char *)"-q", (char *)"--scope",
			     (char *)setting->scope, (char *)"--on-undecided",
			     (char *)setting->on_undecided, (char *)"--on-mismatch",
			     (char *)setting->on_mismatch, (char *)"spec.scml", (char *)"-o",
			     (char *)"filter.bpf"),
			 0);
	ck_assert_int_eq(RUN("calls", "verdicts", (char *)"eval", (char *)"-q",
			     (char *)"--scope", (char *)setting->scope, (char *)"spec.scml"),
			 0);
	ck_assert_int_eq(RUN("calls", "actions", (char *)"sim", (char *)"filter.bpf"), 0);
}

START_TEST(tables_and_filter_answer_as_the_rules_read_by_hand)
{
	static const struct setting settings[] = {
		{"all", "allow", "errno:ENOSYS"},
		{"all", "trap", "errno:EPERM"},
		{"listed", "notify", "log"},
		{"listed", "errno:ENOSYS", "errno:ENOSYS"},
	};
	const char *calls = getenv("SCML_ORACLE_CALLS"), *seed = getenv("SCML_SEED");
	uint64_t start = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	struct questions questions = {0};
	size_t size, count[ANSWER_YES + 1] = {0};
	char *spec = read_file(SPEC, &size);

	printf("seed: SCML_SEED=%" PRIu64 "\n", start);
	ask_beside_the_rules(&questions);
	ask_boundaries(&questions, DECORATIONS);
	ask_at_random(&questions, calls ? strtoul(calls, NULL, 10) : RANDOM_CALLS, start);
	for (size_t i = 0; i < questions.count; i++)
		count[questions.items[i].answer]++;
	printf("%zu calls: %zu supported, %zu undecided, %zu unsupported\n", questions.count,
	       count[ANSWER_YES], count[ANSWER_OPEN], count[ANSWER_NO]);
	for (int answer = ANSWER_NO; answer <= ANSWER_YES; answer++)
		ck_assert_uint_gt(count[answer], questions.count / 50);
	write_file("spec.scml", spec, size);
	write_questions(&questions);
	answer_questions(&settings[_i]);
	ck_assert_uint_eq(count_differences(spec, &questions, &settings[_i], true), 0);
	free(spec);
	free(questions.items);
}
END_TEST

/* ---- can that test fail? ---- */

/* The next constant of SPEC from *AT on that registers can tell: not in a comment, and not in a
 * struct, of which eval and the filter see nothing. Its length; 0: none is left. */
static size_t next_constant(const char *spec, size_t *at)
{
	unsigned depth = 0;

	for (size_t i = *at; spec[i]; i++) {
		size_t len = 0;

		if (strncmp(spec + i, "//", 2) == 0)
			i += strcspn(spec + i, "\n") - 1;
		else if (spec[i] == '{')
			depth++;
		else if (spec[i] == '}')
			depth--;
		while (isalnum((unsigned char)spec[i + len]) || spec[i + len] == '_')
			len++;
		if (len && depth == 0 && isupper((unsigned char)spec[i])) {
			*at = i;
			return len;
		}
		i += len ? len - 1 : 0;
	}
	return 0;
}

/* SPEC without the constant of LEN bytes at AT: one of several goes with its `|`, a lone one
 * makes way for a number that no rule has. */
static char *without_constant(const char *spec, size_t at, size_t len)
{
	size_t start = at, end = at + len;
	const char *instead = "";
	char *text;

	while (start > 0 && isspace((unsigned char)spec[start - 1]))
		start--;
	end += strspn(spec + end, " \n");
	if (spec[end] == '|') {
		start = at;
		end++;
	} else if (spec[start - 1] == '|') {
		start--;
	} else {
		start = at;
		instead = "77";
	}
	ck_assert_int_gt(asprintf(&text, "%.*s%s%s", (int)start, spec, instead, spec + end), 0);
	return text;
}

START_TEST(a_spec_with_one_constant_less_is_noticed)
{
	static const struct setting setting = {"all", "trap", "errno:EPERM"};
	struct questions questions = {0};
	size_t size, at = 0, len, mutations = 0;
	char *spec = read_file(SPEC, &size);

	ask_boundaries(&questions, 1);
	write_questions(&questions);
	for (; (len = next_constant(spec, &at)); at += len) {
		char *mutant = without_constant(spec, at, len);

		write_file("spec.scml", mutant, strlen(mutant));
		answer_questions(&setting);
		ck_assert_msg(count_differences(mutant, &questions, &setting, false) > 0,
			      "nobody noticed that %.*s is gone", (int)len, spec + at);
		mutations++;
		free(mutant);
	}
	printf("%zu constants are missed when they are gone\n", mutations);
	ck_assert_uint_gt(mutations, 50);
	free(spec);
	free(questions.items);
}
END_TEST

START_TEST(a_spec_with_a_looser_rule_is_noticed)
{
	static const struct setting setting = {"all", "trap", "errno:EPERM"};
	static const char *const looser[][2] = {
		{"protocol = 0\n", "protocol\n"},
		{"flags = 0,", "flags,"},
		{"flags = 0\n", "flags\n"},
		{"addr = <sockaddr>", "addr"},
		{"dest_addr = <sockaddr>", "dest_addr"},
		{"optname = <ip_options>", "optname"},
		{"SOCK_STREAM | SOCK_DGRAM |", "SOCK_STREAM | SOCK_DGRAM | SOCK_RAW |"},
		{"IPPROTO_UDP", "IPPROTO_UDP | IPPROTO_ICMP"},
		{"IP_TTL |", "IP_TTL | IP_OPTIONS |"},
	};
	struct questions questions = {0};
	size_t size;
	char *spec = read_file(SPEC, &size), *place, *mutant;

	ask_boundaries(&questions, 1);
	write_questions(&questions);
	place = strstr(spec, looser[_i][0]);
	ck_assert_msg(place, "the spec has no '%s'", looser[_i][0]);
	ck_assert_int_gt(asprintf(&mutant, "%.*s%s%s", (int)(place - spec), spec, looser[_i][1],
				  place + strlen(looser[_i][0])),
			 0);
	write_file("spec.scml", mutant, strlen(mutant));
	answer_questions(&setting);
	ck_assert_uint_gt(count_differences(mutant, &questions, &setting, false), 0);
	free(mutant);
	free(spec);
	free(questions.items);
}
END_TEST

static void make_folder(void)
{
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
	static const char *const files[] = {"spec.scml", "calls",  "verdicts",	"actions",
					    "stdout",	 "stderr", "filter.bpf"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(in_folder(files[i]));
	rmdir(folder);
}

int main(void)
{
	Suite *suite = suite_create("seed_oracle");
	TCase *tests = tcase_create("seed_oracle");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, make_folder, remove_folder);
	tcase_add_loop_test(tests, tables_and_filter_answer_as_the_rules_read_by_hand, 0, 4);
	tcase_add_test(tests, a_spec_with_one_constant_less_is_noticed);
	tcase_add_loop_test(tests, a_spec_with_a_looser_rule_is_noticed, 0, 9);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
