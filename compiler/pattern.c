#include "pattern.h"

#include <inttypes.h>
#include <string.h>

#include "elsewhere.h"
#include "memory.h"
#include "test.h"
#include "word.h"

static uint8_t place_flags(const struct abi_slot *slot)
{
	const struct abi_type_info *type = abi_type((enum abi_type)slot->type);

	return (uint8_t)((type->is_big_endian ? SCML_BIG_ENDIAN : 0) |
			 (type->is_signed ? SCML_SIGNED : 0));
}

struct scml_place pattern_register(const struct pattern_scope *scope, unsigned index)
{
	const struct abi_slot *slot = &scope->params[index].slot;

	return (struct scml_place){
		.base = (uint8_t)index,
		.width = (uint8_t)abi_type_bits(scope->db, (enum abi_type)slot->type,
						scope->arch),
		.flags = (uint8_t)(place_flags(slot) & ~SCML_BIG_ENDIAN),
	};
}

struct scml_place pattern_inside(const struct pattern_scope *scope, const struct abi_slot *slot,
				 uint32_t offset)
{
	return (struct scml_place){
		.base = SCML_INSIDE,
		.width = (uint8_t)abi_type_bits(scope->db, (enum abi_type)slot->type,
						scope->arch),
		.flags = place_flags(slot),
		.offset = offset,
	};
}

/* The mask under which constant MEMBER selects in a word of SLOT's set. */
static uint64_t selector_mask(const struct pattern_scope *scope, const struct abi_slot *slot,
			      const struct abi_const *member)
{
	const struct abi_set *set = slot->set ? &scope->db->sets[slot->set] : NULL;
	const struct abi_set_field *field =
		set ? abi_set_field_of(scope->db, set, member) : NULL;

	return field ? field->mask & member->mask : member->mask;
}

const struct test *pattern_selects(const struct pattern_scope *scope,
				   const struct abi_slot *slot, struct scml_place place,
				   struct abi_range members, bool wanted)
{
	struct test_list list = {0};
	VEC(uint64_t) masks = {0};

	for (uint32_t i = 0; i < members.count; i++) {
		uint64_t mask = selector_mask(
			scope, slot, &scope->db->consts[scope->db->refs[members.first + i]]);
		struct test_values values = {0};
		bool is_new = true;

		for (size_t j = 0; j < masks.count; j++)
			is_new &= masks.items[j] != mask;
		if (!is_new)
			continue;
		vec_push(scope->arena, &masks, mask);
		for (uint32_t j = i; j < members.count; j++) {
			const struct abi_const *member =
				&scope->db->consts[scope->db->refs[members.first + j]];
			uint64_t value;

			if (selector_mask(scope, slot, member) == mask &&
			    abi_num(scope->db, member->value, scope->arch, &value))
				vec_push(scope->arena, &values.list,
					 value & mask & width_mask(place.width));
		}
		test_list_add(scope->arena, &list,
			      test_in(scope->arena, place, scope->path, wanted, mask, &values));
	}
	return wanted ? test_any(scope->arena, &list) : test_all(scope->arena, &list);
}

static const struct test *report_kind(const struct pattern_scope *scope,
				      const struct res_pattern *pattern, const char *wanted)
{
	diag_add(scope->diags, DIAG_WRONG_KIND, pattern->span, "'%s' is %s", scope->path,
		 wanted);
	*scope->has_error = true;
	return test_false();
}

static const struct test *string_test(const struct pattern_scope *scope,
				      const struct res_pattern *pattern,
				      const struct abi_slot *slot, struct scml_place place)
{
	struct test_values zero = {0};
	struct test *test;

	if (slot->target != ABI_TARGET_PATH && slot->target != ABI_TARGET_STRING)
		return report_kind(scope, pattern,
				   "no string; <PATH> is for parameters that point to one");
	test = ARENA_NEW(scope->arena, struct test);
	test->op = SCML_OP_STRING;
	test->place = place;
	test->name = scope->path;
	if (!pattern->or_null)
		return test;
	vec_push(scope->arena, &zero.list, UINT64_C(0));
	return test_either(scope->arena,
			   test_in(scope->arena, place, scope->path, true, UINT64_MAX, &zero),
			   test);
}

/* Is there a constant in PATTERN, which is a word, beside NULL? */
static bool names_constant(const struct res_pattern *pattern)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		if (pattern->parts[i]->kind == AST_CONST &&
		    strcmp(pattern->parts[i]->name.text, "NULL") != 0)
			return true;
	}
	return false;
}

