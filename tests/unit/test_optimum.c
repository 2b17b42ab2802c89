/*
 * Small decisions against the best program that there is, found by trying all. A decision is
 * about one word: each of the values 0 … 7, and all others alike, leads somewhere. Programs
 * load the word once and are made of JEQ, JGE and JSET with any constant (JGT is JGE of the
 * next) and one RET per answer, in any shape that has no way back. Shortest programs are found
 * for every decision with two answers; fastest ones, for random frequencies, for some with
 * three.
 */
#include <inttypes.h>
#include <string.h>

#include "bpf/layout.h"
#include "bpf/ranges.h"
#include "bpf/simplify.h"
#include "bpf_rules.h"
#include "seed.h"

enum {
	SMALL = 8,	 /* values that lead somewhere of their own */
	POINTS = 16,	 /* these; and the others by their lowest three bits: masks see them */
	OTHERS = 0xff00, /* the latter, as bits */
	FUNCTIONS = 1 << POINTS, /* with two answers: the points that get the second one */
	MAX_CONDITIONS = 64,
	MAX_LENGTH = 4,	 /* tests of a program that is searched for */
	MAX_CHANGES = 5, /* of the answer from one value to the next; a test each is enough */
	UNKNOWN_LENGTH = MAX_CHANGES,
	ANSWERS = 3,
	FAST_DECISIONS = 300 / ROUNDS_DIVISOR,
};

/* For which points can a jump be taken? */
struct conditions {
	uint16_t items[MAX_CONDITIONS];
	size_t count;
};

static uint64_t seed;

/* Per decision: the fewest tests, or UNKNOWN_LENGTH where there are more than MAX_LENGTH. */
static uint8_t shortest[FUNCTIONS];

static void add_condition(struct conditions *conditions, uint16_t points)
{
	if (!points || points == UINT16_MAX)
		return;
	for (size_t i = 0; i < conditions->count; i++)
		if (conditions->items[i] == points)
			return;
	conditions->items[conditions->count++] = points;
}

/* All that JEQ, JGE and JSET can tell apart. A mask has all bits above the third or none: that
 * makes no difference to anything else. */
static struct conditions all_conditions(void)
{
	struct conditions conditions = {.count = 0};

	for (unsigned k = 0; k < SMALL; k++)
		add_condition(&conditions, (uint16_t)(1u << k));
	for (unsigned k = 1; k <= SMALL; k++)
		add_condition(&conditions, (uint16_t)(UINT16_MAX << k));
	for (unsigned mask = 1; mask < POINTS; mask++) {
		uint16_t points = 0;

		for (unsigned point = 0; point < POINTS; point++)
			if (point & mask)
				points |= (uint16_t)(1u << point);
		add_condition(&conditions, points);
	}
	return conditions;
}

/* ---- the shortest ---- */

/* Instructions from the last to the first; each is the decision that begins there. */
struct chain {
	const struct conditions *conditions;
	uint16_t decisions[2 + MAX_LENGTH];
	size_t count;	  /* the two answers among them */
	unsigned unused;  /* of them, as bits: nothing leads there yet */
	uint8_t *lengths; /* per decision: the fewest tests found so far */
};

static void extend(struct chain *chain, size_t left);

/* Put DECISION, which leads to the USED ones, in front. */
static void put(struct chain *chain, uint16_t decision, unsigned used, size_t left)
{
	size_t at = chain->count;
	unsigned unused = chain->unused & ~used;
	unsigned latest = 1u << (at - 1);

	for (size_t i = 0; i < at; i++)
		if (chain->decisions[i] == decision)
			return;
	/* Two that do not need each other come in one order only. */
	if (at > 2 && !(used & latest) && decision < chain->decisions[at - 1])
		return;
	/* A test can bring two together, and the next ones with a third. */
	if ((size_t)__builtin_popcount(unused) > left)
		return;
	if (!unused && shortest[decision] > at - 1)
		shortest[decision] = (uint8_t)(at - 1);
	if (!left)
		return;
	chain->decisions[at] = decision;
	chain->count++;
	used = chain->unused;
	chain->unused = unused | 1u << at;
	extend(chain, left);
	chain->unused = used;
	chain->count--;
}

/* LEFT more tests may come in front. */
static void extend(struct chain *chain, size_t left)
{
	for (size_t yes = 0; yes < chain->count; yes++)
		for (size_t no = 0; no < chain->count; no++)
			for (size_t i = 0; yes != no && i < chain->conditions->count; i++) {
				uint16_t points = chain->conditions->items[i];

				put(chain,
				    (uint16_t)((chain->decisions[yes] & points) |
					       (chain->decisions[no] & ~points)),
				    1u << yes | 1u << no, left - 1);
			}
}

