#include "learn.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "call_view.h"
#include "fmt.h"
#include "learn_word.h"
#include "output.h"
#include "word_parts.h"

enum { MAX_DEPTH = 4, MAX_GROUPS = 4096 /* ways to read the parameters of all calls */ };

/* What was seen at a place: a word, or a struct or array of them behind it or in it. */
struct place {
	const struct abi_slot *slot; /* NULL: nothing that constants could say anything about */
	struct learn_word word;
	const struct abi_struct *object; /* then FIELDS are its fields */
	struct place *fields;
	bool is_array;
	bool is_open; /* it could not be read once: whatever a rule asks, it would fail */
	bool is_seen; /* a struct or an element was there at least once */
};

/* The calls of one number whose parameters are the same things. */
struct group {
	const struct abi_call *abi;
	const struct abi_slot *slots[SCML_REGISTERS]; /* NULL: nothing to be listed */
	struct place places[SCML_REGISTERS];
	uint8_t counts; /* bit per number of parameters that was seen */
	size_t param_count;
	const struct abi_param *params;
};

struct learn {
	struct arena *arena;
	const struct abi_db *db;
	unsigned arch;
	VEC(struct group *) groups;
	VEC(const struct abi_call *) unsure; /* seen with a value that the log does not tell */
	uint64_t calls;
	uint64_t unnamed; /* calls that the database does not know */
	uint64_t foreign;
	bool is_full;
};

struct learn *learn_new(struct arena *arena, const struct abi_db *db, unsigned arch)
{
	struct learn *learn = ARENA_NEW(arena, struct learn);

	learn->arena = arena;
	learn->db = db;
	learn->arch = arch;
	return learn;
}

static bool is_struct(const struct abi_slot *slot)
{
	return slot->type == ABI_TYPE_STRUCT || slot->target == ABI_TARGET_STRUCT ||
	       slot->target == ABI_TARGET_STRUCTS;
}

static bool is_word(const struct abi_slot *slot)
{
	return slot->set && slot->target == ABI_TARGET_NONE && !word_is_number(slot->type) &&
	       !slot->times;
}

/* Is there anything in SLOT that constants can say something about? */
static bool is_telling(const struct learn *learn, const struct abi_slot *slot, unsigned depth)
{
	const struct abi_struct *object;

	if (slot->dir == ABI_OUT)
		return false;
	if (is_word(slot))
		return learn_is_listed(learn->db, &learn->db->sets[slot->set]);
	if (!is_struct(slot) || slot->times || depth == MAX_DEPTH)
		return false;
	object = &learn->db->structs[slot->target_struct];
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &learn->db->fields[object->fields.first + i];

		if (!field->slot.mux && is_telling(learn, &field->slot, depth + 1))
			return true;
	}
	return false;
}

/* ---- one call ---- */

struct visit {
	struct learn *learn;
	struct call_view view;
};

static void see_place(const struct visit *visit, const struct call_scope *scope,
		      struct place *place, uint64_t word, unsigned depth);

static void see_field(const struct visit *visit, const struct call_scope *scope,
		      const struct abi_field *field, struct place *place)
{
	uint64_t offset, word = 0, address;
	unsigned bytes;

	if (!place->slot ||
	    !abi_num(visit->learn->db, field->offset, visit->learn->arch, &offset))
		return;
	address = scope->address + offset;
	if (field->slot.type == ABI_TYPE_STRUCT) {
		see_place(visit, scope, place, address, scope->depth);
		return;
	}
	bytes = abi_type_bits(visit->learn->db, field->slot.type, visit->learn->arch) / 8;
	if (offset + bytes > scope->limit) {
		/* Of a struct that grows with the kernel, what is left out is 0. */
		if (scope->object->is_versioned)
			see_place(visit, scope, place, 0, scope->depth);
		else
			place->is_open = true;
	} else if (call_read_typed(&visit->view, address, field->slot.type, &word)) {
		see_place(visit, scope, place, word, scope->depth);
	} else {
		place->is_open = true;
	}
}

static void see_struct(const struct visit *visit, const struct call_scope *outer,
		       struct place *place, uint64_t address, unsigned depth)
{
	const struct learn *learn = visit->learn;
	struct call_scope scope = {place->object, address, 0, depth + 1};
	char byte;
	uint64_t size;
	uint16_t chosen;

