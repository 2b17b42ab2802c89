/* emit: the back ends. A new kind of output is one row in emit.c and one function in its own
 * file. */
#ifndef SCML_EMIT_H
#define SCML_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#include "bpf/action.h"
#include "bpf/codegen.h"
#include "bpf/raw.h"
#include "compile.h"

struct emit_options {
	struct bpf_options bpf;
	const char
		*output_name; /* for include guards and symbol names; "" for standard output */
	enum bpf_order byte_order; /* of a raw filter; BPF_NATIVE: the architecture's */
	bool doc_details;	   /* `--doc-details` */
	bool no_verify;		   /* `--no-verify` */
};

/**
 * Write COMPILATION in one form to OUT, which is memory: nothing reaches a file when errors are
 * pushed to the compilation's diags.
 */
typedef void emit_fn(const struct compilation *compilation, const struct emit_options *options,
		     FILE *out);

struct emit_backend {
	const char *type;   /* `-t TYPE` */
	const char *suffix; /* of the output's name; NULL: only by type */
	const char *help;   /* what it is, for --help */
	bool many_archs;    /* takes more than one architecture */
	emit_fn *emit;
};

/** The back ends, ended by a row whose type is NULL. */
extern const struct emit_backend emit_backends[];

/** The back end for `-t TYPE`, or NULL. */
const struct emit_backend *emit_by_type(const char *type);

/** The back end with the longest suffix that ends NAME, or NULL. */
const struct emit_backend *emit_by_name(const char *name);

/** The rules for the runtime library as C tables, and the header that declares them. */
emit_fn emit_c;
emit_fn emit_h;

/** The raw filter, a C header with it, and a listing with the rules beside it. */
emit_fn emit_bpf;
emit_fn emit_bpf_h;
emit_fn emit_asm;

/** The resolved rules. */
emit_fn emit_json;

/** A seccomp profile as container runtimes take it (the OCI runtime specification, Docker). */
emit_fn emit_oci;

/** A page for people. */
emit_fn emit_md;

/** One document with the rules of all inputs. */
emit_fn emit_scml;

/** The proved filter of COMPILATION; no items where there were errors. In its arena. */
struct bpf_code emit_filter(const struct compilation *compilation,
			    const struct emit_options *options);

/** NAME, an output's, without its folders and its suffix as a C identifier, in ARENA. */
const char *emit_identifier(struct arena *arena, const char *name);

/** The macro NAME_ENDING in capitals that guards a header, in ARENA. */
const char *emit_guard(struct arena *arena, const char *name, const char *ending);

#endif