/* The pattern for one kind of slot, once no other value has a say in it. */
static const struct test *plain_test(const struct pattern_scope *scope,
				     const struct res_pattern *pattern,
				     const struct abi_slot *slot, struct scml_place place)
{
	const struct abi_set *set = NULL;
	struct word word;

	switch (pattern->kind) {
	case RES_INTEGER:
		return test_true();
	case RES_PATH:
		return string_test(scope, pattern, slot, place);
	case RES_STRUCTS:
		return memory_struct_test(scope, pattern, slot, place);
	case RES_ARRAY:
		return memory_array_test(scope, pattern, slot, place);
	case RES_WORD:
		if (pattern->is_broken && pattern->part_count == 0)
			return test_true();
		break;
	}
	if (slot->type == ABI_TYPE_STRUCT || slot->type == ABI_TYPE_BYTES || slot->times)
		return report_kind(scope, pattern,
				   "no single value; write a struct or array pattern");
	if (slot->type == ABI_TYPE_PTR && !slot->set && names_constant(pattern))
		return report_kind(scope, pattern,
				   "a pointer, which no constant but NULL can match; a "
				   "pattern for what it points to stands in braces");
	if (!word_read(scope, pattern, &word))
		return test_false();
	if (slot->set && slot->target == ABI_TARGET_NONE)
		set = &scope->db->sets[slot->set];
	return word_test(scope, &word, set, place);
}

/* The cases of a multiplexed slot, while its pattern is typed for each. */
struct mux_walk {
	const struct pattern_scope *scope;
	const struct res_pattern *pattern;
	const struct abi_mux *mux;
	const struct abi_slot *selector;
	struct scml_place selector_place;
	struct scml_place place;
	const struct test *known; /* what the rule demands of the selector; NULL: unknown */
};

static const struct abi_case *mux_case(const struct mux_walk *walk, uint32_t index)
{
	return &walk->scope->db->cases[walk->mux->cases.first + index];
}

/* Is CONSTANT a value of SLOT, in whatever case of it? */
static bool slot_has_member(const struct abi_db *db, const struct abi_slot *slot,
			    const struct abi_const *constant)
{
	const struct abi_mux *mux = &db->muxes[slot->mux];

	if (slot->set && abi_set_field_of(db, &db->sets[slot->set], constant))
		return true;
	for (uint32_t i = 0; slot->mux && i < mux->cases.count; i++) {
		if (slot_has_member(db, &db->cases[mux->cases.first + i].slot, constant))
			return true;
	}
	return false;
}

static bool mux_has_member(const struct mux_walk *walk, const struct abi_const *constant)
{
	for (uint32_t i = 0; i < walk->mux->cases.count; i++) {
		if (slot_has_member(walk->scope->db, &mux_case(walk, i)->slot, constant))
			return true;
	}
	return false;
}

/* The parts of the pattern that count in one case: its own constants, those of no case,
 * numbers. */
static const struct res_pattern *case_pattern(const struct mux_walk *walk,
					      const struct abi_slot *slot)
{
	struct arena *arena = walk->scope->arena;
	const struct abi_db *db = walk->scope->db;
	struct res_pattern *filtered;
	const struct ast_part **parts;

	if (walk->pattern->kind != RES_WORD)
		return walk->pattern;
	filtered = ARENA_NEW(arena, struct res_pattern);
	*filtered = *walk->pattern;
	filtered->part_count = 0;
	parts = ARENA_ARRAY(arena, const struct ast_part *, walk->pattern->part_count + 1);
	for (size_t i = 0; i < walk->pattern->part_count; i++) {
		const struct ast_part *part = walk->pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(db, part->name.text) : NULL;

		if (!constant || slot_has_member(db, slot, constant) ||
		    !mux_has_member(walk, constant))
			parts[filtered->part_count++] = part;
	}
	filtered->parts = parts;
	return filtered->part_count ? filtered : NULL;
}

/* Can a case of SLOT hold what the pattern is about, as far as its kind goes? */
static bool case_fits(const struct res_pattern *pattern, const struct abi_slot *slot)
{
	switch (pattern->kind) {
	case RES_STRUCTS:
		return slot->mux || slot->target == ABI_TARGET_STRUCT ||
		       slot->type == ABI_TYPE_STRUCT;
	case RES_ARRAY:
		return slot->mux || slot->target == ABI_TARGET_STRUCTS ||
		       slot->target == ABI_TARGET_TYPES;
	case RES_PATH:
		return slot->mux || slot->target == ABI_TARGET_PATH ||
		       slot->target == ABI_TARGET_STRING;
	case RES_WORD:
	case RES_INTEGER:
		return true;
	}
	return true;
}

/* Does the rule's own condition on the selector leave room for the case that SELECTS picks? */
static bool case_is_live(const struct mux_walk *walk, const struct test *selects)
{
	return !test_is_false(selects) &&
	       (!walk->known || test_may_share(walk->known, selects));
}

/* Is what the rule demands of the selector enough to know that SELECTS holds? */
static bool case_is_certain(const struct mux_walk *walk, const struct test *selects)
{
	return walk->known && test_entails(walk->known, selects);
}

