#include "call_view.h"

#include "render_word.h"

/* Up to SIZE bytes at ADDRESS; how many of them could be read. */
size_t call_read(const struct call_view *view, uint64_t address, void *buffer, size_t size)
{
	size_t done = size;

	if (!view->memory || !size || address + (size - 1) < address)
		return 0;
	if (view->memory->read(view->memory->context, address, buffer, size, &done) !=
	    SCML_READ_OK)
		return 0;
	return done < size ? done : size;
}

static bool read_word(const struct call_view *view, uint64_t address, unsigned bits,
		      bool is_big, uint64_t *word)
{
	unsigned char bytes[8];
	size_t size = bits / 8;

	if (call_read(view, address, bytes, size) != size || !size)
		return false;
	*word = 0;
	for (size_t i = 0; i < size; i++)
		*word |= (uint64_t)bytes[i] << 8 * (is_big ? size - 1 - i : i);
	return true;
}

bool call_read_typed(const struct call_view *view, uint64_t address, enum abi_type type,
		     uint64_t *word)
{
	bool is_big = view->db->archs[view->arch].big_endian || abi_type(type)->is_big_endian;

	return read_word(view, address, abi_type_bits(view->db, type, view->arch), is_big,
			 word);
}

/* The parameter INDEX cut to its type. */
static uint64_t call_param(const struct call_view *view, uint32_t index)
{
	enum abi_type type = view->params[index].slot.type;

	return render_cut(view->call->args[index], abi_type_bits(view->db, type, view->arch),
			  abi_type(type)->is_signed);
}

const struct abi_field *call_field(const struct call_view *view,
				   const struct abi_struct *object, uint32_t index)
{
	return &view->db->fields[object->fields.first + index];
}

static bool read_field(const struct call_view *view, const struct call_scope *scope,
		       uint32_t index, uint64_t *word)
{
	const struct abi_field *field;
	enum abi_type type;
	uint64_t offset;

	if (!scope || index >= scope->object->fields.count)
		return false;
	field = call_field(view, scope->object, index);
	type = field->slot.type;
	if (!abi_num(view->db, field->offset, view->arch, &offset) ||
	    !call_read_typed(view, scope->address + offset, type, word))
		return false;
	*word = render_cut(*word, abi_type_bits(view->db, type, view->arch),
			   abi_type(type)->is_signed);
	return true;
}

/* The value that REF refers to, to *VALUE. */
static bool read_ref(const struct call_view *view, const struct call_scope *scope,
		     struct abi_ref ref, uint64_t *value)
{
	bool is_param = ref.index < view->param_count && ref.index < SCML_REGISTERS;

	switch ((enum abi_ref_kind)ref.kind) {
	case ABI_REF_NONE:
		return false;
	case ABI_REF_FIXED:
		*value = ref.index;
		return true;
	case ABI_REF_FIELD:
		return read_field(view, scope, ref.index, value);
	case ABI_REF_PARAM:
		if (is_param)
			*value = call_param(view, ref.index);
		return is_param;
	case ABI_REF_POINTEE:
		return is_param &&
		       call_read_typed(view, call_param(view, ref.index), ABI_TYPE_S32, value);
	}
	return false;
}

/* A length or count: what is negative counts as none. */
bool call_length(const struct call_view *view, const struct call_scope *scope,
		 struct abi_ref ref, uint64_t *value)
{
	if (!read_ref(view, scope, ref, value))
		return false;
	if (*value >> 63 || (ref.kind == ABI_REF_POINTEE && *value >> 31))
		*value = 0;
	return true;
}

static uint16_t selector_set(const struct call_view *view, const struct call_scope *scope,
			     struct abi_ref ref)
{
	if (ref.kind == ABI_REF_PARAM && ref.index < view->param_count)
		return view->params[ref.index].slot.set;
	if (ref.kind == ABI_REF_FIELD && scope && ref.index < scope->object->fields.count)
		return call_field(view, scope->object, ref.index)->slot.set;
	return 0;
}

/* What SLOT is in this call; SLOT itself where nothing tells. */
const struct abi_slot *call_slot(const struct call_view *view, const struct call_scope *scope,
				 const struct abi_slot *slot)
{
	const struct abi_mux *mux = &view->db->muxes[slot->mux];
	uint64_t word;
	uint16_t set;

	if (!slot->mux || !read_ref(view, scope, mux->selector, &word))
		return slot;
	set = selector_set(view, scope, mux->selector);
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &view->db->cases[mux->cases.first + i];

		if (!one->values.count ||
		    render_is_one_of(view->db, view->arch, set ? &view->db->sets[set] : NULL,
				     one->values, word))
			return &one->slot;
	}
	return slot;
}

uint64_t call_struct_size(const struct call_view *view, const struct abi_struct *object)
{
	uint64_t size;

	return abi_num(view->db, object->size, view->arch, &size) ? size : 0;
}

/* Index of the struct that the union of SCOPE's struct is in this call; 0: of none. */
uint16_t call_union_case(const struct call_view *view, const struct call_scope *scope)
{
	const struct abi_struct *object = scope->object;
	const struct abi_field *selector;
	uint64_t word;

	if (!object->cases.count || !read_field(view, scope, object->selector, &word))
		return 0;
	selector = call_field(view, object, object->selector);
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one =
			&view->db->union_cases[object->cases.first + i];

		if (render_is_one_of(view->db, view->arch,
				     selector->slot.set ? &view->db->sets[selector->slot.set]
							: NULL,
				     one->values, word))
			return one->struct_index;
	}
	return 0;
}

static const struct abi_set *set_of(const struct abi_db *db, const struct abi_slot *slot)
{
	return slot->set ? &db->sets[slot->set] : NULL;
}

/* Are any, or all, of the members wholly in WORD? */
static bool has_members(const struct call_view *view, const struct abi_shape *shape,
			uint64_t word)
{
	bool is_all = shape->when == ABI_WHEN_ALL;
	uint64_t value;

	for (uint32_t i = 0; i < shape->members.count; i++) {
		uint32_t index = view->db->refs[shape->members.first + i];

		if (!abi_num(view->db, view->db->consts[index].value, view->arch, &value))
			continue;
		if (((word & value) == value) != is_all)
			return !is_all;
	}
	return is_all;
}

static bool has_shape(const struct call_view *view, const struct abi_shape *shape)
{
	uint64_t word;

	if (shape->when == ABI_WHEN_ELSE)
		return true;
	if (shape->param >= view->param_count || shape->param >= SCML_REGISTERS)
		return false;
	word = call_param(view, shape->param);
	if (shape->when != ABI_WHEN_IN)
		return has_members(view, shape, word);
	return render_is_one_of(view->db, view->arch,
				set_of(view->db, &view->params[shape->param].slot),
				shape->members, word);
}

/* Parameters that this very call has. */
size_t call_param_count(const struct call_view *view, const struct abi_variant *variant)
{
	size_t count = view->param_count;

	for (uint32_t i = 0; i < variant->shapes.count; i++) {
		const struct abi_shape *shape = &view->db->shapes[variant->shapes.first + i];

		if (has_shape(view, shape)) {
			count = shape->count < count ? shape->count : count;
			break;
		}
	}
	return count < SCML_REGISTERS ? count : SCML_REGISTERS;
}

uint64_t call_register_word(const struct call_view *view, const struct abi_slot *slot,
			    uint64_t word)
{
	unsigned bits = abi_type_bits(view->db, slot->type, view->arch);

	if (!abi_type(slot->type)->is_big_endian || view->db->archs[view->arch].big_endian)
		return word;
	return __builtin_bswap64(word) >> (64 - bits);
}
