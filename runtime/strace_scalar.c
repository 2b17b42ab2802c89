#include "strace_scalar.h"

#include <arpa/inet.h>
#include <linux/ioctl.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "strace_span.h"

enum {
	MAX_NAME = 128,
	MAX_OPERANDS = 4,
	MAX_NESTING = 8,
};

/* One text being read; what is left of it. */
struct cursor {
	const struct strace_names *names;
	struct strace_text text;
	unsigned depth;
};

static bool read_alternatives(struct cursor *cursor, struct strace_scalar *scalar);

/* A function of strace's notation, over its operands. */
struct function {
	const char *name;
	unsigned operands;
	unsigned network_bits;
	uint64_t (*value)(const uint64_t *operands);
};

static uint64_t same(const uint64_t *operands)
{
	return operands[0];
}

static uint64_t ioctl_number(const uint64_t *operands)
{
	return _IOC((uint32_t)operands[0], (uint32_t)operands[1], (uint32_t)operands[2],
		    (uint32_t)operands[3]);
}

/* The names of commands are constants in their place; a number is what the macro shifts there.
 */
static uint64_t quota_command(const uint64_t *operands)
{
	uint32_t command = (uint32_t)operands[0], type = (uint32_t)operands[1];

	return command & SUBCMDMASK ? (uint32_t)QCMD(command, type)
				    : command | (type & SUBCMDMASK);
}

static uint64_t device_number(const uint64_t *operands)
{
	return makedev((unsigned)operands[0], (unsigned)operands[1]);
}

static const struct function functions[] = {
	{"htons", 1, 16, same},		  {"htonl", 1, 32, same},
	{"_IOC", 4, 0, ioctl_number},	  {"QCMD", 2, 0, quota_command},
	{"makedev", 2, 0, device_number},
};

/* Operands of _IOC(), which are no part of any set. */
static const struct {
	const char *name;
	uint64_t value;
} directions[] = {
	{"_IOC_NONE", _IOC_NONE},
	{"_IOC_READ", _IOC_READ},
	{"_IOC_WRITE", _IOC_WRITE},
};

static void skip_spaces(struct cursor *cursor)
{
	while (cursor->text.len && cursor->text.at[0] == ' ')
		cursor->text = strace_skip(cursor->text, 1);
}

static bool skip_word(struct cursor *cursor, const char *word)
{
	if (!strace_starts_with(cursor->text, word))
		return false;
	cursor->text = strace_skip(cursor->text, strlen(word));
	return true;
}

/* Skip an annotation and comments, which say again what the number before them said. */
static void skip_remarks(struct cursor *cursor)
{
	const char *end;

	cursor->text = strace_skip(cursor->text, strace_annotation_len(cursor->text));
	for (;;) {
		struct strace_text text = cursor->text;

		while (text.len && text.at[0] == ' ')
			text = strace_skip(text, 1);
		if (!strace_starts_with(text, "/*"))
			return;
		end = memmem(text.at + 2, text.len - 2, "*/", 2);
		cursor->text = strace_skip(text, end ? (size_t)(end - text.at) + 2 : text.len);
	}
}

const struct abi_const *strace_const_find(const struct abi_db *db, struct strace_text name)
{
	char word[MAX_NAME];

	if (!name.len || name.len >= sizeof(word) || memchr(name.at, 0, name.len))
		return NULL;
	memcpy(word, name.at, name.len);
	word[name.len] = 0;
	return abi_const_find(db, word);
}

bool strace_const_selects(const struct abi_db *db, unsigned arch, const struct abi_slot *slot,
			  const struct abi_const *constant, uint64_t word)
{
	const struct abi_set *set = slot->set ? &db->sets[slot->set] : NULL;
	const struct abi_set_field *field = set ? abi_set_field_of(db, set, constant) : NULL;
	unsigned bits = abi_type_bits(db, (enum abi_type)slot->type, arch);
	uint64_t mask = field ? field->mask & constant->mask : constant->mask, value;

	if (bits && bits < 64)
		mask &= (UINT64_C(1) << bits) - 1;
	return abi_num(db, constant->value, arch, &value) && (word & mask) == (value & mask);
}

static bool constant_value(const struct strace_names *names, const struct abi_const *constant,
			   uint64_t *value)
{
	return constant && abi_num(names->db, constant->value, names->arch, value);
}

/* Is REST, such as `_PRIVATE`, a whole part of NAME, such as `FUTEX_PRIVATE_FLAG`? */
static bool is_part_of(struct strace_text rest, const char *name)
{
	const char *at = memmem(name, strlen(name), rest.at, rest.len);

	return at && (at[rest.len] == '_' || !at[rest.len]);
}

