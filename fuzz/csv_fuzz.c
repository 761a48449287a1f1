/* csv_fuzz.c -- split -> print quoted -> split: the same fields come back. */
#include "base/buf.h"
#include "base/csv.h"

#include <string.h>

enum { FIELDS_MAX = 32 };
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_quoted(const struct csv_field *field, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < field->len; i++) {
        if (field->at[i] == '"')
            buf_char(out, '"');
        buf_char(out, field->at[i]);
    }
    buf_char(out, '"');
}

static void split_and_compare(const char *text, size_t len, char separator)
{
    struct csv_field first[FIELDS_MAX], second[FIELDS_MAX];
    size_t n = 0, again = 0;
    const char *why = NULL;
    struct buf line, quoted;
    buf_init(&line, len + 1);
    buf_init(&quoted, len * 2 + 4 * FIELDS_MAX);
    buf_add(&line, text, len);
    int rc = csv_split(line.at, len, separator, first, FIELDS_MAX, &n, &why);
    CHECK((rc == 0) == (why == NULL));
    if (rc)
        goto out;
    CHECK(n > 0);
    for (size_t i = 0; i < n; i++) {
        CHECK(strlen(first[i].at) == first[i].len);
        if (i > 0)
            buf_char(&quoted, separator);
        print_quoted(&first[i], &quoted);
    }
    CHECK(!quoted.overflow);
    CHECK(csv_split(quoted.at, quoted.len, separator, second, FIELDS_MAX, &again, &why) == 0);
    CHECK(n == again);
    for (size_t i = 0; i < n; i++)
        CHECK(first[i].len == second[i].len && strcmp(first[i].at, second[i].at) == 0);
out:
    buf_release(&line);
    buf_release(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    static const char separators[] = { ',', '\t', ';' };
    split_and_compare((const char *)data + 1, size - 1, separators[data[0] % 3]);
    return 0;
}
