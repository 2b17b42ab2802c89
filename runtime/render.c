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
	const struct abi_variant *variant =
		abi_call_variant(job->view->db, abi, job->view->arch);
	size_t count = variant ? call_param_count(job->view, variant) : 0;

	render_put(job->text, "%s(", abi_string(job->view->db, abi->name));
	for (size_t i = 0; i < count; i++) {
		render_put(job->text, "%s", i ? ", " : "");
		if (job->view->call->unknown >> i & 1)
			render_put(job->text, "?");
		else
			render_slot(job, NULL, &job->view->params[i].slot,
				    job->view->call->args[i]);
	}
	render_put(job->text, ")");
}

size_t render_call(const struct render *render, const struct scml_call *call,
		   const struct scml_memory *memory, char *text, size_t size)
{
	const struct abi_arch *arch = &render->db->archs[render->arch];
	struct render_text out = render_text_in(text, size);
	struct call_view view = {
		.db = render->db, .arch = render->arch, .call = call, .memory = memory};
	const struct render_job job = {&view, &out};
	const struct abi_call *abi = NULL;

	if (call->arch == arch->audit && !(call->nr & arch->foreign_nr_bit))
		abi = abi_call_by_nr(render->db, render->arch, call->nr);
	if (abi) {
		view.params = abi_call_params(render->db, abi, render->arch, &view.param_count);
		put_call(&job, abi);
	} else {
		put_raw(&out, call);
	}
	if (render->shows_result && call->has_returned)
		put_result(&out, call);
	return out.used;
}
