#include "match_naive.h"

#include <string.h>

struct frame {
	unsigned __int128 at;
	uint64_t size; /* bytes that are given from there */
	bool is_zero_beyond;
};

static enum scml_verdict min_verdict(enum scml_verdict a, enum scml_verdict b)
{
	return a < b ? a : b;
}

static enum scml_verdict of_state(enum scml_read state)
{
	return state == SCML_READ_OK	    ? SCML_SUPPORTED
	       : state == SCML_READ_UNKNOWN ? SCML_UNDECIDED
					    : SCML_UNSUPPORTED;
}

static uint64_t assemble(const unsigned char *bytes, unsigned count, bool is_big)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << 8 * (is_big ? count - 1 - i : i);
	return word;
}

static enum scml_verdict naive_word(const struct naive *n, const struct frame *frame,
				    const struct scml_place *place, uint64_t *word)
{
	unsigned count = place->width / 8u;
	enum scml_verdict verdict = SCML_SUPPORTED;
	unsigned char bytes[8] = {0};

	if (place->base < SCML_INSIDE) {
		if (n->call->unknown & 1u << place->base)
			return SCML_UNDECIDED;
		*word = n->call->args[place->base];
		for (unsigned bit = place->width; bit < 64; bit++)
			*word &= ~(UINT64_C(1) << bit);
		return SCML_SUPPORTED;
	}
	for (unsigned i = 0; i < count; i++) {
		uint64_t position = (uint64_t)place->offset + i;

		if (position >= frame->size && frame->is_zero_beyond)
			continue;
		if (position >= frame->size)
			return SCML_UNSUPPORTED;
		verdict = min_verdict(
			verdict, of_state(read_byte(n->w, frame->at + position, bytes + i)));
	}
	*word = assemble(bytes, count,
			 n->w->table.big_endian || place->flags & SCML_BIG_ENDIAN);
	return verdict;
}

static int64_t sign_extended(uint64_t word, unsigned width)
{
	switch (width) {
	case 8:
		return (int8_t)word;
	case 16:
		return (int16_t)word;
	case 32:
		return (int32_t)word;
	}
	return (int64_t)word;
}

static enum scml_verdict naive_extent(const struct naive *n, const struct frame *frame,
				      const struct scml_extent *extent, uint64_t *length)
{
	enum scml_verdict verdict = SCML_SUPPORTED;
	struct frame pointee = {0, 4, false};
	struct scml_place word32 = {.base = SCML_INSIDE, .width = 32};
	uint64_t word = 0;

	*length = extent->fixed;
	if (extent->kind == SCML_EXTENT_FIXED)
		return verdict;
	if (extent->kind == SCML_EXTENT_RETURN) {
		*length = n->call->ret < 0 ? 0 : (uint64_t)n->call->ret;
		return n->call->has_returned ? SCML_SUPPORTED : SCML_UNDECIDED;
	}
	verdict = naive_word(n, frame, &extent->place, &word);
	if (extent->kind == SCML_EXTENT_PLACE) {
		*length = word;
		if (extent->place.flags & SCML_SIGNED &&
		    sign_extended(word, extent->place.width) < 0)
			*length = 0;
		return verdict;
	}
	*length = 0;
	if (verdict != SCML_SUPPORTED || word == 0)
		return verdict;
	pointee.at = word;
	verdict = naive_word(n, &pointee, &word32, &word);
	*length = (int32_t)word < 0 ? 0 : word;
	return verdict;
}

static enum scml_verdict naive_string(const struct naive *n, uint64_t address)
{
	for (unsigned i = 0; i < SCML_MAX_STRING; i++) {
		unsigned char byte;
		enum scml_read state = read_byte(n->w, (unsigned __int128)address + i, &byte);

		if (state != SCML_READ_OK)
			return of_state(state);
		if (byte == 0)
			return SCML_SUPPORTED;
	}
	return SCML_UNSUPPORTED;
}

static bool naive_holds(const struct naive *n, const struct scml_test *test, uint64_t word)
{
	const uint64_t *values = n->w->values + test->first;
	uint64_t sum = 0;
	bool is_listed = false;

	word &= test->mask;
	for (unsigned bit = 0; bit < 64; bit++) {
		if (test->bits & word & UINT64_C(1) << bit)
			sum |= UINT64_C(1) << bit;
	}
	for (uint32_t i = 0; i < test->count; i++) {
		is_listed |= values[i] == word;
		if ((values[i] & ~word) == 0)
			sum |= values[i];
	}
	if (test->op == SCML_OP_BITS)
		return sum == word;
	return is_listed == (test->op == SCML_OP_IN);
}

/* Some test of the tree that must be evaluated for its outcome lies in memory. */
static bool naive_looks(const struct world *w, const struct scml_test *test)
{
	uint32_t looking = 0;

	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
		return false;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			looking += naive_looks(w, w->tests + test->first + i);
		return test->op == SCML_OP_ALL ? looking > 0
					       : looking == test->count && looking > 0;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		break;
	}
	return test->place.base == SCML_INSIDE;
}

static enum scml_verdict naive_eval(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test);

static enum scml_verdict naive_inside(const struct naive *n, const struct frame *frame,
				      const struct scml_test *child)
{
	enum scml_verdict verdict = naive_eval(n, frame, child);
	unsigned char byte;

	if (frame->size && !naive_looks(n->w, child))
		verdict = min_verdict(verdict, of_state(read_byte(n->w, frame->at, &byte)));
	return verdict;
}

