/*
 * match: the verdict of a compiled table for one call. Freestanding: match.c, match_memory.c,
 * explain.c, steps.c, steps_known.c, steps_put.c, steps_switch.c and table_check.c are what a
 * kernel compiles.
 *
 * There are two ways to a verdict. The steps of a call decide it in one pass over its tests,
 * with no verdict per test; where a word is not to be had at once they give up, and the rules
 * are walked, which knows three values.
 */
#include "match.h"
#include "steps_follow.h"
#include "test_holds.h"

static const struct match_view nowhere;

static enum scml_verdict least(enum scml_verdict a, enum scml_verdict b)
{
	return a < b ? a : b;
}

/* Most tests are of a register against constants; they are worth a short way. */
static inline enum scml_verdict eval(struct match_state *st, const struct match_view *view,
				     const struct scml_test *test)
{
	const struct scml_place *place = &test->place;

	if (test->op < SCML_OP_IN || test->op > SCML_OP_BITS || place->base == SCML_INSIDE ||
	    test->flags || st->call->unknown || !st->steps)
		return scml_match_eval(st, view, test);
	st->steps--;
	return test_holds(st->table, test,
			  scml_match_cut(st->call->args[place->base], place->width))
		       ? SCML_SUPPORTED
		       : SCML_UNSUPPORTED;
}

static enum scml_verdict eval_word(const struct match_state *st, const struct match_view *view,
				   const struct scml_test *test)
{
	enum scml_verdict verdict;
	uint64_t word;

	if (test->flags & SCML_AT_RETURN) {
		if (!st->call->has_returned)
			return SCML_UNDECIDED;
		if (scml_match_has_failed(st->call))
			return SCML_SUPPORTED;
	}
	verdict = scml_match_read_place(st, view, &test->place, &word);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_STRING)
		return scml_match_read_string(st, word);
	return test_holds(st->table, test, word) ? SCML_SUPPORTED : SCML_UNSUPPORTED;
}

static enum scml_verdict eval_all(struct match_state *st, const struct match_view *view,
				  const struct scml_test *test)
{
	const struct scml_test *child = st->table->tests + test->first;
	enum scml_verdict verdict = SCML_SUPPORTED;

	for (uint32_t i = 0; i < test->count && verdict != SCML_UNSUPPORTED; i++)
		verdict = least(verdict, eval(st, view, child + i));
	return verdict;
}

static enum scml_verdict eval_any(struct match_state *st, const struct match_view *view,
				  const struct scml_test *test)
{
	const struct scml_test *child = st->table->tests + test->first;
	enum scml_verdict verdict = SCML_UNSUPPORTED;

	for (uint32_t i = 0; i < test->count && verdict != SCML_SUPPORTED; i++) {
		enum scml_verdict other = eval(st, view, child + i);

		if (other > verdict)
			verdict = other;
	}
	return verdict;
}

/* Does TEST look into the memory of its block whatever the outcome? */
static bool is_reading(struct match_state *st, const struct scml_test *test)
{
	bool is_all = test->op == SCML_OP_ALL;

	if (!st->steps)
		return true;
	st->steps--;
	if (test->op == SCML_OP_TRUE || test->op == SCML_OP_FALSE)
		return false;
	if (!is_all && test->op != SCML_OP_ANY)
		return test->place.base == SCML_INSIDE;
	for (uint32_t i = 0; i < test->count; i++) {
		if (is_reading(st, st->table->tests + test->first + i) == is_all)
			return is_all;
	}
	return !is_all && test->count;
}

/* A struct that the rule does not look into must be readable all the same. */
static enum scml_verdict eval_inside(struct match_state *st, const struct match_view *inside,
				     const struct scml_test *child)
{
	enum scml_verdict verdict = eval(st, inside, child);
	char byte;

	if (verdict == SCML_UNSUPPORTED || inside->offset >= inside->limit ||
	    inside->offset < inside->have || is_reading(st, child))
		return verdict;
	if (inside->offset > UINT64_MAX - inside->base)
		return SCML_UNSUPPORTED;
	return least(verdict,
		     scml_match_read_bytes(st, inside->base + inside->offset, &byte, 1));
}

/* Out of line, as is what passes memory: its bytes are not to lie in every frame. */
__attribute__((noinline)) static enum scml_verdict
eval_memory(struct match_state *st, const struct match_view *view, const struct scml_test *test)
{
	const struct scml_block *block = st->table->blocks + test->block;
	unsigned char piece[MATCH_PIECE];
	enum scml_verdict verdict;
	struct match_view inside;
	uint64_t extent;

	if (!scml_match_open_block(st, view, test, &inside, &extent, &verdict))
		return verdict;
	scml_match_enter_struct(st, block, &inside, extent, piece);
	return eval_inside(st, &inside, st->table->tests + test->first);
}