static void find_shortest(void)
{
	const struct conditions conditions = all_conditions();
	struct chain chain = {
		.conditions = &conditions, .decisions = {0, UINT16_MAX}, .count = 2};

	memset(shortest, UNKNOWN_LENGTH, sizeof(shortest));
	shortest[0] = shortest[UINT16_MAX] = 0;
	extend(&chain, MAX_LENGTH);
}

/* Points 0 … 7, and whether the others get the second answer too. */
static uint16_t decision_of(unsigned values)
{
	return (uint16_t)((values & 0xff) | (values >> SMALL & 1 ? OTHERS : 0));
}

static size_t changes_of(unsigned values)
{
	return (size_t)__builtin_popcount((values ^ values >> 1) & 0xff);
}

/* How far programs are from the best. */
struct gaps {
	size_t count, equal;
	size_t sum, most; /* instructions more */
};

static void add_gap(struct gaps *gaps, unsigned values, size_t length, size_t least)
{
	insist(length >= least,
	       "decision %#x: %zu tests, but none with fewer than %zu was found", values,
	       length, least);
	gaps->count++;
	gaps->equal += length == least;
	gaps->sum += length - least;
	if (length - least > gaps->most)
		gaps->most = length - least;
}

static void tell_gaps(const char *what, const struct gaps *gaps)
{
	printf("%s: %zu decisions, %zu of them are as short as can be; %zu instructions more "
	       "in "
	       "all, %zu at the most\n",
	       what, gaps->count, gaps->equal, gaps->sum, gaps->most);
}

/* The program that leads the values to LEAVES; the last of them is for the others. */
static struct bpf_code program_of(struct arena *arena, const uint32_t leaves[SMALL + 1],
				  const uint32_t weights[SMALL + 1])
{
	struct bpf_graph *graph = bpf_graph_new(arena);
	struct bpf_range ranges[SMALL + 1];
	bpf_node root;

	for (uint32_t i = 0; i <= SMALL; i++)
		ranges[i] = (struct bpf_range){i, i < SMALL ? i : UINT32_MAX,
					       bpf_graph_leaf(graph, leaves[i]), weights[i]};
	root = bpf_ranges_tree(graph, (struct bpf_word){0, UINT32_MAX}, ranges, SMALL + 1,
			       arena);
	return bpf_layout(graph, bpf_simplify(graph, root), arena);
}

START_TEST(numbers_are_told_apart_in_as_few_tests_as_can_be)
{
	static const uint32_t weights[SMALL + 1];
	struct gaps gaps = {0};

	for (unsigned values = 1; values < (2u << SMALL) - 1; values++) {
		struct arena *arena = arena_new();
		uint32_t leaves[SMALL + 1];

		for (unsigned i = 0; i <= SMALL; i++)
			leaves[i] = values >> i & 1;
		if (changes_of(values) <= MAX_CHANGES)
			add_gap(&gaps, values, program_of(arena, leaves, weights).count - 3,
				shortest[decision_of(values)]);
		arena_free(arena);
	}
	tell_gaps("numbers", &gaps);
	ck_assert_uint_ge(gaps.equal * 100, gaps.count * 80);
	ck_assert_uint_le(gaps.most, 2);
}
END_TEST

/* The length of the filter of a call whose argument is to be one of VALUES. */
static size_t filter_length(unsigned values, bool is_small)
{
	struct toy *toy = toy_new();
	struct bpf_options options = distinct_options();
	uint64_t list[SMALL];
	size_t count = 0, length;
	const struct rules *rules;

	for (unsigned i = 0; i < SMALL; i++)
		if (values >> i & 1)
			list[count++] = i;
	options.is_small = is_small;
	rules = toy_rules(toy, TOY_LITTLE, 1,
			  toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, list, count));
	length = bpf_compile(toy->arena, toy->diags, &rules, 1, &options).count;
	arena_free(toy->arena);
	return length;
}

START_TEST(an_argument_is_decided_in_as_few_tests_as_can_be)
{
	size_t around = filter_length(1, true) - 1; /* one value takes one test */
	struct gaps gaps = {0};

	for (unsigned values = 1; values < 1u << SMALL; values++)
		if (changes_of(values) <= MAX_CHANGES)
			add_gap(&gaps, values, filter_length(values, _i) - around,
				shortest[decision_of(values)]);
	tell_gaps(_i ? "arguments, -Os" : "arguments", &gaps);
	ck_assert_uint_ge(gaps.equal * 100, gaps.count * 80);
	ck_assert_uint_le(gaps.most, _i ? 1 : 2);
}
END_TEST

/* ---- the fastest ---- */

