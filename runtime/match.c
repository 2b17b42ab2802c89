/*
 * match: the verdict of a compiled table for one call. Freestanding: this file, explain.c and
 * table_check.c are what a kernel compiles.
 */
#include "match.h"

enum {
	ERRNO_MAX = 4095,
	LINEAR_SEARCH = 8,  /* values; more are searched by halving */
	STRING_PIECE = 256, /* bytes of a string read at once: kernel stacks are small */
	STRUCT_PIECE = 32,  /* bytes of a struct that is read as a whole */
};

static enum scml_verdict least(enum scml_verdict a, enum scml_verdict b)
{
	return a < b ? a : b;
}

static bool has_failed(const struct scml_call *call)
{
	return call->has_returned && call->ret < 0 && call->ret >= -ERRNO_MAX;
}

static uint64_t cut(uint64_t word, unsigned width)
{
	return word & UINT64_MAX >> (64 - width);
}

static uint64_t swap(uint64_t word)
{
	word = (word & 0x00ff00ff00ff00ff) << 8 | (word >> 8 & 0x00ff00ff00ff00ff);
	word = (word & 0x0000ffff0000ffff) << 16 | (word >> 16 & 0x0000ffff0000ffff);
	return word << 32 | word >> 32;
}

/* RAW holds the bytes of memory from its first byte on, zeros after them. */
static uint64_t word_of_bytes(uint64_t raw, unsigned width, bool is_big)
{
	bool is_host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	if (is_big != is_host_big)
		raw = swap(raw);
	return is_big ? raw >> (64 - width) : raw;
}

static enum scml_verdict read_bytes(const struct match_state *st, uint64_t address, void *bytes,
				    size_t size)
{
	size_t done = size;

	if (!st->memory)
		return SCML_UNDECIDED;
	if (address > UINT64_MAX - (size - 1))
		return SCML_UNSUPPORTED;
	switch (st->memory->read(st->memory->context, address, bytes, size, &done)) {
	case SCML_READ_OK:
		return done == size ? SCML_SUPPORTED : SCML_UNSUPPORTED;
	case SCML_READ_FAULT:
		return SCML_UNSUPPORTED;
	case SCML_READ_UNKNOWN:
		return SCML_UNDECIDED;
	}
	return SCML_UNSUPPORTED;
}

/* SIZE bytes, 1 to 8 of them. */
static inline uint64_t load(const unsigned char *bytes, size_t size)
{
	uint64_t raw = 0;

	switch (size) {
	case 2:
		__builtin_memcpy(&raw, bytes, 2);
		break;
	case 4:
		__builtin_memcpy(&raw, bytes, 4);
		break;
	case 8:
		__builtin_memcpy(&raw, bytes, 8);
		break;
	default:
		for (size_t i = 0; i < size; i++)
			((unsigned char *)&raw)[i] = bytes[i];
	}
	return raw;
}

static enum scml_verdict read_inside(const struct match_state *st,
				     const struct match_view *view,
				     const struct scml_place *place, uint64_t *word)
{
	uint64_t start = view->offset + place->offset, raw = 0;
	unsigned size = place->width / 8u;
	size_t have = size;
	enum scml_verdict verdict;

	if (start >= view->limit)
		have = 0;
	else if (view->limit - start < size)
		have = (size_t)(view->limit - start);
	if (have < size && !view->is_zero_beyond)
		return SCML_UNSUPPORTED;
	*word = 0;
	if (!have)
		return SCML_SUPPORTED;
	if (start > UINT64_MAX - view->base)
		return SCML_UNSUPPORTED;
	if (start + have <= view->have) {
		raw = load(view->bytes + start, have);
		verdict = SCML_SUPPORTED;
	} else {
		verdict = read_bytes(st, view->base + start, &raw, have);
	}
	*word = word_of_bytes(raw, place->width,
			      st->table->big_endian || place->flags & SCML_BIG_ENDIAN);
	return verdict;
}

