#include "resolve.h"

#include <string.h>

#include "abi_hash.h"
#include "edit_distance.h"
#include "vec.h"

enum {
	RESOLVE_MAX_CHAIN = 200, /* references that lead to references */
};

enum group_state { GROUP_FRESH, GROUP_BUSY, GROUP_DONE };

/* One definition: a bitflags rule, or the struct rules of one name that follow each other. */
struct group {
	const char *name;
	enum ast_rule_kind kind;
	size_t first; /* index of its first rule in the document */
	size_t last;
	enum group_state state;
	bool is_used;
	const struct res_pattern *pattern; /* once GROUP_DONE */
	struct group *same_name;	   /* the definition of this name before it */
};

struct part_set {
	const struct ast_part **slots; /* open addressing */
	size_t size;
	size_t count;
};

struct resolver {
	struct arena *arena;
	struct diags *diags;
	const struct ast_document *ast;
	const struct ast_document *const *all; /* the documents of the compilation */
	size_t all_count;
	struct group *groups; /* in reading order */
	size_t group_count;
	struct group **by_name; /* open addressing: the last definition of each name */
	size_t by_name_size;
	size_t depth;
};

/* Names of the language itself: `can` says where `<NAME>` stands. */
static const struct {
	const char *name;
	bool is_reference;
	enum res_kind kind;
} builtins[] = {
	{"INTEGER", true, RES_INTEGER},
	{"PATH", true, RES_PATH},
	{"NULL", false, RES_WORD},
};

static int builtin_find(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		if (strcmp(name, builtins[i].name) == 0)
			return (int)i;
	}
	return -1;
}

static struct group **name_slot(const struct resolver *resolver, const char *name)
{
	size_t at = abi_hash(name) & (resolver->by_name_size - 1);

	while (resolver->by_name[at] && strcmp(resolver->by_name[at]->name, name) != 0)
		at = (at + 1) & (resolver->by_name_size - 1);
	return &resolver->by_name[at];
}

static const struct ast_name *group_place(const struct resolver *resolver,
					  const struct group *group)
{
	return &resolver->ast->rules[group->first]->name;
}

static const char *kind_name(enum ast_rule_kind kind)
{
	return kind == AST_STRUCT_RULE ? "a struct" : "bitflags";
}

/* A second definition of a name: another kind is an error, the same kind shadows. */
static void check_redefinition(struct resolver *resolver, const struct group *group)
{
	const struct group *before = group->same_name;
	const struct ast_name *here = group_place(resolver, group);
	struct diag *diag;

	if (before->kind != group->kind) {
		diag = diag_add(resolver->diags, DIAG_NAME_CLASH, here->span,
				"'%s' is already the name of %s; give one of them another name",
				here->text, kind_name(before->kind));
	} else {
		diag = diag_add(
			resolver->diags, DIAG_SHADOWED, here->span,
			"this definition of '%s' replaces an earlier one for what follows",
			here->text);
	}
	diag_remark(resolver->diags, diag, group_place(resolver, before)->span,
		    "'%s' is first defined here", here->text);
}

static void collect_groups(struct resolver *resolver)
{
	const struct ast_document *ast = resolver->ast;

	resolver->groups = ARENA_ARRAY(resolver->arena, struct group, ast->rule_count + 1);
	resolver->by_name_size = 8;
	while (resolver->by_name_size < 2 * ast->rule_count)
		resolver->by_name_size *= 2;
	resolver->by_name =
		ARENA_ARRAY(resolver->arena, struct group *, resolver->by_name_size);
	for (size_t i = 0; i < ast->rule_count; i++) {
		const struct ast_rule *rule = ast->rules[i];
		struct group *last = resolver->group_count
					     ? &resolver->groups[resolver->group_count - 1]
					     : NULL;
		struct group *group, **slot;

		if (rule->kind == AST_SYSCALL_RULE)
			continue;
		if (builtin_find(rule->name.text) >= 0) {
			diag_add(resolver->diags, DIAG_BUILTIN, rule->name.span,
				 "'%s' is built in and cannot be defined; choose another name",
				 rule->name.text);
			continue;
		}
		if (last && last->last + 1 == i && last->kind == AST_STRUCT_RULE &&
		    rule->kind == AST_STRUCT_RULE && strcmp(last->name, rule->name.text) == 0) {
			last->last = i;
			continue;
		}
		group = &resolver->groups[resolver->group_count++];
		*group = (struct group){
			.name = rule->name.text, .kind = rule->kind, .first = i, .last = i};
		slot = name_slot(resolver, group->name);
		group->same_name = *slot;
		*slot = group;
		if (group->same_name)
			check_redefinition(resolver, group);
	}
}

