#include "occurrences.h"

#include <string.h>

#include "tree.h"
#include "uri.h"

static const char *file_path(const struct lsp_server *server,
			     const struct lsp_analysis *analysis, uint32_t file)
{
	const struct source_file *source = source_file(analysis->compilation->sources, file);

	return source ? path_tidy(server->scratch, source->path) : "";
}

static bool is_same_place(const struct lsp_server *server, struct lsp_analysis *a,
			  struct span in_a, struct lsp_analysis *b, struct span in_b)
{
	return in_a.start == in_b.start && in_a.end == in_b.end &&
	       strcmp(file_path(server, a, in_a.file), file_path(server, b, in_b.file)) == 0;
}

static void add(struct lsp_server *server, struct occurrences *all,
		struct lsp_document *document, struct span span, enum occurrence_kind kind)
{
	struct occurrence one = {document, span, kind};
	const struct occurrence *other;

	/* those of one document stand together and differ */
	vec_each (other, &all->list) {
		if (other->document == document)
			break;
		if ((other->span.file || span.file) &&
		    is_same_place(server, analysis_of(server, other->document), other->span,
				  analysis_of(server, document), span))
			return;
	}
	vec_push(server->scratch, &all->list, one);
}

static struct span group_span(const struct names *names, const struct name_group *group)
{
	return names->outline->rules[group->first].name->span;
}

/* The uses in DOCUMENT of the definition that is at PLACE of ORIGIN. */
static void add_group(struct lsp_server *server, struct occurrences *all,
		      struct lsp_document *document, struct lsp_analysis *origin,
		      struct span place)
{
	struct lsp_analysis *analysis = analysis_of(server, document);
	const struct names *names = analysis_names(analysis);

	for (size_t i = 0; i < names->use_count; i++) {
		const struct name_use *use = &names->uses[i];

		if (use->group && is_same_place(server, analysis, group_span(names, use->group),
						origin, place))
			add(server, all, document, use->token->span,
			    use->is_definition ? OCCURRENCE_DEFINITION : OCCURRENCE_USE);
	}
}

/* What a token is, for names that mean the same everywhere. */
enum word_kind { WORD_NONE, WORD_CALL, WORD_CONST, WORD_ITEM, WORD_UNBOUND };

static enum word_kind word_kind(const struct outline_rule *rule, const struct tree *tree,
				const struct outline_token *token, size_t *hint)
{
	size_t node;

	if (token == rule->name)
		return rule->kind == OUTLINE_CALL ? WORD_CALL : WORD_NONE;
	node = tree_node_after(tree, token, hint);
	if (node == TREE_NONE)
		return WORD_NONE;
	switch (tree->nodes[node].kind) {
	case TREE_ITEM:
		return WORD_ITEM;
	case TREE_CONST:
		return WORD_CONST;
	case TREE_REFERENCE:
		return WORD_UNBOUND;
	default:
		return WORD_NONE;
	}
}

/* The words in DOCUMENT that are KIND and read TEXT; items only in rules called RULE. */
static void add_words(struct lsp_server *server, struct occurrences *all,
		      struct lsp_document *document, enum word_kind kind, const char *text,
		      const char *rule)
{
	const struct outline *outline = analysis_outline(analysis_of(server, document));

	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *own = &outline->rules[i];
		struct tree tree = {0};
		size_t hint = 0;

		if (kind == WORD_ITEM &&
		    (!own->name || !rule || strcmp(own->name->text, rule) != 0))
			continue;
		for (size_t j = own->first; j < own->end; j++) {
			const struct outline_token *token = &outline->tokens[j];

			if (token->kind != OUTLINE_NAME || strcmp(token->text, text) != 0)
				continue;
			if (!tree.count)
				tree = tree_new(server->scratch, outline, own);
			if (word_kind(own, &tree, token, &hint) == kind)
				add(server, all, document, token->span, OCCURRENCE_USE);
		}
	}
}

struct occurrences occurrences_at(struct lsp_server *server, const struct lsp_spot *spot,
				  bool is_wide)
{
	const struct names *names = analysis_names(spot->analysis);
	const struct name_use *use = names_use_at(names, spot->file, spot->offset);
	const struct outline_token *token =
		outline_token_at(names->outline, spot->file, spot->offset);
	const struct outline_rule *rule =
		outline_rule_at(names->outline, spot->file, spot->offset);
	struct occurrences all = {0};
	enum word_kind kind;
	struct tree tree;
	size_t hint = 0;

	if (!rule || !token || token->kind != OUTLINE_NAME)
		return all;
	tree = tree_new(server->scratch, names->outline, rule);
	kind = word_kind(rule, &tree, token, &hint);
	all.is_local = use && use->group;
	if (!all.is_local && kind == WORD_NONE)
		return all;
	for (struct lsp_document *document = server->documents; document;
	     document = document->next) {
		bool is_own = document == spot->document;

		if (!is_own && !is_wide)
			continue;
		if (use && use->group)
			add_group(server, &all, document, spot->analysis,
				  group_span(names, use->group));
		else if (is_own || (kind != WORD_ITEM && kind != WORD_UNBOUND))
			add_words(server, &all, document, kind, token->text,
				  rule->name ? rule->name->text : NULL);
	}
	return all;
}