static enum scml_verdict naive_elements(const struct naive *n, const struct frame *array,
					const struct scml_test *test, uint64_t count)
{
	const struct scml_block *block = n->w->blocks + test->block;
	enum scml_verdict verdict = SCML_SUPPORTED;

	if (count > SCML_MAX_ELEMENTS)
		verdict = SCML_UNDECIDED;
	for (uint64_t i = 0; i < count && i < SCML_MAX_ELEMENTS; i++) {
		uint64_t start = i * block->size;
		struct frame element = *array;

		element.at += start;
		element.size = array->size > start ? array->size - start : 0;
		if (element.size > block->size)
			element.size = block->size;
		verdict = min_verdict(verdict,
				      naive_inside(n, &element, n->w->tests + test->first));
	}
	return verdict;
}

static enum scml_verdict naive_block(const struct naive *n, const struct frame *frame,
				     const struct scml_test *test)
{
	const struct scml_block *block = n->w->blocks + test->block;
	struct frame inside = {0, UINT64_MAX, false};
	enum scml_verdict verdict;
	uint64_t pointer, extent;

	if (block->flags & SCML_AT_RETURN && n->call->has_returned && n->call->ret < 0 &&
	    n->call->ret > -4096)
		return SCML_SUPPORTED;
	if (block->flags & SCML_EMBEDDED) {
		inside = *frame;
		inside.at += test->place.offset;
		inside.size =
			frame->size > test->place.offset ? frame->size - test->place.offset : 0;
	} else {
		verdict = naive_word(n, frame, &test->place, &pointer);
		if (verdict != SCML_SUPPORTED)
			return verdict;
		if (pointer == 0)
			return SCML_SUPPORTED;
		inside.at = pointer;
	}
	if (block->flags & SCML_AT_RETURN && !n->call->has_returned)
		return SCML_UNDECIDED;
	verdict = naive_extent(n, frame, &block->extent, &extent);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_EACH)
		return naive_elements(n, &inside, test, extent);
	inside.size = extent < block->size ? extent : block->size;
	inside.is_zero_beyond = block->flags & SCML_ZERO_BEYOND;
	return naive_inside(n, &inside, n->w->tests + test->first);
}

static enum scml_verdict naive_leaf(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test)
{
	enum scml_verdict verdict;
	uint64_t word;

	if (test->flags & SCML_AT_RETURN && !n->call->has_returned)
		return SCML_UNDECIDED;
	if (test->flags & SCML_AT_RETURN && n->call->ret < 0 && n->call->ret > -4096)
		return SCML_SUPPORTED;
	verdict = naive_word(n, frame, &test->place, &word);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_STRING)
		return naive_string(n, word);
	return naive_holds(n, test, word) ? SCML_SUPPORTED : SCML_UNSUPPORTED;
}

static enum scml_verdict naive_group(const struct naive *n, const struct frame *frame,
				     const struct scml_test *test)
{
	unsigned seen[3] = {0};

	for (uint32_t i = 0; i < test->count; i++)
		seen[naive_eval(n, frame, n->w->tests + test->first + i)]++;
	if (test->op == SCML_OP_ALL)
		return seen[0] ? SCML_UNSUPPORTED : seen[1] ? SCML_UNDECIDED : SCML_SUPPORTED;
	return seen[2] ? SCML_SUPPORTED : seen[1] ? SCML_UNDECIDED : SCML_UNSUPPORTED;
}

static enum scml_verdict naive_eval(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test)
{
	/* Arrays in arrays take it hours now and then; nothing is compared any more then. */
	if (++*n->evaluations > SCML_MAX_STEPS)
		return SCML_UNSUPPORTED;
	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
		return SCML_SUPPORTED;
	case SCML_OP_FALSE:
		return SCML_UNSUPPORTED;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		return naive_group(n, frame, test);
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return naive_block(n, frame, test);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
		break;
	}
	return naive_leaf(n, frame, test);
}

enum scml_verdict naive_match(const struct naive *n, struct scml_reason *reason)
{
	const struct scml_call_rules *rules = n->w->calls + n->w->by_nr[n->call->nr] - 1;
	enum scml_verdict best = SCML_UNSUPPORTED;
	uint32_t fewest = UINT32_MAX, rightmost = 0;

	*reason = (struct scml_reason){SCML_NONE, SCML_NONE, SCML_NONE, 0, false};
	for (uint32_t r = 0; r < rules->rule_count; r++) {
		const struct scml_rule *rule = n->w->rules + rules->first_rule + r;
		uint32_t failures = 0, first = 0, told = SCML_NONE;
		enum scml_verdict verdict = SCML_SUPPORTED, each[CONDS];

		for (uint32_t c = 0; c < rule->cond_count; c++) {
			uint32_t test = n->w->conds[rule->first_cond + c].test;

			each[c] = naive_eval(n, &(struct frame){0}, n->w->tests + test);
			verdict = min_verdict(verdict, each[c]);
			if (each[c] == SCML_UNSUPPORTED && failures++ == 0)
				first = c;
		}
		for (uint32_t c = rule->cond_count; c-- > 0;) {
			if (verdict != SCML_SUPPORTED && each[c] == verdict)
				told = rule->first_cond + c;
		}
		if (verdict > best ||
		    (best == SCML_UNSUPPORTED && verdict == best &&
		     (failures < fewest || (failures == fewest && first > rightmost)))) {
			best = verdict;
			fewest = failures;
			rightmost = first;
			reason->rule = rules->first_rule + r;
			reason->cond = told;
		}
	}
	return best;
}
