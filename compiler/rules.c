#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "pattern.h"
#include "shape.h"
#include "test.h"
#include "vec.h"
#include "word.h"

/* The typed rules of one call, while they are gathered. */
struct call_rules {
	const struct abi_call *abi;
	uint32_t nr;
	VEC(struct rule) rules;
};

struct builder {
	struct arena *arena;
	struct diags *diags;
	const struct sources *sources;
	const struct abi_db *db;
	unsigned arch;
	struct call_rules **by_call; /* by the call's index in the database */
	VEC(struct call_rules *) calls;
};

/* One rule on its way to its typed form. */
struct rule_draft {
	struct builder *builder;
	const struct res_rule *source;
	struct bound_rule bound;
	struct pattern_scope scope;
	const struct test *known[ABI_MAX_PARAMS];
	size_t budget;
	bool has_error;
};

static const char *param_name(const struct rule_draft *draft, size_t bound_index)
{
	const struct bound_param *param = &draft->bound.bound[bound_index];

	if (!param->param->ast->is_bare_number)
		return param->param->ast->name.text;
	return abi_string(draft->builder->db, draft->bound.params[(size_t)param->index].name);
}

static void type_param(struct rule_draft *draft, size_t bound_index)
{
	const struct bound_param *param = &draft->bound.bound[bound_index];
	unsigned index = (unsigned)param->index;

	draft->scope.path = param_name(draft, bound_index);
	draft->scope.span = param->param->ast->span;
	draft->known[index] = pattern_test(&draft->scope, param->param->pattern,
					   &draft->bound.params[index].slot,
					   pattern_register(&draft->scope, index));
	if (draft->bound.params[index].slot.dir == ABI_OUT &&
	    draft->bound.params[index].slot.type != ABI_TYPE_PTR)
		draft->known[index] =
			test_at_return(draft->builder->arena, draft->known[index]);
}

/* Parameters whose meaning another one selects come after those that select. */
static void type_params(struct rule_draft *draft)
{
	for (int wants_mux = 0; wants_mux <= 1; wants_mux++) {
		for (size_t i = 0; i < draft->bound.bound_count; i++) {
			const struct bound_param *param = &draft->bound.bound[i];
			bool has_mux;

			if (!param->param->pattern)
				continue;
			has_mux = draft->bound.params[(size_t)param->index].slot.mux != 0;
			if (has_mux == (wants_mux == 1))
				type_param(draft, i);
		}
	}
}

static void check_pattern_names(const struct rule_draft *draft,
				const struct res_pattern *pattern)
{
	struct word word;

	if (!pattern)
		return;
	if (pattern->kind == RES_WORD)
		word_read(&draft->scope, pattern, &word);
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern_names(draft, pattern->elements[i]);
	for (size_t i = 0; i < pattern->struct_count; i++) {
		for (size_t j = 0; j < pattern->structs[i].field_count; j++)
			check_pattern_names(draft, pattern->structs[i].fields[j].pattern);
	}
}

/* Where the call is not to be bound, its constants can still be misspelt. */
static void check_names(struct rule_draft *draft)
{
	for (size_t i = 0; i < draft->source->param_count; i++)
		check_pattern_names(draft, draft->source->params[i].pattern);
}

static void report_never(const struct rule_draft *draft, struct span span, const char *param)
{
	diag_add(draft->builder->diags, DIAG_NEVER, span,
		 "this rule matches no call: nothing that the kernel receives as '%s' fits it",
		 param);
}

static void add_condition(const struct rule_draft *draft, struct rule *rule,
			  struct rule_cond *conds, const struct rule_cond *cond)
{
	if (test_is_true(cond->test))
		return;
	if (test_is_false(cond->test) && !rule->is_never) {
		rule->is_never = true;
		report_never(draft, cond->span, cond->name);
	}
	rule->is_undecidable |= test_needs_memory(cond->test);
	conds[rule->cond_count++] = *cond;
}

static const char *bound_name(const struct rule_draft *draft, unsigned index, struct span *span)
{
	for (size_t i = 0; i < draft->bound.bound_count; i++) {
		if (draft->bound.bound[i].index == (int)index) {
			*span = draft->bound.bound[i].param->ast->span;
			return param_name(draft, i);
		}
	}
	*span = draft->source->ast->name.span;
	return abi_string(draft->builder->db, draft->bound.params[index].name);
}

static void report_shape(const struct rule_draft *draft, unsigned shape_param)
{
	struct span span;
	const char *name = bound_name(draft, shape_param, &span);

	diag_add(draft->builder->diags, DIAG_NEVER, span,
		 "this rule matches no call: with this '%s', '%s' never has %s%zu parameters",
		 name, draft->source->ast->name.text,
		 draft->source->ast->is_open ? "as many as " : "exactly ",
		 draft->source->param_count);
}

