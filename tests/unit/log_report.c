#include "log_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "log_judge.h"
#include "log_rules.h"
#include "parse.h"

/* One of each kind: values, flags, muxed arguments, structs, unions, lists, strings, what the
 * kernel fills in, calls that strace prints in forms of their own. */
static const char rules[] = LOG_RULES
	"accept4(sockfd, addr, addrlen, flags = SOCK_CLOEXEC);\n"
	"recvfrom(fd, buf, len, flags = 0, src_addr = <sockaddr>, addrlen);\n"
	"openat(dirfd, path = <PATH>, flags = <access> | O_CLOEXEC | O_SYNC | O_ASYNC);\n"
	"mmap(addr, length, prot = PROT_READ | PROT_WRITE,\n"
	"	flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, fd, offset);\n"
	"futex(uaddr, futex_op = FUTEX_WAIT | FUTEX_WAKE | FUTEX_PRIVATE_FLAG, ..);\n"
	"futex(uaddr, futex_op = FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, val, unused0 = NULL,\n"
	"	unused1 = NULL, bitmask);\n"
	"rt_sigaction(signum = SIGUSR1 | SIGINT | SIGCHLD,\n"
	"	act = { sa_flags = SA_RESTART | SA_RESTORER, .. }, ..);\n"
	"rt_sigprocmask(how = SIG_BLOCK | SIG_SETMASK, ..);\n"
	"ioctl(fd, op = FIONBIO | TCGETS, ..);\n"
	"clone3(cl_args = { flags = CLONE_VM | CLONE_VFORK, .. }, size);\n"
	"read(fd, buf, count);\n"
	"write(fd, buf, count);\n"
	"close(fd);\n";

static struct {
	struct arena *arena;
	const struct rules *rules;
	const struct scml_table *table;
} spec;

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Without the library for tests: a fuzzer has no test that runs. */
void log_report_start(void)
{
	const struct abi_db *db = abi_builtin();
	const struct source_document *source;
	const struct res_document *document;
	struct sources *sources;
	struct diags *diags;

	spec.arena = arena_new();
	sources = sources_new(spec.arena);
	diags = diags_new(spec.arena, sources);
	source = source_from_text(sources, diags, "test.scml", rules, strlen(rules));
	must(source != NULL);
	document = resolve_document(spec.arena, diags,
				    parse_document(spec.arena, diags, sources, source));
	spec.rules = rules_build(spec.arena, diags, sources, db,
				 (unsigned)abi_arch_find(db, "x86_64"), &document, 1);
	spec.table = table_build(spec.arena, spec.rules);
	must(scml_table_check(spec.table) == 0);
}

void log_report_stop(void)
{
	arena_free(spec.arena);
}

char *log_report(const char *bytes, size_t size, bool is_careful, bool only_listed, size_t most,
		 unsigned *seed)
{
	struct report_options options = {.shows_undecided = true};
	struct report_totals totals = {.beside = ""};
	struct judge judge = {
		.db = abi_builtin(),
		.arch = spec.rules->arch,
		.table = spec.table,
		.only_listed = only_listed,
	};
	struct log_judge *log;
	char *text;
	size_t len;

	options.out = open_memstream(&text, &len);
	judge.report = report_new(&options);
	visibility_resolve(&judge.visibility, judge.db, judge.arch, ~0U);
	log = log_judge_new(&judge, is_careful);
	must(log != NULL);
	while (size) {
		size_t part = most ? 1 + (size_t)rand_r(seed) % most : size;
		char *piece;

		part = part < size ? part : size;
		/* A block of its own: what is read beyond it is found. */
		piece = malloc(part);
		must(piece != NULL);
		memcpy(piece, bytes, part);
		must(log_judge_feed(log, piece, part) == 0);
		free(piece);
		bytes += part;
		size -= part;
	}
	must(log_judge_end(log, &totals) == 0);
	report_end(judge.report, &totals);
	report_free(judge.report);
	log_judge_free(log);
	fclose(options.out);
	return text;
}
