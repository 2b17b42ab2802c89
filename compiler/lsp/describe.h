/* describe: what calls, parameters, constants and structs are, in Markdown. */
#ifndef SCML_LSP_DESCRIBE_H
#define SCML_LSP_DESCRIBE_H

#include "doc_text.h"
#include "places.h"
#include "rules.h"

/** A place where Markdown is put together. */
struct prose {
	struct arena *arena;
	struct doc_buffer buffer;
};

void prose_add(struct prose *prose, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** A call: its signature, its numbers, since when it is there. */
void describe_call(struct prose *prose, const struct view *view, const struct abi_call *call);

/** A constant: its value on each architecture, since when, where it belongs. */
void describe_const(struct prose *prose, const struct view *view,
		    const struct abi_const *constant);

/** What a parameter or field holds, and the values that it can have. */
void describe_place(struct prose *prose, const struct view *view, const struct place *place);

/** A struct: its fields with their offsets. */
void describe_struct(struct prose *prose, const struct view *view,
		     const struct abi_struct *object);

/** A number under what PLACE (NULL: nothing known) can be: in other bases, and its names. */
void describe_number(struct prose *prose, const struct view *view, uint64_t value,
		     const struct place *place);

/** What RULE, one of CALL's, accepts, and whether a filter can decide it. */
void describe_rule(struct prose *prose, const struct rule *rule, const struct abi_db *db,
		   unsigned arch);

/** `u32`, `pointer to struct sockaddr` and the like. In the view's arena. */
const char *describe_type(const struct view *view, const struct abi_slot *slot);

/** VALUE of CONSTANT as people write it: small ones in decimal, others in hexadecimal. */
const char *describe_value(struct arena *arena, const struct abi_slot *slot, uint64_t value);

/** The names of SET that make up VALUE (`O_RDWR|O_CLOEXEC`), or NULL. */
const char *describe_names(const struct view *view, const struct abi_set *set, uint64_t value);

#endif
