#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"

/* What reading one overlay gave. */
struct overlay {
	struct arena *arena;
	struct diags *diags;
	const struct abi_db *db;
};

static struct overlay read_overlay(const char *text, size_t size)
{
	struct overlay overlay = {.arena = arena_new()};
	struct sources *sources = sources_new(overlay.arena);
	char path[] = "/tmp/scml-overlay-XXXXXX";
	int file = mkstemp(path);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq((int)write(file, text, size), (int)size);
	close(file);
	overlay.diags = diags_new(overlay.arena, sources);
	overlay.db = abi_overlay(overlay.arena, overlay.diags, sources, abi_builtin(), path);
	unlink(path);
	return overlay;
}

static struct overlay overlay_of(const char *text)
{
	struct overlay overlay = read_overlay(text, strlen(text));

	if (!overlay.db)
		diags_write(overlay.diags, DIAG_TEXT, false, stderr);
	ck_assert_ptr_nonnull(overlay.db);
	return overlay;
}

static uint64_t value_of(const struct abi_db *db, const char *name)
{
	const struct abi_const *constant = abi_const_find(db, name);
	uint64_t value = 0;

	ck_assert_ptr_nonnull(constant);
	ck_assert(abi_num(db, constant->value, 0, &value));
	return value;
}

START_TEST(an_empty_overlay_changes_nothing)
{
	const struct abi_db *base = abi_builtin();
	struct overlay overlay = overlay_of("# nothing\n");

	ck_assert_uint_eq(overlay.db->call_count, base->call_count);
	for (uint32_t i = 1; i < base->call_count; i++) {
		const char *name = abi_string(base, base->calls[i].name);
		const struct abi_call *call = abi_call_find(overlay.db, name);

		ck_assert_ptr_nonnull(call);
		ck_assert_int_eq(memcmp(call, &base->calls[i], sizeof(*call)), 0);
	}
	for (uint32_t i = 1; i < base->const_count; i++)
		ck_assert_ptr_nonnull(
			abi_const_find(overlay.db, abi_string(base, base->consts[i].name)));
	for (uint32_t i = 1; i < base->struct_count; i++)
		ck_assert_ptr_nonnull(
			abi_struct_find(overlay.db, abi_string(base, base->structs[i].name)));
	arena_free(overlay.arena);
}
END_TEST

START_TEST(an_overlay_adds_a_call_with_all_that_it_needs)
{
	struct overlay overlay = overlay_of(
		"numbers:\n"
		"  frobnicate: {default: 4000}\n"
		"constants:\n"
		"  linux/frob.h:\n"
		"    FROB_FAST: 1\n"
		"    FROB_DEEP: {v: 0x10, since: \"7.2\"}\n"
		"sets:\n"
		"  frob_flags: {bits: [FROB_FAST, FROB_DEEP]}\n"
		"structs:\n"
		"  frob_args: {size: 16, fields: {len: {off: 0, type: u32},\n"
		"    data: {off: 8, type: ptr, to: array(u64), count: len}}}\n"
		"calls:\n"
		"  frobnicate:\n"
		"    params:\n"
		"      - {name: args, alias: [a], type: ptr, to: frob_args, len: size}\n"
		"      - {name: size, type: word}\n"
		"      - {name: flags, type: u32, set: frob_flags}\n");
	const struct abi_db *db = overlay.db;
	const struct abi_call *call = abi_call_by_nr(db, 0, 4000);
	const struct abi_param *params;
	const struct abi_struct *args = abi_struct_find(db, "frob_args");
	size_t count;

	ck_assert_ptr_nonnull(call);
	ck_assert_ptr_eq(abi_call_find(db, "frobnicate"), call);
	params = abi_call_params(db, call, 0, &count);
	ck_assert_uint_eq(count, 3);
	ck_assert(abi_is_name(db, params[0].name, params[0].aliases, "a"));
	ck_assert_ptr_eq(&db->structs[params[0].slot.target_struct], args);
	ck_assert_uint_eq(params[0].slot.len.index, 1);
	ck_assert_ptr_eq(&db->sets[params[2].slot.set], abi_set_find(db, "frob_flags"));
	ck_assert_uint_eq(db->fields[args->fields.first + 1].slot.count.kind, ABI_REF_FIELD);
	ck_assert_uint_eq(abi_const_find(db, "FROB_DEEP")->since.release, 7 * 256 + 2);
	ck_assert_ptr_nonnull(abi_call_find(db, "read"));
	ck_assert_ptr_null(abi_call_find(abi_builtin(), "frobnicate"));
	arena_free(overlay.arena);
}
END_TEST

