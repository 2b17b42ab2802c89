/* Any bytes as a profile: they are counted or refused with an error, and a filter that is laid
 * out by the counts is good. */
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/codegen.h"
#include "bpf/profile.h"
#include "parse.h"
#include "resolve.h"
#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char text[] = "read(..);\nwrite(..);\nclose(fd);\nfutex(..);\n"
			   "lseek(fd, offset, whence = SEEK_SET | SEEK_CUR);\n"
			   "fcntl(fd, cmd = F_GETFD, arg);\n";

/* Compile the rules with PROFILE; it must not matter to what the filter may be. */
static void compile_with(struct arena *arena, struct diags *diags, struct sources *sources,
			 const struct bpf_profile *profile)
{
	const struct abi_db *db = abi_builtin();
	const struct source_document *source =
		source_from_text(sources, diags, "rules.scml", text, strlen(text));
	const struct res_document *document =
		resolve_document(arena, diags, parse_document(arena, diags, sources, source));
	const struct rules *rules = rules_build(arena, diags, sources, db, 0, &document, 1);
	struct bpf_options options = bpf_options_default();
	struct bpf_code code;

	options.profile = profile;
	code = bpf_compile(arena, diags, &rules, 1, &options);
	if (!code.count || !bpf_check(code.items, code.count, NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *source =
		source_from_text(sources, diags, "input", (const char *)bytes, size);
	const struct bpf_profile *profile =
		source ? bpf_profile_read(arena, diags, abi_builtin(), source->file) : NULL;

	/* Either counts, or an error that says why there are none. */
	if (!profile == !diags_count(diags, DIAG_ERROR))
		abort();
	if (profile)
		compile_with(arena, diags, sources, profile);
	arena_free(arena);
	return 0;
}
