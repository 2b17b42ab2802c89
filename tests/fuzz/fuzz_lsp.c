/*
 * The language server on any bytes. The first byte chooses: framing and JSON as they come, or
 * a server with an open text, the rest of the input, of which every feature is asked at places
 * that the input chooses.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lsp/rpc.h"
#include "lsp/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(void *context, const char *body, size_t len)
{
	json_t *message = json_loadb(body, len, JSON_ALLOW_NUL, NULL);

	(void)context;
	if (!message)
		abort();
	json_decref(message);
}

static struct lsp_server *new_server(void)
{
	static const char *const archs[] = {"x86_64"};
	const struct lsp_options options = {.compile = {.archs = archs, .arch_count = 1},
					    .lint = {.portable = true}};

	return lsp_server_new(&options, check_answer, NULL);
}

static void handle(struct lsp_server *server, const char *body, size_t len)
{
	json_t *message = lsp_server_parse(server, body, len);

	if (!message)
		return;
	lsp_server_handle(server, message, false);
	json_decref(message);
}

static void handle_text(struct lsp_server *server, const char *body)
{
	handle(server, body, strlen(body));
}

static void initialize(struct lsp_server *server)
{
	handle_text(server,
		    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
		    "\"capabilities\":{\"textDocument\":{\"codeAction\":{"
		    "\"codeActionLiteralSupport\":{}}}}}}");
}

static void fuzz_bytes(const uint8_t *data, size_t size)
{
	struct lsp_server *server = new_server();
	struct rpc_reader reader = {0};
	size_t step = size ? 1 + data[0] % 64 : 1;

	for (size_t at = 0; at < size; at += step) {
		enum rpc_event event;
		const char *body;
		size_t len;

		if (!rpc_feed(&reader, (const char *)data + at,
			      size - at < step ? size - at : step))
			abort();
		while ((event = rpc_next(&reader, &body, &len)) != RPC_NEED_MORE) {
			if (event == RPC_MESSAGE)
				handle(server, body, len);
			else
				lsp_server_reject(server, "no");
		}
	}
	lsp_server_flush(server);
	rpc_free(&reader);
	lsp_server_free(server);
}

/* DATA as UTF-8 whatever it is: Latin-1. */
static json_t *any_text(const uint8_t *data, size_t size)
{
	char *text = malloc(2 * size + 1);
	size_t used = 0;
	json_t *value;

	if (!text)
		abort();
	for (size_t i = 0; i < size; i++) {
		if (data[i] < 0x80) {
			text[used++] = (char)data[i];
		} else {
			text[used++] = (char)(0xc0 | data[i] >> 6);
			text[used++] = (char)(0x80 | (data[i] & 0x3f));
		}
	}
	value = json_stringn(text, used);
	free(text);
	return value;
}

static void send_value(struct lsp_server *server, json_t *message)
{
	lsp_server_handle(server, message, false);
	json_decref(message);
}

static void ask_everything(struct lsp_server *server, const char *uri, int line, int column)
{
	static const char *const methods[] = {
		"textDocument/hover",
		"textDocument/completion",
		"textDocument/signatureHelp",
		"textDocument/definition",
		"textDocument/references",
		"textDocument/documentHighlight",
		"textDocument/prepareRename",
		"textDocument/rename",
		"textDocument/documentSymbol",
		"textDocument/foldingRange",
		"textDocument/selectionRange",
		"textDocument/semanticTokens/full",
		"textDocument/semanticTokens/range",
		"textDocument/codeAction",
		"textDocument/inlayHint",
		"textDocument/formatting",
		"textDocument/rangeFormatting",
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		json_t *position = json_pack("{s:i,s:i}", "line", line, "character", column);

		send_value(server,
			   json_pack("{s:i,s:s,s:{s:{s:s},s:O,s:[O],s:s,s:{s:{s:i,s:i},s:O}}}",
				     "id", 2, "method", methods[i], "params", "textDocument",
				     "uri", uri, "position", position, "positions", position,
				     "newName", "zz", "range", "start", "line", 0, "character",
				     0, "end", position));
		json_decref(position);
	}
}

static void fuzz_text(const uint8_t *data, size_t size)
{
	struct lsp_server *server = new_server();
	const char *uri = data[0] & 2 ? "file:///t.md" : "file:///t.scml";
	int line = data[1], column = data[2];

	initialize(server);
	send_value(server,
		   json_pack("{s:s,s:{s:{s:s,s:s,s:i,s:o}}}", "method", "textDocument/didOpen",
			     "params", "textDocument", "uri", uri, "languageId", "scml",
			     "version", 1, "text", any_text(data + 3, size - 3)));
	lsp_server_flush(server);
	ask_everything(server, uri, line % 8, column);
	send_value(server,
		   json_pack("{s:s,s:{s:{s:s,s:i},s:[{s:{s:{s:i,s:i},s:{s:i,s:i}},s:s}]}}",
			     "method", "textDocument/didChange", "params", "textDocument",
			     "uri", uri, "version", 2, "contentChanges", "range", "start",
			     "line", line % 8, "character", column, "end", "line", column % 8,
			     "character", line, "text", "= <"));
	ask_everything(server, uri, column % 8, line);
	lsp_server_flush(server);
	lsp_server_free(server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 3 && data[0] & 1)
		fuzz_text(data, size);
	else if (size)
		fuzz_bytes(data, size);
	return 0;
}
