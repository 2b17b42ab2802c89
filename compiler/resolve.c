#include "resolve.h"

#include <string.h>

#include "abi_hash.h"
#include "resolve_names.h"
#include "vec.h"

enum {
	RESOLVE_MAX_CHAIN = 200, /* references that lead to references */
};

struct part_set {
	const struct ast_part **slots; /* open addressing */
	size_t size;
	size_t count;
};

static const struct res_pattern *resolve_pattern(struct resolver *resolver,
						 const struct ast_pattern *ast, size_t from,
						 const char *struct_name);

static struct res_pattern *new_pattern(struct resolver *resolver, enum res_kind kind,
				       struct span span)
{
	struct res_pattern *pattern = ARENA_NEW(resolver->arena, struct res_pattern);

	pattern->kind = kind;
	pattern->span = span;
	return pattern;
}

/* The pattern of a struct definition: the alternatives of all its rules. */
static const struct res_pattern *resolve_struct_group(struct resolver *resolver,
						      const struct group *group)
{
	struct res_pattern *all =
		new_pattern(resolver, RES_STRUCTS, resolver->ast->rules[group->first]->span);
	VEC(struct res_struct) structs = {0};

	for (size_t i = group->first; i <= group->last; i++) {
		const struct ast_rule *rule = resolver->ast->rules[i];
		const struct res_pattern *one =
			resolve_pattern(resolver, rule->pattern, i, group->name);

		all->is_broken |= one->is_broken;
		for (size_t j = 0; j < one->struct_count; j++)
			vec_push(resolver->arena, &structs, one->structs[j]);
	}
	all->structs = structs.items;
	all->struct_count = structs.count;
	return all;
}

/* What a reference stands for that leads nowhere. */
static const struct res_pattern *broken_pattern(struct resolver *resolver, struct span span)
{
	struct res_pattern *pattern = new_pattern(resolver, RES_WORD, span);

	pattern->is_broken = true;
	return pattern;
}

static const struct res_pattern *resolve_group(struct resolver *resolver, struct group *group,
					       const struct ast_part *part)
{
	const struct ast_rule *rule = resolver->ast->rules[group->first];
	struct diag *diag;

	group->is_used = true;
	if (group->state == GROUP_DONE)
		return group->pattern;
	if (group->state == GROUP_BUSY) {
		diag = diag_add(resolver->diags, DIAG_CYCLE, part->span,
				"'<%s>' leads back to itself", part->name.text);
		diag_remark(resolver->diags, diag, resolve_group_place(resolver, group)->span,
			    "'%s' is defined here", group->name);
		return broken_pattern(resolver, part->span);
	}
	if (resolver->depth >= RESOLVE_MAX_CHAIN) {
		diag_add(resolver->diags, DIAG_TOO_DEEP, part->span,
			 "more than %d references lead to each other here", RESOLVE_MAX_CHAIN);
		return broken_pattern(resolver, part->span);
	}
	group->state = GROUP_BUSY;
	resolver->depth++;
	group->pattern = group->kind == AST_STRUCT_RULE
				 ? resolve_struct_group(resolver, group)
				 : resolve_pattern(resolver, rule->pattern, group->first, NULL);
	resolver->depth--;
	group->state = GROUP_DONE;
	if (group->kind == AST_FLAGS_RULE && group->pattern->kind == RES_STRUCTS) {
		diag_add(resolver->diags, DIAG_WRONG_KIND, rule->pattern->span,
			 "'%s' is a list of flags, but a struct is meant here; write 'struct "
			 "%s = "
			 "{…};'",
			 group->name, group->name);
		group->pattern = broken_pattern(resolver, rule->pattern->span);
	}
	return group->pattern;
}

static bool same_part(const struct ast_part *a, const struct ast_part *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == AST_NUMBER)
		return a->number.magnitude == b->number.magnitude &&
		       a->number.negative == b->number.negative;
	return strcmp(a->name.text, b->name.text) == 0;
}

static uint32_t part_hash(const struct ast_part *part)
{
	if (part->kind == AST_NUMBER)
		return (uint32_t)(part->number.magnitude * 2654435761u >> 8);
	return abi_hash(part->name.text);
}

/* Add PART unless its like is there already; false then. Keeps flattened lists from growing
 * without bound where lists refer to lists. */
static bool part_set_add(struct resolver *resolver, struct part_set *set,
			 const struct ast_part *part)
{
	size_t at;

	if (2 * set->count >= set->size) {
		struct part_set larger = {.size = set->size ? 2 * set->size : 16};

		larger.slots =
			ARENA_ARRAY(resolver->arena, const struct ast_part *, larger.size);
		for (size_t i = 0; i < set->size; i++) {
			if (set->slots[i])
				part_set_add(resolver, &larger, set->slots[i]);
		}
		*set = larger;
	}
	for (at = part_hash(part) & (set->size - 1); set->slots[at];
	     at = (at + 1) & (set->size - 1)) {
		if (same_part(set->slots[at], part))
			return false;
	}
	set->slots[at] = part;
	set->count++;
	return true;
}

