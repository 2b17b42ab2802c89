/* spec_files: the SCML files that the operands of a command line stand for. */
#ifndef SCML_SPEC_FILES_H
#define SCML_SPEC_FILES_H

#include <stddef.h>

#include "arena.h"
#include "diag.h"
#include "vec.h"

enum {
	SPEC_MAX_DEPTH = 32, /* folders within folders */
	SPEC_MAX_FILES = 100000,
};

struct spec_files {
	VEC(const char *) paths;
};

/**
 * Add PATH to FILES: a folder is searched for `.scml` files, in sorted order, anything else is
 * taken as it is (`-`: standard input). Links to folders within a folder are not followed.
 * Faults go to DIAGS: a folder that cannot be read, one without SCML.
 */
void spec_files_add(struct spec_files *files, struct arena *arena, struct diags *diags,
		    const char *path);

#endif
