/* print_test.c -- A document for people: lines, and lists of objects as tables. */
#include "test.h"
#include "app/cli.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char out[4000];

/* What is printed on standard output. */
static const char *printed(const char *json)
{
    char path[] = "/tmp/piaohao-print-XXXXXX";
    int file = mkstemp(path), kept;
    assert_true(file >= 0);
    (void)fflush(stdout);
    kept = dup(STDOUT_FILENO);
    assert_true(kept >= 0 && dup2(file, STDOUT_FILENO) >= 0);
    struct buf document;
    buf_init(&document, 4000);
    buf_add(&document, json, strlen(json));
    cli_show(&(struct cli){ .json = false }, &document);
    buf_release(&document);
    (void)fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    (void)close(kept);
    ssize_t n = pread(file, out, sizeof out - 1, 0);
    assert_true(n >= 0);
    out[n] = 0;
    (void)close(file);
    (void)unlink(path);
    return out;
}

static void a_value_is_a_line_with_its_path(void **state)
{
    UNUSED(state);
    const char *got = printed("{\"a\":{\"b\":\"x, {y}\",\"c\":-1.5},\"none\":null,\"d\":[1,2,30]}");
    assert_non_null(strstr(got, "a.b                                                  x, {y}\n"));
    assert_non_null(strstr(got, "a.c                                                  -1.5\n"));
    assert_non_null(strstr(got, "none                                                 null\n"));
    assert_non_null(strstr(got, "d                                                    1 2 30\n"));
    assert_string_equal(printed("{}"), "");
}

static void a_list_of_objects_is_a_table(void **state)
{
    UNUSED(state);
    assert_string_equal(
        printed("{\"subjects\":[{\"code\":\"1001\",\"name\":\"库存现金\",\"debits\":"
                "\"1230.00\"},{\"code\":\"20\",\"name\":\"a\",\"debits\":\"-2.00\","
                "\"more\":{\"why\":\"said\"}}],\"end\":true}"),
        "\nsubjects\n"
        "code  name       debits  more.why\n"
        "1001  库存现金  1230.00\n"
        "  20  a           -2.00  said\n"
        "\n"
        "end                                                  true\n");
}

static void what_is_no_table_keeps_its_lines(void **state)
{
    UNUSED(state);
    const char *got = printed("{\"l\":[{\"a\":1,\"in\":[4,5]},{\"a\":2}],\"m\":[]}");
    assert_non_null(strstr(got, "l.0.a                                                1\n"));
    assert_non_null(strstr(got, "l.0.in                                               4 5\n"));
    assert_non_null(strstr(got, "l.1.a                                                2\n"));
}

static void long_names_take_several_lines(void **state)
{
    UNUSED(state);
    const char *got = printed("{\"l\":[{\"from\":\"08:30\",\"everybody.customers_a_day\":1,"
                              "\"everybody.mean_wait_minutes\":2,\"everybody.late_share\":3,"
                              "\"everybody.gave_up_share\":4}]}");
    assert_non_null(strstr(got, "\nl\n       everybody  everybody             everybody\n"
                                "       customers       mean  everybody       gave\n"
                                "               a       wait       late         up\n"
                                "from         day    minutes      share      share\n"
                                "08:30          1          2          3          4\n"));
}

SUITE(cli_print, cmocka_unit_test(a_value_is_a_line_with_its_path),
      cmocka_unit_test(a_list_of_objects_is_a_table),
      cmocka_unit_test(what_is_no_table_keeps_its_lines),
      cmocka_unit_test(long_names_take_several_lines))
