/*
 * doc_tags: what a doc comment says beside its prose. A line that begins with `@NAME` opens a
 * tag, which goes on to the next empty line or tag:
 *
 *     @partial CONST [| CONST]...[:] why      supported in part
 *     @ignored CONST [| CONST]...[:] why      accepted, does nothing
 *     @see NAME(SECTION), a URL, or any text  where to read on
 */
#ifndef SCML_DOC_TAGS_H
#define SCML_DOC_TAGS_H

#include "abi.h"
#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "doc_text.h"
#include "vec.h"

enum doc_tag_kind { DOC_PARTIAL, DOC_IGNORED, DOC_SEE };

/** A constant as a tag writes it. */
struct doc_const {
	const char *name;
	const struct abi_const *abi;
};

struct doc_tag {
	enum doc_tag_kind kind;
	VEC(struct doc_const) consts; /* empty for DOC_SEE */
	const char *text;	      /* what follows the names, a leading colon included */
};

struct doc_tags {
	VEC(struct doc_tag) list;
};

/**
 * Take the tags out of TEXT and add them to TAGS. Unknown constants are errors, unknown tags
 * warnings (and stay in the text).
 */
void doc_tags_take(struct arena *arena, struct diags *diags, const struct abi_db *db,
		   struct doc_text *text, struct doc_tags *tags);

/** Report the faults in the tags of DOCUMENT, as making its page would. */
void doc_tags_check(struct arena *arena, struct diags *diags, const struct sources *sources,
		    const struct abi_db *db, const struct ast_document *document);

#endif
