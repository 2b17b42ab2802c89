#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "parse.h"
#include "source.h"
#include "syntax_cases.h"

static struct arena *arena;
static struct sources *sources;
static struct diags *diags;

static void set_up(void)
{
	arena = arena_new();
	sources = sources_new(arena);
	diags = diags_new(arena, sources);
}

static void tear_down(void)
{
	arena_free(arena);
}

static const struct ast_document *parse_bytes(const char *path, const char *text, size_t size)
{
	const struct source_document *document =
		source_from_text(sources, diags, path, text, size);

	ck_assert_ptr_nonnull(document);
	return parse_document(arena, diags, sources, document);
}

static const struct ast_document *parse(const char *text)
{
	return parse_bytes("t.scml", text, strlen(text));
}

/* The diagnostics as `LINE:COLUMN message`, a line each. */
static const char *messages(void)
{
	const char *text = "";

	diags_sort(diags);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		struct source_place place =
			source_place(source_file(sources, diag->span.file), diag->span.start);

		text = arena_printf(arena, "%s%u:%u %s\n", text, place.line, place.column,
				    diag->text);
	}
	return text;
}

static const char *show_pattern(const struct ast_pattern *pattern);

static const char *show_params(const struct ast_param *params, size_t count, bool is_open)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		const char *separator = i ? ", " : "";

		if (params[i].is_bare_number)
			text = arena_printf(arena, "%s%s#%s", text, separator,
					    show_pattern(params[i].pattern));
		else
			text = arena_printf(arena, "%s%s%s%s%s", text, separator,
					    params[i].name.text, params[i].pattern ? "=" : "",
					    params[i].pattern ? show_pattern(params[i].pattern)
							      : "");
	}
	return is_open ? arena_printf(arena, "%s%s..", text, count ? ", " : "") : text;
}

static const char *show_part(const struct ast_part *part)
{
	if (part->kind == AST_REFERENCE)
		return arena_printf(arena, "<%s>", part->name.text);
	if (part->kind == AST_CONST)
		return part->name.text;
	return arena_printf(arena, "%s%llu", part->number.negative ? "-" : "",
			    (unsigned long long)part->number.magnitude);
}

static const char *show_pattern(const struct ast_pattern *pattern)
{
	const char *text = "";

	if (pattern->kind == AST_STRUCT)
		return arena_printf(
			arena, "{%s}",
			show_params(pattern->fields, pattern->field_count, pattern->is_open));
	for (size_t i = 0; i < pattern->part_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "|" : "",
				    show_part(&pattern->parts[i]));
	if (pattern->kind == AST_FLAGS)
		return text;
	for (size_t i = 0; i < pattern->element_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "",
				    show_pattern(pattern->elements[i]));
	return arena_printf(arena, "[%s]", text);
}

static const char *show(const struct ast_document *document)
{
	const char *text = "";

	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];
		const char *name = rule->name.text;

		if (rule->kind == AST_SYSCALL_RULE)
			text = arena_printf(
				arena, "%s%s(%s);", text, name,
				show_params(rule->params, rule->param_count, rule->is_open));
		else
			text = arena_printf(arena, "%s%s%s=%s;", text,
					    rule->kind == AST_STRUCT_RULE ? "struct " : "",
					    name, show_pattern(rule->pattern));
	}
	return text;
}

