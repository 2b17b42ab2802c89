/* elsewhere: where the database has a name that does not belong where a rule has it. */
#ifndef SCML_ELSEWHERE_H
#define SCML_ELSEWHERE_H

#include "abi.h"
#include "arena.h"

/**
 * Where CONSTANT belongs, as the end of a message: `; 'type' takes it`. Looked for among the
 * COUNT PARAMS of the rule's call first, then in all calls, then in all structs.
 * @return text in ARENA, or "" where nothing takes it
 */
const char *elsewhere_constant(struct arena *arena, const struct abi_db *db,
			       const struct abi_param *params, size_t count,
			       const struct abi_const *constant);

enum { ELSEWHERE_MAX = 256 };

/** Which architectures have NUMBER, as the end of a message, to TEXT: `; x86_64 has it`. */
void elsewhere_archs(const struct abi_db *db, struct abi_num number,
		     char text[static ELSEWHERE_MAX]);

#endif
