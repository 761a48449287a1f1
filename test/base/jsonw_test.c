/* jsonw_test.c -- JSON out. */
#include "base/jsonw.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void commas_put_themselves_in_at_every_level(void **state)
{
    UNUSED(state);
    struct buf b;
    struct jsonw w;
    buf_init(&b, 4096);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_i64(&w, "n", -5);
    jw_array(&w, "list");
    jw_i64(&w, NULL, 1);
    jw_object(&w, NULL);
    jw_end(&w);
    jw_array(&w, NULL);
    jw_end(&w);
    jw_text(&w, NULL, NULL);
    jw_end(&w);
    jw_bool(&w, "yes", true);
    jw_f64(&w, "x", 1.0 / 3, 3);
    jw_real(&w, "tiny", 5.8691251576e-5);
    jw_real(&w, "third", 1.0 / 3);
    jw_real(&w, "no", NAN);
    jw_f64(&w, "nan", NAN, 3);
    jw_f64(&w, "inf", -INFINITY, 3);
    jw_raw(&w, "raw", "{\"a\":1}");
    jw_null(&w, "none");
    jw_end(&w);
    assert_string_equal(b.at, "{\"n\":-5,\"list\":[1,{},[],null],\"yes\":true,\"x\":0.333,"
                              "\"tiny\":5.8691251576e-05,\"third\":0.3333333333333333,\"no\":null,"
                              "\"nan\":null,\"inf\":null,\"raw\":{\"a\":1},\"none\":null}");
    assert_int_equal(w.depth, 0);
    buf_release(&b);
}

static void text_is_escaped_and_broken_utf8_is_replaced(void **state)
{
    UNUSED(state);
    static const struct {
        const char *in;
        const char *want, *why;
    } row[] = {
        { "", "\"\"", "empty" },
        { "a\"b\\c", "\"a\\\"b\\\\c\"", "quote and backslash" },
        { "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"", "short forms" },
        { "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", "control characters" },
        { "票号 €😀", "\"票号 €😀\"", "UTF-8 of 2, 3, 4 bytes as it is" },
        { "a\xFFz", "\"a\xEF\xBF\xBDz\"", "no such byte" },
        { "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"", "overlong slash" },
        { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", "a lone surrogate" },
        { "\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"",
          "past U+10FFFF" },
        { "a\xE7\xA5", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"", "cut in the middle" },
    };
    struct buf b;
    struct jsonw w;
    buf_init(&b, 256);
    for (size_t i = 0; i < COUNT(row); i++) {
        buf_clear(&b);
        jw_init(&w, &b);
        jw_text(&w, NULL, row[i].in);
        if (strcmp(b.at, row[i].want))
            fail_msg("%s: %s", row[i].why, b.at);
    }
    buf_clear(&b);
    jw_init(&w, &b);
    jw_text_n(&w, NULL, "a\0b", 3);
    assert_string_equal(b.at, "\"a\\u0000b\"");
    buf_release(&b);
}

static struct jsonw fresh(struct buf *b)
{
    struct jsonw w;
    buf_init(b, 256);
    jw_init(&w, b);
    return w;
}

/* Text is looked at eight bytes at a time: each byte, at each place of a long text. */
static void a_byte_is_escaped_wherever_it_stands(void **state)
{
    UNUSED(state);
    for (int byte = 1; byte < 0x80; byte++)
        for (size_t place = 0; place < 19; place++) {
            char text[20] = "abcdefghijklmnopqrs", alone[16], want[48];
            struct buf out;
            struct jsonw w;
            text[place] = (char)byte;
            if (byte == '"' || byte == '\\')
                snprintf(alone, sizeof alone, "\\%c", byte);
            else if (byte >= 0x20 && byte < 0x7F)
                snprintf(alone, sizeof alone, "%c", byte);
            else if (strchr("\b\f\n\r\t", byte))
                snprintf(alone, sizeof alone, "\\%c", "btn_fr"[byte - 8]);
            else
                snprintf(alone, sizeof alone, "\\u%04x", (unsigned)byte);
            snprintf(want, sizeof want, "\"%.*s%s%s\"", (int)place, text, alone, text + place + 1);
            buf_init(&out, 100);
            jw_init(&w, &out);
            jw_text(&w, NULL, text);
            assert_string_equal(out.at, want);
            buf_release(&out);
        }
}

static void key_in_an_array(void)
{
    struct buf b;
    struct jsonw w = fresh(&b);
    jw_array(&w, NULL);
    jw_i64(&w, "key", 1);
}

static void no_key_in_an_object(void)
{
    struct buf b;
    struct jsonw w = fresh(&b);
    jw_object(&w, NULL);
    jw_i64(&w, NULL, 1);
}

static void two_values_at_the_top(void)
{
    struct buf b;
    struct jsonw w = fresh(&b);
    jw_null(&w, NULL);
    jw_null(&w, NULL);
}

static void one_end_too_many(void)
{
    struct buf b;
    struct jsonw w = fresh(&b);
    jw_end(&w);
}

static void writing_what_is_not_json_is_a_bug(void **state)
{
    UNUSED(state);
    assert_true(test_dies(key_in_an_array));
    assert_true(test_dies(no_key_in_an_object));
    assert_true(test_dies(two_values_at_the_top));
    assert_true(test_dies(one_end_too_many));
}

SUITE(jsonw, cmocka_unit_test(a_byte_is_escaped_wherever_it_stands),
      cmocka_unit_test(commas_put_themselves_in_at_every_level),
      cmocka_unit_test(text_is_escaped_and_broken_utf8_is_replaced),
      cmocka_unit_test(writing_what_is_not_json_is_a_bug))
