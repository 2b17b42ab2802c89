#include "cause.h"

#include <inttypes.h>
#include <stdio.h>

#include "value_name.h"

/* The place and what can be said about it: `flags: ` and the words. */
#define CAUSE_SAY(text, place, ...)                                                           \
	do {                                                                                  \
		int written_ = snprintf((text)->words, CAUSE_MAX_TEXT, "%s: ", place);        \
		if (written_ >= 0 && written_ < CAUSE_MAX_TEXT)                               \
			snprintf((text)->words + written_, CAUSE_MAX_TEXT - (size_t)written_, \
				 __VA_ARGS__);                                                \
	} while (0)

/* The bits of WORD that no composite of TEST covers and that do not count one by one. */
static uint64_t uncovered_bits(const struct scml_table *table, const struct scml_test *test,
			       uint64_t word)
{
	uint64_t left = word & test->mask & ~test->bits;

	for (uint32_t i = 0; i < test->count; i++) {
		uint64_t value = table->values[test->first + i];

		if ((word & value) == value)
			left &= ~value;
	}
	return left;
}

uint64_t cause_refused_part(const struct scml_table *table, const struct scml_test *test,
			    uint64_t word)
{
	if (test->op == SCML_OP_BITS)
		return uncovered_bits(table, test, word);
	return test->mask ? word & test->mask : word;
}

/* The parameter in the register of TEST, where another one of call NR is called NAME. */
static const struct abi_param *other_param(const struct abi_db *db, unsigned arch, uint32_t nr,
					   const struct scml_test *test, const char *name)
{
	const struct abi_call *abi = abi_call_by_nr(db, arch, nr);
	const struct abi_param *params;
	size_t count;

	if (!abi)
		return NULL;
	params = abi_call_params(db, abi, arch, &count);
	for (size_t i = 0; i < count && test->place.base < count; i++)
		if (i != test->place.base &&
		    abi_is_name(db, params[i].name, params[i].aliases, name))
			return &params[test->place.base];
	return NULL;
}

enum cause_look cause_look_of(const struct scml_table *table, const struct abi_db *db,
			      unsigned arch, const struct scml_call *call,
			      const struct scml_test *test, const char **place,
			      char buffer[static CAUSE_MAX_PLACE])
{
	const char *name = *place = table->strings + test->name;
	const struct abi_struct *object;
	const struct abi_param *param;
	const struct abi_slot *slot;

	if (test->op != SCML_OP_IN && test->op != SCML_OP_NOT_IN && test->op != SCML_OP_BITS)
		return CAUSE_OWN;
	param = other_param(db, arch, call->nr, test, name);
	if (param) {
		*place = abi_string(db, param->name);
		return CAUSE_PARAMETER;
	}
	slot = test->place.base == SCML_INSIDE ? value_slot(db, arch, call, name) : NULL;
	object = slot && slot->target_struct ? &db->structs[slot->target_struct] : NULL;
	if (!object || !object->cases.count)
		return CAUSE_OWN;
	snprintf(buffer, CAUSE_MAX_PLACE, "%s.%s", name,
		 abi_string(db, db->fields[object->fields.first + object->selector].name));
	*place = buffer;
	return CAUSE_FIELD;
}

static void say_failure(const struct scml_table *table, const struct abi_db *db, unsigned arch,
			const struct scml_call *call, const struct scml_test *test,
			const struct scml_reason *reason, const char *place,
			struct cause_text *text)
{
	switch ((enum scml_op)test->op) {
	case SCML_OP_STRING:
		CAUSE_SAY(text, place, "no string can be read there");
		return;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		CAUSE_SAY(text, place, "the memory cannot be read or is too short");
		return;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		if (!reason->has_value) {
			CAUSE_SAY(text, place, "the memory cannot be read or is too short");
			return;
		}
		value_name(db, arch, call, place,
			   cause_refused_part(table, test, reason->value), test->mask,
			   text->what);
		CAUSE_SAY(text, place, "%s is in no rule", text->what);
		return;
	case SCML_OP_FALSE:
		CAUSE_SAY(text, place, "the rule allows no value");
		return;
	case SCML_OP_TRUE:
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		CAUSE_SAY(text, place, "no alternative of the rule fits");
		return;
	}
}

static bool is_known_at_return(const struct scml_table *table, const struct scml_test *test)
{
	if (test->flags & SCML_AT_RETURN)
		return true;
	return (test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH) &&
	       table->blocks[test->block].flags & SCML_AT_RETURN;
}

static enum report_kind say_open(const struct scml_table *table, const struct scml_call *call,
				 const struct scml_test *test, struct cause_text *text)
{
	const char *place = table->strings + test->name;

	if (is_known_at_return(table, test) && !call->has_returned) {
		CAUSE_SAY(text, place, "known only when the call has returned");
		return REPORT_UNDECIDED;
	}
	if (test->place.base < SCML_REGISTERS && call->unknown >> test->place.base & 1) {
		CAUSE_SAY(text, place, "the log does not tell its value");
		return REPORT_UNDECIDED;
	}
	if (test->op == SCML_OP_EACH)
		CAUSE_SAY(text, place, "too many elements, or memory out of reach");
	else
		CAUSE_SAY(text, place, "memory out of reach");
	return REPORT_UNREADABLE;
}

static void set_place(const struct scml_table *table, const struct scml_reason *reason,
		      struct report_call *entry)
{
	const struct scml_rule *rule;

	if (reason->rule == SCML_NONE)
		return;
	rule = &table->rules[reason->rule];
	entry->file = table->strings + rule->file;
	entry->line = rule->line;
	entry->rule = reason->rule + 1;
}

void cause_describe(const struct scml_table *table, const struct abi_db *db, unsigned arch,
		    const struct scml_call *call, enum scml_verdict verdict,
		    const struct scml_reason *reason, struct cause_text *text,
		    struct report_call *entry)
{
	const struct scml_test *test =
		reason->test == SCML_NONE ? NULL : &table->tests[reason->test];
	/* What has no name is how many parameters there are, which others decide. */
	const bool has_place = test && test->name;

	text->words[0] = text->what[0] = '\0';
	entry->cause = text->words;
	set_place(table, reason, entry);
	if (has_place)
		cause_look_of(table, db, arch, call, test, &entry->param, text->place);
	entry->has_value = has_place && reason->has_value;
	entry->value = reason->value;
	switch (verdict) {
	case SCML_SUPPORTED:
		entry->kind = REPORT_SUPPORTED;
		return;
	case SCML_UNDECIDED:
		entry->kind = REPORT_UNDECIDED;
		if (has_place)
			entry->kind = say_open(table, call, test, text);
		else if (test)
			snprintf(text->words, CAUSE_MAX_TEXT,
				 "it is not known how many parameters it has");
		return;
	case SCML_UNSUPPORTED:
		entry->kind = REPORT_UNSUPPORTED;
		if (has_place)
			say_failure(table, db, arch, call, test, reason, entry->param, text);
		else if (test)
			snprintf(text->words, CAUSE_MAX_TEXT,
				 "the rule is for another number of parameters");
		else
			snprintf(text->words, CAUSE_MAX_TEXT, "%s",
				 entry->file ? "no rule matches" : "no rule is for this call");
		if (*text->what)
			entry->what = text->what;
		return;
	}
}
