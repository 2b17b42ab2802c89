#include "strace_value.h"

#include <stdlib.h>
#include <string.h>

#include "strace_form.h"
#include "strace_memory.h"
#include "strace_object.h"
#include "strace_scalar.h"

enum {
	ERRNO_MAX = 4095,
	MAX_NAME = 64,
	ALL_UNKNOWN = (1 << SCML_REGISTERS) - 1,
};

struct strace_decoder {
	const struct abi_db *db;
	unsigned arch;
	struct strace_memory memory;
	struct scml_memory reader;
};

/* What a restarted call returned inside the kernel; no header for programs has these. */
static const struct {
	const char *name;
	int number;
} restarts[] = {
	{"ERESTARTSYS", 512},
	{"ERESTARTNOINTR", 513},
	{"ERESTARTNOHAND", 514},
	{"ERESTART_RESTARTBLOCK", 516},
};

/* A printed argument: `value`, or `name=value`. */
struct argument {
	struct strace_text name;
	struct strace_text value;
	int param; /* -1: it is not known where it belongs */
};

struct strace_decoder *strace_decoder_new(const struct abi_db *db, unsigned arch)
{
	struct strace_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->db = db;
	decoder->arch = arch;
	strace_memory_init(&decoder->memory, db->archs[arch].word);
	decoder->reader = (struct scml_memory){strace_memory_read, &decoder->memory};
	return decoder;
}

void strace_decoder_free(struct strace_decoder *decoder)
{
	if (decoder)
		strace_memory_free(&decoder->memory);
	free(decoder);
}

const struct scml_memory *strace_decoder_memory(const struct strace_decoder *decoder)
{
	return &decoder->reader;
}

static struct argument read_argument(struct strace_text text)
{
	struct argument argument = {{text.at, 0}, text, -1};
	size_t len = 0;

	while (len < text.len &&
	       ((text.at[len] >= 'a' && text.at[len] <= 'z') ||
		(text.at[len] >= '0' && text.at[len] <= '9' && len) || text.at[len] == '_'))
		len++;
	if (len && len < text.len && text.at[len] == '=') {
		argument.name.len = len;
		argument.value = strace_trim(strace_skip(text, len + 1));
	}
	return argument;
}

static int param_called(const struct strace_objects *objects, size_t count,
			struct strace_text name)
{
	char word[MAX_NAME];

	if (!name.len || name.len >= sizeof(word))
		return -1;
	memcpy(word, name.at, name.len);
	word[name.len] = 0;
	for (size_t i = 0; i < count && i < SCML_REGISTERS; i++) {
		const struct abi_param *param = &objects->params[i];

		if (abi_is_name(objects->db, param->name, param->aliases, word))
			return (int)i;
	}
	return -1;
}

/* Give each printed argument its register: by name where strace prints names, which it does
 * from the first argument on or not at all, else by position. */
static size_t place_arguments(const struct strace_objects *objects, const struct abi_call *abi,
			      size_t param_count, const struct strace_parts *parts,
			      struct argument *arguments)
{
	const struct strace_form *form =
		abi ? strace_form_find(abi_string(objects->db, abi->name), parts) : NULL;
	bool is_by_name;

	for (size_t i = 0; i < parts->count; i++) {
		arguments[i] = read_argument(parts->args[i]);
		arguments[i].param = param_called(objects, param_count, arguments[i].name);
	}
	is_by_name = parts->count && arguments[0].param >= 0;
	for (size_t i = 0; i < parts->count; i++) {
		if (is_by_name && arguments[i].name.len)
			continue;
		arguments[i].param = form ? form->registers[i] - '0' : (int)i;
	}
	return parts->count;
}

/* Decode the arguments whose form another one selects (IS_LATE), or all others. */
static void decode_arguments(struct strace_objects *objects, size_t param_count,
			     const struct argument *arguments, size_t count, bool is_late,
			     uint64_t *args)
{
	static const struct abi_slot word = {.type = ABI_TYPE_WORD};

	for (size_t i = 0; i < count; i++) {
		int index = arguments[i].param;
		const struct abi_slot *slot = &word;
		struct strace_place place = {false, 0, NULL, 0};

		if (index >= 0 && (size_t)index < param_count)
			slot = &objects->params[index].slot;
		if (index < 0 || index >= SCML_REGISTERS || (slot->mux != 0) != is_late)
			continue;
		place.is_out = slot->dir == ABI_OUT;
		if (strace_object_word(objects, slot, arguments[i].value, &place, &args[index]))
			objects->unknown &= (uint8_t) ~(1u << index);
	}
}

static int errno_number(struct strace_text name)
{
	for (size_t i = 0; i < sizeof(restarts) / sizeof(*restarts); i++) {
		if (strace_is(name, restarts[i].name))
			return restarts[i].number;
	}
	for (int number = 1; number < 256; number++) {
		const char *known = strerrorname_np(number);

		if (known && strace_is(name, known))
			return number;
	}
	return ERRNO_MAX;
}

static void decode_result(const struct strace_result *result, struct scml_call *call)
{
	call->has_returned = result->is_known || result->error.len;
	call->ret = result->error.len ? -errno_number(result->error) : result->value;
}

void strace_decode(struct strace_decoder *decoder, const struct abi_call *abi,
		   const struct strace_parts *parts, struct scml_call *call)
{
	struct argument arguments[STRACE_MAX_ARGS];
	struct strace_objects objects = {
		.db = decoder->db,
		.arch = decoder->arch,
		.memory = &decoder->memory,
		.args = call->args,
		.unknown = ALL_UNKNOWN,
	};
	size_t param_count = 0, count;

	strace_memory_clear(&decoder->memory);
	memset(call->args, 0, sizeof(call->args));
	if (abi)
		objects.params = abi_call_params(decoder->db, abi, decoder->arch, &param_count);
	count = place_arguments(&objects, abi, param_count, parts, arguments);
	decode_arguments(&objects, param_count, arguments, count, false, call->args);
	decode_arguments(&objects, param_count, arguments, count, true, call->args);
	call->unknown = objects.unknown;
	decode_result(&parts->result, call);
}
