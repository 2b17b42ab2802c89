#include <inttypes.h>
#include <string.h>

#include "bpf/action.h"
#include "import_draft.h"
#include "parse.h"
#include "resolve.h"
#include "rules.h"

enum {
	LINE_WIDTH = 96,
	MAX_TRIES =
		256, /* rules that are compiled for one call; what is left then is left out */
};

/* What the rule TEXT of call NR supports, as the compiler understands it. */
static struct region compile_rule(const struct import *import, uint32_t nr, const char *text)
{
	struct arena *arena = import->arena;
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *source =
		source_from_text(sources, diags, "rule", text, strlen(text));
	const struct res_document *document =
		resolve_document(arena, diags, parse_document(arena, diags, sources, source));
	const struct rules *rules =
		rules_build(arena, diags, sources, import->db, import->arch, &document, 1);
	const struct rule_call *call = rules_find(rules, nr);

	if (!call || diags_count(diags, DIAG_ERROR))
		return region_none();
	return region_of_call(arena, call).possible;
}

/* One call on its way into rules. */
struct writer {
	const struct import *import;
	uint32_t nr;
	struct region wanted;
	struct region said; /* by the rules so far */
	unsigned tries;
	FILE *out;
};

/* A line no longer than LINE_WIDTH where parts can be moved to the next. */
static void write_rule(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (strncmp(text + word, " |", 2) == 0)
			word += 2;
		if (column && column + 1 + word > LINE_WIDTH) {
			fputs("\n        ", out);
			column = 8;
		} else if (column) {
			putc(' ', out);
			column++;
		}
		fwrite(text, 1, word, out);
		column += word;
		text += word + (text[word] == ' ');
	}
	putc('\n', out);
}

/* Write DRAFT as a rule, unless that would support more than is wanted. SCRATCH is the import
 * with memory of its own. */
static bool try_with(struct writer *writer, const struct import *scratch,
		     const struct import_draft *draft)
{
	const char *text = import_draft_rule(scratch, writer->nr, draft);
	struct region said, more;

	if (!text)
		return false;
	said = compile_rule(scratch, writer->nr, text);
	more = region_minus(scratch->arena, &said, &writer->wanted);
	if (region_is_empty(&said) || !region_is_empty(&more))
		return false;
	write_rule(writer->out, text);
	writer->said = region_join(writer->import->arena, &writer->said, &said);
	return true;
}

static bool try_draft(struct writer *writer, const struct import_draft *draft)
{
	struct import scratch = *writer->import;
	bool is_written;

	if (++writer->tries > MAX_TRIES)
		return false;
	scratch.arena = arena_new();
	is_written = try_with(writer, &scratch, draft);
	arena_free(scratch.arena);
	return is_written;
}

/* A call of TERM, as a rule would name its parameters. */
static const char *example(const struct import *import, uint32_t nr,
			   const struct region_term *term)
{
	const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);
	const char *text = "";
	size_t count;
	const struct abi_param *params =
		abi_call_params(import->db, call, import->arch, &count);

	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		const char *name = i < count ? abi_string(import->db, params[i].name) : "";

		if (term->mask[i])
			text = arena_printf(import->arena, "%s%s%s = 0x%" PRIx64, text,
					    *text ? ", " : "", name, term->value[i]);
	}
	return arena_printf(import->arena, "%s(%s)", abi_string(import->db, call->name), text);
}

static void report_missing(const struct writer *writer)
{
	const struct import *import = writer->import;
	const struct import_call *call = &import->calls[writer->nr];
	struct region missing = region_minus(import->arena, &writer->wanted, &writer->said);
	const char *name = abi_string(
		import->db, abi_call_by_nr(import->db, import->arch, writer->nr)->name);

	if (writer->wanted.is_full || missing.is_full)
		diag_add(import->diags, DIAG_IMPORT, call->span,
			 "the comparisons of '%s' are too many to be followed; some of its "
			 "calls may be left out",
			 name);
	else if (region_is_empty(&writer->said) && missing.terms.count)
		diag_add(import->diags, DIAG_IMPORT, call->span,
			 "SCML has no pattern for these comparisons of '%s'; it is left out",
			 name);
	else if (missing.terms.count)
		diag_add(import->diags, DIAG_IMPORT, call->span,
			 "SCML lists values and flags by name; calls of '%s' with others are "
			 "left out, such as %s",
			 name, example(import, writer->nr, &missing.terms.items[0]));
}

static void write_call(const struct import *import, uint32_t nr, const struct region *wanted,
		       FILE *out)
{
	struct writer writer = {.import = import, .nr = nr, .wanted = *wanted, .out = out};
	struct import_drafts drafts = import_drafts(import, nr, wanted);

	for (size_t i = 0; i < drafts.list.count; i++) {
		struct import_drafts split = {0};

		if (try_draft(&writer, &drafts.list.items[i]))
			continue;
		import_draft_split(import, &drafts.list.items[i], &split);
		for (size_t j = 0; split.list.count > 1 && j < split.list.count; j++)
			try_draft(&writer, &split.list.items[j]);
	}
	report_missing(&writer);
}

/* What is allowed of CALL, which the default allows or not. */
static struct region wanted_of(const struct import *import, const struct import_call *call,
			       const char *name)
{
	bool is_open = import->has_default && import_is_allowing(import->default_action);
	struct region all = region_all(import->arena);
	struct region both = region_meet(import->arena, &call->allowed, &call->refused);

	if (is_open)
		return region_minus(import->arena, &all, &call->refused);
	if (!region_is_empty(&both))
		diag_add(import->diags, DIAG_IMPORT, call->span,
			 "'%s' is allowed and refused for the same calls; they are left out",
			 name);
	return region_minus(import->arena, &call->allowed, &call->refused);
}

/* The options with which a filter of the rules answers as the profile does. */
static void write_options(const struct import *import, FILE *out)
{
	char text[BPF_ACTION_NAME_MAX];

	if (!import->has_default)
		return;
	fputs("// What they leave out was answered so:", out);
	if (import_is_allowing(import->default_action))
		fputs(" --on-unknown allow", out);
	else
		fprintf(out, " --on-mismatch %s",
			bpf_action_name(import->default_action, text));
	for (uint32_t nr = 0; nr <= import->db->archs[import->arch].max_nr; nr++) {
		const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);

		if (call && import->calls[nr].has_refusal)
			fprintf(out, "\n// --on-mismatch %s=%s",
				abi_string(import->db, call->name),
				bpf_action_name(import->calls[nr].refusal, text));
	}
	putc('\n', out);
}

void import_write(struct import *import, const char *origin, FILE *out)
{
	fprintf(out, "// The system calls of %s that '",
		abi_string(import->db, import->db->archs[import->arch].name));
	for (; *origin; origin++)
		putc((unsigned char)*origin < ' ' || *origin == 0x7f ? '?' : *origin, out);
	fputs("' allows.\n", out);
	write_options(import, out);
	putc('\n', out);
	for (uint32_t nr = 0; nr <= import->db->archs[import->arch].max_nr; nr++) {
		const struct abi_call *call = abi_call_by_nr(import->db, import->arch, nr);
		struct region wanted;

		if (!call)
			continue;
		wanted = wanted_of(import, &import->calls[nr],
				   abi_string(import->db, call->name));
		if (wanted.terms.count || wanted.is_full)
			write_call(import, nr, &wanted, out);
	}
}
