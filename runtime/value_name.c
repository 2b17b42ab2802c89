#include "value_name.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where the walk along a place is. */
struct walk {
	const struct abi_db *db;
	unsigned arch;
	const struct scml_call *call;
	const struct abi_param *params;
	size_t param_count;
};

static uint64_t cut(uint64_t word, unsigned bits)
{
	return bits && bits < 64 ? word & ((UINT64_C(1) << bits) - 1) : word;
}

static bool has_value(const struct walk *walk, struct abi_range values, uint64_t word)
{
	for (uint32_t i = 0; i < values.count; i++) {
		const struct abi_const *constant =
			&walk->db->consts[walk->db->refs[values.first + i]];
		uint64_t value;

		if (abi_num(walk->db, constant->value, walk->arch, &value) &&
		    (word & constant->mask) == value)
			return true;
	}
	return !values.count;
}

/* What SLOT is in this call; NULL where that lies in memory, or no case is for it. */
static const struct abi_slot *resolve_mux(const struct walk *walk, const struct abi_slot *slot)
{
	const struct abi_mux *mux = &walk->db->muxes[slot->mux];
	uint64_t word;

	if (!slot->mux)
		return slot;
	if (mux->selector.kind != ABI_REF_PARAM || mux->selector.index >= SCML_REGISTERS ||
	    mux->selector.index >= walk->param_count)
		return NULL;
	word = cut(walk->call->args[mux->selector.index],
		   abi_type_bits(walk->db, walk->params[mux->selector.index].slot.type,
				 walk->arch));
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &walk->db->cases[mux->cases.first + i];

		if (has_value(walk, one->values, word))
			return &one->slot;
	}
	return NULL;
}

static const struct abi_slot *field_slot(const struct walk *walk,
					 const struct abi_struct *object, const char *name)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &walk->db->fields[object->fields.first + i];

		if (abi_is_name(walk->db, field->name, field->aliases, name))
			return &field->slot;
	}
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one =
			&walk->db->union_cases[object->cases.first + i];
		const struct abi_slot *slot =
			field_slot(walk, &walk->db->structs[one->struct_index], name);

		if (slot)
			return slot;
	}
	return NULL;
}

static const struct abi_slot *param_slot(const struct walk *walk, const char *name)
{
	for (size_t i = 0; i < walk->param_count; i++)
		if (abi_is_name(walk->db, walk->params[i].name, walk->params[i].aliases, name))
			return &walk->params[i].slot;
	return NULL;
}

/* The slot at the end of PLACE, or NULL. */
static const struct abi_slot *find_slot(const struct walk *walk, const char *place)
{
	const struct abi_slot *slot = NULL;
	bool is_first = true;
	char name[64];

	while (*place) {
		size_t len = strcspn(place, "."), own = strcspn(place, ".[");

		if (len >= sizeof(name))
			return NULL;
		memcpy(name, place, own); /* `fds[]`: any element */
		name[own] = '\0';
		place += len + (place[len] == '.');
		if (is_first)
			slot = param_slot(walk, name);
		else
			slot = slot->target_struct
				       ? field_slot(walk,
						    &walk->db->structs[slot->target_struct],
						    name)
				       : NULL;
		if (slot)
			slot = resolve_mux(walk, slot);
		if (!slot)
			return NULL;
		is_first = false;
	}
	return slot;
}

struct text {
	char *at;
	size_t used;
};

static void append(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct text *text, const char *format, ...)
{
	va_list args;
	int written;

	va_start(args, format);
	written = vsnprintf(text->at + text->used, VALUE_NAME_MAX - text->used, format, args);
	va_end(args);
	if (written > 0)
		text->used += (size_t)written;
	if (text->used >= VALUE_NAME_MAX)
		text->used = VALUE_NAME_MAX - 1;
}

static const char *bar(const struct text *text)
{
	return text->used ? "|" : "";
}

/* The member of an enum field that WORD, cut to the field, is. */
static const char *enum_member(const struct walk *walk, const struct abi_set_field *field,
			       uint64_t word)
{
	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant =
			&walk->db->consts[walk->db->refs[field->members.first + i]];
		uint64_t value;

		if (abi_num(walk->db, constant->value, walk->arch, &value) &&
		    !((word ^ value) & constant->mask & field->mask))
			return abi_string(walk->db, constant->name);
	}
	return NULL;
}