START_TEST(an_overlay_replaces_what_has_the_same_name)
{
	struct overlay overlay = overlay_of("constants: {linux/x.h: {AF_INET: 77}}\n"
					    "sets: {shut_how: {enum: [SHUT_RD]}}\n");
	const struct abi_set *set = abi_set_find(overlay.db, "shut_how");

	ck_assert_uint_eq(value_of(overlay.db, "AF_INET"), 77);
	ck_assert_uint_eq(value_of(abi_builtin(), "AF_INET"), 2);
	ck_assert_uint_eq(overlay.db->set_fields[set->fields.first].members.count, 1);
	arena_free(overlay.arena);
}
END_TEST

START_TEST(extend_keeps_the_members_and_adds_to_them)
{
	struct overlay overlay =
		overlay_of("constants: {linux/x.h: {MSG_NEW: 0x1000000, SOCK_NEW: 7}}\n"
			   "sets:\n"
			   "  msg_flags: {extend: true, bits: [MSG_NEW]}\n"
			   "  sock_type: {extend: true, fields: [{enum: 0xf, zero: invalid, "
			   "members: [SOCK_NEW]}]}\n");
	const struct abi_db *db = overlay.db;
	const struct abi_set *flags = abi_set_find(db, "msg_flags");
	const struct abi_set *type = abi_set_find(db, "sock_type");

	ck_assert_ptr_nonnull(abi_set_field_of(db, flags, abi_const_find(db, "MSG_NEW")));
	ck_assert_ptr_nonnull(abi_set_field_of(db, flags, abi_const_find(db, "MSG_PEEK")));
	ck_assert_ptr_eq(abi_set_field_of(db, type, abi_const_find(db, "SOCK_NEW")),
			 abi_set_field_of(db, type, abi_const_find(db, "SOCK_STREAM")));
	ck_assert_uint_eq(type->fields.count, 2);
	arena_free(overlay.arena);
}
END_TEST

