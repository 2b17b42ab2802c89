#include "strace_object.h"

#include <arpa/inet.h>
#include <string.h>

#include "strace_literal.h"
#include "strace_scalar.h"

enum {
	MAX_DEPTH = 16,	     /* of objects in objects */
	MAX_ELEMENTS = 1024, /* of an array; the matcher looks at no more */
	MAX_MUXES = 4,	     /* a value that selects how another selects … */
	WORD_BYTES = 8,
};

/* A field in the text of a struct: `name=value`, or strace's only notation that names the field
 * at its end, `inet_pton(AF_INET6, "::1", &name)`. */
struct member {
	struct strace_text name;
	struct strace_text value;
	bool is_address; /* VALUE holds the operands of inet_pton() */
};

static void write_object(const struct strace_objects *objects, const struct abi_slot *slot,
			 struct strace_text text, const struct strace_place *place,
			 uint64_t address);
static uint64_t add_pointee(const struct strace_objects *objects, const struct abi_slot *slot,
			    struct strace_text text, const struct strace_place *place);

static void write_word(const struct strace_objects *objects, enum abi_type type,
		       const struct strace_scalar *scalar, uint64_t address)
{
	const struct strace_names names = {objects->db, objects->arch, NULL};
	unsigned size = abi_type_bits(objects->db, type, objects->arch) / 8;
	bool is_big = abi_type(type)->is_big_endian;
	unsigned char bytes[WORD_BYTES];
	uint64_t word = is_big ? scalar->value : strace_scalar_word(&names, scalar);

	is_big |= objects->db->archs[objects->arch].big_endian;
	for (unsigned i = 0; i < size && i < WORD_BYTES; i++)
		bytes[is_big ? size - 1 - i : i] = (unsigned char)(word >> 8 * i);
	strace_memory_write(objects->memory, address, bytes, size);
}

static bool read_word(const struct strace_objects *objects, enum abi_type type,
		      uint64_t address, uint64_t *word)
{
	unsigned size = abi_type_bits(objects->db, type, objects->arch) / 8;
	bool is_big =
		abi_type(type)->is_big_endian || objects->db->archs[objects->arch].big_endian;
	unsigned char bytes[WORD_BYTES];
	size_t done = size;

	*word = 0;
	if (!size ||
	    strace_memory_read(objects->memory, address, bytes, size, &done) != SCML_READ_OK)
		return false;
	for (unsigned i = 0; i < size; i++)
		*word |= (uint64_t)bytes[is_big ? size - 1 - i : i] << 8 * i;
	return true;
}

/* The word that selects among the cases of MUX; false: it is not known. */
static bool selector_word(const struct strace_objects *objects, const struct abi_mux *mux,
			  const struct strace_place *place, const struct abi_slot **selector,
			  uint64_t *word)
{
	const struct abi_field *field;
	uint64_t offset;

	if (mux->selector.kind == ABI_REF_PARAM) {
		if (mux->selector.index >= SCML_REGISTERS || !objects->params ||
		    objects->unknown >> mux->selector.index & 1)
			return false;
		*selector = &objects->params[mux->selector.index].slot;
		*word = objects->args[mux->selector.index];
		return true;
	}
	if (mux->selector.kind != ABI_REF_FIELD || !place->object)
		return false;
	field = &objects->db->fields[place->object->fields.first + mux->selector.index];
	*selector = &field->slot;
	return abi_num(objects->db, field->offset, objects->arch, &offset) &&
	       read_word(objects, (enum abi_type)field->slot.type, place->address + offset,
			 word);
}

static bool selects(const struct strace_objects *objects, const struct abi_slot *selector,
		    struct abi_range values, uint64_t word)
{
	const struct abi_db *db = objects->db;

	for (uint32_t i = 0; i < values.count; i++) {
		if (strace_const_selects(db, objects->arch, selector,
					 &db->consts[db->refs[values.first + i]], word))
			return true;
	}
	return false;
}

/* The slot that SLOT is here; without target and set where what selects them is not known. */
static struct abi_slot chosen_slot(const struct strace_objects *objects,
				   const struct abi_slot *slot,
				   const struct strace_place *place)
{
	for (unsigned i = 0; slot->mux && i < MAX_MUXES; i++) {
		const struct abi_mux *mux = &objects->db->muxes[slot->mux];
		const struct abi_slot *selector, *found = NULL;
		uint64_t word;

		if (!selector_word(objects, mux, place, &selector, &word))
			return (struct abi_slot){.type = slot->type, .dir = slot->dir};
		for (uint32_t j = 0; j < mux->cases.count && !found; j++) {
			const struct abi_case *one = &objects->db->cases[mux->cases.first + j];

			if (!one->values.count || selects(objects, selector, one->values, word))
				found = &one->slot;
		}
		if (!found)
			break;
		slot = found;
	}
	return *slot;
}

