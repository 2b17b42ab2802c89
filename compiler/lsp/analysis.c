#include "analysis.h"

#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "lint.h"
#include "state.h"
#include "uri.h"

/* Included files that are open in the editor are read from there. */
static bool read_open(void *context, const char *path, const char **text, size_t *size)
{
	struct lsp_server *server = context;
	const struct lsp_document *document =
		document_at_path(server, path_tidy(server->scratch, path));

	if (!document)
		return false;
	*text = document->text.bytes;
	*size = document->text.size;
	return true;
}

static void analysis_compile(struct lsp_server *server, const struct lsp_document *document,
			     struct compilation *compilation)
{
	const struct lsp_settings *settings = &server->settings;

	compilation->db = settings->db;
	for (size_t i = 0; i < settings->warnings.count; i++)
		diags_option(compilation->diags, settings->warnings.items[i]);
	sources_set_reader(compilation->sources, read_open, server);
	compile_run_text(compilation, document->path, document->text.bytes, document->text.size,
			 &settings->compile);
	lint_run(compilation, &settings->lint);
	diags_sort(compilation->diags);
}

struct lsp_analysis *analysis_of(struct lsp_server *server, struct lsp_document *document)
{
	struct compilation *compilation;
	struct lsp_analysis *analysis;

	if (document->analysis)
		return document->analysis;
	compilation = compile_new();
	analysis = ARENA_NEW(compilation->arena, struct lsp_analysis);
	analysis->compilation = compilation;
	analysis_compile(server, document, compilation);
	if (compilation->document_count) {
		analysis->resolved = compilation->documents[0];
		analysis->source = analysis->resolved->ast->source;
	}
	document->analysis = analysis;
	return analysis;
}

const struct outline *analysis_outline(struct lsp_analysis *analysis)
{
	const struct compilation *compilation = analysis->compilation;

	if (!analysis->outline)
		analysis->outline =
			outline_new(compilation->arena, compilation->sources, analysis->source);
	return analysis->outline;
}

const struct names *analysis_names(struct lsp_analysis *analysis)
{
	if (!analysis->names)
		analysis->names =
			names_new(analysis->compilation->arena, analysis_outline(analysis));
	return analysis->names;
}

struct markdown_page analysis_page(struct lsp_analysis *analysis)
{
	const struct compilation *compilation = analysis->compilation;
	const struct source_file *file = source_file(compilation->sources, 0);
	struct markdown_page *page;

	if (!analysis->page) {
		page = ARENA_NEW(compilation->arena, struct markdown_page);
		if (file && file->is_markdown)
			*page = markdown_find_blocks(compilation->arena, file);
		analysis->page = page;
	}
	return *analysis->page;
}

const struct rule *analysis_rule(const struct lsp_analysis *analysis, struct span name)
{
	const struct rules *rules =
		analysis->compilation->rules_count ? analysis->compilation->rules[0] : NULL;

	for (size_t i = 0; rules && i < rules->call_count; i++) {
		const struct rule_call *call = &rules->calls[i];

		for (size_t j = 0; j < call->rule_count; j++) {
			const struct span own = call->rules[j].source->ast->name.span;

			if (own.file == name.file && own.start == name.start)
				return &call->rules[j];
		}
	}
	return NULL;
}

void analysis_free(struct lsp_analysis *analysis)
{
	if (!analysis)
		return;
	for (size_t i = 0; i < analysis->line_count; i++)
		lsp_lines_free(&analysis->lines[i]);
	compile_free(analysis->compilation);
}