	if (call_read(&visit->view, address, &byte, 1) != 1) {
		place->is_open = true;
		return;
	}
	chosen = call_union_case(&visit->view, &scope);
	scope.limit = call_struct_size(&visit->view,
				       chosen ? &learn->db->structs[chosen] : place->object);
	if (place->slot->type != ABI_TYPE_STRUCT && !place->is_array &&
	    call_length(&visit->view, outer, place->slot->len, &size) && size < scope.limit)
		scope.limit = size;
	place->is_seen = true;
	for (uint32_t i = 0; i < place->object->fields.count; i++)
		see_field(visit, &scope, call_field(&visit->view, place->object, i),
			  &place->fields[i]);
}

static void see_array(const struct visit *visit, const struct call_scope *outer,
		      struct place *place, uint64_t address, unsigned depth)
{
	uint64_t size = call_struct_size(&visit->view, place->object), count;

	if (!call_length(&visit->view, outer, place->slot->count, &count) ||
	    count > SCML_MAX_ELEMENTS) {
		place->is_open = true;
		return;
	}
	for (uint64_t i = 0; i < count && !place->is_open; i++)
		see_struct(visit, outer, place, address + i * size, depth);
}

/* Take in WORD, which is at PLACE; of a struct in a struct it is the address. */
static void see_place(const struct visit *visit, const struct call_scope *scope,
		      struct place *place, uint64_t word, unsigned depth)
{
	if (place->is_open)
		return;
	if (!place->object)
		learn_word_add(visit->learn->arena, visit->learn->db, visit->learn->arch,
			       &place->word, word);
	else if (!word)
		return; /* NULL matches every struct */
	else if (place->is_array)
		see_array(visit, scope, place, word, depth);
	else
		see_struct(visit, scope, place, word, depth);
}

/* ---- groups ---- */

static void place_start(const struct learn *learn, struct place *place,
			const struct abi_slot *slot, unsigned depth)
{
	if (!is_telling(learn, slot, depth))
		return;
	place->slot = slot;
	if (is_word(slot)) {
		place->word.set = &learn->db->sets[slot->set];
		return;
	}
	place->object = &learn->db->structs[slot->target_struct];
	place->is_array = slot->target == ABI_TARGET_STRUCTS;
	place->fields = ARENA_ARRAY(learn->arena, struct place, place->object->fields.count);
	for (uint32_t i = 0; i < place->object->fields.count; i++) {
		const struct abi_field *field =
			&learn->db->fields[place->object->fields.first + i];

		if (!field->slot.mux)
			place_start(learn, &place->fields[i], &field->slot, depth + 1);
	}
}

static bool same_ref(struct abi_ref a, struct abi_ref b)
{
	return a.kind == b.kind && a.index == b.index;
}

/* Member by member: what lies between them says nothing. */
static bool same_slot(const struct abi_slot *a, const struct abi_slot *b)
{
	if (!a || !b)
		return a == b;
	return a->type == b->type && a->dir == b->dir && a->target == b->target &&
	       a->element == b->element && a->set == b->set &&
	       a->target_struct == b->target_struct && a->mux == b->mux &&
	       a->times == b->times && same_ref(a->count, b->count) &&
	       same_ref(a->len, b->len) && a->family == b->family;
}

static bool is_of_group(const struct group *group, const struct abi_call *abi,
			const struct abi_slot *const *slots)
{
	if (group->abi != abi)
		return false;
	for (size_t i = 0; i < SCML_REGISTERS; i++)
		if (!same_slot(group->slots[i], slots[i]))
			return false;
	return true;
}

static struct group *find_group(struct learn *learn, const struct visit *visit,
				const struct abi_call *abi, const struct abi_slot *const *slots)
{
	struct group *group;

	for (size_t i = 0; i < learn->groups.count; i++)
		if (is_of_group(learn->groups.items[i], abi, slots))
			return learn->groups.items[i];
	if (learn->groups.count == MAX_GROUPS)
		return NULL;
	group = ARENA_NEW(learn->arena, struct group);
	group->abi = abi;
	group->params = visit->view.params;
	group->param_count = visit->view.param_count;
	for (size_t i = 0; i < SCML_REGISTERS; i++) {
		group->slots[i] = slots[i];
		if (slots[i])
			place_start(learn, &group->places[i], slots[i], 0);
	}
	vec_push(learn->arena, &learn->groups, group);
	return group;
}

