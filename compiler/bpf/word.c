#include "bpf/word.h"

#include "bpf/program.h"
#include "bpf/ranges.h"
#include "vec.h"

static uint32_t low_half(uint64_t value)
{
	return (uint32_t)value;
}

static uint32_t high_half(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

struct bpf_register bpf_register_at(unsigned index, unsigned width, bool is_big_endian)
{
	uint32_t offset = BPF_FIELD_ARGS + 8 * index;

	return (struct bpf_register){
		.low = offset + (is_big_endian ? 4 : 0),
		.high = offset + (is_big_endian ? 0 : 4),
		.mask = width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX,
	};
}

/* The low halves of VALUES[0 … count), which all have one high half. */
static bpf_node test_low(struct bpf_graph *graph, struct bpf_word word, const uint64_t *values,
			 size_t count, bpf_node yes, bpf_node no)
{
	struct arena *arena = bpf_graph_arena(graph);
	struct bpf_point *points = ARENA_ARRAY(arena, struct bpf_point, count);
	bpf_node node;

	for (size_t i = 0; i < count; i++)
		points[i] = (struct bpf_point){low_half(values[i]), yes};
	node = bpf_points_tree(graph, word, points, count, no);
	return node;
}

bpf_node bpf_word_in(struct bpf_graph *graph, struct bpf_register reg, uint64_t mask,
		     const uint64_t *values, size_t count, bpf_node yes, bpf_node no)
{
	struct arena *arena = bpf_graph_arena(graph);
	VEC(uint64_t) possible = {0};
	VEC(struct bpf_point) groups = {0};
	struct bpf_word low, high;
	bpf_node node;

	mask &= reg.mask;
	low = (struct bpf_word){reg.low, low_half(mask)};
	high = (struct bpf_word){reg.high, high_half(mask)};
	for (size_t i = 0; i < count; i++)
		if (!(values[i] & ~mask))
			vec_push(arena, &possible, values[i]);
	for (size_t i = 0, end; i < possible.count; i = end) {
		uint32_t half = high_half(possible.items[i]);
		bpf_node target;

		for (end = i; end < possible.count && high_half(possible.items[end]) == half;)
			end++;
		target = test_low(graph, low, possible.items + i, end - i, yes, no);
		vec_push(arena, &groups, ((struct bpf_point){half, target}));
	}
	node = bpf_points_tree(graph, high, groups.items, groups.count, no);
	return node;
}

/* Is any bit of BITS set? */
static bpf_node test_any_bit(struct bpf_graph *graph, struct bpf_register reg, uint64_t bits,
			     bpf_node yes, bpf_node no)
{
	bpf_node high = bpf_graph_any_bit(graph, reg.high, high_half(bits), yes, no);

	return bpf_graph_any_bit(graph, reg.low, low_half(bits), yes, high);
}

/* Is every bit of BITS set? */
static bpf_node test_all_bits(struct bpf_graph *graph, struct bpf_register reg, uint64_t bits,
			      bpf_node yes, bpf_node no)
{
	uint32_t low = low_half(bits), high = high_half(bits);
	bpf_node rest = bpf_graph_equal(graph, reg.high, high, high, yes, no);

	return bpf_graph_equal(graph, reg.low, low, low, rest, no);
}

/* The bits that the very same composites hold as hold BIT. */
static uint64_t bits_like(uint64_t bit, const uint64_t *composites, size_t count)
{
	uint64_t like = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		like &= composites[i] & bit ? composites[i] : ~composites[i];
	return like;
}

bpf_node bpf_word_bits(struct bpf_graph *graph, struct bpf_register reg, uint64_t mask,
		       uint64_t bits, const uint64_t *composites, size_t count, bpf_node yes,
		       bpf_node no)
{
	struct arena *arena = bpf_graph_arena(graph);
	VEC(uint64_t) usable = {0};
	uint64_t composed = 0; /* bits that count only as part of a composite */
	bpf_node node = yes;

	mask &= reg.mask;
	for (size_t i = 0; i < count; i++) {
		if (composites[i] & ~mask)
			continue;
		vec_push(arena, &usable, composites[i]);
		composed |= composites[i] & ~bits;
	}
	for (uint64_t left = composed; left;) {
		uint64_t like = composed & bits_like(left & -left, usable.items, usable.count);
		uint64_t known = like & (like - 1) ? 0 : like; /* set, where it matters */
		bpf_node whole = no;

		for (size_t i = 0; i < usable.count; i++)
			if (usable.items[i] & like)
				whole = test_all_bits(graph, reg, usable.items[i] & ~known,
						      node, whole);
		node = test_any_bit(graph, reg, like, whole, node);
		left &= ~like;
	}
	node = test_any_bit(graph, reg, mask & ~bits & ~composed, no, node);
	return node;
}
