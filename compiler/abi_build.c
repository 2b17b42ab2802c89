#include "abi_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "abi_hash.h"
#include "edit_distance.h"

enum {
	MAX_NR = 4095,
	MAX_RECORDS = 65535, /* what a uint16_t index can name */
};

bool abi_build_error(struct abi_build *build, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add(build->diags, DIAG_ABI_ERROR, span, "%s",
		 arena_vprintf(build->arena, format, args));
	va_end(args);
	build->errors++;
	return false;
}

void abi_build_full(struct abi_build *build, struct span span, unsigned max, const char *what)
{
	if (!build->is_full)
		abi_build_error(build, span, "more than %u %s", max, what);
	build->is_full = true;
}

static struct abi_name_slot *slot_of(const struct abi_build *build,
				     const struct abi_names *names, const char *name)
{
	uint32_t at = abi_hash(name) & (names->size - 1);

	while (names->slots[at].name &&
	       strcmp(build->strings.items + names->slots[at].name, name) != 0)
		at = (at + 1) & (names->size - 1);
	return &names->slots[at];
}

static void names_grow(struct abi_build *build, struct abi_names *names)
{
	struct abi_names grown = {.size = names->size ? names->size * 2 : 256,
				  .count = names->count};

	grown.slots = ARENA_ARRAY(build->arena, struct abi_name_slot, grown.size);
	for (uint32_t i = 0; i < names->size; i++)
		if (names->slots[i].name)
			*slot_of(build, &grown, build->strings.items + names->slots[i].name) =
				names->slots[i];
	*names = grown;
}

static void names_put(struct abi_build *build, struct abi_names *names, abi_str name,
		      uint32_t index)
{
	if (names->count * 2 >= names->size)
		names_grow(build, names);
	*slot_of(build, names, build->strings.items + name) =
		(struct abi_name_slot){name, index};
	names->count++;
}

abi_str abi_build_string(struct abi_build *build, const char *text)
{
	struct abi_names *names = &build->index[ABI_KIND_STRING];
	size_t length = strlen(text) + 1;
	abi_str str;

	if (!*text)
		return 0;
	if (names->size) {
		str = slot_of(build, names, text)->name;
		if (str)
			return str;
	}
	str = (abi_str)build->strings.count;
	for (size_t i = 0; i < length; i++)
		vec_push(build->arena, &build->strings, text[i]);
	names_put(build, names, str, str);
	return str;
}

uint32_t abi_build_find(const struct abi_build *build, enum abi_kind kind, const char *name)
{
	const struct abi_names *names = &build->index[kind];

	return names->size ? slot_of(build, names, name)->index : 0;
}

/* A record of KIND with that NAME, which reads TEXT, and no more; its number. */
static size_t push_record(struct abi_build *build, enum abi_kind kind, abi_str name,
			  const char *text, struct span span)
{
	switch (kind) {
	case ABI_KIND_STRING:
		break;
	case ABI_KIND_CONST:
		vec_push(build->arena, &build->consts,
			 ((struct abi_const){.name = name, .sketch = edit_sketch(text)}));
		vec_push(build->arena, &build->const_spans, span);
		return build->consts.count - 1;
	case ABI_KIND_SET:
		vec_push(build->arena, &build->sets, (struct abi_set){.name = name});
		vec_push(build->arena, &build->set_spans, span);
		return build->sets.count - 1;
	case ABI_KIND_STRUCT:
		vec_push(build->arena, &build->structs, (struct abi_struct){.name = name});
		vec_push(build->arena, &build->struct_spans, span);
		return build->structs.count - 1;
	case ABI_KIND_CALL:
		vec_push(build->arena, &build->calls, (struct abi_call){.name = name});
		vec_push(build->arena, &build->call_spans, span);
		return build->calls.count - 1;
	}
	return 0;
}

static void set_span(struct abi_build *build, enum abi_kind kind, uint32_t index,
		     struct span span)
{
	if (kind == ABI_KIND_CONST)
		build->const_spans.items[index] = span;
	if (kind == ABI_KIND_SET)
		build->set_spans.items[index] = span;
	if (kind == ABI_KIND_STRUCT)
		build->struct_spans.items[index] = span;
	if (kind == ABI_KIND_CALL)
		build->call_spans.items[index] = span;
}