static void see_call(struct learn *learn, const struct visit *visit, const struct abi_call *abi)
{
	const struct abi_slot *slots[SCML_REGISTERS] = {NULL};
	const struct call_view *view = &visit->view;
	struct group *group;

	for (size_t i = 0; i < view->param_count && i < SCML_REGISTERS; i++) {
		const struct abi_slot *slot = call_slot(view, NULL, &view->params[i].slot);

		if (is_telling(learn, slot, 0))
			slots[i] = slot;
	}
	group = find_group(learn, visit, abi, slots);
	if (!group) {
		learn->is_full = true;
		return;
	}
	group->counts |= (uint8_t)(1 << call_param_count(view, abi_call_variant(learn->db, abi,
										learn->arch)));
	for (size_t i = 0; i < SCML_REGISTERS; i++) {
		if (slots[i] && !(view->call->unknown >> i & 1))
			see_place(visit, NULL, &group->places[i],
				  call_register_word(view, slots[i], view->call->args[i]), 0);
	}
}

/* Is it not known what a parameter is, because another one decides that whose value nobody can
 * tell? */
static bool has_unknown_selector(const struct call_view *view)
{
	for (size_t i = 0; i < view->param_count; i++) {
		const struct abi_ref *selector =
			&view->db->muxes[view->params[i].slot.mux].selector;

		if (view->params[i].slot.mux && selector->kind == ABI_REF_PARAM &&
		    selector->index < SCML_REGISTERS &&
		    view->call->unknown >> selector->index & 1)
			return true;
	}
	return false;
}

/* A rule for what nobody knows would be one for everything. */
static void see_unsure(struct learn *learn, const struct abi_call *abi)
{
	for (size_t i = 0; i < learn->unsure.count; i++)
		if (learn->unsure.items[i] == abi)
			return;
	vec_push(learn->arena, &learn->unsure, abi);
}

/* Take in CALL, which happened COUNT times. Calls of other tables are left out. */
static void learn_call(struct learn *learn, const struct report_call *call, uint64_t count)
{
	const struct abi_arch *arch = &learn->db->archs[learn->arch];
	struct visit visit = {
		.learn = learn,
		.view = {.db = learn->db,
			 .arch = learn->arch,
			 .call = call->call,
			 .memory = call->memory},
	};
	const struct abi_call *abi;

	if (call->kind == REPORT_FOREIGN || !call->call || call->call->arch != arch->audit) {
		learn->foreign += count;
		return;
	}
	abi = abi_call_by_nr(learn->db, learn->arch, call->call->nr);
	if (!abi || !abi_call_variant(learn->db, abi, learn->arch)) {
		learn->unnamed += count;
		return;
	}
	learn->calls += count;
	visit.view.params =
		abi_call_params(learn->db, abi, learn->arch, &visit.view.param_count);
	if (has_unknown_selector(&visit.view))
		see_unsure(learn, abi);
	else
		see_call(learn, &visit, abi);
}

/* ---- writing ---- */

static const char *place_pattern(const struct learn *learn, const struct place *place);

static const char *struct_pattern(const struct learn *learn, const struct place *place)
{
	const char *text = "";

	for (uint32_t i = 0; i < place->object->fields.count; i++) {
		const struct abi_field *field =
			&learn->db->fields[place->object->fields.first + i];
		const char *pattern = place_pattern(learn, &place->fields[i]);

		if (pattern)
			text = arena_printf(learn->arena, "%s%s = %s, ", text,
					    abi_string(learn->db, field->name), pattern);
	}
	if (!*text)
		return NULL;
	return arena_printf(learn->arena, place->is_array ? "[ { %s.. } ]" : "{ %s.. }", text);
}

/* The pattern for what was seen at PLACE; NULL where there is none. */
static const char *place_pattern(const struct learn *learn, const struct place *place)
{
	if (!place->slot || place->is_open)
		return NULL;
	if (place->object)
		return place->is_seen ? struct_pattern(learn, place) : NULL;
	return learn_word_pattern(learn->arena, learn->db, learn->arch, &place->word);
}

