/*
 * lsp_fixture: a language server in this process, for tests of its features. Texts are written
 * with `^` where the cursor is.
 */
#ifndef SCML_LSP_FIXTURE_H
#define SCML_LSP_FIXTURE_H

#include <jansson.h>
#include <stdbool.h>

/** The document that lsp_open() opens. */
#define LSP_URI "file:///w/t.scml"

/** Start a server for x86_64 whose editor can do everything; stop it. Check fixtures. */
void lsp_start(void);
void lsp_stop(void);

/** Start one whose `initialize` has these PARAMS (JSON), instead of the one that runs. */
void lsp_restart(const char *params);

/** Open MARKED as URI (LSP_URI), or replace it; the cursor is where `^` stands. */
void lsp_open_as(const char *uri, const char *marked);
void lsp_open(const char *marked);

/** Send a message whose params are JSON; the answer's `result`, NULL after an error. */
const json_t *lsp_request(const char *method, const char *params);
void lsp_notify_json(const char *method, const char *params);

/** The same at the cursor, with MORE members (`,"newName":"x"`). */
const json_t *lsp_at_cursor(const char *method, const char *more);

/** Code of the last answer; 0 where it was no error. */
int lsp_error(void);

/** The diagnostics of URI, after all that waits was done. */
const json_t *lsp_diagnostics(const char *uri);

/** The text of URI after EDITS, an array of TextEdit. Freed by the fixture. */
const char *lsp_edited(const char *text, const json_t *edits);

/** The string at PATH (members and indices apart by dots), or "". */
const char *lsp_string_at(const json_t *value, const char *path);
int lsp_int_at(const json_t *value, const char *path);

/** `LINE:COLUMN-LINE:COLUMN` of a range. */
const char *lsp_range(const json_t *range);

/** Is an item with LABEL in the completion LIST? */
bool lsp_has_label(const json_t *list, const char *label);

#endif
