/*
 * abi: the system call interface of Linux as data. The tables are generated from specs/abi/ at
 * build time; `--abi FILE.yaml` lays more over them. All records refer to each other by index
 * into the arrays of one `struct abi_db`, names are offsets into its string pool, and
 * everything is read-only. Index 0 of consts, sets, structs and calls is a placeholder that
 * means "none".
 *
 * A new kind of fact is a new field here, a new key in abi_yaml.c and a paragraph in
 * specs/abi/README.md.
 */
#ifndef SCML_ABI_H
#define SCML_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "diag.h"
#include "edit_distance.h"

enum {
	ABI_MAX_ARCHS = 8,
	ABI_MAX_PARAMS = 8, /* of one view; six of them are registers */
	ABI_REGISTERS = 6,
};

/** Offset into the string pool; 0 is "". */
typedef uint32_t abi_str;

/** A slice of one of the arrays. */
struct abi_range {
	uint32_t first;
	uint32_t count;
};

/** A number that may differ between architectures: see abi_num(). */
struct abi_num {
	uint64_t value;	 /* where ROW is 0 */
	uint16_t row;	 /* index into `rows`; 0: the same everywhere */
	uint16_t absent; /* bit per arch that lacks it */
};

struct abi_arch {
	abi_str name;
	uint32_t audit; /* AUDIT_ARCH_* */
	uint8_t word;	/* bits */
	bool big_endian;
	uint32_t foreign_nr_bit; /* numbers with this bit are of another table (x32); 0: none */
	uint32_t max_nr;
	struct abi_range by_nr;	  /* nr_calls[first + nr] is the call's index, 0 for none */
	struct abi_range classes; /* of names: what per-architecture values may be keyed by */
};

/** The kernel that brought something: MAJOR * 256 + MINOR; zeros: it is as old as the
 * database's interest in releases. */
struct abi_since {
	uint16_t earliest; /* none before this one has it */
	uint16_t release;  /* this one has it: the same number, where the release is known */
};

struct abi_const {
	abi_str name;
	abi_str text;  /* the name that strace prints, where it differs; 0 otherwise */
	uint64_t mask; /* x is this constant when (x & mask) == value; all ones as a rule */
	struct abi_num value;
	struct abi_since since;
	bool is_computed; /* no C name: a member of a numbered family (SIGRT_3) */
	uint32_t sketch;  /* of the name, see edit_distance.h */
};

enum abi_field_kind {
	ABI_ENUM, /* (word & mask) is one member's value */
	ABI_BITS, /* every bit that no other field has; members may be ORed */
	ABI_FREE, /* (word & mask) is a number that names do not constrain */
};

/** What the value 0 of an enum field means. */
enum abi_zero {
	ABI_ZERO_MEMBER,  /* some member has the value 0 */
	ABI_ZERO_NONE,	  /* zero has no name and means "absent": it always matches */
	ABI_ZERO_INVALID, /* the kernel refuses it: it never matches */
};

/** A field of a set. Mask and zero are the same on every architecture. */
struct abi_set_field {
	uint8_t kind;		  /* enum abi_field_kind */
	uint8_t zero;		  /* enum abi_zero, for ABI_ENUM */
	bool is_tacit;		  /* reports do not name the member that is 0 */
	uint64_t mask;		  /* of ABI_BITS too: what the other fields leave */
	struct abi_range members; /* of refs: indices of consts */
};

/** A value domain: a partition of a word in fields. */
struct abi_set {
	abi_str name;
	uint8_t width;	      /* bits; what lies above is not looked at */
	bool rejects_unknown; /* the kernel refuses undefined bits (informative) */
	abi_str zero_name;    /* a name for the all-zero word that is no member (PROT_NONE); 0:
				 none */
	struct abi_range fields; /* of set_fields */
	struct abi_num
		discard_mask; /* when (v & mask) == value, these bits are taken away first */
	struct abi_num discard_value; /* mask 0: nothing is discarded */
};

enum abi_type {
#define ABI_TYPE(id, name, bits, is_signed, big) ABI_TYPE_##id,
#include "abi_types.def"
#undef ABI_TYPE
	ABI_TYPE_COUNT
};

struct abi_type_info {
	const char *name;
	uint8_t bits; /* 0: the word of the architecture */
	bool is_signed;
	bool is_big_endian;
};

enum abi_dir { ABI_IN, ABI_OUT, ABI_INOUT };

/** Where another value of the same call or struct is found. */
enum abi_ref_kind {
	ABI_REF_NONE,
	ABI_REF_PARAM,	 /* the parameter with this index, in the kernel's order */
	ABI_REF_POINTEE, /* the 32-bit integer behind that parameter (accept's addrlen) */
	ABI_REF_FIELD,	 /* the field with this index in the same struct */
	ABI_REF_FIXED,	 /* the number itself */
};

