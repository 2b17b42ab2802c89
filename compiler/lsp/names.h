/*
 * names: which definition each reference of a document means, told from tokens so that it holds
 * in broken text too. The rules are those of resolve.h: the last definition that is complete
 * before the reference, else the first one after it.
 */
#ifndef SCML_LSP_NAMES_H
#define SCML_LSP_NAMES_H

#include "outline.h"

/** One definition: a bitflags rule, or the struct rules of one name that follow each other. */
struct name_group {
	const char *name;
	enum outline_kind kind; /* OUTLINE_STRUCT or OUTLINE_FLAGS */
	size_t first;		/* index of its first rule */
	size_t last;
	const struct name_group *before; /* the definition of this name before it, or NULL */
};

/** A `<NAME>`, or a NAME that is being defined. */
struct name_use {
	const struct outline_token *token;
	size_t rule;			/* index of the rule that it is in */
	const struct name_group *group; /* NULL: it means nothing, or is built in */
	bool is_definition;
};

struct names {
	const struct name_group *const *groups; /* in reading order */
	size_t group_count;
	const struct name_use *uses; /* in reading order */
	size_t use_count;
	const struct outline *outline;
};

/** Bind the names of OUTLINE, in ARENA. */
const struct names *names_new(struct arena *arena, const struct outline *outline);

/** The use that byte OFFSET of FILE is in or at an end of, or NULL. */
const struct name_use *names_use_at(const struct names *names, uint32_t file, uint32_t offset);

/** The use that TOKEN of the outline is, or NULL. */
const struct name_use *names_use_of(const struct names *names,
				    const struct outline_token *token);

/** Is NAME one of the language's own (INTEGER, PATH, NULL, struct), that cannot be defined? */
bool names_is_builtin(const char *name);

/** Can TEXT be the name of a definition? */
bool names_is_valid(const char *text);

#endif
