#include "strace_marks.h"

struct strace_marks strace_marks_portable(const char *at)
{
	static const char others[256] = {
		['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1, ['{'] = 1,
		['}'] = 1, [','] = 1, ['<'] = 1, ['*'] = 1,
	};
	struct strace_marks marks = {0, 0};

	for (unsigned i = 0; i < STRACE_BLOCK; i++) {
		marks.quotes |= (uint64_t)(at[i] == '"') << i;
		marks.others |= (uint64_t)(unsigned char)others[(unsigned char)at[i]] << i;
	}
	return marks;
}

#ifdef __x86_64__
#include <immintrin.h>

/* Two tables, by the lower and the upper four bits of a byte, share a bit for each of the bytes
 * that are looked for: one for `()*,`, one for <, one for brackets and braces, and the sign for
 * quotes. A byte of more than seven bits finds nothing in the first one. */
enum { LIST = 1, ANGLE = 2, PAIR = 4, QUOTE = -128 };

__attribute__((target("avx2"))) static __m256i find_classes(__m256i bytes)
{
	const __m256i lower = _mm256_setr_epi8(
		0, 0, QUOTE, 0, 0, 0, 0, 0, LIST, LIST, LIST, PAIR, LIST | ANGLE, PAIR, 0, 0, 0,
		0, QUOTE, 0, 0, 0, 0, 0, LIST, LIST, LIST, PAIR, LIST | ANGLE, PAIR, 0, 0);
	const __m256i upper = _mm256_setr_epi8(0, 0, LIST | QUOTE, ANGLE, 0, PAIR, 0, PAIR, 0,
					       0, 0, 0, 0, 0, 0, 0, 0, 0, LIST | QUOTE, ANGLE,
					       0, PAIR, 0, PAIR, 0, 0, 0, 0, 0, 0, 0, 0);
	__m256i halves = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));

	return _mm256_and_si256(_mm256_shuffle_epi8(lower, bytes),
				_mm256_shuffle_epi8(upper, halves));
}

__attribute__((target("avx2"))) struct strace_marks strace_marks_avx2(const char *at)
{
	struct strace_marks marks = {0, 0};

	for (unsigned i = 0; i < STRACE_BLOCK; i += 32) {
		__m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(at + i));
		__m256i found = find_classes(bytes);
		__m256i others = _mm256_cmpgt_epi8(found, _mm256_setzero_si256());

		marks.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << i;
		marks.others |= (uint64_t)(uint32_t)_mm256_movemask_epi8(others) << i;
	}
	return marks;
}
#endif