static const struct {
	const char *text;
	const char *tree;
} trees[] = {
	{"", ""},
	{" \t\r\n\f\v", ""},
	{"fork();", "fork();"},
	{"read(fd, buf, count);", "read(fd, buf, count);"},
	{"read(fd,buf,count,);", "read(fd, buf, count);"},
	{"f(..);f(..,);f(a,..);f(a,..,);", "f(..);f(..);f(a, ..);f(a, ..);"},
	{"f(a = X | 0x10 | <b>);", "f(a=X|16|<b>);"},
	{"f(a = <INTEGER>, b = <PATH>, c = NULL);", "f(a=<INTEGER>, b=<PATH>, c=NULL);"},
	{"f(a = 0, b = 00, c = 017, d = 0o17, e = 0O17, f = 0XfF, g = 19, h = -1);",
	 "f(a=0, b=0, c=15, d=15, e=15, f=255, g=19, h=-1);"},
	{"a = 18446744073709551615 | 0xffffffffffffffff | 01777777777777777777777;",
	 "a=18446744073709551615|18446744073709551615|18446744073709551615;"},
	{"a = -9223372036854775808 | -0x8000000000000000 | -0 | -017;",
	 "a=-9223372036854775808|-9223372036854775808|-0|-15;"},
	{"f(a, 0, -1, 0x2);", "f(a, #0, #-1, #2);"},
	{"struct s = { a, b = X, .. };", "struct s={a, b=X, ..};"},
	{"struct s = { .. };struct s = { .., };struct s = { a, };",
	 "struct s={..};struct s={..};struct s={a};"},
	{"f(a = { b = { c = [ X, Y | Z, { d, .. }, [ 1 ], <e>, ], .. } });",
	 "f(a={b={c=[X, Y|Z, {d, ..}, [1], <e>], ..}});"},
	{"a = X; b = <a> | Y; f(c = <b>);", "a=X;b=<a>|Y;f(c=<b>);"},
	/* `struct` is a name wherever no struct rule can begin */
	{"struct struct = { struct = struct, .. };f(struct, a = struct | <struct>);",
	 "struct struct={struct=struct, ..};f(struct, a=struct|<struct>);"},
	{"structs = X; struct1(a);", "structs=X;struct1(a);"},
	/* comments stand anywhere */
	{"f/**/(/* ( */a//)\n,b=/**/X/**/|/***/Y)/**/;// ;", "f(a, b=X|Y);"},
	{"/*/ **/f();/* /* */", "f();"},
	/* layout means nothing */
	{"f(\na = X,\nb = Y,\ng\n)\n;\nh\n(\n)\n;", "f(a=X, b=Y, g);h();"},
	{"f(a\n,\nb\n=\nX\n|\nY\n);a\n=\nX\n;", "f(a, b=X|Y);a=X;"},
	{"   f(\na = {\nb = X,\nc = Y\n});", "f(a={b=X, c=Y});"},
};

START_TEST(right_documents_parse)
{
	ck_assert_str_eq(show(parse(trees[_i].text)), trees[_i].tree);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		ck_assert_int_eq(diag->id, DIAG_BARE_NUMBER);
}
END_TEST

START_TEST(mistakes_are_told_one_by_one)
{
	parse(syntax_cases[_i].text);
	ck_assert_str_eq(messages(), syntax_cases[_i].messages);
}
END_TEST

/* TEXT with all the edits of its diagnostics made, last one first. */
static const char *mended(const char *text)
{
	size_t end = strlen(text);
	const char *tail = "";

	diags_sort(diags);
	for (;;) {
		const struct diag_edit *best = NULL;

		for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
			for (const struct diag_edit *edit = diag->edits; edit;
			     edit = edit->next)
				if (edit->span.end <= end &&
				    (!best || edit->span.end > best->span.end))
					best = edit;
		if (!best)
			return arena_printf(arena, "%.*s%s", (int)end, text, tail);
		tail = arena_printf(arena, "%s%.*s%s", best->text, (int)(end - best->span.end),
				    text + best->span.end, tail);
		end = best->span.start;
		if (end == 0)
			return tail;
		end -= best->span.start == best->span.end;
		tail = arena_printf(arena, "%.*s%s", (int)(best->span.start - end), text + end,
				    tail);
	}
}

START_TEST(offered_edits_mend_the_document)
{
	const char *text = syntax_cases[_i].text;
	const struct diag *diag;

	parse(text);
	for (diag = diags_first(diags); diag && diag->edits; diag = diag->next)
		;
	if (diag || !diags_first(diags))
		return; /* not all of its mistakes have an edit */
	text = mended(text);
	diags = diags_new(arena, sources);
	parse(text);
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == 0, "%s\n%s", text, messages());
}
END_TEST

START_TEST(rules_around_a_mistake_are_kept)
{
	const struct ast_document *document =
		parse("a(b);\nc = X Y;\nd(e);\nf(, g);\nh(i)\nstruct j = {};\nk = L;");

	ck_assert_str_eq(show(document), "a(b);d(e);h(i);k=L;");
	ck_assert_uint_eq(document->lost_count, 3);
	ck_assert_str_eq(document->lost[0].text, "c");
	ck_assert_str_eq(document->lost[1].text, "f");
	ck_assert_str_eq(document->lost[2].text, "j");
}
END_TEST

