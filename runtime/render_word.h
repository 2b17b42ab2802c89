/* render_word: a word by the names that the database has for its parts. */
#ifndef SCML_RENDER_WORD_H
#define SCML_RENDER_WORD_H

#include "abi.h"
#include "render_text.h"

/**
 * Append WORD, which is of type TYPE, by SET: the enum field first, then bits, a multi-bit name
 * rather than its parts, what has no name in hexadecimal. `O_WRONLY|O_CREAT|0x80000000`
 */
void render_set(struct render_text *text, const struct abi_db *db, unsigned arch,
		const struct abi_set *set, uint64_t word);

/** Append WORD, cut to its width, as TYPE has it: 3, -1, 0644, htons(80), AT_FDCWD. */
void render_number(struct render_text *text, const struct abi_db *db, unsigned arch,
		   enum abi_type type, uint64_t word);

/** Append the value of a pointer. */
void render_pointer(struct render_text *text, uint64_t address);

/**
 * Is WORD, a value of SET (NULL: of none), one of the constants VALUES? Where one is a member
 * of an enum field, that field of WORD counts.
 */
bool render_is_one_of(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		      struct abi_range values, uint64_t word);

/** WORD cut to BITS, and sign-extended if IS_SIGNED. */
uint64_t render_cut(uint64_t word, unsigned bits, bool is_signed);

#endif
