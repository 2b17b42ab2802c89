#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "import.h"
#include "json_read.h"
#include "oci.h"

/* The errno of an action that has none of its own: EPERM, in every runtime. */
enum { DEFAULT_ERRNO = 1 };

/* One entry of `syscalls`. */
struct entry {
	const struct json_value *json;
	uint32_t action;
	struct region region; /* of whole registers */
};

/* The member KEY of OBJECT if it is of KIND; an error if it is not, or is REQUIRED and not
 * there. */
static const struct json_value *member(struct import *import, const struct json_value *object,
				       const char *key, enum json_kind kind, bool is_required)
{
	const struct json_value *value = json_member(object, key);

	if (value && value->kind == kind)
		return value;
	if (value)
		diag_add(import->diags, DIAG_PROFILE, value->span,
			 "'%s' is %s; it has to be %s", key, json_kind_name(value->kind),
			 json_kind_name(kind));
	else if (is_required)
		diag_add(import->diags, DIAG_PROFILE,
			 (struct span){object->span.file, object->span.start,
				       object->span.start + 1},
			 "'%s' is missing in this object; it has to be %s", key,
			 json_kind_name(kind));
	return NULL;
}

/* What the reader does not know is not passed over in silence. */
static void check_keys(struct import *import, const struct json_value *object,
		       const char *const *known)
{
	for (const struct json_value *one = object->first; one; one = one->next) {
		const char *const *name = known;

		while (*name && strcmp(*name, one->key) != 0)
			name++;
		if (!*name && one->kind != JSON_NULL)
			diag_add(import->diags, DIAG_IMPORT, one->span,
				 "'%s' has no counterpart in SCML; it is left out", one->key);
	}
}

/* A whole number, 0 where there is none. False after an error. */
static bool number(struct import *import, const struct json_value *object, const char *key,
		   uint64_t max, uint64_t *word)
{
	const struct json_value *value = json_member(object, key);

	*word = 0;
	if (!value)
		return true;
	if (value->kind == JSON_NUMBER && value->is_word && value->word <= max) {
		*word = value->word;
		return true;
	}
	diag_add(import->diags, DIAG_PROFILE, value->span,
		 "'%s' has to be a whole number from 0 to %llu", key, (unsigned long long)max);
	return false;
}

/* The action under KEY with its number under NUMBER_KEY. */
static bool action(struct import *import, const struct json_value *object, const char *key,
		   const char *number_key, uint32_t *result)
{
	const struct json_value *value = member(import, object, key, JSON_STRING, true);
	uint64_t data;

	if (!value)
		return false;
	if (!oci_action_named(value->text, result)) {
		diag_add(import->diags, DIAG_PROFILE, value->span,
			 "there is no action '%s'; there are SCMP_ACT_ALLOW, SCMP_ACT_ERRNO "
			 "and others of the runtime specification",
			 value->text);
		return false;
	}
	if (!number(import, object, number_key, SECCOMP_RET_DATA, &data))
		return false;
	if (oci_action_has_number(*result))
		*result |= json_member(object, number_key) ? (uint32_t)data
							   : (uint32_t)DEFAULT_ERRNO;
	return true;
}

/* Registers REG below BOUND: for each bit that BOUND has, those that agree above it. */
static struct region below(struct arena *arena, unsigned reg, uint64_t bound)
{
	struct region region = region_none();

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t one = UINT64_C(1) << bit;
		struct region piece =
			region_word(arena, reg, ~(one - 1), bound & ~one & ~(one - 1));

		if (bound & one)
			region = region_join(arena, &region, &piece);
	}
	return region;
}

