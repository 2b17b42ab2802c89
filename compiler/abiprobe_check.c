#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "abiprobe.h"

/* What came out for one architecture. */
struct tally {
	size_t confirmed;
	size_t absent;	/* the headers lack it, and so does the file */
	size_t skipped; /* newer than the headers, or in no header */
	size_t wrong;
};

static bool is_newer(const struct abiprobe *probe, const struct probe_item *item, unsigned arch)
{
	return item->since > probe->versions[arch];
}

static void complain(const struct abiprobe *probe, const struct probe_item *item, unsigned arch,
		     const char *text)
{
	diag_add(probe->diags, DIAG_ABI_ERROR, item->span, "%s on %s: %s", item->name,
		 abiprobe_arch_name(probe, arch), text);
}

static void check_known(const struct abiprobe *probe, const struct probe_item *item,
			unsigned arch, bool is_expected, uint64_t expected, struct tally *tally)
{
	uint64_t found = (uint64_t)item->answers[arch].value;

	if (is_expected && (expected == found || (item->may_grow && found > expected))) {
		tally->confirmed++;
		return;
	}
	tally->wrong++;
	complain(probe, item, arch,
		 is_expected ? arena_printf(probe->arena,
					    "the headers say %#" PRIx64 ", the file %#" PRIx64,
					    found, expected)
			     : arena_printf(probe->arena,
					    "the headers say %#" PRIx64 ", the file lacks it",
					    found));
}

static void check_item(const struct abiprobe *probe, const struct probe_item *item,
		       unsigned arch, struct tally *tally)
{
	uint64_t expected = 0;
	bool is_expected = abiprobe_expected(probe, item, arch, &expected);

	if (abiprobe_is_elsewhere(probe, item, arch)) {
		tally->absent += !(probe->build->number_archs >> arch & 1);
		return;
	}
	if (is_expected && is_newer(probe, item, arch) && !item->is_manual) {
		tally->wrong++;
		complain(probe, item, arch,
			 "these headers are older than its 'since': 'src' is to say where it "
			 "is from");
		return;
	}
	switch (item->answers[arch].state) {
	case PROBE_KNOWN:
		if (item->may_grow && is_newer(probe, item, arch))
			tally->skipped++;
		else
			check_known(probe, item, arch, is_expected, expected, tally);
		break;
	case PROBE_OPEN:
	case PROBE_FAILED:
		tally->wrong++;
		break;
	case PROBE_UNKNOWN:
	case PROBE_NO_HEADER:
		if (!is_expected) {
			tally->absent++;
		} else if (is_newer(probe, item, arch) && !item->is_manual) {
			tally->wrong++;
			complain(probe, item, arch,
				 "these headers are older than its 'since': 'src' is to say "
				 "where "
				 "it is from");
		} else if (item->is_manual || item->answers[arch].state == PROBE_NO_HEADER) {
			tally->skipped++;
		} else if (item->value || item->answers[arch].state == PROBE_UNKNOWN) {
			tally->wrong++;
			complain(probe, item, arch, "the headers do not have it");
		}
		break;
	}
}

bool abiprobe_check(const struct abiprobe *probe)
{
	bool is_good = true;

	for (unsigned arch = 0; arch < probe->build->archs.count; arch++) {
		struct tally tally = {0};

		if (!probe->commands[arch])
			continue;
		for (size_t i = 0; i < probe->items.list.count; i++)
			check_item(probe, probe->items.list.items[i], arch, &tally);
		printf("%s: %zu confirmed by the headers of Linux %u.%u, %zu confirmed absent, "
		       "%zu skipped (newer, or in no header), %zu wrong\n",
		       abiprobe_arch_name(probe, arch), tally.confirmed,
		       probe->versions[arch] >> 8, probe->versions[arch] & 255u, tally.absent,
		       tally.skipped, tally.wrong);
		is_good = is_good && !tally.wrong;
	}
	return is_good;
}