START_TEST(missing_bracket_names_the_open_one)
{
	const struct diag *diag;

	parse("f(a = {\n b = [ X,\n");
	diag = diags_first(diags);
	ck_assert_str_eq(diag->text, "']});' is missing after ','");
	ck_assert_uint_eq(diag->remarks->span.start, 13);
	ck_assert_uint_eq(diag->remarks->next->span.start, 6);
	ck_assert_uint_eq(diag->remarks->next->next->span.start, 1);
	ck_assert_ptr_null(diag->remarks->next->next->next);
}
END_TEST

START_TEST(spans_cover_what_they_name)
{
	static const char text[] = " f(a, b = X | <c>, ..) ;\nstruct s = { d = [ -0x1 ], .. };";
	const struct ast_document *document = parse(text);
	const struct ast_rule *call = document->rules[0];
	const struct ast_rule *record = document->rules[1];
	const struct ast_pattern *array = record->pattern->fields[0].pattern;
	const struct {
		struct span span;
		const char *text;
	} cases[] = {
		{call->span, "f(a, b = X | <c>, ..) ;"},
		{call->name.span, "f"},
		{call->params[0].span, "a"},
		{call->params[1].span, "b = X | <c>"},
		{call->params[1].pattern->span, "X | <c>"},
		{call->params[1].pattern->parts[1].span, "<c>"},
		{call->params[1].pattern->parts[1].name.span, "c"},
		{call->dots, ".."},
		{record->span, "struct s = { d = [ -0x1 ], .. };"},
		{record->name.span, "s"},
		{record->pattern->span, "{ d = [ -0x1 ], .. }"},
		{record->pattern->dots, ".."},
		{array->span, "[ -0x1 ]"},
		{array->elements[0]->parts[0].number.span, "-0x1"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct span *span = &cases[i].span;

		ck_assert_str_eq(
			arena_strndup(arena, text + span->start, span->end - span->start),
			cases[i].text);
	}
}
END_TEST

START_TEST(comments_are_kept_with_their_kind)
{
	static const struct {
		enum ast_comment_kind kind;
		bool is_own_line;
		const char *text;
	} cases[] = {
		{AST_INNER_COMMENT, true, "about all"},
		{AST_LINE_COMMENT, true, " two blanks"},
		{AST_DOC_COMMENT, true, "about f"},
		{AST_LINE_COMMENT, true, "//// four"},
		{AST_BLOCK_COMMENT, false, "in "},
		{AST_LINE_COMMENT, false, "trails"},
		{AST_BLOCK_COMMENT, true, "*\n * b "},
		{AST_LINE_COMMENT, true, ""},
		{AST_DOC_COMMENT, true, ""},
		{AST_INNER_COMMENT, true, ""},
	};
	const struct ast_document *document =
		parse("//! about all\n//  two blanks\r\n\t/// about f\n////// four\n"
		      "f(/* in */ a); //\ttrails\n/**\n * b */ //\n  ///\n//!");

	/* the second comment of the block comment's line does not stand alone */
	ck_assert_uint_eq(document->comment_count, sizeof(cases) / sizeof(cases[0]));
	for (size_t i = 0; i < document->comment_count; i++) {
		ck_assert_int_eq(document->comments[i].kind, cases[i].kind);
		ck_assert_str_eq(document->comments[i].text, cases[i].text);
		if (i != 7)
			ck_assert_int_eq(document->comments[i].is_own_line,
					 cases[i].is_own_line);
	}
	ck_assert(!document->comments[7].is_own_line);
	ck_assert_ptr_null(diags_first(diags));
}
END_TEST

START_TEST(comments_belong_to_rules)
{
	/* { first, inside, end } of each rule */
	static const size_t cases[][3] = {{0, 2, 5}, {5, 5, 5}, {5, 6, 6}, {6, 7, 8}};
	const struct ast_document *document = parse("// 0\n/* 1 */ f( // 2\n /* 3 */ a); // 4\n"
						    "g(b); /// 5, about the next\nh(c); "
						    "\n// 6\n\ni(d /* 7 */)\n;\n// 8\n");

	ck_assert_uint_eq(document->rule_count, 4);
	ck_assert_uint_eq(document->comment_count, 9);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(document->rules[i]->first_comment, cases[i][0]);
		ck_assert_uint_eq(document->rules[i]->inside_comment, cases[i][1]);
		ck_assert_uint_eq(document->rules[i]->end_comment, cases[i][2]);
	}
}
END_TEST

