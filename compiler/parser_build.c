/* Nodes from what the grammar has recognised. */
#include <string.h>

#include "parser.h"

/* The items from FIRST on, copied to their final place; the list is cut back to FIRST. */
static void *parser_copy(struct parser *parser, const void *items, size_t item_size,
			 size_t *count, size_t first)
{
	size_t number = *count - first;
	void *copy = NULL;

	if (number > 0) {
		copy = arena_alloc(parser->arena, number * item_size);
		memcpy(copy, (const char *)items + first * item_size, number * item_size);
	}
	*count = first;
	return copy;
}

void parser_push_member(struct parser *parser, struct ast_name name,
			const struct ast_pattern *pattern, struct span span)
{
	struct ast_param member = {.name = name, .pattern = pattern, .span = span};

	vec_push(parser->arena, &parser->members, member);
}

void parser_push_number(struct parser *parser, struct ast_number number)
{
	size_t first = parser_push_literal(parser, number);
	struct ast_param member = {.name = {"", number.span},
				   .pattern = parser_flags(parser, first, number.span),
				   .is_bare_number = true,
				   .span = number.span};

	vec_push(parser->arena, &parser->members, member);
}

/* `..` is kept as a member without a name until the list is complete. */
void parser_push_dots(struct parser *parser, struct span span)
{
	parser_push_member(parser, (struct ast_name){NULL, span}, NULL, span);
}

void parser_push_broken(struct parser *parser, struct span span)
{
	parser->is_broken = true;
	parser_push_member(parser, (struct ast_name){"", span}, NULL, span);
}

size_t parser_push_part(struct parser *parser, enum ast_part_kind kind, struct ast_name name,
			struct span span)
{
	struct ast_part part = {.kind = kind, .name = name, .span = span};

	vec_push(parser->arena, &parser->parts, part);
	return parser->parts.count - 1;
}

size_t parser_push_literal(struct parser *parser, struct ast_number number)
{
	struct ast_part part = {.kind = AST_NUMBER, .number = number, .span = number.span};

	vec_push(parser->arena, &parser->parts, part);
	return parser->parts.count - 1;
}

const struct ast_pattern *parser_flags(struct parser *parser, size_t first, struct span span)
{
	struct ast_pattern *pattern = ARENA_NEW(parser->arena, struct ast_pattern);

	pattern->kind = AST_FLAGS;
	pattern->span = span;
	pattern->part_count = parser->parts.count - first;
	pattern->parts = parser_copy(parser, parser->parts.items, sizeof(struct ast_part),
				     &parser->parts.count, first);
	return pattern;
}

/* Was there something in SPAN that was reported already? */
static bool parser_has_fault(const struct parser *parser, struct span span)
{
	return parser->fault.file == span.file && parser->fault.start >= span.start &&
	       parser->fault.end <= span.end;
}

/* Take `..` off the members from FIRST on; true if they ended with it. */
static bool parser_take_dots(struct parser *parser, size_t first, struct span *dots)
{
	struct ast_param *members = parser->members.items;
	size_t count = parser->members.count;

	for (size_t i = first; i + 1 < count; i++) {
		if (!members[i].name.text) {
			parser_error(parser, members[i].span,
				     "'..' has to come last, and once");
			break;
		}
	}
	if (count == first || members[count - 1].name.text)
		return false;
	*dots = members[count - 1].span;
	parser->members.count--;
	return true;
}

static const struct ast_param *parser_members(struct parser *parser, size_t first)
{
	return parser_copy(parser, parser->members.items, sizeof(struct ast_param),
			   &parser->members.count, first);
}

const struct ast_pattern *parser_struct(struct parser *parser, size_t first, struct span span)
{
	struct ast_pattern *pattern = ARENA_NEW(parser->arena, struct ast_pattern);

	pattern->kind = AST_STRUCT;
	pattern->span = span;
	pattern->is_open = parser_take_dots(parser, first, &pattern->dots);
	pattern->field_count = parser->members.count - first;
	pattern->fields = parser_members(parser, first);
	if (pattern->field_count == 0 && !pattern->is_open && !parser_has_fault(parser, span))
		parser_error(parser, span, "a struct pattern needs a field or '..'");
	for (size_t i = 0; i < pattern->field_count; i++)
		if (pattern->fields[i].is_bare_number)
			parser_error(parser, pattern->fields[i].span,
				     "expected a field, found %s: write NAME = NUMBER",
				     scan_quote(&parser->scan, pattern->fields[i].span));
	return pattern;
}

