/* promise_test.c -- The five definitions on hand-worked cases and on the published 100 waits. */
#include "test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/jsonw.h"
#include "lobby/promise.h"
#include "lobby/promise_report.h"

#include <math.h>

#define S WAIT_SERVED
#define A WAIT_ABANDONED
#define W WAIT_STILL

static void near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within))
        fail_msg("%.8f, not %.8f", got, want);
}

static void each_definition_counts_as_it_says(void **state)
{
    UNUSED(state);
    static const struct wait w[] = {
        { 5 * US_SECOND, S },  { 10 * US_SECOND, S }, { 11 * US_SECOND, S }, { 4 * US_SECOND, A },
        { 10 * US_SECOND, A }, { 30 * US_SECOND, A }, { 3 * US_SECOND, W },  { 12 * US_SECOND, W },
    };
    static const struct {
        enum promise_definition d;
        int64_t kept, of;
        const char *why;
    } row[] = {
        { PROMISE_SERVED, 2, 3, "at T is within T; the others are not counted" },
        { PROMISE_OWN_TIME, 4, 7, "and one who waits since 12 s is late already" },
        { PROMISE_ABANDON_FAILS, 2, 7, "every giving up fails" },
        { PROMISE_DROP_EARLY, 2, 5, "two gave up within T" },
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct share s = promise_share(w, COUNT(w), 10 * US_SECOND, row[i].d, arena);
        if (s.kept != row[i].kept || s.of != row[i].of)
            fail_msg("%s: %lld of %lld: %s", promise_code(row[i].d), (long long)s.kept,
                     (long long)s.of, row[i].why);
        near(s.value, (double)row[i].kept / (double)row[i].of, 1e-12);
        assert_true(s.low < s.value && s.value < s.high);
    }
    struct share none = promise_share(w + 3, 2, US_SECOND, PROMISE_SERVED, arena);
    assert_true(isnan(none.value) && none.of == 0);
    assert_int_equal(promise_verdict(none, 900000), VERDICT_NONE);
    assert_false(promise_sure(none, 900000));
    arena_free(arena);
}

/* Remission times of the 6-MP group, Freireich et al. 1963, as every text book works them out:
 * S(6) .857, S(7) .807, S(10) .753, S(13) .690, S(16) .628, S(22) .538, S(23) .448. The log-log
 * interval at 10 is (.503, .889) as R's survfit(conf.type = "log-log") prints it. */
static void kaplan_meier_gives_the_text_book_curve(void **state)
{
    UNUSED(state);
    static const int event[] = { 6, 6, 6, 7, 10, 13, 16, 22, 23 };
    static const int censored[] = { 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35 };
    static const struct {
        int t;
        double survive;
    } row[] = { { 5, 1 },       { 6, .85714 },  { 7, .80672 },  { 10, .75294 }, { 13, .69020 },
                { 16, .62745 }, { 22, .53782 }, { 23, .44818 }, { 40, .44818 } };
    struct wait w[21];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(censored); i++)
        w[n++] = (struct wait){ censored[i], i % 2 ? A : W };
    for (size_t i = 0; i < COUNT(event); i++)
        w[n++] = (struct wait){ event[i], S };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(row); i++)
        near(promise_share(w, n, row[i].t, PROMISE_KAPLAN_MEIER, arena).value, 1 - row[i].survive,
             1e-5);
    struct share s = promise_share(w, n, 10, PROMISE_KAPLAN_MEIER, arena);
    near(1 - s.high, .5032, 1e-4);
    near(1 - s.low, .8894, 1e-4);
    assert_int_equal(s.of, 21);
    assert_int_equal(s.kept, 5);
    s = promise_share(w, n, 5, PROMISE_KAPLAN_MEIER, arena);
    assert_true(s.low == 0 && s.high > 0 && s.high < .2);
    struct wait all[3] = { { 1, S }, { 2, S }, { 3, S } };
    s = promise_share(all, 3, 3, PROMISE_KAPLAN_MEIER, arena);
    assert_true(s.value == 1 && s.high == 1 && s.low < .5);
    arena_free(arena);
}

static void without_giving_up_all_definitions_agree(void **state)
{
    UNUSED(state);
    struct wait w[50];
    for (int i = 0; i < 50; i++)
        w[i] = (struct wait){ (i * 37 % 50) * US_SECOND, S };
    struct arena *arena = arena_new(1 << 20);
    for (int t = 0; t < 50; t += 7)
        for (int d = 0; d < PROMISE_DEFINITIONS; d++)
            near(promise_share(w, 50, t * US_SECOND, (enum promise_definition)d, arena).value,
                 (t + 1) / 50.0, 1e-12);
    arena_free(arena);
}

