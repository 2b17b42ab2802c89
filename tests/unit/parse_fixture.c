#include "parse_fixture.h"

#include <check.h>
#include <string.h>

#include "parse.h"

struct arena *arena;
struct sources *sources;
struct diags *diags;

void set_up(void)
{
	arena = arena_new();
	sources = sources_new(arena);
	diags = diags_new(arena, sources);
}

void tear_down(void)
{
	arena_free(arena);
}

const struct ast_document *parse_bytes(const char *path, const char *text, size_t size)
{
	const struct source_document *document =
		source_from_text(sources, diags, path, text, size);

	ck_assert_ptr_nonnull(document);
	return parse_document(arena, diags, sources, document);
}

const struct ast_document *parse(const char *text)
{
	return parse_bytes("t.scml", text, strlen(text));
}

const char *messages(void)
{
	const char *text = "";

	diags_sort(diags);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		struct source_place place =
			source_place(source_file(sources, diag->span.file), diag->span.start);

		text = arena_printf(arena, "%s%u:%u %s\n", text, place.line, place.column,
				    diag->text);
	}
	return text;
}

static const char *show_pattern(const struct ast_pattern *pattern);

static const char *show_params(const struct ast_param *params, size_t count, bool is_open)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		const char *separator = i ? ", " : "";

		if (params[i].is_bare_number)
			text = arena_printf(arena, "%s%s#%s", text, separator,
					    show_pattern(params[i].pattern));
		else
			text = arena_printf(arena, "%s%s%s%s%s", text, separator,
					    params[i].name.text, params[i].pattern ? "=" : "",
					    params[i].pattern ? show_pattern(params[i].pattern)
							      : "");
	}
	return is_open ? arena_printf(arena, "%s%s..", text, count ? ", " : "") : text;
}

static const char *show_part(const struct ast_part *part)
{
	if (part->kind == AST_REFERENCE)
		return arena_printf(arena, "<%s>", part->name.text);
	if (part->kind == AST_CONST)
		return part->name.text;
	return arena_printf(arena, "%s%llu", part->number.negative ? "-" : "",
			    (unsigned long long)part->number.magnitude);
}

static const char *show_pattern(const struct ast_pattern *pattern)
{
	const char *text = "";

	if (pattern->kind == AST_STRUCT)
		return arena_printf(
			arena, "{%s}",
			show_params(pattern->fields, pattern->field_count, pattern->is_open));
	for (size_t i = 0; i < pattern->part_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "|" : "",
				    show_part(&pattern->parts[i]));
	if (pattern->kind == AST_FLAGS)
		return text;
	for (size_t i = 0; i < pattern->element_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "",
				    show_pattern(pattern->elements[i]));
	return arena_printf(arena, "[%s]", text);
}

const char *show(const struct ast_document *document)
{
	const char *text = "";

	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];
		const char *name = rule->name.text;

		if (rule->kind == AST_SYSCALL_RULE)
			text = arena_printf(
				arena, "%s%s(%s);", text, name,
				show_params(rule->params, rule->param_count, rule->is_open));
		else
			text = arena_printf(arena, "%s%s%s=%s;", text,
					    rule->kind == AST_STRUCT_RULE ? "struct " : "",
					    name, show_pattern(rule->pattern));
	}
	return text;
}
