/* abi_yaml: the database from its YAML files. abi_overlay() of abi.h is here too. */
#ifndef SCML_ABI_YAML_H
#define SCML_ABI_YAML_H

#include "abi.h"
#include "abi_node.h"

enum { ABI_YAML_MAX_FILES = 256 };

/** The trees of all `*.yaml` files of a folder, sorted by name. */
struct abi_files {
	const struct abi_node *roots[ABI_YAML_MAX_FILES];
	const struct source_file *files[ABI_YAML_MAX_FILES];
	size_t count;
};

/** Read the folder PATH; false, with errors in DIAGS, where a file cannot be read. */
bool abi_yaml_read(struct arena *arena, struct diags *diags, struct sources *sources,
		   const char *path, struct abi_files *files);

/** The database that FILES describe, in ARENA; NULL with errors in DIAGS. */
const struct abi_db *abi_yaml_load(struct arena *arena, struct diags *diags,
				   const struct abi_files *files);

#endif
