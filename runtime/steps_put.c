/*
 * steps_put: steps are written, compared with others, or counted. Freestanding, like match.c.
 */
#include "steps.h"

struct step_sink scml_steps_counting(const struct step_sink *sink)
{
	struct step_sink count = *sink;

	count.out = NULL;
	count.out_ways = NULL;
	count.wanted = NULL;
	count.wanted_ways = NULL;
	count.room = count.way_room = STEPS_MAX;
	count.is_count = true;
	return count;
}

static bool is_same(const struct scml_step *a, const struct scml_step *b)
{
	return a->op == b->op && a->from == b->from && a->offset == b->offset &&
	       a->yes == b->yes && a->no == b->no && a->index == b->index && a->low == b->low &&
	       a->mask == b->mask && a->set == b->set;
}

void scml_steps_flush(struct step_sink *sink)
{
	uint32_t at = sink->count - 1;

	if (!sink->is_held)
		return;
	sink->is_held = false;
	if (sink->wanted && !is_same(sink->wanted + at, &sink->held))
		sink->is_wrong = true;
	if (sink->out)
		sink->out[at] = sink->held;
}

/* What the step that is to be at position AT becomes, being of one register. */
static enum scml_step_op register_op(struct step_sink *sink, uint32_t at, struct step_ways ways)
{
	struct scml_step *held = &sink->held;

	if (ways.yes != at + 1)
		return SCML_STEP_EITHER;
	if (ways.yes != sink->last.yes || ways.no != sink->last.no)
		return SCML_STEP_REGISTER;
	if (sink->is_held && held->op == SCML_STEP_REGISTER && at - 1 + held->no == ways.no)
		held->op = SCML_STEP_LAST;
	return SCML_STEP_LAST;
}

void scml_steps_put(struct step_sink *sink, struct scml_step step, struct step_ways ways)
{
	uint32_t at = sink->count;

	if (sink->is_wrong || at >= sink->room || (ways.yes | ways.no) > STEPS_MAX) {
		sink->is_wrong = true;
		return;
	}
	if (sink->is_count) {
		sink->count++;
		return;
	}
	if (step.op == SCML_STEP_REGISTER)
		step.op = (uint8_t)register_op(sink, at, ways);
	if (step.op == SCML_STEP_EITHER && ways.no != at + 1)
		sink->is_wrong = true;
	scml_steps_flush(sink);
	step.yes = (uint16_t)(ways.yes - at);
	step.no = (uint16_t)(ways.no - at);
	sink->held = step;
	sink->is_held = true;
	sink->count++;
}
