/* compile: one compilation, from input files to typed rules for every architecture asked for.
 */
#ifndef SCML_COMPILE_H
#define SCML_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "arena.h"
#include "diag.h"
#include "resolve.h"
#include "rules.h"
#include "source.h"

/** What a compilation needs to know beside its inputs. */
struct compile_options {
	const char *const *archs; /* names; none: the host */
	size_t arch_count;
	const char *const *overlays; /* `--abi` files, laid over each other in order */
	size_t overlay_count;
};

/** Everything that the stages made; it all lives in the arena. */
struct compilation {
	struct arena *arena;
	struct diags *diags;
	struct sources *sources;
	const struct abi_db *db;
	const struct res_document *const *documents; /* one per input that could be read */
	size_t document_count;
	const struct rules *const *rules; /* one per architecture, in the order asked for */
	size_t rules_count;
};

/** An empty compilation with its own arena, to push options at its diags before compile_run().
 */
struct compilation *compile_new(void);

/**
 * Read, parse, resolve, bind and type INPUTS (`.scml`, `.md`, `-`). Errors are in
 * compilation->diags; the rules are those that had none.
 */
void compile_run(struct compilation *compilation, const char *const *inputs, size_t count,
		 const struct compile_options *options);

/** The same for one input, SIZE bytes at TEXT under the name PATH. */
void compile_run_text(struct compilation *compilation, const char *path, const char *text,
		      size_t size, const struct compile_options *options);

/** Free it with all that it made. */
void compile_free(struct compilation *compilation);

#endif