/* A wrong overlay, and what must be said about it. */
static const struct {
	const char *text;
	const char *message;
} wrong[] = {
	{"nonsense: {}\n", "unknown key 'nonsense'"},
	{"set: {}\n", "did you mean 'sets'?"},
	{"- a list\n", "the file must be a map"},
	{"sets: [a, b]\n", "sets must be a map"},
	{"a: b: c\n", "not YAML"},
	{"sets: {x: {bits: &a [AF_INET]}}\n", "anchors are not allowed"},
	{"sets: {x: {bits: *a}}\n", "aliases are not allowed"},
	{"sets: {x: !!map {bits: []}}\n", "tags are not allowed"},
	{"sets: {x: {bits: []}}\n---\nsets: {}\n", "second document"},
	{"sets: {x: {bits: []}, x: {bits: []}}\n", "'x' stands here twice"},
	{"sets: {x: {bits: [SOCK_STREEM]}}\n", "did you mean 'SOCK_STREAM'?"},
	{"sets: {x: {}}\n", "a set has 'enum', 'bits' or 'fields'"},
	{"sets: {x: {width: 12, bits: []}}\n", "'width' is 8, 16, 32 or 64"},
	{"sets: {x: {fields: [{enum: 3, members: [AF_INET]}, {free: 6}]}}\n",
	 "two fields share the bits 0x2"},
	{"sets: {x: {fields: [{enum: 3, members: [SOCK_SEQPACKET]}]}}\n", "lies outside of"},
	{"sets: {x: {fields: [{enum: 3, members: []}, {bits: [AF_UNIX]}]}}\n",
	 "lies outside of"},
	{"sets: {x: {enum: [AF_UNSPEC], zero: none}}\n", "but a member has the value 0"},
	{"sets: {x: {enum: [AF_INET], zero: AF_INET}}\n", "is not 0"},
	{"sets: {x: {enum: [AF_INET], zero: AF_UNSPEC}}\n", "is no member of this field"},
	{"sets: {x: {fields: [{free: 0}]}}\n", "a mask without bits"},
	{"sets: {x: {enum: [{use: nothing}]}}\n", "no set is called 'nothing'"},
	{"sets: {x: {bits: [], discard: {mask: 1, v: 2}}}\n", "'v' has bits outside of 'mask'"},
	{"structs: {x: {size: 4, fields: {a: {off: 0, type: u32, family: AF_INET}}}}\n",
	 "has a family but is neither be32 nor [16]bytes"},
	{"structs: {x: {size: 4, fields: {a: {off: 0, type: be32, family: AF_INED}}}}\n",
	 "did you mean 'AF_INET'?"},
	{"constants: {h: {A: [1]}}\n", "a value must be a number"},
	{"constants: {h: {A: 0x1g}}\n", "a value must be a number"},
	{"constants: {h: {A: 99999999999999999999}}\n", "a value must be a number"},
	{"constants: {h: {A: {v: 1, sinc: \"6.1\"}}}\n", "did you mean 'since'?"},
	{"constants: {h: {A: {v: 1, since: new}}}\n", "MAJOR.MINOR"},
	{"constants: {h: {A: {v: 1, since: \"6.1x\"}}}\n", "MAJOR.MINOR"},
	{"constants: {h: {A: {v: 1, since: \"6.12..\"}}}\n", "EARLIEST..LATEST"},
	{"constants: {h: {A: {v: 1, since: \"6.12..6.11\"}}}\n", "EARLIEST..LATEST"},
	{"structs: {a: {size: 4, since: 6, fields: {}}}\n", "MAJOR.MINOR"},
	{"structs: {a: {size: 4, fields: {b: {off: 0, type: u32, since: 6}}}}\n",
	 "MAJOR.MINOR"},
	{"constants: {h: {A: {v: 1, text: AF_INET6}}}\n", "which is another value"},
	{"numbers: {n: {default: 5000}}\n", "taken or too large"},
	{"numbers: {n: {x86_64: 0}}\n", "taken or too large"},
	{"numbers: {n: {vax: 1}}\n", "'vax' is no architecture and no class"},
	{"numbers: {n: {default: 4000}}\n", "has a number but no entry under 'calls'"},
	{"calls: {n: {params: []}}\n", "has no entry under 'numbers'"},
	{"calls: {read: {params: [{name: a}]}}\n", "'type' is missing"},
	{"calls: {read: {params: [{type: s32}]}}\n", "a parameter needs a 'name'"},
	{"calls: {read: {params: [{name: a, type: int}]}}\n", "no type is called 'int'"},
	{"calls: {read: {params: [{name: a, type: \"[0]u8\"}]}}\n", "an array type is written"},
	{"calls: {read: {params: [{name: a, type: s32, set: none_such}]}}\n",
	 "no set is called 'none_such'"},
	{"calls: {read: {params: [{name: a, type: s32, to: iovec}]}}\n", "but is no pointer"},
	{"calls: {read: {params: [{name: a, type: ptr, to: nowhere}]}}\n",
	 "no struct and no type is called 'nowhere'"},
	{"calls: {read: {params: [{name: a, type: ptr, to: array(iovec)}]}}\n",
	 "an array without 'count'"},
	{"calls: {read: {params: [{name: a, type: ptr, to: bytes, len: b}]}}\n",
	 "no parameter or field is called 'b'"},
	{"calls: {read: {params: [{name: a, type: ptr, dir: up}]}}\n",
	 "'dir' is in, out or inout"},
	{"calls: {read: {params: [{name: a, type: s32}, {name: a, type: s32}]}}\n",
	 "'read' has 'a' twice"},
	{"calls: {read: {params: [{name: a, type: s32, by: {param: b}}]}}\n",
	 "'by' names no parameter or field"},
	{"calls: {read: {params: [{name: a, type: s32}], views: {v: [b]}}}\n",
	 "no parameter is called 'b'"},
	{"calls: {read: {params: [{name: a, type: s32}], arity: [{n: 2}]}}\n",
	 "a shape has 'n'"},
	{"calls: {read: {params: [{name: a, type: s32}], arity: [{n: 0}, {n: 1}]}}\n",
	 "only the last shape has no 'when'"},
	{"calls: {read: {params: [{name: a, type: s32}],\n"
	 "  arity: [{n: 0, when: {a: {in: [AF_INET]}}}, {n: 1}]}}\n",
	 "about a parameter that the shape has"},
	{"calls: {read: {params: {x86_64: [a]}}}\n", "no parameter of 'default' is called 'a'"},
	{"calls: {read: {params: {x86_64: [{name: a, type: s32}]}}}\n", ""},
	{"structs: {s: {fields: {}}}\n", "'size' is missing"},
	{"structs: {s: {size: 4, fields: {a: {type: u32}}}}\n", "'off' is missing"},
	{"structs: {s: {size: 4, fields: {a: {off: 1, type: u32}}}}\n",
	 "ends beyond the struct"},
	{"structs: {s: {size: 8, fields: {a: {off: 0, type: \"struct:s\"}}}}\n",
	 "holds itself"},
	{"structs: {s: {size: 8, fields: {a: {off: 0, type: u32, len: \"*a\"}}}}\n",
	 "'*' needs a parameter"},
	{"structs: {s: {size: 8, fields: {}, union: {by: a, cases: {}}}}\n",
	 "no field is called 'a'"},
	{"sets: {x: {bits: [{from: 1}]}}\n", "must be a single value, not a map"},
	{"sets: {x: {extend: 3, bits: []}}\n", "'extend' is true or false"},
	{"sets: {x: {fields: [{}]}}\n", "a field has 'enum', 'bits' or 'free'"},
	{"sets: {x: {fields: [{free: none}]}}\n", "no constant is called 'none'"},
	{"constants: {h: {A: {v: 1, mask: none}}}\n", "a mask is a number"},
	{"sets: {x: {fields: [{free: 1}, {free: 2}, {free: 4}, {free: 8}, {free: 16},\n"
	 "  {free: 32}, {free: 64}, {free: 128}, {free: 256}, {free: 512}, {free: 1024},\n"
	 "  {free: 2048}, {free: 4096}, {free: 8192}, {free: 16384}, {free: 32768},\n"
	 "  {free: 65536}]}}\n",
	 "fields in a set"},
	{"sets: {x: {bits: [], discard: {mask: 1}}}\n", "'discard' has 'mask' and 'v'"},
	{"sets: {x: {bits: [], zero: AF_INET}}\n", "'AF_INET' is not 0"},
	{"constants: {h: {\"\": 1}}\n", "a name is empty"},
	{"calls: {read: {params: [{name: a, type: s32}, {name: b, type: s32},\n"
	 "  {name: c, type: s32}, {name: d, type: s32}, {name: e, type: s32},\n"
	 "  {name: f, type: s32}, {name: g, type: s32}]}}\n",
	 "more than 6 parameters"},
	{"calls: {read: {params: [{name: a, type: s32}],\n"
	 "  views: {v: [a, a, a, a, a, a, a, a, a, a, a, a]}}}\n",
	 "parameters"},
	{"calls: {read: {params: [{name: a, type: s32}], arity: [{n: 0, when: a}, {n: 1}]}}\n",
	 "'when' is written"},
	{"calls: {read: {params: [{name: a, type: s32}],\n"
	 "  arity: [{n: 0, when: {b: {in: [AF_INET]}}}, {n: 1}]}}\n",
	 "no parameter is called 'b'"},
	{"calls: {read: {params: [{name: a, type: s32}],\n"
	 "  arity: [{n: 1, when: {a: {is: [AF_INET]}}}, {n: 1}]}}\n",
	 "a condition is in, any or all"},
	{"calls: {read: {params: [{name: a, type: \"struct:nowhere\"}]}}\n",
	 "no struct is called 'nowhere'"},
	{"calls: {read: {params: [{name: a, type: ptr, to: bytes, len: 4294967296}]}}\n",
	 "too large"},
	{"calls: {read: {params: [{name: a, type: s32, by: {param: a, cases: x}}]}}\n",
	 "'cases' must be a list or a map"},
	{"calls: {read: {params: [{name: a, type: s32, by: {param: a, cases: [{to: "
	 "u32}]}}]}}\n",
	 "a case needs 'when'"},
	{"structs: {s: {size: 8, fields: {a: {off: 0, type: u32}}, union: {by: a}}}\n",
	 "a union has 'by' and 'cases'"},
	{"structs: {s: {size: 8, fields: {a: {off: 0, type: u32}},\n"
	 "  union: {by: a, cases: {AF_INET: nowhere}}}}\n",
	 "no struct is called 'nowhere'"},
	{"calls: {read: {params: []}, read: {params: []}}\n", "'read' stands here twice"},
	{"sets: {x: {bits: [\"a\\0b\"]}}\n", "a zero byte in a value"},
	{"archs: {vax: {word: 32, audit: 1}}\n", "an overlay cannot add architectures"},
	{"calls: {read: {params: {default: [{name: a, type: s32}], x86_64: [a, a, a, a, a, a, "
	 "a]}}}\n",
	 "more than 6 parameters"},
	{"calls: {read: {params: [{name: a, type: ptr, to: iovec, set: whence}]}}\n",
	 "has a set but points to a struct"},
	{"structs: {s: {size: 8, fields: {a: {off: 0, type: \"[8]bytes\", set: whence}}}}\n",
	 "has a set but is no number"},
	{"sets: {x: {enum: [AF_INET], ranges: [{prefix: R_, from: 1, to: 300}]}}\n",
	 "a range has 'prefix'"},
	{"sets: {? {a: b} : c}\n", "a map cannot be a key"},
	{"sets: {x: {fields: [{enum: O_DIRECTORY, members: []}]}}\n",
	 "is not the same on every architecture"},
	{"calls: {read: {params: [{name: a, type: u32, set: whence, to: bytes}]}}\n",
	 "has 'to' but is no pointer"},
};

