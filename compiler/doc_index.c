#include "doc_index.h"

#include <stdlib.h>

static int compare_rows(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct doc_index_row *)a)->ast;
	uintptr_t y = (uintptr_t)((const struct doc_index_row *)b)->ast;

	return x < y ? -1 : x > y;
}

struct doc_index doc_index_build(struct arena *arena, const struct rules *rules)
{
	struct doc_index index = {.rules = rules};
	struct doc_index_row *rows;

	for (size_t i = 0; i < rules->call_count; i++)
		index.count += rules->calls[i].rule_count;
	rows = ARENA_ARRAY(arena, struct doc_index_row, index.count + 1);
	index.count = 0;
	for (size_t i = 0; i < rules->call_count; i++) {
		const struct rule_call *call = &rules->calls[i];

		for (size_t j = 0; j < call->rule_count; j++)
			rows[index.count++] = (struct doc_index_row){call->rules[j].source->ast,
								     call, &call->rules[j]};
	}
	qsort(rows, index.count, sizeof(*rows), compare_rows);
	index.rows = rows;
	return index;
}

const struct doc_index_row *doc_index_find(const struct doc_index *index,
					   const struct ast_rule *ast)
{
	struct doc_index_row key = {.ast = ast};

	return bsearch(&key, index->rows, index->count, sizeof(key), compare_rows);
}
