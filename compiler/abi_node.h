/*
 * abi_node: a YAML file as a tree, with the place of every node. Bounded in size and depth;
 * anchors, aliases, tags and second documents are errors, so the tree is never larger than its
 * text.
 */
#ifndef SCML_ABI_NODE_H
#define SCML_ABI_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "diag.h"
#include "source.h"

enum {
	ABI_NODE_MAX_BYTES = 8 * 1024 * 1024, /* of one file */
	ABI_NODE_MAX_DEPTH = 24,
	ABI_NODE_MAX_ENTRIES = 8192, /* of one map or list */
};

enum abi_node_kind { ABI_NODE_SCALAR, ABI_NODE_LIST, ABI_NODE_MAP };

/** One value. The entries of a list or map are linked by `next`. */
struct abi_node {
	enum abi_node_kind kind;
	struct span span;
	const char *text;     /* of a scalar */
	bool is_quoted;	      /* of a scalar: written in quotes, so no `null` */
	struct abi_node *key; /* of an entry of a map: a scalar or a list of scalars */
	struct abi_node *first, *next;
	uint32_t count; /* of entries */
};

/**
 * The tree of FILE in ARENA. On a fault errors are pushed to DIAGS and NULL is returned. An
 * empty file is an empty map.
 */
struct abi_node *abi_node_parse(struct arena *arena, struct diags *diags,
				const struct source_file *file);

/** The entry of the map NODE with that key, or NULL; of a NODE that is NULL or no map too. */
const struct abi_node *abi_node_get(const struct abi_node *node, const char *key);

/** Is NODE the plain scalar `null`, `~` or nothing? */
bool abi_node_is_null(const struct abi_node *node);

/** The scalar NODE as a number (decimal, 0x, negative: two's complement). */
bool abi_node_number(const struct abi_node *node, uint64_t *value);

#endif
