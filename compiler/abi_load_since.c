/* The release that brought something, and who says so. */
#include "abi_load.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* MAJOR.MINOR at *TEXT, which moves behind it; 0 where there is none. */
static uint16_t load_release(const char **text)
{
	char *end;
	unsigned long major = 0, minor = 256;

	if (isdigit((unsigned char)**text))
		major = strtoul(*text, &end, 10);
	if (major && *end == '.' && isdigit((unsigned char)end[1]))
		minor = strtoul(end + 1, &end, 10);
	if (major > 255 || minor > 255)
		return 0;
	*text = end;
	return (uint16_t)(major * 256 + minor);
}

struct abi_since abi_load_since(struct abi_build *build, const struct abi_node *node)
{
	struct abi_since since = {0};
	const char *text;

	if (!node || !abi_load_expect(build, node, ABI_NODE_SCALAR, "a version"))
		return since;
	text = node->text;
	since.earliest = since.release = load_release(&text);
	if (since.earliest && strncmp(text, "..", 2) == 0) {
		text += 2;
		since.release = load_release(&text);
	}
	if (since.earliest && since.earliest <= since.release && !*text)
		return since;
	abi_build_error(build, node->span,
			"a kernel version is written MAJOR.MINOR, or EARLIEST..LATEST where "
			"only that is known");
	return (struct abi_since){0};
}

void abi_load_source(struct abi_build *build, const struct abi_node *node)
{
	static const char *const words[] = {"kernel", "strace", "glibc",
					    "libc",   "manual", NULL};
	size_t i = 0;

	if (!node || build->is_overlay ||
	    !abi_load_expect(build, node, ABI_NODE_SCALAR, "a source"))
		return;
	while (words[i] && strcmp(words[i], node->text) != 0)
		i++;
	if (!words[i])
		abi_build_error(build, node->span,
				"'%s' is no source; there are kernel, strace, glibc, libc and "
				"manual",
				node->text);
}
