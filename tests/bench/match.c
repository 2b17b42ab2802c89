/* match: nanoseconds per verdict, the median of many runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scml.h"

enum {
	ARCH = 0xc000003e,
	RUNS = 101,
	CALLS = 20000,
};

/* socket: an enum of 12 values and a type with flags; connect: a sockaddr of two families. */
static const uint64_t values[] = {1, 2, 5, 10, 15, 16, 17, 29, 31, 38, 40, 44, 1, 2, 3, 2, 10};

enum {
	V_FAMILY = 0,
	V_TYPE = 12,
	V_INET = 15,
	V_INET6 = 16,
};

static const struct scml_test tests[] = {
	{.op = SCML_OP_IN,
	 .place = {.base = 0, .width = 32},
	 .first = V_FAMILY,
	 .count = 12,
	 .mask = UINT64_MAX},
	{.op = SCML_OP_ALL, .first = 2, .count = 2},
	{.op = SCML_OP_IN,
	 .place = {.base = 1, .width = 32},
	 .first = V_TYPE,
	 .count = 3,
	 .mask = 0xf},
	{.op = SCML_OP_BITS,
	 .place = {.base = 1, .width = 32},
	 .mask = 0xfffffff0,
	 .bits = 0x80800},
	{.op = SCML_OP_MEMORY, .place = {.base = 1, .width = 64}, .first = 5, .count = 1},
	{.op = SCML_OP_ANY, .first = 6, .count = 2},
	{.op = SCML_OP_IN,
	 .place = {.base = SCML_INSIDE, .width = 16},
	 .first = V_INET6,
	 .count = 1,
	 .mask = UINT64_MAX},
	{.op = SCML_OP_ALL, .first = 8, .count = 2},
	{.op = SCML_OP_IN,
	 .place = {.base = SCML_INSIDE, .width = 16},
	 .first = V_INET,
	 .count = 1,
	 .mask = UINT64_MAX},
	{.op = SCML_OP_IN,
	 .place = {.base = SCML_INSIDE, .width = 32, .offset = 4},
	 .first = V_TYPE,
	 .count = 1,
	 .mask = UINT64_MAX},
	{.op = SCML_OP_MEMORY, .place = {.base = 1, .width = 64}, .first = 11, .count = 1},
	{.op = SCML_OP_IN,
	 .place = {.base = SCML_INSIDE, .width = 16},
	 .first = V_INET,
	 .count = 2,
	 .mask = UINT64_MAX},
};
static const struct scml_block blocks[] = {
	{.size = 16,
	 .extent = {.kind = SCML_EXTENT_PLACE,
		    .place = {.base = 2, .width = 32, .flags = SCML_SIGNED}}}};
static const struct scml_cond conds[] = {
	{.test = 0}, {.test = 1}, {.test = 4}, {.test = 2}, {.test = 10}};
static const struct scml_rule rules[] = {{.cond_count = 2},
					 {.first_cond = 2, .cond_count = 1},
					 {.first_cond = 3, .cond_count = 1},
					 {.first_cond = 4, .cond_count = 1}};
static const struct scml_call_rules calls[] = {{.rule_count = 1},
					       {.first_rule = 1, .rule_count = 1},
					       {.first_rule = 2, .rule_count = 1},
					       {.first_rule = 3, .rule_count = 1}};
static const uint16_t by_nr[] = {1, 2, 3, 4};
static const struct scml_table table = {
	.version = SCML_TABLE_VERSION,
	.arch = ARCH,
	.nr_count = 4,
	.call_count = 4,
	.rule_count = 4,
	.cond_count = 5,
	.test_count = sizeof(tests) / sizeof(*tests),
	.block_count = 1,
	.value_count = sizeof(values) / sizeof(*values),
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

static enum scml_read read_own(void *context, uint64_t address, void *buffer, size_t size,
			       size_t *done)
{
	(void)context;
	(void)done;
	memcpy(buffer, (const void *)(uintptr_t)address, size);
	return SCML_READ_OK;
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void measure(const char *what, const struct scml_call *call, struct scml_reason *reason)
{
	static const struct scml_memory memory = {read_own, NULL};
	double ns[RUNS];
	enum scml_verdict verdict = SCML_UNSUPPORTED;

	for (unsigned run = 0; run < RUNS; run++) {
		double start = now_ns();

		for (unsigned i = 0; i < CALLS; i++) {
			verdict = scml_match(&table, call, &memory, reason);
			__asm__ volatile("" : : "r"(verdict) : "memory");
		}
		ns[run] = (now_ns() - start) / CALLS;
	}
	qsort(ns, RUNS, sizeof(*ns), compare_doubles);
	printf("%-34s %-12s %7.1f ns\n", what, scml_verdict_name(verdict), ns[RUNS / 2]);
}

int main(void)
{
	static const uint16_t name[8] = {2, 0x5000, 1, 0, 0, 0, 0, 0};
	struct scml_reason reason;
	struct scml_call call = {.arch = ARCH, .args = {10, 0x80801}};

	if (scml_table_check(&table)) {
		fputs("the table is not in order\n", stderr);
		return EXIT_FAILURE;
	}
	call.nr = 2;
	measure("one register", &call, NULL);
	call.nr = 0;
	measure("two registers, four tests", &call, NULL);
	call.args[1] = 0x80805;
	measure("registers, refused", &call, NULL);
	measure("registers, refused, with reason", &call, &reason);
	call = (struct scml_call){.arch = ARCH, .nr = 1, .args = {3, (uintptr_t)name, 16}};
	measure("sockaddr, two alternatives", &call, NULL);
	call.args[2] = 4;
	measure("sockaddr, refused, with reason", &call, &reason);
	call.nr = 3;
	measure("sockaddr's family", &call, NULL);
	call.nr = 4;
	measure("no rule", &call, NULL);
	return EXIT_SUCCESS;
}
