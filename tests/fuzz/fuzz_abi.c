/* Any bytes as a file for --abi: they are laid over the database or refused with an error, and
 * a database that comes of them can be walked. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"
#include "diag.h"
#include "source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Every name is found again, and every call has parameters where it has a number. */
static void walk(const struct abi_db *db)
{
	for (uint32_t i = 1; i < db->const_count; i++)
		if (!abi_const_find(db, abi_string(db, db->consts[i].name)))
			abort();
	for (uint32_t i = 1; i < db->call_count; i++) {
		for (unsigned arch = 0; arch < db->arch_count; arch++) {
			uint64_t nr;

			if (abi_num(db, db->calls[i].nr, arch, &nr) &&
			    !abi_call_variant(db, &db->calls[i], arch))
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	int file = memfd_create("overlay.yaml", MFD_CLOEXEC);
	const struct abi_db *db;
	char path[64];

	if (file < 0 || write(file, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	db = abi_overlay(arena, diags, sources, abi_builtin(), path);
	if (!db != (diags_count(diags, DIAG_ERROR) > 0))
		abort();
	if (db)
		walk(db);
	close(file);
	arena_free(arena);
	return 0;
}