enum scml_verdict scml_match_read_place(const struct match_state *st,
					const struct match_view *view,
					const struct scml_place *place, uint64_t *word)
{
	if (place->base == SCML_INSIDE)
		return read_inside(st, view, place, word);
	if (st->call->unknown >> place->base & 1)
		return SCML_UNDECIDED;
	*word = cut(st->call->args[place->base], place->width);
	return SCML_SUPPORTED;
}

/* A length or count; what is negative counts as none. */
static uint64_t length_of(uint64_t word, unsigned width, bool is_signed)
{
	return is_signed && word >> (width - 1) & 1 ? 0 : word;
}

static enum scml_verdict read_pointee(const struct match_state *st, uint64_t pointer,
				      uint64_t *length)
{
	enum scml_verdict verdict;
	uint64_t raw = 0;

	*length = 0;
	if (!pointer)
		return SCML_SUPPORTED;
	verdict = read_bytes(st, pointer, &raw, 4);
	*length = length_of(word_of_bytes(raw, 32, st->table->big_endian), 32, true);
	return verdict;
}

static enum scml_verdict read_extent(const struct match_state *st,
				     const struct match_view *view,
				     const struct scml_extent *extent, uint64_t *length)
{
	const struct scml_place *place = &extent->place;
	enum scml_verdict verdict;
	uint64_t word = 0;

	switch ((enum scml_extent_kind)extent->kind) {
	case SCML_EXTENT_FIXED:
		*length = extent->fixed;
		return SCML_SUPPORTED;
	case SCML_EXTENT_PLACE:
		verdict = scml_match_read_place(st, view, place, &word);
		*length = length_of(word, place->width, place->flags & SCML_SIGNED);
		return verdict;
	case SCML_EXTENT_POINTEE:
		verdict = scml_match_read_place(st, view, place, &word);
		return verdict == SCML_SUPPORTED ? read_pointee(st, word, length) : verdict;
	case SCML_EXTENT_RETURN:
		*length = length_of((uint64_t)st->call->ret, 64, true);
		return st->call->has_returned ? SCML_SUPPORTED : SCML_UNDECIDED;
	}
	return SCML_UNSUPPORTED;
}

/* Is WORD among the COUNT sorted values from FIRST on? */
static inline bool is_among(const uint64_t *values, uint32_t first, uint32_t count,
			    uint64_t word)
{
	while (count > LINEAR_SEARCH) {
		uint32_t half = count / 2;

		if (values[first + half] <= word) {
			first += half;
			count -= half;
		} else {
			count = half;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		if (values[first + i] == word)
			return true;
	}
	return false;
}

static bool is_sum_of_bits(const struct scml_test *test, const uint64_t *values, uint64_t word)
{
	uint64_t covered = word & test->bits;

	for (uint32_t i = 0; i < test->count && covered != word; i++) {
		uint64_t value = values[test->first + i];

		if ((word & value) == value)
			covered |= value;
	}
	return covered == word;
}

static inline bool holds_for(const struct match_state *st, const struct scml_test *test,
			     uint64_t word)
{
	const uint64_t *values = st->table->values;

	word &= test->mask;
	if (test->op == SCML_OP_BITS)
		return is_sum_of_bits(test, values, word);
	return is_among(values, test->first, test->count, word) == (test->op == SCML_OP_IN);
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
	return holds_for(st, test, cut(st->call->args[place->base], place->width))
		       ? SCML_SUPPORTED
		       : SCML_UNSUPPORTED;
}

/* Up to the next multiple of a piece, so that no read crosses a page for nothing; and more than
 * a word, by which the callback knows that it may deliver less. */
static size_t piece_size(uint64_t address)
{
	size_t size = STRING_PIECE - (size_t)(address % STRING_PIECE);

	return size > sizeof(uint64_t) ? size : size + STRING_PIECE;
}

static bool has_nul(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!text[i])
			return true;
	}
	return false;
}

