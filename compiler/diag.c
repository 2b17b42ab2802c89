#include "diag.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag_sinks.h"

enum { DIAG_FIRST_BUCKETS = 64 };

enum choice { CHOICE_NONE, CHOICE_NO, CHOICE_YES };

/* What the -W options say about one diagnostic. */
struct setting {
	bool is_off;
	enum choice is_error;
};

struct bucket {
	struct diag *diag;
	struct bucket *next;
};

struct diags {
	struct arena *arena;
	const struct sources *files;
	struct diag *first;
	struct diag *last;
	size_t counts[DIAG_ERROR + 1];
	struct setting settings[DIAG_COUNT];
	bool are_errors; /* -Werror */
	enum diag_level min_level;
	size_t max_errors;
	size_t left_out;
	struct diag *limit; /* the one that says how many were left out */
	struct bucket **buckets;
	size_t bucket_count; /* a power of two */
	size_t bucket_used;
};

static const struct diag_info infos[DIAG_COUNT] = {
#define DIAG(id, name, level, title, explanation, wrong, right) \
	[DIAG_##id] = {name, DIAG_##level, title, explanation, wrong, right},
#include "warnings.def"
#undef DIAG
};

struct diags *diags_new(struct arena *arena, const struct sources *files)
{
	struct diags *diags = ARENA_NEW(arena, struct diags);

	diags->arena = arena;
	diags->files = files;
	diags->bucket_count = DIAG_FIRST_BUCKETS;
	diags->buckets = ARENA_ARRAY(arena, struct bucket *, diags->bucket_count);
	return diags;
}

const struct diag_info *diag_info(enum diag_id id)
{
	return &infos[id];
}

const struct diag_info *diag_info_named(const char *name, enum diag_id *id)
{
	for (size_t i = 0; i < DIAG_COUNT; i++) {
		if (strcmp(infos[i].name, name) == 0) {
			*id = (enum diag_id)i;
			return &infos[i];
		}
	}
	return NULL;
}

static const char *after_prefix(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

bool diags_option(struct diags *diags, const char *option)
{
	const char *name;
	enum diag_id id;

	if (strcmp(option, "error") == 0) {
		diags->are_errors = true;
		return true;
	}
	if (diag_info_named(option, &id)) {
		diags->settings[id].is_off = false;
		return true;
	}
	if ((name = after_prefix(option, "error=")) && diag_info_named(name, &id)) {
		diags->settings[id] = (struct setting){false, CHOICE_YES};
		return true;
	}
	if ((name = after_prefix(option, "no-error=")) && diag_info_named(name, &id)) {
		diags->settings[id].is_error = CHOICE_NO;
		return true;
	}
	if ((name = after_prefix(option, "no-")) && diag_info_named(name, &id)) {
		diags->settings[id].is_off = infos[id].level != DIAG_ERROR;
		return true;
	}
	return false;
}

void diags_limit(struct diags *diags, size_t max)
{
	diags->max_errors = max;
}

void diags_min_level(struct diags *diags, enum diag_level level)
{
	diags->min_level = level;
}

static enum diag_level diags_level(const struct diags *diags, enum diag_id id)
{
	enum choice is_error = diags->settings[id].is_error;
	enum diag_level level = infos[id].level;

	if (level == DIAG_ERROR || is_error == CHOICE_YES)
		return DIAG_ERROR;
	if (level == DIAG_WARNING && diags->are_errors && is_error == CHOICE_NONE)
		return DIAG_ERROR;
	return level;
}

/* FNV-1a over what makes two diagnostics the same. */
static size_t diag_hash(const struct diag *diag)
{
	const uint32_t words[] = {(uint32_t)diag->id, diag->span.file, diag->span.start,
				  diag->span.end};
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		hash = (hash ^ words[i]) * 0x100000001b3;
	for (const char *at = diag->text; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	return (size_t)(hash ^ hash >> 32);
}

static bool diag_same(const struct diag *a, const struct diag *b)
{
	return a->id == b->id && a->span.file == b->span.file &&
	       a->span.start == b->span.start && a->span.end == b->span.end &&
	       strcmp(a->text, b->text) == 0;
}

static void diags_grow_buckets(struct diags *diags)
{
	struct bucket **old = diags->buckets;
	size_t old_count = diags->bucket_count;

	diags->bucket_count *= 2;
	diags->buckets = ARENA_ARRAY(diags->arena, struct bucket *, diags->bucket_count);
	for (size_t i = 0; i < old_count; i++) {
		for (struct bucket *bucket = old[i]; bucket;) {
			struct bucket *next = bucket->next;
			size_t at = diag_hash(bucket->diag) & (diags->bucket_count - 1);

			bucket->next = diags->buckets[at];
			diags->buckets[at] = bucket;
			bucket = next;
		}
	}
}

/* False where a diagnostic like DIAG is listed already. */
static bool diags_is_new(struct diags *diags, struct diag *diag)
{
	size_t at = diag_hash(diag) & (diags->bucket_count - 1);
	struct bucket *bucket;

	for (bucket = diags->buckets[at]; bucket; bucket = bucket->next)
		if (diag_same(bucket->diag, diag))
			return false;
	if (diags->bucket_used++ == diags->bucket_count) {
		diags_grow_buckets(diags);
		at = diag_hash(diag) & (diags->bucket_count - 1);
	}
	bucket = ARENA_NEW(diags->arena, struct bucket);
	bucket->diag = diag;
	bucket->next = diags->buckets[at];
	diags->buckets[at] = bucket;
	return true;
}

static void diags_append(struct diags *diags, struct diag *diag)
{
	if (diags->last)
		diags->last->next = diag;
	else
		diags->first = diag;
	diags->last = diag;
	diags->counts[diag->level]++;
}

/* Count an error beyond the limit; the first such one adds the note about them. */
static void diags_leave_out(struct diags *diags)
{
	if (!diags->limit) {
		diags->limit = ARENA_NEW(diags->arena, struct diag);
		diags->limit->id = DIAG_ERROR_LIMIT;
		diags->limit->level = DIAG_NOTE;
		diags->limit->span = SPAN_NONE;
		diags->limit->text = "";
		diags_append(diags, diags->limit);
	}
	diags->left_out++;
}

struct diag *diag_add(struct diags *diags, enum diag_id id, struct span span,
		      const char *format, ...)
{
	struct diag *diag = ARENA_NEW(diags->arena, struct diag);
	va_list args;

	va_start(args, format);
	diag->text = arena_vprintf(diags->arena, format, args);
	va_end(args);
	diag->id = id;
	diag->level = diags_level(diags, id);
	diag->span = span;
	if (diags->settings[id].is_off || diag->level < diags->min_level ||
	    !diags_is_new(diags, diag))
		return diag;
	if (diag->level == DIAG_ERROR && diags->max_errors &&
	    diags->counts[DIAG_ERROR] >= diags->max_errors)
		diags_leave_out(diags);
	else
		diags_append(diags, diag);
	return diag;
}

struct diag *diag_find(struct diags *diags, enum diag_id id, struct span span)
{
	for (struct diag *diag = diags->first; diag; diag = diag->next)
		if (diag->id == id && diag->span.file == span.file &&
		    diag->span.start == span.start && diag->span.end == span.end)
			return diag;
	return NULL;
}

void diag_remark(struct diags *diags, struct diag *diag, struct span span, const char *format,
		 ...)
{
	struct diag_remark *remark = ARENA_NEW(diags->arena, struct diag_remark);
	struct diag_remark **end = &diag->remarks;
	va_list args;

	va_start(args, format);
	remark->text = arena_vprintf(diags->arena, format, args);
	va_end(args);
	remark->span = span;
	while (*end)
		end = &(*end)->next;
	*end = remark;
}

void diag_edit(struct diags *diags, struct diag *diag, struct span span, const char *format,
	       ...)
{
	struct diag_edit *edit = ARENA_NEW(diags->arena, struct diag_edit);
	struct diag_edit **end = &diag->edits;
	va_list args;

	va_start(args, format);
	edit->text = arena_vprintf(diags->arena, format, args);
	va_end(args);
	edit->span = span;
	while (*end)
		end = &(*end)->next;
	*end = edit;
}

/* True where A is to stand after B. */
static bool diag_is_after(const struct diag *a, const struct diag *b)
{
	if (a->span.file != b->span.file)
		return a->span.file > b->span.file;
	if (a->span.start != b->span.start)
		return a->span.start > b->span.start;
	return a->id == DIAG_ERROR_LIMIT && b->id != DIAG_ERROR_LIMIT;
}

static struct diag *merge(struct diag *a, struct diag *b)
{
	struct diag *first = NULL;
	struct diag **end = &first;

	while (a && b) {
		struct diag **least = diag_is_after(a, b) ? &b : &a;

		*end = *least;
		end = &(*least)->next;
		*least = *end;
	}
	*end = a ? a : b;
	return first;
}

/* Merge sort from the bottom up: slot I holds a sorted run of 2^I, older ones in higher slots.
 */
void diags_sort(struct diags *diags)
{
	struct diag *runs[64] = {NULL};
	struct diag *rest = diags->first;
	struct diag *sorted = NULL;

	if (diags->limit)
		diags->limit->text =
			arena_printf(diags->arena, "%zu more error%s not shown",
				     diags->left_out, diags->left_out == 1 ? "" : "s");
	while (rest) {
		struct diag *run = rest;
		size_t slot = 0;

		rest = rest->next;
		run->next = NULL;
		for (; runs[slot]; slot++) {
			run = merge(runs[slot], run);
			runs[slot] = NULL;
		}
		runs[slot] = run;
	}
	for (size_t slot = 0; slot < sizeof(runs) / sizeof(runs[0]); slot++)
		sorted = merge(runs[slot], sorted);
	diags->first = sorted;
	for (diags->last = sorted; diags->last && diags->last->next;)
		diags->last = diags->last->next;
}

const struct diag *diags_first(const struct diags *diags)
{
	return diags->first;
}

bool diags_has(const struct diags *diags, enum diag_id id)
{
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		if (diag->id == id)
			return true;
	}
	return false;
}

size_t diags_count(const struct diags *diags, enum diag_level level)
{
	return diags->counts[level];
}

static const struct {
	const char *name;
	void (*write)(const struct diags *diags, const struct sources *files, bool color,
		      FILE *out);
} formats[] = {
	[DIAG_TEXT] = {"text", diag_write_text},
	[DIAG_JSON] = {"json", diag_write_json},
	[DIAG_SARIF] = {"sarif", diag_write_sarif},
	[DIAG_GITHUB] = {"github", diag_write_github},
};

bool diag_format_named(const char *name, enum diag_format *format)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum diag_format)i;
			return true;
		}
	}
	return false;
}

/* Another stream to where standard error goes: that one writes every character by itself. */
static FILE *buffered_errors(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out && fd >= 0)
		close(fd);
	return out;
}

void diags_write(const struct diags *diags, enum diag_format format, bool color, FILE *out)
{
	FILE *buffered = out == stderr ? buffered_errors() : NULL;

	formats[format].write(diags, diags->files, color, buffered ? buffered : out);
	if (buffered)
		fclose(buffered);
}

const char *diag_level_name(enum diag_level level)
{
	static const char *const names[] = {
		[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

	return names[level];
}
