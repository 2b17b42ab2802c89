/*
 * Sources, Markdown and parser on any bytes. The first byte chooses the kind of document. What
 * is said about the document is written in every format, since that reads all the places.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "diag.h"
#include "parse.h"
#include "source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_span(const struct sources *sources, struct span span)
{
	const struct source_file *file = source_file(sources, span.file);

	if (span.file != UINT32_MAX)
		expect(file && span.start <= span.end && span.end <= file->size);
}

static void check_document(const struct sources *sources, const struct ast_document *document)
{
	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];

		check_span(sources, rule->span);
		check_span(sources, rule->name.span);
		expect(rule->first_comment <= rule->inside_comment);
		expect(rule->inside_comment <= rule->end_comment);
		expect(rule->end_comment <= document->comment_count);
	}
	for (size_t i = 0; i < document->comment_count; i++)
		check_span(sources, document->comments[i].span);
}

static void check_diags(const struct sources *sources, struct diags *diags, FILE *out)
{
	static const enum diag_format formats[] = {DIAG_TEXT, DIAG_JSON, DIAG_SARIF,
						   DIAG_GITHUB};

	diags_sort(diags);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		check_span(sources, diag->span);
		for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next)
			check_span(sources, edit->span);
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		diags_write(diags, formats[i], false, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	const struct source_document *document;
	FILE *out;

	if (size == 0)
		return 0;
	out = fopen("/dev/null", "w");
	if (!out)
		return 0;
	arena = arena_new();
	sources = sources_new(arena);
	diags = diags_new(arena, sources);
	document = source_from_text(sources, diags, data[0] & 1 ? "a.md" : "a.scml",
				    (const char *)data + 1, size - 1);
	if (document)
		check_document(sources, parse_document(arena, diags, sources, document));
	check_diags(sources, diags, out);
	fclose(out);
	arena_free(arena);
	return 0;
}