uint32_t abi_build_add(struct abi_build *build, enum abi_kind kind, const char *name,
		       struct span span, bool *is_new)
{
	uint32_t index = abi_build_find(build, kind, name);
	abi_str str;

	*is_new = !index;
	if (index) {
		set_span(build, kind, index, span);
		return index;
	}
	str = abi_build_string(build, name);
	if (!str) {
		abi_build_error(build, span, "a name is empty");
		return 0;
	}
	index = (uint32_t)push_record(build, kind, str, name, span);
	if (index > MAX_RECORDS) {
		abi_build_full(build, span, MAX_RECORDS, "records of one kind");
		return 0;
	}
	names_put(build, &build->index[kind], str, index);
	return index;
}

/* The slot of ROW, or the free one where it belongs. */
static uint32_t *row_slot(const struct abi_build *build, const struct abi_row *row)
{
	uint64_t hash = 0;
	uint32_t at;

	for (size_t arch = 0; arch < ABI_MAX_ARCHS; arch++)
		hash = (hash ^ row->values[arch]) * UINT64_C(0x9e3779b97f4a7c15);
	at = (uint32_t)(hash >> 32) & (build->row_size - 1);
	while (build->row_slots[at] &&
	       memcmp(&build->rows.items[build->row_slots[at]], row, sizeof(*row)) != 0)
		at = (at + 1) & (build->row_size - 1);
	return &build->row_slots[at];
}

/* Row 0 is none. */
static void rows_grow(struct abi_build *build)
{
	uint32_t size = build->row_size ? build->row_size : 512;

	while (build->rows.count * 2 >= size)
		size *= 2;
	if (size == build->row_size)
		return;
	build->row_size = size;
	build->row_slots = ARENA_ARRAY(build->arena, uint32_t, size);
	for (uint32_t i = 1; i < build->rows.count; i++)
		*row_slot(build, &build->rows.items[i]) = i;
}

struct abi_num abi_build_num(struct abi_build *build, struct span span, const uint64_t *values,
			     uint16_t absent)
{
	uint32_t *slot;
	struct abi_row row = {{0}};
	uint64_t common = 0;
	bool is_known = false, is_same = true;

	for (size_t arch = 0; arch < build->archs.count; arch++) {
		if (absent >> arch & 1)
			continue;
		row.values[arch] = values[arch];
		is_same = is_same && (!is_known || values[arch] == common);
		common = values[arch];
		is_known = true;
	}
	if (is_same)
		return (struct abi_num){common, 0, absent};
	rows_grow(build);
	slot = row_slot(build, &row);
	if (*slot)
		return (struct abi_num){0, (uint16_t)*slot, absent};
	if (build->rows.count > MAX_RECORDS) {
		abi_build_full(build, span, MAX_RECORDS, "numbers that differ by architecture");
		return (struct abi_num){0, 0, absent};
	}
	*slot = (uint32_t)build->rows.count;
	vec_push(build->arena, &build->rows, row);
	return (struct abi_num){0, (uint16_t)*slot, absent};
}

bool abi_build_value(const struct abi_build *build, struct abi_num num, unsigned arch,
		     uint64_t *value)
{
	if (num.absent >> arch & 1)
		return false;
	*value = num.row ? build->rows.items[num.row].values[arch] : num.value;
	return true;
}

/* Everything that the base has, as copies: an overlay replaces records in place. */
static void copy_base(struct abi_build *build, const struct abi_db *base)
{
#define COPY(field, total)                   \
	for (size_t i = 0; i < (total); i++) \
	vec_push(build->arena, &build->field, base->field[i])
	COPY(strings, base->string_bytes);
	COPY(archs, base->arch_count);
	COPY(consts, base->const_count);
	COPY(sets, base->set_count);
	COPY(set_fields, base->set_field_count);
	COPY(structs, base->struct_count);
	COPY(fields, base->field_count);
	COPY(union_cases, base->union_case_count);
	COPY(functions, base->function_count);
	COPY(calls, base->call_count);
	COPY(variants, base->variant_count);
	COPY(params, base->param_count);
	COPY(views, base->view_count);
	COPY(view_params, base->view_param_count);
	COPY(shapes, base->shape_count);
	COPY(muxes, base->mux_count);
	COPY(cases, base->case_count);
	COPY(refs, base->ref_count);
	COPY(names, base->name_count);
#undef COPY
	for (size_t i = 0; i < base->row_count; i++) {
		struct abi_row row;

		memcpy(row.values, base->rows[i], sizeof(row.values));
		vec_push(build->arena, &build->rows, row);
	}
}

