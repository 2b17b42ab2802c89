#include "edit_distance.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A name with its case folded. */
struct folded {
	char text[EDIT_DISTANCE_MAX_NAME];
	size_t len;
};

static char fold_char(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return c;
}

static bool fold(const char *text, struct folded *folded)
{
	size_t len = 0;

	for (; text[len]; len++) {
		if (len == EDIT_DISTANCE_MAX_NAME)
			return false;
		folded->text[len] = fold_char(text[len]);
	}
	folded->len = len;
	return true;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * The restricted Damerau-Levenshtein distance, three rows at a time. What is farther from the
 * diagonal than LIMIT costs more than LIMIT, and where two rows do everywhere, so does the end.
 */
static unsigned distance_rows(const struct folded *from, const struct folded *to,
			      unsigned limit)
{
	unsigned rows[3][EDIT_DISTANCE_MAX_NAME + 2];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];
	unsigned last_least = 0;
	const char *a = from->text, *b = to->text;

	if (!to->len)
		return (unsigned)from->len;
	for (size_t j = 0; j <= to->len && j <= limit + 1; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= from->len; i++) {
		size_t first = i > limit ? i - limit : 1;
		size_t end = i + limit < to->len ? i + limit : to->len;
		unsigned left = first == 1 ? (unsigned)i : limit + 1, least = left;
		unsigned *spare = before;

		now[first - 1] = left;
		for (size_t j = first; j <= end; j++) {
			unsigned cost = a[i - 1] != b[j - 1];

			left = min3(last[j] + 1, left + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < left)
				left = before[j - 2] + 1;
			now[j] = left;
			least = left < least ? left : least;
		}
		if (least > limit && last_least >= limit)
			return limit + 1;
		now[end + 1] = limit + 1;
		last_least = least;
		before = last;
		last = now;
		now = spare;
	}
	return last[to->len];
}

unsigned edit_distance(const char *a, const char *b, unsigned limit)
{
	struct folded folded_a, folded_b;
	unsigned distance;

	if (!fold(a, &folded_a) || !fold(b, &folded_b) || folded_a.len > folded_b.len + limit ||
	    folded_b.len > folded_a.len + limit)
		return limit + 1;
	distance = distance_rows(&folded_a, &folded_b, limit);
	if (distance == 0 && strcmp(a, b) != 0)
		distance = 1;
	return distance > limit ? limit + 1 : distance;
}

uint32_t edit_sketch(const char *name)
{
	enum { LETTERS = 26, MAX_LEN = 63 };
	uint32_t letters = 0, len = 0;

	for (; name[len] && len < UINT32_MAX; len++)
		letters |= UINT32_C(1) << (unsigned char)fold_char(name[len]) % LETTERS;
	return letters | (len < MAX_LEN ? len : MAX_LEN) << LETTERS;
}

struct nearest_name nearest_new(const char *wanted)
{
	size_t len = strlen(wanted);

	/* nothing is left of a short name that changes twice */
	return (struct nearest_name){wanted, NULL,
				     len < 2   ? 1
				     : len < 4 ? 2
					       : EDIT_DISTANCE_LIMIT + 1};
}

void nearest_consider(struct nearest_name *nearest, const char *name)
{
	unsigned distance;

	if (!nearest->distance)
		return;
	distance = edit_distance(nearest->wanted, name, nearest->distance - 1);
	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->name = name;
	}
}
