#include "resolve_names.h"

#include <string.h>

#include "abi_hash.h"
#include "edit_distance.h"

static const struct builtin builtins[] = {
	{"INTEGER", true, RES_INTEGER},
	{"PATH", true, RES_PATH},
	{"NULL", false, RES_WORD},
};

const struct builtin *resolve_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
		if (strcmp(name, builtins[i].name) == 0)
			return &builtins[i];
	return NULL;
}

static struct group **name_slot(const struct resolver *resolver, const char *name)
{
	size_t at = abi_hash(name) & (resolver->by_name_size - 1);

	while (resolver->by_name[at] && strcmp(resolver->by_name[at]->name, name) != 0)
		at = (at + 1) & (resolver->by_name_size - 1);
	return &resolver->by_name[at];
}

const struct ast_name *resolve_group_place(const struct resolver *resolver,
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
	const struct ast_name *here = resolve_group_place(resolver, group);
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
	diag_remark(resolver->diags, diag, resolve_group_place(resolver, before)->span,
		    "'%s' is first defined here", here->text);
}

void resolve_collect_groups(struct resolver *resolver)
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
		if (resolve_builtin(rule->name.text)) {
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
		*group = (struct group){.name = rule->name.text,
					.sketch = edit_sketch(rule->name.text),
					.kind = rule->kind,
					.first = i,
					.last = i};
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
	struct nearest_name nearest = nearest_new(part->name.text);
	uint32_t sketch = edit_sketch(part->name.text);
	struct diag *diag;

	for (size_t i = 0; i < resolver->group_count; i++)
		if (edit_sketches_near(sketch, resolver->groups[i].sketch, EDIT_DISTANCE_LIMIT))
			nearest_consider(&nearest, resolver->groups[i].name);
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
		if (builtins[i].is_reference)
			nearest_consider(&nearest, builtins[i].name);
	if (resolver->ast->source->is_incomplete)
		return; /* it may be in what could not be read */
	if (!nearest.name) {
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
			part->name.text, nearest.name);
	diag_edit(resolver->diags, diag, part->name.span, "%s", nearest.name);
	remark_elsewhere(resolver, diag, part);
}

struct group *resolve_find_group(struct resolver *resolver, const struct ast_part *part,
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
		diag_remark(resolver->diags, diag, resolve_group_place(resolver, first)->span,
			    "'%s' is defined here", part->name.text);
	}
	return first;
}
