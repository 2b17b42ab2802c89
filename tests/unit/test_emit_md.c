#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doc_tags.h"
#include "emit.h"
#include "parse.h"

/* A text compiled and written as a page. */
struct page {
	struct compilation *compilation;
	char *text;
};

static const struct ast_document *add_document(struct compilation *compilation,
					       const char *path, const char *text)
{
	const struct res_document **documents =
		ARENA_NEW(compilation->arena, const struct res_document *);
	const struct source_document *source = source_from_text(
		compilation->sources, compilation->diags, path, text, strlen(text));

	ck_assert_ptr_nonnull(source);
	documents[0] = resolve_document(compilation->arena, compilation->diags,
					parse_document(compilation->arena, compilation->diags,
						       compilation->sources, source));
	compilation->documents = documents;
	compilation->document_count = 1;
	return documents[0]->ast;
}

static void build_rules(struct compilation *compilation, const char *arch)
{
	const struct rules **rules = ARENA_NEW(compilation->arena, const struct rules *);
	int index = abi_arch_find(compilation->db, arch);

	ck_assert_int_ge(index, 0);
	rules[0] = rules_build(compilation->arena, compilation->diags, compilation->sources,
			       compilation->db, (unsigned)index, compilation->documents,
			       compilation->document_count);
	compilation->rules = rules;
	compilation->rules_count = 1;
}

static struct page write_page(struct compilation *compilation, bool doc_details)
{
	struct page page = {.compilation = compilation};
	struct emit_options options = {.output_name = "page.md", .doc_details = doc_details};
	size_t size;
	FILE *out = open_memstream(&page.text, &size);

	ck_assert_ptr_nonnull(out);
	emit_md(compilation, &options, out);
	ck_assert_int_eq(fclose(out), 0);
	return page;
}

static struct page page_on(const char *path, const char *text, const char *arch)
{
	struct compilation *compilation = compile_new();

	add_document(compilation, path, text);
	build_rules(compilation, arch);
	return write_page(compilation, false);
}

static struct page page_of(const char *text)
{
	return page_on("test.scml", text, "x86_64");
}

static void page_free(struct page *page)
{
	compile_free(page->compilation);
	free(page->text);
}

/* The page of TEXT has PIECE, and has it once. */
static void expect_piece(const char *text, const char *piece)
{
	struct page page = page_of(text);
	const char *found = strstr(page.text, piece);

	ck_assert_msg(found != NULL, "no\n%s\nin\n%s", piece, page.text);
	ck_assert_msg(strstr(found + 1, piece) == NULL, "twice\n%s\nin\n%s", piece, page.text);
	page_free(&page);
}

static void expect_no_piece(const char *text, const char *piece)
{
	struct page page = page_of(text);

	ck_assert_msg(strstr(page.text, piece) == NULL, "unexpected\n%s\nin\n%s", piece,
		      page.text);
	page_free(&page);
}

/* The page of TEXT draws the diagnostic NAME at LINE:COLUMN. */
static void expect_diag(const char *text, const char *name, uint32_t line, uint32_t column)
{
	struct page page = page_of(text);
	const struct diag *diag = diags_first(page.compilation->diags);

	while (diag && strcmp(diag_info(diag->id)->name, name) != 0)
		diag = diag->next;
	ck_assert_msg(diag != NULL, "no %s for\n%s", name, text);
	struct source_place place = source_place(
		source_file(page.compilation->sources, diag->span.file), diag->span.start);
	ck_assert_uint_eq(place.line, line);
	ck_assert_uint_eq(place.column, column);
	page_free(&page);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t size = 0, got;

	ck_assert_msg(file != NULL, "cannot open %s", path);
	do {
		text = realloc(text, size + 4096 + 1);
		got = fread(text + size, 1, 4096, file);
		size += got;
	} while (got);
	text[size] = '\0';
	fclose(file);
	return text;
}

/* Compare with the golden file NAME; SCML_BLESS in the environment writes it anew. */
static void expect_golden(const char *name, const char *text)
{
	char path[4096];
	char *golden;

	snprintf(path, sizeof(path), "%s/tests/golden/%s", SCML_SOURCE_DIR, name);
	if (getenv("SCML_BLESS")) {
		FILE *file = fopen(path, "wb");

		ck_assert_ptr_nonnull(file);
		fputs(text, file);
		ck_assert_int_eq(fclose(file), 0);
	}
	golden = read_file(path);
	ck_assert_str_eq(text, golden);
	free(golden);
}

