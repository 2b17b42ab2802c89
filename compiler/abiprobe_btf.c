#include "abiprobe_btf.h"

#include <stdio.h>

#ifndef SCML_HAS_LIBBPF

enum abiprobe_btf_result abiprobe_btf(const struct abi_db *db, const struct abi_files *files,
				      const char *folder, const char *path)
{
	(void)db, (void)files, (void)folder, (void)path;
	puts("btf: skipped, this abiprobe was built without libbpf");
	return ABIPROBE_BTF_SKIPPED;
}

#else

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 512, MAX_RENAMES = 256, MAX_DEPTH = 16, MAX_PATH = 128 };

static const char running_kernel[] = "/sys/kernel/btf/vmlinux";

/* A row of btf.tsv: what the kernel calls a struct or field, "-" for nothing. */
struct rename {
	char name[MAX_PATH];
	char kernel[MAX_PATH];
};

struct comparison {
	const struct abi_db *db;
	unsigned arch;
	const struct btf *btf;
	struct rename renames[MAX_RENAMES];
	size_t rename_count;
	bool is_quiet; /* only count */
	size_t structs, fields, absent_structs, absent_fields, wrong;
};

/* A member of a struct, or of those without a name in it. */
struct member {
	uint32_t type;
	uint64_t offset; /* bytes */
	bool is_bitfield;
};

static bool read_renames(struct comparison *comparison, const char *folder)
{
	char path[4096], line[MAX_LINE];
	bool is_good = true;
	FILE *in;

	snprintf(path, sizeof(path), "%s/btf.tsv", folder);
	in = fopen(path, "r");
	if (!in) {
		perror(path);
		return false;
	}
	for (unsigned at = 1; fgets(line, sizeof(line), in); at++) {
		struct rename *rename = &comparison->renames[comparison->rename_count];

		if (*line == '#' || *line == '\n')
			continue;
		if (comparison->rename_count == MAX_RENAMES ||
		    sscanf(line, "%127[^\t\n]\t%127[^\t\n]", rename->name, rename->kernel) !=
			    2) {
			printf("%s:%u: wanted NAME, tab, the kernel's name\n", path, at);
			is_good = false;
			break;
		}
		comparison->rename_count++;
	}
	fclose(in);
	return is_good;
}

static const char *kernel_name(const struct comparison *comparison, const char *name,
			       const char *otherwise)
{
	for (size_t i = 0; i < comparison->rename_count; i++)
		if (strcmp(comparison->renames[i].name, name) == 0)
			return comparison->renames[i].kernel;
	return otherwise;
}

static const char *text_of(const struct abi_node *node, const char *key, const char *otherwise)
{
	const struct abi_node *entry = abi_node_get(node, key);

	return entry && entry->kind == ABI_NODE_SCALAR ? entry->text : otherwise;
}

static const struct btf_type *type_at(const struct comparison *comparison, uint32_t id)
{
	return btf__type_by_id(comparison->btf, id);
}

/* ID without names and qualifiers. *IS_BIG: a name says that it is in network order. */
static uint32_t plain_type(const struct comparison *comparison, uint32_t id, bool *is_big)
{
	for (unsigned depth = 0; depth < 4 * MAX_DEPTH; depth++) {
		const struct btf_type *type = type_at(comparison, id);

		if (!type ||
		    !(btf_is_typedef(type) || btf_is_mod(type) || btf_is_type_tag(type)))
			break;
		if (btf_is_typedef(type) &&
		    strncmp(btf__name_by_offset(comparison->btf, type->name_off), "__be", 4) ==
			    0)
			*is_big = true;
		id = type->type;
	}
	return id;
}

static const char *name_of(const struct comparison *comparison, uint32_t offset)
{
	return btf__name_by_offset(comparison->btf, offset);
}

