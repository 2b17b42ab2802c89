/* emit_md: one page for people, with a part for each input. */
#include "doc_write.h"
#include "emit.h"

void emit_md(const struct compilation *compilation, const struct emit_options *options,
	     FILE *out)
{
	struct doc_headings headings = {0};
	struct doc_markdown markdown = {.arena = compilation->arena, .out = out};
	struct doc_write_options how = {.level = 1, .details = options->doc_details};
	struct doc_index index;

	if (compilation->rules_count == 0)
		return;
	index = doc_index_build(compilation->arena, compilation->rules[0]);
	if (compilation->document_count > 1) {
		doc_markdown_heading(
			&markdown, how.level++,
			doc_headings_add(compilation->arena, &headings, "System Calls"));
	}
	for (size_t i = 0; i < compilation->document_count; i++)
		doc_write_page(&markdown, &index,
			       doc_page_build(compilation->arena, compilation->diags,
					      compilation->sources, compilation->db,
					      compilation->documents[i]->ast, &headings),
			       &how);
}
