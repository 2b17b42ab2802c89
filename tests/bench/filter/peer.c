#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bpf/raw.h"
#include "diag.h"
#include "json_read.h"
#include "oci.h"
#include "source.h"

#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>

static uint32_t action_of(const struct json_value *object, const char *name,
			  const char *number_name)
{
	const struct json_value *number = json_member(object, number_name);
	uint32_t action = SCMP_ACT_KILL;

	oci_action_named(json_member(object, name)->text, &action);
	return action == SECCOMP_RET_ERRNO ? SCMP_ACT_ERRNO(number ? (uint32_t)number->word : 1)
					   : action;
}

static uint64_t number_of(const struct json_value *object, const char *name)
{
	const struct json_value *number = json_member(object, name);

	return number ? number->word : 0;
}

static enum scmp_compare compare_of(const struct json_value *arg)
{
	static const enum scmp_compare compares[] = {
		[OCI_NE] = SCMP_CMP_NE,
		[OCI_LT] = SCMP_CMP_LT,
		[OCI_LE] = SCMP_CMP_LE,
		[OCI_EQ] = SCMP_CMP_EQ,
		[OCI_GE] = SCMP_CMP_GE,
		[OCI_GT] = SCMP_CMP_GT,
		[OCI_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};
	enum oci_op op = OCI_EQ;

	oci_op_named(json_member(arg, "op")->text, &op);
	return compares[op];
}

static void add_entry(scmp_filter_ctx context, const struct json_value *entry)
{
	uint32_t action = action_of(entry, "action", "errnoRet");
	const struct json_value *list = json_member(entry, "args"), *name;
	struct scmp_arg_cmp args[6];
	unsigned count = 0;

	for (const struct json_value *arg = list ? list->first : NULL; arg && count < 6;
	     arg = arg->next)
		args[count++] = (struct scmp_arg_cmp){.arg = (unsigned)number_of(arg, "index"),
						      .op = compare_of(arg),
						      .datum_a = number_of(arg, "value"),
						      .datum_b = number_of(arg, "valueTwo")};
	for (name = json_member(entry, "names")->first; name; name = name->next)
		seccomp_rule_add_array(context, action,
				       seccomp_syscall_resolve_name(name->text), count, args);
}

struct bpf_code peer_filter(struct arena *arena, const char *path, bool is_tree, double *ms)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *source = source_read(sources, diags, path);
	const struct json_value *profile =
					source ? json_read(arena, diags, source->file) : NULL,
				*entry;
	unsigned char *bytes = malloc(BPF_RAW_MAX_BYTES);
	struct bpf_code code = {0};
	double start = bench_now();
	FILE *file = tmpfile();
	scmp_filter_ctx context;

	if (!profile || !bytes || !file)
		abort();
	context = seccomp_init(action_of(profile, "defaultAction", "defaultErrnoRet"));
	seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, is_tree ? 2 : 1);
	for (entry = json_member(profile, "syscalls")->first; entry; entry = entry->next)
		add_entry(context, entry);
	if (!seccomp_export_bpf(context, fileno(file))) {
		*ms = bench_now() - start;
		rewind(file);
		code = bpf_decode(arena, bytes, fread(bytes, 1, BPF_RAW_MAX_BYTES, file),
				  BPF_NATIVE);
	}
	seccomp_release(context);
	fclose(file);
	free(bytes);
	return code;
}
#else
struct bpf_code peer_filter(struct arena *arena, const char *path, bool is_tree, double *ms)
{
	(void)arena;
	(void)path;
	(void)is_tree;
	(void)ms;
	return (struct bpf_code){0};
}
#endif
