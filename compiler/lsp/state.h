/*
 * state: what the server knows between messages. Every handler works on this; nothing else is
 * kept.
 */
#ifndef SCML_LSP_STATE_H
#define SCML_LSP_STATE_H

#include <jansson.h>
#include <stdbool.h>

#include "abi.h"
#include "analysis.h"
#include "arena.h"
#include "lint.h"
#include "server.h"
#include "text.h"
#include "value.h"
#include "vec.h"

/** Error codes of the protocol. */
enum lsp_code {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_NOT_INITIALIZED = -32002,
	LSP_REQUEST_FAILED = -32803,
	LSP_REQUEST_CANCELLED = -32800,
};

/** How rules are checked; replaced as a whole when the editor's settings change. */
struct lsp_settings {
	struct arena *arena;	 /* of all that is here */
	const struct abi_db *db; /* the built-in one and the overlays */
	struct compile_options compile;
	struct lint_options lint;
	VEC(const char *) warnings; /* -W options */
};

/** A text that the editor has open. */
struct lsp_document {
	char *uri;
	char *path; /* with a suffix that says what it is */
	json_int_t version;
	struct lsp_text text;
	struct lsp_analysis *analysis; /* of this text; NULL: not made yet */
	bool is_stale;		       /* diagnostics have to be sent */
	struct lsp_document *next;
};

/** What the editor can do. */
struct lsp_client {
	bool related_information;
	bool hierarchical_symbols;
	bool document_changes;
	bool snippets;
	bool literal_actions;
	bool markdown_hover;
	bool prepare_default;
	bool watched_files;
	bool line_folding_only;
	bool tags;
};

enum lsp_phase { LSP_FRESH, LSP_RUNNING, LSP_SHUT_DOWN, LSP_EXITED };

struct lsp_index;

struct lsp_server {
	enum lsp_phase phase;
	enum lsp_encoding encoding;
	struct lsp_client client;
	struct lsp_options options; /* of the command line */
	struct lsp_settings settings;
	struct lsp_document *documents;
	VEC(const char *) folders; /* absolute paths, in ARENA */
	struct lsp_index *index;   /* of the folders; NULL: not made yet */
	struct arena *arena;	   /* as long as the server */
	struct arena *scratch;	   /* as long as one message */
	long client_process;	   /* 0: unknown */
	int status;		   /* of the program, once `exit` has come */
	json_int_t next_request;
	void (*send)(void *context, const char *body, size_t len);
	void *context;
	enum lsp_code error; /* of the request at hand; 0: none */
	const char *error_text;
};

/** Fail the request at hand; gives NULL. TEXT lives as long as the request. */
json_t *lsp_fail(struct lsp_server *server, enum lsp_code code, const char *text);

/** Send a notification; PARAMS is taken over. */
void lsp_notify(struct lsp_server *server, const char *method, json_t *params);

/** Send a request of the server's own; PARAMS is taken over. What is answered is ignored. */
void lsp_ask(struct lsp_server *server, const char *method, json_t *params);

#endif