static char *networking_spec(void)
{
	return read_file(SCML_SOURCE_DIR "/specs/networking-and-sockets.scml");
}

START_TEST(the_networking_spec_makes_the_page_that_is_kept)
{
	char *text = networking_spec();
	struct page page = page_on("networking-and-sockets.scml", text, "x86_64");

	ck_assert_ptr_null(diags_first(page.compilation->diags));
	expect_golden("networking-and-sockets.md", page.text);
	page_free(&page);
	free(text);
}
END_TEST

static const char *const networking_pieces[] = {
	"# Networking & Sockets\n",
	"\n## socket\n",
	"\n## socketpair\n",
	"\n## bind\n",
	"\n## connect\n",
	"\n## sendto and sendmsg\n",
	"\n## recvfrom and recvmsg\n",
	"\n## getsockopt and setsockopt\n",
	"(https://man7.org/linux/man-pages/man2/socket.2.html)",
	"(https://man7.org/linux/man-pages/man2/socketpair.2.html)",
	"(https://man7.org/linux/man-pages/man2/bind.2.html)",
	"(https://man7.org/linux/man-pages/man2/connect.2.html)",
	"(https://man7.org/linux/man-pages/man2/sendto.2.html)",
	"(https://man7.org/linux/man-pages/man2/sendmsg.2.html)",
	"(https://man7.org/linux/man-pages/man2/recvfrom.2.html)",
	"(https://man7.org/linux/man-pages/man2/recvmsg.2.html)",
	"(https://man7.org/linux/man-pages/man2/getsockopt.2.html)",
	"(https://man7.org/linux/man-pages/man2/setsockopt.2.html)",
	"\n- `MSG_PEEK` because it is only supported in netlink socket\n",
};

START_TEST(the_networking_page_has_each_heading_link_and_remark_once)
{
	char *text = networking_spec();

	expect_piece(text, networking_pieces[_i]);
	free(text);
}
END_TEST

static const char *const unsupported_on_send[] = {
	"MSG_CONFIRM", "MSG_DONTROUTE", "MSG_DONTWAIT", "MSG_EOR",
	"MSG_MORE",    "MSG_NOSIGNAL",	"MSG_OOB",	"MSG_FASTOPEN",
};

START_TEST(an_unsupported_flag_is_listed_once_in_its_section)
{
	char *text = networking_spec();
	struct page page = page_on("networking-and-sockets.scml", text, "x86_64");
	char *section = strstr(page.text, "## sendto and sendmsg");
	char bullet[64];
	char *found;

	ck_assert_ptr_nonnull(section);
	*strstr(section, "## recvfrom") = '\0';
	ck_assert_ptr_nonnull(strstr(section, "\nUnsupported flags:\n"));
	snprintf(bullet, sizeof(bullet), "\n- `%s`\n", unsupported_on_send[_i]);
	found = strstr(section, bullet);
	ck_assert_msg(found != NULL, "no %s", bullet);
	ck_assert_ptr_null(strstr(found + 1, bullet));
	page_free(&page);
	free(text);
}
END_TEST

static void expect_same_parts(const struct ast_pattern *a, const struct ast_pattern *b)
{
	ck_assert_uint_eq(a->part_count, b->part_count);
	for (size_t i = 0; i < a->part_count; i++) {
		ck_assert_int_eq(a->parts[i].kind, b->parts[i].kind);
		if (a->parts[i].kind == AST_NUMBER) {
			ck_assert_uint_eq(a->parts[i].number.magnitude,
					  b->parts[i].number.magnitude);
			ck_assert_int_eq(a->parts[i].number.negative,
					 b->parts[i].number.negative);
		} else {
			ck_assert_str_eq(a->parts[i].name.text, b->parts[i].name.text);
		}
	}
}

static void expect_same_params(const struct ast_param *a, size_t a_count,
			       const struct ast_param *b, size_t b_count);

