/* Any bytes as a profile or a list: they are read to the end or refused with an error, and the
 * rules that come of them compile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "parse.h"
#include "resolve.h"
#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void compile_rules(const struct import *import, struct sources *sources,
			  const char *text)
{
	struct diags *diags = diags_new(import->arena, sources);
	const struct source_document *source =
		source_from_text(sources, diags, "rules.scml", text, strlen(text));
	const struct res_document *document = resolve_document(
		import->arena, diags, parse_document(import->arena, diags, sources, source));

	rules_build(import->arena, diags, sources, import->db, import->arch, &document, 1);
	if (diags_count(diags, DIAG_ERROR))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct import import = {
		.arena = arena, .diags = diags_new(arena, sources), .db = abi_builtin()};
	const struct source_document *source =
		source_from_text(sources, import.diags, "input", (const char *)bytes, size);
	char *text = NULL;
	size_t text_size;
	FILE *out = open_memstream(&text, &text_size);

	if (!out)
		abort();
	import_start(&import);
	if (source && size && *bytes == '{')
		import_oci(&import, source->file);
	else if (source)
		import_list(&import, source->file);
	import_write(&import, "input", out);
	fclose(out);
	compile_rules(&import, sources, text);
	free(text);
	arena_free(arena);
	return 0;
}