static struct region compared(struct arena *arena, unsigned reg, enum oci_op op, uint64_t value,
			      uint64_t second)
{
	struct region all = region_all(arena);
	struct region equal = region_word(arena, reg, UINT64_MAX, value);
	struct region less = below(arena, reg, value);
	struct region at_most = region_join(arena, &less, &equal);

	switch (op) {
	case OCI_EQ:
		return equal;
	case OCI_NE:
		return region_minus(arena, &all, &equal);
	case OCI_LT:
		return less;
	case OCI_LE:
		return at_most;
	case OCI_GE:
		return region_minus(arena, &all, &less);
	case OCI_GT:
		return region_minus(arena, &all, &at_most);
	case OCI_MASKED_EQ:
		return region_word(arena, reg, value, second);
	}
	return region_none();
}

static bool take_arg(struct import *import, const struct json_value *arg, unsigned *index,
		     struct region *region)
{
	static const char *const keys[] = {"index", "value", "valueTwo", "op", NULL};
	uint64_t reg, value, second;
	const struct json_value *name;
	enum oci_op op;

	if (arg->kind != JSON_OBJECT) {
		diag_add(import->diags, DIAG_PROFILE, arg->span,
			 "a comparison has to be an object");
		return false;
	}
	check_keys(import, arg, keys);
	name = member(import, arg, "op", JSON_STRING, true);
	if (!member(import, arg, "index", JSON_NUMBER, true) ||
	    !number(import, arg, "index", SCML_REGISTERS - 1, &reg) ||
	    !number(import, arg, "value", UINT64_MAX, &value) ||
	    !number(import, arg, "valueTwo", UINT64_MAX, &second) || !name)
		return false;
	if (!oci_op_named(name->text, &op)) {
		diag_add(import->diags, DIAG_PROFILE, name->span,
			 "there is no operator '%s'; there are SCMP_CMP_EQ, _NE, _LT, _LE, "
			 "_GE, _GT and _MASKED_EQ",
			 name->text);
		return false;
	}
	*index = (unsigned)reg;
	*region = compared(import->arena, *index, op, value, second);
	return true;
}

/* All comparisons hold; but where two are of one register, runtimes take any of them. */
static bool take_args(struct import *import, struct entry *entry)
{
	const struct json_value *args = member(import, entry->json, "args", JSON_ARRAY, false);
	struct region all = region_all(import->arena), any = region_none();
	unsigned seen = 0, index;
	bool is_good = args || !json_member(entry->json, "args");
	bool is_any = false;

	for (const struct json_value *arg = args ? args->first : NULL; arg; arg = arg->next) {
		struct region one;

		if (!take_arg(import, arg, &index, &one)) {
			is_good = false;
			continue;
		}
		all = region_meet(import->arena, &all, &one);
		any = region_join(import->arena, &any, &one);
		is_any |= seen >> index & 1;
		seen |= 1u << index;
	}
	entry->region = is_any ? any : all;
	if (is_any)
		diag_add(import->diags, DIAG_IMPORT, args->span,
			 "a register is compared twice; runtimes then take a call for which "
			 "any of the comparisons holds, and so do the rules");
	return is_good;
}

static bool is_listed(const struct json_value *list, const char *name)
{
	for (const struct json_value *one = list ? list->first : NULL; one; one = one->next)
		if (one->kind == JSON_STRING && strcmp(one->text, name) == 0)
			return true;
	return false;
}

static bool lists_arch(const struct import *import, const struct json_value *list)
{
	uint32_t audit = import->db->archs[import->arch].audit;

	for (const struct json_value *one = list ? list->first : NULL; one; one = one->next)
		if (one->kind == JSON_STRING && oci_is_go_arch(one->text, audit))
			return true;
	return false;
}

/* How many of the capabilities in LIST the container has, and how many there are. */
static size_t caps_listed(const struct import *import, const struct json_value *list,
			  size_t *count)
{
	size_t has = 0;

	*count = 0;
	for (const struct json_value *one = list ? list->first : NULL; one; one = one->next)
		*count += 1;
	for (size_t i = 0; i < import->cap_count; i++)
		has += is_listed(list, import->caps[i]);
	return has;
}

