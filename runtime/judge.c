#include "judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "render.h"

enum { JUDGE_MAX_NAME = 64, JUDGE_MAX_TEXT = 4096 };

/* Is CALL of the table at all? 32-bit programs and x32 use others. */
static bool is_foreign(const struct judge *judge, const struct scml_call *call)
{
	return call->arch != judge->table->arch ||
	       (call->nr & judge->db->archs[judge->arch].foreign_nr_bit);
}

static void describe_foreign(const struct judge *judge, const struct scml_call *call,
			     struct cause_text *text, struct report_call *entry)
{
	int arch = abi_arch_by_audit(judge->db, call->arch);

	entry->kind = REPORT_FOREIGN;
	entry->cause = text->words;
	text->what[0] = '\0';
	if (call->arch == judge->table->arch)
		snprintf(text->words, CAUSE_MAX_TEXT,
			 "its number is not of this architecture's table");
	else if (arch >= 0)
		snprintf(text->words, CAUSE_MAX_TEXT, "it is a call of %s",
			 abi_string(judge->db, judge->db->archs[arch].name));
	else
		snprintf(text->words, CAUSE_MAX_TEXT, "it is a call of architecture 0x%" PRIx32,
			 call->arch);
}

/* Is CALL one that the judge has anything to say about? */
static bool judge_cares(const struct judge *judge, const struct scml_call *call)
{
	return !judge->only_listed || is_foreign(judge, call) ||
	       scml_has_rules(judge->table, call->nr);
}

void judge_describe(const struct judge *judge, const struct judge_case *subject,
		    struct cause_text *text, struct report_call *entry)
{
	struct scml_reason reason;
	enum scml_verdict verdict;

	if (is_foreign(judge, subject->call)) {
		describe_foreign(judge, subject->call, text, entry);
		return;
	}
	verdict = scml_match(judge->table, subject->call, subject->memory, &reason);
	cause_describe(judge->table, judge->db, judge->arch, subject->call, verdict, &reason,
		       text, entry);
}

/* The architecture whose table CALL is of, or -1. */
static int table_of(const struct judge *judge, const struct scml_call *call)
{
	int arch = abi_arch_by_audit(judge->db, call->arch);

	if (arch >= 0 && call->nr & judge->db->archs[arch].foreign_nr_bit)
		return -1;
	return arch;
}

/* From the database, or written to NAME. */
static const char *call_name(const struct judge *judge, const struct scml_call *call,
			     char name[static JUDGE_MAX_NAME])
{
	int arch = table_of(judge, call);
	const struct abi_call *abi =
		arch < 0 ? NULL : abi_call_by_nr(judge->db, (unsigned)arch, call->nr);

	if (abi)
		return abi_string(judge->db, abi->name);
	snprintf(name, JUDGE_MAX_NAME, "syscall_0x%" PRIx32, call->nr);
	return name;
}

/* The registers as they are: what is left to say where the table is not known. */
static void raw_text(const char *name, const struct scml_call *call,
		     char text[static JUDGE_MAX_TEXT])
{
	size_t used = (size_t)snprintf(text, JUDGE_MAX_TEXT, "%s(", name);

	for (size_t i = 0; i < SCML_REGISTERS; i++)
		used += (size_t)snprintf(text + used, JUDGE_MAX_TEXT - used, "%s0x%" PRIx64,
					 i ? ", " : "", call->args[i]);
	snprintf(text + used, JUDGE_MAX_TEXT - used, ")");
}

static const char *call_text(const struct judge *judge, const struct judge_case *subject,
			     const char *name, char text[static JUDGE_MAX_TEXT])
{
	int arch = table_of(judge, subject->call);
	struct render render = {.db = judge->db, .shows_result = true};

	if (arch < 0) {
		raw_text(name, subject->call, text);
		return text;
	}
	render.arch = (unsigned)arch;
	render_call(&render, subject->call, subject->memory, text, JUDGE_MAX_TEXT);
	return text;
}

/* Everything that is found out about a call, and where the words of it are. */
struct judge_found {
	struct report_call entry;
	struct scml_call call;
	bool is_ours;
	const char *loss;
	struct cause_text cause;
	char name[JUDGE_MAX_NAME], text[JUDGE_MAX_TEXT];
};

/* False: CALL is none of our business. */
static bool find_out(const struct judge *judge, const struct judge_case *subject,
		     struct judge_found *found)
{
	struct report_call *entry = &found->entry;

	*entry = (struct report_call){
		.tid = subject->tid,
		.log_line = subject->log_line,
		.call = subject->call,
		.memory = subject->memory,
	};
	found->loss = visibility_loss(&judge->visibility, subject->call);
	found->is_ours = judge_cares(judge, subject->call);
	if (!found->is_ours && !found->loss)
		return false;
	entry->name =
		subject->name ? subject->name : call_name(judge, subject->call, found->name);
	entry->text = subject->text;
	judge_describe(judge, subject, &found->cause, entry);
	return true;
}

