/*
 * What the older tool reads: statements that end at the end of a line, comments that have a
 * line to themselves, decimal numbers, names that are defined before they are used, one
 * reference where a struct is meant, and no comma before '}' or ']'.
 */
#include <ctype.h>

#include "lint.h"

struct walk {
	const struct compilation *compilation;
	const struct ast_document *ast;
};

static void warn(const struct walk *walk, struct span span, const char *what)
{
	diag_add(walk->compilation->diags, DIAG_PORTABLE, span, "other tools do not read %s",
		 what);
}

static const char *text_at(const struct walk *walk, struct span span)
{
	return source_file(walk->compilation->sources, span.file)->text + span.start;
}

static void check_number(const struct walk *walk, const struct ast_number *number)
{
	const char *text = text_at(walk, number->span);
	size_t len = number->span.end - number->span.start;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i])) {
			warn(walk, number->span, "numbers that are not plain decimal ones");
			return;
		}
	}
	if (len > 1 && text[0] == '0')
		warn(walk, number->span, "octal numbers as such");
}

/* Does a comma stand before the bracket that ends PATTERN? */
static bool ends_with_comma(const struct walk *walk, const struct ast_pattern *pattern)
{
	const char *text = source_file(walk->compilation->sources, pattern->span.file)->text;
	uint32_t at = pattern->span.end - 1;

	while (at > pattern->span.start && isspace((unsigned char)text[at - 1]))
		at--;
	return at > pattern->span.start && text[at - 1] == ',';
}

static void check_pattern(const struct walk *walk, const struct ast_pattern *pattern)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		if (pattern->parts[i].kind == AST_NUMBER)
			check_number(walk, &pattern->parts[i].number);
	}
	for (size_t i = 0; i < pattern->field_count; i++) {
		if (pattern->fields[i].pattern)
			check_pattern(walk, pattern->fields[i].pattern);
	}
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(walk, pattern->elements[i]);
	if (pattern->kind != AST_FLAGS && ends_with_comma(walk, pattern))
		warn(walk,
		     (struct span){pattern->span.file, pattern->span.end - 1,
				   pattern->span.end},
		     "a comma before this bracket");
}

static void check_rule(const struct walk *walk, const struct ast_rule *rule,
		       const struct ast_rule *before)
{
	const struct source_file *file =
		source_file(walk->compilation->sources, rule->span.file);

	if (before && before->span.file == rule->span.file &&
	    source_place(file, before->span.end).line ==
		    source_place(file, rule->span.start).line)
		warn(walk, rule->name.span, "a second rule on one line");
	for (size_t i = 0; i < rule->param_count; i++) {
		if (rule->params[i].pattern)
			check_pattern(walk, rule->params[i].pattern);
	}
	if (rule->pattern)
		check_pattern(walk, rule->pattern);
}

static void check_comment(const struct walk *walk, const struct ast_comment *comment)
{
	if (comment->kind == AST_BLOCK_COMMENT)
		warn(walk, comment->span, "comments of this form; write '//'");
	else if (!comment->is_own_line)
		warn(walk, comment->span, "comments behind a rule; give it a line of its own");
}

void lint_portable(const struct compilation *compilation)
{
	for (size_t i = 0; i < compilation->document_count; i++) {
		struct walk walk = {compilation, compilation->documents[i]->ast};

		for (size_t j = 0; j < walk.ast->rule_count; j++)
			check_rule(&walk, walk.ast->rules[j],
				   j ? walk.ast->rules[j - 1] : NULL);
		for (size_t j = 0; j < walk.ast->comment_count; j++)
			check_comment(&walk, &walk.ast->comments[j]);
	}
}
