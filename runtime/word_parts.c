#include "word_parts.h"

#include <inttypes.h>
#include <stdio.h>

struct taking {
	const struct abi_db *db;
	unsigned arch;
	uint8_t field;
	struct word_part *parts;
	size_t count;
};

static void add(struct taking *taking, const char *name, uint64_t value)
{
	if (taking->count < WORD_MAX_PARTS)
		taking->parts[taking->count++] = (struct word_part){name, value, taking->field};
}

static const struct abi_const *member(const struct taking *taking,
				      const struct abi_set_field *field, uint32_t index,
				      uint64_t *value)
{
	const struct abi_const *constant =
		&taking->db->consts[taking->db->refs[field->members.first + index]];

	return abi_num(taking->db, constant->value, taking->arch, value) ? constant : NULL;
}

static void take_enum(struct taking *taking, const struct abi_set_field *field, uint64_t word)
{
	uint64_t value;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant = member(taking, field, i, &value);

		if (constant && ((word ^ value) & constant->mask & field->mask) == 0 &&
		    !(value & field->mask & ~constant->mask)) {
			add(taking, abi_string(taking->db, constant->name),
			    value & field->mask);
			return;
		}
	}
	if (word & field->mask || field->zero != ABI_ZERO_NONE)
		add(taking, NULL, word & field->mask);
}

/* The member with the most bits that are all in WORD, and some of them in LEFT. */
static const struct abi_const *largest(const struct taking *taking,
				       const struct abi_set_field *field, uint64_t word,
				       uint64_t left, uint64_t *bits)
{
	const struct abi_const *best = NULL;
	uint64_t value;

	*bits = 0;
	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant = member(taking, field, i, &value);

		if (!constant || (word & value) != value || !(left & value) ||
		    __builtin_popcountll(value) <= __builtin_popcountll(*bits))
			continue;
		best = constant;
		*bits = value;
	}
	return best;
}

static void take_bits(struct taking *taking, const struct abi_set_field *field, uint64_t word,
		      uint64_t mask)
{
	uint64_t left = word & field->mask & mask, bits;
	const struct abi_const *constant;

	while (left && (constant = largest(taking, field, word, left, &bits))) {
		add(taking, abi_string(taking->db, constant->name), bits);
		left &= ~bits;
	}
	if (left)
		add(taking, NULL, left);
}

uint64_t word_kept(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		   uint64_t word)
{
	uint64_t mask, value;

	if (set->width < 64)
		word &= (UINT64_C(1) << set->width) - 1;
	if (abi_num(db, set->discard_mask, arch, &mask) &&
	    abi_num(db, set->discard_value, arch, &value) && mask && (word & mask) == value)
		word &= ~mask;
	return word;
}

size_t word_parts(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		  uint64_t word, uint64_t mask, struct word_part parts[static WORD_MAX_PARTS])
{
	struct taking taking = {.db = db, .arch = arch, .parts = parts};

	if (!set) {
		add(&taking, NULL, word & mask);
		return taking.count;
	}
	word = word_kept(db, arch, set, word);
	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		taking.field = (uint8_t)i;
		if (field->kind == ABI_ENUM && field->mask & mask)
			take_enum(&taking, field, word);
		else if (field->kind == ABI_BITS)
			take_bits(&taking, field, word, mask);
	}
	return taking.count;
}

bool word_is_number(enum abi_type type)
{
	return type == ABI_TYPE_PTR || type == ABI_TYPE_FD || type == ABI_TYPE_DIRFD ||
	       type == ABI_TYPE_PID || type == ABI_TYPE_UID;
}

const char *word_part_name(const struct word_part *part, char text[static WORD_MAX_NAME])
{
	if (part->name)
		return part->name;
	snprintf(text, WORD_MAX_NAME, part->value < 10 ? "%" PRIu64 : "0x%" PRIx64,
		 part->value);
	return text;
}