START_TEST(rule_without_semicolon_keeps_its_comments)
{
	const struct ast_document *document = parse("// 0\nf(/* 1 */ a) // 2\n// 3\ng(b);");

	ck_assert_uint_eq(document->rules[0]->inside_comment, 1);
	ck_assert_uint_eq(document->rules[0]->end_comment, 3);
	ck_assert_uint_eq(document->rules[1]->first_comment, 3);
	ck_assert_uint_eq(document->rules[1]->inside_comment, 4);
}
END_TEST

START_TEST(bare_number_is_a_value_and_a_warning)
{
	const struct ast_document *document = parse("renameat2(a, b, c, d, 0);");

	ck_assert(document->rules[0]->params[4].is_bare_number);
	ck_assert_str_eq(document->rules[0]->params[4].name.text, "");
	ck_assert_str_eq(messages(),
			 "1:23 the number '0' stands where a parameter is expected; "
			 "write NAME = 0\n");
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), 1);
}
END_TEST

/* Markdown */

START_TEST(rule_does_not_cross_blocks)
{
	static const char page[] = "# A\n```scml\na = X |\n```\n\n```scml\nY;\nf(b);\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(messages(),
			 "3:8 expected a value after '|', found the end of the block\n"
			 "7:2 expected '(' or '=' after 'Y', found ';'\n");
	ck_assert_str_eq(show(document), "f(b);");
}
END_TEST

START_TEST(missing_semicolon_is_seen_at_the_end_of_a_block)
{
	static const char page[] = "```scml\na = X\n```\n```scml\nf(b)\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(messages(), "2:6 ';' is missing after 'X'\n"
				     "5:5 ';' is missing after ')'\n");
	ck_assert_str_eq(show(document), "a=X;f(b);");
}
END_TEST

START_TEST(tokens_and_comments_cross_the_lines_of_a_quote)
{
	static const char page[] = "> ```scml\n> a = X /* b\n> c */ |\n> Y; @\n> ```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(show(document), "a=X|Y;");
	ck_assert_uint_eq(document->comment_count, 1);
	ck_assert_str_eq(messages(), "4:6 stray '@'\n");
}
END_TEST

START_TEST(comment_ends_with_its_block)
{
	static const char page[] = "```scml\nf(a); /* b\n```\n*/\n```scml\ng(c);\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(show(document), "f(a);g(c);");
	ck_assert_str_eq(messages(), "2:7 the comment has no end: '*/' is missing\n");
}
END_TEST

/* Hostile input */

static const char *repeated(const char *text, size_t count, const char *tail)
{
	size_t len = strlen(text);
	char *all = arena_alloc(arena, len * count + strlen(tail) + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * len, text, len);
	strcpy(all + len * count, tail);
	return all;
}

static const struct {
	const char *head, *nest, *tail;
} nests[] = {
	{"f(a = ", "[", ""},	 {"f(a = ", "{x=", ""},
	{"f(a = ", "[{x=", ";"}, {"f", "(", ""},
	{"f(a = ", "(", ");"},	 {"", "[", ""},
	{"", "{", "}"},		 {"a = ", "<", ">;"},
	{"a = ", "[", ";"},	 {"struct s = ", "{x=", ";"},
	{"f(", "{", ");"},	 {"f(a = X ", "{", ";"},
	{"f(a = ", "g(", "));"}, {"f(a b, ", "[", ");"},
};

START_TEST(deep_nesting_is_one_error)
{
	enum { DEPTH = 200000 };
	const char *text = repeated(nests[_i].nest, DEPTH, nests[_i].tail);
	size_t expected = strstr(nests[_i].head, "a b") ? 2 : 1;

	parse(arena_printf(arena, "%s%s", nests[_i].head, text));
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == expected, "%s", messages());
}
END_TEST

START_TEST(rule_after_deep_nesting_is_read)
{
	const struct ast_document *document = parse(arena_printf(
		arena, "f(a = %s%s);g(b);", repeated("[", 1000, "X"), repeated("]", 1000, "")));

	ck_assert_str_eq(messages(), "1:207 patterns are nested more than 200 deep\n");
	ck_assert_str_eq(show(document), "g(b);");
}
END_TEST

