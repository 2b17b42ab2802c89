/*
 * abiprobe: every number of specs/abi/ that a header can reproduce, as questions to a compiler.
 */
#ifndef SCML_ABIPROBE_H
#define SCML_ABIPROBE_H

#include "abi_build.h"
#include "abi_yaml.h"
#include "probe.h"

/** One number of the YAML files, and what the headers say on each architecture. */
struct probe_item {
	const char *name; /* for messages */
	const char *expr;
	const char *headers;
	const struct abi_node *value; /* the number's node; NULL: EXPECTED is asked for alone */
	const struct abi_node *gate;  /* a field's offset: where that is absent, so is this */
	struct span span;
	uint64_t expected; /* bytes of a field, where VALUE is NULL */
	bool is_word;	   /* EXPECTED is the size of a pointer */
	bool is_nr;	   /* a system call's number */
	bool is_bytes;	   /* a size or an offset, written in decimal */
	bool may_grow;	   /* the size of a struct that newer headers may have longer */
	bool is_manual;	   /* no header has it: `src` says where it is from */
	uint16_t since;	   /* the release that surely has it; 0: all that are looked at */
	struct probe_question answers[ABI_MAX_ARCHS];
};

struct probe_items {
	VEC(struct probe_item *) list;
};

/** How abiprobe was called, and what it works on. */
struct abiprobe {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	struct abi_build *build; /* the architectures only */
	struct abi_files files;
	struct probe_items items;
	const char *const *commands[ABI_MAX_ARCHS]; /* NULL: no compiler was found */
	uint16_t versions[ABI_MAX_ARCHS];	    /* of the kernel headers */
	uint16_t archs;				    /* bit per arch that was asked for */
};

/** All items of the files. */
void abiprobe_collect(struct abiprobe *probe);

/** Find the compilers and ask them. */
void abiprobe_ask(struct abiprobe *probe);

/** Say where files and headers differ. True: nowhere. */
bool abiprobe_check(const struct abiprobe *probe);

/** Write what the headers say to the files. False where one cannot be written. */
bool abiprobe_update(struct abiprobe *probe);

/** Add the calls that the headers have and the file does not: print the section `numbers`. */
bool abiprobe_print_numbers(struct abiprobe *probe);

/** Compare calls with the names and types in the snapshot PATH. True: no difference. */
bool abiprobe_tracefs(const struct abi_db *db, const char *path);

/** VALUE of ITEM in the file on ARCH; false where it is absent there. */
bool abiprobe_expected(const struct abiprobe *probe, const struct probe_item *item,
		       unsigned arch, uint64_t *value);

/** ITEM is about a field that the file describes for other architectures than ARCH. */
bool abiprobe_is_elsewhere(const struct abiprobe *probe, const struct probe_item *item,
			   unsigned arch);

/** The name of ARCH. */
const char *abiprobe_arch_name(const struct abiprobe *probe, unsigned arch);

#endif