/* The member of struct ID that is called the first LEN bytes of NAME. */
static bool find_member(const struct comparison *comparison, uint32_t id, const char *name,
			size_t len, unsigned depth, struct member *found)
{
	bool is_big = false;
	const struct btf_type *type = type_at(comparison, plain_type(comparison, id, &is_big));

	if (!type || !btf_is_composite(type) || depth > MAX_DEPTH)
		return false;
	for (uint16_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *own = name_of(comparison, member->name_off);
		uint32_t bits = btf_member_bit_offset(type, i);

		if (strlen(own) == len && strncmp(own, name, len) == 0) {
			found->type = member->type;
			found->offset = bits / 8;
			found->is_bitfield = btf_member_bitfield_size(type, i) || bits % 8;
			return true;
		}
		if (!*own &&
		    find_member(comparison, member->type, name, len, depth + 1, found)) {
			found->offset += bits / 8;
			return true;
		}
	}
	return false;
}

/* The member at PATH: names with points between them, each with an index behind it or not. */
static bool find_path(const struct comparison *comparison, uint32_t id, const char *path,
		      struct member *found)
{
	uint64_t offset = 0;
	bool is_big = false;

	for (;;) {
		size_t len = strcspn(path, ".[");

		if (!find_member(comparison, id, path, len, 0, found))
			return false;
		path += len;
		offset += found->offset;
		if (*path == '[') {
			const struct btf_type *type = type_at(
				comparison, plain_type(comparison, found->type, &is_big));
			char *end;
			uint64_t index = strtoull(path + 1, &end, 10);
			int64_t size;

			if (!type || !btf_is_array(type) || *end != ']')
				return false;
			found->type = btf_array(type)->type;
			size = btf__resolve_size(comparison->btf, found->type);
			offset += index * (size < 0 ? 0 : (uint64_t)size);
			path = end + 1;
		}
		if (*path != '.')
			break;
		path++;
		id = found->type;
	}
	found->offset = offset;
	return !*path;
}

static void report(struct comparison *comparison, const char *owner, const char *field,
		   const char *what, const char *here, const char *there)
{
	comparison->wrong++;
	if (!comparison->is_quiet)
		printf("%s%s%s: %s is %s here and %s in the kernel\n", owner, *field ? "." : "",
		       field, what, here, there);
}

static void report_numbers(struct comparison *comparison, const char *owner, const char *field,
			   const char *what, uint64_t here, uint64_t there)
{
	char left[24], right[24];

	snprintf(left, sizeof(left), "%llu", (unsigned long long)here);
	snprintf(right, sizeof(right), "%llu", (unsigned long long)there);
	report(comparison, owner, field, what, left, right);
}

/* Bytes of what SLOT takes in its struct. */
static uint64_t slot_bytes(const struct comparison *comparison, const struct abi_slot *slot)
{
	uint64_t bytes, times = slot->times ? slot->times : 1;

	if (slot->type == ABI_TYPE_BYTES)
		return times;
	if (slot->type == ABI_TYPE_STRUCT) {
		if (!abi_num(comparison->db, comparison->db->structs[slot->target_struct].size,
			     comparison->arch, &bytes))
			return 0;
		return bytes * times;
	}
	return abi_type_bits(comparison->db, (enum abi_type)slot->type, comparison->arch) / 8 *
	       times;
}

static const char *sign_name(bool is_signed)
{
	return is_signed ? "signed" : "unsigned";
}

static const char *kind_name(const struct btf_type *type)
{
	return btf_is_ptr(type)		? "a pointer"
	       : btf_is_composite(type) ? "a struct"
	       : btf_is_array(type)	? "an array"
	       : btf_is_int(type)	? "an integer"
	       : btf_is_any_enum(type)	? "an integer"
					: "something else";
}

/* Of types that are names for what an int holds, the sign says nothing. */
static bool has_sign(const struct abi_slot *slot)
{
	return slot->type != ABI_TYPE_FD && slot->type != ABI_TYPE_DIRFD &&
	       slot->type != ABI_TYPE_PID && slot->type != ABI_TYPE_UID &&
	       slot->type != ABI_TYPE_MODE;
}

