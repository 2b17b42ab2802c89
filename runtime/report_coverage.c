#include "report_coverage.h"

#include <stdlib.h>
#include <string.h>

#include "report_causes.h"
#include "vec.h"

enum { MAX_OTHERS = 1 << 22 };

struct report_coverage {
	struct arena *arena;
	VEC(struct report_rule) rules; /* those of the table, by their index */
	struct report_causes *others;  /* as other reports have them */
};

static void add_own(struct report_coverage *coverage, const struct scml_table *table)
{
	for (uint32_t i = 0; i < table->rule_count; i++) {
		const struct report_rule rule = {
			.name = "",
			.file = table->strings + table->rules[i].file,
			.line = table->rules[i].line,
			.column = table->rules[i].column,
		};

		vec_push(coverage->arena, &coverage->rules, rule);
	}
	for (uint32_t i = 0; i < table->call_count; i++) {
		const struct scml_call_rules *call = &table->calls[i];

		for (uint32_t j = 0; j < call->rule_count; j++)
			coverage->rules.items[call->first_rule + j].name =
				table->strings + call->name;
	}
}

struct report_coverage *report_coverage_new(struct arena *arena, const struct scml_table *table)
{
	struct report_coverage *coverage = ARENA_NEW(arena, struct report_coverage);

	coverage->arena = arena;
	coverage->others = report_causes_new(arena, MAX_OTHERS);
	if (table)
		add_own(coverage, table);
	return coverage;
}

void report_coverage_count(struct report_coverage *coverage, const struct report_call *call,
			   uint64_t count)
{
	struct report_rule *rule;

	if (!call->rule || call->rule > coverage->rules.count)
		return;
	rule = &coverage->rules.items[call->rule - 1];
	if (call->kind == REPORT_SUPPORTED)
		rule->count += count;
	else if (call->kind == REPORT_UNDECIDED || call->kind == REPORT_UNREADABLE)
		rule->open += count;
}

void report_coverage_add(struct report_coverage *coverage, const struct report_rule *rule)
{
	const struct report_cause other = {
		.name = rule->name,
		.file = rule->file,
		.line = rule->line,
		.column = rule->column,
		.count = rule->count,
		.open = rule->open,
	};

	report_causes_add(coverage->others, &other);
}

static int compare(const void *left, const void *right)
{
	const struct report_rule *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	return order ? order : strcmp(a->name, b->name);
}

static int compare_others(const void *left, const void *right)
{
	const struct report_cause *a = left, *b = right;
	const struct report_rule one = {
		.name = a->name, .file = a->file, .line = a->line, .column = a->column};
	const struct report_rule other = {
		.name = b->name, .file = b->file, .line = b->line, .column = b->column};

	return compare(&one, &other);
}

/* The rules of the table and those of other reports. */
static struct report_rule *all_rules(const struct report_coverage *coverage, size_t *count)
{
	size_t own = coverage->rules.count, others;
	const struct report_cause *other =
		report_causes_sorted(coverage->others, compare_others, &others);
	struct report_rule *rules =
		ARENA_ARRAY(coverage->arena, struct report_rule, own + others + 1);

	if (own)
		memcpy(rules, coverage->rules.items, own * sizeof(*rules));
	for (size_t i = 0; i < others; i++)
		rules[own + i] = (struct report_rule){.name = other[i].name,
						      .file = other[i].file,
						      .line = other[i].line,
						      .column = other[i].column,
						      .count = other[i].count,
						      .open = other[i].open};
	*count = own + others;
	return rules;
}

/* The rules sorted; those of one place added up. */
static struct report_rule *sorted_rules(const struct report_coverage *coverage, size_t *count)
{
	size_t all, kept = 0;
	struct report_rule *rules = all_rules(coverage, &all);

	qsort(rules, all, sizeof(*rules), compare);
	for (size_t i = 0; i < all; i++) {
		if (kept && compare(&rules[kept - 1], &rules[i]) == 0) {
			rules[kept - 1].count += rules[i].count;
			rules[kept - 1].open += rules[i].open;
		} else {
			rules[kept++] = rules[i];
		}
	}
	for (size_t i = 1; i < kept; i++)
		if (rules[i - 1].line == rules[i].line &&
		    strcmp(rules[i - 1].file, rules[i].file) == 0)
			rules[i - 1].shares_line = rules[i].shares_line = true;
	*count = kept;
	return rules;
}

/* The file of the first of COUNT sorted RULES. */
static struct report_rule_file first_file(const struct report_rule *rules, size_t count)
{
	struct report_rule_file file = {.file = rules[0].file};

	for (size_t i = 0; i < count && strcmp(rules[i].file, file.file) == 0; i++) {
		file.rules++;
		file.used += rules[i].count > 0;
	}
	return file;
}

void report_coverage_each(const struct report_coverage *coverage,
			  void (*on_file)(void *context, const struct report_rule_file *file),
			  void (*on_rule)(void *context, const struct report_rule *rule),
			  void *context)
{
	size_t count, at = 0;
	const struct report_rule *rules = sorted_rules(coverage, &count);

	while (at < count) {
		struct report_rule_file file = first_file(rules + at, count - at);

		if (on_file)
			on_file(context, &file);
		for (uint64_t i = 0; i < file.rules; i++)
			on_rule(context, &rules[at++]);
	}
}

static void count_rule(void *context, const struct report_rule *rule)
{
	struct report_rule_file *total = context;

	total->rules++;
	total->used += rule->count > 0;
}

struct report_rule_file report_coverage_total(const struct report_coverage *coverage)
{
	struct report_rule_file total = {.file = ""};

	report_coverage_each(coverage, NULL, count_rule, &total);
	return total;
}