START_TEST(a_wrong_overlay_is_refused_with_its_reason)
{
	struct overlay overlay = read_overlay(wrong[_i].text, strlen(wrong[_i].text));
	bool found = false;

	if (!*wrong[_i].message) {
		ck_assert_ptr_nonnull(overlay.db);
		arena_free(overlay.arena);
		return;
	}
	ck_assert_msg(!overlay.db, "accepted: %s", wrong[_i].text);
	for (const struct diag *diag = diags_first(overlay.diags); diag; diag = diag->next)
		found = found || strstr(diag->text, wrong[_i].message);
	if (!found)
		diags_write(overlay.diags, DIAG_TEXT, false, stderr);
	ck_assert_msg(found, "'%s' is not said about: %s", wrong[_i].message, wrong[_i].text);
	arena_free(overlay.arena);
}
END_TEST

START_TEST(all_faults_are_said_in_one_run_with_their_places)
{
	static const char text[] = "sets:\n"
				   "  one: {bits: [NO_SUCH_A]}\n"
				   "  two: {enum: [NO_SUCH_B]}\n";
	struct overlay overlay = read_overlay(text, strlen(text));
	const struct diag *diag;

	ck_assert_ptr_null(overlay.db);
	diags_sort(overlay.diags);
	ck_assert_uint_eq(diags_count(overlay.diags, DIAG_ERROR), 2);
	diag = diags_first(overlay.diags);
	ck_assert_int_eq(strncmp(text + diag->span.start, "NO_SUCH_A]", 10), 0);
	diag = diag->next;
	ck_assert_int_eq(strncmp(text + diag->span.start, "NO_SUCH_B]", 10), 0);
	arena_free(overlay.arena);
}
END_TEST

