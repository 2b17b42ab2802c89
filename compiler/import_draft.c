#include "import_draft.h"

#include <inttypes.h>
#include <string.h>

#include "test.h"

enum {
	MAX_OPEN_BITS = 6, /* under a mask; with more, only values that have names are listed */
	MAX_LISTED = 255,  /* the greatest number listed for being below or above another */
	MAX_LITERAL_BITS = 4,
	MAX_SPLIT = 256,
};

/* A parameter, and what it holds where another one selects that. */
struct target {
	const struct import *import;
	const struct abi_param *param;
	const struct abi_slot *slot;
	unsigned width;
};

static uint64_t const_value(const struct import *import, uint32_t ref, bool *is_there)
{
	const struct abi_const *constant = &import->db->consts[ref];
	uint64_t value = 0;

	*is_there = constant->mask == UINT64_MAX &&
		    abi_num(import->db, constant->value, import->arch, &value);
	return value;
}

/* What MUX says of a parameter whose selector is VALUE. */
static const struct abi_slot *selected(const struct import *import, const struct abi_mux *mux,
				       uint64_t value)
{
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &import->db->cases[mux->cases.first + i];
		bool is_there;

		if (!one->values.count)
			return &one->slot;
		for (uint32_t j = 0; j < one->values.count; j++)
			if (const_value(import, import->db->refs[one->values.first + j],
					&is_there) == value &&
			    is_there)
				return &one->slot;
	}
	return NULL;
}

static struct target target_of(const struct import *import, uint32_t nr, unsigned index,
			       const struct import_draft *draft)
{
	const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);
	size_t count;
	const struct abi_param *param =
		abi_call_params(import->db, call, import->arch, &count) + index;
	struct target target = {import, param, &param->slot, 64};
	const struct abi_mux *mux = &import->db->muxes[param->slot.mux];
	const struct abi_slot *slot = NULL;

	if (param->slot.mux && draft && mux->selector.kind == ABI_REF_PARAM &&
	    mux->selector.index < SCML_REGISTERS &&
	    draft->choices[mux->selector.index].values.count == 1)
		slot = selected(import, mux,
				draft->choices[mux->selector.index].values.items[0]);
	if (slot)
		target.slot = slot;
	target.width = abi_type_bits(import->db, (enum abi_type)param->slot.type, import->arch);
	return target;
}

static size_t param_count(const struct import *import, uint32_t nr)
{
	size_t count;

	abi_call_params(import->db, abi_call_by_nr(import->db, import->arch, nr), import->arch,
			&count);
	return count < SCML_REGISTERS ? count : SCML_REGISTERS;
}

/* Is the word one enum as a whole? So it is without a set. */
static bool is_plain(const struct target *target)
{
	const struct abi_set *set = &target->import->db->sets[target->slot->set];

	return !target->slot->set ||
	       (set->fields.count == 1 &&
		target->import->db->set_fields[set->fields.first].kind == ABI_ENUM);
}

static void add_choice_value(struct arena *arena, struct import_choice *choice, uint64_t value)
{
	size_t at = 0;

	while (at < choice->values.count && choice->values.items[at] < value)
		at++;
	if (at < choice->values.count && choice->values.items[at] == value)
		return;
	vec_push(arena, &choice->values, value);
	for (size_t i = choice->values.count - 1; i > at; i--)
		choice->values.items[i] = choice->values.items[i - 1];
	choice->values.items[at] = value;
}

/* The values that have names and pass CHOICE's mask; the greatest of all that have names. */
static uint64_t add_named_values(const struct target *target, struct import_choice *choice)
{
	const struct import *import = target->import;
	const struct abi_set *set = &import->db->sets[target->slot->set];
	const struct abi_range members = import->db->set_fields[set->fields.first].members;
	uint64_t greatest = 0;

	for (uint32_t i = 0; i < members.count; i++) {
		bool is_there;
		uint64_t value =
			const_value(import, import->db->refs[members.first + i], &is_there);

		value &= width_mask(target->width);
		if (!is_there)
			continue;
		greatest = value > greatest ? value : greatest;
		if ((value & choice->mask) == choice->value)
			add_choice_value(import->arena, choice, value);
	}
	return greatest;
}

/*
 * A comparison as a list of values, where the parameter is an enum and not too many bits are
 * left open. Numbers that have no names are listed only where they lie among those that do.
 */
static struct import_choice choice_of(const struct target *target, uint64_t mask,
				      uint64_t value)
{
	uint64_t open = width_mask(target->width) & ~mask, rest = 0, greatest = MAX_LISTED;
	struct import_choice choice = {.mask = mask, .value = value};

	if (mask && !open)
		add_choice_value(target->import->arena, &choice, value);
	if (!mask || !open || !is_plain(target))
		return choice;
	if (target->slot->set)
		greatest = add_named_values(target, &choice);
	if (__builtin_popcountll(open) > MAX_OPEN_BITS)
		return choice;
	/* All words that fill the open bits, from none to all. */
	do {
		if ((value | rest) <= greatest)
			add_choice_value(target->import->arena, &choice, value | rest);
		rest = (rest - open) & open;
	} while (rest);
	return choice;
}

