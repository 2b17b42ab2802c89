/* emit_md: one page for people; of several inputs, with an index and a part for each. */
#include "doc_book.h"
#include "doc_write.h"
#include "emit.h"

void emit_md(const struct compilation *compilation, const struct emit_options *options,
	     FILE *out)
{
	const struct doc_write_options how = {.level = 1, .details = options->doc_details};
	struct doc_markdown markdown = {.arena = compilation->arena, .out = out};
	struct doc_headings headings = {0};
	struct doc_index index;

	if (compilation->rules_count == 0)
		return;
	if (compilation->document_count > 1) {
		doc_book_write(compilation, options->doc_details, out);
		return;
	}
	index = doc_index_build(compilation->arena, compilation->rules[0]);
	for (size_t i = 0; i < compilation->document_count; i++)
		doc_write_page(&markdown, &index,
			       doc_page_build(compilation->arena, compilation->diags,
					      compilation->sources, compilation->db,
					      compilation->documents[i]->ast, &headings),
			       &how);
}