/* The only member of SET's bits that REST names. */
static bool fused_bits(const struct strace_names *names, struct strace_text rest,
		       uint64_t *value)
{
	const struct abi_db *db = names->db;
	unsigned count = 0;

	for (uint32_t i = 0; i < names->set->fields.count; i++) {
		const struct abi_set_field *field =
			&db->set_fields[names->set->fields.first + i];

		for (uint32_t j = 0; field->kind == ABI_BITS && j < field->members.count; j++) {
			const struct abi_const *member =
				&db->consts[db->refs[field->members.first + j]];

			if (is_part_of(rest, abi_string(db, member->name)) &&
			    constant_value(names, member, value))
				count++;
		}
	}
	return count == 1;
}

/* NAME is a member of an enum field and a flag in one: FUTEX_WAIT_PRIVATE. */
static bool fused_value(const struct strace_names *names, struct strace_text name,
			uint64_t *value)
{
	struct strace_text first = name;
	uint64_t bits;

	while (names->set && first.len > 1) {
		const struct abi_const *constant;
		const struct abi_set_field *field;

		first.len--;
		if (name.at[first.len] != '_')
			continue;
		constant = strace_const_find(names->db, first);
		field = constant ? abi_set_field_of(names->db, names->set, constant) : NULL;
		if (!field || field->kind != ABI_ENUM ||
		    !constant_value(names, constant, value))
			continue;
		if (!fused_bits(names, strace_skip(name, first.len), &bits))
			return false;
		*value |= bits;
		return true;
	}
	return false;
}

static bool name_value(const struct strace_names *names, struct strace_text name,
		       uint64_t *value)
{
	if (strace_is(name, "NULL")) {
		*value = 0;
		return true;
	}
	if (constant_value(names, strace_const_find(names->db, name), value))
		return true;
	if (names->set && names->set->zero_name &&
	    strace_is(name, abi_string(names->db, names->set->zero_name))) {
		*value = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(directions) / sizeof(*directions); i++) {
		if (strace_is(name, directions[i].name)) {
			*value = directions[i].value;
			return true;
		}
	}
	return fused_value(names, name, value);
}

/* Where the only free field of SET begins: what `21<<MAP_HUGE_SHIFT` is shifted by. */
static bool free_shift(const struct strace_names *names, uint64_t *shift)
{
	unsigned count = 0;

	for (uint32_t i = 0; names->set && i < names->set->fields.count; i++) {
		const struct abi_set_field *field =
			&names->db->set_fields[names->set->fields.first + i];

		if (field->kind != ABI_FREE || !field->mask)
			continue;
		*shift = (uint64_t)__builtin_ctzll(field->mask);
		count++;
	}
	return count == 1;
}

/* `"127.0.0.1"` */
static bool read_address(struct strace_text text, uint64_t *value)
{
	char address[INET_ADDRSTRLEN];
	struct in_addr bytes;

	if (text.len < 2 || text.at[0] != '"' || text.len - 2 >= sizeof(address))
		return false;
	memcpy(address, text.at + 1, text.len - 2);
	address[text.len - 2] = 0;
	if (inet_pton(AF_INET, address, &bytes) != 1)
		return false;
	*value = ntohl(bytes.s_addr);
	return true;
}

/* Read a number from TEXT alone, by no set. */
static bool read_operand(const struct cursor *cursor, struct strace_text text, uint64_t *value)
{
	struct strace_names names = {cursor->names->db, cursor->names->arch, NULL};
	struct cursor inner = {&names, strace_trim(text), cursor->depth + 1};
	struct strace_scalar scalar;

	if (inner.depth > MAX_NESTING || !read_alternatives(&inner, &scalar) ||
	    scalar.network_bits)
		return false;
	*value = scalar.value;
	return true;
}

/* The value of a family of commands, `EVIOCGNAME(255)`: its operands fill the bits that its
 * mask leaves open; the last one is the size. */
static bool family_value(const struct cursor *cursor, struct strace_text name,
			 const uint64_t *operands, size_t count, struct strace_scalar *scalar)
{
	const struct abi_const *constant = strace_const_find(cursor->names->db, name);
	uint64_t size_mask = (uint64_t)_IOC_SIZEMASK << _IOC_SIZESHIFT;
	uint64_t nr_hole;

	if (!constant_value(cursor->names, constant, &scalar->value) || !count ||
	    constant->mask == UINT64_MAX)
		return false;
	nr_hole = ~constant->mask & _IOC_NRMASK;
	if (!(constant->mask & size_mask))
		scalar->value |= operands[count - 1] << _IOC_SIZESHIFT & size_mask;
	if (nr_hole)
		scalar->value |= operands[0] << __builtin_ctzll(nr_hole) & nr_hole;
	return true;
}

