/* buf_test.c -- A buffer with a cap. */
#include "base/buf.h"
#include "test.h"
#include <stdio.h>

static void what_does_not_fit_is_not_added_and_overflow_is_kept(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 5);
    buf_text(&b, "abc");
    buf_text(&b, "def");
    assert_true(b.overflow);
    buf_char(&b, 'd'); /* would fit, but the text would have a hole */
    assert_string_equal(b.at, "abc");
    buf_clear(&b);
    buf_text(&b, "abcde");
    assert_false(b.overflow);
    assert_string_equal(b.at, "abcde");
    buf_printf(&b, "%d", 1);
    assert_true(b.overflow);
    assert_int_equal(b.len, 5);
    buf_release(&b);
}

static void integers_are_written_at_both_edges(void **state)
{
    UNUSED(state);
    static const struct {
        int64_t n;
        const char *want, *why;
    } row[] = {
        { 0, "0", "zero has one digit" },
        { -1, "-1", "sign" },
        { 1000000, "1000000", "zeros inside" },
        { INT64_MAX, "9223372036854775807", "largest" },
        { INT64_MIN, "-9223372036854775808", "its negation does not exist" },
    };
    struct buf b;
    buf_init(&b, 64);
    for (size_t i = 0; i < COUNT(row); i++) {
        buf_clear(&b);
        buf_i64(&b, row[i].n);
        if (strcmp(b.at, row[i].want))
            fail_msg("%s: %s", row[i].why, b.at);
    }
    buf_release(&b);
}

static void integers_of_every_length_are_as_printf_writes_them(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 64);
    for (int64_t power = 1, i = 0; i < 19; i++, power = i < 19 ? power * 10 : power) {
        for (int64_t n = power - 3; n <= power + 3; n++) {
            char want[32];
            snprintf(want, sizeof want, "%lld", (long long)-n);
            buf_clear(&b);
            buf_i64(&b, -n);
            assert_string_equal(b.at, want);
            buf_clear(&b);
            buf_i64(&b, n);
            assert_string_equal(b.at, n > 0 ? want + 1 : n ? b.at : "0");
        }
    }
    buf_release(&b);
}

static void a_large_text_grows_and_can_be_taken_away(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "%04d", i);
    assert_int_equal(b.len, 40000);
    size_t len = 0;
    char *bytes = buf_detach(&b, &len);
    assert_int_equal(len, 40000);
    assert_string_equal(bytes + 39996, "9999");
    assert_int_equal(b.len, 0);
    buf_text(&b, "again"); /* the buffer lives on, empty */
    assert_string_equal(b.at, "again");
    buf_free_bytes(bytes);
    buf_release(&b);
}

SUITE(buf, cmocka_unit_test(integers_of_every_length_are_as_printf_writes_them),
      cmocka_unit_test(what_does_not_fit_is_not_added_and_overflow_is_kept),
      cmocka_unit_test(integers_are_written_at_both_edges),
      cmocka_unit_test(a_large_text_grows_and_can_be_taken_away))
