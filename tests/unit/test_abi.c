#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"

static uint64_t value_on(const char *name, const char *arch)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_const *constant = abi_const_find(db, name);
	uint64_t value = UINT64_MAX;

	ck_assert_ptr_nonnull(constant);
	ck_assert(abi_num(db, constant->value, (unsigned)abi_arch_find(db, arch), &value));
	return value;
}

static const struct abi_param *param_of(const char *call, unsigned index)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_call *found = abi_call_find(db, call);
	const struct abi_param *params;
	size_t count;

	ck_assert_ptr_nonnull(found);
	params = abi_call_params(db, found, 0, &count);
	ck_assert_uint_lt(index, count);
	return &params[index];
}

START_TEST(every_call_is_found_by_name_and_by_number)
{
	const struct abi_db *db = abi_builtin();

	for (uint32_t i = 1; i < db->call_count; i++) {
		const struct abi_call *call = &db->calls[i];

		ck_assert_ptr_eq(abi_call_find(db, abi_string(db, call->name)), call);
		for (unsigned arch = 0; arch < db->arch_count; arch++) {
			uint64_t nr;

			if (abi_num(db, call->nr, arch, &nr))
				ck_assert_ptr_eq(abi_call_by_nr(db, arch, (uint32_t)nr), call);
			else
				ck_assert_ptr_null(abi_call_variant(db, call, arch));
		}
	}
	ck_assert_ptr_null(abi_call_find(db, "no_such_call"));
	ck_assert_ptr_null(abi_call_by_nr(db, 0, 100000));
}
END_TEST

START_TEST(every_constant_is_found_by_its_name)
{
	const struct abi_db *db = abi_builtin();

	for (uint32_t i = 1; i < db->const_count; i++)
		ck_assert_ptr_eq(abi_const_find(db, abi_string(db, db->consts[i].name)),
				 &db->consts[i]);
	ck_assert_ptr_null(abi_const_find(db, "NO_SUCH_CONSTANT"));
}
END_TEST

START_TEST(constants_have_the_value_of_their_architecture)
{
	ck_assert_uint_eq(value_on("O_DIRECTORY", "x86_64"), 0x10000);
	ck_assert_uint_eq(value_on("O_DIRECTORY", "aarch64"), 0x4000);
	ck_assert_uint_eq(value_on("O_LARGEFILE", "x86_64"), 0x8000);
}
END_TEST

START_TEST(names_of_strace_are_found_too)
{
	const struct abi_db *db = abi_builtin();

	ck_assert_uint_eq(value_on("FASYNC", "x86_64"), value_on("O_ASYNC", "x86_64"));
	ck_assert_str_eq(abi_string(db, abi_const_find(db, "SO_RCVTIMEO")->text),
			 "SO_RCVTIMEO_OLD");
	ck_assert_uint_eq(value_on("PTRACE_PEEKUSER", "x86_64"), 3);
}
END_TEST

START_TEST(real_time_signals_count_from_the_kernels_first)
{
	ck_assert_uint_eq(value_on("SIGRTMIN", "x86_64"), 32);
	ck_assert_uint_eq(value_on("SIGRT_2", "x86_64"), 34);
	ck_assert_uint_eq(value_on("SIGRT_32", "aarch64"), 64);
	ck_assert(abi_const_find(abi_builtin(), "SIGRT_2")->is_computed);
}
END_TEST

START_TEST(newer_constants_say_which_kernel_brought_them)
{
	const struct abi_db *db = abi_builtin();

	ck_assert_uint_eq(abi_const_find(db, "STATX_SUBVOL")->since.release, 6 * 256 + 10);
	ck_assert_uint_eq(abi_const_find(db, "STATX_MODE")->since.release, 0);
	ck_assert_uint_eq(abi_call_find(db, "mseal")->since.release, 6 * 256 + 10);
}
END_TEST