static enum scml_verdict eval_each(struct match_state *st, const struct match_view *view,
				   const struct scml_test *test)
{
	const struct scml_block *block = st->table->blocks + test->block;
	enum scml_verdict verdict;
	struct match_view inside;
	uint64_t extent;

	if (!scml_match_open_block(st, view, test, &inside, &extent, &verdict))
		return verdict;
	if (extent > SCML_MAX_ELEMENTS) {
		verdict = SCML_UNDECIDED;
		extent = SCML_MAX_ELEMENTS;
	}
	for (uint64_t i = 0; i < extent && verdict != SCML_UNSUPPORTED; i++) {
		struct match_view element = scml_match_element(block, &inside, i);

		verdict = least(verdict,
				eval_inside(st, &element, st->table->tests + test->first));
	}
	return verdict;
}

enum scml_verdict scml_match_eval(struct match_state *st, const struct match_view *view,
				  const struct scml_test *test)
{
	if (!st->steps)
		return SCML_UNDECIDED;
	st->steps--;
	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
		return SCML_SUPPORTED;
	case SCML_OP_FALSE:
		return SCML_UNSUPPORTED;
	case SCML_OP_ALL:
		return eval_all(st, view, test);
	case SCML_OP_ANY:
		return eval_any(st, view, test);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
		return eval_word(st, view, test);
	case SCML_OP_MEMORY:
		return eval_memory(st, view, test);
	case SCML_OP_EACH:
		return eval_each(st, view, test);
	}
	return SCML_UNSUPPORTED;
}

enum scml_verdict scml_match_cond(struct match_state *st, uint32_t cond)
{
	return eval(st, &nowhere, st->table->tests + st->table->conds[cond].test);
}

/* Eight bytes, the lowest first. */
static inline uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	__builtin_memcpy(&word, bytes, sizeof(word));
#else
	for (unsigned i = 0; i < sizeof(word); i++)
		word |= (uint64_t)bytes[i] << 8 * i;
#endif
	return word;
}

/* Over the steps that look at registers and at what was read of VIEW. */
static inline const struct scml_step *pass_words(const struct match_state *st,
						 const struct match_view *view,
						 const struct scml_step *step)
{
	for (;;) {
		uint32_t end;
		bool holds;

		step = pass_registers(step, st->call->args, st->table->ways);
		if (step->op != SCML_STEP_INSIDE)
			return step;
		end = step->offset + step->from;
		if (end > view->have && (end <= view->limit || view->is_zero_beyond))
			return step;
		holds = end <= view->have &&
			is_in_set(step, word_at(view->bytes + step->offset));
		step += holds ? step->yes : step->no;
	}
}

static enum scml_verdict pass_memory(struct match_state *st, const struct match_view *view,
				     const struct scml_step *step);

/* The step at which the way from STEP on ends: YES, NO, or one that cannot be passed. */
__attribute__((noinline)) static const struct scml_step *
pass(struct match_state *st, const struct match_view *view, const struct scml_step *step)
{
	for (;;) {
		enum scml_verdict verdict;

		step = pass_words(st, view, step);
		if (step->op == SCML_STEP_MEMORY)
			verdict = pass_memory(st, view, step);
		else if (step->op == SCML_STEP_TEST)
			verdict = scml_match_eval(st, view, st->table->tests + step->index);
		else
			return step;
		if (verdict == SCML_UNDECIDED)
			return step;
		step += verdict == SCML_SUPPORTED ? step->yes : step->no;
	}
}

/* How many bytes of the struct of BLOCK are given, where the registers say it at once. */
static inline bool has_plain_extent(const struct match_state *st,
				    const struct scml_block *block, uint64_t *extent)
{
	const struct scml_place *place = &block->extent.place;

	*extent = block->extent.fixed;
	if (block->extent.kind != SCML_EXTENT_PLACE)
		return block->extent.kind == SCML_EXTENT_FIXED;
	if (place->base == SCML_INSIDE)
		return false;
	*extent = scml_match_cut(st->call->args[place->base], place->width);
	if (place->flags & SCML_SIGNED && *extent >> (place->width - 1) & 1)
		*extent = 0;
	return true;
}

/* As scml_match_open_block() and scml_match_enter_struct() do, for a struct that a register
 * points to and of which some bytes can be read at once. False: it is not so simple. */
static inline bool open_plain(const struct match_state *st, const struct scml_test *test,
			      struct match_view *inside, unsigned char *piece)
{
	const struct scml_block *block = st->table->blocks + test->block;
	uint64_t extent;

	if (test->place.base == SCML_INSIDE || block->flags || !st->memory ||
	    !has_plain_extent(st, block, &extent))
		return false;
	inside->base = scml_match_cut(st->call->args[test->place.base], test->place.width);
	inside->offset = 0;
	inside->limit = extent < block->size ? extent : block->size;
	inside->is_zero_beyond = false;
	inside->have = inside->limit < block->prefix ? (uint32_t)inside->limit : block->prefix;
	inside->bytes = piece;
	return inside->base && inside->have &&
	       scml_match_read_bytes(st, inside->base, piece, inside->have) == SCML_SUPPORTED;
}