static void wilson_intervals_are_the_published_ones(void **state)
{
    UNUSED(state);
    /* Newcombe 1998, table I: 81/263 .2553..3662, 15/148 .0624..1605, 0/20 0...1611, 1/29
     * .0061...1718 */
    static const struct {
        int kept, of;
        double low, high;
    } row[] = { { 81, 263, .2553, .3662 },
                { 15, 148, .0624, .1605 },
                { 0, 20, 0, .1611 },
                { 1, 29, .0061, .1718 } };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct share s = share_wilson(row[i].kept, row[i].of);
        near(s.low, row[i].low, 5e-5);
        near(s.high, row[i].high, 5e-5);
    }
}

static void the_verdict_is_by_counts_and_doubt_is_told_beside_it(void **state)
{
    UNUSED(state);
    static const struct {
        int kept, of;
        enum verdict want;
        bool sure;
    } row[] = {
        { 0, 0, VERDICT_NONE, false },      { 19, 20, VERDICT_MET, false },
        { 18, 20, VERDICT_NOT_MET, false }, { 9500, 10000, VERDICT_MET, false },
        { 9600, 10000, VERDICT_MET, true }, { 9400, 10000, VERDICT_NOT_MET, true },
        { 10, 20, VERDICT_NOT_MET, true },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct share s = share_wilson(row[i].kept, row[i].of);
        assert_int_equal(promise_verdict(s, 950000), row[i].want);
        assert_int_equal(promise_sure(s, 950000), row[i].sure);
    }
    enum verdict legs[] = { VERDICT_MET, VERDICT_NONE, VERDICT_NOT_MET };
    assert_int_equal(promise_legs(legs, 2), VERDICT_MET);
    assert_int_equal(promise_legs(legs, 3), VERDICT_NOT_MET);
    assert_int_equal(promise_legs(legs + 1, 1), VERDICT_NONE);
}

static size_t read_waits(struct wait *out, size_t max)
{
    const char *path = test_data("service/bank_wait_100/bank_wait_100.csv");
    if (!path)
        return 0;
    FILE *f = fopen(path, "r");
    char line[64];
    size_t n = 0;
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    while (n < max && fgets(line, sizeof line, f))
        out[n++] = (struct wait){ llround(strtod(line, NULL) * 60) * US_SECOND, S };
    fclose(f);
    return n;
}

static void the_published_sample_of_a_hundred_waits_misses_1020(void **state)
{
    UNUSED(state);
    static const struct {
        int minutes, kept;
    } row[] = { { 20, 91 }, { 10, 62 }, { 5, 31 } };
    struct wait w[100];
    if (read_waits(w, 100) == 0)
        skip();
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(row); i++)
        assert_int_equal(
            promise_share(w, 100, row[i].minutes * US_MINUTE, PROMISE_SERVED, arena).kept,
            row[i].kept);
    struct wait_summary s;
    wait_summarise(w, 100, arena, &s);
    assert_int_equal(s.p95_us, 1314 * US_SECOND); /* 21.9 minutes, nearest rank */
    assert_int_equal(s.within_5min, 31);
    near(s.mean_s / 60, 9.877, 1e-9);
    static const int64_t bucket[WAIT_BUCKETS] = { 11, 20, 31, 19, 10, 6, 3 };
    assert_memory_equal(s.bucket, bucket, sizeof bucket);
    struct promise_question q[2];
    struct buf out;
    promise_1020(w, 100, NULL, 0, q);
    buf_init(&out, 1 << 16);
    promise_report_text(&out, "1020", q, 2, true, arena);
    wait_summary_text(&out, &s, true);
    wait_summary_text(&out, &s, false);
    assert_non_null(strstr(out.at, "1020 not met: served only\n"));
    assert_non_null(strstr(out.at, "91 / 100"));
    assert_non_null(strstr(out.at, "p95 21.90"));
    buf_clear(&out);
    struct jsonw w2;
    jw_init(&w2, &out);
    jw_object(&w2, NULL);
    promise_report_json(&w2, "promise", q, 2, arena);
    wait_summary_json(&w2, "waits", &s);
    jw_end(&w2);
    assert_non_null(strstr(out.at, "\"kept\":91,\"of\":100,\"share\":0.91"));
    assert_non_null(strstr(out.at, "\"share\":null"));
    buf_release(&out);
    arena_free(arena);
}

SUITE(promise, cmocka_unit_test(each_definition_counts_as_it_says),
      cmocka_unit_test(kaplan_meier_gives_the_text_book_curve),
      cmocka_unit_test(without_giving_up_all_definitions_agree),
      cmocka_unit_test(wilson_intervals_are_the_published_ones),
      cmocka_unit_test(the_verdict_is_by_counts_and_doubt_is_told_beside_it),
      cmocka_unit_test(the_published_sample_of_a_hundred_waits_misses_1020))
