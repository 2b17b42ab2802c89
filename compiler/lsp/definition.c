#include <string.h>

#include "features.h"
#include "occurrences.h"
#include "uri.h"

enum highlight { HIGHLIGHT_READ = 2, HIGHLIGHT_WRITE = 3 };

/* In a page, an include leads to the file. */
static json_t *include_definition(struct lsp_server *server, const struct lsp_spot *spot)
{
	const struct source_file *page = source_file(spot->analysis->compilation->sources, 0);
	struct markdown_page blocks;
	const char *slash;

	if (!page || !page->is_markdown)
		return NULL;
	blocks = analysis_page(spot->analysis);
	for (size_t i = 0; i < blocks.block_count; i++) {
		for (size_t j = 0; j < blocks.blocks[i].piece_count; j++) {
			const struct markdown_piece *piece = &blocks.blocks[i].pieces[j];
			const char *name =
				arena_strndup(server->scratch, page->text + piece->span.start,
					      piece->span.end - piece->span.start);

			if (piece->kind != MARKDOWN_INCLUDE ||
			    spot->offset < piece->span.start || spot->offset > piece->span.end)
				continue;
			slash = strrchr(page->path, '/');
			if (name[0] != '/' && slash)
				name = arena_printf(server->scratch, "%.*s/%s",
						    (int)(slash - page->path), page->path,
						    name);
			return json_pack(
				"{s:o,s:o}", "uri",
				value_text(uri_of_path(server->scratch,
						       path_tidy(server->scratch, name))),
				"range",
				value_of_range((struct lsp_position){0},
					       (struct lsp_position){0}));
		}
	}
	return NULL;
}

json_t *lsp_definition(struct lsp_server *server, const json_t *params)
{
	const struct name_use *use;
	const struct names *names;
	struct lsp_spot spot;
	json_t *list;

	if (!document_spot(server, params, &spot))
		return NULL;
	names = analysis_names(spot.analysis);
	use = names_use_at(names, spot.file, spot.offset);
	if (!use || !use->group)
		return include_definition(server, &spot);
	list = json_array();
	for (size_t i = use->group->first; i <= use->group->last; i++)
		json_array_append_new(list,
				      document_location(server, spot.document, spot.analysis,
							names->outline->rules[i].name->span));
	return list;
}

json_t *lsp_references(struct lsp_server *server, const json_t *params)
{
	bool with_definition = value_is_true(params, "context.includeDeclaration");
	struct occurrences all;
	const struct occurrence *one;
	struct lsp_spot spot;
	json_t *list;

	if (!document_spot(server, params, &spot))
		return NULL;
	all = occurrences_at(server, &spot, true);
	list = json_array();
	vec_each (one, &all.list) {
		if (one->kind != OCCURRENCE_DEFINITION || with_definition)
			json_array_append_new(
				list, document_location(server, one->document,
							analysis_of(server, one->document),
							one->span));
	}
	return list;
}

json_t *lsp_highlight(struct lsp_server *server, const json_t *params)
{
	struct occurrences all;
	const struct occurrence *one;
	struct lsp_spot spot;
	json_t *list;

	if (!document_spot(server, params, &spot))
		return NULL;
	all = occurrences_at(server, &spot, false);
	list = json_array();
	vec_each (one, &all.list) {
		if (one->span.file == spot.file)
			json_array_append_new(
				list,
				json_pack("{s:o,s:i}", "range",
					  document_span(server, spot.analysis, one->span),
					  "kind",
					  one->kind == OCCURRENCE_DEFINITION ? HIGHLIGHT_WRITE
									     : HIGHLIGHT_READ));
	}
	return list;
}
