#include "values.h"

#include <inttypes.h>

enum { MAX_NUMBERS = 4 }; /* of values without a name that are listed */

struct writer {
	struct bdd *bdd;
	struct values_word word;
	struct values_names names;
	FILE *out;
	bdd_node more, less; /* on the word alone */
	bdd_node named;	     /* the values that have been written */
	bdd_node wholes;     /* those of them that are several flags of one name */
	size_t count;
};

static uint32_t variable_of(struct values_word word, unsigned bit)
{
	return word.first + 63 - bit;
}

static uint64_t bits_of(struct values_word word)
{
	return word.width < 64 ? (UINT64_C(1) << word.width) - 1 : UINT64_MAX;
}

bdd_node values_equal(struct bdd *bdd, struct values_word word, uint64_t mask, uint64_t value)
{
	bdd_node node = BDD_TRUE;

	mask &= bits_of(word);
	for (unsigned bit = 0; bit < 64; bit++) {
		bdd_node is_set;

		if (!(mask >> bit & 1))
			continue;
		is_set = bdd_bit(bdd, variable_of(word, bit));
		node = value >> bit & 1 ? bdd_choose(bdd, is_set, node, BDD_FALSE)
					: bdd_choose(bdd, is_set, BDD_FALSE, node);
	}
	return node;
}

/* CONDITION on the bits of MASK alone. */
static bdd_node keep(const struct writer *writer, bdd_node condition, uint64_t mask)
{
	for (unsigned bit = 0; bit < 64; bit++)
		if (!(mask >> bit & 1))
			condition = bdd_forget(writer->bdd, condition,
					       variable_of(writer->word, bit));
	return condition;
}

static void write_name(struct writer *writer, const struct abi_const *constant, uint64_t value)
{
	if (writer->count++)
		fputs(" | ", writer->out);
	if (constant)
		fputs(abi_string(writer->names.db, constant->name), writer->out);
	else
		fprintf(writer->out, value > 9 ? "0x%" PRIx64 : "%" PRIu64, value);
}

static void mark_named(struct writer *writer, bdd_node values)
{
	writer->named = bdd_or(writer->bdd, writer->named, values);
}

static const struct abi_const *member(const struct writer *writer,
				      const struct abi_set_field *field, uint32_t index,
				      uint64_t *value)
{
	const struct abi_db *db = writer->names.db;
	const struct abi_const *constant = &db->consts[db->refs[field->members.first + index]];

	return abi_num(db, constant->value, writer->names.arch, value) ? constant : NULL;
}

bool values_is_alias(const struct values_names *names, const struct abi_set_field *field,
		     uint32_t index, uint64_t value)
{
	const struct abi_db *db = names->db;

	while (index--) {
		const struct abi_const *other =
			&db->consts[db->refs[field->members.first + index]];
		uint64_t number;

		if (abi_num(db, other->value, names->arch, &number) && number == value)
			return true;
	}
	return false;
}

static void write_members(struct writer *writer, const struct abi_set_field *field)
{
	bdd_node more = keep(writer, writer->more, field->mask);
	bdd_node less = keep(writer, writer->less, field->mask);
	bdd_node left = bdd_and(writer->bdd, more, bdd_not(writer->bdd, less));

	for (uint32_t i = 0; i < field->members.count && left != BDD_FALSE; i++) {
		uint64_t value;
		const struct abi_const *constant = member(writer, field, i, &value);
		bdd_node is_it;

		if (!constant)
			continue;
		is_it = values_equal(writer->bdd, writer->word, constant->mask & field->mask,
				     value);
		if (bdd_and(writer->bdd, left, is_it) == BDD_FALSE)
			continue;
		write_name(writer, constant, value);
		mark_named(writer, is_it);
		left = bdd_and(writer->bdd, left, bdd_not(writer->bdd, is_it));
	}
}

/* Does some bit of BITS come only with all the others where MORE holds? */
static bool is_whole(const struct writer *writer, uint64_t bits, bdd_node are_set)
{
	for (uint64_t left = bits; left; left &= left - 1) {
		uint64_t bit = left & -left;
		bdd_node is_set = values_equal(writer->bdd, writer->word, bit, bit);

		is_set = bdd_and(writer->bdd, is_set, bdd_not(writer->bdd, are_set));
		if (bdd_and(writer->bdd, writer->more, is_set) == BDD_FALSE)
			return true;
	}
	return false;
}

