/* forecast_test.c -- Forecasts against three published series, and against days made for the test.
 */
#include "test.h"
#include "base/rng.h"
#include "plan/history.h"
#include "plan/score.h"
#include <math.h>

static struct arena *arena;
static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)4 << 30);
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

/* The series of a file of the shared data; 0 without the data. */
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

static void within(double x, double low, double high, const char *what)
{
    if (!(x >= low && x <= high))
        fail_msg("%s is %.4f and not of %.4f to %.4f", what, x, low, high);
}

static struct plan_rolling rolled(const struct plan_history *h, date until, int from, int to,
                                  int known)
{
    struct plan_rolling r;
    struct plan_rolling_request q = { until, from, to, known, .9 };
    plan_roll(h, &q, arena, &r);
    return r;
}

static void calls_of_2003_are_forecast_better_than_the_last_four_weeks(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    if (!series_of("service/bank_calls_2003/bank_calls.csv", PLAN_HISTORY_BANK_CALLS, &s))
        return;
    struct plan_rolling r = rolled(&s->h, on(2003, 7, 31), 0, 48, 0);
    assert_int_equal(s->incomplete, 0);
    assert_int_equal(r.n_train, 105);
    assert_int_equal(r.n, 29);
    within(plan_wape(&r.by[PLAN_LAST_FOUR].slot), .0756, .0758, "the last four weeks' WAPE");
    within(plan_wape(&r.ours.slot), 0, .05, "WAPE");
    within(plan_wape(&r.ours.slot) / plan_wape(&r.by[PLAN_LAST_FOUR].slot), 0, .7, "the ratio");
    within(plan_coverage(&r.ours.slot), .87, .93, "coverage");
    within(plan_coverage(&r.ours.day), .82, 1, "coverage of days");
}

static void calls_of_1999_are_forecast_better_than_the_weekday_mean(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    if (!series_of("service/technion_1999_6min/callcenter_6min.csv", PLAN_HISTORY_TECHNION, &s))
        return;
    struct plan_rolling r = rolled(&s->h, on(1999, 6, 30), 0, 48, 0);
    assert_int_equal(r.n, 92);
    within(plan_wape(&r.ours.slot) / plan_wape(&r.by[PLAN_WEEKDAY_MEAN].slot), 0, .9, "the ratio");
    within(plan_wape(&r.ours.day) / plan_wape(&r.by[PLAN_WEEKDAY_MEAN].day), 0, .75, "of days");
    within(plan_coverage(&r.ours.slot), .87, .93, "coverage");
    within(plan_coverage(&r.ours.day), .87, .93, "coverage of days");
}

static void posts_of_2020_are_forecast_better_than_last_week(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    double ours[2] = { 0 }, naive[2] = { 0 };
    int n = series_of("service/cmb_fintech2021/nov2020_halfhour.csv", PLAN_HISTORY_CMB, &s);
    for (int i = 0; i < n; i++) {
        s[i].h.calendar.china = true;
        s[i].h.calendar.pension_day = 15;
        struct plan_rolling r = rolled(&s[i].h, on(2020, 11, 7), 17, 37, 0);
        ours[0] += plan_mape(&r.ours.day) / n;
        ours[1] += plan_mape(&r.ours.slot) / n;
        naive[0] += plan_mape(&r.by[PLAN_LAST_WEEK].day) / n;
        naive[1] += plan_mape(&r.by[PLAN_LAST_WEEK].slot) / n;
        within(plan_coverage(&r.ours.slot), .87, .93, s[i].name);
        assert_true(plan_mape(&r.ours.day) < .9 * plan_mape(&r.by[PLAN_LAST_WEEK].day));
        assert_true(plan_mape(&r.ours.slot) < .9 * plan_mape(&r.by[PLAN_LAST_WEEK].slot));
    }
    if (!n)
        return;
    assert_int_equal(n, 2);
    within(naive[0], .062, .063, "last week's MAPE of days");
    within(ours[0], 0, .0565, "MAPE of days");
    within(ours[1], 0, .161, "MAPE of half-hours");
}

static void the_morning_corrects_the_rest(void **state)
{
    UNUSED(state);
    struct plan_series *s;
    if (!series_of("service/bank_calls_2003/bank_calls.csv", PLAN_HISTORY_BANK_CALLS, &s))
        return;
    for (int known = 20; known <= 28; known += 4) {
        struct plan_rolling r = rolled(&s->h, on(2003, 6, 30), 0, 48, known);
        assert_true(plan_wape(&r.ours.slot) < .98 * plan_wape(&r.before.slot));
        within(plan_coverage(&r.ours.slot), .87, .93, "coverage of the rest");
        assert_true(r.day[0].f.mean[known - 1] == r.day[0].actual[known - 1]);
    }
}

