/*
 * doc_lists: what the rules of a section leave out, computed: the constants that the database
 * knows for a parameter less those that some rule accepts.
 */
#ifndef SCML_DOC_LISTS_H
#define SCML_DOC_LISTS_H

#include "doc_index.h"
#include "doc_page.h"

/** Constants of one field of one parameter that no rule of the section accepts. */
struct doc_list {
	const char *param; /* as the rules call it */
	bool is_flags;	   /* bits that can be ORed; else the values of an enum */
	const char
		*selector; /* `level = SOL_SOCKET` where that decides what PARAM is, or NULL */
	const char
		*call; /* the call, where others of the section use PARAM otherwise, or NULL */
	VEC(const char *) names; /* never 0 of them */
};

struct doc_lists {
	VEC(struct doc_list) unsupported;
	VEC(const char *) params; /* all parameters of which the database knows the constants */
	VEC(const char *) absent; /* calls that the architecture lacks */
	VEC(const struct doc_tag *)
	tags; /* of the page and of the section, about this section */
	bool tags_name_flags, tags_name_values; /* what their constants are */
};

/** The lists of SECTION of PAGE, on the architecture of INDEX. */
struct doc_lists doc_lists_build(struct arena *arena, const struct doc_index *index,
				 const struct doc_page *page,
				 const struct doc_section *section);

#endif
