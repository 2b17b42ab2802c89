/*
 * strace_marks: where the bytes that matter stand in a piece of text, as bits. Every form
 * answers the same; which one a processor can run is found out when it runs.
 */
#ifndef SCML_STRACE_MARKS_H
#define SCML_STRACE_MARKS_H

#include <stddef.h>
#include <stdint.h>

enum { STRACE_BLOCK = 64 }; /* bytes that are looked at together */

/** Bit N stands for byte N. */
struct strace_marks {
	uint64_t quotes;
	uint64_t others; /* ( ) [ ] { } , < and the star of a comment */
};

/** The marks of the STRACE_BLOCK bytes at AT. */
struct strace_marks strace_marks_portable(const char *at);

#ifdef __x86_64__
#include <emmintrin.h>

/** The same, for processors with AVX2. */
struct strace_marks strace_marks_avx2(const char *at);

static inline uint64_t strace_marks_bits(__m128i marks, unsigned shift)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(marks) << shift;
}

static inline __m128i strace_marks_others(__m128i bytes)
{
	/* A bit that the two brackets of a pair differ in does not matter. */
	__m128i curly = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
	__m128i found =
		_mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(1)), _mm_set1_epi8(')'));

	found = _mm_or_si128(found, _mm_cmpeq_epi8(curly, _mm_set1_epi8('{')));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(curly, _mm_set1_epi8('}')));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
	return _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('*')));
}

/** The same, for every processor of x86_64. */
static inline struct strace_marks strace_marks_sse2(const char *at)
{
	struct strace_marks marks = {0, 0};

	for (unsigned i = 0; i < STRACE_BLOCK; i += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + i));

		marks.quotes |= strace_marks_bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), i);
		marks.others |= strace_marks_bits(strace_marks_others(bytes), i);
	}
	return marks;
}

/** The same as strace_marks_portable(). */
static inline struct strace_marks strace_marks(const char *at)
{
	return __builtin_cpu_supports("avx2") ? strace_marks_avx2(at) : strace_marks_sse2(at);
}

/** The first < or > of the LEN bytes at TEXT that is not before AT; LEN if there is none. */
static inline size_t strace_next_angle(const char *text, size_t at, size_t len)
{
	for (; len - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
		/* The two differ in one bit. */
		__m128i found = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(2)),
					       _mm_set1_epi8('>'));
		int bits = _mm_movemask_epi8(found);

		if (bits)
			return at + (size_t)__builtin_ctz((unsigned)bits);
	}
	while (at < len && text[at] != '<' && text[at] != '>')
		at++;
	return at;
}

/** The first ( of the LEN bytes at TEXT; LEN if there is none. */
static inline size_t strace_find_parenthesis(const char *text, size_t len)
{
	size_t at = 0;

	for (; len - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
		int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('(')));

		if (bits)
			return at + (size_t)__builtin_ctz((unsigned)bits);
	}
	while (at < len && text[at] != '(')
		at++;
	return at;
}
#else
static inline struct strace_marks strace_marks(const char *at)
{
	return strace_marks_portable(at);
}

static inline size_t strace_next_angle(const char *text, size_t at, size_t len)
{
	while (at < len && text[at] != '<' && text[at] != '>')
		at++;
	return at;
}

static inline size_t strace_find_parenthesis(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && text[at] != '(')
		at++;
	return at;
}
#endif

#endif