START_TEST(the_depth_bound_is_where_it_is_said_to_be)
{
	static const char *const heads[] = {"f(a = ", "a = ", "f(a = "};
	static const char *const open[] = {"[", "[", "{x="};
	static const char *const close[] = {"]", "]", "}"};
	static const char *const tails[] = {");", ";", ");"};

	for (size_t extra = 0; extra < 2; extra++) {
		size_t depth = PARSE_MAX_DEPTH + extra;

		diags = diags_new(arena, sources);
		parse(arena_printf(arena, "%s%s%s%s", heads[_i], repeated(open[_i], depth, "1"),
				   repeated(close[_i], depth, ""), tails[_i]));
		if (extra)
			ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_DEEP);
		else
			ck_assert(!diags_first(diags) ||
				  diags_first(diags)->id != DIAG_TOO_DEEP);
	}
}
END_TEST

static double seconds_to_parse(const char *text)
{
	struct timespec start;
	struct timespec end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	parse(text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) +
	       (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

static const struct {
	const char *head, *piece, *tail;
} bulks[] = {
	{"", "read(fd, count = X | Y);\n", ""},
	{"f(a = ", "X | ", "Y);"},
	{"f(", "a, ", ");"},
	{"f(a", " b", ");"},
	{"a = X", " X", ";"},
	{"/*", "*", "*/"},
	{"/*", "/*", ""},
	{"//", "x", ""},
	{"", "/**/", ""},
	{"", "//\n", ""},
	{"", "\n", ""},
	{"", "@", ""},
	{"", "@ ", ""},
	{"", "\x80", ""},
	{"", "a", ""},
	{"", "-", ""},
	{"", ".", ""},
	{"", "..", ""},
	{"", "1", ""},
	{"", ";", ""},
	{"", "\"", ""},
	{"", "'\n", ""},
	{"", "a(", ""},
	{"", "struct ", ""},
	{"", "f(a = {", ""},
	{"f(a = ", "{} ", ");"},
	{"f(", "[]", ");"},
	{"f(a = [", ",", "]);"},
	{"a", "=", ";"},
	{"a = X", "|", ";"},
};

START_TEST(time_grows_with_the_size)
{
	enum { SMALL = 1 << 16, FACTOR = 16, SLACK = 8 };
	const char *head = bulks[_i].head;
	const char *tail = bulks[_i].tail;
	const char *piece = bulks[_i].piece;
	double small = seconds_to_parse(
		arena_printf(arena, "%s%s", head, repeated(piece, SMALL, tail)));
	double large = seconds_to_parse(
		arena_printf(arena, "%s%s", head, repeated(piece, SMALL * FACTOR, tail)));

	/* quadratic work would take FACTOR squared; what is short is not measured */
	ck_assert_msg(large < 0.5 || large < small * FACTOR * SLACK, "%f %f", small, large);
}
END_TEST

START_TEST(many_errors_end_with_one_that_says_so)
{
	size_t last_words = 0;

	parse(repeated("f(,);", 100000, ""));
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 10001);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		last_words += diag->id == DIAG_TOO_LONG;
	ck_assert_uint_eq(last_words, 1);
}
END_TEST

START_TEST(too_many_tokens_are_one_error)
{
	parse(repeated("f(a);\n", PARSE_MAX_TOKENS / 5 + 1, ""));
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
	ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_LONG);
}
END_TEST

START_TEST(long_name_is_an_error)
{
	ck_assert_str_eq(show(parse(repeated("a", 1000, "();"))), repeated("a", 1000, "();"));
	ck_assert_ptr_null(diags_first(diags));
	parse(repeated("a", 1001, "();"));
	ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_LONG);
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
}
END_TEST

static void check_span(struct span span)
{
	const struct source_file *file = source_file(sources, span.file);

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_le(span.start, span.end);
	ck_assert_uint_le(span.end, file->size);
}

static void check_pattern(const struct ast_pattern *pattern);

static void check_params(const struct ast_param *params, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_span(params[i].span);
		ck_assert_ptr_nonnull(params[i].name.text);
		if (params[i].pattern)
			check_pattern(params[i].pattern);
	}
}

static void check_pattern(const struct ast_pattern *pattern)
{
	check_span(pattern->span);
	check_params(pattern->fields, pattern->field_count);
	for (size_t i = 0; i < pattern->part_count; i++)
		check_span(pattern->parts[i].span);
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(pattern->elements[i]);
}

