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