static bool same_choice(const struct import_choice *a, const struct import_choice *b)
{
	if (a->values.count != b->values.count)
		return false;
	if (a->values.count)
		return memcmp(a->values.items, b->values.items,
			      a->values.count * sizeof(uint64_t)) == 0;
	return a->mask == b->mask && a->value == b->value;
}

/* Take B's values into A if that is all in which they differ. */
static bool merge(struct arena *arena, struct import_draft *a, const struct import_draft *b)
{
	struct import_choice *into = NULL;
	const struct import_choice *from = NULL;

	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		if (same_choice(&a->choices[i], &b->choices[i]))
			continue;
		if (into || !a->choices[i].values.count || !b->choices[i].values.count)
			return false;
		into = &a->choices[i];
		from = &b->choices[i];
	}
	for (size_t i = 0; from && i < from->values.count; i++)
		add_choice_value(arena, into, from->values.items[i]);
	return true;
}

/* Is a comparison of REGION with register REG one that leaves too much open to be listed? Then
 * a list of the others would be the beginning of something endless. */
static bool is_endless(const struct import *import, uint32_t nr, const struct region *region,
		       unsigned reg)
{
	struct target target = target_of(import, nr, reg, NULL);

	for (size_t i = 0; i < region->terms.count && !target.slot->set; i++) {
		const struct region_term *term = &region->terms.items[i];
		struct import_choice choice =
			choice_of(&target, term->mask[reg], term->value[reg]);

		if (term->mask[reg] && !choice.values.count)
			return true;
	}
	return false;
}

struct import_drafts import_drafts(const struct import *import, uint32_t nr,
				   const struct region *region)
{
	struct import_drafts drafts = {0};
	size_t params = param_count(import, nr);
	bool endless[SCML_REGISTERS] = {false};

	for (unsigned reg = 0; reg < params; reg++)
		endless[reg] = is_endless(import, nr, region, reg);
	for (size_t i = 0; i < region->terms.count; i++) {
		const struct region_term *term = &region->terms.items[i];
		struct import_draft draft = {0};
		bool is_merged = false;

		for (unsigned reg = 0; reg < params; reg++) {
			struct target target = target_of(import, nr, reg, NULL);

			draft.choices[reg] =
				choice_of(&target, term->mask[reg], term->value[reg]);
			if (endless[reg] && draft.choices[reg].values.count > 1)
				draft.choices[reg].values.count = 0;
		}
		for (unsigned reg = (unsigned)params; reg < SCML_REGISTERS; reg++)
			draft.choices[reg] = (struct import_choice){.mask = term->mask[reg],
								    .value = term->value[reg]};
		for (size_t j = 0; j < drafts.list.count && !is_merged; j++)
			is_merged = merge(import->arena, &drafts.list.items[j], &draft);
		if (!is_merged)
			vec_push(import->arena, &drafts.list, draft);
	}
	return drafts;
}

void import_draft_split(const struct import *import, const struct import_draft *draft,
			struct import_drafts *split)
{
	size_t first = split->list.count;

	vec_push(import->arena, &split->list, *draft);
	for (unsigned reg = 0; reg < SCML_REGISTERS; reg++) {
		size_t end = split->list.count;

		for (size_t i = first; i < end && split->list.count < MAX_SPLIT; i++) {
			struct import_choice whole = split->list.items[i].choices[reg];

			for (size_t j = 0; j < whole.values.count; j++) {
				struct import_draft one = split->list.items[i];

				memset(&one.choices[reg].values, 0,
				       sizeof(one.choices[reg].values));
				vec_push(import->arena, &one.choices[reg].values,
					 whole.values.items[j]);
				if (j == 0)
					split->list.items[i] = one;
				else
					vec_push(import->arena, &split->list, one);
			}
		}
	}
}

/* A pattern while it is written. */
struct pattern_text {
	const struct target *target;
	const char *text;
	uint64_t last; /* what was added before, lest a second name of it follows */
	bool has_last;
};

static void add_part(struct pattern_text *pattern, const char *part, uint64_t value)
{
	if (pattern->has_last && pattern->last == value)
		return;
	pattern->text = arena_printf(pattern->target->import->arena, "%s%s%s", pattern->text,
				     *pattern->text ? " | " : "", part);
	pattern->last = value;
	pattern->has_last = true;
}

static void add_literal(struct pattern_text *pattern, uint64_t value)
{
	struct arena *arena = pattern->target->import->arena;

	add_part(pattern,
		 value < 4096 ? arena_printf(arena, "%" PRIu64, value)
			      : arena_printf(arena, "0x%" PRIx64, value),
		 value);
}