/* What holds for every input: all places exist, comments are shared out in order. */
static void check_everything(const struct ast_document *document)
{
	size_t comment = 0;

	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		check_span(diag->span);
		for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next)
			check_span(edit->span);
	}
	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];

		check_span(rule->span);
		check_span(rule->name.span);
		ck_assert_str_ne(rule->name.text, "");
		check_params(rule->params, rule->param_count);
		if (rule->pattern)
			check_pattern(rule->pattern);
		ck_assert_uint_eq(rule->first_comment, comment);
		ck_assert_uint_le(rule->first_comment, rule->inside_comment);
		ck_assert_uint_le(rule->inside_comment, rule->end_comment);
		comment = rule->end_comment;
	}
	ck_assert_uint_le(comment, document->comment_count);
	for (size_t i = 0; i < document->comment_count; i++)
		check_span(document->comments[i].span);
}

static const char sample[] =
	"//! # Sample\n"
	"/// the modes\n"
	"mode = O_RDONLY | O_WRONLY | 0x10 | -1 | 017;\n"
	"struct sockaddr = { sa_family = AF_INET | AF_UNIX, .. }; // trailing\n"
	"struct other = { a = [ <mode>, { b, c = NULL, .. } ], d, };\n"
	"/* block\n */ open(path, flags = O_CREAT | <mode>, mode,);\n"
	"bind(fd, addr = <sockaddr>, addrlen = <INTEGER>, ..);\n"
	"renameat2(a, b, c, d, 0);\n"
	"fork();\n";

START_TEST(no_byte_in_any_place_does_harm)
{
	size_t size = sizeof(sample) - 1;

	for (size_t at = 0; at <= size; at += 3) {
		char text[sizeof(sample)];

		memcpy(text, sample, at);
		text[at] = (char)_i;
		memcpy(text + at + 1, sample + at, size - at);
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", text, size + 1));
	}
}
END_TEST

START_TEST(every_control_byte_is_reported)
{
	char text[] = "read(fd );";
	bool is_blank = _i && strchr(" \t\r\n\f\v", _i);

	text[7] = (char)_i;
	parse_bytes("t.scml", text, sizeof(text) - 1);
	if (is_blank)
		ck_assert_str_eq(messages(), "");
	else
		ck_assert_str_eq(messages(),
				 arena_printf(arena, "1:8 stray byte 0x%02x\n", (unsigned)_i));
}
END_TEST

START_TEST(nul_byte_in_a_comment_is_reported)
{
	static const char text[] = "// a\0b\n/* c\0\0 */ f();";
	const struct ast_document *document = parse_bytes("t.scml", text, sizeof(text) - 1);

	ck_assert_str_eq(messages(), "1:5 stray byte 0x00\n2:5 stray byte 0x00\n");
	ck_assert_str_eq(document->comments[0].text, "a\xef\xbf\xbd"
						     "b");
}
END_TEST

START_TEST(comment_that_is_not_utf8_is_a_warning)
{
	const struct ast_document *document = parse("// caf\xe9\n// \xe9\nf();");

	ck_assert_str_eq(messages(), "1:1 the comment is not UTF-8\n");
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), 1);
	ck_assert_str_eq(document->comments[0].text, "caf\xef\xbf\xbd");
	ck_assert_uint_eq(document->rule_count, 1);
}
END_TEST

START_TEST(every_prefix_parses_or_is_an_error)
{
	for (size_t size = 0; size < sizeof(sample); size++) {
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", sample, size));
		tear_down();
		set_up();
		check_everything(parse_bytes("t.md", "```scml\n", 8));
	}
}
END_TEST

static unsigned int seed;

static size_t below(size_t limit)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % limit;
}

/* Change TEXT at one place: drop, double, move or overwrite some bytes. */
static size_t mutate(char *text, size_t size, size_t capacity)
{
	static const char marks[] = "(){}[]<>=|,;.-/*\"'#@ \n\t\0a0X";
	size_t at = below(size + 1);
	size_t len = below(12);

	if (len > size - at)
		len = size - at;
	switch (below(4)) {
	case 0:
		memmove(text + at, text + at + len, size - at - len);
		return size - len;
	case 1:
		if (size + len > capacity)
			return size;
		memmove(text + at + len, text + at, size - at);
		return size + len;
	case 2:
		if (size == capacity)
			return size;
		memmove(text + at + 1, text + at, size - at);
		text[at] = marks[below(sizeof(marks))];
		return size + 1;
	default:
		if (at < size)
			text[at] = marks[below(sizeof(marks))];
		return size;
	}
}

