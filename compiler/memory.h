/* memory: patterns on what lies behind a pointer: structs, their unions, arrays. */
#ifndef SCML_MEMORY_H
#define SCML_MEMORY_H

#include "pattern.h"

/** A struct pattern on a pointer to a struct, or on a struct that lies in another one. */
const struct test *memory_struct_test(const struct pattern_scope *scope,
				      const struct res_pattern *pattern,
				      const struct abi_slot *slot, struct scml_place place);

/** An array pattern on a pointer to elements, or on elements that lie in a struct. */
const struct test *memory_array_test(const struct pattern_scope *scope,
				     const struct res_pattern *pattern,
				     const struct abi_slot *slot, struct scml_place place);

/** The place of a value of SLOT, OFFSET bytes into the memory that is looked at. */
struct scml_place pattern_inside(const struct pattern_scope *scope, const struct abi_slot *slot,
				 uint32_t offset);

#endif