/* The name of VALUE in the set, of the whole word; NULL where it has none. */
static const char *name_of(const struct target *target, uint64_t value)
{
	const struct abi_db *db = target->import->db;
	const struct abi_set *set = &db->sets[target->slot->set];

	if (!target->slot->set)
		return NULL;
	if (value == 0 && set->zero_name)
		return abi_string(db, set->zero_name);
	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		for (uint32_t j = 0; j < field->members.count; j++) {
			uint32_t ref = db->refs[field->members.first + j];
			bool is_there;
			uint64_t own = const_value(target->import, ref, &is_there);

			if (is_there && (own & width_mask(target->width)) == value)
				return abi_string(db, db->consts[ref].name);
		}
	}
	return NULL;
}

static void add_value(struct pattern_text *pattern, uint64_t value)
{
	const struct target *target = pattern->target;
	const char *name = name_of(target, value);

	if (!name && value == 0 && target->slot->target != ABI_TARGET_NONE)
		name = "NULL";
	if (name)
		add_part(pattern, name, value);
	else
		add_literal(pattern, value);
}

/* Is VALUE what other flags of CHOICE give together? */
static bool is_composed(const struct import_choice *choice, uint64_t value)
{
	uint64_t rest = value;

	for (size_t i = 0; i < choice->values.count; i++) {
		uint64_t other = choice->values.items[i];

		if (other != value && (other & ~value) == 0)
			rest &= ~other;
	}
	return rest == 0;
}

static void add_values(struct pattern_text *pattern, const struct import_choice *choice)
{
	for (size_t i = 0; i < choice->values.count; i++) {
		uint64_t value = choice->values.items[i];

		if (is_plain(pattern->target) || choice->values.count == 1 ||
		    !is_composed(choice, value))
			add_value(pattern, value);
	}
}

/* Has a member of FIELD before number INDEX the same VALUE? */
static bool is_second_name(const struct import *import, const struct abi_set_field *field,
			   uint32_t index, uint64_t value)
{
	for (uint32_t i = 0; i < index; i++) {
		bool is_there;

		if (const_value(import, import->db->refs[field->members.first + i],
				&is_there) == value &&
		    is_there)
			return true;
	}
	return false;
}

/* The members of FIELD that the mask of CHOICE lets pass. False: they cannot be listed. */
static bool add_members(struct pattern_text *pattern, const struct abi_set_field *field,
			const struct import_choice *choice)
{
	const struct import *import = pattern->target->import;
	uint64_t asked = choice->mask & field->mask, left;

	if (field->kind == ABI_FREE)
		return asked == 0;
	if (field->kind == ABI_BITS && choice->value & asked)
		return false;
	left = field->mask & ~asked & width_mask(pattern->target->width);
	for (uint32_t i = 0; i < field->members.count; i++) {
		uint32_t ref = import->db->refs[field->members.first + i];
		bool is_there;
		uint64_t value = const_value(import, ref, &is_there);

		if (!is_there || ((value ^ choice->value) & asked) ||
		    is_second_name(import, field, i, value))
			continue;
		add_part(pattern, abi_string(import->db, import->db->consts[ref].name), value);
		left &= ~value;
	}
	if (field->kind == ABI_BITS && __builtin_popcountll(left) <= MAX_LITERAL_BITS)
		for (; left; left &= left - 1)
			add_literal(pattern, left & -left);
	return true;
}

/* The pattern of TARGET for CHOICE, NULL where there is none. */
static const char *pattern_of(const struct target *target, const struct import_choice *choice)
{
	const struct abi_db *db = target->import->db;
	const struct abi_set *set = &db->sets[target->slot->set];
	struct pattern_text pattern = {.target = target, .text = ""};

	if (choice->values.count)
		add_values(&pattern, choice);
	else if (is_plain(target))
		return NULL;
	for (uint32_t i = 0; !choice->values.count && i < set->fields.count; i++)
		if (!add_members(&pattern, &db->set_fields[set->fields.first + i], choice))
			return NULL;
	return *pattern.text ? pattern.text : "0";
}

const char *import_draft_rule(const struct import *import, uint32_t nr,
			      const struct import_draft *draft)
{
	const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);
	size_t params = param_count(import, nr), last = params, count = 0;
	const char *text =
		arena_printf(import->arena, "%s(", abi_string(import->db, call->name));

	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		if (!draft->choices[i].mask)
			continue;
		if (i >= params)
			return NULL;
		count = i + 1;
	}
	for (unsigned i = 0; i < count; i++) {
		struct target target = target_of(import, nr, i, draft);
		const char *pattern = NULL;

		if (draft->choices[i].mask) {
			pattern = pattern_of(&target, &draft->choices[i]);
			if (!pattern)
				return NULL;
		}
		text = arena_printf(import->arena, "%s%s%s%s%s", text, i ? ", " : "",
				    abi_string(import->db, target.param->name),
				    pattern ? " = " : "", pattern ? pattern : "");
	}
	return arena_printf(import->arena, "%s%s);", text,
			    count == last && count ? ""
			    : count		   ? ", .."
						   : "..");
}
