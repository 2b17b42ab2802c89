#include "render_memory.h"

#include <string.h>

#include "render_word.h"

enum { MAX_PATH_TEXT = 1024 };

static bool has_failed(const struct scml_call *call)
{
	return call->has_returned && call->ret < 0 && call->ret >= -4095;
}

/* Can what the kernel fills in be looked at? */
static bool is_filled_in(const struct render_job *job, const struct abi_slot *slot)
{
	return slot->dir != ABI_OUT || (job->call->has_returned && !has_failed(job->call));
}

/* Up to SIZE bytes at ADDRESS; how many of them could be read. */
static size_t read_bytes(const struct render_job *job, uint64_t address, void *buffer,
			 size_t size)
{
	size_t done = size;

	if (!job->memory || !size || address + (size - 1) < address)
		return 0;
	if (job->memory->read(job->memory->context, address, buffer, size, &done) !=
	    SCML_READ_OK)
		return 0;
	return done < size ? done : size;
}

static bool read_word(const struct render_job *job, uint64_t address, unsigned bits,
		      bool is_big, uint64_t *word)
{
	unsigned char bytes[8];
	size_t size = bits / 8;

	if (read_bytes(job, address, bytes, size) != size || !size)
		return false;
	*word = 0;
	for (size_t i = 0; i < size; i++)
		*word |= (uint64_t)bytes[i] << 8 * (is_big ? size - 1 - i : i);
	return true;
}

static bool read_typed(const struct render_job *job, uint64_t address, enum abi_type type,
		       uint64_t *word)
{
	bool is_big = job->db->archs[job->arch].big_endian || abi_type(type)->is_big_endian;

	return read_word(job, address, abi_type_bits(job->db, type, job->arch), is_big, word);
}

uint64_t render_param(const struct render_job *job, uint32_t index)
{
	enum abi_type type = job->params[index].slot.type;

	return render_cut(job->call->args[index], abi_type_bits(job->db, type, job->arch),
			  abi_type(type)->is_signed);
}

static const struct abi_field *field_at(const struct render_job *job,
					const struct abi_struct *object, uint32_t index)
{
	return &job->db->fields[object->fields.first + index];
}

static bool read_field(const struct render_job *job, const struct render_scope *scope,
		       uint32_t index, uint64_t *word)
{
	const struct abi_field *field;
	enum abi_type type;
	uint64_t offset;

	if (!scope || index >= scope->object->fields.count)
		return false;
	field = field_at(job, scope->object, index);
	type = field->slot.type;
	if (!abi_num(job->db, field->offset, job->arch, &offset) ||
	    !read_typed(job, scope->address + offset, type, word))
		return false;
	*word = render_cut(*word, abi_type_bits(job->db, type, job->arch),
			   abi_type(type)->is_signed);
	return true;
}

/* The value that REF refers to, to *VALUE. */
static bool read_ref(const struct render_job *job, const struct render_scope *scope,
		     struct abi_ref ref, uint64_t *value)
{
	bool is_param = ref.index < job->param_count && ref.index < SCML_REGISTERS;

	switch ((enum abi_ref_kind)ref.kind) {
	case ABI_REF_NONE:
		return false;
	case ABI_REF_FIXED:
		*value = ref.index;
		return true;
	case ABI_REF_FIELD:
		return read_field(job, scope, ref.index, value);
	case ABI_REF_PARAM:
		if (is_param)
			*value = render_param(job, ref.index);
		return is_param;
	case ABI_REF_POINTEE:
		return is_param &&
		       read_typed(job, render_param(job, ref.index), ABI_TYPE_S32, value);
	}
	return false;
}

/* A length or count: what is negative counts as none. */
static bool read_length(const struct render_job *job, const struct render_scope *scope,
			struct abi_ref ref, uint64_t *value)
{
	if (!read_ref(job, scope, ref, value))
		return false;
	if (*value >> 63 || (ref.kind == ABI_REF_POINTEE && *value >> 31))
		*value = 0;
	return true;
}

static uint16_t selector_set(const struct render_job *job, const struct render_scope *scope,
			     struct abi_ref ref)
{
	if (ref.kind == ABI_REF_PARAM && ref.index < job->param_count)
		return job->params[ref.index].slot.set;
	if (ref.kind == ABI_REF_FIELD && scope && ref.index < scope->object->fields.count)
		return field_at(job, scope->object, ref.index)->slot.set;
	return 0;
}

