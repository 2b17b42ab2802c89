/* Memory of a real child process: two pages of a file, and one beyond its end. */
#include <check.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peek.h"

static struct {
	unsigned char *pages; /* the same address in both processes */
	pid_t pid;
	int to_child, from_child;
	struct peek peek;
	struct scml_memory memory;
} child;

/* Each byte from the parent is written over the whole memory, each answer is that byte. */
static _Noreturn void run_child(int in, int out)
{
	unsigned char byte;

	while (read(in, &byte, 1) == 1) {
		memset(child.pages, byte, 2 * PEEK_PAGE);
		if (write(out, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void fill(unsigned char byte)
{
	unsigned char answer = 0;

	ck_assert_int_eq(write(child.to_child, &byte, 1), 1);
	ck_assert_int_eq(read(child.from_child, &answer, 1), 1);
	ck_assert_uint_eq(answer, byte);
}

static void setup(void)
{
	int down[2], up[2], file;

	file = memfd_create("two pages", MFD_CLOEXEC);
	ck_assert_int_eq(ftruncate(file, 2 * PEEK_PAGE), 0);
	child.pages = mmap(NULL, 3 * PEEK_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	ck_assert_ptr_ne(child.pages, MAP_FAILED);
	close(file);
	ck_assert_int_eq(pipe(down) | pipe(up), 0);
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0) {
		close(down[1]);
		run_child(down[0], up[1]);
	}
	child.to_child = down[1];
	child.from_child = up[0];
	peek_start(&child.peek, child.pid);
	child.memory = peek_memory(&child.peek);
	fill('a');
}

static void end_child(void)
{
	kill(child.pid, SIGKILL);
	waitpid(child.pid, NULL, 0);
}

static enum scml_read read_at(const void *address, void *buffer, size_t size, size_t *done)
{
	*done = size;
	return child.memory.read(child.memory.context, (uintptr_t)address, buffer, size, done);
}

static bool is_all(const char *buffer, char byte, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (buffer[i] != byte)
			return false;
	}
	return true;
}

static void check_reads(void)
{
	char buffer[300] = {0};
	size_t done;

	ck_assert_int_eq(read_at(child.pages + 100, buffer, 8, &done), SCML_READ_OK);
	ck_assert_uint_eq(done, 8);
	ck_assert(is_all(buffer, 'a', 8));
	/* over the boundary of two pages that are there */
	ck_assert_int_eq(read_at(child.pages + PEEK_PAGE - 3, buffer, 8, &done), SCML_READ_OK);
	ck_assert(is_all(buffer, 'a', 8));
	/* up to the page that is not */
	ck_assert_int_eq(read_at(child.pages + 2 * PEEK_PAGE - 8, buffer, 8, &done),
			 SCML_READ_OK);
	ck_assert_int_eq(read_at(child.pages + 2 * PEEK_PAGE - 7, buffer, 8, &done),
			 SCML_READ_FAULT);
	ck_assert_int_eq(read_at(child.pages + 2 * PEEK_PAGE - 20, buffer, 300, &done),
			 SCML_READ_OK);
	ck_assert_uint_eq(done, 20);
	ck_assert(is_all(buffer, 'a', 20));
	ck_assert_int_eq(read_at(child.pages + 2 * PEEK_PAGE, buffer, 300, &done),
			 SCML_READ_FAULT);
	ck_assert_int_eq(read_at(NULL, buffer, 1, &done), SCML_READ_FAULT);
	ck_assert_int_eq(read_at((void *)UINTPTR_MAX, buffer, 1, &done), SCML_READ_FAULT);
	ck_assert_int_eq(read_at((void *)UINTPTR_MAX, buffer, 20, &done), SCML_READ_FAULT);
	ck_assert_int_eq(read_at((void *)(UINTPTR_MAX / 2), buffer, 8, &done), SCML_READ_FAULT);
}

START_TEST(memory_of_the_child_is_read_up_to_where_it_ends)
{
	check_reads();
	ck_assert(!child.peek.is_denied);
}
END_TEST

START_TEST(one_call_sees_one_state)
{
	char buffer[8];
	size_t done;

	ck_assert_int_eq(read_at(child.pages, buffer, 1, &done), SCML_READ_OK);
	fill('b');
	ck_assert_int_eq(read_at(child.pages + 1000, buffer, 8, &done), SCML_READ_OK);
	ck_assert(is_all(buffer, 'a', 8));
	peek_reset(&child.peek);
	ck_assert_int_eq(read_at(child.pages + 1000, buffer, 8, &done), SCML_READ_OK);
	ck_assert(is_all(buffer, 'b', 8));
}
END_TEST

START_TEST(more_pages_than_are_kept_can_be_read)
{
	static const unsigned char local[(PEEK_PAGES + 3) * PEEK_PAGE];
	char buffer[8];
	size_t done;

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < PEEK_PAGES + 3; i++) {
			ck_assert_int_eq(read_at(local + i * PEEK_PAGE, buffer, 1, &done),
					 SCML_READ_OK);
			ck_assert_int_eq(buffer[0], 0);
			ck_assert_int_eq(read_at(child.pages, buffer, 1, &done), SCML_READ_OK);
			ck_assert_int_eq(buffer[0], 'a');
		}
	}
}
END_TEST

START_TEST(process_that_has_ended_is_unknown)
{
	char buffer[8];
	size_t done;

	end_child();
	ck_assert_int_eq(read_at(child.pages, buffer, 8, &done), SCML_READ_UNKNOWN);
}
END_TEST

START_TEST(proc_mem_is_read_where_the_call_is_refused)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};
	char buffer[8];
	size_t done;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	check_reads();
	ck_assert(child.peek.is_denied);
	peek_reset(&child.peek);
	end_child();
	ck_assert_int_eq(read_at(child.pages, buffer, 8, &done), SCML_READ_UNKNOWN);
}
END_TEST

