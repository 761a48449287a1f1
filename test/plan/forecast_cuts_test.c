/* forecast_cuts_test.c -- The forecast at other dates than those it was built on, and on the files
 * that real exports are. */
#include "test.h"
#include "base/buf.h"
#include "plan/history.h"
#include "plan/score.h"

#include <math.h>

static struct arena *arena;

static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)2 << 30);
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static date on(int year, int month, int day)
{
    date d;
    assert_true(date_from_ymd(year, month, day, &d));
    return d;
}

static int series_of(const char *name, enum plan_history_format f, struct plan_series **out)
{
    const char *path = test_data(name);
    char error[300] = "";
    int n = 0;
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file)
        return 0;
    char *text = arena_alloc(arena, (8 << 20) + 1);
    size_t len = fread(text, 1, 8 << 20, file);
    fclose(file);
    if (plan_history_read(text, len, f, arena, out, &n, error, sizeof error))
        fail_msg("%s: %s", name, error);
    return n;
}

/* Every cut, each against the best of the three plain means: none is worse, and on the whole the
 * ranges hold. `every` days apart. */
static void cut_and_compare(const struct plan_history *h, date first, date last, int every,
                            double worst, double usual)
{
    struct plan_rolling r;
    double ratios = 0, covered = 0;
    int cuts = 0;
    for (date d = first; d.days <= last.days; d.days += every, cuts++) {
        struct plan_rolling_request q = { d, 0, 48, 0, .9 };
        plan_roll(h, &q, arena, &r);
        double best = INFINITY;
        for (int b = 0; b < PLAN_BASELINES; b++)
            best = fmin(best, plan_wape(&r.by[b].slot));
        double ratio = plan_wape(&r.ours.slot) / best;
        if (ratio > worst) {
            char text[DATE_TEXT];
            date_print(d, text);
            fail_msg("until %s: %.4f of the best mean's error", text, ratio);
        }
        ratios += ratio;
        covered += plan_coverage(&r.ours.slot);
    }
    if (ratios / cuts > usual)
        fail_msg("on the whole %.4f of the best mean's error", ratios / cuts);
    if (!(covered / cuts > .87 && covered / cuts < .93))
        fail_msg("the ranges hold %.4f", covered / cuts);
}

static void at_every_cut_date_calls_of_2003_beat_all_plain_means(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    if (series_of("service/bank_calls_2003/bank_calls.csv", PLAN_HISTORY_BANK_CALLS, &s))
        cut_and_compare(&s->h, on(2003, 4, 20), on(2003, 8, 10), 14, .85, .78);
}

static void at_every_cut_date_calls_of_1999_beat_all_plain_means(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    if (series_of("service/technion_1999_6min/callcenter_6min.csv", PLAN_HISTORY_TECHNION, &s))
        cut_and_compare(&s->h, on(1999, 2, 20), on(1999, 8, 1), 24, .94, .92);
}

static void at_every_cut_date_posts_of_2020_beat_last_week(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    int n = series_of("service/cmb_fintech2021/nov2020_halfhour.csv", PLAN_HISTORY_CMB, &s);
    for (int i = 0; i < n; i++) {
        s[i].h.calendar = (struct plan_calendar){ .china = true, .pension_day = 15 };
        cut_and_compare(&s[i].h, on(2020, 11, 7), on(2020, 11, 14), 1, .97, .94);
    }
}

/* ---- what exports hold ---- */

static int read(const char *text, enum plan_history_format f, struct plan_series **s, char *error)
{
    int n = 0;
    char *copy = arena_text(arena, text);
    *error = '\0';
    int rc = plan_history_read(copy, strlen(copy), f, arena, s, &n, error, 300);
    return rc ? -rc : n;
}

static void the_same_row_twice_counts_once(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    char error[300];
    const char *twice = "calls,u,Date\n5,1,1999-01-03\n5,1,1999-01-03\n7,2,1999-01-03\n\n",
               *two = "calls,u,Date\n5,1,1999-01-03\n6,1,1999-01-03\n",
               *csv = "date,time,count\n2026-01-05,09:00,1\n2026-01-05,09:00,1\n";
    assert_int_equal(read(twice, PLAN_HISTORY_TECHNION, &s, error), 1);
    assert_int_equal(s->repeated, 1);
    assert_true(s->h.n == 1 && s->h.count[0] == 12);
    assert_true(read(two, PLAN_HISTORY_TECHNION, &s, error) < 0);
    assert_non_null(strstr(error, "line 3: the same interval was given before, on line 2"));
    assert_true(read(csv, PLAN_HISTORY_CSV, &s, error) < 0); /* two people, or one twice? */
}

