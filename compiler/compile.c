#include "compile.h"

#include "doc_tags.h"
#include "parse.h"
#include "vec.h"

struct compilation *compile_new(void)
{
	struct arena *arena = arena_new();
	struct compilation *compilation = ARENA_NEW(arena, struct compilation);

	compilation->arena = arena;
	compilation->sources = sources_new(arena);
	compilation->diags = diags_new(arena, compilation->sources);
	compilation->db = abi_builtin();
	return compilation;
}

void compile_free(struct compilation *compilation)
{
	if (compilation)
		arena_free(compilation->arena);
}

static bool add_overlays(struct compilation *compilation, const struct compile_options *options)
{
	for (size_t i = 0; i < options->overlay_count; i++) {
		const struct abi_db *db = abi_overlay(compilation->arena, compilation->diags,
						      compilation->sources, compilation->db,
						      options->overlays[i]);

		if (!db)
			return false;
		compilation->db = db;
	}
	return true;
}

static const struct ast_document *parse_source(struct compilation *compilation,
					       const struct source_document *source)
{
	return parse_document(compilation->arena, compilation->diags, compilation->sources,
			      source);
}

static void resolve_documents(struct compilation *compilation,
			      const struct ast_document *const *asts, size_t count)
{
	const struct res_document **documents =
		ARENA_ARRAY(compilation->arena, const struct res_document *, count + 1);

	for (size_t i = 0; i < count; i++) {
		documents[i] = resolve_document_among(compilation->arena, compilation->diags,
						      asts, count, i);
		doc_tags_check(compilation->arena, compilation->diags, compilation->sources,
			       compilation->db, asts[i]);
	}
	compilation->documents = documents;
	compilation->document_count = count;
}

static void read_documents(struct compilation *compilation, const char *const *inputs,
			   size_t count)
{
	VEC(const struct ast_document *) asts = {0};

	for (size_t i = 0; i < count; i++) {
		const struct source_document *source =
			source_read(compilation->sources, compilation->diags, inputs[i]);

		if (source)
			vec_push(compilation->arena, &asts, parse_source(compilation, source));
	}
	resolve_documents(compilation, (const struct ast_document *const *)asts.items,
			  asts.count);
}

static void report_unknown_arch(struct compilation *compilation, const char *name)
{
	const char *known = "";

	for (uint32_t i = 0; i < compilation->db->arch_count; i++)
		known = arena_printf(
			compilation->arena, "%s%s%s", known, i ? ", " : "",
			abi_string(compilation->db, compilation->db->archs[i].name));
	diag_add(compilation->diags, DIAG_UNKNOWN_ARCH, SPAN_NONE,
		 "no architecture is called '%s'; known are %s", name, known);
}

static void build_rules(struct compilation *compilation, const struct compile_options *options)
{
	VEC(const struct rules *) all = {0};
	size_t count = options->arch_count ? options->arch_count : 1;

	for (size_t i = 0; i < count; i++) {
		int arch = options->arch_count
				   ? abi_arch_find(compilation->db, options->archs[i])
				   : abi_arch_host(compilation->db);

		if (arch < 0) {
			report_unknown_arch(compilation,
					    options->arch_count ? options->archs[i] : "host");
			continue;
		}
		vec_push(compilation->arena, &all,
			 rules_build(compilation->arena, compilation->diags,
				     compilation->sources, compilation->db, (unsigned)arch,
				     compilation->documents, compilation->document_count));
	}
	compilation->rules = all.items;
	compilation->rules_count = all.count;
}

void compile_run(struct compilation *compilation, const char *const *inputs, size_t count,
		 const struct compile_options *options)
{
	if (!add_overlays(compilation, options))
		return;
	read_documents(compilation, inputs, count);
	build_rules(compilation, options);
}

void compile_run_text(struct compilation *compilation, const char *path, const char *text,
		      size_t size, const struct compile_options *options)
{
	const struct source_document *source =
		source_from_text(compilation->sources, compilation->diags, path, text, size);
	const struct ast_document *ast;

	if (!source || !add_overlays(compilation, options))
		return;
	ast = parse_source(compilation, source);
	resolve_documents(compilation, &ast, 1);
	build_rules(compilation, options);
}
