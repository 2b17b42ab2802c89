#include "bpf/simplify.h"

#include <string.h>

#include "bpf/layout.h"
#include "vec.h"

/*
 * The rules of a call often ask again for what an earlier rule asked: the family of a socket,
 * the level of an option. The walk goes down from the root with what is known about each word,
 * and builds the graph anew without the tests that are settled. Facts about words that a node
 * does not lead to are forgotten, so that ways which differ in nothing else meet again.
 */

enum {
	WORDS = 16,		/* of struct seccomp_data */
	REFUSALS = 8,		/* failed comparisons that are remembered at once */
	VISITS_PER_NODE = 4,	/* more mean that ways part too often to gain */
	MAX_DEPTH = 1 << 11,	/* of the recursion */
	FIRST_BUCKETS = 1 << 9, /* of the memory of a walk */
};

/* What is known about a word. */
struct word_fact {
	uint32_t low, high;   /* its bounds */
	uint32_t ones, zeros; /* bits that are surely set, surely not */
};

/* A comparison that failed. */
struct refusal {
	uint32_t offset, mask, k;
};

struct facts {
	struct word_fact words[WORDS];
	struct refusal refusals[REFUSALS];
	uint32_t refusal_count;
};

struct visit {
	bpf_node node;
	struct facts facts;
	bpf_node result;
};

struct walk {
	struct bpf_graph *graph;
	struct arena *arena;
	const uint16_t *words; /* per node: the words that it and what follows test */
	VEC(struct visit) visits;
	uint32_t *buckets; /* index + 1 of a visit, 0: free */
	size_t bucket_mask;
	size_t max_visits;
	bool gave_up;
};

enum known { KNOWN_NO, KNOWN_YES, KNOWN_NOT };

static bool is_refused(const struct facts *facts, const struct bpf_decision *test)
{
	for (uint32_t i = 0; i < facts->refusal_count; i++) {
		const struct refusal *refusal = &facts->refusals[i];

		if (refusal->offset == test->offset && refusal->mask == test->mask &&
		    refusal->k == test->k)
			return true;
	}
	return false;
}

static enum known known_equal(const struct facts *facts, const struct bpf_decision *test)
{
	const struct word_fact *word = &facts->words[test->offset / 4];

	if (test->k & word->zeros || ~test->k & test->mask & word->ones)
		return KNOWN_NO;
	if (!(test->mask & ~(word->ones | word->zeros)))
		return KNOWN_YES;
	if (test->mask == UINT32_MAX && (test->k < word->low || test->k > word->high))
		return KNOWN_NO;
	return is_refused(facts, test) ? KNOWN_NO : KNOWN_NOT;
}

/* Is the outcome of TEST settled? */
static enum known known(const struct facts *facts, const struct bpf_decision *test)
{
	const struct word_fact *word = &facts->words[test->offset / 4];

	switch (test->op) {
	case BPF_TEST_EQ:
		return known_equal(facts, test);
	case BPF_TEST_SET:
		if (test->k & word->ones)
			return KNOWN_YES;
		return test->k & ~word->zeros ? KNOWN_NOT : KNOWN_NO;
	case BPF_TEST_GE:
		if ((word->ones & test->mask) >= test->k)
			return KNOWN_YES;
		if ((~word->zeros & test->mask) < test->k)
			return KNOWN_NO;
		if (test->mask == UINT32_MAX && word->low >= test->k)
			return KNOWN_YES;
		if (test->mask == UINT32_MAX && word->high < test->k)
			return KNOWN_NO;
		return KNOWN_NOT;
	case BPF_TEST_LEAF:
		break;
	}
	return KNOWN_NOT;
}

static void learn_refusal(struct facts *facts, const struct bpf_decision *test)
{
	struct word_fact *word = &facts->words[test->offset / 4];

	if (test->mask == UINT32_MAX && test->k == word->low)
		word->low++;
	if (test->mask == UINT32_MAX && test->k == word->high)
		word->high--;
	if (facts->refusal_count < REFUSALS)
		facts->refusals[facts->refusal_count++] =
			(struct refusal){test->offset, test->mask, test->k};
}

static void learn(struct facts *facts, const struct bpf_decision *test, bool holds)
{
	struct word_fact *word = &facts->words[test->offset / 4];
	bool is_whole = test->mask == UINT32_MAX;

	switch (test->op) {
	case BPF_TEST_EQ:
		if (!holds) {
			learn_refusal(facts, test);
			break;
		}
		word->ones |= test->k;
		word->zeros |= test->mask & ~test->k;
		if (is_whole)
			word->low = word->high = test->k;
		break;
	case BPF_TEST_SET:
		if (!holds)
			word->zeros |= test->k;
		else if (!(test->k & (test->k - 1)))
			word->ones |= test->k;
		break;
	case BPF_TEST_GE:
		if (is_whole && holds && word->low < test->k)
			word->low = test->k;
		else if (is_whole && !holds && word->high >= test->k)
			word->high = test->k - 1;
		break;
	case BPF_TEST_LEAF:
		break;
	}
}

static const struct word_fact nothing = {.high = UINT32_MAX};

/* Forget what does not matter for words that are not among WORDS. */
static void forget(struct facts *facts, uint16_t words)
{
	uint32_t kept = 0;

	for (unsigned i = 0; i < WORDS; i++)
		if (!(words >> i & 1))
			facts->words[i] = nothing;
	for (uint32_t i = 0; i < facts->refusal_count; i++)
		if (words >> (facts->refusals[i].offset / 4) & 1)
			facts->refusals[kept++] = facts->refusals[i];
	memset(facts->refusals + kept, 0, (REFUSALS - kept) * sizeof(facts->refusals[0]));
	facts->refusal_count = kept;
}