/* What the parts of one flag pattern add up to, before it is known what kind of pattern it is.
 */
struct gathered {
	struct part_set seen;
	VEC(const struct ast_part *) words;
	VEC(struct res_struct) structs;
	const struct ast_part *first_struct;
	const struct ast_part *first_word;
	const struct ast_part *integer;
	const struct ast_part *path;
	bool has_null;
	bool is_broken;
};

static bool is_null(const struct ast_part *part)
{
	return (part->kind == AST_CONST && strcmp(part->name.text, "NULL") == 0) ||
	       (part->kind == AST_NUMBER && part->number.magnitude == 0);
}

static void gather_word(struct resolver *resolver, struct gathered *all,
			const struct ast_part *part, const struct ast_part *written)
{
	if (is_null(part))
		all->has_null = true;
	else if (!all->first_word)
		all->first_word = written;
	if (part_set_add(resolver, &all->seen, part))
		vec_push(resolver->arena, &all->words, part);
}

static void gather_pattern(struct resolver *resolver, struct gathered *all,
			   const struct res_pattern *pattern, const struct ast_part *written)
{
	all->is_broken |= pattern->is_broken;
	switch (pattern->kind) {
	case RES_WORD:
		for (size_t i = 0; i < pattern->part_count; i++)
			gather_word(resolver, all, pattern->parts[i], written);
		break;
	case RES_STRUCTS:
		all->first_struct = all->first_struct ? all->first_struct : written;
		for (size_t i = 0; i < pattern->struct_count; i++)
			vec_push(resolver->arena, &all->structs, pattern->structs[i]);
		break;
	case RES_INTEGER:
		all->integer = written;
		break;
	case RES_PATH:
		all->path = written;
		all->has_null |= pattern->or_null;
		break;
	case RES_ARRAY: /* no name stands for an array */
		break;
	}
}

static void gather_reference(struct resolver *resolver, struct gathered *all,
			     const struct ast_part *part, size_t from)
{
	const struct builtin *builtin = resolve_builtin(part->name.text);
	struct group *group;

	if (builtin && builtin->is_reference) {
		if (builtin->kind == RES_INTEGER)
			all->integer = part;
		else
			all->path = part;
		return;
	}
	if (builtin) {
		struct diag *diag = diag_add(resolver->diags, DIAG_BUILTIN, part->span,
					     "'%s' is a value, not a name that can be referred "
					     "to; write it without the angle brackets",
					     part->name.text);

		diag_edit(resolver->diags, diag, part->span, "%s", part->name.text);
		all->is_broken = true;
		return;
	}
	group = resolve_find_group(resolver, part, from);
	if (group)
		gather_pattern(resolver, all, resolve_group(resolver, group, part), part);
	else
		all->is_broken = true;
}

/* Memory and values in one pattern, or two kinds of memory: an error. */
static void check_mixture(struct resolver *resolver, struct gathered *all)
{
	const struct ast_part *memory = all->first_struct ? all->first_struct : all->path;
	const struct ast_part *other = all->first_word ? all->first_word : all->integer;
	struct diag *diag;

	if (memory && !other && all->first_struct && all->path)
		other = all->path;
	if (!memory || !other)
		return;
	all->is_broken = true;
	diag = diag_add(
		resolver->diags, DIAG_WRONG_KIND, memory->span,
		other == all->path
			? "a struct and a string cannot be alternatives of one pattern; "
			  "write two rules"
			: "memory and values cannot be alternatives of one pattern; "
			  "write two rules");
	diag_remark(resolver->diags, diag, other->span, "this is the other kind");
}

static const struct res_pattern *resolve_flags(struct resolver *resolver,
					       const struct ast_pattern *ast, size_t from)
{
	struct gathered all = {0};
	struct res_pattern *pattern = new_pattern(resolver, RES_WORD, ast->span);

	for (size_t i = 0; i < ast->part_count; i++) {
		const struct ast_part *part = &ast->parts[i];

		if (part->kind == AST_REFERENCE)
			gather_reference(resolver, &all, part, from);
		else
			gather_word(resolver, &all, part, part);
	}
	check_mixture(resolver, &all);
	pattern->is_broken = all.is_broken;
	pattern->or_null = all.has_null;
	if (all.first_struct) {
		pattern->kind = RES_STRUCTS;
		pattern->structs = all.structs.items;
		pattern->struct_count = all.structs.count;
	} else if (all.path) {
		pattern->kind = RES_PATH;
	} else if (all.integer) {
		pattern->kind = RES_INTEGER;
	} else {
		pattern->parts = all.words.items;
		pattern->part_count = all.words.count;
	}
	return pattern;
}