static bool read_scalar(const struct strace_objects *objects, const struct abi_slot *slot,
			struct strace_text text, struct strace_scalar *scalar)
{
	const struct strace_names names = {objects->db, objects->arch,
					   slot->set ? &objects->db->sets[slot->set] : NULL};

	*scalar = (struct strace_scalar){0, 0};
	if (strace_starts_with(text, "[") || strace_starts_with(text, "~["))
		return strace_signals_read(&names, text, &scalar->value);
	return strace_scalar_read(&names, text, scalar);
}

static bool read_member(struct strace_text text, struct member *member)
{
	static const char address[] = "inet_pton(";
	const char *field;
	size_t len = strace_name_len(text);

	member->is_address = false;
	if (len && len < text.len && text.at[len] == '=') {
		member->name = (struct strace_text){text.at, len};
		member->value = strace_trim(strace_skip(text, len + 1));
		return true;
	}
	field = strace_starts_with(text, address) ? memrchr(text.at, '&', text.len) : NULL;
	if (!field || text.at[text.len - 1] != ')')
		return false;
	member->is_address = true;
	member->name = strace_skip(text, (size_t)(field - text.at) + 1);
	member->name.len--;
	member->value = strace_skip(text, sizeof(address) - 1);
	member->value.len = (size_t)(field - member->value.at);
	return true;
}

/* `AF_INET6, "::1"`: the bytes of an address. */
static void write_address(const struct strace_objects *objects, struct strace_text text,
			  uint64_t address)
{
	struct strace_text element, literal = {NULL, 0};
	char name[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	bool is_v4;

	while (strace_list_next(&text, &element)) {
		if (strace_is_string(element))
			literal = element;
	}
	if (literal.len < 2 || literal.len - 2 >= sizeof(name))
		return;
	memcpy(name, literal.at + 1, literal.len - 2);
	name[literal.len - 2] = 0;
	is_v4 = !strchr(name, ':');
	if (inet_pton(is_v4 ? AF_INET : AF_INET6, name, bytes) == 1)
		strace_memory_write(objects->memory, address, bytes, is_v4 ? 4 : 16);
}

static bool is_called(const struct abi_db *db, const struct abi_field *field,
		      struct strace_text name)
{
	char word[128];

	if (name.len >= sizeof(word))
		return false;
	memcpy(word, name.at, name.len);
	word[name.len] = 0;
	return strlen(word) == name.len && abi_is_name(db, field->name, field->aliases, word);
}

static const struct abi_field *find_field(const struct strace_objects *objects,
					  const struct abi_struct *object,
					  struct strace_text name)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &objects->db->fields[object->fields.first + i];

		if (is_called(objects->db, field, name))
			return field;
	}
	return NULL;
}

/* The struct that OBJECT's union is at ADDRESS; NULL: there is none, or it is not known. */
static const struct abi_struct *union_arm(const struct strace_objects *objects,
					  const struct abi_struct *object, uint64_t address)
{
	const struct abi_db *db = objects->db;
	const struct abi_field *selector = &db->fields[object->fields.first + object->selector];
	uint64_t offset, word;

	if (!object->cases.count || !abi_num(db, selector->offset, objects->arch, &offset) ||
	    !read_word(objects, (enum abi_type)selector->slot.type, address + offset, &word))
		return NULL;
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one = &db->union_cases[object->cases.first + i];

		if (selects(objects, &selector->slot, one->values, word))
			return &db->structs[one->struct_index];
	}
	return NULL;
}

static void write_field(const struct strace_objects *objects, const struct abi_struct *object,
			const struct abi_field *field, const struct member *member,
			const struct strace_place *place)
{
	struct strace_place inner = *place;
	uint64_t offset;

	if (!abi_num(objects->db, field->offset, objects->arch, &offset))
		return;
	inner.object = object;
	inner.is_out |= field->slot.dir != ABI_IN;
	if (member->is_address)
		write_address(objects, member->value, place->address + offset);
	else
		write_object(objects, &field->slot, member->value, &inner,
			     place->address + offset);
}

/* Does REF name a field of OBJECT that is 0 at ADDRESS? */
static bool is_zero_field(const struct strace_objects *objects, const struct abi_struct *object,
			  struct abi_ref ref, uint64_t address)
{
	const struct abi_field *field;
	uint64_t offset, word;

	if (ref.kind != ABI_REF_FIELD)
		return false;
	field = &objects->db->fields[object->fields.first + ref.index];
	return abi_num(objects->db, field->offset, objects->arch, &offset) &&
	       read_word(objects, (enum abi_type)field->slot.type, address + offset, &word) &&
	       !word;
}