static void index_base(struct abi_build *build)
{
	for (abi_str at = 1; at < build->strings.count;
	     at += (abi_str)strlen(build->strings.items + at) + 1)
		names_put(build, &build->index[ABI_KIND_STRING], at, at);
#define INDEX(kind, field, spans)                                                             \
	for (uint32_t i = 0; i < build->field.count; i++) {                                   \
		vec_push(build->arena, &build->spans, SPAN_NONE);                             \
		if (i)                                                                        \
			names_put(build, &build->index[kind], build->field.items[i].name, i); \
	}
	INDEX(ABI_KIND_CONST, consts, const_spans)
	INDEX(ABI_KIND_SET, sets, set_spans)
	INDEX(ABI_KIND_STRUCT, structs, struct_spans)
	INDEX(ABI_KIND_CALL, calls, call_spans)
#undef INDEX
}

struct abi_build *abi_build_new(struct arena *arena, struct diags *diags,
				const struct abi_db *base)
{
	struct abi_build *build = ARENA_NEW(arena, struct abi_build);

	build->arena = arena;
	build->diags = diags;
	if (base) {
		build->is_overlay = true;
		copy_base(build, base);
		index_base(build);
		return build;
	}
	vec_push(arena, &build->strings, '\0');
	vec_push(arena, &build->rows, (struct abi_row){{0}});
	vec_push(arena, &build->muxes, ((struct abi_mux){{0, 0}, {0, 0}}));
	for (enum abi_kind kind = ABI_KIND_CONST; kind <= ABI_KIND_CALL; kind++)
		push_record(build, kind, 0, "", SPAN_NONE);
	return build;
}

struct abi_db abi_build_peek(const struct abi_build *build)
{
	return (struct abi_db){
		.strings = build->strings.items,
		.archs = build->archs.items,
		.consts = build->consts.items,
		.sets = build->sets.items,
		.set_fields = build->set_fields.items,
		.structs = build->structs.items,
		.fields = build->fields.items,
		.union_cases = build->union_cases.items,
		.functions = build->functions.items,
		.calls = build->calls.items,
		.variants = build->variants.items,
		.params = build->params.items,
		.views = build->views.items,
		.view_params = build->view_params.items,
		.shapes = build->shapes.items,
		.muxes = build->muxes.items,
		.cases = build->cases.items,
		.refs = build->refs.items,
		.names = build->names.items,
		.rows = (const uint64_t(*)[ABI_MAX_ARCHS])build->rows.items,
		.arch_count = (uint32_t)build->archs.count,
		.const_count = (uint32_t)build->consts.count,
		.set_count = (uint32_t)build->sets.count,
		.set_field_count = (uint32_t)build->set_fields.count,
		.struct_count = (uint32_t)build->structs.count,
		.field_count = (uint32_t)build->fields.count,
		.union_case_count = (uint32_t)build->union_cases.count,
		.function_count = (uint32_t)build->functions.count,
		.call_count = (uint32_t)build->calls.count,
		.variant_count = (uint32_t)build->variants.count,
		.param_count = (uint32_t)build->params.count,
		.view_count = (uint32_t)build->views.count,
		.view_param_count = (uint32_t)build->view_params.count,
		.shape_count = (uint32_t)build->shapes.count,
		.mux_count = (uint32_t)build->muxes.count,
		.case_count = (uint32_t)build->cases.count,
		.ref_count = (uint32_t)build->refs.count,
		.name_count = (uint32_t)build->names.count,
		.row_count = (uint32_t)build->rows.count,
		.string_bytes = (uint32_t)build->strings.count,
	};
}

/* One look-up table being filled. */
struct table {
	uint32_t *slots;
	uint32_t mask;
};

