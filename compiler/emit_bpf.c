#include <stdio.h>

#include "bpf/raw.h"
#include "bpf/verify.h"
#include "emit.h"
#include "proof.h"
#include "version.h"

static void report_difference(const struct compilation *compilation,
			      const struct bpf_difference *difference)
{
	char is[BPF_ACTION_NAME_MAX], wanted[BPF_ACTION_NAME_MAX];
	const char *call = proof_call(compilation->arena, compilation->db, difference);
	struct diag *diag = diag_add(
		compilation->diags, DIAG_FILTER_PROOF, SPAN_NONE,
		"the filter would answer '%s' to the call '%s' and not '%s'; this is a "
		"fault of scmlc, please report it",
		bpf_action_name(difference->is, is), call ? call : "of another architecture",
		bpf_action_name(difference->wanted, wanted));

	diag_remark(compilation->diags, diag, SPAN_NONE, "%s",
		    proof_reason(compilation, difference));
}

/* Does CODE do what was asked for? Otherwise there is an error. */
static bool prove(const struct compilation *compilation, const struct bpf_code *code,
		  const struct bpf_options *options)
{
	struct bpf_proof proof = bpf_verify(compilation->arena, code, compilation->rules,
					    compilation->rules_count, options);

	if (proof.verdict == BPF_SAME)
		return true;
	if (proof.verdict == BPF_DIFFERENT && proof.differences.count)
		report_difference(compilation, &proof.differences.items[0]);
	else
		diag_add(compilation->diags, DIAG_FILTER_PROOF, SPAN_NONE,
			 "it cannot be proved that the filter does what the rules say: %s; "
			 "'--no-verify' writes it all the same",
			 proof_unclear(compilation->arena, &proof.unclear));
	return false;
}

struct bpf_code emit_filter(const struct compilation *compilation,
			    const struct emit_options *options)
{
	struct bpf_code code =
		bpf_compile(compilation->arena, compilation->diags, compilation->rules,
			    compilation->rules_count, &options->bpf);

	if (code.count && !options->no_verify && !prove(compilation, &code, &options->bpf))
		return (struct bpf_code){0};
	return code;
}

void emit_bpf(const struct compilation *compilation, const struct emit_options *options,
	      FILE *out)
{
	const struct rules *first = compilation->rules[0];
	struct bpf_code code = emit_filter(compilation, options);
	enum bpf_order order = options->byte_order;

	if (order == BPF_NATIVE)
		order = first->db->archs[first->arch].big_endian ? BPF_BIG : BPF_LITTLE;
	fwrite(bpf_encode(compilation->arena, &code, order), BPF_RAW_SIZE, code.count, out);
}

void emit_bpf_h(const struct compilation *compilation, const struct emit_options *options,
		FILE *out)
{
	const char *name = emit_identifier(compilation->arena, options->output_name);
	const char *guard = emit_guard(compilation->arena, name, "BPF_H");
	struct bpf_code code = emit_filter(compilation, options);

	fprintf(out,
		"/* a seccomp filter; written by scmlc " SCML_VERSION ", not by hand. */\n"
		"/* clang-format off */\n"
		"#ifndef %s\n#define %s\n\n#include <linux/filter.h>\n\n"
		"static const struct sock_filter %s[] = {\n",
		guard, guard, name);
	for (size_t i = 0; i < code.count; i++)
		fprintf(out, "\t{0x%02x, %u, %u, 0x%08x},\n", code.items[i].code,
			code.items[i].jt, code.items[i].jf, code.items[i].k);
	fputs("};\n\n#endif\n", out);
}
