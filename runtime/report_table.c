/* The table of --summary: as wide as what it says, or as the terminal. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report_state.h"

enum { MIN_WIDTH = 60, MAX_WIDTH = 10000, GAP = 2, MIN_CELL = 8 };

enum column { COUNT, CALL, ARGUMENT, WHAT, ERRNO, FIRST, RULE, TABLE_COLUMNS };

static const struct {
	const char *title;
	bool is_number;
	bool may_shrink;
} columns[TABLE_COLUMNS] = {
	[COUNT] = {"COUNT", true, false},	[CALL] = {"CALL", false, false},
	[ARGUMENT] = {"ARGUMENT", false, true}, [WHAT] = {"UNSUPPORTED", false, true},
	[ERRNO] = {"ERRNO", false, true},	[FIRST] = {"FIRST", false, false},
	[RULE] = {"NEAREST RULE", false, true},
};

struct row {
	const char *cells[TABLE_COLUMNS];
};

struct table {
	struct arena *arena;
	VEC(struct row) rows;
	size_t widths[TABLE_COLUMNS];
};

/* Columns that TEXT takes: its UTF-8 characters. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static const char *errno_name(struct arena *arena, int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : arena_printf(arena, "%d", error);
}

/* The errno that came most often; what is behind the others is only counted. */
static const char *errno_cell(struct arena *arena, const struct report_cause *cause)
{
	const struct report_errno *best = NULL;

	for (size_t i = 0; i < cause->errnos.count; i++)
		if (!best || cause->errnos.items[i].count > best->count)
			best = &cause->errnos.items[i];
	if (!best)
		return "-";
	if (best->count == cause->count)
		return errno_name(arena, best->error);
	return arena_printf(arena, "%s %" PRIu64, errno_name(arena, best->error), best->count);
}

static const char *first_cell(struct arena *arena, const struct report_cause *cause)
{
	if (cause->log_line)
		return arena_printf(arena, "line %" PRIu64, cause->log_line);
	return cause->tid ? arena_printf(arena, "pid %d", (int)cause->tid) : "-";
}

/* What failed; where that has no name, the cause without the argument before it. */
static const char *what_cell(const struct report_cause *cause)
{
	const char *text = cause->text;
	size_t len = cause->param ? strlen(cause->param) : 0;

	if (cause->what)
		return cause->what;
	if (len && strncmp(text, cause->param, len) == 0 && strncmp(text + len, ": ", 2) == 0)
		text += len + 2;
	return *text ? text : "-";
}

static void add_row(struct table *table, const struct row *row)
{
	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		size_t width = width_of(row->cells[i]);

		if (width > table->widths[i])
			table->widths[i] = width;
	}
	vec_push(table->arena, &table->rows, *row);
}

static void add_cause(void *context, const struct report_cause *cause)
{
	struct table *table = context;
	const struct report_kind_info *kind = &report_kinds[cause->kind];
	struct arena *arena = table->arena;
	const struct row row = {
		.cells = {
			[COUNT] = arena_printf(arena, "%" PRIu64, cause->count),
			[CALL] = cause->name,
			[ARGUMENT] = cause->param ? cause->param : "-",
			[WHAT] = cause->kind == REPORT_UNSUPPORTED
					 ? what_cell(cause)
					 : arena_printf(arena, "%s: %s", kind->name,
							what_cell(cause)),
			[ERRNO] = errno_cell(arena, cause),
			[FIRST] = first_cell(arena, cause),
			[RULE] = cause->file ? arena_printf(arena, "%s:%" PRIu32, cause->file,
							    cause->line)
					     : "-",
		}};

	add_row(table, &row);
}

/* How wide the table may be; 0: as it likes. COLUMNS goes before what the terminal says. */
static size_t room(FILE *out)
{
	const char *told = getenv("COLUMNS");
	long width = told ? strtol(told, NULL, 10) : 0;
	struct winsize size;

	if (width <= 0 && isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0 || width > MAX_WIDTH)
		return 0;
	return width < MIN_WIDTH ? MIN_WIDTH : (size_t)width;
}

/* Take from the widest column that may shrink until everything fits. */
static void fit(struct table *table, size_t wanted)
{
	size_t width = (size_t)(TABLE_COLUMNS - 1) * GAP;

	for (size_t i = 0; i < TABLE_COLUMNS; i++)
		width += table->widths[i];
	while (wanted && width > wanted) {
		size_t widest = TABLE_COLUMNS;

		for (size_t i = 0; i < TABLE_COLUMNS; i++)
			if (columns[i].may_shrink && table->widths[i] > MIN_CELL &&
			    (widest == TABLE_COLUMNS ||
			     table->widths[i] > table->widths[widest]))
				widest = i;
		if (widest == TABLE_COLUMNS)
			return;
		table->widths[widest]--;
		width--;
	}
}

/* Bytes of the first CHARACTERS of TEXT. */
static size_t bytes_of(const char *text, size_t characters)
{
	size_t at = 0;

	while (text[at] && characters) {
		at++;
		while (((unsigned char)text[at] & 0xc0) == 0x80)
			at++;
		characters--;
	}
	return at;
}

/* The end of a place is what tells it from others; of everything else the beginning is. */
static void put_cell(FILE *out, enum column column, const char *text, size_t width)
{
	size_t have = width_of(text), pad = have < width ? width - have : 0;

	if (columns[column].is_number)
		fprintf(out, "%*s", (int)pad, "");
	if (have <= width)
		fputs(text, out);
	else if (column == RULE)
		fprintf(out, "...%s", text + bytes_of(text, have - (width - 3)));
	else
		fprintf(out, "%.*s...", (int)bytes_of(text, width - 3), text);
	if (!columns[column].is_number && column != TABLE_COLUMNS - 1)
		fprintf(out, "%*s", (int)pad, "");
}

static void put_row(FILE *out, const struct table *table, const struct row *row)
{
	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		if (i)
			fprintf(out, "%*s", GAP, "");
		put_cell(out, (enum column)i, row->cells[i], table->widths[i]);
	}
	putc('\n', out);
}

void report_table(const struct report *report)
{
	struct table table = {.arena = report->arena};
	const struct row *row;
	struct row header;

	for (size_t i = 0; i < TABLE_COLUMNS; i++)
		header.cells[i] = columns[i].title;
	add_row(&table, &header);
	report_causes_each(report->causes, add_cause, &table);
	if (table.rows.count == 1)
		return;
	fit(&table, room(report->options.out));
	vec_each (row, &table.rows)
		put_row(report->options.out, &table, row);
}
