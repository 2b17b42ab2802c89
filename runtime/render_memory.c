#include "render_memory.h"

#include <arpa/inet.h>
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
	return slot->dir != ABI_OUT ||
	       (job->view->call->has_returned && !has_failed(job->view->call));
}

/* ---- strings ---- */

/* Bytes of a string in pieces until its NUL, SIZE bytes, or where memory ends. */
static size_t read_string(const struct render_job *job, uint64_t address, unsigned char *bytes,
			  size_t size, bool *has_end)
{
	size_t used = 0;

	*has_end = false;
	while (used < size) {
		size_t got = call_read(job->view, address + used, bytes + used, size - used);
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

static void put_bytes(const struct render_job *job, const struct call_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	unsigned char bytes[RENDER_MAX_STRING + 1];
	uint64_t size;

	if (!call_length(job->view, scope, slot->len, &size)) {
		render_pointer(job->text, address);
		return;
	}
	/* A buffer that the kernel fills is mostly as long as it says it filled it. */
	if (slot->dir == ABI_OUT && slot->len.kind == ABI_REF_PARAM &&
	    job->view->call->ret >= 0 && (uint64_t)job->view->call->ret < size)
		size = (uint64_t)job->view->call->ret;
	if (size > sizeof(bytes))
		size = sizeof(bytes);
	if (call_read(job->view, address, bytes, (size_t)size) != size) {
		render_pointer(job->text, address);
		return;
	}
	render_put_quoted(job->text, bytes,
			  size < RENDER_MAX_STRING ? (size_t)size : RENDER_MAX_STRING);
	if (size > RENDER_MAX_STRING)
		render_put(job->text, "...");
}

/* Strings up to NULL, as a program gets them. Where their count is 0, only where they are. */
static void put_strings(const struct render_job *job, const struct call_scope *scope,
			const struct abi_slot *slot, uint64_t address)
{
	uint64_t size = abi_type_bits(job->view->db, ABI_TYPE_PTR, job->view->arch) / 8;
	uint64_t most, string;

	if (!call_length(job->view, scope, slot->count, &most) || most > RENDER_MAX_ELEMENTS)
		most = RENDER_MAX_ELEMENTS;
	if (!most || !call_read_typed(job->view, address, ABI_TYPE_PTR, &string)) {
		render_pointer(job->text, address);
		return;
	}
	render_put(job->text, "[");
	for (uint64_t i = 0;; i++) {
		bool is_read =
			call_read_typed(job->view, address + i * size, ABI_TYPE_PTR, &string);

		if (is_read && !string)
			break;
		render_put(job->text, "%s", i ? ", " : "");
		if (!is_read || i == most || job->text->is_full) {
			render_put(job->text, "...");
			break;
		}
		put_string(job, string, RENDER_MAX_STRING);
	}
	render_put(job->text, "]");
}

/* Bytes that lie in a struct; NULs at their end are but filling. */
static void put_byte_field(const struct render_job *job, uint64_t address, uint64_t size)
{
	unsigned char bytes[256];
	size_t want = size < sizeof(bytes) ? (size_t)size : sizeof(bytes), used;

	used = call_read(job->view, address, bytes, want);
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

/* ---- addresses ---- */

enum { ADDRESS_BYTES = 16 };

static const struct abi_const *family_of(const struct render_job *job,
					 const struct abi_slot *slot)
{
	return &job->view->db->consts[slot->family];
}

/* The address of SLOT's family that BYTES are, as people write it. */
static bool address_text(const struct render_job *job, const struct abi_slot *slot,
			 const unsigned char bytes[static ADDRESS_BYTES],
			 char text[static INET6_ADDRSTRLEN])
{
	uint64_t family;

	return slot->family &&
	       abi_num(job->view->db, family_of(job, slot)->value, job->view->arch, &family) &&
	       inet_ntop((int)family, bytes, text, INET6_ADDRSTRLEN);
}

static bool put_address_word(const struct render_job *job, const struct abi_slot *slot,
			     uint64_t word)
{
	const uint32_t number = htonl((uint32_t)word);
	unsigned char bytes[ADDRESS_BYTES] = {0};
	char text[INET6_ADDRSTRLEN];

	memcpy(bytes, &number, sizeof(number));
	if (!address_text(job, slot, bytes, text))
		return false;
	render_put(job->text, "inet_addr(\"%s\")", text);
	return true;
}

/* The field called NAME, by the call that would fill it in, as strace shows it. */
static bool put_address_field(const struct render_job *job, const struct abi_slot *slot,
			      const char *name, uint64_t address)
{
	unsigned char bytes[ADDRESS_BYTES];
	char text[INET6_ADDRSTRLEN];

	if (slot->type != ABI_TYPE_BYTES || slot->times != ADDRESS_BYTES || !slot->family ||
	    call_read(job->view, address, bytes, sizeof(bytes)) != sizeof(bytes) ||
	    !address_text(job, slot, bytes, text))
		return false;
	render_put(job->text, "inet_pton(%s, \"%s\", &%s)",
		   abi_string(job->view->db, family_of(job, slot)->name), text, name);
	return true;
}

/* ---- structs ---- */

static void put_struct(const struct render_job *job, const struct call_scope *scope);

static uint64_t size_of_type(const struct render_job *job, enum abi_type type)
{
	uint64_t bits = abi_type_bits(job->view->db, type, job->view->arch);

	return type == ABI_TYPE_BYTES ? 1 : bits / 8;
}

static uint64_t slot_size(const struct render_job *job, const struct abi_slot *slot)
{
	uint64_t size = size_of_type(job, slot->type);

	if (slot->type == ABI_TYPE_STRUCT)
		size = call_struct_size(job->view,
					&job->view->db->structs[slot->target_struct]);
	return slot->times ? size * slot->times : size;
}

static void put_inner_struct(const struct render_job *job, const struct call_scope *scope,
			     const struct abi_slot *slot, uint64_t address)
{
	const struct abi_struct *object = &job->view->db->structs[slot->target_struct];
	struct call_scope inner = {object, address, call_struct_size(job->view, object),
				   scope->depth + 1};

	put_struct(job, &inner);
}

static void put_one(const struct render_job *job, const struct call_scope *scope,
		    const struct abi_slot *slot, uint64_t address)
{
	uint64_t word;

	if (slot->type == ABI_TYPE_STRUCT)
		put_inner_struct(job, scope, slot, address);
	else if (call_read_typed(job->view, address, slot->type, &word))
		render_slot(job, scope, slot, word);
	else
		render_put(job->text, "???");
}

/* What lies at ADDRESS in a struct. */
static void put_field(const struct render_job *job, const struct call_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	uint64_t size;

	slot = call_slot(job->view, scope, slot);
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
	const struct call_scope *scope;
	bool has_put;
	bool is_cut;
};

static void put_named(const struct render_job *job, struct field_walk *walk,
		      const struct abi_field *field)
{
	const struct call_scope *scope = walk->scope;
	const char *name = abi_string(job->view->db, field->name);
	uint64_t offset, shown = field->slot.type == ABI_TYPE_BYTES && !field->slot.family
					 ? 1
					 : slot_size(job, &field->slot);

	if (!abi_num(job->view->db, field->offset, job->view->arch, &offset) ||
	    (field->slot.dir == ABI_OUT && !job->view->call->has_returned))
		return;
	/* Of a path in a socket address the call gives as much as it has. */
	if (offset + shown > scope->limit) {
		walk->is_cut = true;
		return;
	}
	render_put(job->text, "%s", walk->has_put ? ", " : "");
	walk->has_put = true;
	if (put_address_field(job, &field->slot, name, scope->address + offset))
		return;
	render_put(job->text, "%s=", name);
	put_field(job, scope, &field->slot, scope->address + offset);
}

/* Does FIELD lie where some field of OBJECT does? */
static bool overlaps(const struct render_job *job, const struct abi_field *field,
		     const struct abi_struct *object)
{
	uint64_t start, other;

	if (!abi_num(job->view->db, field->offset, job->view->arch, &start))
		return false;
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *one = call_field(job->view, object, i);

		if (abi_num(job->view->db, one->offset, job->view->arch, &other) &&
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
		put_named(job, walk, call_field(job->view, object, i));
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
		const struct abi_field *field = call_field(job->view, object, i);

		if (i == object->selector || !overlaps(job, field, chosen))
			put_named(job, walk, field);
	}
	for (uint32_t i = 0; i < chosen->fields.count && !job->text->is_full; i++) {
		if (!overlaps(job, call_field(job->view, chosen, i), &selector))
			put_named(job, walk, call_field(job->view, chosen, i));
	}
}

static void put_struct(const struct render_job *job, const struct call_scope *scope)
{
	struct field_walk walk = {.scope = scope};
	uint16_t chosen = call_union_case(job->view, scope);

	if (scope->depth > RENDER_MAX_DEPTH) {
		render_put(job->text, "{...}");
		return;
	}
	render_put(job->text, "{");
	if (chosen)
		put_union_fields(job, &walk, &job->view->db->structs[chosen]);
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

	return call_read(job->view, address, &byte, 1) == 1;
}

static void put_target_struct(const struct render_job *job, const struct call_scope *scope,
			      const struct abi_slot *slot, uint64_t address)
{
	const struct abi_struct *object = &job->view->db->structs[slot->target_struct];
	struct call_scope inner = {object, address, 0, scope ? scope->depth + 1 : 1};
	uint16_t chosen = call_union_case(job->view, &inner);
	uint64_t size;

	if (!is_readable(job, address) || inner.depth > RENDER_MAX_DEPTH) {
		render_pointer(job->text, address);
		return;
	}
	inner.limit =
		call_struct_size(job->view, chosen ? &job->view->db->structs[chosen] : object);
	if (call_length(job->view, scope, slot->len, &size) && size < inner.limit)
		inner.limit = size;
	put_struct(job, &inner);
}

static void put_element(const struct render_job *job, const struct call_scope *scope,
			const struct abi_slot *slot, uint64_t address)
{
	const struct abi_slot integer = {.type = slot->element, .set = slot->set};
	struct abi_slot object = *slot;
	uint64_t word;

	object.len = (struct abi_ref){ABI_REF_NONE, 0};
	if (slot->target == ABI_TARGET_STRUCTS || slot->target == ABI_TARGET_STRUCT)
		put_target_struct(job, scope, &object, address);
	else if (call_read_typed(job->view, address, slot->element, &word))
		render_slot(job, scope, &integer, word);
	else
		render_pointer(job->text, address);
}

static void put_array(const struct render_job *job, const struct call_scope *scope,
		      const struct abi_slot *slot, uint64_t address)
{
	uint64_t size = size_of_type(job, slot->element), count = 1;

	if (slot->target == ABI_TARGET_STRUCTS)
		size = call_struct_size(job->view,
					&job->view->db->structs[slot->target_struct]);
	if (slot->target != ABI_TARGET_TYPE &&
	    !call_length(job->view, scope, slot->count, &count)) {
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

static void put_target(const struct render_job *job, const struct call_scope *scope,
		       const struct abi_slot *slot, uint64_t address)
{
	if (!address || !job->view->memory || !is_filled_in(job, slot)) {
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
	case ABI_TARGET_STRINGS:
		put_strings(job, scope, slot, address);
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

static void put_set(const struct render_job *job, const struct abi_slot *slot, uint64_t word)
{
	bool is_big = abi_type(slot->type)->is_big_endian;

	if (is_big)
		render_put(job->text, abi_type(slot->type)->bits == 16 ? "htons(" : "htonl(");
	render_set(job->text, job->view->db, job->view->arch, &job->view->db->sets[slot->set],
		   word);
	render_put(job->text, "%s", is_big ? ")" : "");
}

void render_slot(const struct render_job *job, const struct call_scope *scope,
		 const struct abi_slot *slot, uint64_t word)
{
	unsigned bits;

	slot = call_slot(job->view, scope, slot);
	bits = abi_type_bits(job->view->db, slot->type, job->view->arch);
	if (!scope)
		word = call_register_word(job->view, slot, word);
	if (slot->target != ABI_TARGET_NONE)
		put_target(job, scope, slot, render_cut(word, bits, false));
	else if (slot->set && slot->type != ABI_TYPE_DIRFD)
		put_set(job, slot, render_cut(word, bits, false));
	else if (!put_address_word(job, slot, word))
		render_number(job->text, job->view->db, job->view->arch, slot->type, word);
}
