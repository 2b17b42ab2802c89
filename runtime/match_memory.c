/*
 * match_memory: words, strings and structs in the memory of the caller. Freestanding, like
 * match.c.
 */
#include "match.h"

enum {
	ERRNO_MAX = 4095,
	STRING_PIECE = 256, /* bytes of a string read at once: kernel stacks are small */
};

bool scml_match_has_failed(const struct scml_call *call)
{
	return call->has_returned && call->ret < 0 && call->ret >= -ERRNO_MAX;
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

enum scml_verdict scml_match_read_bytes(const struct match_state *st, uint64_t address,
					void *bytes, size_t size)
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
		verdict = scml_match_read_bytes(st, view->base + start, &raw, have);
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
	*word = scml_match_cut(st->call->args[place->base], place->width);
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
	verdict = scml_match_read_bytes(st, pointer, &raw, 4);
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

enum scml_verdict scml_match_read_string(const struct match_state *st, uint64_t address)
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

bool scml_match_open_block(const struct match_state *st, const struct match_view *view,
			   const struct scml_test *test, struct match_view *inside,
			   uint64_t *extent, enum scml_verdict *verdict)
{
	const struct scml_block *block = st->table->blocks + test->block;
	uint64_t pointer;

	*verdict = SCML_SUPPORTED;
	if (block->flags & SCML_AT_RETURN && scml_match_has_failed(st->call))
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

void scml_match_enter_struct(const struct match_state *st, const struct scml_block *block,
			     struct match_view *inside, uint64_t extent, unsigned char *piece)
{
	size_t prefix = block->prefix;

	inside->limit = extent < block->size ? extent : block->size;
	inside->is_zero_beyond = block->flags & SCML_ZERO_BEYOND;
	if (prefix > inside->limit)
		prefix = (size_t)inside->limit;
	if (!piece || !prefix)
		return;
	inside->bytes = piece;
	if (scml_match_read_bytes(st, inside->base, piece, prefix) == SCML_SUPPORTED)
		inside->have = (uint32_t)prefix;
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