/* Can all bits of BITS be set where MORE holds, and never where LESS does? */
static bool is_fresh(const struct writer *writer, uint64_t bits, bdd_node *are_set)
{
	*are_set = values_equal(writer->bdd, writer->word, bits, bits);
	return bdd_and(writer->bdd, writer->less, *are_set) == BDD_FALSE &&
	       bdd_and(writer->bdd, bdd_and(writer->bdd, writer->more, *are_set),
		       bdd_not(writer->bdd, writer->wholes)) != BDD_FALSE;
}

static void write_flags_of(struct writer *writer, const struct abi_set_field *field,
			   bool is_composite)
{
	for (uint32_t i = 0; i < field->members.count; i++) {
		uint64_t value;
		const struct abi_const *constant = member(writer, field, i, &value);
		bdd_node are_set;

		if (!constant || !value || ((value & (value - 1)) != 0) != is_composite ||
		    values_is_alias(&writer->names, field, i, value) ||
		    !is_fresh(writer, value, &are_set) ||
		    (is_composite && !is_whole(writer, value, are_set)))
			continue;
		write_name(writer, constant, value);
		mark_named(writer, are_set);
		if (is_composite)
			writer->wholes = bdd_or(writer->bdd, writer->wholes, are_set);
	}
}

/* Numbers below bit BIT, together with VALUE; false where there are enough. */
static bool write_numbers(struct writer *writer, bdd_node left, unsigned bit, uint64_t value)
{
	uint32_t variable;

	if (left == BDD_FALSE)
		return true;
	if (!bit) {
		if (writer->count == MAX_NUMBERS) {
			fputs(" and others", writer->out);
			return false;
		}
		write_name(writer, NULL, value);
		return true;
	}
	bit--;
	variable = variable_of(writer->word, bit);
	return write_numbers(writer, bdd_follow(writer->bdd, left, variable, false), bit,
			     value) &&
	       write_numbers(writer, bdd_follow(writer->bdd, left, variable, true), bit,
			     value | UINT64_C(1) << bit);
}

static void write_set(struct writer *writer)
{
	const struct abi_db *db = writer->names.db;
	const struct abi_set *set = writer->names.set;

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		if (field->kind == ABI_ENUM)
			write_members(writer, field);
		if (field->kind == ABI_BITS) {
			write_flags_of(writer, field, true);
			write_flags_of(writer, field, false);
		}
	}
}

/* The bits on which it depends whether either side allows a value. */
static uint64_t bits_that_matter(const struct writer *writer)
{
	uint64_t bits = 0;

	for (unsigned bit = 0; bit < writer->word.width; bit++) {
		uint32_t variable = variable_of(writer->word, bit);

		if (bdd_forget(writer->bdd, writer->more, variable) != writer->more ||
		    bdd_forget(writer->bdd, writer->less, variable) != writer->less)
			bits |= UINT64_C(1) << bit;
	}
	return bits;
}

bool values_write(struct bdd *bdd, struct values_word word, struct values_names names,
		  bdd_node more, bdd_node less, FILE *out)
{
	struct writer writer = {.bdd = bdd, .word = word, .names = names, .out = out};
	bdd_node fresh, left;
	uint64_t bits;
	size_t named;

	writer.more = bdd_project(bdd, more, word.first, word.first + 64);
	writer.less = bdd_project(bdd, less, word.first, word.first + 64);
	fresh = bdd_and(bdd, writer.more, bdd_not(bdd, writer.less));
	if (fresh == BDD_FALSE || fresh == BDD_TRUE)
		return false;
	if (writer.more == BDD_TRUE) {
		fputs("any value", out);
		return true;
	}
	if (names.set)
		write_set(&writer);
	left = bdd_and(bdd, fresh, bdd_not(bdd, writer.named));
	bits = bits_that_matter(&writer);
	for (unsigned bit = 64; bit-- > 0;)
		if (!(bits >> bit & 1))
			left = bdd_follow(bdd, left, variable_of(word, bit), false);
	named = writer.count;
	if (named) /* no flag at all goes without saying */
		left = bdd_and(bdd, left, bdd_not(bdd, values_equal(bdd, word, bits, 0)));
	writer.count = 0;
	if (left != BDD_FALSE) {
		if (named)
			fputs(" | ", out);
		write_numbers(&writer, left, word.width, 0);
	}
	return named || writer.count;
}
