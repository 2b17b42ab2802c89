#include <string.h>

#include "abi_hash.h"
#include "lint.h"

/* Names seen in one list: open addressing over their spans. */
struct seen {
	const struct ast_name **slots;
	size_t size;
};

static const struct ast_name *seen_before(struct seen *seen, const struct ast_name *name)
{
	size_t at = abi_hash(name->text) & (seen->size - 1);

	for (; seen->slots[at]; at = (at + 1) & (seen->size - 1)) {
		if (strcmp(seen->slots[at]->text, name->text) == 0)
			return seen->slots[at];
	}
	seen->slots[at] = name;
	return NULL;
}

static struct seen seen_new(struct arena *arena, size_t count)
{
	struct seen seen = {.size = 8};

	while (seen.size < 2 * count)
		seen.size *= 2;
	seen.slots = ARENA_ARRAY(arena, const struct ast_name *, seen.size);
	return seen;
}

static struct diag *report_twice(const struct compilation *compilation,
				 const struct ast_name *name, const struct ast_name *before,
				 const char *what)
{
	struct diag *diag = diag_add(compilation->diags, DIAG_DUPLICATE, name->span,
				     "%s '%s' stands in this list already", what, name->text);

	diag_remark(compilation->diags, diag, before->span, "first here");
	return diag;
}

/* Remove PART and the bar before it, unless a comment stands between. */
static void mend_twice(const struct compilation *compilation, struct diag *diag,
		       const struct ast_part *part)
{
	const struct source_file *file = source_file(compilation->sources, part->span.file);
	const struct span span = {part->span.file, part[-1].span.end, part->span.end};

	if (file && !memchr(file->text + span.start, '/', span.end - span.start))
		diag_edit(compilation->diags, diag, span, "%s", "");
}

static void check_pattern(const struct compilation *compilation,
			  const struct ast_pattern *pattern);

static void check_params(const struct compilation *compilation, const struct ast_param *params,
			 size_t count, const char *what)
{
	struct seen seen = seen_new(compilation->arena, count);

	for (size_t i = 0; i < count; i++) {
		const struct ast_name *before =
			params[i].is_bare_number ? NULL : seen_before(&seen, &params[i].name);

		if (before)
			report_twice(compilation, &params[i].name, before, what);
		if (params[i].pattern)
			check_pattern(compilation, params[i].pattern);
	}
}

static void check_pattern(const struct compilation *compilation,
			  const struct ast_pattern *pattern)
{
	struct seen constants = seen_new(compilation->arena, pattern->part_count);
	struct seen references = seen_new(compilation->arena, pattern->part_count);

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = &pattern->parts[i];
		const struct ast_name *before;

		if (part->kind == AST_NUMBER)
			continue;
		before = seen_before(part->kind == AST_CONST ? &constants : &references,
				     &part->name);
		if (before)
			mend_twice(compilation,
				   report_twice(compilation, &part->name, before,
						part->kind == AST_CONST ? "the constant"
									: "the reference to"),
				   part);
	}
	check_params(compilation, pattern->fields, pattern->field_count, "the field");
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(compilation, pattern->elements[i]);
}

void lint_duplicates(const struct compilation *compilation)
{
	for (size_t i = 0; i < compilation->document_count; i++) {
		const struct ast_document *ast = compilation->documents[i]->ast;

		for (size_t j = 0; j < ast->rule_count; j++) {
			const struct ast_rule *rule = ast->rules[j];

			check_params(compilation, rule->params, rule->param_count,
				     "the parameter");
			if (rule->pattern)
				check_pattern(compilation, rule->pattern);
		}
	}
}