/* What SLOT is in this call; SLOT itself where nothing tells. */
static const struct abi_slot *resolve_mux(const struct render_job *job,
					  const struct render_scope *scope,
					  const struct abi_slot *slot)
{
	const struct abi_mux *mux = &job->db->muxes[slot->mux];
	uint64_t word;
	uint16_t set;

	if (!slot->mux || !read_ref(job, scope, mux->selector, &word))
		return slot;
	set = selector_set(job, scope, mux->selector);
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &job->db->cases[mux->cases.first + i];

		if (!one->values.count ||
		    render_is_one_of(job->db, job->arch, set ? &job->db->sets[set] : NULL,
				     one->values, word))
			return &one->slot;
	}
	return slot;
}

/* ---- strings ---- */

/* Bytes of a string in pieces until its NUL, SIZE bytes, or where memory ends. */
static size_t read_string(const struct render_job *job, uint64_t address, unsigned char *bytes,
			  size_t size, bool *has_end)
{
	size_t used = 0;

	*has_end = false;
	while (used < size) {
		size_t got = read_bytes(job, address + used, bytes + used, size - used);
		const unsigned char *nul = got ? memchr(bytes + used, 0, got) : NULL;

		if (nul) {
			*has_end = true;
			return (size_t)(nul - bytes);
		}
		if (!got)
			break;
		used += got;
	}
	return used;
}

static void put_string(const struct render_job *job, uint64_t address, size_t most)
{
	unsigned char bytes[MAX_PATH_TEXT + 16];
	bool has_end;
	size_t used;

	bytes[0] = '\0';
	/* More than a word, of which the callback may deliver less. */
	used = read_string(job, address, bytes, most + 16, &has_end);
	if (!has_end && used < most + 16) {
		render_pointer(job->text, address);
		return;
	}
	render_put_quoted(job->text, bytes, used < most ? used : most);
	if (used > most)
		render_put(job->text, "...");
}

static void put_bytes(const struct render_job *job, const struct render_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	unsigned char bytes[RENDER_MAX_STRING + 1];
	uint64_t size;

	if (!read_length(job, scope, slot->len, &size)) {
		render_pointer(job->text, address);
		return;
	}
	/* A buffer that the kernel fills is mostly as long as it says it filled it. */
	if (slot->dir == ABI_OUT && slot->len.kind == ABI_REF_PARAM && job->call->ret >= 0 &&
	    (uint64_t)job->call->ret < size)
		size = (uint64_t)job->call->ret;
	if (size > sizeof(bytes))
		size = sizeof(bytes);
	if (read_bytes(job, address, bytes, (size_t)size) != size) {
		render_pointer(job->text, address);
		return;
	}
	render_put_quoted(job->text, bytes,
			  size < RENDER_MAX_STRING ? (size_t)size : RENDER_MAX_STRING);
	if (size > RENDER_MAX_STRING)
		render_put(job->text, "...");
}

/* Bytes that lie in a struct; NULs at their end are but filling. */
static void put_byte_field(const struct render_job *job, uint64_t address, uint64_t size)
{
	unsigned char bytes[256];
	size_t want = size < sizeof(bytes) ? (size_t)size : sizeof(bytes), used;

	used = read_bytes(job, address, bytes, want);
	if (used < want) {
		render_put(job->text, "???");
		return;
	}
	while (used && !bytes[used - 1])
		used--;
	render_put_quoted(job->text, bytes,
			  used < RENDER_MAX_STRING ? used : RENDER_MAX_STRING);
	if (used > RENDER_MAX_STRING)
		render_put(job->text, "...");
}

/* ---- structs ---- */

static void put_struct(const struct render_job *job, const struct render_scope *scope);

static uint64_t size_of_type(const struct render_job *job, enum abi_type type)
{
	uint64_t bits = abi_type_bits(job->db, type, job->arch);

	return type == ABI_TYPE_BYTES ? 1 : bits / 8;
}

static uint64_t struct_size(const struct render_job *job, const struct abi_struct *object)
{
	uint64_t size;

	return abi_num(job->db, object->size, job->arch, &size) ? size : 0;
}

static uint64_t slot_size(const struct render_job *job, const struct abi_slot *slot)
{
	uint64_t size = size_of_type(job, slot->type);

	if (slot->type == ABI_TYPE_STRUCT)
		size = struct_size(job, &job->db->structs[slot->target_struct]);
	return slot->times ? size * slot->times : size;
}

static void put_inner_struct(const struct render_job *job, const struct render_scope *scope,
			     const struct abi_slot *slot, uint64_t address)
{
	const struct abi_struct *object = &job->db->structs[slot->target_struct];
	struct render_scope inner = {object, address, struct_size(job, object),
				     scope->depth + 1};

	put_struct(job, &inner);
}

