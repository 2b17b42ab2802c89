/* call_view: the parameters of one call and what is behind them, as the database has them. */
#ifndef SCML_CALL_VIEW_H
#define SCML_CALL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "scml.h"

struct call_view {
	const struct abi_db *db;
	unsigned arch; /* index into db->archs */
	const struct scml_call *call;
	const struct scml_memory *memory; /* NULL: cannot be seen */
	const struct abi_param *params;	  /* in the kernel's order */
	size_t param_count;
};

/** The struct that a slot lies in: NULL for parameters. */
struct call_scope {
	const struct abi_struct *object;
	uint64_t address;
	uint64_t limit; /* bytes of it that the call gives */
	unsigned depth; /* structs around it, and itself */
};

/** Up to SIZE bytes at ADDRESS. @return how many of them could be read */
size_t call_read(const struct call_view *view, uint64_t address, void *buffer, size_t size);

/** The integer of TYPE at ADDRESS; false where it cannot be read. */
bool call_read_typed(const struct call_view *view, uint64_t address, enum abi_type type,
		     uint64_t *word);

/** The field of OBJECT with that index. */
const struct abi_field *call_field(const struct call_view *view,
				   const struct abi_struct *object, uint32_t index);

/** The length or count that REF refers to; what is negative counts as none. */
bool call_length(const struct call_view *view, const struct call_scope *scope,
		 struct abi_ref ref, uint64_t *value);

/** What SLOT is in this call, where another value decides; SLOT itself where nothing tells. */
const struct abi_slot *call_slot(const struct call_view *view, const struct call_scope *scope,
				 const struct abi_slot *slot);

/** Bytes of OBJECT. */
uint64_t call_struct_size(const struct call_view *view, const struct abi_struct *object);

/** Index of the struct that the union of SCOPE's struct is in this call; 0: of none. */
uint16_t call_union_case(const struct call_view *view, const struct call_scope *scope);

/** Parameters that this very call has, of VARIANT; at most SCML_REGISTERS. */
size_t call_param_count(const struct call_view *view, const struct abi_variant *variant);

/**
 * WORD of a register, which SLOT describes, in the order in which constants are written: what
 * is in network order is turned, as memory is when it is read.
 */
uint64_t call_register_word(const struct call_view *view, const struct abi_slot *slot,
			    uint64_t word);

#endif
