/* symbols: what a document defines and says rules about, under the headings of its sections. */
#ifndef SCML_LSP_SYMBOLS_H
#define SCML_LSP_SYMBOLS_H

#include <jansson.h>

#include "outline.h"

/** Kinds of the protocol. */
enum symbol_kind {
	SYMBOL_MODULE = 2,
	SYMBOL_FUNCTION = 12,
	SYMBOL_ENUM = 10,
	SYMBOL_STRUCT = 23,
	SYMBOL_NAMESPACE = 3,
};

/** The kind of RULE, and what is said about it in a few words (in ARENA). */
enum symbol_kind symbol_kind_of(const struct outline_rule *rule);
const char *symbol_detail(struct arena *arena, const struct outline *outline,
			  const struct outline_rule *rule);

#endif
