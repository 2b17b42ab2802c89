/* Filters that libseccomp made are proved against rules that say the same. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

#include "bpf/raw.h"
#include "bpf/verify.h"
#include "spec_text.h"

enum { MAX_BYTES = 1 << 16, ALL = 0xffffffff };

static const char rules[] =
	"read(..);\nwrite(..);\nclose(fd);\nexit_group(status);\n"
	"socket(family = AF_UNIX, type = SOCK_STREAM | SOCK_CLOEXEC, protocol = 0);\n"
	"socket(family = AF_INET, type = SOCK_STREAM, protocol);\n"
	"mprotect(addr, len, prot = PROT_READ | PROT_WRITE);\n"
	"lseek(fd, offset, whence = SEEK_CUR);\n"
	"lseek(fd, offset = 0, whence = SEEK_SET);\n"
	"madvise(addr, len, advice = MADV_FREE | MADV_DONTNEED);\n";

static void allow(scmp_filter_ctx filter, const char *call, unsigned count,
		  const struct scmp_arg_cmp *tests)
{
	int nr = seccomp_syscall_resolve_name(call);

	ck_assert_int_eq(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, nr, count, tests), 0);
}

static void add_rules(scmp_filter_ctx filter)
{
	static const char *const always[] = {"read", "write", "close", "exit_group"};
	static const unsigned advices[] = {4, 8};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		allow(filter, always[i], 0, NULL);
	allow(filter, "socket", 3,
	      (struct scmp_arg_cmp[]){{0, SCMP_CMP_MASKED_EQ, ALL, 1},
				      {1, SCMP_CMP_MASKED_EQ, ALL & ~0x80000u, 1},
				      {2, SCMP_CMP_MASKED_EQ, ALL, 0}});
	allow(filter, "socket", 2,
	      (struct scmp_arg_cmp[]){{0, SCMP_CMP_MASKED_EQ, ALL, 2},
				      {1, SCMP_CMP_MASKED_EQ, ALL, 1}});
	allow(filter, "mprotect", 1,
	      (struct scmp_arg_cmp[]){{2, SCMP_CMP_MASKED_EQ, ~UINT64_C(3), 0}});
	allow(filter, "lseek", 1, (struct scmp_arg_cmp[]){{2, SCMP_CMP_MASKED_EQ, ALL, 1}});
	allow(filter, "lseek", 2,
	      (struct scmp_arg_cmp[]){{1, SCMP_CMP_EQ, 0, 0}, {2, SCMP_CMP_MASKED_EQ, ALL, 0}});
	for (size_t i = 0; i < 2; i++)
		allow(filter, "madvise", 1,
		      (struct scmp_arg_cmp[]){{2, SCMP_CMP_MASKED_EQ, ALL, advices[i]}});
}

static struct bpf_code code_of(struct arena *arena, scmp_filter_ctx filter)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	char *bytes = ARENA_ARRAY(arena, char, MAX_BYTES);
	struct bpf_code code;
	ssize_t size;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(seccomp_export_bpf(filter, fd), 0);
	size = pread(fd, bytes, MAX_BYTES, 0);
	ck_assert_int_gt(size, 0);
	close(fd);
	code = bpf_decode(arena, bytes, (size_t)size, BPF_NATIVE);
	ck_assert(bpf_check(code.items, code.count, NULL));
	return code;
}

/* The filter of libseccomp for the rules on ARCHS. */
static struct bpf_code make_filter(struct arena *arena, const uint32_t *archs, size_t count,
				   uint32_t bad_arch, uint32_t optimize)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	struct bpf_code code;

	ck_assert_ptr_nonnull(filter);
	ck_assert_int_eq(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, bad_arch), 0);
	ck_assert_int_eq(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, optimize), 0);
	seccomp_arch_remove(filter, seccomp_arch_native());
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(seccomp_arch_add(filter, archs[i]), 0);
	add_rules(filter);
	code = code_of(arena, filter);
	seccomp_release(filter);
	return code;
}

