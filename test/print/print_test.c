/* print_test.c -- The same calls give the same bytes, and the text can be read out again. */
#include "print/print.h"
#include "test.h"
#include <pthread.h>
#include <unistd.h>

static const struct print_setup setup = { .title = "对账单",
                                          .author = "票号银行",
                                          .created_us = INT64_C(1764000000000000) };

static void draw_all_kinds(struct print *p)
{
    const struct print_style plain = { .size = 10 }, bold = { .size = 14, .bold = true },
                             middle = { .size = 9, .align = PRINT_CENTRE };
    const struct print_pen line = { .width = 0.5, .color = 0x336699, .dash = 2 },
                           red = { .width = 1, .color = 0xCC0000 },
                           full = { .fills = true, .fill = 0xEEEEEE };
    const struct print_column columns[] = { { "日期", 80, PRINT_LEFT, false },
                                            { "摘要", 120, PRINT_LEFT, true },
                                            { "金额", 80, PRINT_RIGHT, false } };
    static const char *const rows[2][3] = {
        { "2026-11-26", "代发工资及季度奖金，含补发部分，共三个月", "12,345.67" },
        { "2026-11-27", NULL, "0.01" },
    };
    static const struct print_point star[] = { { 100, 400 }, { 120, 440 }, { 80, 440 } };
    struct print_table t = { .x = 40,
                             .y = 200,
                             .columns = columns,
                             .n = COUNT(columns),
                             .head = 0xDDE6F0,
                             .stripe = 0xF6F6F6,
                             .rule = 0xCCCCCC };
    for (int i = 0; i < 2; i++) {
        print_page(p);
        print_text(p, 40, 60, &bold, "账户对账单 Statement");
        print_text(p, 40, 80, &plain, "壹佰贰拾捌元整");
        print_text_turned(p, 300, 300, 30, &plain, "turned");
        print_text_round(p, 400, 400, 40, &plain, "票号银行业务专用章");
        print_page_number(p, 297, 820, &middle, "第{page}页，共{pages}页");
        print_line(p, 40, 90, 555, 90, &line);
        print_rect(p, 40, 100, 100, 50, 6, &full);
        print_ellipse(p, 400, 400, 50, 40, &red);
        print_sector(p, 200, 500, 40, 0, 90, &full);
        print_path(p, star, COUNT(star), true, &red);
        print_table_head(p, &t);
        for (int k = 0; k < 2; k++)
            print_table_row(p, &t, rows[k]);
        print_table_total(p, &t, rows[1]);
        assert_int_equal(print_qr(p, 450, 600, 60, "http://127.0.0.1/v/ABCD"), 0);
    }
    print_page_again(p, 1);
    print_text(p, 40, 780, &plain, "added later");
}

static void *make_pdf(void *ctx)
{
    struct buf *out = ctx;
    struct print *p = print_new(&setup);
    draw_all_kinds(p);
    if (print_pdf(p, out))
        buf_clear(out);
    print_free(p);
    return NULL;
}