/* Pointers that are not printed because nothing lies behind them: see strace_value.h. */
static void write_omitted(const struct strace_objects *objects, const struct abi_struct *object,
			  uint64_t address)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &objects->db->fields[object->fields.first + i];
		uint64_t offset, word;

		if (field->slot.type != ABI_TYPE_PTR || field->slot.mux ||
		    !abi_num(objects->db, field->offset, objects->arch, &offset) ||
		    read_word(objects, ABI_TYPE_PTR, address + offset, &word))
			continue;
		if (is_zero_field(objects, object, field->slot.len, address) ||
		    is_zero_field(objects, object, field->slot.count, address))
			write_word(objects, ABI_TYPE_PTR, &(struct strace_scalar){0, 0},
				   address + offset);
	}
}

/* Write the fields of TEXT, the inside of braces, that are OBJECT's own or (IS_LATE) are only
 * known once those are there. False where the text is abbreviated. */
static bool write_members(const struct strace_objects *objects, const struct abi_struct *object,
			  struct strace_text text, const struct strace_place *place,
			  bool is_late)
{
	const struct abi_struct *arm =
		is_late ? union_arm(objects, object, place->address) : NULL;
	struct strace_text element;
	struct member member;
	bool is_whole = true;

	while (strace_list_next(&text, &element)) {
		const struct abi_struct *owner = object;
		const struct abi_field *field;

		is_whole &= !strace_starts_with(element, "...");
		if (!read_member(element, &member))
			continue;
		field = find_field(objects, object, member.name);
		if (!field && arm) {
			owner = arm;
			field = find_field(objects, arm, member.name);
		}
		if (field && (owner == arm || field->slot.mux) == is_late)
			write_field(objects, owner, field, &member, place);
	}
	return is_whole;
}

static void write_struct(const struct strace_objects *objects, const struct abi_struct *object,
			 struct strace_text text, const struct strace_place *place,
			 uint64_t address)
{
	struct strace_place inner = {place->is_out, place->depth + 1, object, address};
	bool is_whole;

	if (inner.depth > MAX_DEPTH || !strace_unwrap(&text, '{', '}'))
		return;
	is_whole = write_members(objects, object, text, &inner, false);
	write_members(objects, object, text, &inner, true);
	if (is_whole)
		write_omitted(objects, object, address);
}

/* Bytes of one TYPE or of OBJECT; 0: not known. */
static size_t element_size(const struct strace_objects *objects, enum abi_type type,
			   const struct abi_struct *object)
{
	uint64_t size;

	if (!object)
		return abi_type_bits(objects->db, type, objects->arch) / 8;
	return abi_num(objects->db, object->size, objects->arch, &size) && size <= UINT32_MAX
		       ? (size_t)size
		       : 0;
}

/* Bytes that one OBJECT may take with the longest case of its union. */
static size_t longest_size(const struct strace_objects *objects,
			   const struct abi_struct *object, size_t size)
{
	for (uint32_t i = 0; object && i < object->cases.count; i++) {
		const struct abi_union_case *one =
			&objects->db->union_cases[object->cases.first + i];
		size_t arm = element_size(objects, ABI_TYPE_STRUCT,
					  &objects->db->structs[one->struct_index]);

		if (arm > size)
			size = arm;
	}
	return size;
}

/* The slot of one element behind the pointer SLOT. */
static struct abi_slot element_slot(const struct abi_slot *slot)
{
	struct abi_slot element = {.dir = slot->dir};

	if (slot->target == ABI_TARGET_STRUCT || slot->target == ABI_TARGET_STRUCTS) {
		element.type = ABI_TYPE_STRUCT;
		element.target_struct = slot->target_struct;
	} else {
		element.type = slot->element;
		element.set = slot->set;
	}
	return element;
}

static void write_elements(const struct strace_objects *objects, const struct abi_slot *element,
			   struct strace_text text, const struct strace_place *place,
			   uint64_t address, size_t size)
{
	struct strace_text one;

	for (size_t i = 0; i < MAX_ELEMENTS && strace_list_next(&text, &one) &&
			   !strace_starts_with(one, "...");
	     i++) {
		write_object(objects, element, one, place, address);
		address += size;
	}
}

static size_t count_elements(struct strace_text text)
{
	struct strace_text one;
	size_t count = 0;

	while (count < MAX_ELEMENTS && strace_list_next(&text, &one) &&
	       !strace_starts_with(one, "..."))
		count++;
	return count;
}

