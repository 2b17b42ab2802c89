/*
 * Whole policies with one instruction of their filter changed: every field, every code that
 * seccomp has, every bit of every constant and distance. What changes an answer is found, with
 * a call that shows it; what is not found makes no difference to calls at the edges of what the
 * filter compares with. The argument is the number of a policy that comes from elsewhere;
 * skipped where it is not there. SCML_MUTANTS=all tries every distance of every jump.
 */
#include <string.h>

#include <linux/seccomp.h>

#include "bpf/check.h"
#include "bpf/codegen.h"
#include "bpf/expected.h"
#include "bpf/sim.h"
#include "bpf/symbolic.h"
#include "bpf/verify.h"
#include "seed.h"
#include "spec_text.h"

static const char *const policies[] = {
	SCML_POLICIES "/docker.scml",
	SCML_POLICIES "/net.scml",
	SCML_POLICIES "/svc.scml",
	SCML_SPECS "/networking-and-sockets.scml",
};

enum {
	POLICIES = sizeof(policies) / sizeof(*policies),
	OWN = POLICIES - 1,
	SKIPPED = 77,
	MAX_TEXT = 1 << 20,
	MAX_VALUES = 3 * BPF_MAXINSNS + 8,
	CODES = 256,
	TOLD = 64,
	CALLS = 300, /* that a mutant which is not found is tried with */
};

static uint64_t seed;

/* A filter, what it has to answer, and what was found out about its mutants. */
struct subject {
	struct spec_text spec;
	struct bpf_code code;
	struct bpf_options options;
	struct arena *arena; /* of the diagram */
	struct bdd *bdd;
	bdd_node expected;
	uint32_t audit;
	uint32_t values[MAX_VALUES]; /* at the edges of what the filter compares with */
	size_t value_count;
	struct sock_filter mutant[BPF_MAXINSNS];
	struct seccomp_data told[TOLD]; /* calls that come by the instruction */
	size_t told_count;
	size_t found, unclear, without_effect, refused;
};

/* In a new diagram: one that was full stays so. */
static void expect(struct subject *subject)
{
	if (subject->arena)
		arena_free(subject->arena);
	subject->arena = arena_new();
	subject->bdd = bdd_new(subject->arena);
	subject->expected =
		bpf_expected(subject->bdd, &subject->spec.rules, 1, &subject->options);
	bdd_keep(subject->bdd, subject->expected);
}

static void subject_make(struct subject *subject, const char *path)
{
	static char text[MAX_TEXT];
	struct bpf_options options = bpf_options_default();
	FILE *in = fopen(path, "r");
	size_t size;

	ck_assert_ptr_nonnull(in);
	size = fread(text, 1, sizeof(text) - 1, in);
	text[size] = '\0';
	fclose(in);
	memset(subject, 0, sizeof(*subject));
	subject->spec = spec_text_compile(text, "x86_64");
	options.scope = subject->spec.rules->call_count < 10 ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	subject->audit = subject->spec.rules->db->archs[subject->spec.rules->arch].audit;
	subject->code = bpf_compile(subject->spec.arena, subject->spec.diags,
				    &subject->spec.rules, 1, &options);
	ck_assert_uint_gt(subject->code.count, 0);
	subject->options = options;
	expect(subject);
	for (size_t i = 0; i < subject->code.count; i++)
		for (uint32_t j = 0; j < 3; j++)
			subject->values[subject->value_count++] =
				subject->code.items[i].k + j - 1;
}

static uint32_t answer(const struct sock_filter *items, size_t count,
		       const struct seccomp_data *call)
{
	struct bpf_result result;

	insist(bpf_sim(items, count, call, &result), "the simulation refuses a mutant");
	return result.action;
}

static uint32_t random_word(const struct subject *subject)
{
	uint64_t random = next_random(&seed);

	if (random % 4 == 0)
		return 0;
	return subject->values[(random >> 8) % subject->value_count];
}

/* Sometimes a call that was told, with one word changed. */
static struct seccomp_data random_call(const struct subject *subject)
{
	struct seccomp_data call = {.arch = subject->audit};

	if (subject->told_count && next_random(&seed) % 4) {
		uint32_t word = random_word(subject);

		call = subject->told[next_random(&seed) % subject->told_count];
		memcpy((char *)&call + 4 * (next_random(&seed) % (sizeof(call) / 4)), &word, 4);
		return call;
	}
	if (next_random(&seed) % 16 == 0)
		call.arch = random_word(subject);
	call.nr = (int)random_word(subject);
	call.instruction_pointer = next_random(&seed);
	for (size_t i = 0; i < 6; i++) {
		call.args[i] = random_word(subject);
		if (next_random(&seed) % 2)
			call.args[i] |= (uint64_t)random_word(subject) << 32;
	}
	return call;
}

/* Does some call get another answer? */
static bool is_seen_in_calls(const struct subject *subject, size_t calls)
{
	for (size_t i = 0; i < calls; i++) {
		struct seccomp_data call = random_call(subject);

		if (answer(subject->mutant, subject->code.count, &call) !=
		    answer(subject->code.items, subject->code.count, &call))
			return true;
	}
	return false;
}

