/* doc_index: from rules as they are written to what they mean on one architecture. */
#ifndef SCML_DOC_INDEX_H
#define SCML_DOC_INDEX_H

#include "arena.h"
#include "rules.h"

struct doc_index_row {
	const struct ast_rule *ast;
	const struct rule_call *call;
	const struct rule *rule;
};

struct doc_index {
	const struct rules *rules;
	const struct doc_index_row *rows; /* sorted by address */
	size_t count;
};

/** The index of RULES, in ARENA. */
struct doc_index doc_index_build(struct arena *arena, const struct rules *rules);

/** The row of AST, or NULL: the architecture lacks the call. */
const struct doc_index_row *doc_index_find(const struct doc_index *index,
					   const struct ast_rule *ast);

#endif