/* Is TEXT the notation of what lies behind a pointer? */
static bool is_pointee(const struct strace_objects *objects, const struct abi_slot *slot,
		       struct strace_text text, const struct strace_place *place)
{
	bool is_braced = strace_starts_with(text, "{");
	bool is_list = strace_starts_with(text, "[") || strace_starts_with(text, "~[");

	if (!is_braced && !is_list && !strace_is_string(text))
		return false;
	if (slot->type == ABI_TYPE_PTR || slot->target)
		return abi_type_bits(objects->db, (enum abi_type)slot->type, objects->arch) ==
		       objects->db->archs[objects->arch].word;
	return !is_braced && !place->object &&
	       (slot->type == ABI_TYPE_WORD || slot->type == ABI_TYPE_SWORD);
}

static void write_number(const struct strace_objects *objects, const struct abi_slot *slot,
			 struct strace_text text, const struct strace_place *place,
			 uint64_t address)
{
	struct strace_scalar scalar = {0, 0};

	if (is_pointee(objects, slot, text, place)) {
		scalar.value = add_pointee(objects, slot, text, place);
		write_word(objects, (enum abi_type)slot->type, &scalar, address);
	} else if (read_scalar(objects, slot, text, &scalar)) {
		write_word(objects, (enum abi_type)slot->type, &scalar, address);
	}
}

/* Write what TEXT says about SLOT, which lies at ADDRESS. */
static void write_object(const struct strace_objects *objects, const struct abi_slot *slot,
			 struct strace_text text, const struct strace_place *place,
			 uint64_t address)
{
	struct abi_slot chosen = chosen_slot(objects, slot, place);
	const struct abi_struct *object;

	slot = &chosen;
	object = slot->type == ABI_TYPE_STRUCT ? &objects->db->structs[slot->target_struct]
					       : NULL;
	text = strace_side(text, place->is_out);
	if (slot->type == ABI_TYPE_BYTES) {
		if (strace_is_string(text))
			strace_string_write(objects->memory, address, text, true);
	} else if (slot->times > 1) {
		if (!strace_unwrap(&text, '[', ']'))
			return;
		chosen.times = 0;
		write_elements(objects, &chosen, text, place, address,
			       element_size(objects, (enum abi_type)slot->type, object));
	} else if (object) {
		write_struct(objects, object, text, place, address);
	} else {
		write_number(objects, slot, text, place, address);
	}
}

static uint64_t add_string(const struct strace_objects *objects, struct strace_text text,
			   bool wants_nul)
{
	uint64_t address = strace_memory_add(objects->memory, text.len + 1);

	strace_string_write(objects->memory, address, text, wants_nul);
	return address;
}

/* A block with what TEXT says is behind the pointer SLOT. */
static uint64_t add_pointee(const struct strace_objects *objects, const struct abi_slot *slot,
			    struct strace_text text, const struct strace_place *place)
{
	struct abi_slot element = element_slot(slot);
	const struct abi_struct *object = element.type == ABI_TYPE_STRUCT
						  ? &objects->db->structs[element.target_struct]
						  : NULL;
	size_t size = element_size(objects, (enum abi_type)element.type, object);
	struct strace_place inner = {place->is_out, place->depth + 1, NULL, 0};
	struct strace_text inside = text;
	uint64_t address;

	if (strace_is_string(text))
		return add_string(objects, text,
				  slot->target == ABI_TARGET_STRING ||
					  slot->target == ABI_TARGET_PATH);
	if (slot->target < ABI_TARGET_STRUCT || !size || inner.depth > MAX_DEPTH)
		return strace_memory_add(objects->memory, 0);
	if (!object)
		inner.is_out |= slot->dir != ABI_IN;
	if (!strace_unwrap(&inside, '[', ']')) {
		address =
			strace_memory_add(objects->memory, longest_size(objects, object, size));
		write_object(objects, &element, text, &inner, address);
		return address;
	}
	address = strace_memory_add(objects->memory, size * count_elements(inside));
	write_elements(objects, &element, inside, &inner, address, size);
	return address;
}

bool strace_object_word(const struct strace_objects *objects, const struct abi_slot *slot,
			struct strace_text text, const struct strace_place *place,
			uint64_t *word)
{
	const struct strace_names names = {objects->db, objects->arch, NULL};
	struct abi_slot chosen = chosen_slot(objects, slot, place);
	struct strace_scalar scalar;

	slot = &chosen;
	text = strace_side(text, place->is_out);
	if (is_pointee(objects, slot, text, place)) {
		*word = add_pointee(objects, slot, text, place);
		return true;
	}
	if (strace_starts_with(text, "[") || strace_starts_with(text, "~[") ||
	    !read_scalar(objects, slot, text, &scalar))
		return false;
	*word = strace_scalar_word(&names, &scalar);
	return true;
}