/* Out of line: its buffer is not to lie in every frame of the recursion. */
__attribute__((noinline)) static enum scml_verdict read_string(const struct match_state *st,
							       uint64_t address)
{
	char piece[STRING_PIECE + sizeof(uint64_t)];
	size_t left = SCML_MAX_STRING;

	if (!st->memory)
		return SCML_UNDECIDED;
	for (;;) {
		size_t size = piece_size(address), done = size;

		switch (st->memory->read(st->memory->context, address, piece, size, &done)) {
		case SCML_READ_UNKNOWN:
			return SCML_UNDECIDED;
		case SCML_READ_FAULT:
			return SCML_UNSUPPORTED;
		case SCML_READ_OK:
			break;
		}
		if (!done || done > size)
			return SCML_UNSUPPORTED;
		if (has_nul(piece, done < left ? done : left))
			return SCML_SUPPORTED;
		if (done >= left || address > UINT64_MAX - done)
			return SCML_UNSUPPORTED;
		address += done;
		left -= done;
	}
}

static enum scml_verdict eval_word(const struct match_state *st, const struct match_view *view,
				   const struct scml_test *test)
{
	enum scml_verdict verdict;
	uint64_t word;

	if (test->flags & SCML_AT_RETURN) {
		if (!st->call->has_returned)
			return SCML_UNDECIDED;
		if (has_failed(st->call))
			return SCML_SUPPORTED;
	}
	verdict = scml_match_read_place(st, view, &test->place, &word);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_STRING)
		return read_string(st, word);
	return holds_for(st, test, word) ? SCML_SUPPORTED : SCML_UNSUPPORTED;
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

bool scml_match_open_block(const struct match_state *st, const struct match_view *view,
			   const struct scml_test *test, struct match_view *inside,
			   uint64_t *extent, enum scml_verdict *verdict)
{
	const struct scml_block *block = st->table->blocks + test->block;
	uint64_t pointer;

	*verdict = SCML_SUPPORTED;
	if (block->flags & SCML_AT_RETURN && has_failed(st->call))
		return false;
	if (block->flags & SCML_EMBEDDED) {
		*inside = *view;
		inside->offset += test->place.offset;
	} else {
		*verdict = scml_match_read_place(st, view, &test->place, &pointer);
		if (*verdict != SCML_SUPPORTED || !pointer)
			return false;
		inside->base = pointer;
		inside->offset = 0;
		inside->limit = UINT64_MAX;
		inside->is_zero_beyond = false;
		inside->have = 0;
	}
	*verdict = SCML_UNDECIDED;
	if (!st->memory || (block->flags & SCML_AT_RETURN && !st->call->has_returned))
		return false;
	*verdict = read_extent(st, view, &block->extent, extent);
	return *verdict == SCML_SUPPORTED;
}

void scml_match_enter_struct(const struct scml_block *block, struct match_view *inside,
			     uint64_t extent)
{
	inside->limit = extent < block->size ? extent : block->size;
	inside->is_zero_beyond = block->flags & SCML_ZERO_BEYOND;
}

struct match_view scml_match_element(const struct scml_block *block,
				     const struct match_view *inside, uint64_t index)
{
	struct match_view element = *inside;

	element.offset += index * block->size;
	if (element.limit > element.offset + block->size)
		element.limit = element.offset + block->size;
	return element;
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
	return least(verdict, read_bytes(st, inside->base + inside->offset, &byte, 1));
}

