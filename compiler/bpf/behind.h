/*
 * behind: what tests find in memory, as variables. Words that are found in the same way, from
 * the same register through the same fields, are the same variables.
 */
#ifndef SCML_BPF_BEHIND_H
#define SCML_BPF_BEHIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bpf/bdd.h"
#include "rules.h"

enum {
	BEHIND_NOTHING = 0,	/* no memory: the registers themselves */
	BEHIND_MAX_WORDS = 500, /* more are said to be too many by bpf_behind_is_full() */
};

/** A word in memory. */
struct behind_word {
	const char *name;	 /* `addr.sa_family` */
	uint32_t readable;	 /* the variable that says whether it can be read */
	uint32_t first;		 /* that of its highest bit, of 64 */
	uint32_t inside;	 /* the memory that it lies in … */
	struct scml_place place; /* … and where */
	uint8_t flags;
};

/** A piece of memory. */
struct behind_piece {
	uint32_t inside;	 /* the memory that the way to it starts in … */
	struct scml_place place; /* … and where */
	enum scml_op op;
	struct scml_block block;
	uint32_t pointer; /* variable of the highest bit of the word there, of 64; 0: it is a
			     register, or the piece lies at the place itself */
};

struct bpf_behind;

/** No memory yet, in ARENA. Never NULL. */
struct bpf_behind *bpf_behind_new(struct arena *arena);

/** Were there too many words? Then they are not told apart. */
bool bpf_behind_is_full(const struct bpf_behind *behind);

/** The word that TEST is about, in the memory INSIDE. */
const struct behind_word *behind_word(struct bpf_behind *behind, uint32_t inside,
				      const struct test *test);

/** The memory behind (or at) the place of TEST, which lies in the memory INSIDE. */
uint32_t behind_enter(struct bpf_behind *behind, uint32_t inside, const struct test *test);

/** The variable for: CHILD holds of every element of the memory INSIDE. 0: it is as long as it
 * has to be. */
uint32_t behind_each(struct bpf_behind *behind, uint32_t inside, bdd_node child);

/** The piece with number PIECE. */
const struct behind_piece *behind_piece_at(const struct bpf_behind *behind, uint32_t piece);

/** Word INDEX, or NULL behind the last one. */
const struct behind_word *behind_word_at(const struct bpf_behind *behind, size_t index);

#endif
