#include "symbols.h"

#include <string.h>

#include "document.h"
#include "features.h"

enum { SYMBOL_DETAIL = 80 };

enum symbol_kind symbol_kind_of(const struct outline_rule *rule)
{
	return rule->kind == OUTLINE_STRUCT  ? SYMBOL_STRUCT
	       : rule->kind == OUTLINE_FLAGS ? SYMBOL_ENUM
					     : SYMBOL_FUNCTION;
}

/* The rule without its name, on one line, shortened. */
const char *symbol_detail(struct arena *arena, const struct outline *outline,
			  const struct outline_rule *rule)
{
	const char *text = "";

	for (size_t i = rule->first; i < rule->end && strlen(text) < SYMBOL_DETAIL; i++) {
		const struct outline_token *token = &outline->tokens[i];

		if (token->kind != OUTLINE_NAME || token == rule->name)
			continue;
		text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", token->text);
	}
	return text;
}

/* A heading in a `//!` comment: how deep it is, 0 where there is none; its text. */
static size_t heading_level(const struct ast_comment *comment, const char **text)
{
	size_t level;

	if (comment->kind != AST_INNER_COMMENT)
		return 0;
	level = strspn(comment->text, "#");
	*text = comment->text + level + strspn(comment->text + level, " \t");
	return level <= 6 && level > 0 && comment->text[level] == ' ' && **text ? level : 0;
}

struct symbol_writer {
	struct lsp_server *server;
	struct lsp_document *document;
	struct lsp_analysis *analysis;
	json_t *list;	  /* flat, or the document's own */
	json_t *section;  /* that is open, or NULL */
	json_t *children; /* of it */
	const char *heading;
	struct span last; /* of what the section holds */
};

static json_t *symbol_of(struct symbol_writer *writer, const char *name, enum symbol_kind kind,
			 const char *detail, struct span span, struct span selection)
{
	struct lsp_server *server = writer->server;
	json_t *symbol = json_object();

	json_object_set_new(symbol, "name", value_text(name));
	json_object_set_new(symbol, "kind", json_integer(kind));
	if (!server->client.hierarchical_symbols) {
		json_object_set_new(
			symbol, "location",
			document_location(server, writer->document, writer->analysis, span));
		if (writer->heading)
			json_object_set_new(symbol, "containerName",
					    value_text(writer->heading));
		return symbol;
	}
	if (*detail)
		json_object_set_new(symbol, "detail", value_text(detail));
	json_object_set_new(symbol, "range", document_span(server, writer->analysis, span));
	json_object_set_new(symbol, "selectionRange",
			    document_span(server, writer->analysis, selection));
	return symbol;
}

static void end_section(struct symbol_writer *writer)
{
	if (!writer->section)
		return;
	if (writer->server->client.hierarchical_symbols) {
		json_object_set_new(
			writer->section, "range",
			document_span(writer->server, writer->analysis, writer->last));
		json_object_set_new(writer->section, "children", writer->children);
	} else {
		json_decref(writer->children);
	}
	writer->section = NULL;
}

static void begin_section(struct symbol_writer *writer, const struct ast_comment *comment,
			  const char *heading)
{
	end_section(writer);
	writer->heading = NULL;
	writer->section =
		symbol_of(writer, heading, SYMBOL_NAMESPACE, "", comment->span, comment->span);
	json_array_append_new(writer->list, writer->section);
	writer->heading = heading;
	writer->children = json_array();
	writer->last = comment->span;
}

static void add_rule(struct symbol_writer *writer, const struct outline *outline,
		     const struct outline_rule *rule)
{
	bool is_nested = writer->section && writer->server->client.hierarchical_symbols;
	json_t *symbol;

	if (!rule->name)
		return;
	symbol = symbol_of(writer, rule->name->text, symbol_kind_of(rule),
			   symbol_detail(writer->server->scratch, outline, rule), rule->span,
			   rule->name->span);
	json_array_append_new(is_nested ? writer->children : writer->list, symbol);
	if (writer->section)
		writer->last = span_join(writer->last, rule->span);
}

json_t *lsp_document_symbols(struct lsp_server *server, const json_t *params)
{
	struct symbol_writer writer = {.server = server,
				       .document = document_of(server, params)};
	const struct outline *outline;
	size_t comment = 0;
	uint32_t page = 0;

	if (!writer.document)
		return NULL;
	writer.analysis = analysis_of(server, writer.document);
	writer.list = json_array();
	outline = analysis_outline(writer.analysis);
	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *rule = &outline->rules[i];
		const char *heading;

		if (rule->span.file != page)
			continue; /* of an included file, which has symbols of its own */
		for (; comment < outline->comment_count &&
		       (outline->comments[comment].span.file != page ||
			outline->comments[comment].span.start < rule->span.start);
		     comment++) {
			if (outline->comments[comment].span.file == page &&
			    heading_level(&outline->comments[comment], &heading))
				begin_section(&writer, &outline->comments[comment], heading);
		}
		add_rule(&writer, outline, rule);
	}
	end_section(&writer);
	return writer.list;
}