/* ---- made days ---- */

static double normal(struct rng *g)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(g);
    return sum - 6;
}

/* An outlet from a Monday on: a level that wanders, weekdays, a day's own deviation, and half-hours
 * of theirs; shut on Sundays. */
static struct plan_history made(uint64_t seed, int days, double a_day)
{
    static const double shape[20] = { 2, 4, 7, 8, 8, 8, 7, 4, 2, 2, 4, 6, 7, 7, 7, 6, 5, 3, 2, 1 };
    static const double weekday[8] = { 0, 1.2, 1, .95, .95, 1.05, .5, 0 };
    struct rng g;
    double level = 0;
    struct plan_history h = { .slots = 48 };
    rng_seed(&g, seed);
    h.day = arena_alloc(arena, sizeof *h.day * (size_t)days);
    h.count = arena_alloc(arena, sizeof *h.count * 48 * (size_t)days);
    for (int i = 0; i < days; i++) {
        date d = { on(2025, 1, 6).days + i };
        if (date_weekday(d) == 7)
            continue;
        level += .02 * normal(&g);
        double of_day = a_day * weekday[date_weekday(d)] * exp(level + .1 * normal(&g));
        for (int s = 0; s < 20; s++)
            h.count[h.n * 48 + 17 + s] =
                (double)rng_poisson(&g, of_day * shape[s] / 100 * exp(.1 * normal(&g)));
        h.day[h.n++] = d;
    }
    return h;
}

static void ranges_hold_what_they_promise_on_made_days(void **state)
{
    UNUSED(state);
    static const double sizes[] = { 60, 240, 5000 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct plan_errors slot = { 0 }, day = { 0 }, rest = { 0 };
        for (uint64_t seed = 1; seed <= 3; seed++) {
            struct plan_history h = made(seed, 300, sizes[i]);
            struct plan_rolling r = rolled(&h, h.day[99], 0, 48, 0);
            struct plan_rolling later = rolled(&h, h.day[99], 0, 48, 24);
            slot.n += r.ours.slot.n;
            slot.covered += r.ours.slot.covered;
            day.n += r.ours.day.n;
            day.covered += r.ours.day.covered;
            rest.n += later.ours.slot.n;
            rest.covered += later.ours.slot.covered;
            assert_true(plan_wape(&r.ours.day) < plan_wape(&r.by[PLAN_LAST_FOUR].day));
            assert_true(plan_wape(&r.ours.slot) < plan_wape(&r.by[PLAN_LAST_FOUR].slot));
        }
        within(plan_coverage(&slot), .87, .93, "coverage of half-hours");
        within(plan_coverage(&day), .87, .93, "coverage of days");
        within(plan_coverage(&rest), .87, .93, "coverage of afternoons");
    }
}

/* Whoever draws a day draws its people, too: their chance must not be in the level's deviation. */
static void the_levels_deviation_is_without_the_chance_of_its_people(void **state)
{
    UNUSED(state);
    static const double sizes[] = { 60, 240, 5000 };
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (int known = 0; known <= 26; known += 26) {
            double said = 0, seen = 0, n = 0;
            for (uint64_t seed = 21; seed <= 24; seed++) {
                struct plan_history h = made(seed, 300, sizes[i]);
                struct plan_rolling r = rolled(&h, h.day[99], 0, 48, known);
                for (int d = 0; d < r.n; d++) {
                    const struct plan_forecast *f = &r.day[d].f;
                    double mean = 0, came = 0;
                    for (int s = known; s < 48; s++) {
                        mean += f->mean[s];
                        came += r.day[d].actual[s];
                    }
                    said += f->day_cv * f->day_cv;
                    seen += pow(came / mean - 1, 2) - 1 / mean;
                    n++;
                }
            }
            if (getenv("PIAOHAO_TELL"))
                printf("%.0f a day, %d known: deviation said %.3f, seen %.3f\n", sizes[i], known,
                       sqrt(said / n), sqrt(fmax(0, seen / n)));
            within(sqrt(said / n) - sqrt(fmax(0, seen / n)), -.02, .04, "said less seen");
        }
}