static void expect_same_pattern(const struct ast_pattern *a, const struct ast_pattern *b)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	if (!a)
		return;
	ck_assert_int_eq(a->kind, b->kind);
	ck_assert_int_eq(a->is_open, b->is_open);
	expect_same_parts(a, b);
	expect_same_params(a->fields, a->field_count, b->fields, b->field_count);
	ck_assert_uint_eq(a->element_count, b->element_count);
	for (size_t i = 0; i < a->element_count; i++)
		expect_same_pattern(a->elements[i], b->elements[i]);
}

static void expect_same_params(const struct ast_param *a, size_t a_count,
			       const struct ast_param *b, size_t b_count)
{
	ck_assert_uint_eq(a_count, b_count);
	for (size_t i = 0; i < a_count; i++) {
		ck_assert_str_eq(a[i].name.text, b[i].name.text);
		expect_same_pattern(a[i].pattern, b[i].pattern);
	}
}

/* Reading the page of TEXT gives the rules of TEXT, and they mean the same. */
static void expect_read_back(const char *text)
{
	struct page page = page_of(text);
	struct compilation *back = compile_new();
	const struct ast_document *a = page.compilation->documents[0]->ast;
	const struct ast_document *b = add_document(back, "page.md", page.text);
	const struct rules *rules = page.compilation->rules[0];

	build_rules(back, "x86_64");
	ck_assert_uint_eq(diags_count(back->diags, DIAG_ERROR), 0);
	ck_assert_msg(a->rule_count == b->rule_count, "%zu rules became %zu in\n%s",
		      a->rule_count, b->rule_count, page.text);
	for (size_t i = 0; i < a->rule_count; i++) {
		ck_assert_int_eq(a->rules[i]->kind, b->rules[i]->kind);
		ck_assert_str_eq(a->rules[i]->name.text, b->rules[i]->name.text);
		ck_assert_int_eq(a->rules[i]->is_open, b->rules[i]->is_open);
		expect_same_params(a->rules[i]->params, a->rules[i]->param_count,
				   b->rules[i]->params, b->rules[i]->param_count);
		expect_same_pattern(a->rules[i]->pattern, b->rules[i]->pattern);
	}
	ck_assert_uint_eq(rules->call_count, back->rules[0]->call_count);
	for (size_t i = 0; i < rules->call_count; i++)
		ck_assert_uint_eq(rules->calls[i].rule_count,
				  back->rules[0]->calls[i].rule_count);
	page_free(&page);
	compile_free(back);
}

START_TEST(the_networking_page_reads_back_as_the_same_rules)
{
	char *text = networking_spec();

	expect_read_back(text);
	free(text);
}
END_TEST

/* Specs of another project, where they are at hand. */
START_TEST(pages_of_real_specs_read_back_as_the_same_rules)
{
	glob_t found;

	if (glob(SCML_SOURCE_DIR "/../shared/corpus/scml/*/*.scml", 0, NULL, &found) != 0) {
		printf("no corpus: real specs are skipped\n");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = read_file(found.gl_pathv[i]);

		expect_read_back(text);
		free(text);
	}
	globfree(&found);
}
END_TEST

static const char *const read_back_texts[] = {
	"listen(fd, backlog); listen(fd, backlog = 5); // two on a line\nbind(fd, addr, len);",
	"/* ``` a fence\n````\n# not a directive */\nlisten(fd, backlog);",
	"//! ```c\n//! socket(family = AF_INET6, type, protocol);\n//! ```\nlisten(fd, "
	"backlog);",
	"//! ```scml\n//! this is no rule\n\nlisten(fd, backlog);\n//! ~~~\n",
	"/// prose\n/// ```c\n/// listen(fd, backlog = 1);\n/// ```\nlisten(fd, backlog = 2);",
	"m = 1;\nlisten(fd, backlog = <m>);\nm = 2;\nlisten(fd, backlog = <m>);",
	"\tlisten(\r\n\t\tfd, backlog /* inside */ = -1\r\n\t); \t// end\r\n",
	"sendto(a, b, c, 0, d, e);\nsendmsg(fd, msg = { msg_control = NULL, .. }, flags = "
	"0x40);",
	"//! # Title\n//! ## One\nlisten(fd, backlog);\n//! ## One\nm = 1;\n//! ## Two\n"
	"listen(fd, backlog = <m>);",
	"m = 1;\n//! ## Later\nlisten(fd, backlog = <m>);",
	"m = 1;",
	"",
};