/* Where another document of the compilation defines what is not to be seen from here. */
static void remark_elsewhere(struct resolver *resolver, struct diag *diag,
			     const struct ast_part *part)
{
	for (size_t i = 0; i < resolver->all_count; i++) {
		const struct ast_document *other = resolver->all[i];

		for (size_t j = 0; other != resolver->ast && j < other->rule_count; j++) {
			const struct ast_rule *rule = other->rules[j];

			if (rule->kind == AST_SYSCALL_RULE ||
			    strcmp(rule->name.text, part->name.text) != 0)
				continue;
			diag_remark(
				resolver->diags, diag, rule->name.span,
				"another file defines '%s', but names are seen in their own "
				"file only",
				part->name.text);
			return;
		}
	}
}

/* Is there a definition of NAME that has a syntax error? Then that is the mistake. */
static bool is_lost(const struct ast_document *ast, const char *name)
{
	for (size_t i = 0; i < ast->lost_count; i++)
		if (strcmp(ast->lost[i].text, name) == 0)
			return true;
	return false;
}

static void report_unknown(struct resolver *resolver, const struct ast_part *part)
{
	const char *best = NULL;
	unsigned best_distance = EDIT_DISTANCE_LIMIT + 1;
	struct diag *diag;

	for (size_t i = 0; i < resolver->group_count; i++) {
		unsigned distance = edit_distance(part->name.text, resolver->groups[i].name,
						  EDIT_DISTANCE_LIMIT);

		if (distance < best_distance) {
			best_distance = distance;
			best = resolver->groups[i].name;
		}
	}
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		unsigned distance =
			edit_distance(part->name.text, builtins[i].name, EDIT_DISTANCE_LIMIT);

		if (builtins[i].is_reference && distance < best_distance) {
			best_distance = distance;
			best = builtins[i].name;
		}
	}
	if (resolver->ast->source->is_incomplete)
		return; /* it may be in what could not be read */
	if (!best) {
		diag = diag_add(
			resolver->diags, DIAG_UNKNOWN_REFERENCE, part->name.span,
			"nothing in this file is called '%s'; define it with '%s = …;' or "
			"'struct %s = {…};'",
			part->name.text, part->name.text, part->name.text);
		remark_elsewhere(resolver, diag, part);
		return;
	}
	diag = diag_add(resolver->diags, DIAG_UNKNOWN_REFERENCE, part->name.span,
			"nothing in this file is called '%s'; did you mean '%s'?",
			part->name.text, best);
	diag_edit(resolver->diags, diag, part->name.span, "%s", best);
	remark_elsewhere(resolver, diag, part);
}

/* What `<NAME>` in rule number FROM refers to: the last definition that is complete before it,
 * else the first one after. */
static struct group *find_group(struct resolver *resolver, const struct ast_part *part,
				size_t from)
{
	struct group *group = *name_slot(resolver, part->name.text);
	struct group *first = NULL;
	struct diag *diag;

	if (!group) {
		if (!is_lost(resolver->ast, part->name.text))
			report_unknown(resolver, part);
		return NULL;
	}
	for (; group; group = group->same_name) {
		first = group;
		if (group->last < from)
			return group;
	}
	if (first->first > from) {
		diag = diag_add(
			resolver->diags, DIAG_FORWARD_REFERENCE, part->span,
			"'<%s>' stands before its definition; other tools may not read it",
			part->name.text);
		diag_remark(resolver->diags, diag, group_place(resolver, first)->span,
			    "'%s' is defined here", part->name.text);
	}
	return first;
}

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
		diag_remark(resolver->diags, diag, group_place(resolver, group)->span,
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
	int builtin = builtin_find(part->name.text);
	struct group *group;

	if (builtin >= 0 && builtins[builtin].is_reference) {
		if (builtins[builtin].kind == RES_INTEGER)
			all->integer = part;
		else
			all->path = part;
		return;
	}
	if (builtin >= 0) {
		struct diag *diag = diag_add(resolver->diags, DIAG_BUILTIN, part->span,
					     "'%s' is a value, not a name that can be referred "
					     "to; write it without the angle brackets",
					     part->name.text);

		diag_edit(resolver->diags, diag, part->span, "%s", part->name.text);
		all->is_broken = true;
		return;
	}
	group = find_group(resolver, part, from);
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
		const struct ast_name *name = group_place(resolver, group);
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

	collect_groups(&resolver);
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
