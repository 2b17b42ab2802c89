#include "log_files.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 1 << 20 };

static char *unpack(const char *folder, const char *name, size_t *size)
{
	char command[4096], *bytes = NULL;
	size_t got;
	FILE *in;

	*size = 0;
	snprintf(command, sizeof(command), "xz -dc '%s/%s' 2>/dev/null", folder, name);
	in = popen(command, "r");
	ck_assert_ptr_nonnull(in);
	do {
		bytes = realloc(bytes, *size + STEP);
		ck_assert_ptr_nonnull(bytes);
		got = fread(bytes + *size, 1, STEP, in);
		*size += got;
	} while (got);
	pclose(in);
	return bytes;
}

void log_files_each(log_files_fn *fn, void *context)
{
	const char *folder = getenv("SCML_LOGS");
	DIR *logs = folder ? opendir(folder) : NULL;
	struct dirent *entry;

	if (!logs) {
		puts("skipped: no logs (SCML_LOGS)");
		return;
	}
	while ((entry = readdir(logs))) {
		size_t size;
		char *bytes;

		if (!strstr(entry->d_name, ".log.xz"))
			continue;
		bytes = unpack(folder, entry->d_name, &size);
		if (size)
			fn(context, entry->d_name, bytes, size);
		free(bytes);
	}
	closedir(logs);
}