static void put_one(const struct render_job *job, const struct render_scope *scope,
		    const struct abi_slot *slot, uint64_t address)
{
	uint64_t word;

	if (slot->type == ABI_TYPE_STRUCT)
		put_inner_struct(job, scope, slot, address);
	else if (read_typed(job, address, slot->type, &word))
		render_slot(job, scope, slot, word);
	else
		render_put(job->text, "???");
}

/* What lies at ADDRESS in a struct. */
static void put_field(const struct render_job *job, const struct render_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	uint64_t size;

	slot = resolve_mux(job, scope, slot);
	size = slot_size(job, slot);
	if (slot->type == ABI_TYPE_BYTES) {
		if (address - scope->address + size > scope->limit)
			size = scope->limit - (address - scope->address);
		put_byte_field(job, address, size);
		return;
	}
	if (!slot->times) {
		put_one(job, scope, slot, address);
		return;
	}
	size /= slot->times;
	render_put(job->text, "[");
	for (unsigned i = 0; i < slot->times && !job->text->is_full; i++) {
		render_put(job->text, "%s", i ? ", " : "");
		if (i == RENDER_MAX_ELEMENTS) {
			render_put(job->text, "...");
			break;
		}
		put_one(job, scope, slot, address + i * size);
	}
	render_put(job->text, "]");
}

/* A walk over the fields of one struct: the next separator, and whether some were left out. */
struct field_walk {
	const struct render_scope *scope;
	bool has_put;
	bool is_cut;
};

static void put_named(const struct render_job *job, struct field_walk *walk,
		      const struct abi_field *field)
{
	const struct render_scope *scope = walk->scope;
	bool is_bytes = field->slot.type == ABI_TYPE_BYTES;
	uint64_t offset;

	if (!abi_num(job->db, field->offset, job->arch, &offset) ||
	    (field->slot.dir == ABI_OUT && !job->call->has_returned))
		return;
	/* Of a path in a socket address the call gives as much as it has. */
	if (offset + (is_bytes ? 1 : slot_size(job, &field->slot)) > scope->limit) {
		walk->is_cut = true;
		return;
	}
	render_put(job->text, "%s%s=", walk->has_put ? ", " : "",
		   abi_string(job->db, field->name));
	walk->has_put = true;
	put_field(job, scope, &field->slot, scope->address + offset);
}

/* Index of the struct that the union of SCOPE's struct is in this call; 0: of none. */
static uint16_t union_case(const struct render_job *job, const struct render_scope *scope)
{
	const struct abi_struct *object = scope->object;
	const struct abi_field *selector;
	uint64_t word;

	if (!object->cases.count || !read_field(job, scope, object->selector, &word))
		return 0;
	selector = field_at(job, object, object->selector);
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one =
			&job->db->union_cases[object->cases.first + i];

		if (render_is_one_of(job->db, job->arch,
				     selector->slot.set ? &job->db->sets[selector->slot.set]
							: NULL,
				     one->values, word))
			return one->struct_index;
	}
	return 0;
}

/* Does FIELD lie where some field of OBJECT does? */
static bool overlaps(const struct render_job *job, const struct abi_field *field,
		     const struct abi_struct *object)
{
	uint64_t start, other;

	if (!abi_num(job->db, field->offset, job->arch, &start))
		return false;
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *one = field_at(job, object, i);

		if (abi_num(job->db, one->offset, job->arch, &other) &&
		    start < other + slot_size(job, &one->slot) &&
		    other < start + slot_size(job, &field->slot))
			return true;
	}
	return false;
}

static void put_own_fields(const struct render_job *job, struct field_walk *walk)
{
	const struct abi_struct *object = walk->scope->object;

	for (uint32_t i = 0; i < object->fields.count && !job->text->is_full; i++)
		put_named(job, walk, field_at(job, object, i));
}

/* The common fields of a struct and those of its union's case CHOSEN, which may repeat common
 * ones: the selector is shown by the name that it has in the struct itself. */
static void put_union_fields(const struct render_job *job, struct field_walk *walk,
			     const struct abi_struct *chosen)
{
	const struct abi_struct *object = walk->scope->object;
	struct abi_struct selector = *object;

	selector.fields = (struct abi_range){object->fields.first + object->selector, 1};
	for (uint32_t i = 0; i < object->fields.count && !job->text->is_full; i++) {
		const struct abi_field *field = field_at(job, object, i);

		if (i == object->selector || !overlaps(job, field, chosen))
			put_named(job, walk, field);
	}
	for (uint32_t i = 0; i < chosen->fields.count && !job->text->is_full; i++) {
		if (!overlaps(job, field_at(job, chosen, i), &selector))
			put_named(job, walk, field_at(job, chosen, i));
	}
}

