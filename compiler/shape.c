#include "shape.h"

#include "test.h"

/* Every one (ALL) or at least one (ANY) of the members is wholly in the word; or the contrary.
 */
static const struct test *contains_test(const struct pattern_scope *scope,
					struct scml_place place, const struct abi_shape *shape,
					bool wanted)
{
	const struct abi_db *db = scope->db;
	struct test_list list = {0};
	bool need_all = (shape->when == ABI_WHEN_ALL) == wanted;

	for (uint32_t i = 0; i < shape->members.count; i++) {
		const struct abi_const *member =
			&db->consts[db->refs[shape->members.first + i]];
		struct test_values whole = {0};
		uint64_t value;

		if (!abi_num(db, member->value, scope->arch, &value))
			continue;
		vec_push(scope->arena, &whole.list, value);
		test_list_add(scope->arena, &list,
			      test_in(scope->arena, place, scope->path, wanted, value, &whole));
	}
	return need_all ? test_all(scope->arena, &list) : test_any(scope->arena, &list);
}

static const struct test *when_test(const struct pattern_scope *scope,
				    const struct abi_shape *shape, bool wanted)
{
	struct scml_place place;

	if (shape->when == ABI_WHEN_ELSE)
		return wanted ? test_true() : test_false();
	place = pattern_register(scope, shape->param);
	if (shape->when == ABI_WHEN_IN)
		return pattern_selects(scope, &scope->params[shape->param].slot, place,
				       shape->members, wanted);
	return contains_test(scope, place, shape, wanted);
}

const struct test *shape_test(const struct pattern_scope *scope, const struct bound_rule *bound,
			      const struct res_rule *rule, unsigned *param)
{
	const struct abi_shape *shapes = &scope->db->shapes[bound->variant->shapes.first];
	struct test_list fitting = {0}, before = {0};

	*param = 0;
	if (bound->variant->shapes.count == 0)
		return test_true();
	for (uint32_t i = 0; i < bound->variant->shapes.count; i++) {
		bool fits = rule->ast->is_open ? shapes[i].count >= rule->param_count
					       : shapes[i].count == rule->param_count;

		if (shapes[i].when != ABI_WHEN_ELSE)
			*param = shapes[i].param;
		if (fits)
			test_list_add(scope->arena, &fitting,
				      test_both(scope->arena, test_all(scope->arena, &before),
						when_test(scope, &shapes[i], true)));
		test_list_add(scope->arena, &before, when_test(scope, &shapes[i], false));
	}
	if (fitting.list.count == bound->variant->shapes.count)
		return test_true();
	return test_any(scope->arena, &fitting);
}
