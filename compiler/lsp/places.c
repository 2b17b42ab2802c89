#include "places.h"

#include <string.h>

#include "bind.h"

enum { PLACES_MAX_DEPTH = 8, PLACES_MAX_LISTED = 4096 };

static struct places item_places(const struct view *view, const struct tree *tree, size_t item,
				 unsigned depth);

/* RULE is looked at; false where that is too much. */
static bool spend(const struct view *view, const struct outline_rule *rule)
{
	size_t tokens = rule->end - rule->first;

	if (*view->budget < tokens)
		return false;
	*view->budget -= tokens;
	return true;
}

static const struct name_group *group_of(const struct names *names,
					 const struct outline_token *token)
{
	const struct name_use *use = token ? names_use_of(names, token) : NULL;

	return use ? use->group : NULL;
}

static void list_item(const struct view *view, const struct tree *tree, size_t item,
		      struct place_consts *listed, unsigned depth);

/* What a reference adds to a list: the parts of the definition. */
static void list_reference(const struct view *view, const struct outline_token *token,
			   struct place_consts *listed, unsigned depth)
{
	const struct outline *outline = view->names->outline;
	const struct name_group *group = group_of(view->names, token);

	if (!group || group->kind != OUTLINE_FLAGS || depth == PLACES_MAX_DEPTH) {
		listed->is_open = true;
		return;
	}
	for (size_t i = group->first; i <= group->last && spend(view, &outline->rules[i]);
	     i++) {
		struct tree tree = tree_new(view->arena, outline, &outline->rules[i]);

		if (tree.count > 1)
			list_item(view, &tree, 1, listed, depth + 1);
	}
}

static void list_item(const struct view *view, const struct tree *tree, size_t item,
		      struct place_consts *listed, unsigned depth)
{
	if (tree->nodes[item].first == TREE_NONE)
		listed->is_open = true;
	for (size_t i = tree->nodes[item].first; i != TREE_NONE; i = tree->nodes[i].next) {
		const struct tree_node *node = &tree->nodes[i];
		const struct abi_const *constant;

		if (listed->list.count + listed->numbers.count > PLACES_MAX_LISTED)
			return;
		switch (node->kind) {
		case TREE_CONST:
			constant = abi_const_find(view->db, node->token->text);
			if (constant)
				vec_push(view->arena, &listed->list, constant);
			break;
		case TREE_NUMBER:
			vec_push(view->arena, &listed->numbers,
				 node->token->number.negative
					 ? 0 - node->token->number.magnitude
					 : node->token->number.magnitude);
			break;
		case TREE_REFERENCE:
			list_reference(view, node->token, listed, depth);
			break;
		default:
			listed->is_open = true;
			break;
		}
	}
}

struct place_consts places_listed(const struct view *view, const struct tree *tree, size_t item)
{
	struct place_consts listed = {0};

	list_item(view, tree, item, &listed, 0);
	return listed;
}

static bool range_has(const struct view *view, struct abi_range values,
		      const struct abi_const *constant)
{
	uint64_t wanted, value;

	for (uint32_t i = 0; i < values.count; i++) {
		const struct abi_const *member =
			&view->db->consts[view->db->refs[values.first + i]];

		if (member == constant ||
		    (abi_num(view->db, member->value, view->arch, &value) &&
		     abi_num(view->db, constant->value, view->arch, &wanted) &&
		     (wanted & member->mask) == value))
			return true;
	}
	return false;
}

static bool range_has_number(const struct view *view, struct abi_range values, uint64_t number)
{
	uint64_t value;

	for (uint32_t i = 0; i < values.count; i++) {
		const struct abi_const *member =
			&view->db->consts[view->db->refs[values.first + i]];

		if (abi_num(view->db, member->value, view->arch, &value) &&
		    (number & member->mask) == value)
			return true;
	}
	return false;
}

/* Does what LISTED says of a selector leave the case for VALUES? */
static bool case_is_live(const struct view *view, const struct place_consts *listed,
			 struct abi_range values)
{
	if (listed->is_open)
		return true;
	for (size_t i = 0; i < listed->list.count; i++) {
		if (range_has(view, values, listed->list.items[i]))
			return true;
	}
	for (size_t i = 0; i < listed->numbers.count; i++) {
		if (range_has_number(view, values, listed->numbers.items[i]))
			return true;
	}
	return false;
}