static void collect_conditions(struct rule_draft *draft, struct rule *rule)
{
	struct arena *arena = draft->builder->arena;
	struct rule_cond *conds = ARENA_ARRAY(arena, struct rule_cond, ABI_MAX_PARAMS + 1);
	unsigned shape_param;
	const struct test *shape;

	draft->scope.path = "";
	shape = shape_test(&draft->scope, &draft->bound, draft->source, &shape_param);
	if (test_is_false(shape)) {
		rule->is_never = true;
		diag_add(draft->builder->diags, DIAG_NEVER, draft->source->ast->name.span,
			 "this rule matches no call: '%s' never has exactly %zu parameters",
			 draft->source->ast->name.text, draft->source->param_count);
	} else if (!test_is_true(shape) && draft->known[shape_param] &&
		   !test_may_share(draft->known[shape_param], shape)) {
		rule->is_never = true;
		report_shape(draft, shape_param);
		draft->known[shape_param] = test_false();
	} else if (!test_is_true(shape) && draft->known[shape_param]) {
		draft->known[shape_param] = test_both(arena, draft->known[shape_param], shape);
	}
	if (!test_is_true(shape) && !draft->known[shape_param])
		draft->known[shape_param] = shape;
	for (unsigned i = 0; i < draft->bound.param_count; i++) {
		struct rule_cond cond = {.param = i, .test = draft->known[i]};

		if (!cond.test)
			continue;
		cond.name = bound_name(draft, i, &cond.span);
		add_condition(draft, rule, conds, &cond);
	}
	rule->conds = conds;
}

static struct call_rules *call_entry(struct builder *builder, const struct bound_rule *bound)
{
	size_t index = (size_t)(bound->call - builder->db->calls);
	struct call_rules *entry = builder->by_call[index];

	if (!entry) {
		entry = ARENA_NEW(builder->arena, struct call_rules);
		entry->abi = bound->call;
		entry->nr = bound->nr;
		builder->by_call[index] = entry;
		vec_push(builder->arena, &builder->calls, entry);
	}
	return entry;
}

static void build_rule(struct builder *builder, const struct res_rule *source)
{
	struct rule_draft draft = {
		.builder = builder, .source = source, .budget = PATTERN_MAX_TESTS};
	struct span name = source->ast->name.span;
	struct rule rule = {.source = source};
	struct source_place place;
	enum bind_result result =
		bind_rule(builder->diags, builder->db, builder->arch, source, &draft.bound);

	if (result == BIND_ABSENT)
		return;
	draft.scope = (struct pattern_scope){
		.arena = builder->arena,
		.diags = builder->diags,
		.db = builder->db,
		.arch = builder->arch,
		.params = draft.bound.params,
		.param_count = draft.bound.param_count,
		.known = draft.known,
		.budget = &draft.budget,
		.has_error = &draft.has_error,
	};
	if (draft.bound.variant)
		type_params(&draft);
	else
		check_names(&draft);
	if (result == BIND_ERROR || draft.has_error || source->is_broken)
		return;
	rule.file = source_file(builder->sources, name.file);
	place = source_place(rule.file, name.start);
	rule.line = place.line;
	rule.column = place.column;
	collect_conditions(&draft, &rule);
	vec_push(builder->arena, &call_entry(builder, &draft.bound)->rules, rule);
}

static int compare_calls(const void *a, const void *b)
{
	const struct rule_call *x = a, *y = b;

	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

/* Look up the constants of RULE, a definition: no rule may use it, or only one with an error,
 * and a name that nothing has is a mistake all the same. */
static void check_definition(const struct builder *builder, const struct ast_rule *rule)
{
	bool has_error = false;
	const struct pattern_scope scope = {.arena = builder->arena,
					    .diags = builder->diags,
					    .db = builder->db,
					    .arch = builder->arch,
					    .has_error = &has_error};
	const struct ast_part **parts = ARENA_ARRAY(builder->arena, const struct ast_part *,
						    rule->pattern->part_count + 1);
	struct res_pattern pattern = {.kind = RES_WORD, .parts = parts};
	struct word word;

	for (size_t i = 0; i < rule->pattern->part_count; i++) {
		if (rule->pattern->parts[i].kind == AST_CONST)
			parts[pattern.part_count++] = &rule->pattern->parts[i];
	}
	word_read(&scope, &pattern, &word);
}

static void check_definitions(const struct builder *builder, const struct ast_document *ast)
{
	for (size_t i = 0; i < ast->rule_count; i++) {
		if (ast->rules[i]->kind == AST_FLAGS_RULE)
			check_definition(builder, ast->rules[i]);
	}
}

const struct rules *rules_build(struct arena *arena, struct diags *diags,
				const struct sources *sources, const struct abi_db *db,
				unsigned arch, const struct res_document *const *documents,
				size_t count)
{
	struct builder builder = {
		.arena = arena, .diags = diags, .sources = sources, .db = db, .arch = arch};
	struct rules *rules = ARENA_NEW(arena, struct rules);
	struct rule_call *calls;

	builder.by_call = ARENA_ARRAY(arena, struct call_rules *, db->call_count + 1);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < documents[i]->rule_count; j++)
			build_rule(&builder, &documents[i]->rules[j]);
		check_definitions(&builder, documents[i]->ast);
	}
	calls = ARENA_ARRAY(arena, struct rule_call, builder.calls.count + 1);
	for (size_t i = 0; i < builder.calls.count; i++) {
		const struct call_rules *entry = builder.calls.items[i];

		calls[i] = (struct rule_call){.abi = entry->abi,
					      .nr = entry->nr,
					      .rules = entry->rules.items,
					      .rule_count = entry->rules.count};
	}
	if (builder.calls.count)
		qsort(calls, builder.calls.count, sizeof(*calls), compare_calls);
	rules->db = db;
	rules->arch = arch;
	rules->calls = calls;
	rules->call_count = builder.calls.count;
	return rules;
}

const struct rule_call *rules_find(const struct rules *rules, uint32_t nr)
{
	size_t low = 0, high = rules->call_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rules->calls[middle].nr < nr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rules->call_count && rules->calls[low].nr == nr ? &rules->calls[low]
								     : NULL;
}
