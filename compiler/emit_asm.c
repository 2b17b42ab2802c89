#include "bpf/disasm.h"
#include "emit.h"
#include "passage.h"

void emit_asm(const struct compilation *compilation, const struct emit_options *options,
	      FILE *out)
{
	struct bpf_code code = emit_filter(compilation, options);
	struct bpf_listing listing = {.db = compilation->db, .arch = -1};

	if (!code.count)
		return;
	listing.notes = passage_notes(compilation, &code);
	fprintf(out, "; %zu instructions; behind a block stand the rules whose calls come by\n",
		code.count);
	bpf_disasm(compilation->arena, &code, &listing, out);
}