static void add_place(const struct view *view, struct places *places, struct place place)
{
	const struct place *other;

	vec_each (other, &places->list) {
		if (other->slot == place.slot && other->call == place.call &&
		    other->object == place.object)
			return;
	}
	if (places->list.count < PLACES_MAX)
		vec_push(view->arena, &places->list, place);
}

/* The item of TREE that is the parameter or field REF, beside ITEM; TREE_NONE: none is. */
static size_t selector_item(const struct view *view, const struct tree *tree, size_t item,
			    const struct place *place, struct abi_ref ref)
{
	size_t list = tree->nodes[item].parent;

	if (ref.kind == ABI_REF_FIELD && place->object) {
		const struct abi_field *field =
			&view->db->fields[place->object->fields.first + ref.index];

		for (size_t i = tree->nodes[list].first; i != TREE_NONE;
		     i = tree->nodes[i].next) {
			const struct outline_token *token = tree->nodes[i].token;

			if (token && token->text &&
			    abi_is_name(view->db, field->name, field->aliases, token->text))
				return i;
		}
	} else if (ref.kind == ABI_REF_PARAM && place->call) {
		struct place_form form[1];

		places_forms(view, tree, place->call, form, 1);
		for (size_t i = tree->nodes[0].first; i != TREE_NONE; i = tree->nodes[i].next) {
			size_t position = tree->nodes[i].position;

			if (position < form->count && form->params[position] == (int)ref.index)
				return i;
		}
	}
	return TREE_NONE;
}

/* Add PLACE, or the cases of it that the rule leaves. */
static void add_cases(const struct view *view, const struct tree *tree, size_t item,
		      struct places *places, struct place place, unsigned depth)
{
	const struct abi_mux *mux = &view->db->muxes[place.slot->mux];
	struct place_consts listed = {.is_open = true};
	bool is_explicit = false;
	size_t selector;

	if (!place.slot->mux || depth == PLACES_MAX_DEPTH) {
		add_place(view, places, place);
		return;
	}
	selector = selector_item(view, tree, item, &place, mux->selector);
	if (selector != TREE_NONE && tree->nodes[selector].has_value)
		listed = places_listed(view, tree, selector);
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &view->db->cases[mux->cases.first + i];
		struct place inner = place;

		if (one->values.count ? !case_is_live(view, &listed, one->values)
				      : !listed.is_open && is_explicit)
			continue;
		is_explicit |= one->values.count != 0;
		inner.slot = &one->slot;
		inner.one = one;
		add_cases(view, tree, item, places, inner, depth + 1);
	}
}

/* The form of VIEW's parameters, or the kernel's. */
static struct place_form form_of(const struct view *view, const struct bound_rule *bound,
				 const struct abi_view *order)
{
	struct place_form form = {.view = order};

	form.count = order ? order->params.count : bound->param_count;
	if (form.count > ABI_MAX_PARAMS)
		form.count = ABI_MAX_PARAMS;
	for (size_t i = 0; i < form.count; i++) {
		const struct abi_view_param *param =
			order ? &view->db->view_params[order->params.first + i] : NULL;

		form.names[i] =
			abi_string(view->db, param ? param->name : bound->params[i].name);
		form.params[i] = param ? param->param : (int)i;
	}
	return form;
}

/* The rule as the binder reads it: names and whether there is a pattern. What stands beyond
 * all orders of parameters has no say in which it is. */
static struct res_rule fake_rule(const struct view *view, const struct tree *tree)
{
	static const struct res_pattern pattern = {.kind = RES_INTEGER};
	struct ast_rule *ast = ARENA_NEW(view->arena, struct ast_rule);
	struct res_param *params = ARENA_ARRAY(view->arena, struct res_param, ABI_MAX_PARAMS);
	struct ast_param *names = ARENA_ARRAY(view->arena, struct ast_param, ABI_MAX_PARAMS);
	size_t count = 0;

	ast->name.text = tree->rule->name->text;
	ast->is_open = true;
	for (size_t i = tree->nodes[0].first; i != TREE_NONE && count < ABI_MAX_PARAMS;
	     i = tree->nodes[i].next) {
		const struct tree_node *item = &tree->nodes[i];

		if (item->is_dots)
			continue;
		names[count].name.text = item->token ? item->token->text : "";
		names[count].is_bare_number = !item->token;
		params[count] = (struct res_param){
			&names[count], item->has_value && item->token ? &pattern : NULL};
		count++;
	}
	return (struct res_rule){.ast = ast, .params = params, .param_count = count};
}