START_TEST(any_page_reads_back_as_the_same_rules)
{
	expect_read_back(read_back_texts[_i]);
}
END_TEST

/* What random documents are made of; all of it may stand next to all of it. */
static const char *const snippets[] = {
	"listen(fd, backlog);",
	"bind(a, b, c);",
	"bind(a, addr = <s>, c);",
	"shutdown(fd, how = <m>);",
	"sendto(a, b, c, flags = MSG_OOB\n\t| <m>, d, e);",
	"accept4(a, b, /* inside */ c, flags = 0);",
	"m = 1;",
	"struct s = { sa_family = AF_UNIX, .. };",
	"// plain\n",
	"/* block */",
	"/* block\n\n\n# of ```lines` */\n",
	"\n/// about\n",
	"\n/// @partial MSG_PEEK: why\n/// more\n///\n",
	"\n///   ```c\n/// listen(fd, backlog);\n",
	"\n//! inner\n",
	"\n//! # heading\n",
	"\n//! ## heading\n",
	"\n//! ```\n",
	"\n//! @see x\n//! @ignored MSG_OOB\n",
	"\n",
	"\r\n\r\n",
	"\t",
	" ",
};

enum { RANDOM_DOCUMENTS = 400, RANDOM_SNIPPETS = 40 };

/* References need definitions, so these come first. */
static char *random_document(unsigned *seed)
{
	static const char start[] = "struct s = { sa_family, .. }; m = 2;";
	char *text = malloc(sizeof(start) + RANDOM_SNIPPETS * 100);
	int count = rand_r(seed) % RANDOM_SNIPPETS;

	strcpy(text, start);
	for (int i = 0; i < count; i++)
		strcat(text, snippets[(size_t)rand_r(seed) %
				      (sizeof(snippets) / sizeof(snippets[0]))]);
	return text;
}

START_TEST(random_pages_read_back_as_the_same_rules)
{
	unsigned seed = (unsigned)time(NULL);

	printf("seed %u\n", seed);
	fflush(stdout);
	for (int i = 0; i < RANDOM_DOCUMENTS; i++) {
		char *text = random_document(&seed);

		expect_read_back(text);
		free(text);
	}
}
END_TEST

