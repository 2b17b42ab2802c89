#include "uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *uri_to_path(struct arena *arena, const char *uri)
{
	static const char scheme[] = "file://";
	size_t len = strlen(uri);
	const char *from = uri + sizeof(scheme) - 1;
	char *path, *to;

	if (strncasecmp(uri, scheme, sizeof(scheme) - 1) != 0 || !strchr(from, '/'))
		return arena_strdup(arena, uri);
	path = to = arena_alloc(arena, len + 1);
	for (from = strchr(from, '/'); *from; from++) {
		int high = from[0] == '%' ? hex_digit(from[1]) : -1;
		int low = high >= 0 ? hex_digit(from[2]) : -1;

		/* a NUL would end the path early and make it another one */
		if (low >= 0 && (high || low)) {
			*to++ = (char)(high << 4 | low);
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	return path;
}

const char *uri_of_path(struct arena *arena, const char *path)
{
	static const char plain[] = "-._~/";
	char *uri, *to;

	if (path[0] != '/')
		return path;
	to = uri = arena_alloc(arena, 3 * strlen(path) + 8);
	for (to = stpcpy(to, "file://"); *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x80 && (isalnum(c) || strchr(plain, c))) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = "0123456789ABCDEF"[c >> 4];
		*to++ = "0123456789ABCDEF"[c & 15];
	}
	return uri;
}

const char *path_tidy(struct arena *arena, const char *path)
{
	char *tidy = arena_alloc(arena, strlen(path) + 2), *to = tidy;

	if (path[0] != '/')
		return path;
	while (*path) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (to > tidy && *--to != '/')
				;
		} else if (len && !(len == 1 && path[0] == '.')) {
			*to++ = '/';
			memcpy(to, path, len);
			to += len;
		}
		path += len;
	}
	if (to == tidy)
		*to++ = '/';
	*to = '\0';
	return tidy;
}