/* A field of a set, found by a member of it. */
static const struct {
	const char *set, *member;
	enum abi_field_kind kind;
	enum abi_zero zero;
	uint64_t mask;
} fields[] = {
	{"open_flags", "O_WRONLY", ABI_ENUM, ABI_ZERO_MEMBER, 3},
	{"open_flags", "O_SYNC", ABI_BITS, ABI_ZERO_MEMBER, 0xfffffffc},
	{"clone_flags", "SIGCHLD", ABI_ENUM, ABI_ZERO_NONE, 0xff},
	{"clone_flags", "CLONE_VM", ABI_BITS, ABI_ZERO_MEMBER, 0xffffff00},
	{"mmap_flags", "MAP_SHARED_VALIDATE", ABI_ENUM, ABI_ZERO_INVALID, 0xf},
	{"mmap_flags", "MAP_FIXED", ABI_BITS, ABI_ZERO_MEMBER, 0xffffffff03fffff0},
	{"futex_op", "FUTEX_WAKE", ABI_ENUM, ABI_ZERO_MEMBER, 0xfffffe7f},
	{"flock_op", "LOCK_EX", ABI_ENUM, ABI_ZERO_INVALID, 0xb},
	{"flock_op", "LOCK_NB", ABI_BITS, ABI_ZERO_MEMBER, 0xfffffff4},
	{"mount_attrs", "MOUNT_ATTR_NOATIME", ABI_ENUM, ABI_ZERO_MEMBER, 0x70},
	{"statx_flags", "AT_STATX_FORCE_SYNC", ABI_ENUM, ABI_ZERO_MEMBER, 0x6000},
	{"prctl_op", "PR_GET_KEEPCAPS", ABI_ENUM, ABI_ZERO_INVALID, 0xffffffff},
	{"sigev_notify", "SIGEV_NONE", ABI_ENUM, ABI_ZERO_MEMBER, 0xffffffff},
	{"whence", "SEEK_END", ABI_ENUM, ABI_ZERO_MEMBER, 0xffffffff},
	{"ipproto", "IPPROTO_TCP", ABI_ENUM, ABI_ZERO_MEMBER, 0xffffffff},
	{"fcntl_cmd", "F_SETFL", ABI_ENUM, ABI_ZERO_MEMBER, 0xffffffff},
};

START_TEST(sets_split_words_as_the_kernel_does)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_set *set = abi_set_find(db, fields[_i].set);
	const struct abi_set_field *field;

	ck_assert_ptr_nonnull(set);
	field = abi_set_field_of(db, set, abi_const_find(db, fields[_i].member));
	ck_assert_ptr_nonnull(field);
	ck_assert_int_eq(field->kind, fields[_i].kind);
	ck_assert_int_eq(field->zero, fields[_i].zero);
	ck_assert_uint_eq(field->mask, fields[_i].mask);
}
END_TEST

START_TEST(the_fields_of_every_set_are_a_partition_of_its_word)
{
	const struct abi_db *db = abi_builtin();

	for (uint32_t i = 1; i < db->set_count; i++) {
		const struct abi_set *set = &db->sets[i];
		uint64_t seen = 0;

		for (uint32_t j = 0; j < set->fields.count; j++) {
			uint64_t mask = db->set_fields[set->fields.first + j].mask;

			ck_assert_uint_eq(seen & mask, 0);
			seen |= mask;
		}
		ck_assert_msg(set->width == 64 ? !~seen
					       : seen == (UINT64_C(1) << set->width) - 1,
			      "%s", abi_string(db, set->name));
	}
}
END_TEST

START_TEST(mount_flags_lose_the_magic_number)
{
	const struct abi_set *set = abi_set_find(abi_builtin(), "mount_flags");

	ck_assert_uint_eq(set->discard_mask.value, 0xffff0000);
	ck_assert_uint_eq(set->discard_value.value, 0xC0ED0000);
}
END_TEST

