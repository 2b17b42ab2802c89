/*
 * abigen: specs/abi/ as C tables. Runs on the build machine; what it prints is constant data,
 * so that a program that links it does no work at start.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_yaml.h"

static void print_range(FILE *out, struct abi_range range)
{
	fprintf(out, "{%u,%u},", range.first, range.count);
}

static void print_num(FILE *out, struct abi_num num)
{
	fprintf(out, "{%#llxu,%u,%u},", (unsigned long long)num.value, num.row, num.absent);
}

static void print_slot(FILE *out, const struct abi_slot *slot)
{
	fprintf(out, "{%u,%u,%u,%u,%u,%u,%u,%u,{%u,%u},{%u,%u},%u}", slot->type, slot->dir,
		slot->target, slot->element, slot->set, slot->target_struct, slot->mux,
		slot->times, slot->count.kind, slot->count.index, slot->len.kind,
		slot->len.index, slot->family);
}

static void print_arch(FILE *out, const struct abi_arch *arch)
{
	fprintf(out, "%u,%#xu,%u,%d,%#xu,%u,", arch->name, arch->audit, arch->word,
		arch->big_endian, arch->foreign_nr_bit, arch->max_nr);
	print_range(out, arch->by_nr);
	print_range(out, arch->classes);
}

static void print_since(FILE *out, struct abi_since since)
{
	fprintf(out, "{%u,%u}", since.earliest, since.release);
}

static void print_const(FILE *out, const struct abi_const *constant)
{
	fprintf(out, "%u,%u,%#llxu,", constant->name, constant->text,
		(unsigned long long)constant->mask);
	print_num(out, constant->value);
	print_since(out, constant->since);
	fprintf(out, ",%d,%#xu", constant->is_computed, constant->sketch);
}

static void print_set(FILE *out, const struct abi_set *set)
{
	fprintf(out, "%u,%u,%d,%u,", set->name, set->width, set->rejects_unknown,
		set->zero_name);
	print_range(out, set->fields);
	print_num(out, set->discard_mask);
	print_num(out, set->discard_value);
}

static void print_set_field(FILE *out, const struct abi_set_field *field)
{
	fprintf(out, "%u,%u,%d,%#llxu,", field->kind, field->zero, field->is_tacit,
		(unsigned long long)field->mask);
	print_range(out, field->members);
}

static void print_struct(FILE *out, const struct abi_struct *record)
{
	fprintf(out, "%u,", record->name);
	print_range(out, record->aliases);
	print_num(out, record->size);
	print_range(out, record->fields);
	fprintf(out, "%u,", record->selector);
	print_range(out, record->cases);
	fprintf(out, "%d", record->is_versioned);
}

static void print_field(FILE *out, const struct abi_field *field)
{
	fprintf(out, "%u,", field->name);
	print_range(out, field->aliases);
	print_num(out, field->offset);
	print_slot(out, &field->slot);
	fputc(',', out);
	print_since(out, field->since);
}

static void print_union_case(FILE *out, const struct abi_union_case *one)
{
	print_range(out, one->values);
	fprintf(out, "%u", one->struct_index);
}

static void print_function(FILE *out, const struct abi_function *function)
{
	fprintf(out, "%u,%u", function->name, function->call);
}

static void print_call(FILE *out, const struct abi_call *call)
{
	fprintf(out, "%u,", call->name);
	print_num(out, call->nr);
	print_range(out, call->variants);
	print_since(out, call->since);
}

static void print_variant(FILE *out, const struct abi_variant *variant)
{
	fprintf(out, "%u,", variant->archs);
	print_range(out, variant->params);
	print_range(out, variant->views);
	print_range(out, variant->shapes);
}

static void print_param(FILE *out, const struct abi_param *param)
{
	fprintf(out, "%u,", param->name);
	print_range(out, param->aliases);
	print_slot(out, &param->slot);
}

static void print_view(FILE *out, const struct abi_view *view)
{
	fprintf(out, "%u,", view->name);
	print_range(out, view->params);
}

static void print_view_param(FILE *out, const struct abi_view_param *param)
{
	fprintf(out, "%u,", param->name);
	print_range(out, param->aliases);
	fprintf(out, "%d", param->param);
}

static void print_shape(FILE *out, const struct abi_shape *shape)
{
	fprintf(out, "%u,%u,%u,", shape->count, shape->when, shape->param);
	print_range(out, shape->members);
}

static void print_mux(FILE *out, const struct abi_mux *mux)
{
	fprintf(out, "{%u,%u},", mux->selector.kind, mux->selector.index);
	print_range(out, mux->cases);
}

static void print_case(FILE *out, const struct abi_case *one)
{
	print_range(out, one->values);
	print_slot(out, &one->slot);
}

static void print_strings(FILE *out, const struct abi_db *db)
{
	fputs("static const char strings[] =\n\t\"\\0\"\n", out);
	for (uint32_t at = 1; at < db->string_bytes;
	     at += (uint32_t)strlen(db->strings + at) + 1) {
		fputs("\t\"", out);
		for (const char *c = db->strings + at; *c; c++)
			fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		fputs("\\0\"\n", out);
	}
	fputs("\t;\n", out);
}

static void print_words(FILE *out, const char *type, const char *name, const uint32_t *words,
			uint32_t count)
{
	fprintf(out, "static const %s %s[] = {", type, name);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%s%u,", i % 16 ? "" : "\n", words[i]);
	fputs(count ? "\n};\n" : "0};\n", out);
}

static void print_nr_calls(FILE *out, const struct abi_db *db)
{
	fputs("static const uint16_t nr_calls[] = {", out);
	for (uint32_t i = 0; i < db->nr_call_count; i++)
		fprintf(out, "%s%u,", i % 16 ? "" : "\n", db->nr_calls[i]);
	fputs("0};\n", out);
}

static void print_rows(FILE *out, const struct abi_db *db)
{
	fputs("static const uint64_t rows[][ABI_MAX_ARCHS] = {\n", out);
	for (uint32_t i = 0; i < db->row_count; i++) {
		fputs("{", out);
		for (uint32_t arch = 0; arch < db->arch_count; arch++)
			fprintf(out, "%#llxu,", (unsigned long long)db->rows[i][arch]);
		fputs("},\n", out);
	}
	fputs("};\n", out);
}

/* One array of records; an empty one keeps a zeroed record, since C has no empty arrays. */
#define PRINT(out, db, type, array, total, print)                                 \
	do {                                                                      \
		fprintf(out, "static const struct %s %s[] = {\n", #type, #array); \
		for (uint32_t i_ = 0; i_ < (db)->total; i_++) {                   \
			fputs("{", out);                                          \
			print(out, &(db)->array[i_]);                             \
			fputs("},\n", out);                                       \
		}                                                                 \
		fputs((db)->total ? "};\n" : "{0}};\n", out);                     \
	} while (0)

static void print_tables(FILE *out, const struct abi_db *db)
{
	fputs("/* Made by abigen from specs/abi/; changes belong there. */\n"
	      "#pragma GCC diagnostic ignored \"-Wmissing-field-initializers\"\n"
	      "#include \"abi.h\"\n\n",
	      out);
	print_strings(out, db);
	PRINT(out, db, abi_arch, archs, arch_count, print_arch);
	PRINT(out, db, abi_const, consts, const_count, print_const);
	PRINT(out, db, abi_set, sets, set_count, print_set);
	PRINT(out, db, abi_set_field, set_fields, set_field_count, print_set_field);
	PRINT(out, db, abi_struct, structs, struct_count, print_struct);
	PRINT(out, db, abi_field, fields, field_count, print_field);
	PRINT(out, db, abi_union_case, union_cases, union_case_count, print_union_case);
	PRINT(out, db, abi_function, functions, function_count, print_function);
	PRINT(out, db, abi_call, calls, call_count, print_call);
	PRINT(out, db, abi_variant, variants, variant_count, print_variant);
	PRINT(out, db, abi_param, params, param_count, print_param);
	PRINT(out, db, abi_view, views, view_count, print_view);
	PRINT(out, db, abi_view_param, view_params, view_param_count, print_view_param);
	PRINT(out, db, abi_shape, shapes, shape_count, print_shape);
	PRINT(out, db, abi_mux, muxes, mux_count, print_mux);
	PRINT(out, db, abi_case, cases, case_count, print_case);
	print_words(out, "uint32_t", "refs", db->refs, db->ref_count);
	print_words(out, "abi_str", "names", db->names, db->name_count);
	print_rows(out, db);
	print_nr_calls(out, db);
	print_words(out, "uint32_t", "const_hash", db->const_hash, db->const_hash_mask + 1);
	print_words(out, "uint32_t", "call_hash", db->call_hash, db->call_hash_mask + 1);
	print_words(out, "uint32_t", "struct_hash", db->struct_hash, db->struct_hash_mask + 1);
	print_words(out, "uint32_t", "set_hash", db->set_hash, db->set_hash_mask + 1);
}

static void print_db(FILE *out, const struct abi_db *db)
{
	static const char *const arrays[] = {
		"strings",   "archs",	   "consts",	  "sets",	 "set_fields",
		"structs",   "fields",	   "union_cases", "calls",	 "variants",
		"params",    "views",	   "shapes",	  "view_params", "muxes",
		"cases",     "refs",	   "names",	  "rows",	 "nr_calls",
		"call_hash", "const_hash", "struct_hash", "set_hash",	 "functions",
	};

	fputs("\nstatic const struct abi_db database = {\n", out);
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		fprintf(out, "\t.%s = %s,\n", arrays[i], arrays[i]);
#define COUNT(field) fprintf(out, "\t.%s = %u,\n", #field, db->field)
	COUNT(const_hash_mask);
	COUNT(call_hash_mask);
	COUNT(struct_hash_mask);
	COUNT(set_hash_mask);
	COUNT(arch_count);
	COUNT(const_count);
	COUNT(set_count);
	COUNT(set_field_count);
	COUNT(struct_count);
	COUNT(field_count);
	COUNT(union_case_count);
	COUNT(function_count);
	COUNT(call_count);
	COUNT(variant_count);
	COUNT(param_count);
	COUNT(view_count);
	COUNT(view_param_count);
	COUNT(shape_count);
	COUNT(mux_count);
	COUNT(case_count);
	COUNT(ref_count);
	COUNT(name_count);
	COUNT(row_count);
	COUNT(nr_call_count);
	COUNT(string_bytes);
#undef COUNT
	fputs("};\n\nconst struct abi_db *abi_builtin(void)\n{\n\treturn &database;\n}\n", out);
}

static bool write_tables(const char *path, const struct abi_db *db)
{
	FILE *out = fopen(path, "w");
	bool is_good;

	if (!out) {
		perror(path);
		return false;
	}
	print_tables(out, db);
	print_db(out, db);
	is_good = !ferror(out);
	if (fclose(out) != 0 || !is_good) {
		perror(path);
		remove(path);
		return false;
	}
	return true;
}

/* What the tables hold and how many bytes they take. */
static void print_sizes(const struct abi_db *db)
{
	size_t bytes = db->string_bytes;

#define BYTES(field, count) bytes += sizeof(*db->field) * (db->count)
	BYTES(archs, arch_count);
	BYTES(consts, const_count);
	BYTES(sets, set_count);
	BYTES(set_fields, set_field_count);
	BYTES(structs, struct_count);
	BYTES(fields, field_count);
	BYTES(union_cases, union_case_count);
	BYTES(functions, function_count);
	BYTES(calls, call_count);
	BYTES(variants, variant_count);
	BYTES(params, param_count);
	BYTES(views, view_count);
	BYTES(view_params, view_param_count);
	BYTES(shapes, shape_count);
	BYTES(muxes, mux_count);
	BYTES(cases, case_count);
	BYTES(refs, ref_count);
	BYTES(names, name_count);
	BYTES(rows, row_count);
	BYTES(nr_calls, nr_call_count);
	BYTES(const_hash, const_hash_mask + 1);
	BYTES(call_hash, call_hash_mask + 1);
	BYTES(struct_hash, struct_hash_mask + 1);
	BYTES(set_hash, set_hash_mask + 1);
#undef BYTES
	printf("%u calls, %u constants, %u sets, %u structs with %u fields: %zu bytes\n",
	       db->call_count - 1, db->const_count - 1, db->set_count - 1, db->struct_count - 1,
	       db->field_count, bytes);
}

int main(int argc, char **argv)
{
	bool wants_sizes = argc == 3 && strcmp(argv[1], "--sizes") == 0;
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct abi_files files = {.count = 0};
	const struct abi_db *db = NULL;
	int status = 1;

	if (!wants_sizes && (argc != 4 || strcmp(argv[1], "-o") != 0)) {
		fputs("usage: abigen -o FILE.c FOLDER, or abigen --sizes FOLDER\n", stderr);
		arena_free(arena);
		return 2;
	}
	if (abi_yaml_read(arena, diags, sources, argv[argc - 1], &files))
		db = abi_yaml_load(arena, diags, &files);
	diags_sort(diags);
	diags_write(diags, DIAG_TEXT, false, stderr);
	if (db && wants_sizes) {
		print_sizes(db);
		status = 0;
	} else if (db)
		status = write_tables(argv[2], db) ? 0 : 3;
	arena_free(arena);
	return status;
}