static void a_forecast_has_no_bias_on_made_days(void **state)
{
    UNUSED(state);
    double sum = 0, actual = 0, slot[48] = { 0 }, came[48] = { 0 };
    for (uint64_t seed = 11; seed <= 14; seed++) {
        struct plan_history h = made(seed, 300, 100);
        struct plan_rolling r = rolled(&h, h.day[59], 0, 48, 0);
        for (int i = 0; i < r.n; i++)
            for (int s = 0; s < 48; s++) {
                sum += r.day[i].f.mean[s];
                actual += r.day[i].actual[s];
                slot[s] += r.day[i].f.mean[s];
                came[s] += r.day[i].actual[s];
            }
    }
    within(sum / actual, .97, 1.03, "forecast to actual");
    for (int s = 0; s < 48; s++)
        if (came[s] > 0)
            within(slot[s] / came[s], .9, 1.1, "a half-hour's forecast to actual");
        else
            assert_true(slot[s] == 0);
}

static double next_day(const struct plan_history *h)
{
    struct plan_forecast f;
    struct plan_forecast_model *m = plan_forecast_fit(h, (date){ INT32_MAX }, arena);
    plan_forecast_day(m, (date){ h->day[h->n - 1].days + 2 }, NULL, 0, .9, &f);
    return f.total;
}

static void one_absurd_day_moves_hardly_anything(void **state)
{
    UNUSED(state);
    static const double factor[] = { 0, .05, .4, 3, 20 };
    struct plan_history h = made(5, 150, 240);
    double usual = next_day(&h);
    for (size_t i = 0; i < COUNT(factor); i++) {
        struct plan_history odd = made(5, 150, 240);
        for (int s = 0; s < 48; s++)
            odd.count[(odd.n - 9) * 48 + s] = floor(odd.count[(odd.n - 9) * 48 + s] * factor[i]);
        within(next_day(&odd) / usual, .95, 1.05, "after an absurd day");
    }
}

static void weekdays_nobody_comes_are_closed(void **state)
{
    UNUSED(state);
    struct plan_history h = made(6, 98, 240);
    struct plan_forecast f;
    struct plan_forecast_model *m = plan_forecast_fit(&h, (date){ INT32_MAX }, arena);
    for (int i = 1; i <= 14; i++) {
        date d = { h.day[h.n - 1].days + i };
        plan_forecast_day(m, d, NULL, 0, .9, &f);
        assert_int_equal(f.closed, date_weekday(d) == 7);
        assert_int_equal(f.total > 0, date_weekday(d) != 7);
        assert_true(f.total_low <= f.total && f.total <= f.total_high);
    }
}

static void ranges_widen_with_the_days_ahead(void **state)
{
    UNUSED(state);
    struct plan_history h = made(7, 150, 240);
    struct plan_forecast near_by, far_off;
    struct plan_forecast_model *m = plan_forecast_fit(&h, (date){ INT32_MAX }, arena);
    date d = { h.day[h.n - 1].days + 2 };
    plan_forecast_day(m, d, NULL, 0, .9, &near_by);
    plan_forecast_day(m, (date){ d.days + 56 }, NULL, 0, .9, &far_off);
    assert_true(far_off.day_cv > near_by.day_cv);
    assert_true(far_off.total_high / far_off.total_low > near_by.total_high / near_by.total_low);
}

static void the_same_history_gives_the_same_forecast(void **state)
{
    UNUSED(state);
    struct plan_history h = made(8, 120, 240);
    struct plan_forecast a, b, c;
    struct plan_forecast_model *m = plan_forecast_fit(&h, h.day[90], arena);
    struct plan_forecast_model *again = plan_forecast_fit(&h, h.day[90], arena);
    plan_forecast_day(m, h.day[90], &h.count[90 * 48], 24, .9, &a);
    plan_forecast_day(again, h.day[90], &h.count[90 * 48], 24, .9, &b);
    assert_memory_equal(&a, &b, sizeof a);
    /* what comes later says nothing about the day */
    for (int i = 90 * 48 + 24; i < h.n * 48; i++)
        h.count[i] = 1e6;
    again = plan_forecast_fit(&h, h.day[90], arena);
    plan_forecast_day(again, h.day[90], &h.count[90 * 48], 24, .9, &c);
    assert_memory_equal(&a, &c, sizeof a);
}

static void little_history_says_little_and_is_no_fault(void **state)
{
    UNUSED(state);
    for (int days = 0; days <= 12; days++) {
        struct plan_history h = made(9, days, 240);
        struct plan_forecast f;
        struct plan_forecast_model *m = plan_forecast_fit(&h, (date){ INT32_MAX }, arena);
        for (int i = 0; i < 10; i++) {
            plan_forecast_day(m, (date){ on(2025, 1, 6).days + days + i }, NULL, 0, .9, &f);
            assert_true(isfinite(f.total) && isfinite(f.total_high) && f.total >= 0);
            assert_true(f.total_low <= f.total && f.total <= f.total_high);
            for (int s = 0; s < 48; s++)
                assert_true(f.low[s] <= f.mean[s] && f.mean[s] <= f.high[s]);
        }
    }
}