static struct table table_new(struct abi_build *build, size_t names)
{
	uint32_t size = 4;

	while (size < names * 2)
		size *= 2;
	return (struct table){ARENA_ARRAY(build->arena, uint32_t, size), size - 1};
}

static void table_put(struct table table, const char *name, uint32_t index)
{
	uint32_t at = abi_hash(name) & table.mask;

	while (table.slots[at])
		at = (at + 1) & table.mask;
	table.slots[at] = index;
}

static void hash_consts(struct abi_build *build, struct abi_db *db)
{
	struct table table;
	size_t texts = 0;

	for (uint32_t i = 1; i < db->const_count; i++)
		texts += db->consts[i].text != 0;
	table = table_new(build, db->const_count + texts);
	for (uint32_t i = 1; i < db->const_count; i++)
		table_put(table, abi_string(db, db->consts[i].name), i);
	for (uint32_t i = 1; i < db->const_count; i++) {
		const char *text = abi_string(db, db->consts[i].text);

		if (*text && !abi_build_find(build, ABI_KIND_CONST, text))
			table_put(table, text, i);
	}
	db->const_hash = table.slots;
	db->const_hash_mask = table.mask;
}

static void hash_structs(struct abi_build *build, struct abi_db *db)
{
	struct table table = table_new(build, (size_t)db->struct_count + db->name_count);

	for (uint32_t i = 1; i < db->struct_count; i++)
		table_put(table, abi_string(db, db->structs[i].name), i);
	for (uint32_t i = 1; i < db->struct_count; i++) {
		struct abi_range aliases = db->structs[i].aliases;

		for (uint32_t j = 0; j < aliases.count; j++) {
			const char *name = abi_string(db, db->names[aliases.first + j]);

			if (!abi_build_find(build, ABI_KIND_STRUCT, name))
				table_put(table, name, i);
		}
	}
	db->struct_hash = table.slots;
	db->struct_hash_mask = table.mask;
}

static void hash_others(struct abi_build *build, struct abi_db *db)
{
	struct table calls = table_new(build, db->call_count);
	struct table sets = table_new(build, db->set_count);

	for (uint32_t i = 1; i < db->call_count; i++)
		table_put(calls, abi_string(db, db->calls[i].name), i);
	for (uint32_t i = 1; i < db->set_count; i++)
		table_put(sets, abi_string(db, db->sets[i].name), i);
	db->call_hash = calls.slots;
	db->call_hash_mask = calls.mask;
	db->set_hash = sets.slots;
	db->set_hash_mask = sets.mask;
}

static void number_calls(struct abi_build *build, struct abi_db *db, struct abi_arch *archs)
{
	uint16_t *nr_calls =
		ARENA_ARRAY(build->arena, uint16_t, (MAX_NR + 1) * (size_t)db->arch_count);
	uint32_t used = 0;

	for (unsigned arch = 0; arch < db->arch_count; arch++) {
		uint16_t *by_nr = nr_calls + used;
		uint64_t nr;

		archs[arch].max_nr = 0;
		for (uint32_t i = 1; i < db->call_count; i++) {
			if (!abi_num(db, db->calls[i].nr, arch, &nr))
				continue;
			if (nr > MAX_NR || by_nr[nr]) {
				abi_build_error(
					build, build->call_spans.items[i],
					"number %llu of '%s' on %s is taken or too large",
					(unsigned long long)nr,
					abi_string(db, db->calls[i].name),
					abi_string(db, archs[arch].name));
				continue;
			}
			by_nr[nr] = (uint16_t)i;
			if (nr > archs[arch].max_nr)
				archs[arch].max_nr = (uint32_t)nr;
		}
		archs[arch].by_nr = (struct abi_range){used, archs[arch].max_nr + 1};
		used += archs[arch].max_nr + 1;
	}
	db->nr_calls = nr_calls;
	db->nr_call_count = used;
}

const struct abi_db *abi_build_finish(struct abi_build *build)
{
	struct abi_db *db = ARENA_NEW(build->arena, struct abi_db);

	*db = abi_build_peek(build);
	number_calls(build, db, build->archs.items);
	hash_consts(build, db);
	hash_structs(build, db);
	hash_others(build, db);
	return build->errors ? NULL : db;
}
