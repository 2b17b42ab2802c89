/* value_name: the name that people have for a value at a place of a call. */
#ifndef SCML_VALUE_NAME_H
#define SCML_VALUE_NAME_H

#include <stdint.h>

#include "abi.h"
#include "scml.h"

enum { VALUE_NAME_MAX = 256 };

/**
 * What PLACE (`flags`, `addr.sa_family`) of CALL is to the database; NULL where that is not
 * known without memory.
 */
const struct abi_slot *value_slot(const struct abi_db *db, unsigned arch,
				  const struct scml_call *call, const char *place);

/**
 * WORD, or a mask of its bits, as it stands at PLACE, which is SLOT (may be NULL), in the order
 * in which constants are written: a register that holds a number in network order (the protocol
 * of a packet socket) is turned. What comes from memory has been.
 */
uint64_t value_in_order(const struct abi_db *db, unsigned arch, const struct abi_slot *slot,
			const char *place, uint64_t word);

/**
 * Write WORD, which stands at PLACE (`flags`, `addr.sa_family`) of CALL, to NAME: by the names
 * that the database has for its members, or as a number.
 * @param mask  the bits of the word that matter; 0: all
 */
void value_name(const struct abi_db *db, unsigned arch, const struct scml_call *call,
		const char *place, uint64_t word, uint64_t mask,
		char name[static VALUE_NAME_MAX]);

#endif
