#include "bpf/dispatch.h"

#include "bpf/frequency.h"
#include "bpf/price.h"
#include "bpf/program.h"
#include "bpf/ranges.h"

enum {
	/* What one more executed instruction for every call weighs, in written ones. */
	WEIGHT_FAST = 64 * BPF_LENGTH,
	WEIGHT_SMALL = BPF_LENGTH / 16,
	/* Believing a profile more gains next to nothing. */
	TRUST_MOST = BPF_TRUST_ALL * 2 / 3,
	TRUST_STEP = BPF_TRUST_ALL / 16,
};

/* What programs in general may lose by a profile of one. */
static const double may_lose = 0.025;

/* The best tree when numbers have the given shares of what matters. */
static bpf_node make_tree(struct bpf_graph *graph, struct arena *arena,
			  const struct bpf_dispatch *dispatch, const double *shares)
{
	uint32_t count = dispatch->numbers.count;
	double weight = dispatch->is_small ? WEIGHT_SMALL : WEIGHT_FAST;
	struct bpf_range *ranges = ARENA_ARRAY(arena, struct bpf_range, count + 1);

	for (uint32_t nr = 0; nr < count; nr++)
		ranges[nr] = (struct bpf_range){nr, nr, dispatch->targets[nr],
						(uint32_t)(weight * shares[nr])};
	ranges[count] = (struct bpf_range){count, UINT32_MAX, dispatch->beyond, 0};
	return bpf_ranges_tree(graph, (struct bpf_word){BPF_FIELD_NR, UINT32_MAX}, ranges,
			       count + 1, arena);
}

/* The instructions of the tree NODE that calls execute which are made as SHARES say. */
static double mean_steps(const struct bpf_graph *graph, bpf_node node, const double *shares,
			 uint32_t count)
{
	double steps = 0;

	for (uint32_t nr = 0; nr < count; nr++)
		steps += shares[nr] * bpf_steps(graph, node, BPF_FIELD_NR, nr);
	return steps;
}

bpf_node bpf_dispatch(struct bpf_graph *graph, struct arena *arena,
		      const struct bpf_dispatch *dispatch)
{
	const struct bpf_numbers *numbers = &dispatch->numbers;
	const struct bpf_profile *profile = dispatch->profile;
	bpf_node node =
		make_tree(graph, arena, dispatch, bpf_weigh_numbers(arena, numbers, NULL, 0));
	const double *usual;
	double most;

	if (!profile)
		return node;
	usual = bpf_usual_numbers(arena, numbers);
	most = mean_steps(graph, node, usual, numbers->count) * (1 + may_lose);
	for (uint32_t trust = TRUST_MOST;;
	     trust = trust > TRUST_STEP ? trust - TRUST_STEP : 0) {
		node = make_tree(graph, arena, dispatch,
				 bpf_weigh_numbers(arena, numbers, profile, trust));
		if (!trust || mean_steps(graph, node, usual, numbers->count) <= most)
			return node;
	}
}