START_TEST(filter_of_libseccomp_that_says_the_same_is_proved)
{
	static const uint32_t archs[] = {SCMP_ARCH_AARCH64, SCMP_ARCH_X86_64};
	struct bpf_options options = bpf_options_default();
	struct spec_text arm = spec_text_compile(rules, "aarch64");
	struct spec_text x86 = spec_text_compile(rules, "x86_64");
	const struct rules *both[] = {arm.rules, x86.rules};
	size_t count = (size_t)_i % 2 + 1;
	uint32_t optimize = (uint32_t)_i / 2 + 1;
	struct bpf_code code =
		make_filter(arm.arena, archs, count, SCMP_ACT_ERRNO(ENOSYS), optimize);
	struct bpf_proof proof;

	options.on_bad_arch = options.on_mismatch;
	proof = bpf_verify(arm.arena, &code, both, count, &options);
	if (proof.verdict == BPF_DIFFERENT)
		ck_abort_msg("number %d: %#x, not %#x", proof.differences.items[0].call.nr,
			     proof.differences.items[0].is, proof.differences.items[0].wanted);
	ck_assert_int_eq(proof.verdict, BPF_SAME);
	spec_text_free(&arm);
	spec_text_free(&x86);
}
END_TEST

START_TEST(what_libseccomp_makes_of_numbers_beyond_x32_is_all_that_differs)
{
	static const uint32_t archs[] = {SCMP_ARCH_X86_64};
	struct bpf_options options = bpf_options_default();
	struct spec_text spec = spec_text_compile(rules, "x86_64");
	struct bpf_code code = make_filter(spec.arena, archs, 1, SCMP_ACT_KILL_PROCESS, 2);
	struct bpf_proof proof = bpf_verify(spec.arena, &code, &spec.rules, 1, &options);

	ck_assert_int_eq(proof.verdict, BPF_DIFFERENT);
	ck_assert_uint_eq(proof.differences.count, 1);
	ck_assert_uint_eq((uint32_t)proof.differences.items[0].call.nr, 0x80000000);
	ck_assert_uint_eq(proof.differences.items[0].last_nr, 0xbfffffff);
	spec_text_free(&spec);
}
END_TEST

START_TEST(rule_that_libseccomp_was_not_given_is_found)
{
	static const uint32_t archs[] = {SCMP_ARCH_X86_64};
	static const char more[] = "lseek(fd, offset = 0x100000000, whence = SEEK_SET);\n";
	struct bpf_options options = bpf_options_default();
	struct arena *arena = arena_new();
	struct spec_text spec =
		spec_text_compile(arena_printf(arena, "%s%s", rules, more), "x86_64");
	struct bpf_code code = make_filter(arena, archs, 1, SCMP_ACT_ERRNO(ENOSYS), 1);
	struct bpf_proof proof;

	options.on_bad_arch = options.on_mismatch;
	proof = bpf_verify(arena, &code, &spec.rules, 1, &options);
	ck_assert_int_eq(proof.verdict, BPF_DIFFERENT);
	ck_assert_uint_eq(proof.differences.count, 1);
	ck_assert_uint_eq(proof.differences.items[0].call.args[1], 0x100000000);
	ck_assert_uint_eq(proof.differences.items[0].call.args[2], 0);
	spec_text_free(&spec);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verify_foreign");
	SRunner *runner = srunner_create(suite);
	TCase *libseccomp = tcase_create("libseccomp");
	int failed;

	tcase_add_loop_test(libseccomp, filter_of_libseccomp_that_says_the_same_is_proved, 0,
			    4);
	tcase_add_test(libseccomp,
		       what_libseccomp_makes_of_numbers_beyond_x32_is_all_that_differs);
	tcase_add_test(libseccomp, rule_that_libseccomp_was_not_given_is_found);
	suite_add_tcase(suite, libseccomp);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