static void an_instant_is_read_as_exports_write_it(void **state)
{
    UNUSED(state);
    static const struct {
        const char *when;
        bool good;
    } row[] = {
        { "2003-03-03T07:05:00Z", true }, { "2003-03-03 07:05:00", true },
        { "2003-03-03T07:05", true },     { "2003-03-03T07:05Z", true },
        { "2003-03-03T07:05:30", false }, { "2003-03-03T24:00", false },
        { "2003-03-03", false },          { "2003-03-03T07:05:00+01", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_series *s;
        char text[200], error[300];
        snprintf(text, sizeof text, "DateTime,Calls\n%s,4\n", row[i].when);
        bool good = read(text, PLAN_HISTORY_BANK_CALLS, &s, error) == 1;
        if (good != row[i].good || (good && s->h.count[14] != 4))
            fail_msg("%s: %s", row[i].when, error);
    }
    static const struct {
        const char *day;
        bool good;
    } day[] = { { "2020/11/1", true },   { "2020/11/01", true }, { "2020/2/30", false },
                { "2020/11/1x", false }, { "2020/-1/1", false }, { "2020//1", false },
                { "2020/11", false },    { "20201101", false },  { "2020/1/ 1", false } };
    for (size_t i = 0; i < COUNT(day); i++) {
        struct plan_series *s;
        char text[200], error[300];
        snprintf(text, sizeof text, "date,post_id,periods,amount\n%s,A,18,4\n", day[i].day);
        if ((read(text, PLAN_HISTORY_CMB, &s, error) == 1) != day[i].good)
            fail_msg("%s: %s", day[i].day, error);
    }
}

/* Six weeks of half-hours; on the 38th day some counts are not known. */
static char *weeks(int lacks, const char *instead)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_text(&b, "date,post_id,periods,amount\n");
    for (int d = 0; d < 42; d++)
        for (int p = 1; p <= 48; p++) {
            char day[DATE_TEXT];
            date_print((date){ on(2026, 4, 6).days + d }, day);
            if (d == 38 && p <= lacks && !instead)
                continue;
            buf_printf(&b, "%s,A,%d,", day, p);
            if (d == 38 && p <= lacks)
                buf_text(&b, instead);
            else
                buf_i64(&b, p > 16 && p < 36 && date_weekday((date){ on(2026, 4, 6).days + d }) < 6
                                ? 100 + d % 7
                                : 0);
            buf_char(&b, '\n');
        }
    char *text = arena_text(arena, b.at);
    buf_release(&b);
    return text;
}

static void a_day_known_in_part_is_neither_a_holiday_nor_a_count(void **state)
{
    UNUSED(state);
    static const struct {
        int lacks;
        const char *instead, *why;
    } row[] = {
        { 3, NULL, "some rows are not there" },
        { 3, "NA", "some counts are NA" },
        { 3, "", "some counts are empty" },
        { 48, "NA", "all counts are NA" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_series *s;
        char error[300];
        assert_int_equal(read(weeks(row[i].lacks, row[i].instead), PLAN_HISTORY_CMB, &s, error), 1);
        if (s->incomplete != 1 || s->h.n != 41 || s->h.n_part != 1)
            fail_msg("%s: %d", row[i].why, s->incomplete);
        struct plan_forecast_model *m = plan_forecast_fit(&s->h, on(2026, 5, 15), arena);
        struct plan_forecast f;
        plan_forecast_passed(m, on(2026, 5, 15)); /* the day after */
        plan_forecast_day(m, on(2026, 5, 15), NULL, 0, .9, &f);
        assert_false(f.flags & PLAN_DAY_AFTER);
    }
    /* Without any row the outlet was shut. */
    struct plan_series *s;
    char error[300];
    struct plan_forecast f;
    assert_int_equal(read(weeks(48, NULL), PLAN_HISTORY_CMB, &s, error), 1);
    struct plan_forecast_model *m = plan_forecast_fit(&s->h, on(2026, 5, 15), arena);
    plan_forecast_passed(m, on(2026, 5, 15));
    plan_forecast_day(m, on(2026, 5, 15), NULL, 0, .9, &f);
    assert_true(f.flags & PLAN_DAY_AFTER);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
SUITE(plan_forecast_cuts, HERE(at_every_cut_date_calls_of_2003_beat_all_plain_means),
      HERE(at_every_cut_date_calls_of_1999_beat_all_plain_means),
      HERE(at_every_cut_date_posts_of_2020_beat_last_week), HERE(the_same_row_twice_counts_once),
      HERE(an_instant_is_read_as_exports_write_it),
      HERE(a_day_known_in_part_is_neither_a_holiday_nor_a_count))