/* Monday 7 April to Saturday 2 August 2025; people come half again as many on the first work day
 * after a holiday. */
static void what_follows_a_holiday_is_learnt(void **state)
{
    UNUSED(state);
    struct plan_history h = made(10, 280, 400);
    struct plan_forecast f, plain;
    h.calendar.china = true;
    int kept = 0;
    for (int i = 0; i < h.n; i++) {
        unsigned flags = plan_day_flags(&h.calendar, h.day[i]);
        double lift = flags & PLAN_DAY_AFTER ? 1.5 : 1;
        if (flags & PLAN_DAY_HOLIDAY)
            continue;
        h.day[kept] = h.day[i];
        for (int s = 0; s < 48; s++)
            h.count[kept * 48 + s] = floor(h.count[i * 48 + s] * lift);
        kept++;
    }
    h.n = kept;
    /* 9 October 2025 is the first work day after eight days of holiday */
    struct plan_forecast_model *m = plan_forecast_fit(&h, on(2025, 10, 1), arena);
    plan_forecast_day(m, on(2025, 10, 9), NULL, 0, .9, &f);
    plan_forecast_day(m, on(2025, 10, 16), NULL, 0, .9, &plain);
    assert_true(f.flags & PLAN_DAY_AFTER);
    assert_true(f.total > 1.15 * plain.total);
}

