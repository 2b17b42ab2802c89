#include "elsewhere.h"

#include <stdio.h>

enum { MAX_DEPTH = 4 };

/* A search among the parameters of one call. */
struct search {
	struct arena *arena;
	const struct abi_db *db;
	const struct abi_param *params;
	const struct abi_const *constant;
};

static const char *name_of(const struct abi_db *db, abi_str name)
{
	return abi_string(db, name);
}

static bool takes(const struct search *search, const struct abi_slot *slot)
{
	return slot->set &&
	       abi_set_field_of(search->db, &search->db->sets[slot->set], search->constant);
}

/* Which values of selectors make SLOT take the constant: ` where 'level' is SOL_IP`; NULL where
 * none does. */
static const char *case_of(const struct search *search, const struct abi_slot *slot,
			   unsigned depth)
{
	const struct abi_db *db = search->db;
	const struct abi_mux *mux = &db->muxes[slot->mux];

	if (!slot->mux || depth == MAX_DEPTH || mux->selector.kind != ABI_REF_PARAM)
		return NULL;
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &db->cases[mux->cases.first + i];
		const char *within =
			takes(search, &one->slot) ? "" : case_of(search, &one->slot, depth + 1);

		if (within && one->values.count)
			return arena_printf(
				search->arena, " where '%s' is %s%s",
				name_of(db, search->params[mux->selector.index].name),
				name_of(db, db->consts[db->refs[one->values.first]].name),
				within);
		if (within)
			return within;
	}
	return NULL;
}

static const char *among_params(const struct search *search, size_t count, const char *call)
{
	for (size_t i = 0; i < count; i++) {
		const struct abi_param *param = &search->params[i];
		const char *selected =
			takes(search, &param->slot) ? "" : case_of(search, &param->slot, 0);

		if (selected)
			return arena_printf(search->arena, "; '%s'%s%s%s takes it%s",
					    name_of(search->db, param->name),
					    call ? " of '" : "", call ? call : "",
					    call ? "'" : "", selected);
	}
	return NULL;
}

static const char *among_calls(struct search *search)
{
	const struct abi_db *db = search->db;

	for (uint32_t i = 1; i < db->call_count; i++) {
		const struct abi_call *call = &db->calls[i];
		const char *found;
		size_t count;

		for (unsigned arch = 0; arch < db->arch_count; arch++) {
			if (!abi_call_variant(db, call, arch))
				continue;
			search->params = abi_call_params(db, call, arch, &count);
			found = among_params(search, count, name_of(db, call->name));
			if (found)
				return found;
			break;
		}
	}
	return NULL;
}

static const char *among_structs(const struct search *search)
{
	const struct abi_db *db = search->db;

	for (uint32_t i = 1; i < db->struct_count; i++) {
		const struct abi_struct *object = &db->structs[i];

		for (uint32_t j = 0; j < object->fields.count; j++) {
			const struct abi_field *field = &db->fields[object->fields.first + j];

			if (takes(search, &field->slot))
				return arena_printf(
					search->arena, "; '%s' of 'struct %s' takes it",
					name_of(db, field->name), name_of(db, object->name));
		}
	}
	return NULL;
}

const char *elsewhere_constant(struct arena *arena, const struct abi_db *db,
			       const struct abi_param *params, size_t count,
			       const struct abi_const *constant)
{
	struct search search = {arena, db, params, constant};
	const char *found = among_params(&search, count, NULL);

	if (!found)
		found = among_calls(&search);
	if (!found)
		found = among_structs(&search);
	return found ? found : "";
}

void elsewhere_archs(const struct abi_db *db, struct abi_num number,
		     char text[static ELSEWHERE_MAX])
{
	size_t used = 0;
	unsigned found = 0;
	uint64_t nr;

	for (unsigned arch = 0; arch < db->arch_count; arch++) {
		if (!abi_num(db, number, arch, &nr) || used >= ELSEWHERE_MAX)
			continue;
		used += (size_t)snprintf(text + used, ELSEWHERE_MAX - used, "%s%s",
					 found++ ? " and " : "; ",
					 name_of(db, db->archs[arch].name));
	}
	if (used < ELSEWHERE_MAX)
		snprintf(text + used, ELSEWHERE_MAX - used, "%s",
			 found == 0   ? "; no 64-bit architecture of the database has it"
			 : found == 1 ? " has it"
				      : " have it");
}