static size_t hash_visit(bpf_node node, const struct facts *facts)
{
	const uint32_t *words = (const uint32_t *)facts;
	uint64_t sum = node;

	for (size_t i = 0; i < sizeof(*facts) / sizeof(*words); i++)
		sum = (sum ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(sum >> 32);
}

/* The bucket of the visit to NODE with FACTS, or the free one where it belongs. */
static uint32_t *find_visit(const struct walk *walk, bpf_node node, const struct facts *facts)
{
	size_t at = hash_visit(node, facts) & walk->bucket_mask;

	for (; walk->buckets[at]; at = (at + 1) & walk->bucket_mask) {
		const struct visit *visit = &walk->visits.items[walk->buckets[at] - 1];

		if (visit->node == node && !memcmp(&visit->facts, facts, sizeof(*facts)))
			break;
	}
	return &walk->buckets[at];
}

static void remember(struct walk *walk, bpf_node node, const struct facts *facts,
		     bpf_node result)
{
	struct visit visit = {.node = node, .facts = *facts, .result = result};

	vec_push(walk->arena, &walk->visits, visit);
	*find_visit(walk, node, facts) = (uint32_t)walk->visits.count;
	if (walk->visits.count * 2 <= walk->bucket_mask)
		return;
	walk->bucket_mask = walk->bucket_mask * 2 + 1;
	walk->buckets = ARENA_ARRAY(walk->arena, uint32_t, walk->bucket_mask + 1);
	for (size_t i = 0; i < walk->visits.count; i++)
		*find_visit(walk, walk->visits.items[i].node, &walk->visits.items[i].facts) =
			(uint32_t)i + 1;
}

static bpf_node make_test(struct bpf_graph *graph, const struct bpf_decision *test,
			  bpf_node yes, bpf_node no)
{
	switch (test->op) {
	case BPF_TEST_EQ:
		return bpf_graph_equal(graph, test->offset, test->mask, test->k, yes, no);
	case BPF_TEST_GE:
		return bpf_graph_at_least(graph, test->offset, test->mask, test->k, yes, no);
	case BPF_TEST_SET:
	case BPF_TEST_LEAF:
		break;
	}
	return bpf_graph_any_bit(graph, test->offset, test->k, yes, no);
}

static bpf_node refine(struct walk *walk, bpf_node node, struct facts facts, unsigned depth)
{
	struct bpf_decision test = *bpf_graph_at(walk->graph, node);
	struct facts more;
	uint32_t bucket;
	bpf_node yes, no, result;

	for (enum known now = known(&facts, &test); now != KNOWN_NOT;
	     now = known(&facts, &test)) {
		node = now == KNOWN_YES ? test.yes : test.no;
		test = *bpf_graph_at(walk->graph, node);
	}
	forget(&facts, walk->words[node]);
	bucket = *find_visit(walk, node, &facts);
	if (bucket)
		return walk->visits.items[bucket - 1].result;
	walk->gave_up |= depth == MAX_DEPTH || walk->visits.count >= walk->max_visits;
	if (walk->gave_up || test.op == BPF_TEST_LEAF)
		return node;
	more = facts;
	learn(&more, &test, true);
	yes = refine(walk, test.yes, more, depth + 1);
	more = facts;
	learn(&more, &test, false);
	no = refine(walk, test.no, more, depth + 1);
	result = make_test(walk->graph, &test, yes, no);
	remember(walk, node, &facts, result);
	return result;
}

/* Per node up to ROOT, a bit for each word that it or what follows it tests. */
static const uint16_t *find_words(const struct bpf_graph *graph, bpf_node root,
				  struct arena *arena)
{
	uint16_t *words = ARENA_ARRAY(arena, uint16_t, root + 1);

	for (bpf_node i = 0; i <= root; i++) {
		const struct bpf_decision *node = bpf_graph_at(graph, i);

		if (node->op != BPF_TEST_LEAF)
			words[i] = (uint16_t)(1u << node->offset / 4 | words[node->yes] |
					      words[node->no]);
	}
	return words;
}

/* Nodes that ROOT leads to. */
static size_t count_nodes(const struct bpf_graph *graph, bpf_node root, struct arena *arena)
{
	bool *is_reached = ARENA_ARRAY(arena, bool, root + 1);
	size_t count = 0;

	is_reached[root] = true;
	for (bpf_node i = root + 1; i-- > 0;) {
		const struct bpf_decision *node = bpf_graph_at(graph, i);

		if (!is_reached[i])
			continue;
		count++;
		if (node->op != BPF_TEST_LEAF)
			is_reached[node->yes] = is_reached[node->no] = true;
	}
	return count;
}

bpf_node bpf_simplify(struct bpf_graph *graph, bpf_node root)
{
	struct walk walk = {.graph = graph, .bucket_mask = FIRST_BUCKETS - 1};
	struct facts facts = {.refusal_count = 0};
	struct arena *arena;
	bpf_node node;

	if (bpf_graph_at(graph, root)->op == BPF_TEST_LEAF)
		return root;
	walk.arena = arena = arena_new();
	for (unsigned i = 0; i < WORDS; i++)
		facts.words[i] = nothing;
	walk.max_visits = VISITS_PER_NODE * count_nodes(graph, root, arena) + FIRST_BUCKETS;
	walk.words = find_words(graph, root, arena);
	walk.buckets = ARENA_ARRAY(arena, uint32_t, FIRST_BUCKETS);
	node = refine(&walk, root, facts, 0);
	/* Ways that part for what they know can make the whole longer. */
	if (walk.gave_up || bpf_graph_is_full(graph) ||
	    bpf_layout(graph, node, arena).count > bpf_layout(graph, root, arena).count)
		node = root;
	arena_free(arena);
	return node;
}
