#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "render_memory.h"
#include "render_word.h"
#include "strace_span.h"
#include "witness.h"

enum { MAX_TEXT = 4096 };

/* Where strace leaves registers out. */
static const struct form {
	const char *call;
	unsigned printed;
	unsigned selector;
	const char *selected;
	const char *registers;
} forms[] = {
#define STRACE_FORM(call, printed, selector, selected, registers) \
	{call, printed, selector, selected, registers},
#include "strace_forms.def"
#undef STRACE_FORM
};

/* The memory as the driver left it. */
static enum scml_read read_memory(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done)
{
	const struct made *made = context;
	uint64_t offset = address - made->address;

	if (offset >= MEMORY_BYTES)
		return SCML_READ_UNKNOWN;
	if (size > MEMORY_BYTES - offset)
		size = MEMORY_BYTES - offset;
	memcpy(buffer, made->memory + offset, size);
	*done = size;
	return SCML_READ_OK;
}

static uint64_t word_at(const unsigned char *bytes, unsigned count)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << 8 * i;
	return word;
}

static const struct abi_field *find_field(const struct witness *witness,
					  const struct abi_struct *object,
					  struct strace_text name)
{
	char word[64];

	if (name.len >= sizeof(word))
		return NULL;
	memcpy(word, name.at, name.len);
	word[name.len] = '\0';
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &witness->db->fields[object->fields.first + i];

		if (abi_is_name(witness->db, field->name, field->aliases, word))
			return field;
	}
	return NULL;
}

/* TEXT is `name=value`, a field of OBJECT at the memory of the call. */
static void check_field(struct witness *witness, const struct render_job *job,
			const struct abi_struct *object, struct strace_text text)
{
	struct strace_text name = {text.at, strace_name_len(text)};
	const struct abi_field *field = find_field(witness, object, name);
	struct call_scope scope = {object, witness->made->address, MEMORY_BYTES, 0};
	unsigned bits;
	uint64_t offset;

	if (!field || name.len >= text.len || text.at[name.len] != '=')
		return;
	bits = abi_type_bits(witness->db, (enum abi_type)field->slot.type, witness->arch);
	if (!bits || !abi_num(witness->db, field->offset, witness->arch, &offset) ||
	    offset + bits / 8 > MEMORY_BYTES)
		return;
	witness->param = abi_string(witness->db, field->name);
	job->text->used = 0;
	render_slot(job, &scope, &field->slot,
		    word_at(witness->made->memory + offset, bits / 8));
	witness_compare_names(witness, strace_skip(text, name.len + 1), job->text->at,
			      &field->slot);
}

static void check_fields(struct witness *witness, const struct render_job *call,
			 const struct abi_struct *object, struct strace_text text)
{
	const struct scml_memory memory = {read_memory, (void *)(uintptr_t)witness->made};
	struct call_view view = *call->view;
	const struct render_job job = {&view, call->text};

	view.memory = &memory;
	text = strace_skip(text, 1);
	while (text.len && *text.at != '}') {
		struct strace_text field = text;

		field.len = strace_value_len(text);
		text = strace_skip(text, field.len);
		check_field(witness, &job, object, strace_trim(field));
		if (text.len)
			text = strace_skip(text, 1);
	}
}

/* What the text says about the memory at DECODED is what was there. */
static void check_bytes(struct witness *witness, struct strace_text text, uint64_t decoded)
{
	const struct scml_memory *memory = strace_decoder_memory(witness->decoder);

	for (uint64_t i = 0; i < MEMORY_BYTES; i++) {
		unsigned char byte;
		size_t done = 1;
		char offset[32];

		if (memory->read(memory->context, decoded + i, &byte, 1, &done) !=
			    SCML_READ_OK ||
		    byte == witness->made->memory[i])
			continue;
		snprintf(offset, sizeof(offset), "byte %" PRIu64 " is %02x", i,
			 witness->made->memory[i]);
		witness_differ(witness, text, offset);
		return;
	}
}

static bool is_selected(const struct witness *witness, struct abi_range values, uint64_t word)
{
	return !values.count ||
	       render_is_one_of(witness->db, witness->arch, NULL, values, word);
}