__attribute__((noinline)) static enum scml_verdict
pass_memory(struct match_state *st, const struct match_view *view, const struct scml_step *step)
{
	const struct scml_test *test = st->table->tests + step->index;
	const struct scml_block *block = st->table->blocks + test->block;
	unsigned char piece[MATCH_PIECE];
	enum scml_verdict verdict;
	struct match_view inside;
	uint64_t extent;

	if (!open_plain(st, test, &inside, piece)) {
		if (!scml_match_open_block(st, view, test, &inside, &extent, &verdict))
			return verdict;
		scml_match_enter_struct(st, block, &inside, extent, piece);
	}
	if (inside.have) {
		step = pass_words(st, &inside, step + 1);
		if (step->op == SCML_STEP_MEMORY || step->op == SCML_STEP_TEST)
			step = pass(st, &inside, step);
		if (step->op == SCML_STEP_YES)
			return SCML_SUPPORTED;
		if (step->op == SCML_STEP_NO)
			return SCML_UNSUPPORTED;
	}
	return eval_inside(st, &inside, st->table->tests + test->first);
}

static enum scml_verdict eval_rule(struct match_state *st, const struct scml_rule *rule)
{
	enum scml_verdict verdict = SCML_SUPPORTED;

	for (uint32_t i = 0; i < rule->cond_count && verdict != SCML_UNSUPPORTED; i++)
		verdict = least(verdict, scml_match_cond(st, rule->first_cond + i));
	return verdict;
}

static enum scml_verdict walk_rules(struct match_state *st, const struct scml_call_rules *rules,
				    uint32_t *decider)
{
	enum scml_verdict verdict = SCML_UNSUPPORTED;

	for (uint32_t i = 0; i < rules->rule_count && verdict != SCML_SUPPORTED; i++) {
		uint32_t index = rules->first_rule + i;
		enum scml_verdict other = eval_rule(st, st->table->rules + index);

		if (!st->steps && other == SCML_UNSUPPORTED)
			other = SCML_UNDECIDED;
		if (other > verdict) {
			verdict = other;
			*decider = index;
		}
		if (!st->steps)
			break;
	}
	return verdict;
}

/* The verdict, where registers do not give it or where it is to be explained. STEP is where
 * they led to, or NULL. */
__attribute__((noinline)) static enum scml_verdict match_on(const struct scml_table *table,
							    const struct scml_call *call,
							    const struct scml_memory *memory,
							    const struct scml_step *step,
							    struct scml_reason *reason)
{
	const struct scml_call_rules *rules = table->calls + table->by_nr[call->nr] - 1;
	struct match_state st = {table, call, memory, SCML_MAX_STEPS};
	enum scml_verdict verdict = SCML_UNDECIDED;
	uint32_t decider = SCML_NONE;

	if (step)
		step = pass(&st, &nowhere, step);
	if (step && step->op == SCML_STEP_YES) {
		verdict = SCML_SUPPORTED;
		decider = step->index;
	} else if (step && step->op == SCML_STEP_NO && st.steps) {
		verdict = SCML_UNSUPPORTED;
	} else {
		st.steps = SCML_MAX_STEPS;
		verdict = walk_rules(&st, rules, &decider);
	}
	if (reason)
		scml_match_explain(&st, rules, decider, verdict, reason);
	return verdict;
}

enum scml_verdict scml_match(const struct scml_table *table, const struct scml_call *call,
			     const struct scml_memory *memory, struct scml_reason *reason)
{
	const struct scml_step *step = NULL;

	if (call->arch == table->arch && call->nr < table->nr_count && table->starts &&
	    table->starts[call->nr] && !call->unknown) {
		step = table->steps + table->starts[call->nr] - 1;
		if (!reason) {
			enum scml_verdict verdict =
				pass_to_verdict(&step, call->args, table->ways);

			if (verdict != SCML_UNDECIDED)
				return verdict;
		}
	}
	if (reason)
		*reason = (struct scml_reason){SCML_NONE, SCML_NONE, SCML_NONE, 0, false};
	if (call->arch != table->arch || call->nr >= table->nr_count || !table->by_nr[call->nr])
		return SCML_UNSUPPORTED;
	return match_on(table, call, memory, step, reason);
}

bool scml_has_rules(const struct scml_table *table, uint32_t nr)
{
	return nr < table->nr_count && table->by_nr[nr] &&
	       table->calls[table->by_nr[nr] - 1].rule_count;
}

const char *scml_verdict_name(enum scml_verdict verdict)
{
	switch (verdict) {
	case SCML_UNSUPPORTED:
		return "unsupported";
	case SCML_UNDECIDED:
		return "undecided";
	case SCML_SUPPORTED:
		return "supported";
	}
	return "unsupported";
}