size_t places_forms(const struct view *view, const struct tree *tree,
		    const struct abi_call *call, struct place_form *forms, size_t max)
{
	struct bound_rule bound = {.call = call};
	size_t count = 0, best = 0;
	struct res_rule rule;

	bound.variant = abi_call_variant(view->db, call, view->arch);
	if (!bound.variant && call->variants.count)
		bound.variant = &view->db->variants[call->variants.first];
	if (!bound.variant || !max)
		return 0;
	bound.params = &view->db->params[bound.variant->params.first];
	bound.param_count = bound.variant->params.count;
	if (tree && tree->rule->name) {
		rule = fake_rule(view, tree);
		best = bind_form(view->db, &bound, &rule);
	}
	forms[count++] =
		form_of(view, &bound,
			best ? &view->db->views[bound.variant->views.first + best - 1] : NULL);
	for (size_t i = 0; i <= bound.variant->views.count && count < max; i++) {
		if (i != best)
			forms[count++] =
				form_of(view, &bound,
					i ? &view->db->views[bound.variant->views.first + i - 1]
					  : NULL);
	}
	return count;
}

static void param_places(const struct view *view, const struct tree *tree, size_t item,
			 struct places *places)
{
	const struct abi_call *call =
		tree->rule->name ? abi_call_find(view->db, tree->rule->name->text) : NULL;
	size_t position = tree->nodes[item].position, count;
	struct place place = {.call = call, .param = -1};
	const struct abi_param *params;
	struct place_form form[1];

	if (!call || !places_forms(view, tree, call, form, 1) || position >= form->count ||
	    form->params[position] < 0)
		return;
	params = abi_call_params(view->db, call, view->arch, &count);
	if (!params)
		params = &view->db->params[view->db->variants[call->variants.first]
						   .params.first];
	place.param = form->params[position];
	place.slot = &params[place.param].slot;
	place.name = abi_string(view->db, params[place.param].name);
	add_cases(view, tree, item, places, place, 0);
}

struct place_fields places_fields(const struct view *view, const struct tree *tree, size_t list,
				  const struct abi_struct *object)
{
	const struct abi_db *db = view->db;
	struct place_fields fields = {0};
	struct place_consts listed = {.is_open = true};
	struct abi_ref ref = {ABI_REF_FIELD, object->selector};
	struct place place = {.object = object};

	for (uint32_t i = 0; i < object->fields.count; i++) {
		struct place_field field = {object, &db->fields[object->fields.first + i]};

		vec_push(view->arena, &fields.list, field);
	}
	if (object->cases.count && list != TREE_NONE) {
		size_t first = tree->nodes[list].first;
		size_t item = first == TREE_NONE
				      ? TREE_NONE
				      : selector_item(view, tree, first, &place, ref);

		if (item != TREE_NONE && tree->nodes[item].has_value)
			listed = places_listed(view, tree, item);
	}
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one = &db->union_cases[object->cases.first + i];
		const struct abi_struct *arm = &db->structs[one->struct_index];

		for (uint32_t j = 0;
		     case_is_live(view, &listed, one->values) && j < arm->fields.count; j++) {
			struct place_field field = {arm, &db->fields[arm->fields.first + j]};

			vec_push(view->arena, &fields.list, field);
		}
	}
	return fields;
}

static void add_struct(const struct view *view, struct place_structs *structs, uint32_t index)
{
	const struct abi_struct *object = &view->db->structs[index];

	if (!index)
		return;
	for (size_t i = 0; i < structs->list.count; i++) {
		if (structs->list.items[i] == object)
			return;
	}
	vec_push(view->arena, &structs->list, object);
}

