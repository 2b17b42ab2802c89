/* spec_text: compile a text in a test and ask for verdicts. */
#ifndef SCML_TEST_SPEC_TEXT_H
#define SCML_TEST_SPEC_TEXT_H

#include "compile.h"
#include "scml.h"

/** A text compiled for one architecture. */
struct spec_text {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	const struct res_document *document;
	const struct rules *rules;
	const struct scml_table *table;
};

/** Compile TEXT as the file `test.scml` for ARCH. Diagnostics are in the result. */
struct spec_text spec_text_compile(const char *text, const char *arch);

/** Free it. */
void spec_text_free(struct spec_text *spec);

/** The diagnostics, a line each: `LINE:COLUMN: LEVEL: TEXT [NAME]`. Lives in the arena. */
const char *spec_text_messages(struct spec_text *spec);

/** A memory callback: this process's own memory. */
enum scml_read spec_text_read_own(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done);

/** The verdict for the call NAME with ARGS; memory is this process's own where SEES_MEMORY. */
enum scml_verdict spec_text_verdict(const struct spec_text *spec, const char *name,
				    const uint64_t args[static SCML_REGISTERS],
				    bool sees_memory);

#endif
