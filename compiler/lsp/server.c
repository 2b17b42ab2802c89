#include "server.h"

#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "document.h"
#include "features.h"
#include "settings.h"
#include "workspace.h"

struct method {
	const char *name;
	json_t *(*request)(struct lsp_server *server, const json_t *params);
	void (*notification)(struct lsp_server *server, const json_t *params);
};

static json_t *shut_down(struct lsp_server *server, const json_t *params)
{
	(void)params;
	server->phase = LSP_SHUT_DOWN;
	return NULL;
}

/* Diagnostics are those of open texts: for a closed one there are none. */
static void did_close(struct lsp_server *server, const json_t *params)
{
	const char *uri = value_string(params, "textDocument.uri");

	if (!uri || !document_find(server, uri))
		return;
	diagnostics_clear(server, uri);
	document_did_close(server, params);
}

static void ignore(struct lsp_server *server, const json_t *params)
{
	(void)server;
	(void)params;
}

static const struct method methods[] = {
	{"initialize", lsp_initialize, NULL},
	{"initialized", NULL, lsp_initialized},
	{"shutdown", shut_down, NULL},
	{"$/cancelRequest", NULL, ignore}, /* what is not waiting any more was answered */
	{"$/setTrace", NULL, ignore},
	{"textDocument/didOpen", NULL, document_did_open},
	{"textDocument/didChange", NULL, document_did_change},
	{"textDocument/didClose", NULL, did_close},
	{"textDocument/didSave", NULL, ignore},
	{"workspace/didChangeConfiguration", NULL, lsp_configure},
	{"workspace/didChangeWorkspaceFolders", NULL, lsp_folders_changed},
	{"workspace/didChangeWatchedFiles", NULL, lsp_files_changed},
	{"textDocument/hover", lsp_hover, NULL},
	{"textDocument/completion", lsp_completion, NULL},
	{"completionItem/resolve", lsp_completion_resolve, NULL},
	{"textDocument/signatureHelp", lsp_signature_help, NULL},
	{"textDocument/definition", lsp_definition, NULL},
	{"textDocument/references", lsp_references, NULL},
	{"textDocument/documentHighlight", lsp_highlight, NULL},
	{"textDocument/prepareRename", lsp_prepare_rename, NULL},
	{"textDocument/rename", lsp_rename, NULL},
	{"textDocument/documentSymbol", lsp_document_symbols, NULL},
	{"workspace/symbol", lsp_workspace_symbols, NULL},
	{"textDocument/foldingRange", lsp_folding, NULL},
	{"textDocument/selectionRange", lsp_selection, NULL},
	{"textDocument/semanticTokens/full", lsp_tokens_full, NULL},
	{"textDocument/semanticTokens/range", lsp_tokens_range, NULL},
	{"textDocument/codeAction", lsp_code_actions, NULL},
	{"textDocument/inlayHint", lsp_inlay_hints, NULL},
	{"textDocument/formatting", lsp_formatting, NULL},
	{"textDocument/rangeFormatting", lsp_range_formatting, NULL},
};

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	}
	return NULL;
}

struct lsp_server *lsp_server_new(const struct lsp_options *options,
				  void (*send)(void *context, const char *body, size_t len),
				  void *context)
{
	struct arena *arena = arena_new();
	struct lsp_server *server = ARENA_NEW(arena, struct lsp_server);

	server->arena = arena;
	server->scratch = arena_new();
	server->send = send;
	server->context = context;
	settings_from_options(server, options);
	return server;
}

void lsp_server_free(struct lsp_server *server)
{
	document_free_all(server);
	workspace_free(server);
	settings_free(&server->settings);
	arena_free(server->scratch);
	arena_free(server->arena);
}

static void send_value(struct lsp_server *server, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	if (!text)
		arena_out_of_memory();
	server->send(server->context, text, strlen(text));
	free(text);
	json_decref(message);
}

static json_t *new_message(void)
{
	return json_pack("{s:s}", "jsonrpc", "2.0");
}

void lsp_notify(struct lsp_server *server, const char *method, json_t *params)
{
	json_t *message = new_message();

	json_object_set_new(message, "method", json_string(method));
	json_object_set_new(message, "params", params);
	send_value(server, message);
}

void lsp_ask(struct lsp_server *server, const char *method, json_t *params)
{
	json_t *message = new_message();

	json_object_set_new(message, "id", json_integer(++server->next_request));
	json_object_set_new(message, "method", json_string(method));
	json_object_set_new(message, "params", params);
	send_value(server, message);
}

json_t *lsp_fail(struct lsp_server *server, enum lsp_code code, const char *text)
{
	server->error = code;
	server->error_text = text;
	return NULL;
}

