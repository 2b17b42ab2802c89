#include "word.h"

#include <inttypes.h>
#include <string.h>

#include "elsewhere.h"
#include "test.h"

static bool report_unknown(const struct pattern_scope *scope, const struct ast_part *part)
{
	const char *best = abi_suggest(scope->db, ABI_NAME_CONST, part->name.text);
	struct diag *diag;

	if (best) {
		diag = diag_add(scope->diags, DIAG_UNKNOWN_CONSTANT, part->span,
				"no constant is called '%s'; did you mean '%s'?",
				part->name.text, best);
		diag_edit(scope->diags, diag, part->span, "%s", best);
	} else {
		diag_add(
			scope->diags, DIAG_UNKNOWN_CONSTANT, part->span,
			"no constant is called '%s'; a bitflags rule is referred to as '<%s>', "
			"and --abi FILE.yaml adds constants",
			part->name.text, part->name.text);
	}
	*scope->has_error = true;
	return false;
}

static bool read_constant(const struct pattern_scope *scope, const struct ast_part *ast,
			  struct word_part *part)
{
	uint64_t value = 0;

	if (strcmp(ast->name.text, "NULL") == 0)
		return true;
	part->constant = abi_const_find(scope->db, ast->name.text);
	if (!part->constant)
		return report_unknown(scope, ast);
	part->is_absent = !abi_num(scope->db, part->constant->value, scope->arch, &value);
	part->value = value;
	if (part->is_absent) {
		const struct abi_arch *arch = &scope->db->archs[scope->arch];
		char elsewhere[ELSEWHERE_MAX];

		elsewhere_archs(scope->db, part->constant->value, elsewhere);
		diag_add(scope->diags, DIAG_ABSENT_CONSTANT, ast->span,
			 "%s has no '%s'; it adds nothing there%s",
			 abi_string(scope->db, arch->name), ast->name.text, elsewhere);
	}
	return true;
}

bool word_read(const struct pattern_scope *scope, const struct res_pattern *pattern,
	       struct word *word)
{
	struct word_part *parts =
		ARENA_ARRAY(scope->arena, struct word_part, pattern->part_count + 1);
	bool is_whole = true;

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *ast = pattern->parts[i];

		parts[i].ast = ast;
		if (ast->kind == AST_NUMBER)
			parts[i].value = ast->number.negative ? 0 - ast->number.magnitude
							      : ast->number.magnitude;
		else if (!read_constant(scope, ast, &parts[i]))
			is_whole = false;
	}
	word->parts = parts;
	word->count = pattern->part_count;
	return is_whole;
}

/* Does the number fit WIDTH bits, read as signed or as unsigned? */
static bool number_fits(const struct ast_part *ast, unsigned width)
{
	uint64_t magnitude = ast->number.magnitude;

	if (ast->kind != AST_NUMBER)
		return true;
	if (ast->number.negative)
		return magnitude <= UINT64_C(1) << (width - 1);
	return (magnitude & ~width_mask(width)) == 0;
}

static bool check_numbers(const struct pattern_scope *scope, const struct word *word,
			  unsigned width)
{
	bool all_fit = true;

	for (size_t i = 0; i < word->count; i++) {
		const struct ast_part *ast = word->parts[i].ast;

		if (word->parts[i].constant || number_fits(ast, width))
			continue;
		diag_add(scope->diags, DIAG_NUMBER_WIDTH, ast->span,
			 "%s0x%" PRIx64 " does not fit the %u bits of '%s'",
			 ast->number.negative ? "-" : "", ast->number.magnitude, width,
			 scope->path);
		*scope->has_error = true;
		all_fit = false;
	}
	return all_fit;
}

/* What one field of the set gets from the parts. */
struct field_parts {
	bool is_listed;
	struct test_values values;
	uint64_t bits;
	struct test_list masked; /* constants that match under a mask of their own */
};

struct word_context {
	const struct pattern_scope *scope;
	const struct word *word;
	const struct abi_set *set;
	struct scml_place place;
};

static bool is_single_bit(uint64_t value)
{
	return value && (value & (value - 1)) == 0;
}

static void add_bits(struct arena *arena, struct field_parts *parts, uint64_t value)
{
	if (is_single_bit(value))
		parts->bits |= value;
	else if (value)
		vec_push(arena, &parts->values.list, value);
}

