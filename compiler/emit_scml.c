/*
 * emit_scml: all inputs as one document. Names are seen in their own file only, so a definition
 * gets another name where one of an earlier input has its name and means something else; what
 * means the same is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "abi_hash.h"
#include "doc_code.h"
#include "emit.h"
#include "fmt.h"
#include "vec.h"

/** A definition: one bitflags rule, or the struct rules of one name that follow each other. */
struct definition {
	const struct ast_document *ast;
	size_t first, last;	 /* rules of AST */
	const char *name;	 /* in the result; NULL: not known yet */
	const char *text;	 /* what it means, in the result's names */
	bool is_repeated;	 /* an earlier one stands for it */
	struct definition *next; /* with the same slot, the one before in the same input */
};

/** Replace SPAN, in reading order, by TEXT. */
struct change {
	struct span span;
	const char *text;
};

struct merger {
	struct arena *arena;
	const struct sources *sources;
	const struct ast_document *ast; /* that is being read */
	struct definition *definitions;
	size_t count;
	struct definition **slots;	 /* by the original name */
	const struct definition **taken; /* by the name in the result */
	size_t slot_count;
	VEC(struct change) changes;
	FILE *out;
	char last; /* byte of the text so far */
};

static struct definition **slot_of(const struct merger *merger, const char *name)
{
	return &merger->slots[abi_hash(name) & (merger->slot_count - 1)];
}

static const char *original_name(const struct definition *definition)
{
	return definition->ast->rules[definition->first]->name.text;
}

/* What `<NAME>` in rule FROM of AST refers to: the last definition before, or the first. */
static struct definition *find_definition(const struct merger *merger,
					  const struct ast_document *ast, const char *name,
					  size_t from)
{
	struct definition *first = NULL;

	for (struct definition *one = *slot_of(merger, name); one; one = one->next) {
		if (one->ast != ast || strcmp(original_name(one), name) != 0)
			continue;
		first = one;
		if (one->last < from)
			return one;
	}
	return first;
}

static bool is_original_name(const struct merger *merger, const char *name)
{
	for (const struct definition *one = *slot_of(merger, name); one; one = one->next)
		if (strcmp(original_name(one), name) == 0)
			return true;
	return false;
}

/* The definition that has NAME in the result, or the place for one. */
static const struct definition **taken_slot(const struct merger *merger, const char *name)
{
	size_t at = abi_hash(name) & (merger->slot_count - 1);

	while (merger->taken[at] && strcmp(merger->taken[at]->name, name) != 0)
		at = (at + 1) & (merger->slot_count - 1);
	return &merger->taken[at];
}

static void settle_name(struct merger *merger, struct definition *definition);

/* What a reference is called in the result. */
static const char *final_name(struct merger *merger, const struct ast_document *ast,
			      const char *name, size_t from)
{
	struct definition *definition = find_definition(merger, ast, name, from);

	if (!definition)
		return name; /* built in */
	if (!definition->name)
		settle_name(merger, definition);
	return definition->name;
}

static void put_pattern(struct merger *merger, const struct definition *definition,
			const struct ast_pattern *pattern, size_t from, FILE *out)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = &pattern->parts[i];

		if (part->kind == AST_NUMBER)
			fprintf(out, "%s%llu|", part->number.negative ? "-" : "",
				(unsigned long long)part->number.magnitude);
		else if (part->kind == AST_CONST)
			fprintf(out, "%s|", part->name.text);
		else
			fprintf(out, "<%s>|",
				final_name(merger, definition->ast, part->name.text, from));
	}
	if (pattern->kind != AST_FLAGS)
		putc(pattern->kind == AST_STRUCT ? '{' : '[', out);
	for (size_t i = 0; i < pattern->field_count; i++) {
		fprintf(out, "%s=", pattern->fields[i].name.text);
		if (pattern->fields[i].pattern)
			put_pattern(merger, definition, pattern->fields[i].pattern, from, out);
		putc(',', out);
	}
	if (pattern->is_open)
		fputs("..", out);
	for (size_t i = 0; i < pattern->element_count; i++) {
		put_pattern(merger, definition, pattern->elements[i], from, out);
		putc(',', out);
	}
	if (pattern->kind != AST_FLAGS)
		putc(pattern->kind == AST_STRUCT ? '}' : ']', out);
}

