/* import_draft: SCML rules that are to say what a region of a call's registers says. */
#ifndef SCML_IMPORT_DRAFT_H
#define SCML_IMPORT_DRAFT_H

#include "import.h"

/** What a draft asks of one parameter. */
struct import_choice {
	uint64_t mask; /* 0: nothing; without VALUES: (word & mask) == value */
	uint64_t value;
	VEC(uint64_t) values; /* the word is one of them */
};

/** One rule to be. */
struct import_draft {
	struct import_choice choices[SCML_REGISTERS];
};

struct import_drafts {
	VEC(struct import_draft) list;
};

/** Drafts for REGION of call NR, as few as can be. */
struct import_drafts import_drafts(const struct import *import, uint32_t nr,
				   const struct region *region);

/** DRAFT with one draft for each value of each of its choices, appended to SPLIT. */
void import_draft_split(const struct import *import, const struct import_draft *draft,
			struct import_drafts *split);

/**
 * DRAFT as an SCML rule of call NR, in the import's arena. It may say less than the draft, and
 * more: that is to be seen by compiling it. NULL where SCML has no pattern for it.
 */
const char *import_draft_rule(const struct import *import, uint32_t nr,
			      const struct import_draft *draft);

#endif