static void days_are_what_the_calendar_says(void **state)
{
    UNUSED(state);
    struct plan_calendar k = { .china = true, .pension_day = 15, .salary_day = 31 };
    static const struct {
        int year, month, day;
        unsigned flags;
        const char *why;
    } row[] = {
        { 2020, 9, 30, PLAN_DAY_EVE | PLAN_DAY_SALARY | PLAN_DAY_MONTH_END, "before 1 October" },
        { 2020, 10, 1, PLAN_DAY_HOLIDAY, "National Day" },
        { 2020, 10, 9, PLAN_DAY_AFTER | PLAN_DAY_MONTH_BEGIN, "the first after it" },
        { 2020, 10, 10, PLAN_DAY_MAKEUP | PLAN_DAY_MONTH_EARLY, "a Saturday of work" },
        { 2020, 10, 15, PLAN_DAY_PENSION, "pension day" },
        { 2020, 11, 13, PLAN_DAY_PENSION, "the 15th is a Sunday" },
        { 2020, 11, 14, 0, "a Saturday" },
        { 2020, 11, 16, 0, "the Monday after" },
        { 2020, 11, 27, PLAN_DAY_MONTH_LATE, "the last work day but one" },
        { 2020, 11, 30, PLAN_DAY_MONTH_END | PLAN_DAY_SALARY, "no 31st in November" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        unsigned got = plan_day_flags(&k, on(row[i].year, row[i].month, row[i].day));
        if (got != row[i].flags)
            fail_msg("%s: %x and not %x", row[i].why, got, row[i].flags);
    }
    date feast[] = { on(2003, 7, 4), on(2003, 9, 1) };
    struct plan_calendar us = { .holidays = feast, .n_holidays = 2 };
    assert_int_equal(plan_day_flags(&us, on(2003, 7, 4)), PLAN_DAY_HOLIDAY);
    assert_int_equal(plan_day_flags(&us, on(2003, 7, 3)), PLAN_DAY_EVE | PLAN_DAY_MONTH_EARLY);
    assert_int_equal(plan_day_flags(&us, on(2003, 9, 2)), PLAN_DAY_AFTER | PLAN_DAY_MONTH_BEGIN);
}

/* ---- the readers ---- */

static void a_bad_row_is_refused_with_its_line(void **state)
{
    UNUSED(state);
    static const struct {
        enum plan_history_format f;
        const char *text, *says;
    } row[] = {
        { PLAN_HISTORY_CSV, "", "no rows" },
        { PLAN_HISTORY_CSV, "date,time,count\n", "line 1: no rows" },
        { PLAN_HISTORY_CSV, "date,count\n", "needs a column time" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-30,09:00,1\n", "line 2: a date" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,9:00,1\n", "not '9:00'" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00,-1\n", "0 or more, not '-1'" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00,\n", "0 or more, not ''" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00,nan\n", "not 'nan'" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00,0x10\n", "not '0x10'" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00\n", "line 2: as many fields" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,09:00,1\n2026-02-03,09:00,2\n",
          "line 3: the same interval" },
        { PLAN_HISTORY_CSV, "date,time,count\n2026-02-03,\"09:00,1\n", "quote is not closed" },
        { PLAN_HISTORY_CMB, "date,post_id,periods,amount\n2020-11-01,A,49,1\n", "1..48" },
        { PLAN_HISTORY_CMB, "date,periods,amount\n2020-11-01,1,1\n", "needs a column post_id" },
        { PLAN_HISTORY_TECHNION, "calls,u,Date\n1,0,1999-01-01\n", "1..240, not '0'" },
        { PLAN_HISTORY_BANK_CALLS, "rownames,DateTime,Calls\n1,2003-03-03T07:00:00+,1\n",
          "DateTime is written" },
        { PLAN_HISTORY_BANK_CALLS, "rownames,DateTime,Calls\n1,2003-03-03T07:01:00Z,1\n",
          "whole five minutes" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_series *s;
        char error[300] = "", *text = arena_text(arena, row[i].text);
        int n, rc = plan_history_read(text, strlen(text), row[i].f, arena, &s, &n, error,
                                      sizeof error);
        if (rc != BASE_BAD_INPUT || !strstr(error, row[i].says))
            fail_msg("%s: %d, %s", row[i].text, rc, error);
    }
}

static void rows_in_any_order_make_the_same_days(void **state)
{
    UNUSED(state);
    char text[] = "\xEF\xBB\xBF"
                  "service,count,time,date\r\n"
                  "C,2.5,09:10,2026-02-04\r\n"
                  "A,3,09:00,2026-02-03\r\n"
                  "C,1,09:25,2026-02-04\r\n"
                  "\"A\",4,16:30,2026-02-04";
    struct plan_series *s;
    char error[300] = "";
    int n = 0;
    assert_int_equal(plan_history_read(text, sizeof text - 1, PLAN_HISTORY_CSV, arena, &s, &n,
                                       error, sizeof error),
                     0);
    assert_int_equal(n, 3);
    assert_string_equal(s[0].name, "all");
    assert_string_equal(s[1].name, "C");
    assert_int_equal(s[0].h.n, 2);
    assert_int_equal(s[1].h.n, 1);
    assert_true(s[0].h.count[18] == 3 && s[0].h.count[48 + 18] == 3.5);
    assert_true(s[0].h.count[48 + 33] == 4);
    assert_true(s[1].h.count[18] == 3.5 && s[1].h.day[0].days == on(2026, 2, 4).days);
}

static void a_day_that_lacks_intervals_is_left_out(void **state)
{
    UNUSED(state);
    char text[4000] = "date,post_id,periods,amount\n", error[300] = "";
    struct plan_series *s;
    int n = 0;
    for (int day = 2; day <= 4; day++)
        for (int p = 1; p <= (day == 3 ? 40 : 48); p++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "2020-11-%02d,A,%d,%d\n", day,
                     p, p);
    assert_int_equal(
        plan_history_read(text, strlen(text), PLAN_HISTORY_CMB, arena, &s, &n, error, sizeof error),
        0);
    assert_int_equal(s->incomplete, 1);
    assert_int_equal(s->h.n, 2);
    assert_int_equal(s->h.day[1].days, on(2020, 11, 4).days);
    assert_true(s->h.count[48 + 47] == 48);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
SUITE(plan_forecast, HERE(calls_of_2003_are_forecast_better_than_the_last_four_weeks),
      HERE(calls_of_1999_are_forecast_better_than_the_weekday_mean),
      HERE(posts_of_2020_are_forecast_better_than_last_week), HERE(the_morning_corrects_the_rest),
      HERE(ranges_hold_what_they_promise_on_made_days),
      HERE(the_levels_deviation_is_without_the_chance_of_its_people),
      HERE(a_forecast_has_no_bias_on_made_days), HERE(one_absurd_day_moves_hardly_anything),
      HERE(weekdays_nobody_comes_are_closed), HERE(ranges_widen_with_the_days_ahead),
      HERE(the_same_history_gives_the_same_forecast),
      HERE(little_history_says_little_and_is_no_fault), HERE(what_follows_a_holiday_is_learnt),
      HERE(days_are_what_the_calendar_says), HERE(a_bad_row_is_refused_with_its_line),
      HERE(rows_in_any_order_make_the_same_days), HERE(a_day_that_lacks_intervals_is_left_out))