static void compare_integer(struct comparison *comparison, const char *owner, const char *field,
			    const struct abi_slot *slot, const struct btf_type *type,
			    bool is_big)
{
	const struct abi_type_info *info = abi_type((enum abi_type)slot->type);
	bool is_signed;

	if (btf_is_union(type))
		return; /* an integer is what all its members are stored as */
	if (!btf_is_int(type) && !btf_is_any_enum(type)) {
		report(comparison, owner, field, "the field", "an integer", kind_name(type));
		return;
	}
	if (info->is_big_endian != is_big)
		report(comparison, owner, field, "the byte order",
		       info->is_big_endian ? "the network's" : "the machine's",
		       is_big ? "the network's" : "the machine's");
	/* Which sign `char` has depends on the compiler's options. */
	if (!btf_is_int(type) || !has_sign(slot) || is_big ||
	    strcmp(name_of(comparison, type->name_off), "char") == 0)
		return;
	is_signed = btf_int_encoding(type) & BTF_INT_SIGNED;
	if (info->is_signed != is_signed)
		report(comparison, owner, field, "the integer", sign_name(info->is_signed),
		       sign_name(is_signed));
}

static void compare_kind(struct comparison *comparison, const char *owner, const char *field,
			 const struct abi_slot *slot, uint32_t id)
{
	bool is_big = false;
	const struct btf_type *type;

	id = plain_type(comparison, id, &is_big);
	type = type_at(comparison, id);
	if (slot->times && type && btf_is_array(type))
		type = type_at(comparison,
			       plain_type(comparison, btf_array(type)->type, &is_big));
	if (!type || slot->type == ABI_TYPE_BYTES)
		return;
	if (slot->type == ABI_TYPE_STRUCT) {
		if (!btf_is_composite(type))
			report(comparison, owner, field, "the field", "a struct",
			       kind_name(type));
	} else if (slot->type == ABI_TYPE_PTR) {
		if (!btf_is_ptr(type))
			report(comparison, owner, field, "the field", "a pointer",
			       kind_name(type));
	} else {
		compare_integer(comparison, owner, field, slot, type, is_big);
	}
}

/* Compare FIELD of OWNER, which its YAML calls NAME, with the kernel's struct ID. */
static void compare_field(struct comparison *comparison, const char *owner, uint32_t id,
			  const struct abi_field *field, const char *name, const char *path)
{
	size_t wrong = comparison->wrong;
	struct member member = {0};
	char full[MAX_PATH];
	uint64_t offset, bytes;
	int64_t size;

	if (!abi_num(comparison->db, field->offset, comparison->arch, &offset))
		return;
	snprintf(full, sizeof(full), "%s.%s", owner, name);
	path = kernel_name(comparison, full, path);
	if (strcmp(path, "-") == 0) {
		comparison->absent_fields++;
		return;
	}
	if (!find_path(comparison, id, path, &member)) {
		report(comparison, owner, name, "the field", "present", "absent");
		return;
	}
	if (offset != member.offset)
		report_numbers(comparison, owner, name, "the offset", offset, member.offset);
	if (member.is_bitfield) {
		report(comparison, owner, name, "the field", "whole", "one of bits");
		return;
	}
	bytes = slot_bytes(comparison, &field->slot);
	size = btf__resolve_size(comparison->btf, member.type);
	if (size < 0 || bytes != (uint64_t)size)
		report_numbers(comparison, owner, name, "the size", bytes, (uint64_t)size);
	else
		compare_kind(comparison, owner, name, &field->slot, member.type);
	comparison->fields += comparison->wrong == wrong;
}

static void compare_struct(struct comparison *comparison, const struct abi_struct *own,
			   const struct abi_node *node, uint32_t id)
{
	const char *name = node->key->text;
	const struct abi_node *fields = abi_node_get(node, "fields");
	const struct btf_type *type = type_at(comparison, id);
	size_t wrong = comparison->wrong;
	uint64_t size;

	if (abi_num(comparison->db, own->size, comparison->arch, &size) &&
	    (own->is_versioned ? size > type->size : size != type->size))
		report_numbers(comparison, name, "", "the size", size, type->size);
	for (uint32_t i = 0; i < own->fields.count; i++) {
		const struct abi_field *field = &comparison->db->fields[own->fields.first + i];
		const char *called = abi_string(comparison->db, field->name);
		const struct abi_node *entry = abi_node_get(fields, called);

		compare_field(comparison, name, id, field, called, text_of(entry, "c", called));
	}
	comparison->structs += comparison->wrong == wrong;
}