static void add_member(const struct word_context *context, struct field_parts *parts,
		       const struct abi_set_field *field, uint64_t mask,
		       const struct word_part *part)
{
	struct arena *arena = context->scope->arena;
	uint64_t own_mask = part->constant->mask & mask;
	struct test_values one = {0};

	parts->is_listed = true;
	if (part->is_absent)
		return;
	if (field->kind == ABI_BITS) {
		add_bits(arena, parts, part->value & mask);
	} else if (own_mask == mask) {
		vec_push(arena, &parts->values.list, part->value & mask);
	} else {
		vec_push(arena, &one.list, part->value & own_mask);
		test_list_add(arena, &parts->masked,
			      test_in(arena, context->place, context->scope->path, true,
				      own_mask, &one));
	}
}

/* A number, or a constant from outside the set: it counts by its value. */
static void add_value(const struct word_context *context, struct field_parts *parts,
		      const struct abi_set_field *field, uint64_t mask,
		      const struct word_part *part)
{
	struct arena *arena = context->scope->arena;
	uint64_t whole = part->value & width_mask(context->place.width);
	uint64_t piece = whole & mask;

	switch ((enum abi_field_kind)field->kind) {
	case ABI_ENUM:
		if (part->is_absent) {
			parts->is_listed = true;
		} else if (piece || !whole) {
			parts->is_listed = true;
			vec_push(arena, &parts->values.list, piece);
		}
		break;
	case ABI_BITS:
		if (!part->is_absent)
			add_bits(arena, parts, piece);
		break;
	case ABI_FREE:
		if (!part->constant && whole)
			vec_push(arena, &parts->values.list, piece);
		break;
	}
}

static const struct test *enum_test(const struct word_context *context,
				    struct field_parts *parts,
				    const struct abi_set_field *field, uint64_t mask)
{
	struct arena *arena = context->scope->arena;
	bool has_some = parts->values.list.count || parts->masked.list.count;

	if (!parts->is_listed && field->zero == ABI_ZERO_INVALID)
		return test_false();
	if (!parts->is_listed || (has_some && field->zero == ABI_ZERO_NONE))
		vec_push(arena, &parts->values.list, UINT64_C(0));
	test_list_add(arena, &parts->masked,
		      test_in(arena, context->place, context->scope->path, true, mask,
			      &parts->values));
	return test_any(arena, &parts->masked);
}

/* The test for one field, of which only the bits in CARE are looked at. */
static const struct test *field_test(const struct word_context *context,
				     const struct abi_set_field *field, uint64_t care)
{
	struct arena *arena = context->scope->arena;
	const char *path = context->scope->path;
	uint64_t mask = field->mask & care;
	struct field_parts parts = {0};

	if (!mask)
		return test_true();
	for (size_t i = 0; i < context->word->count; i++) {
		const struct word_part *part = &context->word->parts[i];
		const struct abi_set_field *home =
			part->constant && context->set
				? abi_set_field_of(context->scope->db, context->set,
						   part->constant)
				: NULL;

		if (home == field)
			add_member(context, &parts, field, mask, part);
		else if (!home)
			add_value(context, &parts, field, mask, part);
	}
	switch ((enum abi_field_kind)field->kind) {
	case ABI_ENUM:
		return enum_test(context, &parts, field, mask);
	case ABI_BITS:
		return test_bits(arena, context->place, path, mask, parts.bits, &parts.values);
	case ABI_FREE:
		if (parts.values.list.count == 0)
			return parts.is_listed ? test_false() : test_true();
		/* Beside named numbers 0 is the one that was not given. */
		if (parts.is_listed)
			vec_push(arena, &parts.values.list, UINT64_C(0));
		return test_in(arena, context->place, path, true, mask, &parts.values);
	}
	return test_false();
}

static const struct test *fields_test(const struct word_context *context, uint64_t care)
{
	const struct abi_set_field whole = {
		.kind = ABI_ENUM, .zero = ABI_ZERO_INVALID, .mask = UINT64_MAX};
	struct arena *arena = context->scope->arena;
	const struct word *word = context->word;
	struct test_values zero = {0};
	struct test_list all = {0};

	if (word->count == 1 && !word->parts[0].constant && word->parts[0].value == 0) {
		vec_push(arena, &zero.list, UINT64_C(0));
		return test_in(arena, context->place, context->scope->path, true, care, &zero);
	}
	if (!context->set)
		return field_test(context, &whole, care);
	for (uint32_t i = 0; i < context->set->fields.count; i++) {
		const struct abi_set_field *field =
			&context->scope->db->set_fields[context->set->fields.first + i];

		test_list_add(arena, &all, field_test(context, field, care));
	}
	return test_all(arena, &all);
}

