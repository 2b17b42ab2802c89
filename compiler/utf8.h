/* utf8: reading code points from bytes that may be anything. */
#ifndef SCML_UTF8_H
#define SCML_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xfffd };

/** What utf8_decode() gives for a byte that begins no valid sequence. */
#define UTF8_INVALID UINT32_MAX

/**
 * The code point at TEXT, of which LEN > 0 bytes may be read, goes to *POINT. The number of
 * bytes that it takes is returned: 1 for an invalid byte, 1 to 4 otherwise.
 */
size_t utf8_decode(const char *text, size_t len, uint32_t *point);

#endif
