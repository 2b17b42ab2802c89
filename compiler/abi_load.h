/*
 * abi_load: from YAML trees to records of a database under construction. What may stand in the
 * trees is written in specs/abi/README.md. Faults are pushed as errors and the rest is read on.
 */
#ifndef SCML_ABI_LOAD_H
#define SCML_ABI_LOAD_H

#include "abi_build.h"

/** Add all that the COUNT trees say; they may refer to each other. */
void abi_load(struct abi_build *build, const struct abi_node *const *roots, size_t count);

/** Add only the architectures, without what names constants in them; for abiprobe. */
void abi_load_archs(struct abi_build *build, const struct abi_node *const *roots, size_t count);

/** One entry of the sections `sets`, `structs` and `calls`: its record is INDEX. */
void abi_load_set(struct abi_build *build, const struct abi_node *node, uint32_t index);
void abi_load_struct(struct abi_build *build, const struct abi_node *node, uint32_t index);
void abi_load_call(struct abi_build *build, const struct abi_node *node, uint32_t index);

/** What the names in a slot refer to. */
struct abi_load_scope {
	struct abi_range params; /* of the variant; empty in a struct */
	struct abi_range fields; /* of the struct; empty in a call */
};

/** The keys type, dir, set, to, count, len and by of NODE. */
struct abi_slot abi_load_slot(struct abi_build *build, const struct abi_node *node,
			      struct abi_load_scope scope);

/** The value NODE (a number, null, or a map by arch and class), one for all archs. */
bool abi_load_value(struct abi_build *build, const struct abi_node *node, struct abi_num *num);

/** The entry of a map by arch, class or `default` that holds for ARCH, or NULL. */
const struct abi_node *abi_load_for_arch(const struct abi_build *build,
					 const struct abi_node *map, unsigned arch);

/** The constant that the scalar NODE names; 0 and an error where there is none. */
uint32_t abi_load_const(struct abi_build *build, const struct abi_node *node);

/** The constants that NODE (a name, or a list of names) names, as a slice of refs. */
struct abi_range abi_load_consts(struct abi_build *build, const struct abi_node *node);

/** The names in NODE (a name, a list, or NULL: none), as a slice of names. */
struct abi_range abi_load_names(struct abi_build *build, const struct abi_node *node);

/** NODE is a number or the name of a constant that is the same everywhere. */
bool abi_load_mask(struct abi_build *build, const struct abi_node *node, uint64_t *value);

/** Is NODE of KIND? An error, and false, where it is not. */
bool abi_load_expect(struct abi_build *build, const struct abi_node *node,
		     enum abi_node_kind kind, const char *what);

/** An error for every key of the map NODE that is not in the NULL-terminated KEYS. */
bool abi_load_keys(struct abi_build *build, const struct abi_node *node,
		   const char *const *keys);

/** The scalar at KEY of NODE is `true`. */
bool abi_load_flag(struct abi_build *build, const struct abi_node *node, const char *key);

/** NODE, "MAJOR.MINOR" or "EARLIEST..LATEST", as it stands in the tables; NULL is zeros. */
struct abi_since abi_load_since(struct abi_build *build, const struct abi_node *node);

/** NODE, the `src` of an entry, is a source that README.md names; NULL is no error. */
void abi_load_source(struct abi_build *build, const struct abi_node *node);

/** The faults that show only when everything is there: see README.md, "What is checked". */
void abi_check(struct abi_build *build);

#endif
