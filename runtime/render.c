#include "render.h"

#include <inttypes.h>
#include <string.h>

#include "render_memory.h"
#include "render_text.h"
#include "render_word.h"

enum { ERRNO_MAX = 4095 };

static void put_raw(struct render_text *text, const struct scml_call *call)
{
	render_put(text, "syscall_0x%" PRIx32 "(", call->nr);
	for (unsigned i = 0; i < SCML_REGISTERS; i++)
		render_put(text, "%s0x%" PRIx64, i ? ", " : "", call->args[i]);
	render_put(text, ")");
}

static const struct abi_set *set_of(const struct abi_db *db, const struct abi_slot *slot)
{
	return slot->set ? &db->sets[slot->set] : NULL;
}

/* Are any, or all, of the members wholly in WORD? */
static bool has_members(const struct render_job *job, const struct abi_shape *shape,
			uint64_t word)
{
	bool is_all = shape->when == ABI_WHEN_ALL;
	uint64_t value;

	for (uint32_t i = 0; i < shape->members.count; i++) {
		uint32_t index = job->db->refs[shape->members.first + i];

		if (!abi_num(job->db, job->db->consts[index].value, job->arch, &value))
			continue;
		if (((word & value) == value) != is_all)
			return !is_all;
	}
	return is_all;
}

static bool has_shape(const struct render_job *job, const struct abi_shape *shape)
{
	uint64_t word;

	if (shape->when == ABI_WHEN_ELSE)
		return true;
	if (shape->param >= job->param_count || shape->param >= SCML_REGISTERS)
		return false;
	word = render_param(job, shape->param);
	if (shape->when != ABI_WHEN_IN)
		return has_members(job, shape, word);
	return render_is_one_of(job->db, job->arch,
				set_of(job->db, &job->params[shape->param].slot),
				shape->members, word);
}

/* Parameters that this very call has. */
static size_t count_params(const struct render_job *job, const struct abi_variant *variant)
{
	size_t count = job->param_count;

	for (uint32_t i = 0; i < variant->shapes.count; i++) {
		const struct abi_shape *shape = &job->db->shapes[variant->shapes.first + i];

		if (has_shape(job, shape)) {
			count = shape->count < count ? shape->count : count;
			break;
		}
	}
	return count < SCML_REGISTERS ? count : SCML_REGISTERS;
}

static void put_result(struct render_text *text, const struct scml_call *call)
{
	int error = call->ret < 0 && call->ret >= -ERRNO_MAX ? (int)-call->ret : 0;
	const char *name = error ? strerrorname_np(error) : NULL;

	if (name)
		render_put(text, " = -1 %s (%s)", name, strerrordesc_np(error));
	else if (error)
		render_put(text, " = -1 (errno %d)", error);
	else if (call->ret < INT32_MIN || call->ret > UINT32_MAX)
		render_put(text, " = 0x%" PRIx64, (uint64_t)call->ret);
	else
		render_put(text, " = %" PRId64, call->ret);
}

static void put_call(const struct render_job *job, const struct abi_call *abi)
{
	const struct abi_variant *variant = abi_call_variant(job->db, abi, job->arch);
	size_t count = variant ? count_params(job, variant) : 0;

	render_put(job->text, "%s(", abi_string(job->db, abi->name));
	for (size_t i = 0; i < count; i++) {
		render_put(job->text, "%s", i ? ", " : "");
		if (job->call->unknown >> i & 1)
			render_put(job->text, "?");
		else
			render_slot(job, NULL, &job->params[i].slot, job->call->args[i]);
	}
	render_put(job->text, ")");
}

size_t render_call(const struct render *render, const struct scml_call *call,
		   const struct scml_memory *memory, char *text, size_t size)
{
	const struct abi_arch *arch = &render->db->archs[render->arch];
	struct render_text out = render_text_in(text, size);
	struct render_job job = {.db = render->db,
				 .arch = render->arch,
				 .call = call,
				 .memory = memory,
				 .text = &out};
	const struct abi_call *abi = NULL;

	if (call->arch == arch->audit && !(call->nr & arch->foreign_nr_bit))
		abi = abi_call_by_nr(render->db, render->arch, call->nr);
	if (abi) {
		job.params = abi_call_params(render->db, abi, render->arch, &job.param_count);
		put_call(&job, abi);
	} else {
		put_raw(&out, call);
	}
	if (render->shows_result && call->has_returned)
		put_result(&out, call);
	return out.used;
}
