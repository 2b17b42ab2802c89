/*
 * scan: what the scanner of grammar/scml.l keeps between tokens. The chunks of one block are
 * scanned as one text; spans come out as places in the files.
 */
#ifndef SCML_SCAN_H
#define SCML_SCAN_H

#include "ast.h"
#include "diag.h"
#include "parse.h"
#include "source.h"
#include "vec.h"

enum {
	SCAN_MAX_NAME = 1000,	 /* bytes of a name */
	SCAN_MAX_ERRORS = 10000, /* syntax errors of one document */
};

/** One token of the grammar; KIND is one of enum scml_yytokentype. */
struct token {
	int kind;
	struct span span;
	const char *text;	  /* a name */
	struct ast_number number; /* a number */
	size_t comments;	  /* how many comments were read before it */
	uint32_t column;	  /* from 0, in its line */
	bool is_first;		  /* nothing but blanks stands before it on its line */
	bool is_after_stray;	  /* what stands before it was reported and skipped */
};

struct scan {
	struct arena *arena;
	struct diags *diags;
	const struct sources *sources;
	const struct source_document *document;
	void *lexer; /* the yyscan_t of flex */

	size_t chunk;	   /* that OFFSET is in */
	size_t block_end;  /* the chunk after the block */
	size_t chunk_at;   /* where CHUNK begins in the text of the block */
	size_t start;	   /* of what was matched last, in the text of the block */
	size_t offset;	   /* and its end */
	size_t line_start; /* of the line of OFFSET */
	bool is_line_blank;

	VEC(struct ast_comment) comments;
	size_t comment_start;
	bool comment_is_own_line;

	size_t stray_start; /* bytes that no token begins with */
	size_t stray_end;

	size_t token_count;
	size_t error_count;
	bool is_at_end;
	bool is_over;	       /* a limit was hit: nothing but the end follows */
	bool has_invalid_utf8; /* said once */
};

/** Ready SCAN for its document; the caller has set the first four members. */
void scan_begin(struct scan *scan);

/** Free what the scanner holds beside the arena. */
void scan_end(struct scan *scan);

/** The next token. After the last one: the end, again and again. */
struct token scan_next(struct scan *scan);

/** The bytes of SPAN, for messages: quoted, shortened where they are many. */
const char *scan_quote(const struct scan *scan, struct span span);

/**
 * Push a syntax error; past SCAN_MAX_ERRORS the document is given up with one last error.
 * Never NULL.
 */
struct diag *scan_error(struct scan *scan, enum diag_id id, struct span span,
			const char *format, ...) __attribute__((format(printf, 4, 5)));

/* For the actions of grammar/scml.l alone. */

/** LEN more bytes were matched. */
void scan_advance(struct scan *scan, size_t len);
/** The match was a line end. */
void scan_newline(struct scan *scan);
/** The match is no token: report it together with its neighbours. */
void scan_stray(struct scan *scan);
/** The match begins a comment. */
void scan_comment_begin(struct scan *scan);
/** The comment ends with byte END of the block's text; IS_WHOLE: with its own end mark. */
void scan_comment_finish(struct scan *scan, size_t end, bool is_whole);
/** The match is a token. */
int scan_token(struct scan *scan, struct token *token, int kind);
int scan_name(struct scan *scan, struct token *token, const char *text, size_t len);
int scan_number(struct scan *scan, struct token *token, const char *text, size_t len);
/** The match is a string or character literal. */
int scan_string(struct scan *scan, struct token *token);
/** The match is three dots or more. */
int scan_many_dots(struct scan *scan, struct token *token);
/** The match is `#` and the rest of the line. */
void scan_hash(struct scan *scan);
/** The text of the block has ended: the kind of token that says so. */
int scan_block_end(struct scan *scan, struct token *token);

#endif