struct abi_ref {
	uint8_t kind;
	uint32_t index;
};

enum abi_target {
	ABI_TARGET_NONE,    /* no pointer, or nothing known about what it points to */
	ABI_TARGET_BYTES,   /* LEN bytes */
	ABI_TARGET_STRING,  /* a C string */
	ABI_TARGET_PATH,    /* a C string that names a file */
	ABI_TARGET_STRINGS, /* addresses of C strings, and NULL behind them */
	ABI_TARGET_STRUCT,
	ABI_TARGET_TYPE,    /* one integer of ELEMENT type */
	ABI_TARGET_STRUCTS, /* COUNT structs */
	ABI_TARGET_TYPES,   /* COUNT integers of ELEMENT type */
};

/** What a parameter or field holds. */
struct abi_slot {
	uint8_t type; /* enum abi_type */
	uint8_t dir;  /* enum abi_dir: who fills in what is behind the pointer (or the field) */
	uint8_t target;	 /* enum abi_target */
	uint8_t element; /* enum abi_type of a target's integers */
	uint16_t set; /* index of sets; for ABI_TARGET_TYPE(S) that of the integer; 0: none */
	uint16_t target_struct; /* index of structs; for ABI_TYPE_STRUCT the struct itself */
	uint16_t mux;		/* index of muxes: another value decides; 0: none */
	uint16_t times;		/* elements of an array that lies in a struct; 0: no array */
	struct abi_ref count;	/* elements behind the pointer */
	struct abi_ref len;	/* bytes behind the pointer; a struct is readable up to there */
	uint32_t family; /* index of consts: it holds an address of this family; 0: it does not
			  */
};

/** A slot that another value multiplexes: the first case with that value says what it is. */
struct abi_mux {
	struct abi_ref selector; /* ABI_REF_PARAM or ABI_REF_FIELD */
	struct abi_range cases;	 /* of cases */
};

struct abi_case {
	struct abi_range values; /* of refs: indices of consts; empty: every other value */
	struct abi_slot slot;
};

struct abi_field {
	abi_str name;
	struct abi_range aliases; /* of names */
	struct abi_num offset;	  /* bytes from the start of the struct */
	struct abi_slot slot;
	struct abi_since since;
};

/** A case of a struct's union: with these values of the selector, the memory is that struct. */
struct abi_union_case {
	struct abi_range values; /* of refs */
	uint16_t struct_index;
};

struct abi_struct {
	abi_str name;
	struct abi_range aliases; /* of names: what SCML may call it */
	struct abi_num size;	  /* bytes */
	struct abi_range fields;  /* of fields */
	uint32_t selector;	  /* field (from 0 within FIELDS) that selects a union case */
	struct abi_range cases;	  /* of union_cases; empty: no union */
	bool is_versioned; /* grows with the kernel: what the call's size leaves out is 0 */
};

struct abi_param {
	abi_str name;
	struct abi_range aliases; /* of names */
	struct abi_slot slot;
};

/** Another known order of the parameters (libc's). */
struct abi_view {
	abi_str name;
	struct abi_range params; /* of view_params */
};

struct abi_view_param {
	abi_str name;
	struct abi_range aliases; /* of names */
	int8_t param;		  /* index in the kernel's order, -1: no register holds it */
};

enum abi_when {
	ABI_WHEN_ELSE, /* no condition */
	ABI_WHEN_IN,   /* the value (of its enum field) is one of the members */
	ABI_WHEN_ANY,  /* at least one of the members is wholly there */
	ABI_WHEN_ALL,  /* all of them are */
};

/** The call has COUNT parameters when the condition holds and no shape before it did. */
struct abi_shape {
	uint8_t count;
	uint8_t when;		  /* enum abi_when */
	uint8_t param;		  /* index in the kernel's order */
	struct abi_range members; /* of refs */
};

/** The parameters of a call in the kernel's order on the architectures of a bit set. */
struct abi_variant {
	uint16_t archs;		 /* bit per arch */
	struct abi_range params; /* of params */
	struct abi_range views;	 /* of views */
	struct abi_range shapes; /* of shapes; empty: one shape with all parameters */
};

struct abi_call {
	abi_str name;
	struct abi_num nr;
	struct abi_range variants; /* of variants: every arch that has the call is in one */
	struct abi_since since;
};

/** A function of libc, and the system call that it makes. */
struct abi_function {
	abi_str name;
	abi_str call;
};

/** One database. The arrays are private to the accessors and to the walks over all of a kind.
 */