const struct ast_pattern *parser_array(struct parser *parser, size_t first, struct span span)
{
	struct ast_pattern *pattern = ARENA_NEW(parser->arena, struct ast_pattern);

	pattern->kind = AST_ARRAY;
	pattern->span = span;
	pattern->element_count = parser->elements.count - first;
	pattern->elements =
		parser_copy(parser, parser->elements.items, sizeof(struct ast_pattern *),
			    &parser->elements.count, first);
	if (pattern->element_count == 0 && !parser_has_fault(parser, span))
		parser_error(parser, span, "an array pattern needs an element");
	return pattern;
}

static struct ast_rule *parser_rule(struct parser *parser, enum ast_rule_kind kind,
				    struct ast_name name, size_t comments, struct span span)
{
	struct ast_rule *rule = ARENA_NEW(parser->arena, struct ast_rule);

	rule->kind = kind;
	rule->name = name;
	rule->span = span;
	rule->inside_comment = comments;
	return rule;
}

static void parser_warn_number(struct parser *parser, const struct ast_param *param)
{
	struct diag *diag = diag_add(
		parser->diags, DIAG_BARE_NUMBER, param->span,
		"the number %s stands where a parameter is expected; write NAME = %.*s",
		scan_quote(&parser->scan, param->span),
		(int)(param->span.end - param->span.start),
		source_file(parser->scan.sources, param->span.file)->text + param->span.start);

	diag_remark(parser->diags, diag, SPAN_NONE,
		    "here it means this value, but the older tool takes it for the name of an "
		    "unconstrained parameter");
}

struct ast_rule *parser_syscall(struct parser *parser, const struct rule_start *start,
				size_t first, struct span span)
{
	struct ast_rule *rule =
		parser_rule(parser, AST_SYSCALL_RULE, start->name, start->comments, span);

	rule->is_open = parser_take_dots(parser, first, &rule->dots);
	rule->param_count = parser->members.count - first;
	rule->params = parser_members(parser, first);
	for (size_t i = 0; i < rule->param_count; i++)
		if (rule->params[i].is_bare_number && !parser->is_broken)
			parser_warn_number(parser, &rule->params[i]);
	return rule;
}

struct ast_rule *parser_struct_rule(struct parser *parser, size_t comments,
				    struct ast_name name, const struct ast_pattern *pattern,
				    struct span word, struct span span)
{
	struct ast_rule *rule = parser_rule(parser, AST_STRUCT_RULE, name, comments, span);
	struct diag *diag;

	rule->pattern = pattern;
	if (pattern->kind == AST_STRUCT)
		return rule;
	diag = parser_error(parser, pattern->span,
			    "expected '{' after '=': the rule begins with 'struct'");
	if (diag && pattern->kind == AST_FLAGS)
		diag_edit(parser->diags, diag,
			  (struct span){word.file, word.start, name.span.start}, "%s", "");
	return rule;
}

struct ast_rule *parser_flags_rule(struct parser *parser, const struct rule_start *start,
				   const struct ast_pattern *pattern, struct span span)
{
	struct ast_rule *rule =
		parser_rule(parser, AST_FLAGS_RULE, start->name, start->comments, span);
	struct span before = start->name.span;
	struct diag *diag;

	rule->pattern = pattern;
	before.end = before.start;
	if (pattern->kind == AST_STRUCT) {
		diag = parser_error(parser, start->name.span,
				    "a rule for a struct begins with 'struct'");
		if (diag)
			diag_edit(parser->diags, diag, before, "struct ");
	} else if (pattern->kind == AST_ARRAY) {
		parser_error(
			parser, pattern->span,
			"an array pattern has no name of its own: write it where it is used");
	}
	return rule;
}

void parser_end_rule(struct parser *parser, struct ast_rule *rule, struct span span,
		     size_t comments)
{
	if (rule && !parser->is_broken) {
		rule->span = span;
		rule->end_comment = comments;
		vec_push(parser->arena, &parser->rules, rule);
	} else if (parser->rule_name.text) {
		vec_push(parser->arena, &parser->lost, parser->rule_name);
	}
	parser->rule_name = (struct ast_name){NULL, SPAN_NONE};
	parser->is_broken = false;
	parser->is_muted = false;
	parser->quiet_until = 0;
	parser->parts.count = 0;
	parser->members.count = 0;
	parser->elements.count = 0;
}
