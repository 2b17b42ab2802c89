#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "plan.h"

/* Items of one call and rule, in the order in which they are written. */
static int by_rule(const void *left, const void *right)
{
	const struct plan_item *a = *(const struct plan_item *const *)left;
	const struct plan_item *b = *(const struct plan_item *const *)right;
	int order = report_text_order(a->need.name, b->need.name);

	if (!order)
		order = report_text_order(a->need.file, b->need.file);
	if (!order)
		order = (a->need.line > b->need.line) - (a->need.line < b->need.line);
	if (!order)
		order = report_text_order(a->need.param, b->need.param);
	return order ? order : report_text_order(a->need.what, b->need.what);
}

static bool same_rule(const struct plan_item *a, const struct plan_item *b)
{
	return a->need.line == b->need.line && !report_text_order(a->need.name, b->need.name) &&
	       !report_text_order(a->need.file, b->need.file);
}

static const struct rule *find_rule(const struct rules *rules, const struct report_cause *need)
{
	for (size_t i = 0; need->file && i < rules->call_count; i++) {
		const struct rule_call *call = &rules->calls[i];

		if (strcmp(abi_string(rules->db, call->abi->name), need->name) != 0)
			continue;
		for (size_t j = 0; j < call->rule_count; j++)
			if (call->rules[j].line == need->line &&
			    strcmp(call->rules[j].file->path, need->file) == 0)
				return &call->rules[j];
	}
	return NULL;
}

static const char *plural(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* A name from outside within a comment, which ends with the line. */
static void write_name(const char *name, FILE *out)
{
	for (; *name; name++)
		putc((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name, out);
}

/* What item by item is added, as comments. */
static void write_item(const struct plan_item *item, FILE *out)
{
	const struct report_cause *need = &item->need;

	fprintf(out, "//   %s", need->name);
	if (need->param)
		fprintf(out, " %s: %s", need->param,
			need->what ? need->what : "whatever it is");
	else
		fputs(": a rule", out);
	fprintf(out, "; %zu %s, %" PRIu64 " %s", item->programs,
		plural(item->programs, "program", "programs"), need->count,
		plural(need->count, "call", "calls"));
	if (need->file) {
		fputs("; ", out);
		write_name(need->file, out);
		fprintf(out, ":%" PRIu32, need->line);
	}
	putc('\n', out);
}

static void write_names(const struct plan *plan, size_t step, FILE *out)
{
	const struct plan_program *program;
	size_t column = 2;

	fputs("//", out);
	vec_each (program, &plan->programs) {
		size_t len = strlen(program->name) + 1;

		if (program->step != step)
			continue;
		if (column > 2 && column + len > FMT_WRAP_AT) {
			fputs("\n//", out);
			column = 2;
		}
		putc(' ', out);
		write_name(program->name, out);
		column += len;
	}
	putc('\n', out);
}

static size_t count_programs(const struct plan *plan, size_t step, bool up_to)
{
	const struct plan_program *program;
	size_t count = 0;

	vec_each (program, &plan->programs)
		count += up_to ? program->step <= step : program->step == step;
	return count;
}

/* The items up to STEP, sorted; *COUNT of them. */
static const struct plan_item **items_up_to(const struct plan *plan, size_t step, size_t *count)
{
	const struct plan_item **items =
		ARENA_ARRAY(plan->arena, const struct plan_item *, plan->items.count + 1);

	*count = 0;
	for (size_t i = 0; i < plan->items.count; i++)
		if (plan->items.items[i].step && plan->items.items[i].step <= step)
			items[(*count)++] = &plan->items.items[i];
	qsort(items, *count, sizeof(const struct plan_item *), by_rule);
	return items;
}

/* A rule is written in each step that adds to it, with all that steps before added. */
static void write_rules(const struct plan *plan, const struct rules *rules, size_t step,
			FILE *out)
{
	size_t count, rule_number = 0;
	const struct plan_item **items = items_up_to(plan, step, &count);

	for (size_t i = 0; i < count;) {
		size_t end = i;
		bool is_new = false;

		for (; end < count && same_rule(items[i], items[end]); end++)
			is_new |= items[end]->step == step;
		rule_number++;
		if (is_new)
			fputs(plan_rule(plan->arena, rules, find_rule(rules, &items[i]->need),
					items + i, end - i, step * 1000 + rule_number),
			      out);
		i = end;
	}
}

static void write_step(const struct plan *plan, const struct rules *rules, size_t step,
		       FILE *out)
{
	size_t programs = count_programs(plan, step, false), count;
	const struct plan_item **items = items_up_to(plan, step, &count);

	fprintf(out, "\n// Step %zu unlocks %zu %s, %zu of %zu by then:\n", step, programs,
		plural(programs, "program", "programs"), count_programs(plan, step, true),
		plan->programs.count);
	write_names(plan, step, out);
	fputs("// and adds:\n", out);
	for (size_t i = 0; i < count; i++)
		if (items[i]->step == step)
			write_item(items[i], out);
	write_rules(plan, rules, step, out);
}

void plan_write(const struct plan *plan, const struct rules *rules, FILE *out)
{
	size_t ready = count_programs(plan, 0, false), size;
	const char *text;
	char *raw;
	FILE *memory = open_memstream(&raw, &size);

	if (!memory)
		arena_out_of_memory();
	fprintf(memory, "// What to support next, for %zu %s: %zu %s nothing more, %zu %s.\n",
		plan->programs.count, plural(plan->programs.count, "program", "programs"),
		ready, plural(ready, "needs", "need"), plan->steps,
		plural(plan->steps, "step follows", "steps follow"));
	if (plan->steps)
		fputs("// Each step needs those before it. The rules stand beside those that "
		      "are there.\n",
		      memory);
	for (size_t step = 1; step <= plan->steps; step++)
		write_step(plan, rules, step, memory);
	if (fclose(memory))
		arena_out_of_memory();
	text = fmt_text(plan->arena, raw, size, true, &size);
	fwrite(text, 1, size, out);
	free(raw);
}
