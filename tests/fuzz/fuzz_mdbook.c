/* Any bytes as the JSON of a book: chapters are rewritten or mistakes are said. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "mdbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mdbook_options options = {.details = true};
	struct compilation *compilation = compile_new();
	json_error_t error;
	json_t *input = json_loadb((const char *)data, size, JSON_ALLOW_NUL, &error);
	json_t *book = input ? mdbook_run(compilation, input, &options) : NULL;

	if (book) {
		char *text = json_dumps(book, JSON_COMPACT);

		if (!text)
			abort();
		free(text);
	}
	json_decref(input);
	compile_free(compilation);
	return 0;
}
