/* page_html: text from anywhere as text of an HTML page. */
#ifndef SCML_PAGE_HTML_H
#define SCML_PAGE_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Write LEN bytes of TEXT so that they are shown as they are, wherever text or a quoted
 * attribute may stand: markup is escaped, what is no character becomes U+FFFD, control
 * characters but newline and tab their pictures.
 */
void html_put(FILE *out, const char *text, size_t len);

/** The same for a string. */
void html_text(FILE *out, const char *text);

/** NUMBER with thin spaces between thousands. */
void html_number(FILE *out, uint64_t number);

#endif