/* The member with the most bits that are all in WORD; its value to *VALUE. */
static const char *largest_member(const struct walk *walk, const struct abi_set_field *field,
				  uint64_t word, uint64_t *value)
{
	const char *name = NULL;
	int best = 0;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant =
			&walk->db->consts[walk->db->refs[field->members.first + i]];
		uint64_t bits;

		if (!abi_num(walk->db, constant->value, walk->arch, &bits) ||
		    (word & bits) != bits || __builtin_popcountll(bits) <= best)
			continue;
		best = __builtin_popcountll(bits);
		*value = bits;
		name = abi_string(walk->db, constant->name);
	}
	return name;
}

static void append_bits(const struct walk *walk, const struct abi_set_field *field,
			uint64_t word, struct text *text)
{
	const char *name;
	uint64_t bits = 0;

	word &= field->mask;
	while (word && (name = largest_member(walk, field, word, &bits))) {
		append(text, "%s%s", bar(text), name);
		word &= ~bits;
	}
	if (word)
		append(text, "%s0x%" PRIx64, bar(text), word);
}

static void append_enum(const struct walk *walk, const struct abi_set_field *field,
			uint64_t word, struct text *text)
{
	const char *name = enum_member(walk, field, word);

	word &= field->mask;
	if (name)
		append(text, "%s%s", bar(text), name);
	else if (word)
		append(text, "%s0x%" PRIx64, bar(text), word);
}

/* Of WORD, which has BITS bits (0: all), what MASK is about. */
static void append_set(const struct walk *walk, const struct abi_set *set, unsigned bits,
		       uint64_t word, uint64_t mask, struct text *text)
{
	for (uint32_t i = 0; i < set->fields.count; i++) {
		struct abi_set_field field = walk->db->set_fields[set->fields.first + i];

		field.mask = cut(field.mask, bits);
		if (!(field.mask & mask))
			continue;
		switch ((enum abi_field_kind)field.kind) {
		case ABI_ENUM:
			append_enum(walk, &field, word, text);
			break;
		case ABI_BITS:
			append_bits(walk, &field, word, text);
			break;
		case ABI_FREE:
			if (word & field.mask)
				append(text, "%s0x%" PRIx64, bar(text), word & field.mask);
			break;
		}
	}
}

/* A word that has no name, as rules and strace write it. */
static void append_number(const struct abi_slot *slot, unsigned bits, uint64_t word,
			  struct text *text)
{
	const struct abi_type_info *info = slot ? abi_type((enum abi_type)slot->type) : NULL;

	if (slot && slot->type == ABI_TYPE_MODE && word)
		append(text, "0%" PRIo64, word);
	else if (info && info->is_signed && bits && word >> (bits - 1) & 1)
		append(text, "-%" PRIu64, cut(-word, bits));
	else if (word < 10 || (info && word <= UINT32_MAX))
		append(text, "%" PRIu64, word);
	else
		append(text, "0x%" PRIx64, word);
}

const struct abi_slot *value_slot(const struct abi_db *db, unsigned arch,
				  const struct scml_call *call, const char *place)
{
	const struct abi_call *abi = abi_call_by_nr(db, arch, call->nr);
	struct walk walk = {.db = db, .arch = arch, .call = call};

	if (!abi)
		return NULL;
	walk.params = abi_call_params(db, abi, arch, &walk.param_count);
	return find_slot(&walk, place);
}

uint64_t value_in_order(const struct abi_db *db, unsigned arch, const struct abi_slot *slot,
			const char *place, uint64_t word)
{
	if (!slot || !abi_type(slot->type)->is_big_endian || db->archs[arch].big_endian ||
	    strpbrk(place, ".["))
		return word;
	return __builtin_bswap64(word) >> (64 - abi_type_bits(db, slot->type, arch));
}

void value_name(const struct abi_db *db, unsigned arch, const struct scml_call *call,
		const char *place, uint64_t word, uint64_t mask,
		char name[static VALUE_NAME_MAX])
{
	const struct walk walk = {.db = db, .arch = arch, .call = call};
	const struct abi_slot *slot = value_slot(db, arch, call, place);
	unsigned bits = slot ? abi_type_bits(db, (enum abi_type)slot->type, arch) : 0;
	struct text text = {name, 0};

	name[0] = '\0';
	word = value_in_order(db, arch, slot, place, word);
	mask = value_in_order(db, arch, slot, place, mask);
	if (slot && slot->set)
		append_set(&walk, &db->sets[slot->set], bits, word, mask ? mask : UINT64_MAX,
			   &text);
	/* Addresses differ from run to run; that one is not NULL is all that a rule is about.
	 */
	if (!text.used && slot && slot->type == ABI_TYPE_PTR && word)
		append(&text, "a pointer other than NULL");
	if (!text.used)
		append_number(mask && cut(mask, bits) != cut(UINT64_MAX, bits) ? NULL : slot,
			      bits, word, &text);
}
