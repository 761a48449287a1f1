/* csv.c -- See csv.h. The text only shrinks (quotes go), so it is rewritten in its own place. */
#include "base/csv.h"

#include <string.h>

struct reader {
    char *line;
    size_t len, at; /* at: the next byte to read */
    size_t to;      /* where the next byte of the field goes; to <= at */
    char separator;
    const char *why;
};

static bool read_quoted(struct reader *r)
{
    r->at++;
    for (;;) {
        if (r->at >= r->len) {
            r->why = "a quote is not closed";
            return false;
        }
        char ch = r->line[r->at++];
        if (ch == '"') {
            if (r->at >= r->len || r->line[r->at] != '"')
                break;
            r->at++;
        }
        r->line[r->to++] = ch;
    }
    if (r->at < r->len && r->line[r->at] != r->separator) {
        r->why = "text after a closing quote";
        return false;
    }
    return true;
}

static bool read_plain(struct reader *r)
{
    while (r->at < r->len && r->line[r->at] != r->separator) {
        char ch = r->line[r->at++];
        if (ch == '"') {
            r->why = "a quote inside a plain field";
            return false;
        }
        if (ch == '\n' || ch == '\r') {
            r->why = "a line break inside a plain field";
            return false;
        }
        r->line[r->to++] = ch;
    }
    return true;
}

int csv_split(char *line, size_t len, char separator, struct csv_field *fields, size_t max,
              size_t *count, const char **why)
{
    CHECK(separator == ',' || separator == '\t' || separator == ';');
    struct reader r = { .line = line, .separator = separator };
    *count = 0;
    if (len > 0 && line[len - 1] == '\n')
        len--;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    r.len = len;
    if (memchr(line, '\0', len)) {
        *why = "a zero byte";
        return BASE_BAD_INPUT;
    }
    for (;;) {
        if (*count == max) {
            *why = "too many fields";
            return BASE_TOO_LONG;
        }
        size_t start = r.to;
        bool quoted = r.at < len && line[r.at] == '"';
        if (!(quoted ? read_quoted(&r) : read_plain(&r))) {
            *why = r.why;
            return BASE_BAD_INPUT;
        }
        bool last = r.at >= len;
        fields[(*count)++] = (struct csv_field){ .at = line + start, .len = r.to - start };
        line[r.to++] = '\0'; /* over the separator, a quote, or the byte at the end */
        if (last)
            return 0;
        r.at++;
    }
}

bool csv_needs_guard(const char *text)
{
    return *text && strchr("=+-@\t\r'", *text);
}