static const struct res_pattern *resolve_struct(struct resolver *resolver,
						const struct ast_pattern *ast, size_t from,
						const char *struct_name)
{
	struct res_pattern *pattern = new_pattern(resolver, RES_STRUCTS, ast->span);
	struct res_struct *one = ARENA_NEW(resolver->arena, struct res_struct);
	struct res_field *fields =
		ARENA_ARRAY(resolver->arena, struct res_field, ast->field_count + 1);

	for (size_t i = 0; i < ast->field_count; i++) {
		fields[i].name = ast->fields[i].name;
		if (!ast->fields[i].pattern)
			continue;
		fields[i].pattern =
			resolve_pattern(resolver, ast->fields[i].pattern, from, NULL);
		pattern->is_broken |= fields[i].pattern->is_broken;
	}
	*one = (struct res_struct){.span = ast->span,
				   .name = struct_name,
				   .fields = fields,
				   .field_count = ast->field_count,
				   .is_open = ast->is_open};
	pattern->structs = one;
	pattern->struct_count = 1;
	return pattern;
}

static const struct res_pattern *resolve_array(struct resolver *resolver,
					       const struct ast_pattern *ast, size_t from)
{
	struct res_pattern *pattern = new_pattern(resolver, RES_ARRAY, ast->span);
	const struct res_pattern **elements = ARENA_ARRAY(
		resolver->arena, const struct res_pattern *, ast->element_count + 1);

	for (size_t i = 0; i < ast->element_count; i++) {
		elements[i] = resolve_pattern(resolver, ast->elements[i], from, NULL);
		pattern->is_broken |= elements[i]->is_broken;
	}
	pattern->elements = elements;
	pattern->element_count = ast->element_count;
	return pattern;
}

static const struct res_pattern *resolve_pattern(struct resolver *resolver,
						 const struct ast_pattern *ast, size_t from,
						 const char *struct_name)
{
	switch (ast->kind) {
	case AST_FLAGS:
		return resolve_flags(resolver, ast, from);
	case AST_STRUCT:
		return resolve_struct(resolver, ast, from, struct_name);
	case AST_ARRAY:
		return resolve_array(resolver, ast, from);
	}
	return broken_pattern(resolver, ast->span);
}

static struct res_rule resolve_rule(struct resolver *resolver, size_t index)
{
	const struct ast_rule *ast = resolver->ast->rules[index];
	struct res_param *params =
		ARENA_ARRAY(resolver->arena, struct res_param, ast->param_count + 1);
	struct res_rule rule = {.ast = ast, .params = params, .param_count = ast->param_count};

	for (size_t i = 0; i < ast->param_count; i++) {
		params[i].ast = &ast->params[i];
		if (!ast->params[i].pattern)
			continue;
		params[i].pattern =
			resolve_pattern(resolver, ast->params[i].pattern, index, NULL);
		rule.is_broken |= params[i].pattern->is_broken;
	}
	return rule;
}

/* Definitions that no rule reaches: their own errors count too. That they are unused is worth
 * saying only where no error may be what keeps them from being used. */
static void check_unused(struct resolver *resolver, size_t errors_before)
{
	size_t count = 0;
	const struct ast_name **unused = ARENA_ARRAY(resolver->arena, const struct ast_name *,
						     resolver->group_count + 1);

	for (size_t i = 0; i < resolver->group_count; i++) {
		struct group *group = &resolver->groups[i];
		const struct ast_name *name = resolve_group_place(resolver, group);
		struct ast_part part = {
			.kind = AST_REFERENCE, .name = *name, .span = name->span};

		if (group->is_used)
			continue;
		unused[count++] = name;
		resolve_group(resolver, group, &part);
	}
	if (diags_count(resolver->diags, DIAG_ERROR) != errors_before)
		return;
	for (size_t i = 0; i < count; i++)
		diag_add(resolver->diags, DIAG_UNUSED, unused[i]->span, "no rule uses '%s'",
			 unused[i]->text);
}

const struct res_document *resolve_document(struct arena *arena, struct diags *diags,
					    const struct ast_document *ast)
{
	return resolve_document_among(arena, diags, &ast, 1, 0);
}

const struct res_document *resolve_document_among(struct arena *arena, struct diags *diags,
						  const struct ast_document *const *asts,
						  size_t count, size_t index)
{
	const struct ast_document *ast = asts[index];
	struct resolver resolver = {
		.arena = arena, .diags = diags, .ast = ast, .all = asts, .all_count = count};
	struct res_document *document = ARENA_NEW(arena, struct res_document);
	struct res_rule *rules = ARENA_ARRAY(arena, struct res_rule, ast->rule_count + 1);
	size_t errors_before = diags_count(diags, DIAG_ERROR);
	size_t rule_count = 0;

	resolve_collect_groups(&resolver);
	for (size_t i = 0; i < ast->rule_count; i++) {
		if (ast->rules[i]->kind == AST_SYSCALL_RULE)
			rules[rule_count++] = resolve_rule(&resolver, i);
	}
	check_unused(&resolver, errors_before);
	document->ast = ast;
	document->rules = rules;
	document->rule_count = rule_count;
	return document;
}
