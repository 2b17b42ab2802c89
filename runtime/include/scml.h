/*
 * scml: the runtime library. A compiled table says which system calls are supported;
 * scml_match() gives the verdict for one call.
 *
 * The matcher core (this header's first half, match.c) is freestanding C11: no allocation, no
 * libc, no globals. The memory of the calling process is read through a callback, so the same
 * core runs in a kernel, under a tracer, and on a log.
 */
#ifndef SCML_H
#define SCML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SCML_API __attribute__((visibility("default")))

/** Three values: for a rule the least of its parts counts, for a call the greatest of its
 * rules. */
enum scml_verdict {
	SCML_UNSUPPORTED = 0,
	SCML_UNDECIDED = 1,
	SCML_SUPPORTED = 2,
};

enum {
	SCML_TABLE_VERSION = 3,
	SCML_REGISTERS = 6,
	SCML_MAX_DEPTH = 16, /* nested tests; a deeper table is refused by scml_table_check() */
	SCML_MAX_ELEMENTS = 1024, /* of an array; one with more is undecided */
	SCML_MAX_STRING =
		4096, /* bytes of a path, its NUL included; a longer one does not match */
	SCML_MAX_STEPS = 1 << 18, /* tests evaluated for one call (arrays in arrays); a call
				     that needs more is undecided */
	SCML_MAX_PREFIX = 64,	  /* bytes of a struct that are read at once */
};

/** One system call as the kernel receives it. */
struct scml_call {
	uint32_t arch; /* AUDIT_ARCH_*, as in struct seccomp_data */
	uint32_t nr;
	uint64_t args[SCML_REGISTERS];
	bool has_returned; /* then RET is known and what the kernel filled in can be read */
	int64_t ret;	   /* -4095 … -1: it failed with that errno */
	uint8_t unknown; /* bit per register whose value this reader cannot tell: what tests it
			    is undecided. 0 for who sees the registers */
};

/** What a memory callback answers. */
enum scml_read {
	SCML_READ_OK = 0,
	SCML_READ_FAULT = 1,   /* the caller cannot read there either: nothing matches */
	SCML_READ_UNKNOWN = 2, /* this reader cannot tell what is there: undecided */
};

/**
 * Copy SIZE bytes at ADDRESS of the calling process to BUFFER. *DONE is SIZE on entry.
 * SIZE is 1 … 8 for a word: all of it or none. A greater SIZE (up to SCML_MAX_STRING) is a
 * piece of a string, of which less may be delivered: fill BUFFER as far as possible, set *DONE
 * and answer SCML_READ_OK; the next piece is read from there, until a NUL has come or the
 * answer is another one. A piece may reach beyond the end of the address space. A struct that
 * no test looks into is read for one byte, whatever its value: can it be read?
 */
typedef enum scml_read scml_read_fn(void *context, uint64_t address, void *buffer, size_t size,
				    size_t *done);

/** The memory of the caller. A NULL pointer to this struct means that memory cannot be seen. */
struct scml_memory {
	scml_read_fn *read;
	void *context;
};

enum scml_op {
	SCML_OP_TRUE,
	SCML_OP_FALSE,
	SCML_OP_ALL,	/* every child holds */
	SCML_OP_ANY,	/* some child holds */
	SCML_OP_IN,	/* (word & mask) is one of the values */
	SCML_OP_NOT_IN, /* (word & mask) is none of the values */
	SCML_OP_BITS,	/* (word & mask) is the OR of some of the values and of bits of BITS */
	SCML_OP_STRING, /* a C string can be read at the word */
	SCML_OP_MEMORY, /* the word is 0, or the child holds for the memory that it points to */
	SCML_OP_EACH, /* the word is 0, or the child holds for each element that it points to */
};

/** Where a word lies. */
enum scml_base {
	SCML_ARG0 = 0,	 /* … 5: the register with that number */
	SCML_INSIDE = 6, /* OFFSET bytes into the memory that the enclosing test points to */
};

enum scml_place_flag {
	SCML_BIG_ENDIAN = 1, /* in memory, whatever the architecture */
	SCML_SIGNED = 2,     /* sign-extended when it is a length or a count */
};

struct scml_place {
	uint8_t base;  /* enum scml_base */
	uint8_t width; /* bits: 8, 16, 32 or 64; a register is cut to it */
	uint8_t flags; /* enum scml_place_flag */
	uint32_t offset;
};