static struct place_structs struct_places(const struct view *view, const struct tree *tree,
					  size_t node, unsigned depth)
{
	size_t item = tree->nodes[node].parent;
	struct places places = item_places(view, tree, item, depth);
	struct place_structs structs = {0};
	const struct place *place;

	vec_each (place, &places.list) {
		if (place->slot->target == ABI_TARGET_STRUCT ||
		    place->slot->type == ABI_TYPE_STRUCT ||
		    place->slot->target == ABI_TARGET_STRUCTS)
			add_struct(view, &structs, place->slot->target_struct);
	}
	if (!structs.list.count && tree->nodes[item].parent == 0 &&
	    tree->rule->kind == OUTLINE_STRUCT && tree->rule->name) {
		const struct abi_struct *named =
			abi_struct_find(view->db, tree->rule->name->text);

		if (named)
			vec_push(view->arena, &structs.list, named);
	}
	return structs;
}

struct place_structs places_of_struct(const struct view *view, const struct tree *tree,
				      size_t node)
{
	return struct_places(view, tree, node, 0);
}

static void field_places(const struct view *view, const struct tree *tree, size_t item,
			 struct places *places, unsigned depth)
{
	size_t list = tree->nodes[item].parent;
	const struct outline_token *name = tree->nodes[item].token;
	struct place_structs structs = struct_places(view, tree, list, depth);

	for (size_t i = 0; name && name->text && i < structs.list.count; i++) {
		struct place_fields fields =
			places_fields(view, tree, list, structs.list.items[i]);
		const struct place_field *field;

		vec_each (field, &fields.list) {
			struct place place = {.object = field->object,
					      .field = field->field,
					      .param = -1,
					      .slot = &field->field->slot};

			if (!abi_is_name(view->db, field->field->name, field->field->aliases,
					 name->text))
				continue;
			place.name = abi_string(view->db, field->field->name);
			add_cases(view, tree, item, places, place, depth);
		}
	}
}

/* An element of what PLACE is an array of. */
static void element_place(const struct view *view, struct places *places,
			  const struct place *array)
{
	struct abi_slot *element = ARENA_NEW(view->arena, struct abi_slot);
	struct place place = *array;

	element->set = array->slot->set;
	element->type = array->slot->element;
	if (array->slot->times)
		element->type = array->slot->type;
	else if (array->slot->target == ABI_TARGET_STRUCTS)
		element->type = ABI_TYPE_STRUCT;
	else if (array->slot->target != ABI_TARGET_TYPES)
		return;
	if (element->type == ABI_TYPE_STRUCT)
		element->target_struct = array->slot->target_struct;
	place.slot = element;
	add_place(view, places, place);
}

/* The places of the references to the definition that TREE is. */
static void definition_places(const struct view *view, const struct tree *tree,
			      struct places *places, unsigned depth)
{
	const struct outline *outline = view->names->outline;
	const struct name_group *group = group_of(view->names, tree->rule->name);

	if (!group || depth == PLACES_MAX_DEPTH)
		return;
	for (size_t i = 0; i < view->names->use_count && places->list.count < PLACES_MAX; i++) {
		const struct name_use *use = &view->names->uses[i];
		struct tree user;
		struct places found;
		size_t node;
		const struct place *place;

		if (use->group != group || use->is_definition ||
		    !spend(view, &outline->rules[use->rule]))
			continue;
		user = tree_new(view->arena, outline, &outline->rules[use->rule]);
		node = tree_item_of(&user, tree_node_of(&user, use->token));
		if (node == TREE_NONE)
			continue;
		found = item_places(view, &user, node, depth + 1);
		vec_each (place, &found.list)
			add_place(view, places, *place);
	}
}

static struct places item_places(const struct view *view, const struct tree *tree, size_t item,
				 unsigned depth)
{
	size_t list = tree->nodes[item].parent;
	struct places places = {0};

	if (depth >= PLACES_MAX_DEPTH)
		return places;
	switch (tree->nodes[list].kind) {
	case TREE_RULE:
		if (tree->rule->kind == OUTLINE_CALL)
			param_places(view, tree, item, &places);
		else
			definition_places(view, tree, &places, depth);
		break;
	case TREE_STRUCT:
		field_places(view, tree, item, &places, depth + 1);
		break;
	case TREE_ARRAY: {
		struct places arrays =
			item_places(view, tree, tree->nodes[list].parent, depth + 1);
		const struct place *array;

		vec_each (array, &arrays.list)
			element_place(view, &places, array);
		break;
	}
	default:
		break;
	}
	return places;
}

struct places places_of_item(const struct view *view, const struct tree *tree, size_t item)
{
	return item_places(view, tree, item, 0);
}