START_TEST(structs_have_the_layout_of_the_kernel)
{
	static const struct {
		const char *record, *field, *arch;
		uint64_t offset;
	} places[] = {
		{"epoll_event", "data", "x86_64", 4},
		{"epoll_event", "data", "aarch64", 8},
		{"kernel_sigaction", "sa_flags", "x86_64", 8},
		{"kernel_sigaction", "sa_mask", "riscv64", 16},
		{"user_msghdr", "msg_controllen", "x86_64", 40},
		{"mmsghdr", "hdr", "riscv64", 0},
		{"clone_args", "exit_signal", "x86_64", 32},
	};
	const struct abi_db *db = abi_builtin();

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const struct abi_struct *record = abi_struct_find(db, places[i].record);
		int arch = abi_arch_find(db, places[i].arch);
		uint64_t offset = UINT64_MAX;

		ck_assert_ptr_nonnull(record);
		for (uint32_t j = 0; j < record->fields.count; j++) {
			const struct abi_field *field = &db->fields[record->fields.first + j];

			if (abi_is_name(db, field->name, field->aliases, places[i].field))
				ck_assert(abi_num(db, field->offset, (unsigned)arch, &offset));
		}
		ck_assert_uint_eq(offset, places[i].offset);
	}
}
END_TEST

START_TEST(clone_has_its_order_on_each_architecture)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_call *call = abi_call_find(db, "clone");
	const struct abi_variant *here =
		abi_call_variant(db, call, (unsigned)abi_arch_find(db, "x86_64"));
	const struct abi_variant *there =
		abi_call_variant(db, call, (unsigned)abi_arch_find(db, "riscv64"));

	ck_assert_str_eq(abi_string(db, db->params[here->params.first + 4].name), "tls");
	ck_assert_str_eq(abi_string(db, db->params[there->params.first + 3].name), "tls");
	for (int i = 0; i < 2; i++) {
		const struct abi_variant *variant = i ? there : here;
		struct abi_range view = db->views[variant->views.first].params;

		ck_assert_uint_eq(view.count, 7);
		ck_assert_int_eq(db->view_params[view.first].param, -1);
		ck_assert_int_eq(db->view_params[view.first + 2].param, 0);
		ck_assert_int_eq(db->view_params[view.first + 5].param, i ? 3 : 4);
	}
}
END_TEST

START_TEST(five_calls_have_shapes_and_no_other)
{
	static const char *const names[] = {"open", "openat", "mq_open", "mremap", "fcntl"};
	const struct abi_db *db = abi_builtin();
	size_t found = 0;

	for (uint32_t i = 1; i < db->call_count; i++) {
		const struct abi_variant *variant = abi_call_variant(db, &db->calls[i], 0);

		found += variant && variant->shapes.count;
	}
	ck_assert_uint_eq(found, sizeof(names) / sizeof(*names));
	for (size_t i = 0; i < found; i++)
		ck_assert_uint_eq(
			abi_call_variant(db, abi_call_find(db, names[i]), 0)->shapes.count, 2);
}
END_TEST

START_TEST(calls_of_other_architectures_have_no_number_here)
{
	static const char *const names[] = {"umount", "sigpending", "sigsuspend"};
	const struct abi_db *db = abi_builtin();

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (unsigned arch = 0; arch < db->arch_count; arch++) {
			uint64_t nr;

			ck_assert(!abi_num(db, abi_call_find(db, names[i])->nr, arch, &nr));
		}
	ck_assert_ptr_null(abi_call_variant(db, abi_call_find(db, "open"),
					    (unsigned)abi_arch_find(db, "aarch64")));
}
END_TEST

START_TEST(the_database_covers_the_interface)
{
	const struct abi_db *db = abi_builtin();
	size_t calls[ABI_MAX_ARCHS] = {0};

	for (uint32_t i = 1; i < db->call_count; i++)
		for (unsigned arch = 0; arch < db->arch_count; arch++)
			calls[arch] += abi_call_variant(db, &db->calls[i], arch) != NULL;
	ck_assert_uint_ge(calls[abi_arch_find(db, "x86_64")], 380);
	ck_assert_uint_ge(calls[abi_arch_find(db, "aarch64")], 320);
	ck_assert_uint_ge(calls[abi_arch_find(db, "riscv64")], 320);
	ck_assert_uint_ge(db->const_count, 4000);
	ck_assert_uint_ge(db->struct_count, 150);
}
END_TEST

