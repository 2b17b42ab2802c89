#include <stdio.h>

#include "bpf/raw.h"
#include "emit.h"

void emit_bpf(const struct compilation *compilation, const struct emit_options *options,
	      FILE *out)
{
	const struct rules *first = compilation->rules[0];
	struct bpf_code code =
		bpf_compile(compilation->arena, compilation->diags, compilation->rules,
			    compilation->rules_count, &options->bpf);
	enum bpf_order order = first->db->archs[first->arch].big_endian ? BPF_BIG : BPF_LITTLE;

	fwrite(bpf_encode(compilation->arena, &code, order), BPF_RAW_SIZE, code.count, out);
}
