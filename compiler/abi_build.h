/*
 * abi_build: a database under construction. It starts empty (abigen) or as a copy of another
 * one (an overlay), records are added or replaced, and abi_build_finish() makes the look-up
 * tables. Records that were replaced leave their old slices behind unused.
 */
#ifndef SCML_ABI_BUILD_H
#define SCML_ABI_BUILD_H

#include "abi.h"
#include "abi_node.h"
#include "vec.h"

/** What has a name of its own in the database. */
enum abi_kind { ABI_KIND_STRING, ABI_KIND_CONST, ABI_KIND_SET, ABI_KIND_STRUCT, ABI_KIND_CALL };
enum { ABI_KINDS = ABI_KIND_CALL + 1 };

/** Names to numbers, open addressing; for strings the number is the string itself. */
struct abi_names {
	struct abi_name_slot {
		abi_str name;
		uint32_t index;
	} * slots;
	uint32_t count;
	uint32_t size; /* a power of two, or 0 */
};

struct abi_build {
	struct arena *arena;
	struct diags *diags;
	size_t errors; /* pushed so far */
	bool is_overlay;
	bool keeps_all_archs;  /* those of which only call numbers are known too; abiprobe */
	uint16_t number_archs; /* bit per such arch */

	VEC(char) strings;
	VEC(struct abi_arch) archs;
	VEC(const char *) left_archs; /* of which only call numbers are known */
	VEC(struct abi_const) consts;
	VEC(struct abi_set) sets;
	VEC(struct abi_set_field) set_fields;
	VEC(struct abi_struct) structs;
	VEC(struct abi_field) fields;
	VEC(struct abi_union_case) union_cases;
	VEC(struct abi_function) functions;
	VEC(struct abi_call) calls;
	VEC(struct abi_variant) variants;
	VEC(struct abi_param) params;
	VEC(struct abi_view) views;
	VEC(struct abi_view_param) view_params;
	VEC(struct abi_shape) shapes;
	VEC(struct abi_mux) muxes;
	VEC(struct abi_case) cases;
	VEC(uint32_t) refs;
	VEC(abi_str) names;
	VEC(struct abi_row { uint64_t values[ABI_MAX_ARCHS]; }) rows;
	uint32_t *row_slots; /* rows by hash; 0 is a free slot */
	uint32_t row_size;   /* a power of two, or 0 */
	bool is_full;	     /* a table was, and it was said */

	/* Where a record of this run stands; SPAN_NONE for those of the base. */
	VEC(struct span) const_spans, set_spans, struct_spans, call_spans;
	struct abi_names index[ABI_KINDS];
};

/** An empty database in ARENA, or with BASE a copy of it to lay more over. */
struct abi_build *abi_build_new(struct arena *arena, struct diags *diags,
				const struct abi_db *base);

/** Push an error at SPAN. Always false, for `return abi_build_error(…)`. */
bool abi_build_error(struct abi_build *build, struct span span, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Push an error at SPAN: MAX of WHAT are there, and no more fit. Once, for the first table. */
void abi_build_full(struct abi_build *build, struct span span, unsigned max, const char *what);

/** TEXT in the string pool. */
abi_str abi_build_string(struct abi_build *build, const char *text);

/** The number of what is called NAME, or 0 where nothing is. */
uint32_t abi_build_find(const struct abi_build *build, enum abi_kind kind, const char *name);

/**
 * The record of KIND called NAME: the one that there is, or a new zeroed one. *IS_NEW says
 * which. An error where the table is full; then 0.
 */
uint32_t abi_build_add(struct abi_build *build, enum abi_kind kind, const char *name,
		       struct span span, bool *is_new);

/**
 * VALUES (one per arch) and the bits in ABSENT as a number of the database. An error at SPAN
 * where no more numbers that differ by architecture fit.
 */
struct abi_num abi_build_num(struct abi_build *build, struct span span, const uint64_t *values,
			     uint16_t absent);

/** The number NUM on ARCH; false where it does not exist there. */
bool abi_build_value(const struct abi_build *build, struct abi_num num, unsigned arch,
		     uint64_t *value);

/** A view of the arrays as they are now; look-up tables are missing. */
struct abi_db abi_build_peek(const struct abi_build *build);

/** The finished database with its look-up tables, in the arena; NULL if there were errors. */
const struct abi_db *abi_build_finish(struct abi_build *build);

#endif
