#include <string.h>

#include "fmt.h"
#include "fmt_tokens.h"
#include "scml_parser.h"

enum {
	LAYOUT_MAX_INDENT = 80, /* deeper nesting is not shown */
	LAYOUT_MAX_ALIGN = 60,	/* parts of a pattern that would begin further right */
};

struct layout {
	struct fmt_tokens *tokens;
	size_t column; /* after the last token that was placed */
	size_t row;    /* so many lines were begun */
};

static int kind_at(const struct layout *layout, size_t index)
{
	return layout->tokens->items[index].kind;
}

/* The column after the comments in the gap before token INDEX, and the blank behind them. */
static size_t column_after_comments(const struct layout *layout, size_t index)
{
	const struct fmt_token *token = &layout->tokens->items[index];
	int before = index > 0 ? kind_at(layout, index - 1) : TOKEN_LPAREN;
	size_t column = layout->column;

	if (token->breaks && !fmt_gap_is_hard(layout->tokens, index)) {
		column = token->comment_indent;
		before = TOKEN_LPAREN;
	}
	for (size_t i = token->first_comment; i < token->end_comment; i++) {
		const struct fmt_comment *comment = &layout->tokens->comments[i];

		if (comment->newlines > 0 || index == 0)
			column = token->comment_indent;
		else
			column += before != TOKEN_LPAREN;
		column = fmt_column_after(comment, column);
		before = TOKEN_NAME;
	}
	return column + fmt_wants_blank(TOKEN_NAME, token->kind);
}

/* Put token INDEX on a line of its own that begins at INDENT, or after the one before. */
static void place_at(struct layout *layout, size_t index, bool breaks, size_t indent)
{
	struct fmt_token *token = &layout->tokens->items[index];

	if (indent > LAYOUT_MAX_INDENT)
		indent = LAYOUT_MAX_INDENT;
	token->breaks = breaks;
	token->indent = token->comment_indent = indent;
	token->max_blank_lines = 1;
	if (breaks || fmt_gap_is_hard(layout->tokens, index))
		layout->row++;
	if (fmt_starts_line(layout->tokens, index))
		layout->column = indent;
	else if (token->first_comment < token->end_comment)
		layout->column = column_after_comments(layout, index);
	else
		layout->column += fmt_gap_width(layout->tokens, index);
	layout->column += token->len;
}

/* Put the tokens [START, END) after each other. */
static void place_flat(struct layout *layout, size_t start, size_t end, size_t indent)
{
	for (size_t i = start; i < end; i++)
		place_at(layout, i, false, indent);
}

static size_t part_end(const struct layout *layout, size_t start)
{
	return start + (kind_at(layout, start) == TOKEN_LESS ? 3 : 1);
}

static size_t flags_end(const struct layout *layout, size_t start)
{
	size_t end = part_end(layout, start);

	while (kind_at(layout, end) == TOKEN_PIPE)
		end = part_end(layout, end + 1);
	return end;
}

/* The parts after the first one, whose line begins at INDENT. */
static void place_parts(struct layout *layout, size_t start, size_t end, size_t indent)
{
	bool has_breaks = fmt_has_newline(layout->tokens, start, end);
	size_t limit = has_breaks ? FMT_MAX_LINE : FMT_WRAP_AT;
	size_t at = part_end(layout, start);
	size_t rest =
		fmt_flat_width(layout->tokens, start, end) - layout->tokens->items[start].len;

	if (!has_breaks && layout->column + rest + 1 <= FMT_MAX_LINE)
		at = end;
	place_flat(layout, start + 1, at, indent);
	while (at < end) {
		size_t next = part_end(layout, at + 1);
		bool breaks;

		place_at(layout, at, false, indent);
		/* ` |` or `;` follows */
		breaks = fmt_gap_is_hard(layout->tokens, at + 1) ||
			 layout->column + fmt_gap_width(layout->tokens, at + 1) +
					 fmt_flat_width(layout->tokens, at + 1, next) + 2 >
				 limit;
		place_at(layout, at + 1, breaks, indent);
		place_flat(layout, at + 2, next, indent);
		at = next;
	}
}

/* The pattern of a parameter or a definition that begins at INDENT. */
static void place_flags_value(struct layout *layout, size_t start, size_t end, size_t indent)
{
	const struct fmt_token *first = &layout->tokens->items[start];
	size_t width = fmt_flat_width(layout->tokens, start, end);
	bool has_lead = fmt_gap_is_hard(layout->tokens, start);
	bool has_comment = has_lead && first->first_comment < first->end_comment;
	size_t align = layout->column + 1;

	if (!has_comment && !fmt_has_newline(layout->tokens, start, end) &&
	    layout->column + fmt_gap_width(layout->tokens, start) + width + 1 <= FMT_MAX_LINE) {
		place_flat(layout, start, end, indent + FMT_INDENT);
		return;
	}
	has_lead |= align > LAYOUT_MAX_ALIGN;
	if (has_lead)
		align = indent + FMT_INDENT;
	place_at(layout, start, has_lead, align);
	place_parts(layout, start, end, align);
}

static size_t place_list(struct layout *layout, size_t open, size_t indent);

/* What follows `=`; the token after it is returned. */
static size_t place_value(struct layout *layout, size_t start, size_t indent)
{
	int kind = kind_at(layout, start);
	size_t end;

	if (kind == TOKEN_LBRACE || kind == TOKEN_LBRACKET) {
		place_at(layout, start, false, indent + FMT_INDENT);
		return place_list(layout, start, indent);
	}
	end = flags_end(layout, start);
	place_flags_value(layout, start, end, indent);
	return end;
}

