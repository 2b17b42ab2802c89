/*
 * server: the language server, message by message. It reads and writes no files or pipes of
 * its own but those that messages are about; the loop around it does.
 */
#ifndef SCML_LSP_SERVER_H
#define SCML_LSP_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "compile.h"
#include "lint.h"

struct lsp_server;

/** What the command line said: the settings until the editor says otherwise. */
struct lsp_options {
	struct compile_options compile;
	struct lint_options lint;
	const char *const *warnings; /* -W options, which are known to be right */
	size_t warning_count;
};

/**
 * A server that gives each message it has to send, LEN bytes of JSON, to SEND. Free with
 * lsp_server_free().
 */
struct lsp_server *lsp_server_new(const struct lsp_options *options,
				  void (*send)(void *context, const char *body, size_t len),
				  void *context);
void lsp_server_free(struct lsp_server *server);

/** Parse LEN bytes at BODY; what is no JSON is answered, and NULL given back. */
json_t *lsp_server_parse(struct lsp_server *server, const char *body, size_t len);

/** Answer that a message could not be read: it had a bad header, or was too large. */
void lsp_server_reject(struct lsp_server *server, const char *why);

/** Do what MESSAGE wants. IS_CANCELLED: only say that it was cancelled. */
void lsp_server_handle(struct lsp_server *server, const json_t *message, bool is_cancelled);

/** Send the diagnostics that are out of date. For when no message waits. */
void lsp_server_flush(struct lsp_server *server);

/** Is there something to flush? Has `exit` come? With what status does the program end? */
bool lsp_server_is_stale(const struct lsp_server *server);
bool lsp_server_has_exited(const struct lsp_server *server);
int lsp_server_status(const struct lsp_server *server);

/** The process that has to be alive for the server to make sense; 0: unknown. */
long lsp_server_client(const struct lsp_server *server);

#endif
