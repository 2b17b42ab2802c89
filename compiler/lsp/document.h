/* document: the texts that the editor has open, and places in them and in what they include. */
#ifndef SCML_LSP_DOCUMENT_H
#define SCML_LSP_DOCUMENT_H

#include "state.h"

enum { LSP_MAX_TEXT = 256 * 1024 * 1024 };

/** The open document called URI, or the one with that PATH; NULL where there is none. */
struct lsp_document *document_find(const struct lsp_server *server, const char *uri);
struct lsp_document *document_at_path(const struct lsp_server *server, const char *path);

/** The document that the request's PARAMS are about; NULL after lsp_fail(). */
struct lsp_document *document_of(struct lsp_server *server, const json_t *params);

/** A place in an open document. */
struct lsp_spot {
	struct lsp_document *document;
	struct lsp_analysis *analysis;
	uint32_t file; /* of the analysis */
	uint32_t offset;
};

/** The document and place that PARAMS (textDocument, position) name; false after lsp_fail(). */
bool document_spot(struct lsp_server *server, const json_t *params, struct lsp_spot *spot);

/** Byte OFFSET of DOCUMENT's text, and back. */
struct lsp_position document_position(const struct lsp_server *server,
				      const struct lsp_document *document, uint32_t offset);
uint32_t document_offset(const struct lsp_server *server, const struct lsp_document *document,
			 struct lsp_position position);

/** The range at PATH in PARAMS as bytes; false where there is none. */
bool document_range(const struct lsp_server *server, const struct lsp_document *document,
		    const json_t *params, const char *path, uint32_t *start, uint32_t *end);

/** Where SPAN, which is of some file of ANALYSIS, starts and ends. */
void document_places(const struct lsp_server *server, struct lsp_analysis *analysis,
		     struct span span, struct lsp_position *start, struct lsp_position *end);

/** The protocol's range for SPAN, which is of some file of ANALYSIS. */
json_t *document_span(const struct lsp_server *server, struct lsp_analysis *analysis,
		      struct span span);

/** The URI of the file with number FILE: DOCUMENT's own, or that of a file it includes. */
const char *document_file_uri(const struct lsp_server *server,
			      const struct lsp_document *document,
			      const struct lsp_analysis *analysis, uint32_t file);

/** `{uri, range}` of SPAN. */
json_t *document_location(const struct lsp_server *server, const struct lsp_document *document,
			  struct lsp_analysis *analysis, struct span span);

/** The texts change: didOpen, didChange, didClose, didSave. */
void document_did_open(struct lsp_server *server, const json_t *params);
void document_did_change(struct lsp_server *server, const json_t *params);
void document_did_close(struct lsp_server *server, const json_t *params);

/** The file PATH, which is not open, changed: what includes it is out of date. */
void document_touch_path(struct lsp_server *server, const char *path);

/** Something outside the open texts changed: all are out of date. */
void document_touch_all(struct lsp_server *server);

/** Free all of them. */
void document_free_all(struct lsp_server *server);

#endif