static void the_same_calls_give_the_same_bytes_on_every_thread(void **state)
{
    UNUSED(state);
    struct buf out[4];
    pthread_t thread[4];
    for (int i = 0; i < 4; i++) {
        buf_init(&out[i], 1 << 20);
        assert_int_equal(pthread_create(&thread[i], NULL, make_pdf, &out[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        (void)pthread_join(thread[i], NULL);
        assert_true(out[i].len > 1000);
        assert_int_equal(out[i].len, out[0].len);
        assert_memory_equal(out[i].at, out[0].at, out[0].len);
    }
    assert_non_null(memmem(out[0].at, out[0].len, "20251125", 8)); /* the date handed in */
    for (int i = 0; i < 4; i++)
        buf_release(&out[i]);
}

/* The text of a PDF by poppler; false when its tools are not there. */
static bool read_pdf(const struct buf *pdf, char *text, size_t size)
{
    char path[300], command[700];
    (void)snprintf(path, sizeof path, "%s/a.pdf", test_dir());
    (void)snprintf(command, sizeof command, "pdftotext -layout %s -", path);
    if (system("command -v pdftotext >/dev/null 2>&1") != 0) {
        print_message("skipped: no pdftotext\n");
        return false;
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(pdf->at, 1, pdf->len, f), pdf->len);
    (void)fclose(f);
    f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, size - 1, f);
    text[n] = 0;
    assert_int_equal(pclose(f), 0);
    return true;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        n++;
    return n;
}

static void the_text_can_be_read_out_again(void **state)
{
    UNUSED(state);
    static char text[65536];
    struct buf out;
    buf_init(&out, 1 << 20);
    make_pdf(&out);
    assert_true(out.len > 1000 && out.len < 60000);
    if (print_chinese() && read_pdf(&out, text, sizeof text)) {
        assert_int_equal(count(text, "壹佰贰拾捌元整"), 2);
        assert_int_equal(count(text, "账户对账单 Statement"), 2); /* bold is there once a page */
        assert_int_equal(count(text, "第2页，共2页"), 1);
        assert_int_equal(count(text, "12,345.67"), 2);
        assert_int_equal(count(text, "added later"), 1);
        assert_true(strstr(text, "added later") < strstr(text, "第2页"));
    }
    buf_release(&out);
}

static void an_svg_is_one_page(void **state)
{
    UNUSED(state);
    struct buf out, again;
    struct print_setup named = setup;
    named.title = "Paper & ink";
    struct print *p = print_new(&named);
    draw_all_kinds(p);
    buf_init(&out, 1 << 22);
    buf_init(&again, 1 << 22);
    assert_int_equal(print_svg(p, 2, &out), 0);
    assert_int_equal(print_svg(p, 2, &again), 0);
    assert_int_equal(out.len, again.len);
    assert_memory_equal(out.at, again.at, out.len);
    assert_non_null(strstr(out.at, "<svg"));
    assert_non_null(strstr(out.at, "><title>Paper &amp; ink</title>"));
    assert_int_equal(print_svg(p, 3, &out), PRINT_NO_PAGE);
    assert_int_equal(print_svg(p, 0, &out), PRINT_NO_PAGE);
    print_free(p);
    buf_release(&out);
    buf_release(&again);
}

static void what_is_too_much_is_refused(void **state)
{
    UNUSED(state);
    struct buf out;
    const struct print_style s = { .size = 8 };
    struct print *p = print_new(&setup);
    buf_init(&out, 2000);
    print_page(p);
    print_text(p, 10, 10, &s, "a page is more than two kilobytes: 一二三四五六七八九十");
    assert_int_equal(print_pdf(p, &out), RC_FULL);
    for (int i = 0; i < PRINT_PAGES_MAX; i++)
        print_page(p);
    print_text(p, 10, 10, &s, "lost");
    buf_clear(&out);
    assert_int_equal(print_pages(p), PRINT_PAGES_MAX);
    assert_int_equal(print_pdf(p, &out), PRINT_TOO_LONG);
    assert_int_equal(print_svg(p, 1, &out), PRINT_TOO_LONG);
    print_free(p);
    buf_release(&out);
}

static void lines_break_between_characters_and_words_but_not_before_a_comma(void **state)
{
    UNUSED(state);
    const struct print_style s = { .size = 10 };
    struct print *p = print_new(&setup);
    double han = print_text_width(p, &s, "字"), space = 15;
    assert_true(han > 9 && han < 11);
    assert_true(print_text_width(p, &s, "") == 0);
    /* five fit; the comma would begin the second line, so the fifth goes with it */
    assert_true(print_paragraph_height(p, 5.5 * han, 0, &s, "一二三四五，七八九") == 2 * space);
    assert_true(print_paragraph_height(p, 5.5 * han, 0, &s, "一二三四五，七八九十") == 3 * space);
    assert_true(print_paragraph_height(p, 5.5 * han, 0, &s, "一\n\n二") == 3 * space);
    assert_true(print_paragraph_height(p, 500, 0, &s, "some words fit") == space);
    assert_true(print_paragraph_height(p, 1, 0, &s, "abc") == 3 * space); /* never none */
    assert_true(print_paragraph_height(p, 100, 0, &s, "") == 0);
    print_free(p);
}

static void bytes_that_are_no_text_are_drawn_as_such(void **state)
{
    UNUSED(state);
    static char text[65536];
    const struct print_style s = { .size = 10 };
    struct buf out;
    struct print *p = print_new(&setup);
    buf_init(&out, 1 << 20);
    print_page(p);
    print_text(p, 40, 40, &s, "ok \xff\xc0\x80\xed\xa0\x80 \xe7\xa5 end");
    print_text(p, 40, 60, &s, "line\tand\x01 control");
    assert_int_equal(print_pdf(p, &out), 0);
    if (read_pdf(&out, text, sizeof text)) {
        assert_non_null(strstr(text, "end"));
        assert_non_null(strstr(text, "line and control"));
    }
    print_free(p);
    buf_release(&out);
}

static void draw_without_a_page(void)
{
    const struct print_style s = { .size = 10 };
    print_text(print_new(&setup), 10, 10, &s, "x");
}

static void drawing_before_the_first_page_is_a_bug(void **state)
{
    UNUSED(state);
    assert_true(test_dies(draw_without_a_page));
}

SUITE(print, cmocka_unit_test(the_same_calls_give_the_same_bytes_on_every_thread),
      cmocka_unit_test(the_text_can_be_read_out_again), cmocka_unit_test(an_svg_is_one_page),
      cmocka_unit_test(what_is_too_much_is_refused),
      cmocka_unit_test(lines_break_between_characters_and_words_but_not_before_a_comma),
      cmocka_unit_test(bytes_that_are_no_text_are_drawn_as_such),
      cmocka_unit_test(drawing_before_the_first_page_is_a_bug))
