/*
 * tokens FILE...: what the compiler's own scanner sees, a token a line: LINE COLUMN LENGTH
 * CLASS TEXT between tabs, columns in bytes from 1. The tests of the editors' grammars compare
 * colours with it. What a name is comes from where it stands: the classes are call, struct,
 * type, definition, parameter, constant, null, reference, builtin.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "scan.h"
#include "scml_parser.h"
#include "source.h"
#include "vec.h"

struct reader {
	const struct source_file *file;
	VEC(struct token) tokens;
	int depth;	 /* of brackets */
	bool in_pattern; /* behind `=`, and not behind what ends it */
	VEC(bool) outer; /* IN_PATTERN around each open bracket */
};

static bool is_text(const struct token *token, const char *text)
{
	return token->kind == TOKEN_NAME && strcmp(token->text, text) == 0;
}

static const char *name_class(const struct reader *reader, size_t at)
{
	const struct token *token = &reader->tokens.items[at], *next = token + 1;
	const struct token *before = at ? token - 1 : NULL;
	bool begins = !before || before->kind == TOKEN_SEMICOLON;

	if (before && before->kind == TOKEN_LESS)
		return is_text(token, "INTEGER") || is_text(token, "PATH") ? "builtin"
									   : "reference";
	if (reader->depth == 0 && !reader->in_pattern) {
		if (begins && is_text(token, "struct") && next->kind == TOKEN_NAME)
			return "struct";
		if (before && is_text(before, "struct") &&
		    (at < 2 || before[-1].kind == TOKEN_SEMICOLON))
			return "type";
		return next->kind == TOKEN_LPAREN ? "call" : "definition";
	}
	if (!reader->in_pattern)
		return "parameter";
	return is_text(token, "NULL") ? "null" : "constant";
}

static void follow(struct reader *reader, struct arena *arena, const struct token *token)
{
	switch (token->kind) {
	case TOKEN_LPAREN:
	case TOKEN_LBRACE:
	case TOKEN_LBRACKET:
		vec_push(arena, &reader->outer, reader->in_pattern);
		/* What an array holds are patterns, and not names. */
		reader->in_pattern = token->kind == TOKEN_LBRACKET;
		reader->depth++;
		break;
	case TOKEN_RPAREN:
	case TOKEN_RBRACE:
	case TOKEN_RBRACKET:
		reader->depth--;
		if (reader->outer.count)
			reader->in_pattern = reader->outer.items[--reader->outer.count];
		break;
	case TOKEN_EQUALS:
		reader->in_pattern = true;
		break;
	case TOKEN_SEMICOLON:
		reader->in_pattern = false;
		break;
	case TOKEN_COMMA: {
		bool in_array = false;

		/* A comma ends a pattern, but for one of an array's. */
		for (size_t i = (size_t)(token - reader->tokens.items), depth = 0; i-- > 0;) {
			int kind = reader->tokens.items[i].kind;

			if (kind == TOKEN_RPAREN || kind == TOKEN_RBRACE ||
			    kind == TOKEN_RBRACKET)
				depth++;
			else if ((kind == TOKEN_LPAREN || kind == TOKEN_LBRACE ||
				  kind == TOKEN_LBRACKET) &&
				 depth-- == 0) {
				in_array = kind == TOKEN_LBRACKET;
				break;
			}
		}
		reader->in_pattern = in_array;
		break;
	}
	default:
		break;
	}
}

static const char *mark_class(int kind)
{
	switch (kind) {
	case TOKEN_NUMBER:
		return "number";
	case TOKEN_EQUALS:
	case TOKEN_PIPE:
	case TOKEN_DOTS:
		return "operator";
	case TOKEN_LESS:
	case TOKEN_GREATER:
		return "angle";
	default:
		return "mark";
	}
}

static void print_span(const struct source_file *file, struct span span, const char *class)
{
	struct source_place place = source_place(file, span.start);
	uint32_t len = span.end - span.start;

	printf("%u\t%u\t%u\t%s\t", place.line, place.column, len, class);
	for (uint32_t i = 0; i < len && file->text[span.start + i] != '\n'; i++)
		putchar(file->text[span.start + i]);
	putchar('\n');
}

static bool is_doc(const struct ast_comment *comment, const struct source_file *file)
{
	const char *text = file->text + comment->span.start;

	return strncmp(text, "//!", 3) == 0 || (strncmp(text, "///", 3) == 0 && text[3] != '/');
}

static int read_file(const char *path)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct scan scan = {.arena = arena, .diags = diags, .sources = sources};
	struct reader reader = {0};
	bool is_right;

	scan.document = source_read(sources, diags, path);
	if (!scan.document) {
		fprintf(stderr, "tokens: %s cannot be read\n", path);
		return 1;
	}
	reader.file = scan.document->file;
	scan_begin(&scan);
	do {
		struct token token = scan_next(&scan);

		if (token.kind != TOKEN_BLOCK_END)
			vec_push(arena, &reader.tokens, token);
	} while (reader.tokens.count == 0 ||
		 reader.tokens.items[reader.tokens.count - 1].kind != TOKEN_END);
	for (size_t i = 0; i + 1 < reader.tokens.count; i++) {
		const struct token *token = &reader.tokens.items[i];

		print_span(reader.file, token->span,
			   token->kind == TOKEN_NAME ? name_class(&reader, i)
						     : mark_class(token->kind));
		follow(&reader, arena, token);
	}
	for (size_t i = 0; i < scan.comments.count; i++)
		print_span(reader.file, scan.comments.items[i].span,
			   is_doc(&scan.comments.items[i], reader.file) ? "doc" : "comment");
	scan_end(&scan);
	is_right = diags_count(diags, DIAG_ERROR) == 0;
	if (!is_right)
		fprintf(stderr, "tokens: %s has errors\n", path);
	arena_free(arena);
	return is_right ? 0 : 1;
}

int main(int argc, char **argv)
{
	int status = argc == 2 ? 0 : 2;

	if (argc == 2)
		status = read_file(argv[1]);
	return status;
}