static struct scml_place case_place(const struct mux_walk *walk, const struct abi_slot *slot)
{
	struct scml_place place = walk->place;
	unsigned bits =
		abi_type_bits(walk->scope->db, (enum abi_type)slot->type, walk->scope->arch);

	if (bits && bits < place.width)
		place.width = (uint8_t)bits;
	if (place.base != SCML_INSIDE && abi_type((enum abi_type)slot->type)->is_big_endian &&
	    !walk->scope->db->archs[walk->scope->arch].big_endian)
		place.flags |= SCML_BIG_ENDIAN;
	return place;
}

/* A constant that belongs to cases that the rule's selector excludes. */
static void check_case_members(const struct mux_walk *walk, const bool *live)
{
	const struct pattern_scope *scope = walk->scope;

	if (walk->pattern->kind != RES_WORD)
		return;
	for (size_t i = 0; i < walk->pattern->part_count; i++) {
		const struct ast_part *part = walk->pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(scope->db, part->name.text)
						: NULL;
		bool counts = !constant || !mux_has_member(walk, constant);

		for (uint32_t j = 0; !counts && j < walk->mux->cases.count; j++)
			counts = live[j] &&
				 slot_has_member(scope->db, &mux_case(walk, j)->slot, constant);
		if (!counts)
			diag_add(
				scope->diags, DIAG_FOREIGN_CONSTANT, part->span,
				"'%s' is no value of '%s' for what this rule asks of the "
				"parameter that selects its meaning; it matches nothing here%s",
				part->name.text, scope->path,
				elsewhere_constant(scope->arena, scope->db, scope->params,
						   scope->param_count, constant));
	}
}

static const struct test *case_test(const struct mux_walk *walk, const struct abi_case *one,
				    const struct test *selects)
{
	const struct res_pattern *pattern = case_pattern(walk, &one->slot);
	const struct test *test;

	if (!pattern || !case_fits(pattern, &one->slot))
		return test_false();
	test = pattern_test(walk->scope, pattern, &one->slot, case_place(walk, &one->slot));
	if (case_is_certain(walk, selects))
		return test;
	return test_both(walk->scope->arena, selects, test);
}

static const struct test *mux_test(struct mux_walk *walk)
{
	const struct pattern_scope *scope = walk->scope;
	bool *live = ARENA_ARRAY(scope->arena, bool, walk->mux->cases.count + 1);
	struct test_list arms = {0}, others = {0};
	bool fits_some = false, any_live = false;

	for (uint32_t i = 0; i < walk->mux->cases.count; i++) {
		const struct abi_case *one = mux_case(walk, i);
		const struct test *selects;

		if (one->values.count) {
			selects = pattern_selects(scope, walk->selector, walk->selector_place,
						  one->values, true);
			test_list_add(scope->arena, &others,
				      pattern_selects(scope, walk->selector,
						      walk->selector_place, one->values,
						      false));
		} else {
			selects = test_all(scope->arena, &others);
		}
		live[i] = case_is_live(walk, selects);
		any_live |= live[i];
		fits_some |= live[i] && case_fits(walk->pattern, &one->slot);
		if (live[i])
			test_list_add(scope->arena, &arms, case_test(walk, one, selects));
	}
	if (any_live && !fits_some)
		return report_kind(
			scope, walk->pattern,
			"of no known layout for what this rule asks of the parameter "
			"that selects its meaning; --abi FILE.yaml can describe it");
	check_case_members(walk, live);
	return test_any(scope->arena, &arms);
}

const struct test *pattern_test(const struct pattern_scope *scope,
				const struct res_pattern *pattern, const struct abi_slot *slot,
				struct scml_place place)
{
	struct mux_walk walk = {.scope = scope, .pattern = pattern, .place = place};

	if (*scope->budget == 0) {
		if (!*scope->has_error)
			diag_add(scope->diags, DIAG_TOO_LARGE, scope->span,
				 "this rule needs more than %d tests; split its structs",
				 PATTERN_MAX_TESTS);
		*scope->has_error = true;
		return test_false();
	}
	--*scope->budget;
	if (!slot->mux || pattern->kind == RES_INTEGER)
		return plain_test(scope, pattern, slot, place);
	walk.mux = &scope->db->muxes[slot->mux];
	if (walk.mux->selector.kind == ABI_REF_FIELD) {
		const struct abi_field *field = &scope->db->fields[scope->object->fields.first +
								   walk.mux->selector.index];
		uint64_t offset = 0;

		abi_num(scope->db, field->offset, scope->arch, &offset);
		walk.selector = &field->slot;
		walk.selector_place = pattern_inside(scope, walk.selector,
						     scope->object_offset + (uint32_t)offset);
	} else {
		walk.selector = &scope->params[walk.mux->selector.index].slot;
		walk.selector_place = pattern_register(scope, walk.mux->selector.index);
		walk.known = scope->known[walk.mux->selector.index];
	}
	return mux_test(&walk);
}