struct race {
	const struct conditions *conditions;
	uint32_t leaves[SMALL + 1];
	uint32_t weights[SMALL + 1];
	double *best; /* per set of points that arrive together; negative: not known yet */
};

static double weight_of(const struct race *race, uint16_t points)
{
	double weight = 0;

	for (unsigned i = 0; i <= SMALL; i++) /* of the others, one is called */
		weight += points >> i & 1 ? race->weights[i] : 0;
	return weight;
}

static bool is_settled(const struct race *race, uint16_t points)
{
	uint32_t leaf =
		race->leaves[__builtin_ctz(points) > SMALL ? SMALL : __builtin_ctz(points)];

	for (unsigned i = 0; i < POINTS; i++)
		if (points >> i & 1 && race->leaves[i > SMALL ? SMALL : i] != leaf)
			return false;
	return true;
}

/* The tests that calls take from where POINTS arrive, each as often as it is called. */
static double fastest(const struct race *race, uint16_t points)
{
	double best = 1e300, weight = weight_of(race, points);

	if (weight == 0 || is_settled(race, points))
		return 0; /* the way there may be as long as it likes */
	if (race->best[points] >= 0)
		return race->best[points];
	for (size_t i = 0; i < race->conditions->count; i++) {
		uint16_t yes = points & race->conditions->items[i];
		double cost;

		if (!yes || yes == points)
			continue;
		cost = weight + fastest(race, yes) +
		       fastest(race, (uint16_t)(points & ~race->conditions->items[i]));
		if (cost < best)
			best = cost;
	}
	return race->best[points] = best;
}

static void draw(struct race *race)
{
	size_t changes;

	do {
		uint32_t leaf = (uint32_t)(next_random(&seed) % ANSWERS);

		changes = 0;
		for (unsigned i = 0; i <= SMALL; i++) {
			if (next_random(&seed) % 2) {
				uint32_t other = (uint32_t)(next_random(&seed) % ANSWERS);

				changes += i > 0 && other != leaf;
				leaf = other;
			}
			race->leaves[i] = leaf;
			race->weights[i] = (uint32_t)(1 + next_random(&seed) % 1000)
					   << (next_random(&seed) % 3 * 5);
		}
	} while (!changes || changes > MAX_CHANGES);
}

/* The tests that the generator's program takes, each as often as it is called. */
static double tests_of(const struct race *race)
{
	struct arena *arena = arena_new();
	uint32_t weights[SMALL + 1];
	struct bpf_code code;
	double sum = 0;

	for (unsigned i = 0; i <= SMALL; i++) /* so much that length does not count */
		weights[i] = race->weights[i] * 2048;
	code = program_of(arena, race->leaves, weights);
	for (unsigned i = 0; i <= SMALL; i++) {
		struct seccomp_data call = {.nr = (int)i};
		struct bpf_result result;

		insist(bpf_sim(code.items, code.count, &call, &result) &&
			       result.action == race->leaves[i],
		       "the value %u is led elsewhere", i);
		sum += (double)race->weights[i] * (result.executed - 2);
	}
	arena_free(arena);
	return sum;
}

START_TEST(numbers_are_told_apart_as_fast_as_can_be)
{
	const struct conditions conditions = all_conditions();
	struct race race = {&conditions, {0}, {0}, calloc(FUNCTIONS, sizeof(double))};
	double worst = 1, sum = 0;
	size_t equal = 0;

	ck_assert_ptr_nonnull(race.best);
	for (size_t i = 0; i < FAST_DECISIONS; i++) {
		double is, least;

		draw(&race);
		for (size_t j = 0; j < FUNCTIONS; j++)
			race.best[j] = -1;
		least = fastest(&race, UINT16_MAX);
		is = tests_of(&race);
		insist(is >= least * (1 - 1e-9), "%g tests, but none with fewer than %g", is,
		       least);
		equal += is <= least * (1 + 1e-9);
		sum += is / least;
		if (is / least > worst)
			worst = is / least;
	}
	free(race.best);
	printf("numbers: %d decisions, %zu of them are as fast as can be; %.3f times the tests "
	       "on "
	       "average, %.2f times at the most\n",
	       FAST_DECISIONS, equal, sum / FAST_DECISIONS, worst);
	ck_assert(sum < 1.1 * FAST_DECISIONS);
	ck_assert(worst < 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("optimum");
	TCase *tcase = tcase_create("optimum");

	seed = seed_of_this_run();
	find_shortest();
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, numbers_are_told_apart_in_as_few_tests_as_can_be);
	tcase_add_loop_test(tcase, an_argument_is_decided_in_as_few_tests_as_can_be, 0, 2);
	tcase_add_test(tcase, numbers_are_told_apart_as_fast_as_can_be);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
