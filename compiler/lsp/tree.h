/*
 * tree: the shape of one rule of an outline, as far as it can be told: parameters and fields,
 * what they are asked to be, and which bytes belong to which, so that a cursor between two
 * commas is in a parameter even if nothing is there yet.
 */
#ifndef SCML_LSP_TREE_H
#define SCML_LSP_TREE_H

#include "arena.h"
#include "outline.h"

enum { TREE_MAX_DEPTH = 64 };

enum tree_kind {
	TREE_RULE,
	TREE_ITEM,   /* a parameter, a field, an element; or the one value of a definition */
	TREE_STRUCT, /* { … } */
	TREE_ARRAY,  /* [ … ] */
	TREE_CONST,
	TREE_NUMBER,
	TREE_REFERENCE, /* < … */
};

#define TREE_NONE SIZE_MAX

struct tree_node {
	enum tree_kind kind;
	struct span span; /* what is there of it */
	uint32_t from;	  /* bytes [from, to] are this node's own, blanks included */
	uint32_t to;
	const struct outline_token *token; /* its name or number, NULL where it has none */
	bool has_value;			   /* TREE_ITEM: a `=`, or something that needs none */
	bool is_dots;			   /* TREE_ITEM: `..` */
	uint32_t value_from;		   /* TREE_ITEM with a value: where that begins */
	size_t position;		   /* TREE_ITEM: how many stand before it in its list */
	size_t parent;			   /* indices of nodes, or TREE_NONE */
	size_t first;
	size_t last;
	size_t next;
};

struct tree {
	const struct outline_rule *rule;
	const struct tree_node *nodes; /* the first is the rule's */
	size_t count;
};

/** The tree of RULE, in ARENA. */
struct tree tree_new(struct arena *arena, const struct outline *outline,
		     const struct outline_rule *rule);

/** The innermost item that OFFSET is in, or TREE_NONE. */
size_t tree_item_at(const struct tree *tree, uint32_t offset);

/** The node whose name, number or reference TOKEN is, or TREE_NONE. */
size_t tree_node_of(const struct tree *tree, const struct outline_token *token);

/** The same from node *HINT on, which is moved along: for tokens in their order. */
size_t tree_node_after(const struct tree *tree, const struct outline_token *token,
		       size_t *hint);

/** The item that node NODE is part of (itself, if it is one), or TREE_NONE. */
size_t tree_item_of(const struct tree *tree, size_t node);

#endif
