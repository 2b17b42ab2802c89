/*
 * places: what the database knows about the parameters and fields of a tree: which value of
 * which call or struct an item is, and what that can be, given what the rule asks of the values
 * that select its meaning. A definition has the places in which it is used.
 */
#ifndef SCML_LSP_PLACES_H
#define SCML_LSP_PLACES_H

#include "abi.h"
#include "analysis.h"
#include "tree.h"
#include "vec.h"

enum {
	PLACES_MAX = 64,
	PLACES_BUDGET = 200 * 1000, /* tokens of the rules looked at for one answer: references
				       multiply */
};

/** One thing that an item can be. */
struct place {
	const struct abi_slot *slot;	 /* never multiplexed: a case of it */
	const char *name;		 /* as the database calls the parameter or field */
	const struct abi_call *call;	 /* of a parameter */
	int param;			 /* its index in the kernel's order; -1: it is none */
	const struct abi_struct *object; /* of a field */
	const struct abi_field *field;	 /* the same */
	const struct abi_case *one;	 /* the case that SLOT is; NULL: the only one */
};

struct places {
	VEC(struct place) list;
};

/** Where questions about places are asked. */
struct view {
	struct arena *arena;
	const struct abi_db *db;
	unsigned arch;
	const struct names *names;
	size_t *budget; /* tokens of rules that may still be looked at */
};

/** What ITEM of TREE can be; at most PLACES_MAX. */
struct places places_of_item(const struct view *view, const struct tree *tree, size_t item);

/** The structs that node STRUCT (TREE_STRUCT) of TREE can be a pattern for. */
struct place_structs {
	VEC(const struct abi_struct *) list;
};
struct place_structs places_of_struct(const struct view *view, const struct tree *tree,
				      size_t node);

/** A field that a struct pattern can name. */
struct place_field {
	const struct abi_struct *object;
	const struct abi_field *field;
};
struct place_fields {
	VEC(struct place_field) list;
};

/** The fields of OBJECT, those of its union included that the selector in LIST leaves. */
struct place_fields places_fields(const struct view *view, const struct tree *tree, size_t list,
				  const struct abi_struct *object);

/** One order of a call's parameters and the names that they have in it. */
struct place_form {
	const struct abi_view *view; /* NULL: the kernel's */
	size_t count;
	const char *names[ABI_MAX_PARAMS];
	int params[ABI_MAX_PARAMS]; /* indices in the kernel's order; -1: no register */
};

/** The forms of CALL, the one that TREE's rule uses first, to FORMS; how many. */
size_t places_forms(const struct view *view, const struct tree *tree,
		    const struct abi_call *call, struct place_form *forms, size_t max);

/** The constants that ITEM of TREE lists, those of the definitions it refers to included. */
struct place_consts {
	VEC(const struct abi_const *) list;
	VEC(uint64_t) numbers;
	bool is_open; /* it is not constrained, or by something else than values */
};
struct place_consts places_listed(const struct view *view, const struct tree *tree,
				  size_t item);

#endif
