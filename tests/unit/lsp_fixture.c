#include "lsp_fixture.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "lsp/server.h"

static struct lsp_server *server;
static struct arena *arena;
static json_t *answers; /* what came back, in order */
static json_t *diagnostics;
static const json_t *last; /* of answers */
static char cursor_uri[200];
static int cursor_line, cursor_column;
static int next_id;

static void take(void *context, const char *body, size_t len)
{
	json_t *message = json_loadb(body, len, JSON_ALLOW_NUL, NULL);
	const char *method = json_string_value(json_object_get(message, "method"));

	(void)context;
	ck_assert_ptr_nonnull(message);
	json_array_append_new(answers, message);
	if (json_object_get(message, "id") && !method)
		last = message;
	if (method && strcmp(method, "textDocument/publishDiagnostics") == 0) {
		json_t *params = json_object_get(message, "params");

		json_object_set(diagnostics, json_string_value(json_object_get(params, "uri")),
				json_object_get(params, "diagnostics"));
	}
}

static void send_text(const char *text)
{
	json_t *message = lsp_server_parse(server, text, strlen(text));

	ck_assert_msg(message != NULL, "the test's own message is no JSON: %s", text);
	lsp_server_handle(server, message, false);
	json_decref(message);
}

static void server_begin(const char *params)
{
	static const char *const archs[] = {"x86_64"};
	const struct lsp_options options = {.compile = {.archs = archs, .arch_count = 1}};

	arena = arena_new();
	answers = json_array();
	diagnostics = json_object();
	last = NULL;
	server = lsp_server_new(&options, take, NULL);
	lsp_request("initialize", params);
	lsp_notify_json("initialized", "{}");
}

void lsp_start(void)
{
	server_begin("{\"capabilities\":{\"textDocument\":{"
		     "\"publishDiagnostics\":{\"relatedInformation\":true,\"tagSupport\":{}},"
		     "\"completion\":{\"completionItem\":{\"snippetSupport\":true}},"
		     "\"hover\":{\"contentFormat\":[\"markdown\"]},"
		     "\"documentSymbol\":{\"hierarchicalDocumentSymbolSupport\":true},"
		     "\"codeAction\":{\"codeActionLiteralSupport\":{}}}}}");
}

void lsp_stop(void)
{
	lsp_server_free(server);
	json_decref(answers);
	json_decref(diagnostics);
	arena_free(arena);
}

void lsp_restart(const char *params)
{
	lsp_stop();
	server_begin(params);
}

/* TEXT as a JSON string. */
static const char *quoted(const char *text)
{
	json_t *value = json_string(text);
	char *dumped = json_dumps(value, JSON_ENCODE_ANY);
	const char *copy = arena_strdup(arena, dumped);

	free(dumped);
	json_decref(value);
	return copy;
}

void lsp_open_as(const char *uri, const char *marked)
{
	const char *mark = strchr(marked, '^');
	const char *text = marked;

	if (mark) {
		cursor_line = cursor_column = 0;
		for (const char *at = marked; at < mark; at++) {
			cursor_column = *at == '\n' ? 0 : cursor_column + 1;
			cursor_line += *at == '\n';
		}
		snprintf(cursor_uri, sizeof(cursor_uri), "%s", uri);
		text = arena_printf(arena, "%.*s%s", (int)(mark - marked), marked, mark + 1);
	}
	lsp_notify_json("textDocument/didOpen",
			arena_printf(arena,
				     "{\"textDocument\":{\"uri\":\"%s\",\"languageId\":\"%s\","
				     "\"version\":1,\"text\":%s}}",
				     uri, strstr(uri, ".md") ? "markdown" : "scml",
				     quoted(text)));
}

void lsp_open(const char *marked)
{
	lsp_open_as(LSP_URI, marked);
}

const json_t *lsp_request(const char *method, const char *params)
{
	last = NULL;
	send_text(arena_printf(
		arena, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}",
		++next_id, method, params));
	ck_assert_msg(last != NULL, "no answer to %s", method);
	ck_assert_int_eq(json_integer_value(json_object_get(last, "id")), next_id);
	return json_object_get(last, "result");
}

void lsp_notify_json(const char *method, const char *params)
{
	send_text(arena_printf(arena, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s}",
			       method, params));
}

const json_t *lsp_at_cursor(const char *method, const char *more)
{
	return lsp_request(
		method,
		arena_printf(arena,
			     "{\"textDocument\":{\"uri\":\"%s\"},\"position\":{\"line\":%d,"
			     "\"character\":%d}%s}",
			     cursor_uri, cursor_line, cursor_column, more));
}

int lsp_error(void)
{
	return lsp_int_at(last, "error.code");
}

const json_t *lsp_diagnostics(const char *uri)
{
	lsp_server_flush(server);
	return json_object_get(diagnostics, uri);
}

static size_t offset_of(const char *text, const json_t *position)
{
	json_int_t line = json_integer_value(json_object_get(position, "line"));
	const char *at = text;

	while (line-- > 0 && strchr(at, '\n'))
		at = strchr(at, '\n') + 1;
	return (size_t)(at - text) +
	       (size_t)json_integer_value(json_object_get(position, "character"));
}

/* Edits are applied from the last to the first, so that places stay what they are. */
const char *lsp_edited(const char *text, const json_t *edits)
{
	size_t limit = strlen(text) + 1;

	for (size_t done = 0; done < json_array_size(edits); done++) {
		const json_t *best = NULL;
		size_t best_start = 0, end;

		for (size_t i = 0; i < json_array_size(edits); i++) {
			const json_t *edit = json_array_get(edits, i);
			size_t start = offset_of(
				text, json_object_get(json_object_get(edit, "range"), "start"));

			if (start < limit && (!best || start >= best_start)) {
				best = edit;
				best_start = start;
			}
		}
		ck_assert_ptr_nonnull(best);
		end = offset_of(text, json_object_get(json_object_get(best, "range"), "end"));
		text = arena_printf(arena, "%.*s%s%s", (int)best_start, text,
				    json_string_value(json_object_get(best, "newText")),
				    text + end);
		limit = best_start;
	}
	return text;
}

static const json_t *at_path(const json_t *value, const char *path)
{
	while (value && *path) {
		size_t len = strcspn(path, ".");
		const char *key = arena_strndup(arena, path, len);

		value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
					     : json_object_get(value, key);
		path += len + (path[len] == '.');
	}
	return value;
}

const char *lsp_string_at(const json_t *value, const char *path)
{
	const char *text = json_string_value(at_path(value, path));

	return text ? text : "";
}

int lsp_int_at(const json_t *value, const char *path)
{
	return (int)json_integer_value(at_path(value, path));
}

const char *lsp_range(const json_t *range)
{
	return arena_printf(arena, "%d:%d-%d:%d", lsp_int_at(range, "start.line"),
			    lsp_int_at(range, "start.character"), lsp_int_at(range, "end.line"),
			    lsp_int_at(range, "end.character"));
}

bool lsp_has_label(const json_t *list, const char *label)
{
	const json_t *items = json_object_get(list, "items");

	for (size_t i = 0; i < json_array_size(items); i++) {
		if (strcmp(lsp_string_at(json_array_get(items, i), "label"), label) == 0)
			return true;
	}
	return false;
}