START_TEST(places_after_text_beyond_ascii_are_right)
{
	static const char text[] = "# \xc3\xa4\xc3\xb6\n"
				   "sets: {\"\xc3\xa4\": {bits: [NO_SUCH]}}\n";
	struct overlay overlay = read_overlay(text, strlen(text));
	const struct diag *diag = diags_first(overlay.diags);

	ck_assert_ptr_nonnull(diag);
	ck_assert_int_eq(strncmp(text + diag->span.start, "NO_SUCH]", 8), 0);
	arena_free(overlay.arena);
}
END_TEST

START_TEST(depth_and_size_are_bounded)
{
	enum { DEPTH = 200000, ENTRIES = 20000 };
	char *text = malloc(DEPTH * 2 + 16);
	struct overlay overlay;
	char *end;

	ck_assert_ptr_nonnull(text);
	strcpy(text, "sets: ");
	memset(text + 6, '[', DEPTH);
	overlay = read_overlay(text, DEPTH + 6);
	ck_assert_ptr_null(overlay.db);
	arena_free(overlay.arena);
	end = text + sprintf(text, "sets: [");
	for (int i = 0; i < ENTRIES; i++)
		end += sprintf(end, "a, ");
	strcpy(end, "a]\n");
	overlay = read_overlay(text, strlen(text));
	ck_assert_ptr_null(overlay.db);
	arena_free(overlay.arena);
	free(text);
}
END_TEST