/* The token after the item at START. */
static size_t item_end(const struct layout *layout, size_t start)
{
	if (kind_at(layout, start) == TOKEN_NAME && kind_at(layout, start + 1) == TOKEN_EQUALS)
		start += 2;
	if (kind_at(layout, start) == TOKEN_LBRACE || kind_at(layout, start) == TOKEN_LBRACKET)
		return layout->tokens->items[start].partner + 1;
	return flags_end(layout, start);
}

/* A member of a list, or an element of an array; true if it goes over several lines. */
static bool place_item(struct layout *layout, size_t start, bool breaks, size_t indent)
{
	int kind = kind_at(layout, start);
	size_t row;

	place_at(layout, start, breaks, indent);
	row = layout->row;
	if (kind == TOKEN_LBRACE || kind == TOKEN_LBRACKET) {
		place_list(layout, start, indent);
	} else if (kind == TOKEN_NAME && kind_at(layout, start + 1) == TOKEN_EQUALS) {
		place_at(layout, start + 1, false, indent + FMT_INDENT);
		place_value(layout, start + 2, indent);
	} else {
		size_t column = layout->column - layout->tokens->items[start].len;

		place_parts(layout, start, flags_end(layout, start), column);
	}
	return layout->row > row;
}

/* Did the author say which items of the list share a line? */
static bool has_own_breaks(const struct layout *layout, size_t open, size_t close)
{
	for (size_t i = open + 1; i < close; i++) {
		if (fmt_gap_is_hard(layout->tokens, i))
			return true;
		i = item_end(layout, i);
		if (kind_at(layout, i) != TOKEN_COMMA)
			break;
	}
	return false;
}

/* May the item at START share the line of the one before it where the author does not say? */
static bool shares_line(const struct layout *layout, size_t open, size_t before, size_t start)
{
	size_t end = item_end(layout, start);

	if (kind_at(layout, open) == TOKEN_LBRACE)
		return false;
	if (kind_at(layout, open) == TOKEN_LBRACKET)
		return kind_at(layout, start) != TOKEN_LBRACE;
	/* parameters that are not constrained */
	return end == start + 1 && kind_at(layout, start) == TOKEN_NAME &&
	       kind_at(layout, before) == TOKEN_NAME && item_end(layout, before) == before + 1;
}

static bool item_breaks(const struct layout *layout, size_t open, size_t before, size_t start,
			bool is_own)
{
	size_t end = item_end(layout, start);
	size_t width;

	if (before == 0)
		return true;
	if (is_own ? fmt_gap_is_hard(layout->tokens, start)
		   : !shares_line(layout, open, before, start))
		return true;
	width = layout->column + fmt_gap_width(layout->tokens, start) +
		fmt_flat_width(layout->tokens, start, end) + 1;
	return fmt_has_newline(layout->tokens, start, end) ||
	       width > (is_own ? FMT_MAX_LINE : FMT_WRAP_AT);
}

static void place_items(struct layout *layout, size_t open, size_t close, size_t indent)
{
	bool is_own = has_own_breaks(layout, open, close);
	size_t before = 0;
	bool breaks = true;

	for (size_t at = open + 1; at < close; at++) {
		breaks |= item_breaks(layout, open, before, at, is_own);
		/* nothing follows what goes over several lines */
		breaks = place_item(layout, at, breaks, indent);
		before = at;
		at = item_end(layout, at);
		if (kind_at(layout, at) != TOKEN_COMMA)
			break;
		place_at(layout, at, false, indent);
	}
}

/* The list that the bracket OPEN, placed already, begins; the token after it is returned. */
static size_t place_list(struct layout *layout, size_t open, size_t indent)
{
	struct fmt_token *items = layout->tokens->items;
	size_t close = items[open].partner;
	size_t inner = indent + FMT_INDENT;
	size_t rest = fmt_flat_width(layout->tokens, open, close + 1) - 1;

	if (!fmt_has_newline(layout->tokens, open, close + 1) &&
	    layout->column + rest + 1 <= FMT_MAX_LINE) {
		place_flat(layout, open + 1, close + 1, inner);
		return close + 1;
	}
	place_items(layout, open, close, inner);
	items[open + 1].is_first = true;
	place_at(layout, close, true, indent);
	items[close].is_last = true;
	items[close].comment_indent = inner > LAYOUT_MAX_INDENT ? LAYOUT_MAX_INDENT : inner;
	return close + 1;
}

static size_t place_rule(struct layout *layout, size_t start)
{
	struct fmt_token *token = &layout->tokens->items[start];
	size_t at = start + 1;

	place_at(layout, start, true, 0);
	token->max_blank_lines = 2;
	if (kind_at(layout, at) == TOKEN_NAME)
		place_at(layout, at++, false, FMT_INDENT);
	place_at(layout, at, false, FMT_INDENT);
	if (kind_at(layout, at) == TOKEN_LPAREN)
		at = place_list(layout, at, 0);
	else
		at = place_value(layout, at + 1, 0);
	place_at(layout, at, false, FMT_INDENT);
	return at + 1;
}

void fmt_lay_out(struct fmt_tokens *tokens)
{
	struct layout layout = {.tokens = tokens};
	size_t at = 0;

	while (kind_at(&layout, at) != TOKEN_END)
		at = place_rule(&layout, at);
	place_at(&layout, at, true, 0);
	tokens->items[at].max_blank_lines = 2;
	tokens->items[at].is_last = true;
	tokens->items[0].is_first = true;
}
