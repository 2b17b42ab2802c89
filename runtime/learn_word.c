#include "learn_word.h"

#include <string.h>

#include "word_parts.h"

/* The constants of one pattern while it is made. */
struct choice {
	struct arena *arena;
	const struct abi_db *db;
	unsigned arch;
	const struct learn_word *word;
	VEC(struct word_part) parts;
};

static const struct abi_set_field *field_at(const struct abi_db *db, const struct abi_set *set,
					    uint32_t index)
{
	return &db->set_fields[set->fields.first + index];
}

bool learn_is_listed(const struct abi_db *db, const struct abi_set *set)
{
	for (uint32_t i = 0; i < set->fields.count; i++)
		if (field_at(db, set, i)->kind != ABI_FREE)
			return true;
	return false;
}

void learn_word_add(struct arena *arena, const struct abi_db *db, unsigned arch,
		    struct learn_word *word, uint64_t value)
{
	size_t low = 0, high = word->seen.count;

	value = word_kept(db, arch, word->set, value);
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (word->seen.items[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (word->is_open || (low < word->seen.count && word->seen.items[low] == value))
		return;
	if (word->seen.count == LEARN_MAX_WORDS) {
		word->is_open = true;
		return;
	}
	vec_push(arena, &word->seen, value);
	memmove(word->seen.items + low + 1, word->seen.items + low,
		(word->seen.count - 1 - low) * sizeof(value));
	word->seen.items[low] = value;
}

static bool has_part(const struct choice *choice, const struct word_part *part)
{
	for (size_t i = 0; i < choice->parts.count; i++)
		if (choice->parts.items[i].field == part->field &&
		    choice->parts.items[i].value == part->value)
			return true;
	return false;
}

static void take_parts(struct choice *choice, uint64_t word)
{
	struct word_part parts[WORD_MAX_PARTS];
	size_t count = word_parts(choice->db, choice->arch, choice->word->set, word, UINT64_MAX,
				  parts);

	for (size_t i = 0; i < count; i++)
		if (!has_part(choice, &parts[i]))
			vec_push(choice->arena, &choice->parts, parts[i]);
}

/* Does WORD pass field INDEX when the part SKIPPED is left out? As the language has it. */
static bool passes_field(const struct choice *choice, uint32_t index, size_t skipped,
			 uint64_t word)
{
	const struct abi_set_field *field = field_at(choice->db, choice->word->set, index);
	uint64_t own = word & field->mask, covered = 0;
	bool is_listed = false, lists_any = false;

	for (size_t i = 0; i < choice->parts.count; i++) {
		const struct word_part *part = &choice->parts.items[i];

		if (i == skipped || part->field != index)
			continue;
		lists_any = true;
		/* Members with a mask stand for many values: only the part itself knows. */
		is_listed |= part->value == own;
		if ((own & part->value) == part->value)
			covered |= part->value;
	}
	switch ((enum abi_field_kind)field->kind) {
	case ABI_FREE:
		return true;
	case ABI_BITS:
		return covered == own;
	case ABI_ENUM:
		break;
	}
	if (is_listed)
		return true;
	return own == 0 && field->zero != ABI_ZERO_INVALID &&
	       (!lists_any || field->zero == ABI_ZERO_NONE);
}

static bool passes_all(const struct choice *choice, size_t skipped)
{
	for (size_t i = 0; i < choice->word->seen.count; i++)
		for (uint32_t j = 0; j < choice->word->set->fields.count; j++)
			if (!passes_field(choice, j, skipped, choice->word->seen.items[i]))
				return false;
	return true;
}

/* Leave out what is covered without it. */
static void drop_needless(struct choice *choice)
{
	for (size_t i = 0; i < choice->parts.count && choice->parts.count > 1;) {
		if (!passes_all(choice, i)) {
			i++;
			continue;
		}
		memmove(choice->parts.items + i, choice->parts.items + i + 1,
			(choice->parts.count - 1 - i) * sizeof(*choice->parts.items));
		choice->parts.count--;
	}
}

/* A literal among free bits would say something about these too. */
static bool has_literal_with_free_bits(const struct choice *choice)
{
	bool has_literal = false, has_free = false;

	for (size_t i = 0; i < choice->parts.count; i++)
		has_literal |= !choice->parts.items[i].name;
	for (uint32_t i = 0; i < choice->word->set->fields.count; i++)
		has_free |= field_at(choice->db, choice->word->set, i)->kind == ABI_FREE;
	return has_literal && has_free;
}

const char *learn_word_pattern(struct arena *arena, const struct abi_db *db, unsigned arch,
			       const struct learn_word *word)
{
	struct choice choice = {arena, db, arch, word, {0}};
	const char *text = "";
	char number[WORD_MAX_NAME];

	if (word->is_open || !word->seen.count)
		return NULL;
	for (size_t i = 0; i < word->seen.count; i++)
		take_parts(&choice, word->seen.items[i]);
	drop_needless(&choice);
	if (has_literal_with_free_bits(&choice))
		return NULL;
	for (size_t i = 0; i < choice.parts.count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? " | " : "",
				    word_part_name(&choice.parts.items[i], number));
	if (!*text)
		text = word->set->zero_name ? abi_string(db, word->set->zero_name) : "0";
	return text;
}
