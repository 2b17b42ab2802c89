#include "render_word.h"

#include <inttypes.h>

/* A number in octal if the field is one of permissions. */
enum { PERMISSION_BITS = 07777 };

uint64_t render_cut(uint64_t word, unsigned bits, bool is_signed)
{
	if (!bits || bits >= 64)
		return word;
	word &= (UINT64_C(1) << bits) - 1;
	return is_signed && word >> (bits - 1) ? word | UINT64_MAX << bits : word;
}

static const struct abi_const *const_at(const struct abi_db *db, uint32_t ref)
{
	return &db->consts[db->refs[ref]];
}

static const char *const_text(const struct abi_db *db, const struct abi_const *constant)
{
	return abi_string(db, constant->text ? constant->text : constant->name);
}

/* The part of a word that CONSTANT, a member of FIELD, is about. */
static uint64_t part_of(const struct abi_set_field *field, const struct abi_const *constant)
{
	return field->mask & constant->mask;
}

static bool put_enum(struct render_text *text, const struct abi_db *db, unsigned arch,
		     const struct abi_set_field *field, uint64_t word, const char *bar)
{
	uint64_t value;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *member = const_at(db, field->members.first + i);
		uint64_t part = part_of(field, member);

		if (!abi_num(db, member->value, arch, &value) || ((word ^ value) & part) != 0 ||
		    (value & field->mask & ~part))
			continue;
		if (field->is_tacit && !(word & field->mask))
			return false;
		render_put(text, "%s%s", bar, const_text(db, member));
		return true;
	}
	if (!(word & field->mask))
		return false;
	render_put(text, "%s", bar);
	render_put_hex(text, word & field->mask);
	return true;
}

/* Is there a member with all these bits and more, all of which are in WORD? */
static bool has_larger(const struct abi_db *db, unsigned arch,
		       const struct abi_set_field *field, uint64_t bits, uint64_t word)
{
	uint64_t value;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *member = const_at(db, field->members.first + i);

		if (abi_num(db, member->value, arch, &value) && (value & word) == value &&
		    (value & bits) == bits && value != bits)
			return true;
	}
	return false;
}

static bool put_bits(struct render_text *text, const struct abi_db *db, unsigned arch,
		     const struct abi_set_field *field, uint64_t word, const char *bar)
{
	uint64_t whole = word & field->mask, left = whole, value;
	bool has_put = false;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *member = const_at(db, field->members.first + i);

		if (!abi_num(db, member->value, arch, &value) || (whole & value) != value ||
		    !(left & value) || has_larger(db, arch, field, value, whole))
			continue;
		render_put(text, "%s%s", has_put ? "|" : bar, const_text(db, member));
		left &= ~value;
		has_put = true;
	}
	if (!left)
		return has_put;
	render_put(text, "%s", has_put ? "|" : bar);
	render_put_hex(text, left);
	return true;
}

static bool put_free(struct render_text *text, const struct abi_set_field *field, uint64_t word,
		     const char *bar)
{
	word &= field->mask;
	if (!word)
		return false;
	if (field->mask & ~(uint64_t)PERMISSION_BITS)
		render_put(text, "%s0x%" PRIx64, bar, word);
	else
		render_put(text, "%s0%" PRIo64, bar, word);
	return true;
}

static bool put_field(struct render_text *text, const struct abi_db *db, unsigned arch,
		      const struct abi_set_field *field, uint64_t word, const char *bar)
{
	switch ((enum abi_field_kind)field->kind) {
	case ABI_ENUM:
		return put_enum(text, db, arch, field, word, bar);
	case ABI_BITS:
		return put_bits(text, db, arch, field, word, bar);
	case ABI_FREE:
		return put_free(text, field, word, bar);
	}
	return false;
}

void render_set(struct render_text *text, const struct abi_db *db, unsigned arch,
		const struct abi_set *set, uint64_t word)
{
	static const enum abi_field_kind order[] = {ABI_ENUM, ABI_BITS, ABI_FREE};
	uint64_t mask, value;
	bool has_put = false;

	word = render_cut(word, set->width, false);
	if (!word && set->zero_name) {
		render_put(text, "%s", abi_string(db, set->zero_name));
		return;
	}
	if (abi_num(db, set->discard_mask, arch, &mask) && mask &&
	    abi_num(db, set->discard_value, arch, &value) && (word & mask) == value)
		word &= ~mask;
	for (size_t kind = 0; kind < sizeof(order) / sizeof(*order); kind++) {
		for (uint32_t i = 0; i < set->fields.count; i++) {
			const struct abi_set_field *field =
				&db->set_fields[set->fields.first + i];

			if (field->kind == order[kind])
				has_put |= put_field(text, db, arch, field, word,
						     has_put ? "|" : "");
		}
	}
	if (!has_put)
		render_put(text, "0");
}

bool render_is_one_of(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		      struct abi_range values, uint64_t word)
{
	uint64_t value;

	for (uint32_t i = 0; i < values.count; i++) {
		const struct abi_const *constant = const_at(db, values.first + i);
		const struct abi_set_field *field =
			set ? abi_set_field_of(db, set, constant) : NULL;
		uint64_t mask = set && set->width ? render_cut(UINT64_MAX, set->width, false)
						  : UINT64_MAX;

		mask &= constant->mask;
		if (field && field->kind == ABI_ENUM)
			mask &= field->mask;
		if (abi_num(db, constant->value, arch, &value) && !((word ^ value) & mask))
			return true;
	}
	return false;
}

void render_pointer(struct render_text *text, uint64_t address)
{
	if (address)
		render_put_hex(text, address);
	else
		render_put(text, "NULL");
}

static void put_big_endian(struct render_text *text, unsigned bits, uint64_t word)
{
	render_put(text, "%s(%" PRIu64 ")",
		   bits == 16	? "htons"
		   : bits == 32 ? "htonl"
				: "htobe64",
		   word);
}

static void put_descriptor(struct render_text *text, const struct abi_db *db, unsigned arch,
			   uint64_t word)
{
	const struct abi_const *here = abi_const_find(db, "AT_FDCWD");
	uint64_t value;

	if (here && abi_num(db, here->value, arch, &value) && (int32_t)value == (int32_t)word)
		render_put(text, "%s", const_text(db, here));
	else
		render_put(text, "%" PRId64, (int64_t)word);
}

/* An unsigned long may be a size or an address. */
static void put_word(struct render_text *text, uint64_t word)
{
	if (word > UINT32_MAX)
		render_put_hex(text, word);
	else
		render_put(text, "%" PRIu64, word);
}

void render_number(struct render_text *text, const struct abi_db *db, unsigned arch,
		   enum abi_type type, uint64_t word)
{
	const struct abi_type_info *info = abi_type(type);
	unsigned bits = abi_type_bits(db, type, arch);

	word = render_cut(word, bits, info->is_signed);
	if (info->is_big_endian)
		put_big_endian(text, bits, word);
	else if (type == ABI_TYPE_PTR)
		render_pointer(text, word);
	else if (type == ABI_TYPE_MODE)
		render_put(text, word ? "0%" PRIo64 : "%" PRIo64, word);
	else if (type == ABI_TYPE_DIRFD)
		put_descriptor(text, db, arch, word);
	else if (type == ABI_TYPE_UID && (uint32_t)word == UINT32_MAX)
		render_put(text, "-1");
	else if (info->is_signed)
		render_put(text, "%" PRId64, (int64_t)word);
	else
		put_word(text, word);
}
