/* steps_follow: where steps that look at registers lead. Internal and freestanding; in a header
 * because the matcher cannot wait for a call. */
#ifndef SCML_STEPS_FOLLOW_H
#define SCML_STEPS_FOLLOW_H

#include "scml.h"

/* Without a branch: two sets that are looked at in a row cost one that may be foreseen wrongly.
 */
static inline bool is_in_set(const struct scml_step *step, uint64_t word)
{
	uint64_t at = (word & step->mask) - step->low;

	return (unsigned)(at < 64) & (unsigned)(step->set >> (at & 63) & 1);
}

/* The way that a switch leads; one without steps if the value is none of the listed ones. */
static inline const struct scml_way *way_of_switch(const struct scml_step *step, uint64_t word,
						   const struct scml_way *ways)
{
	uint64_t value = word & step->mask;
	const struct scml_way *way =
		ways + step->index + ((uint32_t)value * step->low >> step->offset);

	while (way->value != value && way->steps)
		way++;
	return way;
}

static inline const struct scml_step *follow(const struct scml_step *step,
					     const struct scml_way *way)
{
	return step + (way->steps ? way->steps : 1);
}

/* Over the steps that look at registers. Their next step is known before they are read, so that
 * a processor that foresees the way does not wait. */
static inline const struct scml_step *
pass_registers(const struct scml_step *step, const uint64_t *args, const struct scml_way *ways)
{
	while (step->op <= SCML_STEP_LAST) {
		bool is_in;

		if (step->op == SCML_STEP_SWITCH) {
			step = follow(step, way_of_switch(step, args[step->from], ways));
			continue;
		}
		is_in = is_in_set(step, args[step->from]);
		if (is_in == (step->op != SCML_STEP_EITHER))
			step++;
		else
			step += is_in ? step->yes : step->no;
	}
	return step;
}

static inline enum scml_verdict verdict_of_end(unsigned op)
{
	return op == SCML_STEP_YES ? SCML_SUPPORTED : SCML_UNSUPPORTED;
}

/* What registers alone tell from STEP on: a verdict, or UNDECIDED and the step that they lead
 * to. What most calls pass is written once for each place where it may stand: a processor
 * foresees branches better that go the same way each time. */
static inline enum scml_verdict
pass_to_verdict(const struct scml_step **at, const uint64_t *args, const struct scml_way *ways)
{
	const struct scml_step *step = *at;
	bool is_in;

	if (step->op == SCML_STEP_SWITCH) {
		const struct scml_way *way = way_of_switch(step, args[step->from], ways);

		if (way->end)
			return verdict_of_end(way->end);
		step = follow(step, way);
	}
	for (;;) {
		if (step->op == SCML_STEP_LAST) {
			is_in = is_in_set(step, args[step->from]);
			is_in &= is_in_set(step + 1, args[step[1].from]);
			return is_in ? SCML_SUPPORTED : SCML_UNSUPPORTED;
		}
		if (step->op > SCML_STEP_EITHER)
			break;
		is_in = is_in_set(step, args[step->from]);
		if (is_in == (step->op == SCML_STEP_REGISTER))
			step++;
		else
			step += is_in ? step->yes : step->no;
	}
	if (step->op >= SCML_STEP_YES)
		return verdict_of_end(step->op);
	*at = step;
	return SCML_UNDECIDED;
}

#endif
