/* csv_test.c -- One record at a time, strictly. */
#include "base/csv.h"
#include "test.h"

static void records_split_or_are_refused_with_a_reason(void **state)
{
    UNUSED(state);
    static const struct {
        char separator;
        const char *line;
        int rc;
        const char *want; /* fields joined with | */
        const char *why;
    } row[] = {
        { ',', "a,b,c", 0, "a|b|c", "plain" },
        { ',', "a,b,c\r\n", 0, "a|b|c", "CRLF is taken off" },
        { ',', "a,b,c\n", 0, "a|b|c", "LF is taken off" },
        { ',', "", 0, "", "an empty line is one empty field" },
        { ',', ",", 0, "|", "two empty fields" },
        { ',', "a,\n", 0, "a|", "the last may be empty" },
        { ',', "\"a,b\",c", 0, "a,b|c", "the separator is text inside quotes" },
        { ',', "\"say \"\"hi\"\"\",x", 0, "say \"hi\"|x", "two quotes are one" },
        { ',', "\"\",\"\"", 0, "|", "empty quoted fields" },
        { ',', "\"two\nlines\",x", 0, "two\nlines|x", "a line break is text inside quotes" },
        { '\t', "a b\tc,d", 0, "a b|c,d", "tabs leave commas and spaces alone" },
        { ',', " a , b ", 0, " a | b ", "spaces belong to the field (RFC 4180, 2.4)" },
        { ',', "票号,窗口", 0, "票号|窗口", "UTF-8 passes" },
        { ',', "a\"b,c", BASE_BAD_INPUT, "a quote inside a plain field", "RFC 4180, 2.5" },
        { ',', "\"a\"b,c", BASE_BAD_INPUT, "text after a closing quote", "not guessed" },
        { ',', "\"a,b", BASE_BAD_INPUT, "a quote is not closed", "would swallow the next line" },
        { ',', "a\rb,c", BASE_BAD_INPUT, "a line break inside a plain field", "an old Mac file" },
        { ',', "1,2,3,4,5,6,7", BASE_TOO_LONG, "too many fields", "six is the most here" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char line[64], got[64] = "";
        struct csv_field fields[6];
        size_t n = 0;
        const char *why = NULL;
        snprintf(line, sizeof(line), "%s", row[i].line);
        int rc = csv_split(line, strlen(line), row[i].separator, fields, 6, &n, &why);
        for (size_t f = 0; !rc && f < n; f++) {
            assert_int_equal(strlen(fields[f].at), fields[f].len);
            strcat(got, f ? "|" : "");
            strcat(got, fields[f].at);
        }
        if (rc != row[i].rc || strcmp(rc ? why : got, row[i].want))
            fail_msg("%s: rc %d, %s", row[i].why, rc, rc ? why : got);
    }
}

static void a_zero_byte_is_refused(void **state)
{
    UNUSED(state);
    char line[] = "a\0b,c";
    struct csv_field fields[4];
    size_t n = 0;
    const char *why = NULL;
    assert_int_equal(csv_split(line, 5, ',', fields, 4, &n, &why), BASE_BAD_INPUT);
    assert_string_equal(why, "a zero byte");
}

SUITE(csv, cmocka_unit_test(records_split_or_are_refused_with_a_reason),
      cmocka_unit_test(a_zero_byte_is_refused))
