#include "edit_distance.h"

#include <ctype.h>
#include <string.h>

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* The restricted Damerau-Levenshtein distance, three rows at a time. */
static unsigned distance_rows(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][EDIT_DISTANCE_MAX_NAME + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	memset(before, 0, sizeof(rows[0]));
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned cost = a[i - 1] != b[j - 1];

			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b_len];
}

static size_t fold_case(const char *text, char folded[static EDIT_DISTANCE_MAX_NAME])
{
	size_t len = 0;

	for (; text[len] && len < EDIT_DISTANCE_MAX_NAME; len++)
		folded[len] = (char)tolower((unsigned char)text[len]);
	return len;
}

unsigned edit_distance(const char *a, const char *b, unsigned limit)
{
	char folded_a[EDIT_DISTANCE_MAX_NAME] = "", folded_b[EDIT_DISTANCE_MAX_NAME] = "";
	size_t a_len = strnlen(a, EDIT_DISTANCE_MAX_NAME + 1);
	size_t b_len = strnlen(b, EDIT_DISTANCE_MAX_NAME + 1);
	size_t gap = a_len > b_len ? a_len - b_len : b_len - a_len;
	unsigned distance;

	if (a_len > EDIT_DISTANCE_MAX_NAME || b_len > EDIT_DISTANCE_MAX_NAME || gap > limit)
		return limit + 1;
	fold_case(a, folded_a);
	fold_case(b, folded_b);
	distance = distance_rows(folded_a, a_len, folded_b, b_len);
	if (distance == 0 && strcmp(a, b) != 0)
		distance = 1;
	return distance > limit ? limit + 1 : distance;
}