START_TEST(parameters_refer_to_each_other_in_the_order_of_the_kernel)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_param *addr = param_of("bind", 1);
	const struct abi_param *peer = param_of("accept", 1);

	ck_assert_str_eq(abi_string(db, addr->name), "addr");
	ck_assert_int_eq(addr->slot.target, ABI_TARGET_STRUCT);
	ck_assert_int_eq(addr->slot.len.kind, ABI_REF_PARAM);
	ck_assert_uint_eq(addr->slot.len.index, 2);
	ck_assert_int_eq(peer->slot.dir, ABI_OUT);
	ck_assert_int_eq(peer->slot.len.kind, ABI_REF_POINTEE);
	ck_assert_uint_eq(peer->slot.len.index, 2);
}
END_TEST

START_TEST(a_type_without_a_kind_of_socket_is_invalid)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_set *set = abi_set_find(db, "sock_type");
	const struct abi_set_field *kind =
		abi_set_field_of(db, set, abi_const_find(db, "SOCK_RAW"));

	ck_assert_ptr_nonnull(kind);
	ck_assert_int_eq(kind->kind, ABI_ENUM);
	ck_assert_int_eq(kind->zero, ABI_ZERO_INVALID);
	ck_assert_uint_eq(kind->mask, 0xf);
	ck_assert_int_eq(abi_set_field_of(db, set, abi_const_find(db, "SOCK_CLOEXEC"))->kind,
			 ABI_BITS);
	ck_assert_ptr_null(abi_set_field_of(db, set, abi_const_find(db, "O_APPEND")));
}
END_TEST

START_TEST(structs_are_found_by_their_aliases)
{
	const struct abi_db *db = abi_builtin();
	const struct abi_struct *header = abi_struct_find(db, "user_msghdr");

	ck_assert_ptr_nonnull(header);
	ck_assert_ptr_eq(abi_struct_find(db, "msg_hdr"), header);
	ck_assert_ptr_eq(abi_struct_find(db, "msghdr"), header);
	ck_assert_ptr_null(abi_struct_find(db, "no_such_struct"));
}
END_TEST

START_TEST(a_near_name_is_suggested)
{
	const struct abi_db *db = abi_builtin();

	ck_assert_str_eq(abi_suggest(db, ABI_NAME_CONST, "SOCK_STREEM"), "SOCK_STREAM");
	ck_assert_str_eq(abi_suggest(db, ABI_NAME_CALL, "soket"), "socket");
	ck_assert_ptr_null(abi_suggest(db, ABI_NAME_CALL, "entirely_other"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("abi");
	TCase *tests = tcase_create("builtin");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, every_call_is_found_by_name_and_by_number);
	tcase_add_test(tests, every_constant_is_found_by_its_name);
	tcase_add_test(tests, constants_have_the_value_of_their_architecture);
	tcase_add_test(tests, names_of_strace_are_found_too);
	tcase_add_test(tests, real_time_signals_count_from_the_kernels_first);
	tcase_add_test(tests, newer_constants_say_which_kernel_brought_them);
	tcase_add_loop_test(tests, sets_split_words_as_the_kernel_does, 0,
			    (int)(sizeof(fields) / sizeof(*fields)));
	tcase_add_test(tests, the_fields_of_every_set_are_a_partition_of_its_word);
	tcase_add_test(tests, mount_flags_lose_the_magic_number);
	tcase_add_test(tests, structs_have_the_layout_of_the_kernel);
	tcase_add_test(tests, clone_has_its_order_on_each_architecture);
	tcase_add_test(tests, five_calls_have_shapes_and_no_other);
	tcase_add_test(tests, calls_of_other_architectures_have_no_number_here);
	tcase_add_test(tests, the_database_covers_the_interface);
	tcase_add_test(tests, parameters_refer_to_each_other_in_the_order_of_the_kernel);
	tcase_add_test(tests, a_type_without_a_kind_of_socket_is_invalid);
	tcase_add_test(tests, structs_are_found_by_their_aliases);
	tcase_add_test(tests, a_near_name_is_suggested);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