/* COUNT entries like FORMAT, which takes a number twice, in maps of at most 1000 that PREFIX
 * begins and SUFFIX ends. */
static char *many(unsigned count, const char *head, const char *prefix, const char *format,
		  const char *suffix)
{
	enum { IN_ONE = 1000 };
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	fputs(head, file);
	for (unsigned i = 0; i < count; i++) {
		if (i % IN_ONE == 0) {
			fprintf(file, "%s", i ? suffix : "");
			fprintf(file, prefix, i);
		}
		fprintf(file, format, i, i);
	}
	fputs(suffix, file);
	fclose(file);
	return text;
}

/* TEXT must draw MESSAGE once, and at a place. It is freed. */
static void expect_full(char *text, const char *message)
{
	struct overlay overlay = read_overlay(text, strlen(text));
	unsigned count = 0;

	ck_assert_ptr_null(overlay.db);
	for (const struct diag *diag = diags_first(overlay.diags); diag; diag = diag->next) {
		if (!strstr(diag->text, message))
			continue;
		count++;
		ck_assert_uint_gt(diag->span.start, 0);
	}
	if (count != 1)
		diags_write(overlay.diags, DIAG_TEXT, false, stderr);
	ck_assert_msg(count == 1, "%u times '%s'", count, message);
	arena_free(overlay.arena);
	free(text);
}

