#include "emit.h"

#include <ctype.h>
#include <string.h>

const struct emit_backend emit_backends[] = {
	{"bpf", ".bpf", "the filter, a raw array of struct sock_filter", true, emit_bpf},
	{"bpf-h", ".bpf.h", "the filter as a C array", true, emit_bpf_h},
	{"asm", ".s", "the filter, listed with the rules that it came from", true, emit_asm},
	{"c", ".c", "matcher tables for the runtime library", false, emit_c},
	{"h", ".h", "the header of the matcher tables", false, emit_h},
	{"md", ".md", "a page for people", false, emit_md},
	{"json", ".json", "the resolved rules", true, emit_json},
	{"scml", ".scml", "one flat, formatted document", true, emit_scml},
	{"oci", ".oci.json", "a seccomp profile of container runtimes", false, emit_oci},
	{0},
};

const struct emit_backend *emit_by_type(const char *type)
{
	for (const struct emit_backend *one = emit_backends; one->type; one++) {
		if (strcmp(one->type, type) == 0)
			return one;
	}
	return NULL;
}

const struct emit_backend *emit_by_name(const char *name)
{
	const struct emit_backend *best = NULL;
	size_t name_len = strlen(name), best_len = 0;

	for (const struct emit_backend *one = emit_backends; one->type; one++) {
		size_t len = one->suffix ? strlen(one->suffix) : 0;

		if (len > best_len && len < name_len &&
		    strcmp(name + name_len - len, one->suffix) == 0) {
			best = one;
			best_len = len;
		}
	}
	return best;
}

const char *emit_identifier(struct arena *arena, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	size_t len = strcspn(base, ".");
	char *identifier;

	if (len == 0 || strcmp(base, "-") == 0)
		return "scml";
	identifier = arena_printf(arena, "%s%.*s", isdigit((unsigned char)*base) ? "_" : "",
				  (int)len, base);
	for (char *c = identifier; *c; c++) {
		if (!isalnum((unsigned char)*c))
			*c = '_';
	}
	return identifier;
}

const char *emit_guard(struct arena *arena, const char *name, const char *ending)
{
	char *guard = arena_printf(arena, "%s_%s", name, ending);

	for (char *c = guard; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return guard;
}