static void find_text(const struct judge *judge, const struct judge_case *subject,
		      struct judge_found *found)
{
	struct report_call *entry = &found->entry;

	if (!entry->text && (found->loss || report_wants_text(judge->report, entry->kind)))
		entry->text = call_text(judge, subject, entry->name, found->text);
}

/* Where nothing was found, nothing can be wrong with what was read. */
static bool holds(const struct judge_case *subject, const struct judge_found *found)
{
	bool is_telling =
		found->entry.kind != REPORT_SUPPORTED || found->loss || found->entry.text;

	return !is_telling || !subject->holds || subject->holds(subject->context);
}

static void add(const struct judge *judge, const struct judge_found *found)
{
	if (found->is_ours)
		report_add(judge->report, &found->entry);
	if (found->loss)
		report_add_loss(judge->report, &found->entry, found->loss);
}

bool judge_call(const struct judge *judge, const struct judge_case *subject)
{
	struct judge_found found;

	if (!find_out(judge, subject, &found))
		return true;
	find_text(judge, subject, &found);
	if (!holds(subject, &found))
		return false;
	add(judge, &found);
	return true;
}

/* Does TEST, or one in it, ask for what the kernel fills in? */
static bool asks_for_return(const struct scml_table *table, uint32_t index)
{
	const struct scml_test *test = &table->tests[index];
	const struct scml_block *block;

	if (test->flags & SCML_AT_RETURN)
		return true;
	switch ((enum scml_op)test->op) {
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			if (asks_for_return(table, test->first + i))
				return true;
		return false;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		block = &table->blocks[test->block];
		return block->flags & SCML_AT_RETURN ||
		       block->extent.kind == SCML_EXTENT_RETURN ||
		       asks_for_return(table, test->first);
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
		return false;
	}
	return false;
}

static bool has_rules_for_return(const struct scml_table *table, const struct scml_call *call)
{
	const struct scml_call_rules *rules;

	if (call->arch != table->arch || !scml_has_rules(table, call->nr))
		return false;
	rules = &table->calls[table->by_nr[call->nr] - 1];
	for (uint32_t i = 0; i < rules->rule_count; i++) {
		const struct scml_rule *rule = &table->rules[rules->first_rule + i];

		for (uint32_t j = 0; j < rule->cond_count; j++)
			if (asks_for_return(table, table->conds[rule->first_cond + j].test))
				return true;
	}
	return false;
}

/* What is known so far, in memory of its own. */
static struct judge_found *keep(const struct judge_found *found, const struct scml_call *call)
{
	struct judge_found *kept = malloc(sizeof(*kept));
	struct report_call *entry;

	if (!kept)
		return NULL;
	*kept = *found;
	entry = &kept->entry;
	kept->call = *call;
	entry->call = &kept->call;
	entry->memory = NULL;
	if (entry->name == found->name)
		entry->name = kept->name;
	if (entry->text == found->text)
		entry->text = kept->text;
	if (entry->cause == found->cause.words)
		entry->cause = kept->cause.words;
	if (entry->what == found->cause.what)
		entry->what = kept->cause.what;
	return kept;
}

struct judge_found *judge_begin(const struct judge *judge, const struct judge_case *subject,
				bool is_cheap)
{
	struct judge_found found, *kept = NULL;
	bool is_open, is_wanted;

	if (!find_out(judge, subject, &found))
		return NULL;
	is_open = found.entry.kind == REPORT_UNDECIDED || found.entry.kind == REPORT_UNREADABLE;
	is_wanted = found.loss ||
		    (is_open && has_rules_for_return(judge->table, subject->call)) ||
		    (is_cheap && found.entry.kind != REPORT_SUPPORTED);
	find_text(judge, subject, &found);
	if (!holds(subject, &found))
		return NULL;
	if (is_wanted)
		kept = keep(&found, subject->call);
	if (!kept)
		add(judge, &found);
	return kept;
}

/* The same call, of which it is known now what it came to. */
static void judge_again(const struct judge *judge, const struct judge_case *subject,
			struct judge_found *found)
{
	bool is_open =
		found->entry.kind == REPORT_UNDECIDED || found->entry.kind == REPORT_UNREADABLE;

	/* Without its memory (it executes another program) nothing more can be found out. */
	if (subject->memory && is_open) {
		find_out(judge, subject, found);
		find_text(judge, subject, found);
	} else if (subject->memory && found->entry.text) {
		found->entry.text = call_text(judge, subject, found->entry.name, found->text);
	}
	found->call.has_returned = subject->call->has_returned;
	found->call.ret = subject->call->ret;
	found->entry.call = &found->call;
	found->entry.memory = subject->memory;
	found->loss = visibility_loss(&judge->visibility, &found->call);
}

void judge_end(const struct judge *judge, struct judge_found *found,
	       const struct judge_case *subject)
{
	if (subject)
		judge_again(judge, subject, found);
	add(judge, found);
	free(found);
}

void judge_forget(struct judge_found *found)
{
	free(found);
}
