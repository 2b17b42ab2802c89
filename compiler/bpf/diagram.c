#include "bpf/diagram.h"

enum { FIRST_SLOTS = 1 << 9, RESULTS = 1 << 11 };

struct diagram_result {
	diagram_node condition, yes, no; /* CONDITION 0: none */
	diagram_node result;
};

static size_t hash(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t sum = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)((sum ^ sum >> 32 ^ c) * UINT64_C(0xd6e8feb86659fd93) >> 32);
}

/* The slot of STEP, or the free one where it belongs. */
static uint32_t *find_slot(const struct diagram *diagram, const struct diagram_step *step)
{
	size_t at = hash(step->variable, step->low, step->high);

	for (;; at++) {
		uint32_t *slot = &diagram->slots[at & diagram->slot_mask];
		const struct diagram_step *other = &diagram->nodes.items[*slot];

		if (!*slot || (other->variable == step->variable && other->low == step->low &&
			       other->high == step->high))
			return slot;
	}
}

static void grow_slots(struct diagram *diagram)
{
	diagram->slot_mask = 2 * diagram->slot_mask + 1;
	diagram->slots = ARENA_ARRAY(diagram->arena, uint32_t, diagram->slot_mask + 1);
	for (uint32_t i = 1; i < diagram->nodes.count; i++)
		*find_slot(diagram, &diagram->nodes.items[i]) = i;
}

static diagram_node intern(struct diagram *diagram, struct diagram_step step)
{
	uint32_t *slot = find_slot(diagram, &step);

	if (*slot)
		return *slot;
	diagram->is_full |= diagram->nodes.count == DIAGRAM_MAX_NODES;
	if (diagram->is_full)
		return DIAGRAM_NO;
	vec_push(diagram->arena, &diagram->nodes, step);
	*slot = (uint32_t)diagram->nodes.count - 1;
	if (2 * diagram->nodes.count > diagram->slot_mask)
		grow_slots(diagram);
	return (diagram_node)(diagram->nodes.count - 1);
}

struct diagram *diagram_new(struct arena *arena)
{
	struct diagram *diagram = ARENA_NEW(arena, struct diagram);

	diagram->arena = arena;
	diagram->slots = ARENA_ARRAY(arena, uint32_t, FIRST_SLOTS);
	diagram->slot_mask = FIRST_SLOTS - 1;
	diagram->results = ARENA_ARRAY(arena, struct diagram_result, RESULTS);
	diagram->result_mask = RESULTS - 1;
	/* Node 0 is in no slot: its index means a free one. */
	vec_push(arena, &diagram->nodes, ((struct diagram_step){DIAGRAM_LEAF, 0, 0}));
	intern(diagram, (struct diagram_step){DIAGRAM_LEAF, 1, 0});
	return diagram;
}

diagram_node diagram_leaf(struct diagram *diagram, uint32_t value)
{
	if (!value)
		return DIAGRAM_NO;
	return intern(diagram, (struct diagram_step){DIAGRAM_LEAF, value, 0});
}

diagram_node diagram_bit(struct diagram *diagram, uint32_t variable, diagram_node low,
			 diagram_node high)
{
	if (low == high)
		return low;
	return intern(diagram, (struct diagram_step){variable, low, high});
}

/* FUNCTION where VARIABLE, which comes before none that it asks for, is as IS_SET says. */
static diagram_node part_of(const struct diagram *diagram, diagram_node function,
			    uint32_t variable, bool is_set)
{
	if (diagram_variable(diagram, function) != variable)
		return function;
	return diagram_follow(diagram, function, is_set);
}

diagram_node diagram_choose(struct diagram *diagram, diagram_node condition, diagram_node yes,
			    diagram_node no)
{
	uint32_t variable = diagram_variable(diagram, condition);
	diagram_node parts[2];
	size_t place;

	if (condition == DIAGRAM_YES || yes == no)
		return yes;
	if (condition == DIAGRAM_NO)
		return no;
	place = hash(condition, yes, no) & diagram->result_mask;
	if (diagram->results[place].condition == condition &&
	    diagram->results[place].yes == yes && diagram->results[place].no == no)
		return diagram->results[place].result;
	diagram->is_full |= ++diagram->steps > DIAGRAM_MAX_STEPS;
	if (diagram->is_full)
		return DIAGRAM_NO;
	if (diagram_variable(diagram, yes) < variable)
		variable = diagram_variable(diagram, yes);
	if (diagram_variable(diagram, no) < variable)
		variable = diagram_variable(diagram, no);
	for (int i = 0; i < 2; i++)
		parts[i] = diagram_choose(diagram, part_of(diagram, condition, variable, i),
					  part_of(diagram, yes, variable, i),
					  part_of(diagram, no, variable, i));
	parts[0] = diagram_bit(diagram, variable, parts[0], parts[1]);
	diagram->results[place] = (struct diagram_result){condition, yes, no, parts[0]};
	return parts[0];
}
