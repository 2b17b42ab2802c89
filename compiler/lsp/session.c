/* session: what editor and server tell each other about themselves. */
#include <string.h>

#include "document.h"
#include "features.h"
#include "settings.h"
#include "uri.h"
#include "version.h"
#include "workspace.h"

static json_t *true_object(const char *key)
{
	return json_pack("{s:b}", key, 1);
}

/* UTF-8 is taken where the editor leaves the choice: it is what the compiler counts in. */
static const char *choose_encoding(struct lsp_server *server, const json_t *params)
{
	static const char *const names[] = {
		[LSP_UTF16] = "utf-16", [LSP_UTF8] = "utf-8", [LSP_UTF32] = "utf-32"};
	static const enum lsp_encoding order[] = {LSP_UTF8, LSP_UTF16, LSP_UTF32};
	const char *path = "capabilities.general.positionEncodings";

	server->encoding = LSP_UTF16;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (value_has(params, path, names[order[i]])) {
			server->encoding = order[i];
			break;
		}
	}
	return names[server->encoding];
}

static void read_client(struct lsp_server *server, const json_t *params)
{
	const json_t *client = value_at(params, "capabilities");
	const json_t *text = value_at(client, "textDocument");

	server->client = (struct lsp_client){
		.related_information =
			value_is_true(text, "publishDiagnostics.relatedInformation"),
		.tags = value_at(text, "publishDiagnostics.tagSupport") != NULL,
		.hierarchical_symbols =
			value_is_true(text, "documentSymbol.hierarchicalDocumentSymbolSupport"),
		.document_changes =
			value_is_true(client, "workspace.workspaceEdit.documentChanges"),
		.snippets = value_is_true(text, "completion.completionItem.snippetSupport"),
		.literal_actions =
			value_at(text, "codeAction.codeActionLiteralSupport") != NULL,
		.markdown_hover = value_has(text, "hover.contentFormat", "markdown"),
		.watched_files = value_is_true(
			client, "workspace.didChangeWatchedFiles.dynamicRegistration"),
		.line_folding_only = value_is_true(text, "foldingRange.lineFoldingOnly"),
	};
	server->client_process = (long)json_integer_value(value_at(params, "processId"));
}

static json_t *text_sync(void)
{
	enum { SYNC_INCREMENTAL = 2 };

	return json_pack("{s:b,s:i}", "openClose", 1, "change", SYNC_INCREMENTAL);
}

static json_t *capabilities(const char *encoding)
{
	static const char *const plain[] = {
		"hoverProvider",
		"definitionProvider",
		"referencesProvider",
		"documentHighlightProvider",
		"documentSymbolProvider",
		"workspaceSymbolProvider",
		"foldingRangeProvider",
		"selectionRangeProvider",
		"inlayHintProvider",
		"documentFormattingProvider",
		"documentRangeFormattingProvider",
	};
	json_t *all = json_object();

	json_object_set_new(all, "positionEncoding", json_string(encoding));
	json_object_set_new(all, "textDocumentSync", text_sync());
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		json_object_set_new(all, plain[i], json_true());
	json_object_set_new(all, "completionProvider",
			    json_pack("{s:[s,s,s,s,s,s],s:b}", "triggerCharacters", "<", "|",
				      "=", "(", "{", ",", "resolveProvider", 1));
	json_object_set_new(all, "signatureHelpProvider",
			    json_pack("{s:[s,s],s:[s]}", "triggerCharacters", "(", ",",
				      "retriggerCharacters", "="));
	json_object_set_new(all, "renameProvider", true_object("prepareProvider"));
	json_object_set_new(
		all, "codeActionProvider",
		json_pack("{s:[s,s]}", "codeActionKinds", "quickfix", "source.fixAll"));
	json_object_set_new(all, "semanticTokensProvider",
			    json_pack("{s:o,s:b,s:b}", "legend", lsp_tokens_legend(), "full", 1,
				      "range", 1));
	json_object_set_new(all, "workspace",
			    json_pack("{s:{s:b,s:b}}", "workspaceFolders", "supported", 1,
				      "changeNotifications", 1));
	return all;
}

json_t *lsp_initialize(struct lsp_server *server, const json_t *params)
{
	const json_t *folders = value_at(params, "workspaceFolders");
	const char *root = value_string(params, "rootUri");
	const char *encoding = choose_encoding(server, params);
	const json_t *settings = value_at(params, "initializationOptions");

	read_client(server, params);
	for (size_t i = 0; i < json_array_size(folders); i++)
		workspace_add_folder(server, value_string(json_array_get(folders, i), "uri"));
	if (!json_array_size(folders))
		workspace_add_folder(server, root);
	server->phase = LSP_RUNNING;
	settings_from_value(server, settings); /* also says what the command line got wrong */
	return json_pack("{s:o,s:{s:s,s:s}}", "capabilities", capabilities(encoding),
			 "serverInfo", "name", "scmlc", "version", SCML_VERSION);
}

void lsp_initialized(struct lsp_server *server, const json_t *params)
{
	(void)params;
	if (server->client.watched_files)
		lsp_ask(server, "client/registerCapability",
			json_pack("{s:[{s:s,s:s,s:{s:[{s:s}]}}]}", "registrations", "id",
				  "files", "method", "workspace/didChangeWatchedFiles",
				  "registerOptions", "watchers", "globPattern",
				  "**/*.{scml,md}"));
}

void lsp_configure(struct lsp_server *server, const json_t *params)
{
	const json_t *settings = value_at(params, "settings");
	const json_t *own = value_at(settings, "scml");

	if (!json_is_object(settings))
		return;
	settings_from_value(server, json_is_object(own) ? own : settings);
	document_touch_all(server);
}

void lsp_folders_changed(struct lsp_server *server, const json_t *params)
{
	const json_t *removed = value_at(params, "event.removed");
	const json_t *added = value_at(params, "event.added");

	for (size_t i = 0; i < json_array_size(removed); i++)
		workspace_remove_folder(server,
					value_string(json_array_get(removed, i), "uri"));
	for (size_t i = 0; i < json_array_size(added); i++)
		workspace_add_folder(server, value_string(json_array_get(added, i), "uri"));
}

/* Files that open pages include may be among them. */
void lsp_files_changed(struct lsp_server *server, const json_t *params)
{
	const json_t *changes = value_at(params, "changes");

	for (size_t i = 0; i < json_array_size(changes); i++) {
		const char *uri = value_string(json_array_get(changes, i), "uri");

		if (uri && !document_find(server, uri))
			document_touch_path(
				server,
				path_tidy(server->scratch, uri_to_path(server->scratch, uri)));
	}
}