/* How many parameters the rule names; *IS_OPEN: calls with more of them were seen too. */
static size_t named_params(const struct group *group, const char *const *patterns,
			   bool *is_open)
{
	size_t least = 0, last = 0;

	while (!(group->counts >> least & 1))
		least++;
	*is_open = group->counts >> (least + 1);
	if (!*is_open)
		return least;
	for (size_t i = 0; i < least; i++)
		if (patterns[i])
			last = i + 1;
	return last;
}

static const char *group_text(const struct learn *learn, const struct group *group)
{
	const char *patterns[SCML_REGISTERS], *text;
	bool is_open;
	size_t count;

	for (size_t i = 0; i < SCML_REGISTERS; i++)
		patterns[i] = place_pattern(learn, &group->places[i]);
	count = named_params(group, patterns, &is_open);
	text = arena_printf(learn->arena, "%s(", abi_string(learn->db, group->abi->name));
	for (size_t i = 0; i < count; i++)
		text = arena_printf(learn->arena, "%s%s%s%s%s", text, i ? ", " : "",
				    abi_string(learn->db, group->params[i].name),
				    patterns[i] ? " = " : "", patterns[i] ? patterns[i] : "");
	return arena_printf(learn->arena, "%s%s);", text,
			    !is_open ? ""
			    : count  ? ", .."
				     : "..");
}

/* A rule for the calls of which nothing else was seen. */
static const char *unsure_text(const struct learn *learn, const struct abi_call *abi)
{
	for (size_t i = 0; i < learn->groups.count; i++)
		if (learn->groups.items[i]->abi == abi)
			return NULL;
	return arena_printf(learn->arena, "%s(..);", abi_string(learn->db, abi->name));
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void write_remarks(const struct learn *learn, FILE *out)
{
	if (learn->unnamed)
		fprintf(out, "// Left out: %" PRIu64 " calls whose numbers have no name.\n",
			learn->unnamed);
	if (learn->foreign)
		fprintf(out, "// Left out: %" PRIu64 " calls of another table.\n",
			learn->foreign);
	if (learn->is_full)
		fprintf(out, "// Left out: calls beyond %d kinds.\n", MAX_GROUPS);
}

/* What was seen as SCML, formatted, in the arena; its length goes to *SIZE. */
static const char *learn_text(const struct learn *learn, size_t *size)
{
	size_t most = learn->groups.count + learn->unsure.count, count = 0;
	const char **rules = ARENA_ARRAY(learn->arena, const char *, most + 1);
	const char *text;
	char *raw;
	FILE *out = open_memstream(&raw, size);

	if (!out)
		arena_out_of_memory();
	for (size_t i = 0; i < learn->groups.count; i++)
		rules[count++] = group_text(learn, learn->groups.items[i]);
	for (size_t i = 0; i < learn->unsure.count; i++)
		if ((rules[count] = unsure_text(learn, learn->unsure.items[i])))
			count++;
	qsort(rules, count, sizeof(*rules), by_text);
	fprintf(out, "// The calls of a run, %" PRIu64 " of them.\n", learn->calls);
	write_remarks(learn, out);
	putc('\n', out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s\n", rules[i]);
	if (fclose(out))
		arena_out_of_memory();
	text = fmt_text(learn->arena, raw, *size, true, size);
	free(raw);
	return text;
}

/* ---- the sink ---- */

struct learning {
	struct learn *learn;
	const char *path;
};

static void add(void *state, const struct report_call *call, uint64_t count)
{
	struct learning *learning = state;

	learn_call(learning->learn, call, count);
}

static int end(void *state, const struct report *report)
{
	struct learning *learning = state;
	size_t size;
	const char *text = learn_text(learning->learn, &size);

	(void)report;
	return -output_write(learning->path, text, size);
}

struct report_sink learn_sink(struct learn *learn, const char *path)
{
	struct learning *learning = ARENA_NEW(learn->arena, struct learning);

	*learning = (struct learning){learn, path};
	return (struct report_sink){
		.state = learning, .wants_each = true, .add = add, .end = end};
}