/* Is TYPE the struct, union or typedef of one that C spells NAME? */
static bool is_called(const struct comparison *comparison, const struct btf_type *type,
		      const char *name)
{
	const char *own = name_of(comparison, type->name_off);

	if (strncmp(name, "struct ", 7) == 0)
		return btf_is_struct(type) && strcmp(own, name + 7) == 0;
	if (strncmp(name, "union ", 6) == 0)
		return btf_is_union(type) && strcmp(own, name + 6) == 0;
	return (btf_is_typedef(type) || btf_is_struct(type)) && strcmp(own, name) == 0;
}

/* Files of the kernel may have structs of one name: the best one counts. */
static uint32_t find_struct(struct comparison *comparison, const struct abi_struct *own,
			    const struct abi_node *node, const char *name)
{
	uint32_t count = btf__type_cnt(comparison->btf), best = 0;
	size_t fewest = SIZE_MAX;

	for (uint32_t i = 1; i < count; i++) {
		struct comparison trial;
		bool is_big = false;
		uint32_t id;

		if (!is_called(comparison, type_at(comparison, i), name))
			continue;
		id = plain_type(comparison, i, &is_big);
		if (!btf_is_composite(type_at(comparison, id)))
			continue;
		trial = *comparison;
		trial.is_quiet = true;
		compare_struct(&trial, own, node, id);
		if (trial.wrong - comparison->wrong < fewest) {
			fewest = trial.wrong - comparison->wrong;
			best = id;
		}
	}
	return best;
}

static void compare_node(struct comparison *comparison, const struct abi_node *node)
{
	const struct abi_struct *own = abi_struct_find(comparison->db, node->key->text);
	const char *name =
		kernel_name(comparison, node->key->text, text_of(node, "c", node->key->text));
	uint32_t id;
	uint64_t size;

	if (!own || !abi_num(comparison->db, own->size, comparison->arch, &size))
		return;
	id = strcmp(name, "-") == 0 ? 0 : find_struct(comparison, own, node, name);
	if (id) {
		compare_struct(comparison, own, node, id);
		return;
	}
	printf("not in BTF: %s\n", node->key->text);
	comparison->absent_structs++;
}

enum abiprobe_btf_result abiprobe_btf(const struct abi_db *db, const struct abi_files *files,
				      const char *folder, const char *path)
{
	struct comparison comparison = {.db = db};
	int arch = abi_arch_host(db);
	struct btf *btf = arch < 0 ? NULL : btf__parse(path ? path : running_kernel, NULL);

	if (!btf) {
		printf("btf: skipped, %s: %s\n", path ? path : running_kernel,
		       arch < 0 ? "of another architecture" : strerror(errno));
		return ABIPROBE_BTF_SKIPPED;
	}
	comparison.arch = (unsigned)arch;
	comparison.btf = btf;
	if (!read_renames(&comparison, folder))
		comparison.wrong++;
	for (size_t i = 0; i < files->count; i++) {
		const struct abi_node *section = abi_node_get(files->roots[i], "structs");

		for (const struct abi_node *node = section ? section->first : NULL; node;
		     node = node->next)
			compare_node(&comparison, node);
	}
	btf__free(btf);
	printf("btf: %zu structs, %zu fields confirmed; %zu structs, %zu fields not in BTF; "
	       "%zu differences\n",
	       comparison.structs, comparison.fields, comparison.absent_structs,
	       comparison.absent_fields, comparison.wrong);
	return comparison.structs && !comparison.wrong ? ABIPROBE_BTF_SAME
						       : ABIPROBE_BTF_DIFFERS;
}

#endif