static void send_error(struct lsp_server *server, const json_t *id, enum lsp_code code,
		       const char *text)
{
	json_t *message = new_message(), *error = json_object();

	json_object_set_new(message, "id", id ? json_deep_copy(id) : json_null());
	json_object_set_new(error, "code", json_integer(code));
	json_object_set_new(error, "message", value_text(text));
	json_object_set_new(message, "error", error);
	send_value(server, message);
}

static void send_result(struct lsp_server *server, const json_t *id, json_t *result)
{
	json_t *message = new_message();

	json_object_set_new(message, "id", json_deep_copy(id));
	json_object_set_new(message, "result", result ? result : json_null());
	send_value(server, message);
}

json_t *lsp_server_parse(struct lsp_server *server, const char *body, size_t len)
{
	json_error_t error;
	json_t *message = json_loadb(body, len, JSON_ALLOW_NUL, &error);

	if (!message)
		send_error(server, NULL, LSP_PARSE_ERROR, error.text);
	return message;
}

void lsp_server_reject(struct lsp_server *server, const char *why)
{
	send_error(server, NULL, LSP_INVALID_REQUEST, why);
}

static void handle_request(struct lsp_server *server, const json_t *id, const char *name,
			   const json_t *params)
{
	const struct method *method = find_method(name);
	bool is_first = strcmp(name, "initialize") == 0;
	json_t *result;

	if (server->phase == LSP_FRESH && !is_first) {
		send_error(server, id, LSP_NOT_INITIALIZED, "'initialize' has to come first");
	} else if (server->phase == LSP_SHUT_DOWN) {
		send_error(server, id, LSP_INVALID_REQUEST, "the server was shut down");
	} else if (server->phase != LSP_FRESH && is_first) {
		send_error(server, id, LSP_INVALID_REQUEST, "'initialize' came before");
	} else if (!method || !method->request) {
		send_error(server, id, LSP_METHOD_NOT_FOUND,
			   arena_printf(server->scratch, "there is no request '%.100s'", name));
	} else {
		server->error = 0;
		result = method->request(server, params);
		if (server->error)
			send_error(server, id, server->error, server->error_text);
		else
			send_result(server, id, result);
	}
}

static void handle_notification(struct lsp_server *server, const char *name,
				const json_t *params)
{
	const struct method *method = find_method(name);

	if (strcmp(name, "exit") == 0) {
		server->status = server->phase == LSP_SHUT_DOWN ? 0 : 1;
		server->phase = LSP_EXITED;
	} else if (server->phase == LSP_RUNNING && method && method->notification) {
		server->error = 0;
		method->notification(server, params);
	}
}

static void handle_one(struct lsp_server *server, const json_t *message, bool is_cancelled)
{
	const json_t *id = json_object_get(message, "id");
	const json_t *params = json_object_get(message, "params");
	const json_t *method = json_object_get(message, "method");
	const char *name = json_string_value(method);
	bool has_id = json_is_string(id) || json_is_integer(id);

	if (!json_is_object(message) || (!method && !has_id) || (method && !name) ||
	    (method && id && !has_id) || strlen(name ? name : "") != json_string_length(method))
		send_error(server, has_id ? id : NULL, LSP_INVALID_REQUEST,
			   "this is neither a request nor a notification");
	else if (!method)
		; /* an answer to a request of ours */
	else if (!id)
		handle_notification(server, name, params);
	else if (is_cancelled)
		send_error(server, id, LSP_REQUEST_CANCELLED, "the request was cancelled");
	else
		handle_request(server, id, name, params);
}

void lsp_server_handle(struct lsp_server *server, const json_t *message, bool is_cancelled)
{
	handle_one(server, message, is_cancelled);
	arena_free(server->scratch);
	server->scratch = arena_new();
}

void lsp_server_flush(struct lsp_server *server)
{
	for (struct lsp_document *document = server->documents; document;
	     document = document->next) {
		if (document->is_stale)
			diagnostics_publish(server, document);
	}
	arena_free(server->scratch);
	server->scratch = arena_new();
}

bool lsp_server_is_stale(const struct lsp_server *server)
{
	const struct lsp_document *document = server->documents;

	while (document && !document->is_stale)
		document = document->next;
	return document != NULL && server->phase == LSP_RUNNING;
}

bool lsp_server_has_exited(const struct lsp_server *server)
{
	return server->phase == LSP_EXITED;
}

int lsp_server_status(const struct lsp_server *server)
{
	if (server->phase == LSP_EXITED)
		return server->status;
	return server->phase == LSP_SHUT_DOWN ? 0 : 1;
}

long lsp_server_client(const struct lsp_server *server)
{
	return server->client_process;
}