enum scml_extent_kind {
	SCML_EXTENT_FIXED,   /* FIXED elements or bytes */
	SCML_EXTENT_PLACE,   /* the word at PLACE says how many; negative means none */
	SCML_EXTENT_POINTEE, /* the 32-bit signed word at the address in PLACE does; 0 if NULL
			      */
	SCML_EXTENT_RETURN,  /* what the call returned does */
};

/** How many bytes or elements lie behind a pointer. */
struct scml_extent {
	uint8_t kind; /* enum scml_extent_kind */
	struct scml_place place;
	uint32_t fixed;
};

enum scml_block_flag {
	SCML_AT_RETURN = 1,   /* the kernel fills it in: undecided before the call returned,
				 matched if it failed */
	SCML_ZERO_BEYOND = 2, /* what lies beyond the extent counts as 0 (a versioned struct) */
	SCML_EMBEDDED = 4, /* SCML_OP_EACH: the elements lie at PLACE itself, not behind it */
};

/**
 * The memory of SCML_OP_MEMORY and SCML_OP_EACH. A field beyond SIZE or the extent does not
 * match, unless SCML_ZERO_BEYOND. Elements of an embedded array are bounded by the struct that
 * they lie in. Without a memory callback every pointer but NULL is undecided.
 */
struct scml_block {
	uint32_t size;	/* bytes of the struct, or of one element */
	uint8_t flags;	/* enum scml_block_flag */
	uint8_t prefix; /* SCML_OP_MEMORY: bytes that are read at once, for the tests look no
			   further or not much; 0: word by word. At most SCML_MAX_PREFIX */
	struct scml_extent
		extent; /* SCML_OP_MEMORY: bytes that the call gives, SCML_OP_EACH: elements */
};

/** One test; children are tests[first … first + count). */
struct scml_test {
	uint8_t op;    /* enum scml_op */
	uint8_t flags; /* SCML_AT_RETURN for a word that the kernel fills in */
	struct scml_place place;
	uint32_t first; /* of values for IN, NOT_IN, BITS; of tests for ALL, ANY; the child of
			   MEMORY, EACH */
	uint32_t count;
	uint32_t block; /* of blocks, for MEMORY and EACH */
	uint32_t name;	/* string: what a report calls the place (`addr.sa_family`) */
	uint64_t mask;	/* IN, NOT_IN, BITS */
	uint64_t bits;	/* BITS: those that count one by one */
};

/** A condition of a rule on one parameter. */
struct scml_cond {
	uint32_t param; /* string: the parameter's name as the rule writes it */
	uint32_t test;
};

struct scml_rule {
	uint32_t file; /* string */
	uint32_t line;
	uint32_t first_cond;
	uint32_t cond_count; /* 0: the rule matches every call */
	uint32_t column;     /* in its line, in bytes from 1; 0: not known */
};

struct scml_call_rules {
	uint32_t name; /* string */
	uint32_t first_rule;
	uint32_t rule_count;
	uint32_t first_step;
	uint32_t step_count; /* 0: there is no short way, the rules are walked */
};

/**
 * The short way to a verdict: the tests of a call's rules in a row, each with where to go on.
 * Steps say nothing that the rules do not (scml_table_check() compares); where a word is not to
 * be had at once, the rules are walked.
 */
enum scml_step_op {
	SCML_STEP_REGISTER, /* does register FROM lie in the set? The next step follows if so */
	SCML_STEP_EITHER,   /* the same; the next step follows if not */
	SCML_STEP_SWITCH,   /* which way does register FROM lead? If none, the next step
			       follows */
	SCML_STEP_LAST,	    /* do both this step's register and the next step's? Then comes YES,
			       and otherwise NO */
	SCML_STEP_INSIDE,   /* do the FROM bytes at OFFSET of the struct? */
	SCML_STEP_TEST,	    /* does the test INDEX hold? */
	SCML_STEP_MEMORY,   /* the same of SCML_OP_MEMORY, whose child's steps come next */
	SCML_STEP_YES, /* the rule INDEX matches; or the child holds. Its set is of all words */
	SCML_STEP_NO,  /* no rule matches; or the child does not hold */
};