/* A small struct is read once, if it can be read as a whole; else field by field. */
static enum scml_verdict eval_memory(struct match_state *st, const struct match_view *view,
				     const struct scml_test *test)
{
	enum scml_verdict verdict;
	struct match_view inside;
	unsigned char piece[STRUCT_PIECE];
	uint64_t extent;

	if (!scml_match_open_block(st, view, test, &inside, &extent, &verdict))
		return verdict;
	scml_match_enter_struct(st->table->blocks + test->block, &inside, extent);
	if (!inside.offset && inside.limit > sizeof(uint64_t) && inside.limit <= STRUCT_PIECE) {
		if (read_bytes(st, inside.base, piece, (size_t)inside.limit) == SCML_SUPPORTED)
			inside.have = (uint32_t)inside.limit;
		inside.bytes = piece;
	}
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

static const struct match_view nowhere;

enum scml_verdict scml_match_cond(struct match_state *st, uint32_t cond)
{
	return eval(st, &nowhere, st->table->tests + st->table->conds[cond].test);
}

/* Is TEST of a register against constants? */
static inline bool is_plain(const struct scml_test *test)
{
	return test->op >= SCML_OP_IN && test->op <= SCML_OP_BITS &&
	       test->place.base != SCML_INSIDE && !test->flags;
}

static inline bool plain_holds(const struct match_state *st, const struct scml_test *test)
{
	return holds_for(st, test, cut(st->call->args[test->place.base], test->place.width));
}

/* Most tests are plain, or all of some that are. Those are worth a way without a verdict per
 * test; where it cannot tell, it says that TEST is open. */
static inline enum scml_verdict eval_plain(struct match_state *st, const struct scml_test *test)
{
	const struct scml_test *child = test;
	uint32_t count = 1;

	if (test->op == SCML_OP_ALL) {
		child = st->table->tests + test->first;
		count = test->count;
	}
	if (st->steps <= count)
		return SCML_UNDECIDED;
	st->steps -= count;
	for (const struct scml_test *end = child + count; child < end; child++) {
		if (!is_plain(child))
			return SCML_UNDECIDED;
		if (!plain_holds(st, child))
			return SCML_UNSUPPORTED;
	}
	return SCML_SUPPORTED;
}

static enum scml_verdict eval_rule(struct match_state *st, const struct scml_rule *rule)
{
	const struct scml_cond *cond =
		rule->cond_count ? st->table->conds + rule->first_cond : NULL;
	enum scml_verdict verdict = SCML_SUPPORTED;

	for (uint32_t i = 0; i < rule->cond_count && verdict != SCML_UNSUPPORTED; i++) {
		const struct scml_test *test = st->table->tests + cond[i].test;
		enum scml_verdict other = SCML_UNDECIDED;

		if (!st->call->unknown)
			other = eval_plain(st, test);
		if (other == SCML_UNDECIDED)
			other = scml_match_eval(st, &nowhere, test);
		verdict = least(verdict, other);
	}
	return verdict;
}

enum scml_verdict scml_match(const struct scml_table *table, const struct scml_call *call,
			     const struct scml_memory *memory, struct scml_reason *reason)
{
	struct match_state st = {table, call, memory, SCML_MAX_STEPS};
	enum scml_verdict verdict = SCML_UNSUPPORTED;
	const struct scml_call_rules *rules;
	uint32_t decider = SCML_NONE;

	if (reason)
		*reason = (struct scml_reason){SCML_NONE, SCML_NONE, SCML_NONE, 0, false};
	if (call->arch != table->arch || call->nr >= table->nr_count || !table->by_nr[call->nr])
		return SCML_UNSUPPORTED;
	rules = table->calls + table->by_nr[call->nr] - 1;
	for (uint32_t i = 0; i < rules->rule_count && verdict != SCML_SUPPORTED; i++) {
		uint32_t index = rules->first_rule + i;
		enum scml_verdict other = eval_rule(&st, table->rules + index);

		if (!st.steps && other == SCML_UNSUPPORTED)
			other = SCML_UNDECIDED;
		if (other > verdict) {
			verdict = other;
			decider = index;
		}
		if (!st.steps)
			break;
	}
	if (reason)
		scml_match_explain(&st, rules, decider, verdict, reason);
	return verdict;
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
