#include "spec_text.h"

#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "parse.h"

struct spec_text spec_text_compile(const char *text, const char *arch)
{
	struct spec_text spec = {.arena = arena_new()};
	const struct abi_db *db = abi_builtin();
	int arch_index = abi_arch_find(db, arch);
	const struct source_document *source;

	ck_assert_int_ge(arch_index, 0);
	spec.sources = sources_new(spec.arena);
	spec.diags = diags_new(spec.arena, spec.sources);
	source = source_from_text(spec.sources, spec.diags, "test.scml", text, strlen(text));
	ck_assert_ptr_nonnull(source);
	spec.document =
		resolve_document(spec.arena, spec.diags,
				 parse_document(spec.arena, spec.diags, spec.sources, source));
	spec.rules = rules_build(spec.arena, spec.diags, spec.sources, db, (unsigned)arch_index,
				 &spec.document, 1);
	spec.table = table_build(spec.arena, spec.rules);
	ck_assert_int_eq(scml_table_check(spec.table), 0);
	return spec;
}

void spec_text_free(struct spec_text *spec)
{
	arena_free(spec->arena);
}

const char *spec_text_messages(struct spec_text *spec)
{
	static const char *const levels[] = {"note", "warning", "error"};
	const char *all = "";

	diags_sort(spec->diags);
	for (const struct diag *diag = diags_first(spec->diags); diag; diag = diag->next) {
		struct source_place place = {0};

		if (diag->span.file != UINT32_MAX)
			place = source_place(source_file(spec->sources, diag->span.file),
					     diag->span.start);
		all = arena_printf(spec->arena, "%s%u:%u: %s: %s [%s]\n", all, place.line,
				   place.column, levels[diag->level], diag->text,
				   diag_info(diag->id)->name);
	}
	return all;
}

enum scml_read spec_text_read_own(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done)
{
	struct iovec local = {buffer, size};
	struct iovec remote = {(void *)(uintptr_t)address, size};
	ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

	(void)context;
	if (got <= 0)
		return SCML_READ_FAULT;
	*done = (size_t)got;
	return SCML_READ_OK;
}

enum scml_verdict spec_text_verdict(const struct spec_text *spec, const char *name,
				    const uint64_t args[static SCML_REGISTERS],
				    bool sees_memory)
{
	const struct scml_memory memory = {.read = spec_text_read_own};
	const struct abi_db *db = abi_builtin();
	const struct abi_call *abi = abi_call_find(db, name);
	struct scml_call call = {.arch = spec->table->arch};
	uint64_t nr;

	ck_assert_msg(abi != NULL, "no call %s", name);
	ck_assert(abi_num(db, abi->nr, spec->rules->arch, &nr));
	call.nr = (uint32_t)nr;
	memcpy(call.args, args, sizeof(call.args));
	return scml_match(spec->table, &call, sees_memory ? &memory : NULL, NULL);
}