/**
 * A word W lies in the set if SET has the bit (W & MASK) - LOW, which is in 0 … 63. For a
 * switch (W & MASK) is looked for among the ways, as struct scml_way says.
 */
struct scml_step {
	uint8_t op;   /* enum scml_step_op */
	uint8_t from; /* the register, or bytes, 1 … 8, with the lowest first */
	uint16_t offset;
	uint16_t yes;	/* steps forward if it holds */
	uint16_t no;	/* and if not */
	uint32_t index; /* of tests, of rules or of ways */
	uint32_t low;
	uint64_t mask;
	uint64_t set;
};

/**
 * Where a switch leads from VALUE. The ways of a switch are from its INDEX on; VALUE lies at
 * (VALUE * LOW mod 2^32) >> OFFSET, or, where others lie there, behind them. One without steps
 * ends the search.
 */
struct scml_way {
	uint32_t value;
	uint16_t steps; /* forward; 0: this place is free */
	uint16_t end;	/* SCML_STEP_YES or _NO, where that is what lies there; or 0 */
};

/** A compiled table: constant data, made by `scmlc -o table.c` or by the compiler in memory. */
struct scml_table {
	uint32_t version; /* SCML_TABLE_VERSION */
	uint32_t arch;	  /* AUDIT_ARCH_* */
	bool big_endian;
	uint32_t nr_count;
	uint32_t call_count, rule_count, cond_count, test_count, block_count, value_count,
		string_bytes, step_count, way_count;
	const uint16_t *by_nr; /* by_nr[nr] - 1 is an index of calls; 0: no rule */
	const struct scml_call_rules *calls;
	const struct scml_rule *rules;
	const struct scml_cond *conds;
	const struct scml_test *tests;
	const struct scml_block *blocks;
	const uint64_t *values; /* sorted within each test */
	const char *strings;	/* offsets into this pool; 0 is "" */
	const uint32_t *starts; /* starts[nr] - 1 is the first step of the call's; 0: it has
				   none. NULL: the steps are not used */
	const struct scml_step *steps;
	const struct scml_way *ways; /* of the switches, in the order of calls */
};

#define SCML_NONE UINT32_MAX

/** Why a verdict is what it is. Indices into the table; SCML_NONE where there is nothing to
 * name. */
struct scml_reason {
	uint32_t
		rule; /* the one that matches; the first open one; or the nearest that failed */
	uint32_t cond;	/* its first condition that failed or is open */
	uint32_t test;	/* the innermost test of that condition that failed or is open */
	uint64_t value; /* the word that this test saw */
	bool has_value;
};

/**
 * The verdict of TABLE for CALL.
 * @param memory  the caller's memory, or NULL where only registers can be seen
 * @param reason  filled in where not NULL; costs time for calls that are not supported
 * Calls of another architecture than the table's are unsupported. TABLE must have passed
 * scml_table_check() once (tables made by scmlc do).
 */
SCML_API enum scml_verdict scml_match(const struct scml_table *table,
				      const struct scml_call *call,
				      const struct scml_memory *memory,
				      struct scml_reason *reason);

/** Are there rules for number NR? */
SCML_API bool scml_has_rules(const struct scml_table *table, uint32_t nr);

/**
 * Is every index of TABLE in range, every tree finite and within SCML_MAX_DEPTH, and do steps
 * say what the rules do? For tables that come from elsewhere. 0, or a negative errno: -EINVAL,
 * -ERANGE (another version).
 */
SCML_API int scml_table_check(const struct scml_table *table);

/** Room for the steps of a call and their ways. NULL: they are only counted. */
struct scml_steps {
	struct scml_step *steps;
	struct scml_way *ways;
	uint32_t step_count, way_count; /* how many fit; then, how many there are */
	uint32_t first_way;		/* how many ways earlier calls have */
};

/**
 * Work out the steps of the call with index CALL from its rules, for tables made otherwise than
 * by scmlc; all but the steps of TABLE must be in order. They are used once the table's
 * `starts` lead to them.
 * @return false if they do not fit, or if there would be more than 65535
 */
SCML_API bool scml_table_steps(const struct scml_table *table, uint32_t call,
			       struct scml_steps *steps);

/** "unsupported", "undecided", "supported". */
SCML_API const char *scml_verdict_name(enum scml_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif
