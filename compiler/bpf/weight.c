#include "bpf/weight.h"

#include "bpf/frequency.h"

/*
 * How much of a call counts. What is always allowed is answered by a bitmap since Linux 5.11,
 * so it hardly counts, unless a profile says what is called. What is refused is called by
 * programs that the rules were not made for: the more, the more of the usual calls are refused.
 */
enum {
	SHARE_FULL = 256,
	SHARE_ALLOWED = 3,
};

/* What counts of each number. */
struct weighing {
	const struct bpf_numbers *numbers;
	struct bpf_frequencies frequencies;
	uint32_t share_allowed; /* of calls that are allowed, of SHARE_FULL */
	uint32_t share_refused; /* of usual calls that are refused */
};

/* The call of number NR, or NULL. */
static const struct abi_call *call_of(const struct bpf_numbers *numbers, uint32_t nr)
{
	return abi_call_by_nr(numbers->rules->db, numbers->rules->arch, nr);
}

/* The share of usual calls that is always refused. Rules that refuse most are about a part of
 * the calls, and do not tell what programs do besides. */
static uint32_t share_refused(const struct weighing *weighing)
{
	const struct bpf_numbers *numbers = weighing->numbers;
	uint64_t all = 1, refused = 0;

	for (uint32_t nr = 0; nr < numbers->count; nr++) {
		const struct abi_call *call = call_of(numbers, nr);
		uint32_t calls =
			call ? weighing->frequencies.calls[call - numbers->rules->db->calls]
			     : 0;

		all += calls;
		if (numbers->ends[nr] == BPF_END_REFUSED)
			refused += calls;
	}
	return refused * 2 > all ? 0 : (uint32_t)(refused * SHARE_FULL / all);
}

static uint64_t matter(const struct weighing *weighing, uint32_t nr)
{
	const struct abi_call *call = call_of(weighing->numbers, nr);
	uint64_t calls, known, tried;
	size_t index;

	if (!call)
		return 0;
	index = (size_t)(call - weighing->numbers->rules->db->calls);
	calls = weighing->frequencies.calls[index];
	switch (weighing->numbers->ends[nr]) {
	case BPF_END_TESTED:
		return SHARE_FULL * calls;
	case BPF_END_ALLOWED:
		return weighing->share_allowed * calls;
	case BPF_END_REFUSED:
		break;
	}
	known = (uint64_t)SHARE_FULL * weighing->frequencies.refused[index];
	tried = weighing->share_refused * calls;
	return known > tried ? known : tried;
}

static const double *weigh(struct arena *arena, const struct weighing *weighing)
{
	uint32_t count = weighing->numbers->count;
	double *shares = ARENA_ARRAY(arena, double, count), all = 1;

	for (uint32_t nr = 0; nr < count; nr++)
		all += shares[nr] = (double)matter(weighing, nr);
	for (uint32_t nr = 0; nr < count; nr++)
		shares[nr] /= all;
	return shares;
}

const double *bpf_weigh_numbers(struct arena *arena, const struct bpf_numbers *numbers,
				const struct bpf_profile *profile, uint32_t trust)
{
	struct weighing weighing = {
		.numbers = numbers,
		.frequencies = bpf_frequencies(arena, numbers->rules->db, profile, trust),
		.share_allowed = profile ? SHARE_FULL : SHARE_ALLOWED};

	/* A profile tells what is tried. */
	weighing.share_refused = profile ? 0 : share_refused(&weighing);
	return weigh(arena, &weighing);
}

const double *bpf_usual_numbers(struct arena *arena, const struct bpf_numbers *numbers)
{
	const struct weighing weighing = {
		.numbers = numbers,
		.frequencies = bpf_frequencies(arena, numbers->rules->db, NULL, 0),
		.share_allowed = SHARE_FULL};

	return weigh(arena, &weighing);
}