static void put_struct(const struct render_job *job, const struct render_scope *scope)
{
	struct field_walk walk = {.scope = scope};
	uint16_t chosen = union_case(job, scope);

	if (scope->depth > RENDER_MAX_DEPTH) {
		render_put(job->text, "{...}");
		return;
	}
	render_put(job->text, "{");
	if (chosen)
		put_union_fields(job, &walk, &job->db->structs[chosen]);
	else
		put_own_fields(job, &walk);
	if (walk.is_cut && !scope->object->is_versioned)
		render_put(job->text, "%s...", walk.has_put ? ", " : "");
	render_put(job->text, "}");
}

/* ---- what pointers point to ---- */

static bool is_readable(const struct render_job *job, uint64_t address)
{
	char byte;

	return read_bytes(job, address, &byte, 1) == 1;
}

static void put_target_struct(const struct render_job *job, const struct render_scope *scope,
			      const struct abi_slot *slot, uint64_t address)
{
	const struct abi_struct *object = &job->db->structs[slot->target_struct];
	struct render_scope inner = {object, address, 0, scope ? scope->depth + 1 : 1};
	uint16_t chosen = union_case(job, &inner);
	uint64_t size;

	if (!is_readable(job, address) || inner.depth > RENDER_MAX_DEPTH) {
		render_pointer(job->text, address);
		return;
	}
	inner.limit = struct_size(job, chosen ? &job->db->structs[chosen] : object);
	if (read_length(job, scope, slot->len, &size) && size < inner.limit)
		inner.limit = size;
	put_struct(job, &inner);
}

static void put_element(const struct render_job *job, const struct render_scope *scope,
			const struct abi_slot *slot, uint64_t address)
{
	const struct abi_slot integer = {.type = slot->element, .set = slot->set};
	struct abi_slot object = *slot;
	uint64_t word;

	object.len = (struct abi_ref){ABI_REF_NONE, 0};
	if (slot->target == ABI_TARGET_STRUCTS || slot->target == ABI_TARGET_STRUCT)
		put_target_struct(job, scope, &object, address);
	else if (read_typed(job, address, slot->element, &word))
		render_slot(job, scope, &integer, word);
	else
		render_pointer(job->text, address);
}

static void put_array(const struct render_job *job, const struct render_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	uint64_t size = size_of_type(job, slot->element), count = 1;

	if (slot->target == ABI_TARGET_STRUCTS)
		size = struct_size(job, &job->db->structs[slot->target_struct]);
	if (slot->target != ABI_TARGET_TYPE && !read_length(job, scope, slot->count, &count)) {
		render_pointer(job->text, address);
		return;
	}
	if (count && !is_readable(job, address)) {
		render_pointer(job->text, address);
		return;
	}
	render_put(job->text, "[");
	for (uint64_t i = 0; i < count && !job->text->is_full; i++) {
		render_put(job->text, "%s", i ? ", " : "");
		if (i == RENDER_MAX_ELEMENTS || !is_readable(job, address + i * size)) {
			render_put(job->text, "...");
			break;
		}
		put_element(job, scope, slot, address + i * size);
	}
	render_put(job->text, "]");
}

static void put_target(const struct render_job *job, const struct render_scope *scope,
		       const struct abi_slot *slot, uint64_t address)
{
	if (!address || !job->memory || !is_filled_in(job, slot)) {
		render_pointer(job->text, address);
		return;
	}
	switch ((enum abi_target)slot->target) {
	case ABI_TARGET_NONE:
		render_pointer(job->text, address);
		break;
	case ABI_TARGET_BYTES:
		put_bytes(job, scope, slot, address);
		break;
	case ABI_TARGET_STRING:
		put_string(job, address, RENDER_MAX_STRING);
		break;
	case ABI_TARGET_PATH:
		put_string(job, address, MAX_PATH_TEXT);
		break;
	case ABI_TARGET_STRUCT:
		put_target_struct(job, scope, slot, address);
		break;
	case ABI_TARGET_TYPE:
	case ABI_TARGET_STRUCTS:
	case ABI_TARGET_TYPES:
		put_array(job, scope, slot, address);
		break;
	}
}

void render_slot(const struct render_job *job, const struct render_scope *scope,
		 const struct abi_slot *slot, uint64_t word)
{
	unsigned bits;

	slot = resolve_mux(job, scope, slot);
	bits = abi_type_bits(job->db, slot->type, job->arch);
	if (slot->target != ABI_TARGET_NONE)
		put_target(job, scope, slot, render_cut(word, bits, false));
	else if (slot->set)
		render_set(job->text, job->db, job->arch, &job->db->sets[slot->set],
			   render_cut(word, bits, false));
	else
		render_number(job->text, job->db, job->arch, slot->type, word);
}
