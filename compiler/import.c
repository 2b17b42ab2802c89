#include "import.h"

#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

#include "test.h"

void import_start(struct import *import)
{
	size_t count = (size_t)import->db->archs[import->arch].max_nr + 1;

	import->calls = ARENA_ARRAY(import->arena, struct import_call, count);
}

bool import_find(const struct import *import, const char *name, uint32_t *nr)
{
	const struct abi_call *call = abi_call_find(import->db, name);
	unsigned long long number;
	uint64_t found;
	char *end;

	if (!call && *name >= '0' && *name <= '9') {
		number = strtoull(name, &end, 0);
		if (*end || number > import->db->archs[import->arch].max_nr)
			return false;
		call = abi_call_by_nr(import->db, import->arch, (uint32_t)number);
	}
	if (!call || !abi_num(import->db, call->nr, import->arch, &found))
		return false;
	*nr = (uint32_t)found;
	return true;
}

/*
 * REGION where register REG has WIDTH bits that count. The others are those that a caller puts
 * there: zeros, or copies of the sign.
 */
static struct region cut_register(struct arena *arena, const struct region *region,
				  unsigned reg, unsigned width)
{
	uint64_t low = width_mask(width), sign = low ^ (low >> 1);
	struct region zeros = region_word(arena, reg, ~low, 0);
	struct region signs = region_word(arena, reg, ~low | sign, ~low | sign);
	struct region ways[] = {region_meet(arena, region, &zeros),
				region_meet(arena, region, &signs)};

	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < ways[i].terms.count; j++) {
			ways[i].terms.items[j].mask[reg] &= low;
			ways[i].terms.items[j].value[reg] &= low;
		}
	}
	return region_join(arena, &ways[0], &ways[1]);
}

struct region import_cut(const struct import *import, uint32_t nr, const struct region *region)
{
	const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);
	struct region cut = *region;
	size_t count;
	const struct abi_param *params =
		abi_call_params(import->db, call, import->arch, &count);

	for (unsigned i = 0; i < count && i < SCML_REGISTERS; i++) {
		unsigned width = abi_type_bits(import->db, (enum abi_type)params[i].slot.type,
					       import->arch);

		if (width && width < 64)
			cut = cut_register(import->arena, &cut, i, width);
	}
	return cut;
}

bool import_is_allowing(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}
