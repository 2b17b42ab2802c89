#include <string.h>

#include "lint.h"

/* A command decides within a command at most; ioctl's argument leads to the most structs. */
enum { MUX_DEPTH = 4, MAX_PLACES = 512 };

/* Structs that memory may be. */
struct places {
	uint32_t structs[MAX_PLACES];
	size_t count;
};

struct walk {
	const struct compilation *compilation;
	unsigned min_kernel;
};

static void check_age(const struct walk *walk, struct span span, const char *what,
		      const char *name, struct abi_since since)
{
	struct diags *diags = walk->compilation->diags;
	unsigned oldest = walk->min_kernel;

	if (since.release <= oldest)
		return;
	if (since.earliest == since.release)
		diag_add(diags, DIAG_NEWER, span,
			 "the %s '%s' came with Linux %u.%u; %u.%u does not have it", what,
			 name, since.release >> 8, since.release & 0xffu, oldest >> 8,
			 oldest & 0xff);
	else
		diag_add(diags, DIAG_NEWER, span,
			 "the %s '%s' came with one of Linux %u.%u to %u.%u; %u.%u %s it", what,
			 name, since.earliest >> 8, since.earliest & 0xffu, since.release >> 8,
			 since.release & 0xffu, oldest >> 8, oldest & 0xff,
			 since.earliest > oldest ? "does not have" : "may lack");
}

/* Whatever a pointer may lead to: the structs of every case. */
static void add_place(const struct abi_db *db, struct places *places, uint32_t index)
{
	const struct abi_struct *object = &db->structs[index];

	for (size_t i = 0; i < places->count; i++)
		if (places->structs[i] == index)
			return;
	if (!index || places->count == MAX_PLACES)
		return;
	places->structs[places->count++] = index;
	for (uint32_t i = 0; i < object->cases.count; i++)
		add_place(db, places, db->union_cases[object->cases.first + i].struct_index);
}

static void add_slot(const struct abi_db *db, struct places *places,
		     const struct abi_slot *slot, unsigned depth)
{
	const struct abi_range cases =
		slot->mux ? db->muxes[slot->mux].cases : (struct abi_range){0};

	add_place(db, places, slot->target_struct);
	for (uint32_t i = 0; depth && i < cases.count; i++)
		add_slot(db, places, &db->cases[cases.first + i].slot, depth - 1);
}

/* The field NAME of any of PLACES: what the oldest of that name is, and where each leads to. */
static bool find_field(const struct abi_db *db, const struct places *places, const char *name,
		       struct abi_since *since, struct places *inside)
{
	bool is_known = false;

	for (size_t i = 0; i < places->count; i++) {
		const struct abi_range fields = db->structs[places->structs[i]].fields;

		for (uint32_t j = 0; j < fields.count; j++) {
			const struct abi_field *field = &db->fields[fields.first + j];

			if (!abi_is_name(db, field->name, field->aliases, name))
				continue;
			if (!is_known || field->since.release < since->release)
				*since = field->since;
			is_known = true;
			add_slot(db, inside, &field->slot, MUX_DEPTH);
		}
	}
	return is_known;
}

static void check_pattern(const struct walk *walk, const struct res_pattern *pattern,
			  const struct places *places);

static void check_struct(const struct walk *walk, const struct res_struct *one,
			 const struct places *places)
{
	for (size_t i = 0; i < one->field_count; i++) {
		const struct res_field *field = &one->fields[i];
		struct places inside = {.count = 0};
		struct abi_since since;

		if (find_field(walk->compilation->db, places, field->name.text, &since,
			       &inside))
			check_age(walk, field->name.span, "field", field->name.text, since);
		if (field->pattern)
			check_pattern(walk, field->pattern, &inside);
	}
}

static void check_pattern(const struct walk *walk, const struct res_pattern *pattern,
			  const struct places *places)
{
	const struct abi_db *db = walk->compilation->db;

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(db, part->name.text) : NULL;

		if (constant)
			check_age(walk, part->span, "constant", part->name.text,
				  constant->since);
	}
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(walk, pattern->elements[i], places);
	for (size_t i = 0; i < pattern->struct_count; i++)
		check_struct(walk, &pattern->structs[i], places);
}

/* The parameter of CALL that a rule calls NAME, or has at INDEX, on every architecture. */
static void find_param(const struct abi_db *db, const struct abi_call *call, const char *name,
		       size_t index, struct places *places)
{
	for (uint32_t i = 0; i < call->variants.count; i++) {
		const struct abi_range params = db->variants[call->variants.first + i].params;
		const struct abi_param *found =
			index < params.count ? &db->params[params.first + index] : NULL;

		for (uint32_t j = 0; j < params.count; j++) {
			const struct abi_param *param = &db->params[params.first + j];

			if (abi_is_name(db, param->name, param->aliases, name))
				found = param;
		}
		if (found)
			add_slot(db, places, &found->slot, MUX_DEPTH);
	}
}

static void check_rule(const struct walk *walk, const struct res_rule *rule)
{
	const struct abi_db *db = walk->compilation->db;
	const struct ast_name *name = &rule->ast->name;
	const struct abi_call *call = abi_call_find(db, name->text);

	if (call)
		check_age(walk, name->span, "system call", name->text, call->since);
	for (size_t i = 0; i < rule->param_count; i++) {
		struct places places = {.count = 0};

		if (!rule->params[i].pattern)
			continue;
		if (call)
			find_param(db, call, rule->params[i].ast->name.text, i, &places);
		check_pattern(walk, rule->params[i].pattern, &places);
	}
}

void lint_kernel(const struct compilation *compilation, unsigned min_kernel)
{
	struct walk walk = {compilation, min_kernel};

	for (size_t i = 0; i < compilation->document_count; i++) {
		const struct res_document *document = compilation->documents[i];

		for (size_t j = 0; j < document->rule_count; j++)
			check_rule(&walk, &document->rules[j]);
	}
}
