#include "bpf/frequency.h"

enum {
	ALL = 1 << 20, /* what the frequencies of all calls add up to, about */
	UNLISTED = 16,
	UNLISTED_REFUSED = 1,
	FEW = 100, /* calls: a profile of so many is believed by half */
};

struct frequency {
	const char *call;
	uint32_t count, refused;
};

static const struct frequency usual[] = {
#define FREQUENCY(call, count, refused) {#call, count, refused},
#include "bpf/frequencies.def"
#undef FREQUENCY
};

static uint64_t sum(const uint64_t *counts, size_t count)
{
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += counts[i];
	return total;
}

/* COUNTS, of which TOTAL shall weigh ALL, as frequencies. */
static uint32_t *scale(struct arena *arena, const uint64_t *counts, size_t count,
		       uint64_t total, uint32_t all)
{
	uint32_t *frequencies = ARENA_ARRAY(arena, uint32_t, count);

	for (size_t i = 0; i < count && total; i++)
		frequencies[i] = (uint32_t)((double)counts[i] * all / (double)total);
	return frequencies;
}

/* What the calls of PROFILE add up to, of ALL. A profile of few calls says little. */
static uint32_t seen_share(const struct abi_db *db, const struct bpf_profile *profile,
			   uint32_t trust)
{
	double count = (double)sum(profile->counts, db->call_count);

	return (uint32_t)((double)ALL * trust / BPF_TRUST_ALL * count / (count + FEW));
}

struct bpf_frequencies bpf_frequencies(struct arena *arena, const struct abi_db *db,
				       const struct bpf_profile *profile, uint32_t trust)
{
	size_t count = db->call_count;
	uint64_t *counts = ARENA_ARRAY(arena, uint64_t, count), total;
	uint64_t *refusals = ARENA_ARRAY(arena, uint64_t, count);
	uint32_t seen = profile ? seen_share(db, profile, trust) : 0;
	uint32_t *calls, *refused;

	for (size_t i = 0; i < count; i++) {
		counts[i] = UNLISTED;
		refusals[i] = UNLISTED_REFUSED;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		const struct abi_call *call = abi_call_find(db, usual[i].call);

		if (!call)
			continue;
		counts[call - db->calls] = usual[i].count;
		refusals[call - db->calls] = usual[i].refused;
	}
	total = sum(counts, count);
	calls = scale(arena, counts, count, total, ALL - seen);
	refused = scale(arena, refusals, count, total, ALL - seen);
	if (profile) {
		const uint32_t *more =
			scale(arena, profile->counts, count, sum(profile->counts, count), seen);

		for (size_t i = 0; i < count; i++) {
			calls[i] += more[i];
			refused[i] += more[i];
		}
	}
	for (size_t i = 0; i < count; i++) {
		calls[i] += !calls[i];
		refused[i] += !refused[i];
	}
	return (struct bpf_frequencies){calls, refused};
}