/* PIECE is on the page of TEXT, once. */
static const struct piece_row {
	const char *text;
	const char *piece;
} pieces[] = {
	/* titles */
	{"//! words\n//! # The *title* #\nlisten(fd, backlog);", "# The *title*\n\nwords\n"},
	{"listen(fd, backlog);", "# Test\n\n## listen\n"},
	/* sections */
	{"listen(fd, backlog);\nbind(fd, addr, len);", "\n## listen\n"},
	{"bind(a, b, c);\nlisten(fd, backlog);\nbind(a, b, c);\nshutdown(fd, how);",
	 "\n## bind and listen\n"},
	{"bind(a, b, c);\nlisten(fd, backlog);\naccept(a, b, c);\nbind(a, b, c);\n"
	 "listen(fd, backlog);",
	 "\n## bind, listen and accept\n"},
	{"//! ## Twice\nlisten(fd, backlog);\n//! ## Twice\nlisten(fd, backlog);",
	 "\n## Twice (2)\n"},
	{"listen(fd, backlog); // is heard\n// speaks\nbind(a, b, c);",
	 "```c\nlisten(fd, backlog); // is heard\n```\n"},
	{"listen(fd, backlog); // is heard\n// speaks\nbind(a, b, c);",
	 "```c\n// speaks\nbind(a, b, c);\n```\n"},
	{"m = 1;\n\n\n\nlisten(fd, backlog = <m>);",
	 "```c\nm = 1;\n\nlisten(fd, backlog = <m>);\n```"},
	{"m = 1;\n//! ## Rules\nlisten(fd, backlog = <m>);",
	 "# Test\n\nDefinitions in SCML:\n\n```c\nm = 1;\n```\n\n## Rules\n"},
	{"// licence\n\n//! intro\n\n// kept\nlisten(fd, backlog);",
	 "intro\n\n## listen\n\nSupported functionality in SCML:\n\n```c\n// kept\nlisten(fd, "
	 "backlog);\n```\n"},
	/* prose */
	{"listen(fd, backlog);\n// c\n/// One\n/// two.\n/// \n/// Three.\nlisten(fd, "
	 "backlog);",
	 "```\n\nOne\ntwo.\n\nThree.\n\n```c\n// c\nlisten(fd, backlog);\n```\n"},
	{"//! ## A\n//! one\n\n//! two\nlisten(fd, backlog);",
	 "## A\n\none\n\ntwo\n\nSupported functionality in SCML:\n"},
	{"listen(fd, backlog);\n/// nothing follows", "\nnothing follows\n"},
	/* lists */
	{"shutdown(fd, how = SHUT_RD);",
	 "\nUnsupported `how` values:\n\n- `SHUT_WR`\n- `SHUT_RDWR`\n"},
	{"accept4(a, b, c, flags = SOCK_CLOEXEC);",
	 "\nUnsupported flags:\n\n- `SOCK_NONBLOCK`\n"},
	{"socket(domain, type = SOCK_STREAM, protocol);",
	 "\nUnsupported `type` flags:\n\n- `SOCK_NONBLOCK`\n- `SOCK_CLOEXEC`\n"},
	{"setsockopt(fd, level = SOL_SOCKET | SOL_IP, optname = SO_SNDBUF | IP_TTL, v, len);",
	 "\nUnsupported `optname` values at `level = SOL_SOCKET`:\n"},
	{"setsockopt(fd, level = SOL_SOCKET | SOL_IP, optname = SO_SNDBUF | IP_TTL, v, len);",
	 "\nUnsupported `optname` values at `level = SOL_IP`:\n"},
	{"shutdown(fd, how = SHUT_RD);\nshutdown(fd, how = SHUT_WR | SHUT_RDWR);",
	 "\nAll known values of `how` are supported.\n"},
	{"accept4(a, b, c, flags);", "\nAll known values of `flags` are supported.\n"},
	{"accept4(a, b, c, flags = 0x80800);", "- `SOCK_NONBLOCK`\n- `SOCK_CLOEXEC`\n"},
	{"open(path, flags = O_WRONLY | O_TRUNC);\nopen(path, flags = O_WRONLY | O_CREAT, "
	 "mode);",
	 "\nUnsupported `flags` values:\n\n- `O_RDONLY`\n- `O_RDWR`\n- `O_ACCMODE`\n"},
	{"open(path, flags = O_RDONLY | O_CREAT);", "\n- `O_CREAT`\n"},
	{"open(path, flags = O_SYNC, ..);", "\n- `O_DSYNC`\n"},
	{"clone(fn, stack, flags = CLONE_VM, ..);", "\n- `CLONE_FS`\n"},
	{"fcntl(fd, cmd = F_SETFL, arg = O_RDONLY);",
	 "\nUnsupported `arg` flags at `cmd = F_SETFL`:\n"},
	/* tags */
	{"/// @partial SHUT_WR: not yet\n/// for all\nshutdown(fd, how = SHUT_RD);",
	 "\nPartially-supported values:\n\n- `SHUT_WR`: not yet for all\n"},
	{"//! @ignored MSG_OOB | MSG_MORE does nothing\n\nlisten(fd, backlog);\n"
	 "sendto(a, b, c, flags = 0, d, e);",
	 "\nSilently ignored flags:\n\n- `MSG_OOB`, `MSG_MORE` does nothing\n"},
	{"//! @partial MSG_OOB\nlisten(fd, backlog);",
	 "# Test\n\nPartially-supported flags:\n\n- `MSG_OOB`\n\n## listen\n"},
	{"//! @see socket(7)\nlisten(fd, backlog);",
	 "- [socket(7)](https://man7.org/linux/man-pages/man7/socket.7.html)\n"},
	{"/// @see https://example.org/a_b\nlisten(fd, backlog);",
	 "- <https://example.org/a_b>\n"},
	{"/// @see the next chapter\nlisten(fd, backlog);",
	 "\nSee also:\n\n- the next chapter\n"},
	{"/// ```text\n/// @partial NOTHING\n/// ```\nlisten(fd, backlog);",
	 "@partial NOTHING\n"},
	/* manual */
	{"listen(fd, backlog);",
	 "\nFor more information, see [the man page](https://man7.org/linux/"
	 "man-pages/man2/listen.2.html).\n"},
};

