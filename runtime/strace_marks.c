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