START_TEST(matcher_reads_through_it)
{
	static const uint16_t by_nr[] = {1};
	static const struct scml_call_rules calls[] = {{.rule_count = 1}};
	static const struct scml_rule rules[] = {{.cond_count = 1}};
	static const struct scml_cond conds[] = {{.test = 0}};
	static const struct scml_block blocks[] = {{.size = 4, .extent = {.fixed = 4}}};
	static const uint64_t values[] = {0x61616161};
	static const struct scml_test tests[] = {
		{.op = SCML_OP_MEMORY, .place = {.width = 64}, .first = 1, .count = 1},
		{.op = SCML_OP_IN,
		 .place = {.base = SCML_INSIDE, .width = 32},
		 .count = 1,
		 .mask = UINT64_MAX}};
	static const struct scml_table table = {
		.version = SCML_TABLE_VERSION,
		.arch = 1,
		.nr_count = 1,
		.call_count = 1,
		.rule_count = 1,
		.cond_count = 1,
		.test_count = 2,
		.block_count = 1,
		.value_count = 1,
		.string_bytes = 1,
		.by_nr = by_nr,
		.calls = calls,
		.rules = rules,
		.conds = conds,
		.tests = tests,
		.blocks = blocks,
		.values = values,
		.strings = "",
	};
	struct scml_call call = {.arch = 1, .args = {(uintptr_t)child.pages + PEEK_PAGE - 2}};

	ck_assert_int_eq(scml_table_check(&table), 0);
	ck_assert_int_eq(scml_match(&table, &call, &child.memory, NULL), SCML_SUPPORTED);
	fill('b');
	peek_reset(&child.peek);
	ck_assert_int_eq(scml_match(&table, &call, &child.memory, NULL), SCML_UNSUPPORTED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("peek");
	TCase *tc = tcase_create("peek");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, end_child);
	tcase_add_test(tc, memory_of_the_child_is_read_up_to_where_it_ends);
	tcase_add_test(tc, one_call_sees_one_state);
	tcase_add_test(tc, more_pages_than_are_kept_can_be_read);
	tcase_add_test(tc, process_that_has_ended_is_unknown);
	tcase_add_test(tc, proc_mem_is_read_where_the_call_is_refused);
	tcase_add_test(tc, matcher_reads_through_it);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
