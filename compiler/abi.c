#include "abi.h"

#include <string.h>
#include <sys/utsname.h>

#include "abi_hash.h"
#include "edit_distance.h"

static const struct abi_type_info types[] = {
#define ABI_TYPE(id, name, bits, is_signed, big) {name, bits, is_signed, big},
#include "abi_types.def"
#undef ABI_TYPE
};

const struct abi_type_info *abi_type(enum abi_type type)
{
	return &types[type];
}

unsigned abi_type_bits(const struct abi_db *db, enum abi_type type, unsigned arch)
{
	if (type == ABI_TYPE_STRUCT || type == ABI_TYPE_BYTES)
		return 0;
	return types[type].bits ? types[type].bits : db->archs[arch].word;
}

int abi_arch_find(const struct abi_db *db, const char *name)
{
	for (uint32_t i = 0; i < db->arch_count; i++)
		if (strcmp(abi_string(db, db->archs[i].name), name) == 0)
			return (int)i;
	return -1;
}

int abi_arch_by_audit(const struct abi_db *db, uint32_t audit)
{
	for (uint32_t i = 0; i < db->arch_count; i++)
		if (db->archs[i].audit == audit)
			return (int)i;
	return -1;
}

int abi_arch_host(const struct abi_db *db)
{
	struct utsname host;

	if (uname(&host) != 0)
		return -1;
	return abi_arch_find(db, host.machine);
}

bool abi_is_name(const struct abi_db *db, abi_str own, struct abi_range aliases,
		 const char *name)
{
	if (strcmp(abi_string(db, own), name) == 0)
		return true;
	for (uint32_t i = 0; i < aliases.count; i++)
		if (strcmp(abi_string(db, db->names[aliases.first + i]), name) == 0)
			return true;
	return false;
}

const struct abi_const *abi_const_find(const struct abi_db *db, const char *name)
{
	uint32_t at = abi_hash(name) & db->const_hash_mask;

	for (; db->const_hash[at]; at = (at + 1) & db->const_hash_mask) {
		const struct abi_const *constant = &db->consts[db->const_hash[at]];

		if (strcmp(abi_string(db, constant->name), name) == 0 ||
		    (constant->text && strcmp(abi_string(db, constant->text), name) == 0))
			return constant;
	}
	return NULL;
}

const struct abi_call *abi_call_find(const struct abi_db *db, const char *name)
{
	uint32_t at = abi_hash(name) & db->call_hash_mask;

	for (; db->call_hash[at]; at = (at + 1) & db->call_hash_mask) {
		const struct abi_call *call = &db->calls[db->call_hash[at]];

		if (strcmp(abi_string(db, call->name), name) == 0)
			return call;
	}
	return NULL;
}

const struct abi_struct *abi_struct_find(const struct abi_db *db, const char *name)
{
	uint32_t at = abi_hash(name) & db->struct_hash_mask;

	for (; db->struct_hash[at]; at = (at + 1) & db->struct_hash_mask) {
		const struct abi_struct *record = &db->structs[db->struct_hash[at]];

		if (abi_is_name(db, record->name, record->aliases, name))
			return record;
	}
	return NULL;
}

const struct abi_set *abi_set_find(const struct abi_db *db, const char *name)
{
	uint32_t at = abi_hash(name) & db->set_hash_mask;

	for (; db->set_hash[at]; at = (at + 1) & db->set_hash_mask) {
		const struct abi_set *set = &db->sets[db->set_hash[at]];

		if (strcmp(abi_string(db, set->name), name) == 0)
			return set;
	}
	return NULL;
}

const struct abi_call *abi_call_by_nr(const struct abi_db *db, unsigned arch, uint32_t nr)
{
	const struct abi_arch *row = &db->archs[arch];
	uint16_t index = 0;

	if (nr < row->by_nr.count)
		index = db->nr_calls[row->by_nr.first + nr];
	return index ? &db->calls[index] : NULL;
}

const struct abi_variant *abi_call_variant(const struct abi_db *db, const struct abi_call *call,
					   unsigned arch)
{
	uint64_t nr;

	if (!abi_num(db, call->nr, arch, &nr))
		return NULL;
	for (uint32_t i = 0; i < call->variants.count; i++) {
		const struct abi_variant *variant = &db->variants[call->variants.first + i];

		if (variant->archs >> arch & 1)
			return variant;
	}
	return NULL;
}

const struct abi_param *abi_call_params(const struct abi_db *db, const struct abi_call *call,
					unsigned arch, size_t *count)
{
	const struct abi_variant *variant = abi_call_variant(db, call, arch);

	*count = variant ? variant->params.count : 0;
	return variant ? &db->params[variant->params.first] : NULL;
}

size_t abi_least_params(const struct abi_db *db, const struct abi_call *call, unsigned arch)
{
	const struct abi_variant *variant = abi_call_variant(db, call, arch);
	size_t least = variant ? variant->params.count : 0;

	for (uint32_t i = 0; variant && i < variant->shapes.count; i++) {
		size_t count = db->shapes[variant->shapes.first + i].count;

		least = count < least ? count : least;
	}
	return least;
}

const struct abi_set_field *abi_set_field_of(const struct abi_db *db, const struct abi_set *set,
					     const struct abi_const *constant)
{
	uint32_t index = (uint32_t)(constant - db->consts);

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		for (uint32_t j = 0; j < field->members.count; j++)
			if (db->refs[field->members.first + j] == index)
				return field;
	}
	return NULL;
}

const char *abi_suggest(const struct abi_db *db, enum abi_name_kind kind, const char *name)
{
	struct nearest_name nearest = nearest_new(name);
	uint32_t sketch = edit_sketch(name);

	switch (kind) {
	case ABI_NAME_CONST:
		for (uint32_t i = 1; i < db->const_count; i++)
			if (edit_sketches_near(sketch, db->consts[i].sketch,
					       EDIT_DISTANCE_LIMIT))
				nearest_consider(&nearest, abi_string(db, db->consts[i].name));
		break;
	case ABI_NAME_CALL:
		for (uint32_t i = 1; i < db->call_count; i++)
			nearest_consider(&nearest, abi_string(db, db->calls[i].name));
		break;
	case ABI_NAME_STRUCT:
		for (uint32_t i = 1; i < db->struct_count; i++) {
			struct abi_range aliases = db->structs[i].aliases;

			nearest_consider(&nearest, abi_string(db, db->structs[i].name));
			for (uint32_t j = 0; j < aliases.count; j++)
				nearest_consider(&nearest,
						 abi_string(db, db->names[aliases.first + j]));
		}
		break;
	}
	return nearest.name;
}

const struct abi_call *abi_call_behind(const struct abi_db *db, unsigned arch, const char *name)
{
	for (uint32_t i = db->function_count; i-- > 0;) {
		const struct abi_call *call;
		uint64_t nr;

		if (strcmp(abi_string(db, db->functions[i].name), name) != 0)
			continue;
		call = abi_call_find(db, abi_string(db, db->functions[i].call));
		if (call && abi_num(db, call->nr, arch, &nr))
			return call;
	}
	return NULL;
}
