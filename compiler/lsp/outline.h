/*
 * outline: the tokens of a document rule by rule, whatever state the text is in. While people
 * type, it is mostly not SCML, and the syntax tree lacks the very rule that they work on; the
 * features that look at the place of the cursor look at this.
 */
#ifndef SCML_LSP_OUTLINE_H
#define SCML_LSP_OUTLINE_H

#include "ast.h"
#include "source.h"

enum outline_kind {
	OUTLINE_CALL,	/* NAME ( … */
	OUTLINE_STRUCT, /* struct NAME … */
	OUTLINE_FLAGS,	/* NAME = … */
	OUTLINE_OTHER,	/* not to be told yet: a lone name, say */
};

/** What a token is. */
enum outline_token_kind {
	OUTLINE_NAME,
	OUTLINE_NUMBER,
	OUTLINE_WORD_STRUCT, /* `struct` where a rule begins */
	OUTLINE_LPAREN,
	OUTLINE_RPAREN,
	OUTLINE_LBRACE,
	OUTLINE_RBRACE,
	OUTLINE_LBRACKET,
	OUTLINE_RBRACKET,
	OUTLINE_LESS,
	OUTLINE_GREATER,
	OUTLINE_EQUALS,
	OUTLINE_PIPE,
	OUTLINE_COMMA,
	OUTLINE_SEMICOLON,
	OUTLINE_DOTS,
	OUTLINE_BAD,
};

struct outline_token {
	enum outline_token_kind kind;
	struct span span;
	const char *text; /* OUTLINE_NAME */
	struct ast_number number;
};

/** Tokens [first, end) of the outline, the semicolon included where there is one. */
struct outline_rule {
	enum outline_kind kind;
	size_t first;
	size_t end;
	const struct outline_token *name; /* NULL: it has none yet */
	struct span span;		  /* from the first to the last token */
	uint32_t limit; /* where the next rule or the block begins or ends: the space behind
			   the rule is its own up to here */
	bool has_end;	/* a semicolon */
};

struct outline {
	const struct outline_token *tokens;
	size_t token_count;
	const struct outline_rule *rules; /* in reading order */
	size_t rule_count;
	const struct ast_comment *comments;
	size_t comment_count;
	const struct source_document *source;
};

/** The outline of DOCUMENT (NULL: an empty one), in ARENA. */
const struct outline *outline_new(struct arena *arena, const struct sources *sources,
				  const struct source_document *document);

/** The rule that byte OFFSET of FILE is in or right behind, or NULL. */
const struct outline_rule *outline_rule_at(const struct outline *outline, uint32_t file,
					   uint32_t offset);

/** The token that OFFSET is in or at an end of (a name rather than a mark), or NULL. */
const struct outline_token *outline_token_at(const struct outline *outline, uint32_t file,
					     uint32_t offset);

/** Is OFFSET inside a comment? */
bool outline_in_comment(const struct outline *outline, uint32_t file, uint32_t offset);

/** Is OFFSET in SCML text at all, and not in a page's prose? */
bool outline_has(const struct outline *outline, uint32_t file, uint32_t offset);

#endif