/* The call that is told is one that the mutant answers as told, and the filter otherwise. */
static void check_found(struct subject *subject, bdd_node is, size_t at)
{
	struct arena *arena = arena_new();
	struct bpf_differences list =
		bpf_compare(arena, subject->bdd, is, subject->expected, &subject->audit, 1);

	insist(list.count > 0, "a mutant of instruction %zu differs, but no call shows it", at);
	for (size_t i = 0; i < list.count; i++) {
		const struct bpf_difference *one = &list.items[i];

		insist(one->is != one->wanted && answer(subject->mutant, subject->code.count,
							&one->call) == one->is,
		       "instruction %zu: the call that is told gets another answer", at);
		insist(answer(subject->code.items, subject->code.count, &one->call) ==
			       one->wanted,
		       "instruction %zu: the call that is told is answered so anyway", at);
		if (subject->told_count < TOLD)
			subject->told[subject->told_count++] = one->call;
	}
	arena_free(arena);
}

/* The limits of a diagram are for one filter: what is too much for it now is tried again. */
static bool understand(struct subject *subject, const struct bpf_code *code, bdd_node *is)
{
	struct bpf_fault fault;

	if (bpf_symbolic(subject->bdd, code, is, &fault))
		return true;
	expect(subject);
	if (bpf_symbolic(subject->bdd, code, is, &fault))
		return true;
	expect(subject);
	return false;
}

/* The mutant has another instruction AT. */
static void check_mutant(struct subject *subject, size_t at)
{
	const struct bpf_code code = {.items = subject->mutant, .count = subject->code.count};
	bdd_node is;

	if (!bpf_check(code.items, code.count, NULL)) {
		subject->refused++;
	} else if (!understand(subject, &code, &is)) {
		/* It is not passed as the same; some call shows it. */
		insist(is_seen_in_calls(subject, 100 * (size_t)CALLS),
		       "instruction %zu, code %#x: neither proved nor seen", at,
		       subject->mutant[at].code);
		subject->unclear++;
	} else if (is != subject->expected) {
		check_found(subject, is, at);
		subject->found++;
	} else {
		insist(!is_seen_in_calls(subject, CALLS),
		       "a mutant of instruction %zu passes, but answers otherwise", at);
		subject->without_effect++;
	}
	subject->mutant[at] = subject->code.items[at];
}

static void try_distances(struct subject *subject, size_t at)
{
	const struct sock_filter *one = &subject->code.items[at];
	bool is_all = getenv("SCML_MUTANTS") != NULL;

	for (unsigned i = is_all ? 1 : 0; i < (is_all ? 256u : 8u); i++) {
		uint8_t change = (uint8_t)(is_all ? i : 1u << i);

		subject->mutant[at].jt = one->jt ^ change;
		check_mutant(subject, at);
		subject->mutant[at].jf = one->jf ^ change;
		check_mutant(subject, at);
	}
	subject->mutant[at].jt = one->jf;
	subject->mutant[at].jf = one->jt;
	check_mutant(subject, at);
}

static void try_mutants(struct subject *subject, size_t at)
{
	const struct sock_filter *one = &subject->code.items[at];

	subject->told_count = 0;
	for (unsigned bit = 0; bit < 32; bit++) {
		subject->mutant[at].k = one->k ^ UINT32_C(1) << bit;
		check_mutant(subject, at);
	}
	subject->mutant[at].k = one->k + 1;
	check_mutant(subject, at);
	subject->mutant[at].k = one->k - 1;
	check_mutant(subject, at);
	if (BPF_CLASS(one->code) == BPF_JMP)
		try_distances(subject, at);
	for (unsigned code = 0; code < CODES; code++) {
		if (code == one->code || !bpf_is_seccomp_code(code))
			continue;
		subject->mutant[at].code = (uint16_t)code;
		check_mutant(subject, at);
	}
}

START_TEST(every_mutant_is_found_or_makes_no_difference)
{
	static struct subject subject;
	size_t count;

	subject_make(&subject, policies[_i]);
	count = subject.code.count;
	memcpy(subject.mutant, subject.code.items, count * sizeof(*subject.mutant));
	for (size_t at = 0; at < count; at++)
		try_mutants(&subject, at);
	printf("%s: %zu instructions; mutants: %zu found, %zu only seen in calls, %zu refused "
	       "by "
	       "the kernel, %zu without effect\n",
	       strrchr(policies[_i], '/') + 1, count, subject.found, subject.unclear,
	       subject.refused, subject.without_effect);
	ck_assert_uint_gt(subject.found, 30 * count);
	ck_assert_uint_lt(subject.unclear, 2 * count);
	ck_assert_uint_lt(subject.without_effect, subject.found / 4);
	arena_free(subject.arena);
	spec_text_free(&subject.spec);
}
END_TEST

int main(int argc, char **argv)
{
	int policy = argc > 1 ? atoi(argv[1]) : OWN;
	Suite *suite = suite_create("mutants");
	TCase *tcase = tcase_create("mutants");

	if (policy < 0 || policy >= POLICIES || access(policies[policy], R_OK)) {
		printf("skipped: there is no policy %s\n", argc > 1 ? argv[1] : policies[OWN]);
		return SKIPPED;
	}
	seed = seed_of_this_run();
	tcase_set_timeout(tcase, 600);
	tcase_add_loop_test(tcase, every_mutant_is_found_or_makes_no_difference, policy,
			    policy + 1);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