static const char *definition_text(struct merger *merger, const struct definition *definition)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *copy;

	if (!out)
		arena_out_of_memory();
	for (size_t i = definition->first; i <= definition->last; i++) {
		const struct ast_rule *rule = definition->ast->rules[i];

		putc(rule->kind == AST_STRUCT_RULE ? 's' : 'f', out);
		put_pattern(merger, definition, rule->pattern, i, out);
	}
	if (fclose(out))
		arena_out_of_memory();
	copy = arena_strndup(merger->arena, text, size);
	free(text);
	return copy;
}

/* Cycles are errors that were found before. */
static void settle_name(struct merger *merger, struct definition *definition)
{
	const char *original = original_name(definition);
	const char *name = original;
	const struct definition **slot;

	definition->text = definition_text(merger, definition);
	for (unsigned number = 2;; number++) {
		slot = taken_slot(merger, name);
		if (*slot && strcmp((*slot)->text, definition->text) == 0) {
			definition->is_repeated = true;
			break;
		}
		if (!*slot && (name == original || !is_original_name(merger, name))) {
			*slot = definition;
			break;
		}
		name = arena_printf(merger->arena, "%s_%u", original, number);
	}
	definition->name = name;
}

static void collect_definitions(struct merger *merger, const struct compilation *compilation)
{
	size_t rules = 1;

	for (size_t i = 0; i < compilation->document_count; i++)
		rules += compilation->documents[i]->ast->rule_count;
	merger->definitions = ARENA_ARRAY(merger->arena, struct definition, rules);
	for (merger->slot_count = 8; merger->slot_count < 2 * rules;)
		merger->slot_count *= 2;
	merger->slots = ARENA_ARRAY(merger->arena, struct definition *, merger->slot_count);
	merger->taken =
		ARENA_ARRAY(merger->arena, const struct definition *, merger->slot_count);
	for (size_t i = 0; i < compilation->document_count; i++) {
		const struct ast_document *ast = compilation->documents[i]->ast;
		struct definition *last = NULL;

		for (size_t j = 0; j < ast->rule_count; j++) {
			const struct ast_rule *rule = ast->rules[j];
			struct definition **slot;

			if (rule->kind == AST_SYSCALL_RULE)
				continue;
			if (last && last->last + 1 == j && rule->kind == AST_STRUCT_RULE &&
			    ast->rules[last->last]->kind == AST_STRUCT_RULE &&
			    strcmp(original_name(last), rule->name.text) == 0) {
				last->last = j;
				continue;
			}
			last = &merger->definitions[merger->count++];
			slot = slot_of(merger, rule->name.text);
			*last = (struct definition){
				.ast = ast, .first = j, .last = j, .next = *slot};
			*slot = last;
		}
	}
}

static void push_change(struct merger *merger, struct span span, const char *text)
{
	vec_push(merger->arena, &merger->changes, ((struct change){span, text}));
}

static void rename_in_pattern(struct merger *merger, const struct ast_pattern *pattern,
			      size_t from)
{
	for (size_t i = 0; pattern && i < pattern->part_count; i++) {
		const struct ast_part *part = &pattern->parts[i];
		const char *name;

		if (part->kind != AST_REFERENCE)
			continue;
		name = final_name(merger, merger->ast, part->name.text, from);
		if (strcmp(name, part->name.text) != 0)
			push_change(merger, part->name.span, name);
	}
	for (size_t i = 0; pattern && i < pattern->field_count; i++)
		rename_in_pattern(merger, pattern->fields[i].pattern, from);
	for (size_t i = 0; pattern && i < pattern->element_count; i++)
		rename_in_pattern(merger, pattern->elements[i], from);
}

/* RULE with the comments that stand close to it. */
static struct span whole_rule(const struct merger *merger, const struct ast_rule *rule)
{
	const struct ast_comment *comments = merger->ast->comments;
	const struct source_file *file = source_file(merger->sources, rule->span.file);
	struct span span = rule->span;