START_TEST(tables_that_are_full_are_said_once_and_with_their_place)
{
	expect_full(many(66000, "constants:\n", "  h%u.h:\n", "    C%u: %u\n", ""),
		    "more than 65535 records of one kind");
	expect_full(many(66000, "structs:\n",
			 "  s%u:\n    size: 100000\n    fields:\n      a: {off: 0, type: u8}\n",
			 "      f%u: {off: {x86_64: %u, default: 99999}, type: u8}\n", ""),
		    "more than 65535 numbers that differ by architecture");
	expect_full(many(66000, "structs:\n",
			 "  s%u:\n    size: 100000\n    fields:\n      a: {off: 0, type: u8}\n",
			 "      f%u: {off: 4, type: u8, by: {field: a, cases: {AF_INET: {type: "
			 "u8}}}}\n",
			 ""),
		    "more than 65535 multiplexed parameters");
}
END_TEST

START_TEST(a_missing_overlay_is_an_error)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);

	ck_assert_ptr_null(
		abi_overlay(arena, diags, sources, abi_builtin(), "/nonexistent/overlay.yaml"));
	ck_assert_uint_ge(diags_count(diags, DIAG_ERROR), 1);
	arena_free(arena);
}
END_TEST

START_TEST(damaged_overlays_never_crash_the_reader)
{
	static const char sample[] =
		"numbers: {frob: {default: 4000, riscv64: null}}\n"
		"constants: {h.h: {F_A: 1, F_B: {v: {x86_64: 2}, mask: 0xf, since: "
		"\"6.12\"}}}\n"
		"sets: {s: {width: 32, fields: [{enum: 0x3, zero: none, members: [F_A, F_B],\n"
		"  ranges: [{prefix: R_, from: 1, to: 2}]}, {free: 0x30}, {bits: "
		"[O_APPEND]}]}}\n"
		"structs: {t: {size: {default: 16}, versioned: true, fields: {n: {off: 0, "
		"type: u32},\n"
		"  p: {off: 8, type: ptr, to: array(t), count: n}}}}\n"
		"calls: {frob: {params: {default: [{name: a, type: s32, set: s}, {name: b, "
		"type: word,\n"
		"  by: {param: a, cases: {F_A: {to: t}, [F_B]: {type: u32}}, default: {type: "
		"s32}}}],\n"
		"  aarch64: [a, b]}, views: {v: [\"x:-\", a]}, arity: [{n: 1, when: {a: {any: "
		"[F_A]}}},\n"
		"  {n: 2}]}}\n";
	unsigned seed = (unsigned)time(NULL);
	char text[sizeof(sample)];

	arena_free(overlay_of(sample).arena);
	printf("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 3000; round++) {
		size_t size = sizeof(sample) - 1;

		memcpy(text, sample, sizeof(sample));
		for (int i = rand() % 4; i >= 0; i--)
			text[(size_t)rand() % size] = "{}[]:,- \n\"'*&!#0xF\xff"[rand() % 19];
		if (rand() % 8 == 0)
			size = (size_t)rand() % size;
		arena_free(read_overlay(text, size).arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("abi_overlay");
	TCase *tests = tcase_create("overlay");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, an_empty_overlay_changes_nothing);
	tcase_add_test(tests, an_overlay_adds_a_call_with_all_that_it_needs);
	tcase_add_test(tests, an_overlay_replaces_what_has_the_same_name);
	tcase_add_test(tests, extend_keeps_the_members_and_adds_to_them);
	tcase_add_loop_test(tests, a_wrong_overlay_is_refused_with_its_reason, 0,
			    (int)(sizeof(wrong) / sizeof(*wrong)));
	tcase_add_test(tests, all_faults_are_said_in_one_run_with_their_places);
	tcase_add_test(tests, places_after_text_beyond_ascii_are_right);
	tcase_add_test(tests, depth_and_size_are_bounded);
	tcase_add_test(tests, a_missing_overlay_is_an_error);
	tcase_add_test(tests, tables_that_are_full_are_said_once_and_with_their_place);
	tcase_add_test(tests, damaged_overlays_never_crash_the_reader);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
