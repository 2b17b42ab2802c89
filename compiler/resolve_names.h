/*
 * resolve_names: the definitions of a document, and what a `<NAME>` in it refers to. For
 * resolve.c, which finds out what they stand for.
 */
#ifndef SCML_RESOLVE_NAMES_H
#define SCML_RESOLVE_NAMES_H

#include "resolve.h"

enum group_state { GROUP_FRESH, GROUP_BUSY, GROUP_DONE };

/** One definition: a bitflags rule, or the struct rules of one name that follow each other. */
struct group {
	const char *name;
	uint32_t sketch; /* of the name, see edit_distance.h */
	enum ast_rule_kind kind;
	size_t first; /* index of its first rule in the document */
	size_t last;
	enum group_state state;
	bool is_used;
	const struct res_pattern *pattern; /* once GROUP_DONE */
	struct group *same_name;	   /* the definition of this name before it */
};

/** One document on its way. */
struct resolver {
	struct arena *arena;
	struct diags *diags;
	const struct ast_document *ast;
	const struct ast_document *const *all; /* the documents of the compilation */
	size_t all_count;
	struct group *groups; /* in reading order */
	size_t group_count;
	struct group **by_name; /* open addressing: the last definition of each name */
	size_t by_name_size;
	size_t depth;
};

/** A name of the language itself. */
struct builtin {
	const char *name;
	bool is_reference; /* it stands in angle brackets */
	enum res_kind kind;
};

/** The built-in NAME, or NULL. */
const struct builtin *resolve_builtin(const char *name);

/** Where GROUP is named first. */
const struct ast_name *resolve_group_place(const struct resolver *resolver,
					   const struct group *group);

/** Find the definitions of the document; what is defined wrongly is reported. */
void resolve_collect_groups(struct resolver *resolver);

/**
 * What `<NAME>` in rule number FROM refers to: the last definition that is complete before it,
 * else the first one after. NULL, and reported, where there is none.
 */
struct group *resolve_find_group(struct resolver *resolver, const struct ast_part *part,
				 size_t from);

#endif