START_TEST(random_changes_do_no_harm)
{
	enum { ROUNDS = 4000, CAPACITY = 2 * sizeof(sample) };
	const char *fixed = getenv("SCML_SEED");
	unsigned int first =
		fixed ? (unsigned int)strtoul(fixed, NULL, 0) : (unsigned int)time(NULL);

	printf("SCML_SEED=%u\n", first);
	fflush(stdout);
	seed = first;
	for (int round = 0; round < ROUNDS; round++) {
		char text[CAPACITY];
		size_t size = sizeof(sample) - 1;

		memcpy(text, sample, size);
		for (size_t changes = below(8) + 1; changes > 0; changes--)
			size = mutate(text, size, CAPACITY);
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", text, size));
	}
}
END_TEST

/* The corpus, where there is one */

static size_t check_corpus_file(const char *path)
{
	const struct source_document *document = source_read(sources, diags, path);
	const struct ast_document *ast;

	ck_assert_ptr_nonnull(document);
	ast = parse_document(arena, diags, sources, document);
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == 0, "%s: %s", path, messages());
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		ck_assert_int_eq(diag->id, DIAG_BARE_NUMBER);
	ck_assert_uint_eq(ast->lost_count, 0);
	check_everything(ast);
	return ast->rule_count;
}

static size_t check_corpus_folder(const char *path)
{
	DIR *folder = opendir(path);
	size_t rules = 0;

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		const char *name = arena_printf(arena, "%s/%s", path, entry->d_name);
		size_t len = strlen(name);

		if (entry->d_name[0] == '.')
			continue;
		if (len > 5 && strcmp(name + len - 5, ".scml") == 0)
			rules += check_corpus_file(name);
		else
			rules += check_corpus_folder(name);
	}
	if (folder)
		closedir(folder);
	return rules;
}

START_TEST(the_corpus_parses)
{
	const char *path = getenv("SCML_CORPUS");
	DIR *folder = path ? opendir(path) : NULL;

	if (!folder) {
		printf("skipped: no corpus (SCML_CORPUS)\n");
		return;
	}
	closedir(folder);
	ck_assert_uint_gt(check_corpus_folder(path), 100);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static Suite *parse_suite(void)
{
	Suite *suite = suite_create("parse");
	TCase *tests = tcase_create("parse");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, right_documents_parse, 0, COUNT(trees));
	tcase_add_loop_test(tests, mistakes_are_told_one_by_one, 0, COUNT(syntax_cases));
	tcase_add_loop_test(tests, offered_edits_mend_the_document, 0, COUNT(syntax_cases));
	tcase_add_test(tests, rules_around_a_mistake_are_kept);
	tcase_add_test(tests, missing_bracket_names_the_open_one);
	tcase_add_test(tests, spans_cover_what_they_name);
	tcase_add_test(tests, comments_are_kept_with_their_kind);
	tcase_add_test(tests, comments_belong_to_rules);
	tcase_add_test(tests, rule_without_semicolon_keeps_its_comments);
	tcase_add_test(tests, bare_number_is_a_value_and_a_warning);
	tcase_add_test(tests, rule_does_not_cross_blocks);
	tcase_add_test(tests, missing_semicolon_is_seen_at_the_end_of_a_block);
	tcase_add_test(tests, tokens_and_comments_cross_the_lines_of_a_quote);
	tcase_add_test(tests, comment_ends_with_its_block);
	tcase_add_loop_test(tests, deep_nesting_is_one_error, 0, COUNT(nests));
	tcase_add_test(tests, rule_after_deep_nesting_is_read);
	tcase_add_loop_test(tests, the_depth_bound_is_where_it_is_said_to_be, 0, 3);
	tcase_add_loop_test(tests, time_grows_with_the_size, 0, COUNT(bulks));
	tcase_add_test(tests, many_errors_end_with_one_that_says_so);
	tcase_add_test(tests, too_many_tokens_are_one_error);
	tcase_add_test(tests, long_name_is_an_error);
	tcase_add_loop_test(tests, no_byte_in_any_place_does_harm, 0, 256);
	tcase_add_loop_test(tests, every_control_byte_is_reported, 0, 0x20);
	tcase_add_test(tests, nul_byte_in_a_comment_is_reported);
	tcase_add_test(tests, comment_that_is_not_utf8_is_a_warning);
	tcase_add_test(tests, every_prefix_parses_or_is_an_error);
	tcase_add_test(tests, random_changes_do_no_harm);
	tcase_add_test(tests, the_corpus_parses);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(parse_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