/* Bits that the kernel takes away when they have a certain value. */
static const struct test *discarding_test(const struct word_context *context, uint64_t care)
{
	struct arena *arena = context->scope->arena;
	const struct abi_db *db = context->scope->db;
	const char *path = context->scope->path;
	uint64_t mask = 0, value = 0;
	struct test_values values = {0};
	const struct test *cut, *plain;

	if (!context->set ||
	    !abi_num(db, context->set->discard_mask, context->scope->arch, &mask) || !mask ||
	    !abi_num(db, context->set->discard_value, context->scope->arch, &value))
		return fields_test(context, care);
	vec_push(arena, &values.list, value);
	cut = test_both(arena, test_in(arena, context->place, path, true, mask, &values),
			fields_test(context, care & ~mask));
	plain = test_both(arena, test_in(arena, context->place, path, false, mask, &values),
			  fields_test(context, care));
	return test_either(arena, cut, plain);
}

/* The OR of those members of FIELD that lie wholly within VALUE; *COUNT of them. */
static uint64_t joined_members(const struct pattern_scope *scope,
			       const struct abi_set_field *field, uint64_t value,
			       unsigned *count)
{
	uint64_t joined = 0, member;

	*count = 0;
	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant =
			&scope->db->consts[scope->db->refs[field->members.first + i]];

		if (!abi_num(scope->db, constant->value, scope->arch, &member) || !member ||
		    (member & ~value & field->mask) || (joined & member) == member)
			continue;
		joined |= member;
		++*count;
	}
	return joined;
}

static bool has_member(const struct pattern_scope *scope, const struct abi_set_field *field,
		       uint64_t value)
{
	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *constant =
			&scope->db->consts[scope->db->refs[field->members.first + i]];
		uint64_t member;

		if (abi_num(scope->db, constant->value, scope->arch, &member) &&
		    (value & constant->mask & field->mask) == (member & field->mask))
			return true;
	}
	return false;
}

/* A number whose enum part is no member's: often members that were added up as if they were
 * bits. */
static void check_number_members(const struct word_context *context,
				 const struct word_part *part)
{
	const struct pattern_scope *scope = context->scope;

	for (uint32_t i = 0; i < context->set->fields.count; i++) {
		const struct abi_set_field *field =
			&scope->db->set_fields[context->set->fields.first + i];
		uint64_t value = part->value & field->mask & width_mask(context->place.width);
		unsigned count;

		if (field->kind != ABI_ENUM || !value || has_member(scope, field, value))
			continue;
		if (joined_members(scope, field, value, &count) == value && count > 1)
			diag_add(scope->diags, DIAG_JOINED_MEMBERS, part->ast->span,
				 "0x%" PRIx64 " is no value of '%s', but several of them added "
				 "up; they exclude each other, so write them as alternatives",
				 value, scope->path);
		else
			diag_add(scope->diags, DIAG_FOREIGN_CONSTANT, part->ast->span,
				 "0x%" PRIx64 " is none of the known values of '%s'", value,
				 scope->path);
	}
}

/* Constants and numbers that the parameter's set does not have. */
static void check_members(const struct word_context *context)
{
	const struct pattern_scope *scope = context->scope;

	for (size_t i = 0; context->set && i < context->word->count; i++) {
		const struct word_part *part = &context->word->parts[i];

		if (!part->constant)
			check_number_members(context, part);
		if (!part->constant ||
		    abi_set_field_of(scope->db, context->set, part->constant) ||
		    part->constant->name == context->set->zero_name)
			continue;
		diag_add(scope->diags, DIAG_FOREIGN_CONSTANT, part->ast->span,
			 "'%s' is none of the values of '%s'; it counts by its number%s",
			 part->ast->name.text, scope->path,
			 elsewhere_constant(scope->arena, scope->db, scope->params,
					    scope->param_count, part->constant));
	}
}

const struct test *word_test(const struct pattern_scope *scope, const struct word *word,
			     const struct abi_set *set, struct scml_place place)
{
	struct word_context context = {
		.scope = scope, .word = word, .set = set, .place = place};
	unsigned width = place.width;

	if (set && set->width < width)
		width = set->width;
	if (!check_numbers(scope, word, width))
		return test_false();
	check_members(&context);
	return discarding_test(&context, width_mask(width));
}