/* Is the kernel at least VERSION, `4.8`? One that cannot be read is newer than any. */
static bool has_kernel(const struct import *import, const struct json_value *version)
{
	unsigned long major, minor;
	char *end;

	if (version->kind != JSON_STRING)
		return false;
	major = strtoul(version->text, &end, 10);
	if (end == version->text || *end != '.')
		return false;
	minor = strtoul(end + 1, &end, 10);
	if (major > 255 || minor > 255)
		return false;
	return !import->kernel || import->kernel >= (major << 8 | minor);
}

/* WHERE says for which containers the entry is. */
static void report_condition(struct import *import, const struct json_value *where,
			     const char *what, bool applies)
{
	const char *names = where->kind == JSON_STRING ? where->text : "";

	for (const struct json_value *one = where->first; one; one = one->next)
		if (one->kind == JSON_STRING && strlen(names) < 256)
			names = arena_printf(import->arena, "%s%s%s", names, *names ? ", " : "",
					     one->text);
	diag_add(import->diags, DIAG_IMPORT, where->span,
		 "rules hold for every container; this entry, for those %s %s, is %s", what,
		 names, applies ? "taken in" : "left out");
}

/* Does an entry under such conditions hold for the container that is imported for? */
static bool applies(struct import *import, const struct json_value *entry)
{
	static const char *const keys[] = {"caps", "arches", "minKernel", NULL};
	const struct json_value *in = member(import, entry, "includes", JSON_OBJECT, false);
	const struct json_value *out = member(import, entry, "excludes", JSON_OBJECT, false);
	const struct json_value *kernels[] = {json_member(in, "minKernel"),
					      json_member(out, "minKernel")};
	const struct json_value *arches = json_member(in, "arches");
	const struct json_value *caps[] = {json_member(in, "caps"), json_member(out, "caps")};
	size_t wanted, unwanted;
	bool has_all = caps_listed(import, caps[0], &wanted) == wanted;
	bool has_none = caps_listed(import, caps[1], &unwanted) == 0;

	if (in)
		check_keys(import, in, keys);
	if (out)
		check_keys(import, out, keys);
	/* What is for other architectures would come in with --arch. */
	if ((arches && arches->first && !lists_arch(import, arches)) ||
	    lists_arch(import, json_member(out, "arches")))
		return false;
	if (wanted)
		report_condition(import, caps[0], "with (--cap)", has_all);
	if (unwanted)
		report_condition(import, caps[1], "without (--cap)", has_none);
	for (int i = 0; i < 2; i++)
		if (kernels[i])
			report_condition(import, kernels[i],
					 i ? "older than Linux (--for-kernel)"
					   : "on Linux (--for-kernel) from",
					 has_kernel(import, kernels[i]) == !i);
	return has_all && has_none && (!kernels[0] || has_kernel(import, kernels[0])) &&
	       (!kernels[1] || !has_kernel(import, kernels[1]));
}

static void add_to_call(struct import *import, const struct entry *entry, struct span span,
			uint32_t nr)
{
	struct import_call *call = &import->calls[nr];
	struct region region = import_cut(import, nr, &entry->region);
	bool is_allowing = import_is_allowing(entry->action);
	struct region *sum = is_allowing ? &call->allowed : &call->refused;

	if (!call->is_named)
		call->span = span;
	call->is_named = true;
	*sum = region_join(import->arena, sum, &region);
	if (is_allowing || entry->action == import->default_action)
		return;
	call->has_refusal = true;
	call->refusal = entry->action;
}

/* One name; those that are no calls here are gathered in ABSENT. */
static void take_name(struct import *import, const struct entry *entry,
		      const struct json_value *name, const char **absent)
{
	uint32_t nr;

	if (name->kind != JSON_STRING)
		diag_add(import->diags, DIAG_PROFILE, name->span,
			 "the name of a call has to be a string");
	else if (import_find(import, name->text, &nr))
		add_to_call(import, entry, name->span, nr);
	else if (strlen(*absent) < 4096)
		*absent = arena_printf(import->arena, "%s%s%s", *absent, **absent ? ", " : "",
				       name->text);
}