	for (size_t i = rule->inside_comment; i > rule->first_comment; i--) {
		struct span comment = comments[i - 1].span;

		if (comment.file != span.file || !comments[i - 1].is_own_line ||
		    doc_code_newlines(file, comment.end, span.start) != 1)
			break;
		span.start = comment.start;
	}
	if (rule->end_comment > rule->inside_comment &&
	    comments[rule->end_comment - 1].span.end > span.end)
		span.end = comments[rule->end_comment - 1].span.end;
	return span;
}

static const struct definition *definition_of(const struct merger *merger, size_t rule)
{
	const char *name = merger->ast->rules[rule]->name.text;

	for (const struct definition *one = *slot_of(merger, name); one; one = one->next)
		if (one->ast == merger->ast && one->first <= rule && one->last >= rule)
			return one;
	return NULL;
}

static void collect_changes(struct merger *merger)
{
	merger->changes.count = 0;
	for (size_t i = 0; i < merger->ast->rule_count; i++) {
		const struct ast_rule *rule = merger->ast->rules[i];
		const struct definition *definition = NULL;

		if (rule->kind != AST_SYSCALL_RULE)
			definition = definition_of(merger, i);
		if (definition && definition->is_repeated) {
			push_change(merger, whole_rule(merger, rule), "");
			continue;
		}
		if (definition && strcmp(definition->name, rule->name.text) != 0)
			push_change(merger, rule->name.span, definition->name);
		rename_in_pattern(merger, rule->pattern, i);
		for (size_t j = 0; j < rule->param_count; j++)
			rename_in_pattern(merger, rule->params[j].pattern, i);
	}
}

/* The text of bytes [START, END) of FILE, with the line ends of this project. */
static void put_source(struct merger *merger, uint32_t file, size_t start, size_t end)
{
	const char *text = source_file(merger->sources, file)->text;

	for (size_t i = start; i < end; i++)
		if (text[i] != '\r' || i + 1 == end || text[i + 1] != '\n')
			putc(merger->last = text[i], merger->out);
}

static void put_document(struct merger *merger)
{
	const struct source_document *source = merger->ast->source;
	const struct change *change, *end;
	struct span hole = SPAN_NONE;

	collect_changes(merger);
	change = merger->changes.items;
	end = change ? change + merger->changes.count : NULL;
	for (size_t i = 0; i < source->chunk_count; i++) {
		const struct source_chunk *chunk = &source->chunks[i];
		size_t at = chunk->start;

		if (!chunk->continues) {
			fputs(merger->last == '\n' ? "\n" : "\n\n", merger->out);
			hole = SPAN_NONE;
		}
		if (hole.file == chunk->file && hole.end > at)
			at = hole.end < chunk->end ? hole.end : chunk->end;
		for (; change != end && change->span.file == chunk->file &&
		       change->span.start >= at && change->span.start < chunk->end;
		     change++) {
			put_source(merger, chunk->file, at, change->span.start);
			fputs(change->text, merger->out);
			hole = change->span;
			at = hole.end < chunk->end ? hole.end : chunk->end;
		}
		put_source(merger, chunk->file, at, chunk->end);
	}
}

void emit_scml(const struct compilation *compilation, const struct emit_options *options,
	       FILE *out)
{
	struct merger merger = {.arena = compilation->arena, .sources = compilation->sources};
	char *text = NULL;
	const char *formatted;
	size_t size = 0;

	(void)options;
	merger.out = open_memstream(&text, &size);
	if (!merger.out)
		arena_out_of_memory();
	collect_definitions(&merger, compilation);
	for (size_t i = 0; i < merger.count; i++)
		if (!merger.definitions[i].name)
			settle_name(&merger, &merger.definitions[i]);
	for (size_t i = 0; i < compilation->document_count; i++) {
		merger.ast = compilation->documents[i]->ast;
		put_document(&merger);
	}
	if (fclose(merger.out))
		arena_out_of_memory();
	formatted = fmt_text(compilation->arena, text, size, false, &size);
	fwrite(formatted, 1, size, out);
	free(text);
}