START_TEST(the_page_has_this_piece)
{
	expect_piece(pieces[_i].text, pieces[_i].piece);
}
END_TEST

static const struct piece_row missing[] = {
	/* what is accepted is not listed, under whatever name */
	{"shutdown(fd, how = 1);", "SHUT_WR`"},
	{"getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO, v, len);",
	 "SO_RCVTIMEO_OLD"},
	{"getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO_OLD, v, len);",
	 "`SO_RCVTIMEO`"},
	{"getsockopt(fd, level = IPPROTO_TCP, optname, v, len);", "SOL_TCP"},
	{"accept4(a, b, c, flags = SOCK_CLOEXEC | SOCK_NONBLOCK);", "Unsupported"},
	{"accept4(a, b, c, flags = <INTEGER>);", "Unsupported"},
	{"socket(family = AF_UNIX, type, protocol);\nsocket(family, type, protocol = 0);",
	 "`family` values"},
	/* a flag that another makes necessary is accepted with it, */
	{"open(path, flags = O_WRONLY | O_CREAT | O_TRUNC, mode);", "- `O_TRUNC`"},
	{"open(path, flags = O_WRONLY | O_CREAT | O_TRUNC, mode);", "- `O_CREAT`"},
	{"mount(a, b, c, mountflags = MS_NOSUID, d);", "`MS_NOSUID`"},
	/* nor are two names of one value */
	{"sendto(a, b, c, flags = 0, d, e);", "MSG_TRYHARD"},
	/* what a tag names is listed where the tag is */
	{"/// @partial MSG_OOB: no\nsendto(a, b, c, flags = 0, d, e);", "\n- `MSG_OOB`\n"},
	/* what is partly supported is not wholly supported */
	{"/// @partial SHUT_RD: no\nshutdown(fd, how);", "All known"},
	/* nothing is said where nothing is known */
	{"listen(fd, backlog);", "All known"},
	/* comments without rules, tags and headings are not prose */
	{"// licence\n//! # T\n//! ## S\nlisten(fd, backlog);", "licence"},
	{"//! @see x\nlisten(fd, backlog);", "@see"},
};

START_TEST(the_page_lacks_this_piece)
{
	expect_no_piece(missing[_i].text, missing[_i].piece);
}
END_TEST

START_TEST(an_unknown_constant_in_a_tag_is_an_error_at_its_place)
{
	expect_diag("listen(fd, backlog);\n//! ## S\n//!   \n//! @partial MSG_OOB | MSG_PEAK: "
		    "why\n",
		    "unknown-constant", 4, 24);
	expect_diag("/// @ignored\t NO_SUCH_THING_AT_ALL x\nlisten(fd, backlog);",
		    "unknown-constant", 1, 15);
}
END_TEST

START_TEST(a_tag_without_a_constant_or_of_an_unknown_kind_draws_a_warning)
{
	expect_diag("//! @partial\nlisten(fd, backlog);", "doc-tag", 1, 13);
	expect_diag("///@partail MSG_OOB\nlisten(fd, backlog);", "doc-tag", 1, 4);
	expect_diag("//! x\n//! @param fd what\nlisten(fd, backlog);", "doc-tag", 2, 5);
	expect_piece("//! @param fd what\nlisten(fd, backlog);", "\n@param fd what\n");
}
END_TEST

START_TEST(what_the_architecture_lacks_is_said_and_not_listed)
{
	struct page page = page_on("test.scml", "poll(fds, nfds, timeout);", "aarch64");

	ck_assert_ptr_nonnull(strstr(page.text, "\n`poll` does not exist on aarch64.\n"));
	page_free(&page);
}
END_TEST

static const struct title_row {
	const char *path;
	const char *title;
} titles[] = {
	{"networking-and-sockets.scml", "# Networking & Sockets\n"},
	{"a/b.c/getsockopt_and_setsockopt.scml", "# Getsockopt & Setsockopt\n"},
	{"and-now", "# And Now\n"},
	{"<stdin>", "# System Calls\n"},
	{"a/*b*.scml", "# \\*b\\*\n"},
	{"--.scml", "# System Calls\n"},
};