/* TEXT is at the operands of NAME, behind the parenthesis. */
static bool read_function(struct cursor *cursor, struct strace_text name,
			  struct strace_scalar *scalar)
{
	uint64_t operands[MAX_OPERANDS];
	size_t count = 0;
	bool are_known = true;

	for (;;) {
		struct strace_text operand = cursor->text;

		operand.len = strace_value_len(cursor->text);
		cursor->text = strace_skip(cursor->text, operand.len);
		if (!cursor->text.len || count == MAX_OPERANDS)
			return false;
		operand = strace_trim(operand);
		are_known &= read_operand(cursor, operand, &operands[count]) ||
			     read_address(operand, &operands[count]);
		count++;
		if (!skip_word(cursor, ","))
			break;
	}
	if (!skip_word(cursor, ")"))
		return false;
	scalar->network_bits = 0;
	if (!are_known)
		return false;
	if (strace_is(name, "inet_addr") && count == 1) {
		*scalar = (struct strace_scalar){operands[0], 32};
		return true;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		const struct function *function = &functions[i];

		if (!strace_is(name, function->name) || function->operands != count)
			continue;
		*scalar = (struct strace_scalar){function->value(operands),
						 function->network_bits};
		return true;
	}
	return family_value(cursor, name, operands, count, scalar);
}

/* A number, a name or a function. */
static bool read_factor(struct cursor *cursor, struct strace_scalar *scalar)
{
	size_t len = strace_number(cursor->text, &scalar->value);
	struct strace_text name = cursor->text;

	scalar->network_bits = 0;
	if (len && strace_name_len(strace_skip(name, len)))
		return false;
	name.len = len ? 0 : strace_name_len(name);
	len += name.len;
	if (!len)
		return false;
	cursor->text = strace_skip(cursor->text, len);
	if (name.len && skip_word(cursor, "(")) {
		if (!read_function(cursor, name, scalar))
			return false;
	} else if (name.len && !name_value(cursor->names, name, &scalar->value)) {
		return false;
	}
	skip_remarks(cursor);
	return true;
}

/* `21<<MAP_HUGE_SHIFT`, `1<<CAP_CHOWN` */
static bool read_term(struct cursor *cursor, struct strace_scalar *scalar)
{
	struct strace_scalar shift = {0, 0};
	struct strace_text at;

	if (!read_factor(cursor, scalar))
		return false;
	if (!strace_starts_with(cursor->text, "<<"))
		return true;
	cursor->text = strace_skip(cursor->text, 2);
	at = cursor->text;
	if (!read_factor(cursor, &shift)) {
		size_t len = strace_name_len(at);

		cursor->text = strace_skip(at, len);
		if (!len || !free_shift(cursor->names, &shift.value))
			return false;
	}
	scalar->value = shift.value < 64 ? scalar->value << shift.value : 0;
	return true;
}

static bool read_sum(struct cursor *cursor, struct strace_scalar *scalar)
{
	struct strace_scalar more;

	if (!read_term(cursor, scalar))
		return false;
	while (cursor->text.len && cursor->text.at[0] == '|') {
		cursor->text = strace_skip(cursor->text, 1);
		if (!read_term(cursor, &more) || more.network_bits != scalar->network_bits)
			return false;
		scalar->value |= more.value;
	}
	return true;
}

/* `TCGETS or SNDCTL_TMR_TIMEBASE`: names of one number, of which one is enough. */
static bool read_alternatives(struct cursor *cursor, struct strace_scalar *scalar)
{
	struct strace_text rest = cursor->text;
	bool is_known = false;

	for (;;) {
		const char *next = memmem(rest.at, rest.len, " or ", 4);
		struct strace_scalar one = {0, 0};
		bool is_read;

		cursor->text = rest;
		if (next)
			cursor->text.len = (size_t)(next - rest.at);
		is_read = read_sum(cursor, &one) && !cursor->text.len;
		if (is_read && is_known && one.value != scalar->value)
			return false;
		if (is_read)
			*scalar = one;
		is_known |= is_read;
		if (!next)
			return is_known;
		rest = strace_skip(rest, (size_t)(next - rest.at) + 4);
	}
}

bool strace_scalar_read(const struct strace_names *names, struct strace_text text,
			struct strace_scalar *scalar)
{
	struct cursor cursor = {names, strace_trim(text), 0};

	*scalar = (struct strace_scalar){0, 0};
	skip_spaces(&cursor);
	return cursor.text.len && read_alternatives(&cursor, scalar);
}

uint64_t strace_scalar_word(const struct strace_names *names,
			    const struct strace_scalar *scalar)
{
	bool is_big = names->db->archs[names->arch].big_endian;

	if (is_big || !scalar->network_bits)
		return scalar->value;
	if (scalar->network_bits == 16)
		return __builtin_bswap16((uint16_t)scalar->value);
	return __builtin_bswap32((uint32_t)scalar->value);
}
