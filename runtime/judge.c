#include "judge.h"

#include <inttypes.h>
#include <stdio.h>

#include "cause.h"
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

static void describe(const struct judge *judge, const struct judge_case *subject,
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

static const char *call_name(const struct judge *judge, const struct scml_call *call,
			     char name[static JUDGE_MAX_NAME])
{
	int arch = table_of(judge, call);
	const struct abi_call *abi =
		arch < 0 ? NULL : abi_call_by_nr(judge->db, (unsigned)arch, call->nr);

	if (abi)
		snprintf(name, JUDGE_MAX_NAME, "%s", abi_string(judge->db, abi->name));
	else
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

bool judge_call(const struct judge *judge, const struct judge_case *subject)
{
	char name[JUDGE_MAX_NAME], text[JUDGE_MAX_TEXT];
	struct cause_text cause;
	struct report_call entry = {
		.tid = subject->tid,
		.log_line = subject->log_line,
		.call = subject->call,
		.memory = subject->memory,
	};
	const char *loss = visibility_loss(&judge->visibility, subject->call);
	bool is_ours = !judge->only_listed || is_foreign(judge, subject->call) ||
		       scml_has_rules(judge->table, subject->call->nr);
	bool is_telling;

	if (!is_ours && !loss)
		return true;
	entry.name = subject->name ? subject->name : call_name(judge, subject->call, name);
	entry.text = subject->text;
	describe(judge, subject, &cause, &entry);
	if (!entry.text && (loss || report_wants_text(judge->report, entry.kind)))
		entry.text = call_text(judge, subject, name, text);
	/* Where nothing was found, nothing can be wrong with what was read. */
	is_telling = entry.kind != REPORT_SUPPORTED || loss || entry.text;
	if (is_telling && subject->holds && !subject->holds(subject->context))
		return false;
	if (is_ours)
		report_add(judge->report, &entry);
	if (loss)
		report_add_loss(judge->report, &entry, loss);
	return true;
}
