/* csv.h -- Splits one record of comma- or tab-separated text (RFC 4180, strictly); what is to be
 * guarded in one that is written.
 *
 * A field is plain or "quoted"; in a quoted field "" is a quote and the separator is text. A quote
 * inside a plain field, anything after a closing quote, and a quote left open are refused: a
 * guess would put a value into the wrong column. */
#ifndef BASE_CSV_H
#define BASE_CSV_H
#include "base/rc.h"

struct csv_field {
    const char *at; /* NUL-terminated, inside the line given */
    size_t len;
};

/* Splits line in place; line[len] must exist, as the fields get their NULs there. One line ending
 * (LF or CRLF) is taken off. An empty line is one empty field.
 * 0, or BASE_BAD_INPUT / BASE_TOO_LONG (more than max fields) with a fixed English text in *why. */
MUST_USE int csv_split(char *line, size_t len, char separator, struct csv_field *fields, size_t max,
                       size_t *count, const char **why);
/* Would a spreadsheet take the text for a formula? Then an apostrophe goes before it, and before
 * one that begins with an apostrophe, so that it can be taken off again. */
bool csv_needs_guard(const char *text);
#endif
