#include <string.h>

#include "edits.h"
#include "features.h"
#include "occurrences.h"

/* The use at SPOT that can be renamed, or NULL after lsp_fail(). */
static const struct name_use *renamed_use(struct lsp_server *server,
					  const struct lsp_spot *spot)
{
	const struct name_use *use =
		names_use_at(analysis_names(spot->analysis), spot->file, spot->offset);

	if (use && use->group)
		return use;
	lsp_fail(server, LSP_REQUEST_FAILED,
		 "only names that the file defines can be renamed: those of calls, parameters "
		 "and constants are the kernel's");
	return NULL;
}

json_t *lsp_prepare_rename(struct lsp_server *server, const json_t *params)
{
	const struct name_use *use;
	struct lsp_spot spot;

	if (!document_spot(server, params, &spot))
		return NULL;
	use = renamed_use(server, &spot);
	if (!use)
		return NULL;
	return json_pack("{s:o,s:o}", "range",
			 document_span(server, spot.analysis, use->token->span), "placeholder",
			 value_text(use->token->text));
}

/* Is NAME defined or referred to in some document that the rename touches? Then references
 * would come to mean something else. */
static bool is_taken(struct lsp_server *server, const struct occurrences *all, const char *name)
{
	const struct occurrence *one;
	const struct lsp_document *done = NULL; /* they stand document by document */

	vec_each (one, &all->list) {
		const struct names *names;

		if (one->document == done)
			continue;
		done = one->document;
		names = analysis_names(analysis_of(server, one->document));

		for (size_t i = 0; i < names->use_count; i++) {
			if (strcmp(names->uses[i].token->text, name) == 0)
				return true;
		}
	}
	return false;
}

json_t *lsp_rename(struct lsp_server *server, const json_t *params)
{
	const char *name = value_string(params, "newName");
	const struct name_use *use;
	const struct occurrence *one;
	struct occurrences all;
	struct edits edits;
	struct lsp_spot spot;

	if (!document_spot(server, params, &spot))
		return NULL;
	use = renamed_use(server, &spot);
	if (!use)
		return NULL;
	if (!name || !names_is_valid(name) || names_is_builtin(name))
		return lsp_fail(server, LSP_INVALID_PARAMS,
				"the new name has to be a letter or '_' followed by letters, "
				"digits and '_', and none that is built in");
	all = occurrences_at(server, &spot, true);
	edits = edits_new();
	if (strcmp(name, use->token->text) != 0 && is_taken(server, &all, name)) {
		json_decref(edits.by_uri);
		return lsp_fail(server, LSP_REQUEST_FAILED,
				arena_printf(server->scratch,
					     "the name '%.200s' is taken already", name));
	}
	vec_each (one, &all.list)
		edits_add(server, &edits, one->document, one->span, name);
	return edits_value(server, &edits);
}
