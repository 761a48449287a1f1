/* qr_test.c -- The shape of a code; that it reads is for a scanner to say. */
#include "base/qr.h"
#include "test.h"

static void a_short_text_has_finder_patterns_in_three_corners(void **state)
{
    UNUSED(state);
    static const char finder[] = "1111111"
                                 "1000001"
                                 "1011101"
                                 "1011101"
                                 "1011101"
                                 "1000001"
                                 "1111111";
    uint8_t m[177 * 177];
    int side = 0;
    assert_int_equal(qr_modules("A001", m, sizeof(m), &side), 0);
    assert_int_equal(side, 21); /* version 1 */
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            int want = finder[y * 7 + x] - '0';
            assert_int_equal(m[y * side + x], want);
            assert_int_equal(m[y * side + side - 7 + x], want);
            assert_int_equal(m[(side - 7 + y) * side + x], want);
        }
    }
}

static void the_svg_draws_exactly_the_dark_modules(void **state)
{
    UNUSED(state);
    const char *text = "http://127.0.0.1:8080/t/7Q4";
    uint8_t m[177 * 177], drawn[177 * 177] = { 0 };
    int side = 0, x, y, run;
    struct buf b;
    buf_init(&b, 1 << 16);
    assert_int_equal(qr_svg(text, &b), 0);
    assert_int_equal(qr_modules(text, m, sizeof(m), &side), 0);
    const char *at = strstr(b.at, "<path d=\"");
    assert_non_null(at);
    at += 9;
    while (sscanf(at, "M%d %dh%d", &x, &y, &run) == 3) {
        for (int i = 0; i < run; i++)
            drawn[(y - 4) * side + x - 4 + i]++;
        at = strchr(at, 'z') + 1;
    }
    assert_memory_equal(m, drawn, (size_t)(side * side));
    assert_string_equal(at, "\"/></svg>");
    buf_release(&b);
}

static void what_does_not_fit_is_refused(void **state)
{
    UNUSED(state);
    static char text[4000];
    uint8_t m[100];
    int side = -1;
    struct buf b;
    buf_init(&b, 1 << 20);
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(qr_svg(text, &b), BASE_TOO_LONG);
    assert_int_equal(qr_svg("", &b), BASE_MISSING);
    assert_int_equal(b.len, 0);
    assert_int_equal(qr_modules("A001", m, sizeof(m), &side), BASE_TOO_LONG);
    assert_int_equal(side, -1);
    buf_release(&b);
}

SUITE(qr, cmocka_unit_test(a_short_text_has_finder_patterns_in_three_corners),
      cmocka_unit_test(the_svg_draws_exactly_the_dark_modules),
      cmocka_unit_test(what_does_not_fit_is_refused))