static void take_entry(struct import *import, const struct json_value *json)
{
	static const char *const keys[] = {"names",    "name",	   "action",
					   "errnoRet", "args",	   "comment",
					   "includes", "excludes", NULL};
	struct entry entry = {.json = json};
	const struct json_value *names;
	const char *absent = "";
	bool is_good;

	if (json->kind != JSON_OBJECT) {
		diag_add(import->diags, DIAG_PROFILE, json->span,
			 "an entry of 'syscalls' has to be an object");
		return;
	}
	check_keys(import, json, keys);
	is_good = action(import, json, "action", "errnoRet", &entry.action);
	is_good = take_args(import, &entry) && is_good;
	if (!is_good || !applies(import, json))
		return;
	/* An entry that answers as the default does is passed over by runtimes. */
	if (entry.action == import->default_action)
		return;
	if (json_member(json, "name")) {
		names = member(import, json, "name", JSON_STRING, true);
		if (names)
			take_name(import, &entry, names, &absent);
	} else {
		names = member(import, json, "names", JSON_ARRAY, true);
		for (names = names ? names->first : NULL; names; names = names->next)
			take_name(import, &entry, names, &absent);
	}
	if (*absent)
		diag_add(import->diags, DIAG_ABSENT_CALL, json->span,
			 "no system calls of %s, which are left out: %s",
			 abi_string(import->db, import->db->archs[import->arch].name), absent);
	if (import_is_allowing(entry.action) && entry.action != SECCOMP_RET_ALLOW)
		diag_add(import->diags, DIAG_IMPORT, json_member(json, "action")->span,
			 "rules do not log: these calls are supported");
}

static bool names_arch(const struct json_value *list, const char *name)
{
	for (const struct json_value *one = list->first; one; one = one->next)
		if (is_listed(list, name) ||
		    (json_member(one, "architecture") &&
		     json_member(one, "architecture")->kind == JSON_STRING &&
		     strcmp(json_member(one, "architecture")->text, name) == 0))
			return true;
	return false;
}

static void check_archs(struct import *import, const struct json_value *profile,
			const char *key)
{
	const struct json_value *list = member(import, profile, key, JSON_ARRAY, false);
	const char *name = oci_arch_name(import->db->archs[import->arch].audit);
	const char *arch = abi_string(import->db, import->db->archs[import->arch].name);

	if (!list || !list->first)
		return;
	if (!name || !names_arch(list, name))
		diag_add(import->diags, DIAG_IMPORT, list->span,
			 "the profile is not for %s, for which the rules are written (--arch)",
			 arch);
	else if (list->first->next || list->first->kind == JSON_OBJECT)
		diag_add(import->diags, DIAG_IMPORT, list->span,
			 "rules come in for one architecture at a time, here %s (--arch)",
			 arch);
}

void import_oci(struct import *import, const struct source_file *file)
{
	static const char *const keys[] = {"defaultAction",
					   "defaultErrnoRet",
					   "architectures",
					   "archMap",
					   "syscalls",
					   "comment",
					   NULL};
	const struct json_value *profile = json_read(import->arena, import->diags, file);
	const struct json_value *list;

	/* A whole configuration of a container holds the profile further down. */
	if (json_member(json_member(profile, "linux"), "seccomp"))
		profile = json_member(json_member(profile, "linux"), "seccomp");
	if (!profile)
		return;
	if (profile->kind != JSON_OBJECT) {
		diag_add(import->diags, DIAG_PROFILE, profile->span,
			 "a profile has to be an object");
		return;
	}
	check_keys(import, profile, keys);
	check_archs(import, profile, "architectures");
	check_archs(import, profile, "archMap");
	import->has_default = action(import, profile, "defaultAction", "defaultErrnoRet",
				     &import->default_action);
	list = member(import, profile, "syscalls", JSON_ARRAY, false);
	for (list = list ? list->first : NULL; list; list = list->next)
		take_entry(import, list);
}
