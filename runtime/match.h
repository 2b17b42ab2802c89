/*
 * match: what the verdict (match.c), its view of memory (match_memory.c) and its explanation
 * (explain.c) share. Internal. Its names begin with scml_ because a program that links the
 * archive sees them.
 *
 * Whatever is read is answered as a verdict too: SUPPORTED, the word is there; UNDECIDED,
 * nobody can tell; UNSUPPORTED, it cannot be there. So a test that fails to read hands the
 * answer on.
 */
#ifndef SCML_MATCH_H
#define SCML_MATCH_H

#include "scml.h"

enum {
	MATCH_PIECE =
		SCML_MAX_PREFIX + sizeof(uint64_t), /* a word may be loaded from its end */
};

struct match_state {
	const struct scml_table *table;
	const struct scml_call *call;
	const struct scml_memory *memory;
	uint32_t steps; /* left; arrays may lie in arrays */
};

/**
 * The memory that a test looks into: the bytes from BASE + OFFSET up to BASE + LIMIT. Base and
 * offset stay apart so that an address that wraps around is seen where it is read. All zeros:
 * no memory, what a condition starts with.
 */
struct match_view {
	uint64_t base;
	uint64_t offset;
	uint64_t limit;
	bool is_zero_beyond;	    /* what lies beyond LIMIT counts as 0 */
	uint32_t have;		    /* bytes from BASE on that were read already … */
	const unsigned char *bytes; /* … and lie here */
};

/** The verdict of TEST in VIEW; undecided once the steps have run out. */
enum scml_verdict scml_match_eval(struct match_state *st, const struct match_view *view,
				  const struct scml_test *test);

/** The verdict of the condition with index COND. */
enum scml_verdict scml_match_cond(struct match_state *st, uint32_t cond);

/** The low WIDTH bits of WORD; 8 … 64. */
static inline uint64_t scml_match_cut(uint64_t word, unsigned width)
{
	return word & UINT64_MAX >> (64 - width);
}

/** Has CALL returned an error? */
bool scml_match_has_failed(const struct scml_call *call);

/** SIZE bytes at ADDRESS, all or none; at least 1. */
enum scml_verdict scml_match_read_bytes(const struct match_state *st, uint64_t address,
					void *bytes, size_t size);

/** Is there a string at ADDRESS? */
enum scml_verdict scml_match_read_string(const struct match_state *st, uint64_t address);

/** The word at PLACE to *WORD. */
enum scml_verdict scml_match_read_place(const struct match_state *st,
					const struct match_view *view,
					const struct scml_place *place, uint64_t *word);

/**
 * The memory that the block test TEST points to, to *INSIDE, and its extent to *EXTENT. False:
 * there is nothing to look into, and *VERDICT is the test's.
 */
bool scml_match_open_block(const struct match_state *st, const struct match_view *view,
			   const struct scml_test *test, struct match_view *inside,
			   uint64_t *extent, enum scml_verdict *verdict);

/**
 * Make INSIDE, an opened block, the view of its struct, of which EXTENT bytes are given.
 * @param piece  MATCH_PIECE bytes for the struct's prefix, which INSIDE then refers to; or
 * NULL: each word is read when it is looked at
 */
void scml_match_enter_struct(const struct match_state *st, const struct scml_block *block,
			     struct match_view *inside, uint64_t extent, unsigned char *piece);

/** The view of the element with that index of the array at INSIDE, an opened block. */
struct match_view scml_match_element(const struct scml_block *block,
				     const struct match_view *inside, uint64_t index);

/**
 * Fill in REASON for VERDICT.
 * @param decider  the rule that matched or is open; SCML_NONE if none of RULES did
 */
void scml_match_explain(struct match_state *st, const struct scml_call_rules *rules,
			uint32_t decider, enum scml_verdict verdict,
			struct scml_reason *reason);

#endif