struct abi_db {
	const char *strings;
	const struct abi_arch *archs;
	const struct abi_const *consts;
	const struct abi_set *sets;
	const struct abi_set_field *set_fields;
	const struct abi_struct *structs;
	const struct abi_field *fields;
	const struct abi_union_case *union_cases;
	const struct abi_function *functions;
	const struct abi_call *calls;
	const struct abi_variant *variants;
	const struct abi_param *params;
	const struct abi_view *views;
	const struct abi_view_param *view_params;
	const struct abi_shape *shapes;
	const struct abi_mux *muxes;
	const struct abi_case *cases;
	const uint32_t *refs;		       /* indices of consts */
	const abi_str *names;		       /* aliases */
	const uint64_t (*rows)[ABI_MAX_ARCHS]; /* numbers that differ */
	const uint16_t *nr_calls;
	const uint32_t *const_hash, *call_hash, *struct_hash, *set_hash; /* open addressing */
	uint32_t const_hash_mask, call_hash_mask, struct_hash_mask, set_hash_mask;
	uint32_t arch_count, const_count, set_count, set_field_count, struct_count, field_count,
		union_case_count, call_count, variant_count, param_count, view_count,
		view_param_count, shape_count, mux_count, case_count, ref_count, name_count,
		function_count, row_count, nr_call_count, string_bytes;
};

/** The database that the program was built with. */
const struct abi_db *abi_builtin(void);

/**
 * BASE with the YAML file PATH laid over it (specs/abi/README.md: the grammar), in ARENA.
 * Errors are pushed to DIAGS with their place, and then NULL is returned.
 */
const struct abi_db *abi_overlay(struct arena *arena, struct diags *diags,
				 struct sources *sources, const struct abi_db *base,
				 const char *path);

/** The string at STR. */
static inline const char *abi_string(const struct abi_db *db, abi_str str)
{
	return db->strings + str;
}

/** Index of the architecture called NAME, or -1. */
int abi_arch_find(const struct abi_db *db, const char *name);

/** Index of the architecture with that AUDIT_ARCH value, or -1. */
int abi_arch_by_audit(const struct abi_db *db, uint32_t audit);

/** Index of the architecture that this program runs on, or -1. */
int abi_arch_host(const struct abi_db *db);

/** NUM on architecture ARCH to *VALUE; false where it does not exist there. */
static inline bool abi_num(const struct abi_db *db, struct abi_num num, unsigned arch,
			   uint64_t *value)
{
	if (num.absent >> arch & 1)
		return false;
	*value = num.row ? db->rows[num.row][arch] : num.value;
	return true;
}

/** Look-ups by name (also by alias, and by strace's spelling for constants); NULL: not there.
 */
const struct abi_const *abi_const_find(const struct abi_db *db, const char *name);
const struct abi_call *abi_call_find(const struct abi_db *db, const char *name);
const struct abi_struct *abi_struct_find(const struct abi_db *db, const char *name);
const struct abi_set *abi_set_find(const struct abi_db *db, const char *name);

/** The call with number NR on ARCH, or NULL. */
const struct abi_call *abi_call_by_nr(const struct abi_db *db, unsigned arch, uint32_t nr);

/** Its parameters, views and shapes on ARCH; NULL where ARCH lacks the call. */
const struct abi_variant *abi_call_variant(const struct abi_db *db, const struct abi_call *call,
					   unsigned arch);

/** The call that libc's function NAME makes, where ARCH has it; else NULL. */
const struct abi_call *abi_call_behind(const struct abi_db *db, unsigned arch,
				       const char *name);

/** Its parameters in the kernel's order; *COUNT of them. Empty where ARCH lacks the call. */
const struct abi_param *abi_call_params(const struct abi_db *db, const struct abi_call *call,
					unsigned arch, size_t *count);

/** How many of them it has for whatever values. */
size_t abi_least_params(const struct abi_db *db, const struct abi_call *call, unsigned arch);

/** Is NAME the name or an alias of PARAM, FIELD, VIEW_PARAM? */
bool abi_is_name(const struct abi_db *db, abi_str own, struct abi_range aliases,
		 const char *name);

/** The row of abi_types.def. */
const struct abi_type_info *abi_type(enum abi_type type);

/** Bits of TYPE on ARCH; 0 for struct and bytes. */
unsigned abi_type_bits(const struct abi_db *db, enum abi_type type, unsigned arch);

/** The field of SET that CONSTANT is a member of, or NULL. */
const struct abi_set_field *abi_set_field_of(const struct abi_db *db, const struct abi_set *set,
					     const struct abi_const *constant);

/** Kinds of names for abi_suggest(). */
enum abi_name_kind { ABI_NAME_CONST, ABI_NAME_CALL, ABI_NAME_STRUCT };

/** The known name nearest to NAME within edit distance 2, or NULL. */
const char *abi_suggest(const struct abi_db *db, enum abi_name_kind kind, const char *name);

#endif
