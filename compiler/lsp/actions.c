#include <string.h>

#include "diagnostics.h"
#include "edits.h"
#include "features.h"

static const char quick_fix[] = "quickfix";
static const char fix_all[] = "source.fixAll";

struct actions {
	struct lsp_server *server;
	struct lsp_document *document;
	struct lsp_analysis *analysis;
	const json_t *only; /* kinds that are wanted; NULL: all */
	json_t *list;
};

/* Kinds have parts: who wants `source` takes `source.fixAll`. */
static bool is_wanted(const struct actions *actions, const char *kind, bool by_default)
{
	if (!json_is_array(actions->only))
		return by_default;
	for (size_t i = 0; i < json_array_size(actions->only); i++) {
		const char *wanted = json_string_value(json_array_get(actions->only, i));
		size_t len = wanted ? strlen(wanted) : 0;

		if (wanted && (!len || (strncmp(kind, wanted, len) == 0 &&
					(kind[len] == '\0' || kind[len] == '.'))))
			return true;
	}
	return false;
}

static const char *edit_title(const struct actions *actions, const struct diag_edit *edit)
{
	const struct source_file *file =
		source_file(actions->analysis->compilation->sources, edit->span.file);
	size_t len = edit->span.end - edit->span.start;
	const char *old = arena_strndup(actions->server->scratch,
					file ? file->text + edit->span.start : "",
					file && len < 60 ? len : 0);

	if (edit->next)
		return "Apply the fixes";
	if (!len)
		return arena_printf(actions->server->scratch, "Insert '%s'", edit->text);
	if (!*edit->text)
		return arena_printf(actions->server->scratch, "Remove '%s'", old);
	if (!*old)
		return arena_printf(actions->server->scratch, "Replace by '%s'", edit->text);
	return arena_printf(actions->server->scratch, "Replace '%s' by '%s'", old, edit->text);
}

static void add_action(struct actions *actions, const char *title, const char *kind,
		       json_t *diagnostics, json_t *edit)
{
	json_t *action = json_pack("{s:o,s:s,s:o}", "title", value_text(title), "kind", kind,
				   "edit", edit);

	if (diagnostics)
		json_object_set_new(action, "diagnostics", diagnostics);
	if (strcmp(kind, quick_fix) == 0)
		json_object_set_new(action, "isPreferred", json_true());
	json_array_append_new(actions->list, action);
}

static void add_fix(struct actions *actions, const struct diag *diag)
{
	struct edits edits = edits_new();

	for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next)
		edits_add(actions->server, &edits, actions->document, edit->span, edit->text);
	add_action(
		actions, edit_title(actions, diag->edits), quick_fix,
		json_pack("[o]", diagnostics_value(actions->server, actions->document, diag)),
		edits_value(actions->server, &edits));
}

/* Lines that do nothing can go. */
static bool is_removable(enum diag_id id)
{
	return id == DIAG_UNUSED || id == DIAG_COVERED;
}

/* The rule whose name is at SPAN goes, with the line end after it. */
static void add_removal(struct actions *actions, const struct diag *diag)
{
	const struct outline *outline = analysis_outline(actions->analysis);
	const struct lsp_text *text = &actions->document->text;
	struct edits edits;
	struct span span;

	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *rule = &outline->rules[i];

		if (!rule->name || rule->name->span.start != diag->span.start ||
		    rule->span.file != 0 || diag->span.file != 0)
			continue;
		span = rule->span;
		while (span.end < text->size &&
		       (text->bytes[span.end] == ' ' || text->bytes[span.end] == '\t'))
			span.end++;
		if (span.end < text->size && text->bytes[span.end] == '\n')
			span.end++;
		else
			span.end = rule->span.end;
		edits = edits_new();
		edits_add(actions->server, &edits, actions->document, span, "");
		add_action(actions, "Remove this rule", quick_fix,
			   json_pack("[o]", diagnostics_value(actions->server,
							      actions->document, diag)),
			   edits_value(actions->server, &edits));
		return;
	}
}

/* Every fix of the document that does not overlap one before it. */
static void add_fix_all(struct actions *actions)
{
	const struct compilation *compilation = actions->analysis->compilation;
	struct edits edits = edits_new();
	uint32_t done = 0;
	size_t count = 0;

	for (const struct diag *diag = diags_first(compilation->diags); diag;
	     diag = diag->next) {
		for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next) {
			if (edit->span.file != 0 || (count && edit->span.start < done))
				continue;
			edits_add(actions->server, &edits, actions->document, edit->span,
				  edit->text);
			done = edit->span.end > edit->span.start ? edit->span.end
								 : edit->span.end + 1;
			count++;
		}
	}
	if (count)
		add_action(actions, "Apply all fixes of this file", fix_all, NULL,
			   edits_value(actions->server, &edits));
	else
		json_decref(edits.by_uri);
}

json_t *lsp_code_actions(struct lsp_server *server, const json_t *params)
{
	struct actions actions = {.server = server,
				  .document = document_of(server, params),
				  .only = value_at(params, "context.only")};
	uint32_t start, end;

	if (!actions.document)
		return NULL;
	if (!document_range(server, actions.document, params, "range", &start, &end))
		return lsp_fail(server, LSP_INVALID_PARAMS, "'range' is missing");
	actions.analysis = analysis_of(server, actions.document);
	actions.list = json_array();
	if (!server->client.literal_actions)
		return actions.list; /* there is no command that could do the same */
	for (const struct diag *diag = diags_first(actions.analysis->compilation->diags); diag;
	     diag = diag->next) {
		struct span span = diagnostics_span(server, actions.document, diag);

		if (!is_wanted(&actions, quick_fix, true) || span.start > end ||
		    span.end < start)
			continue;
		if (diag->edits)
			add_fix(&actions, diag);
		else if (is_removable(diag->id))
			add_removal(&actions, diag);
	}
	if (is_wanted(&actions, fix_all, false))
		add_fix_all(&actions);
	return actions.list;
}
