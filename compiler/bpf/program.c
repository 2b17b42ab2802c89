#include "bpf/program.h"

#include "vec.h"

/* Positions count from the end of the program: position 0 is its last instruction. */
struct label {
	size_t position; /* where the nearest way to the target begins */
	bool is_placed;
	bool is_ret;
	uint32_t action; /* of a RET */
};

struct bpf_assembler {
	struct arena *arena;
	VEC(struct sock_filter) written; /* the last instruction first */
	VEC(struct label) labels;
};

enum { JUMP_MAX = 255 };

struct bpf_assembler *bpf_assembler_new(struct arena *arena)
{
	struct bpf_assembler *assembler = ARENA_NEW(arena, struct bpf_assembler);

	assembler->arena = arena;
	return assembler;
}

static void write_instruction(struct bpf_assembler *assembler, uint16_t code, uint8_t yes,
			      uint8_t no, uint32_t k)
{
	struct sock_filter instruction = {.code = code, .jt = yes, .jf = no, .k = k};

	vec_push(assembler->arena, &assembler->written, instruction);
}

/* A label for the instruction that was written last. */
static bpf_label label_here(struct bpf_assembler *assembler)
{
	struct label label = {.position = assembler->written.count - 1, .is_placed = true};

	vec_push(assembler->arena, &assembler->labels, label);
	return (bpf_label)(assembler->labels.count - 1);
}

/* How many instructions lie between the next one to be written and LABEL. */
static size_t distance(const struct bpf_assembler *assembler, bpf_label label)
{
	return assembler->written.count - assembler->labels.items[label].position - 1;
}

static bool is_near(const struct bpf_assembler *assembler, bpf_label label)
{
	return assembler->labels.items[label].is_placed &&
	       distance(assembler, label) <= JUMP_MAX;
}

bpf_label bpf_write_ret(struct bpf_assembler *assembler, uint32_t action)
{
	struct label label = {.is_ret = true, .action = action};

	vec_push(assembler->arena, &assembler->labels, label);
	return (bpf_label)(assembler->labels.count - 1);
}

bpf_label bpf_write_load(struct bpf_assembler *assembler, uint32_t offset)
{
	write_instruction(assembler, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
	return label_here(assembler);
}

bpf_label bpf_write_and(struct bpf_assembler *assembler, uint32_t mask)
{
	write_instruction(assembler, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	return label_here(assembler);
}

/* Write a way to LABEL: a jump, or the RET itself. */
static void write_way(struct bpf_assembler *assembler, bpf_label id)
{
	struct label *label = &assembler->labels.items[id];

	if (label->is_ret)
		write_instruction(assembler, BPF_RET | BPF_K, 0, 0, label->action);
	else
		write_instruction(assembler, BPF_JMP | BPF_JA, 0, 0,
				  (uint32_t)distance(assembler, id));
	label->position = assembler->written.count - 1;
	label->is_placed = true;
}

void bpf_write_near(struct bpf_assembler *assembler, bpf_label label)
{
	if (!is_near(assembler, label))
		write_way(assembler, label);
}

bpf_label bpf_write_jump(struct bpf_assembler *assembler, uint16_t op, uint32_t k,
			 bpf_label yes, bpf_label no)
{
	/* A way to one of the two can push the other out of reach, but never twice. */
	while (!is_near(assembler, yes) || !is_near(assembler, no)) {
		bpf_write_near(assembler, yes);
		bpf_write_near(assembler, no);
	}
	write_instruction(assembler, (uint16_t)(BPF_JMP | op | BPF_K),
			  (uint8_t)distance(assembler, yes), (uint8_t)distance(assembler, no),
			  k);
	return label_here(assembler);
}

struct bpf_code bpf_assembler_finish(struct bpf_assembler *assembler, struct arena *arena,
				     bpf_label entry)
{
	const struct label *label = &assembler->labels.items[entry];
	struct sock_filter *items;
	size_t count;

	if (!label->is_placed || label->position + 1 != assembler->written.count)
		write_way(assembler, entry);
	count = assembler->written.count;
	items = ARENA_ARRAY(arena, struct sock_filter, count);
	for (size_t i = 0; i < count; i++)
		items[i] = assembler->written.items[count - 1 - i];
	return (struct bpf_code){.items = items, .count = count};
}