/* What SLOT is in this call. */
static const struct abi_slot *resolve(const struct witness *witness,
				      const struct abi_param *params,
				      const struct abi_slot *slot)
{
	while (slot->mux) {
		const struct abi_mux *mux = &witness->db->muxes[slot->mux];
		const struct abi_slot *found = NULL;
		const struct abi_param *selector = &params[mux->selector.index];
		uint64_t word;

		if (mux->selector.kind != ABI_REF_PARAM)
			return slot;
		word = render_cut(
			witness->made->call.args[mux->selector.index],
			abi_type_bits(witness->db, selector->slot.type, witness->arch), false);
		for (uint32_t i = 0; i < mux->cases.count && !found; i++) {
			const struct abi_case *one = &witness->db->cases[mux->cases.first + i];

			if (is_selected(witness, one->values, word))
				found = &one->slot;
		}
		if (!found)
			return slot;
		slot = found;
	}
	return slot;
}

static void check_argument(struct witness *witness, const struct render_job *job,
			   const struct scml_call *decoded, size_t at, struct strace_text text)
{
	const struct abi_slot *slot =
		resolve(witness, job->view->params, &job->view->params[at].slot);
	unsigned bits = abi_type_bits(witness->db, slot->type, witness->arch);
	uint64_t word = render_cut(witness->made->call.args[at], bits, false);
	bool is_known = !(decoded->unknown >> at & 1);

	witness->param = abi_string(witness->db, job->view->params[at].name);
	if (memchr("{[\"", *text.at, 3)) {
		bool is_ours = is_known && *text.at == '{' && slot->target_struct &&
			       word == witness->made->address;

		witness->other++;
		if (is_ours) {
			check_bytes(witness, text, decoded->args[at]);
			check_fields(witness, job, &witness->db->structs[slot->target_struct],
				     text);
		}
		return;
	}
	job->text->used = 0;
	render_slot(job, NULL, &job->view->params[at].slot, witness->made->call.args[at]);
	if (!is_known)
		witness_blame_names(witness, text);
	else if (render_cut(decoded->args[at], bits, false) != word)
		witness_differ(witness, text, job->text->at);
	else
		witness_compare_names(witness, text, job->text->at, slot);
}

static int param_called(const struct render_job *job, struct strace_text name)
{
	char word[64];

	if (!name.len || name.len >= sizeof(word))
		return -1;
	memcpy(word, name.at, name.len);
	word[name.len] = '\0';
	for (size_t i = 0; i < job->view->param_count; i++)
		if (abi_is_name(job->view->db, job->view->params[i].name,
				job->view->params[i].aliases, word))
			return (int)i;
	return -1;
}

/* The register of the printed argument AT, whose `name=` is taken away. -1: none. */
static int place_of(const struct witness *witness, const struct render_job *job,
		    const struct strace_parts *parts, size_t at, struct strace_text *text)
{
	struct strace_text name = *text;

	name.len = strace_name_len(name);
	if (name.len && name.len < text->len && text->at[name.len] == '=') {
		*text = strace_skip(*text, name.len + 1);
		return param_called(job, name);
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (forms[i].printed == parts->count &&
		    strcmp(forms[i].call, witness->call) == 0 &&
		    strace_starts_with(parts->args[forms[i].selector], forms[i].selected))
			return forms[i].registers[at] - '0';
	return (int)at;
}

void witness_compare_call(struct witness *witness, const struct abi_call *abi,
			  const struct strace_line *line)
{
	char buffer[MAX_TEXT];
	struct render_text text = render_text_in(buffer, sizeof(buffer));
	struct call_view view = {
		.db = witness->db, .arch = witness->arch, .call = &witness->made->call};
	const struct render_job job = {&view, &text};
	struct scml_call decoded = witness->made->call;
	struct strace_parts parts;

	witness->call = abi_string(witness->db, abi->name);
	witness->param = "";
	witness->line = line->start;
	if (!strace_is(line->name, witness->call))
		witness_differ(witness, line->name, witness->call);
	strace_line_split(line->rest, 0, &parts);
	strace_decode(witness->decoder, abi, &parts, &decoded);
	view.params = abi_call_params(witness->db, abi, witness->arch, &view.param_count);
	for (size_t i = 0; i < parts.count; i++) {
		struct strace_text argument = parts.args[i];
		int at = place_of(witness, &job, &parts, i, &argument);

		if (at < 0 || (size_t)at >= view.param_count) {
			witness->param = "an argument more";
			witness_differ(witness, argument, "-");
		} else if (argument.len) {
			check_argument(witness, &job, &decoded, (size_t)at, argument);
		}
	}
}