START_TEST(the_file_names_the_page)
{
	struct page page = page_on(titles[_i].path, "", "x86_64");

	ck_assert_str_eq(page.text, titles[_i].title);
	page_free(&page);
}
END_TEST

START_TEST(details_say_what_lies_in_memory)
{
	struct compilation *compilation = compile_new();
	struct page page;

	add_document(compilation, "test.scml",
		     "sendmsg(fd, msg = { msg_name = { sa_family = AF_UNIX, .. }, "
		     "msg_control = NULL, .. }, flags = 0x40);\n"
		     "listen(fd, backlog);\n"
		     "shutdown(fd, how = SHUT_RD | SHUT_WR);");
	build_rules(compilation, "x86_64");
	page = write_page(compilation, true);
	ck_assert_ptr_nonnull(strstr(page.text, "Rule 1 of `sendmsg` depends on memory"));
	ck_assert_ptr_nonnull(strstr(page.text,
				     "| --- | --- | --- |\n"
				     "| `msg.msg_name.sa_family` | `AF_UNIX` | no |\n"
				     "| `msg.msg_control` | `NULL` | no |\n"
				     "| `flags` | `0x40` | yes |\n\n"));
	ck_assert_ptr_nonnull(strstr(page.text, "Rule 1 of `listen` matches every call.\n"));
	ck_assert_ptr_nonnull(strstr(page.text, "Rule 1 of `shutdown` depends on registers"));
	page_free(&page);
}
END_TEST

START_TEST(several_documents_are_one_page_without_equal_headings)
{
	struct compilation *compilation = compile_new();
	const struct res_document *documents[2];
	struct page page;

	add_document(compilation, "a.scml", "listen(fd, backlog);");
	documents[0] = compilation->documents[0];
	add_document(compilation, "b.scml", "listen(fd, backlog = 2);");
	documents[1] = compilation->documents[0];
	compilation->documents = documents;
	compilation->document_count = 2;
	build_rules(compilation, "x86_64");
	page = write_page(compilation, false);
	ck_assert_int_eq(strncmp(page.text, "# System Calls\n\nWhich ", 22), 0);
	ck_assert_ptr_nonnull(
		strstr(page.text, "\n| [A](#a) | 1 | 0 |\n| [B](#b) | 0 | 0 |\n"));
	ck_assert_ptr_nonnull(strstr(page.text, "\n## A\n\n### listen\n"));
	ck_assert_ptr_nonnull(strstr(page.text, "\n## B\n\n### listen (2)\n"));
	ck_assert_ptr_nonnull(strstr(page.text, " | ✅ | [A](#listen) |\n"));
	page_free(&page);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static Suite *emit_md_suite(void)
{
	Suite *suite = suite_create("emit_md");
	TCase *tcase = tcase_create("pages");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, the_networking_spec_makes_the_page_that_is_kept);
	tcase_add_loop_test(tcase, the_networking_page_has_each_heading_link_and_remark_once, 0,
			    COUNT(networking_pieces));
	tcase_add_loop_test(tcase, an_unsupported_flag_is_listed_once_in_its_section, 0,
			    COUNT(unsupported_on_send));
	tcase_add_test(tcase, the_networking_page_reads_back_as_the_same_rules);
	tcase_add_test(tcase, pages_of_real_specs_read_back_as_the_same_rules);
	tcase_add_loop_test(tcase, any_page_reads_back_as_the_same_rules, 0,
			    COUNT(read_back_texts));
	tcase_add_test(tcase, random_pages_read_back_as_the_same_rules);
	tcase_add_loop_test(tcase, the_page_has_this_piece, 0, COUNT(pieces));
	tcase_add_loop_test(tcase, the_page_lacks_this_piece, 0, COUNT(missing));
	tcase_add_test(tcase, an_unknown_constant_in_a_tag_is_an_error_at_its_place);
	tcase_add_test(tcase, a_tag_without_a_constant_or_of_an_unknown_kind_draws_a_warning);
	tcase_add_test(tcase, what_the_architecture_lacks_is_said_and_not_listed);
	tcase_add_loop_test(tcase, the_file_names_the_page, 0, COUNT(titles));
	tcase_add_test(tcase, details_say_what_lies_in_memory);
	tcase_add_test(tcase, several_documents_are_one_page_without_equal_headings);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(emit_md_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
