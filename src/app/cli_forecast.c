/* cli_forecast.c -- plan forecast: how many will come, and how good such forecasts were. */
#include "app/cli_forecast.h"
#include "base/date.h"
#include "plan/score.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_slot(struct cli *c, const char *name, int *out)
{
    const char *text = cli_flag(c, name);
    int second = 0;
    if (!text)
        return true;
    if (!strcmp(text, "24:00"))
        second = 86400;
    else if (!date_parse_hm(text, &second) || second % 1800) {
        cli_fail(CLI_USAGE, "--%s: '%s' is not a half-hour such as 09:30", name, text);
        return false;
    }
    *out = second / 1800;
    return true;
}

static int by_day(const void *a, const void *b)
{
    const date *x = a, *y = b;
    return (x->days > y->days) - (x->days < y->days);
}

/* One date a line; what follows a blank or a comma is a note. */
static bool read_holidays(const char *path, struct arena *arena, struct plan_calendar *k)
{
    enum { MOST = 4000 };
    char line[400];
    int at = 0;
    FILE *f = fopen(path, "r");
    if (!f) {
        cli_fail(CLI_FAULT, "%s: cannot be read", path);
        return false;
    }
    date *day = arena_alloc(arena, sizeof *day * MOST);
    bool fine = true;
    while (fine && fgets(line, sizeof line, f)) {
        at++;
        line[strcspn(line, " ,\t\r\n")] = 0;
        if (!*line || *line == '#')
            continue;
        fine = k->n_holidays < MOST && date_parse(line, &day[k->n_holidays]);
        k->n_holidays += fine;
    }
    bool broken = ferror(f);
    fclose(f);
    if (broken)
        cli_fail(CLI_FAULT, "%s: cannot be read", path);
    else if (!fine)
        cli_fail(CLI_FINDING, "%s: line %d: a date is written 2026-11-23", path, at);
    qsort(day, (size_t)k->n_holidays, sizeof *day, by_day);
    k->holidays = day;
    return fine && !broken;
}

static bool read_format(struct cli *c, struct forecast_order *o)
{
    const char *format = cli_flag(c, "format");
    for (int f = 0; format && f < PLAN_HISTORY_FORMATS; f++)
        if (!strcmp(format, plan_history_code((enum plan_history_format)f))) {
            o->format = (enum plan_history_format)f;
            return true;
        }
    if (!format && cli_flag(c, "outlet")) {
        o->format = PLAN_HISTORY_CSV;
        return true;
    }
    cli_fail(CLI_USAGE, "--format: %s; known: bank-calls, technion-6min, cmb, csv",
             format ? "not known" : "is needed");
    return false;
}

static bool read_calendar(struct cli *c, struct arena *arena, struct forecast_order *o)
{
    const char *calendar = cli_flag(c, "calendar"), *holidays = cli_flag(c, "holidays");
    bool usual = o->format == PLAN_HISTORY_CMB || o->format == PLAN_HISTORY_CSV;
    int64_t pension = 15, salary = 0;
    if (calendar && strcmp(calendar, "china") != 0 && strcmp(calendar, "none") != 0) {
        cli_fail(CLI_USAGE, "--calendar: china or none, not '%s'", calendar);
        return false;
    }
    o->calendar.china = calendar ? !strcmp(calendar, "china") : usual;
    if (!cli_number(c, "pension-day", 0, 31, &pension) ||
        !cli_number(c, "salary-day", 0, 31, &salary))
        return false;
    o->calendar.pension_day = (int)pension;
    o->calendar.salary_day = (int)salary;
    return !holidays || read_holidays(holidays, arena, &o->calendar);
}

static bool read_order(struct cli *c, struct arena *arena, struct forecast_order *o)
{
    const char *until = cli_flag(c, "train-until"), *cover = cli_flag(c, "cover");
    char *end = NULL;
    *o = (struct forecast_order){ .to = PLAN_FORECAST_SLOTS, .days = 7, .cover = .9 };
    if (!read_format(c, o))
        return false;
    if (o->format == PLAN_HISTORY_CMB) { /* its competition counted 8:30 to 18:30 */
        o->from = 17;
        o->to = 37;
    }
    if (until && !date_parse(until, &o->until)) {
        cli_fail(CLI_USAGE, "--train-until: a date is written 2026-11-23, not '%s'", until);
        return false;
    }
    o->rolling = until != NULL;
    if (cover)
        o->cover = strtod(cover, &end) / 100;
    if (cover && (!*cover || *end || !(o->cover >= .5 && o->cover <= .99))) {
        cli_fail(CLI_USAGE, "--cover: '%s' is not a number of 50..99", cover);
        return false;
    }
    if (!read_slot(c, "from", &o->from) || !read_slot(c, "to", &o->to) ||
        !read_slot(c, "intraday", &o->known) || !cli_number(c, "days", 1, 366, &o->days))
        return false;
    if (o->from >= o->to || o->known >= o->to) {
        cli_fail(CLI_USAGE, "--from and --intraday must be before --to");
        return false;
    }
    if (o->known && !o->rolling) {
        cli_fail(CLI_USAGE, "--intraday needs --train-until: it says how the rest of known days "
                            "would have been forecast");
        return false;
    }
    o->series = cli_flag(c, "series");
    return read_calendar(c, arena, o);
}

/* ---- as JSON ---- */

static void write_flags(struct jsonw *w, const struct plan_forecast *f)
{
    static const char *const names[] = { "holiday",     "makeup",    "eve",       "after_holiday",
                                         "pension",     "salary",    "month_end", "month_begin",
                                         "month_early", "month_late" };
    char day[DATE_TEXT];
    CHECK(f);
    date_print(f->day, day);
    jw_text(w, "date", day);
    jw_i64(w, "weekday", date_weekday(f->day));
    jw_array(w, "kinds");
    for (size_t i = 0; i < COUNT(names); i++)
        if (f->flags >> i & 1)
            jw_text(w, NULL, names[i]);
    jw_end(w);
}

static void write_slot(struct jsonw *w, const struct plan_forecast *f, const double *actual, int s)
{
    char at[16];
    snprintf(at, sizeof at, "%02d:%02d", s / 2, s % 2 * 30);
    jw_object(w, NULL);
    jw_text(w, "at", at);
    jw_f64(w, "forecast", f->mean[s], 3);
    jw_f64(w, "low", f->low[s], 3);
    jw_f64(w, "high", f->high[s], 3);
    if (actual)
        jw_f64(w, "actual", actual[s], 1);
    jw_end(w);
}

static void write_day(struct jsonw *w, const struct plan_forecast *f,
                      const struct plan_rolled *rolled)
{
    const double *actual = rolled ? rolled->actual : NULL;
    double sum = 0;
    jw_object(w, NULL);
    write_flags(w, f);
    jw_bool(w, "closed", f->closed);
    jw_i64(w, "known_half_hours", f->known);
    jw_f64(w, "forecast", f->total, 2);
    jw_f64(w, "low", f->total_low, 2);
    jw_f64(w, "high", f->total_high, 2);
    jw_f64(w, "day_cv", f->day_cv, 4);
    for (int s = 0; actual && s < f->slots; s++)
        sum += actual[s];
    if (actual) {
        jw_f64(w, "actual", sum, 1);
        jw_f64(w, "error", f->total - sum, 2);
        for (int b = 0; b < PLAN_BASELINES; b++) {
            double all = 0;
            for (int s = 0; s < f->slots; s++)
                all += rolled->by[b][s];
            jw_f64(w, plan_baseline_code((enum plan_baseline)b), all, 2);
        }
    }
    jw_array(w, "half_hours");
    for (int s = 0; s < f->slots; s++)
        if (f->mean[s] > 0 || (actual && actual[s] > 0))
            write_slot(w, f, actual, s);
    jw_end(w);
    jw_end(w);
}

static void write_errors(struct jsonw *w, const char *key, const struct plan_errors *e, bool ranges)
{
    jw_object(w, key);
    jw_f64(w, "wape", plan_wape(e), 5);
    jw_f64(w, "mape", plan_mape(e), 5);
    jw_f64(w, "mean_error", e->n > 0 ? e->off / (double)e->n : NAN, 3);
    jw_i64(w, "n", e->n);
    if (ranges)
        jw_f64(w, "coverage", plan_coverage(e), 4);
    jw_end(w);
}

static void write_score(struct jsonw *w, const char *key, const struct plan_score *s, bool ranges)
{
    jw_object(w, key);
    write_errors(w, "half_hour", &s->slot, ranges);
    write_errors(w, "day", &s->day, ranges);
    jw_end(w);
}

static void write_scores(struct jsonw *w, const struct forecast_order *o,
                         const struct plan_rolling *r)
{
    jw_i64(w, "days_trained", r->n_train);
    jw_i64(w, "days_tested", r->n);
    write_score(w, o->known ? "corrected" : "forecast", &r->ours, true);
    if (o->known)
        write_score(w, "before_the_day", &r->before, true);
    jw_object(w, "beside");
    for (int b = 0; b < PLAN_BASELINES; b++)
        write_score(w, plan_baseline_code((enum plan_baseline)b), &r->by[b], false);
    jw_end(w);
}

/* ---- as a table ---- */

static void print_day(const struct plan_forecast *f, const struct plan_rolled *r)
{
    static const char *const names[] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    char day[DATE_TEXT];
    double sum = 0;
    date_print(f->day, day);
    printf("%s %s %10.0f %10.0f %10.0f", day, names[date_weekday(f->day)], f->total, f->total_low,
           f->total_high);
    for (int s = 0; r && s < f->slots; s++)
        sum += r->actual[s];
    if (r)
        printf(" %10.0f %8.1f%%", sum, sum > 0 ? 100 * (f->total - sum) / sum : 0);
    printf("\n");
}

static void print_slots(const struct plan_forecast *f)
{
    char day[DATE_TEXT];
    date_print(f->day, day);
    printf("\n%s by half-hour\n", day);
    for (int s = 0; s < f->slots; s++)
        if (f->mean[s] > 0 && s < f->known)
            printf("%02d:%02d %8.0f   came\n", s / 2, s % 2 * 30, f->mean[s]);
        else if (f->mean[s] > 0)
            printf("%02d:%02d %8.1f   %.0f..%.0f\n", s / 2, s % 2 * 30, f->mean[s], f->low[s],
                   f->high[s]);
}

static void print_score(const char *name, const struct plan_score *s, bool ranges)
{
    printf("%-20s %8.2f%% %8.2f%%", name, 100 * plan_wape(&s->slot), 100 * plan_mape(&s->slot));
    if (ranges)
        printf(" %8.1f%%", 100 * plan_coverage(&s->slot));
    else
        printf(" %9s", "");
    printf(" %8.2f%% %8.2f%%", 100 * plan_wape(&s->day), 100 * plan_mape(&s->day));
    if (ranges)
        printf(" %8.1f%%", 100 * plan_coverage(&s->day));
    printf("\n");
}

static void print_rolling(const struct forecast_order *o, const struct plan_rolling *r)
{
    printf("%-14s %10s %10s %10s %10s %9s\n", "day", "forecast", "low", "high", "came", "off");
    for (int i = 0; i < r->n; i++)
        print_day(&r->day[i].f, &r->day[i]);
    printf("\n%-20s %29s %29s\n", "", "half-hours", "days");
    printf("%-20s %9s %9s %9s %9s %9s %9s\n", "", "WAPE", "MAPE", "in range", "WAPE", "MAPE",
           "in range");
    print_score(o->known ? "corrected" : "forecast", &r->ours, true);
    if (o->known)
        print_score("before the day", &r->before, true);
    for (int b = 0; b < PLAN_BASELINES; b++)
        print_score(plan_baseline_code((enum plan_baseline)b), &r->by[b], false);
}

/* ---- one series ---- */

static void roll_series(const struct forecast_order *o, const struct plan_series *s,
                        struct arena *arena, struct jsonw *w, struct plan_rolling *r)
{
    struct plan_rolling_request q = { o->until, o->from, o->to, o->known, o->cover };
    plan_roll(&s->h, &q, arena, r);
    if (!w) {
        print_rolling(o, r);
        return;
    }
    write_scores(w, o, r);
    jw_array(w, "days");
    for (int i = 0; i < r->n; i++)
        write_day(w, &r->day[i].f, &r->day[i]);
    jw_end(w);
}

/* The i-th day after the history; of own tickets the first is today, with what came until now. */
static void ahead_day(const struct forecast_order *o, const struct plan_series *s, int of,
                      const struct plan_forecast_model *m, int i, struct plan_forecast *f)
{
    date first = o->today;
    if (!first.days)
        first.days = s->h.n ? s->h.day[s->h.n - 1].days + 1 : 0;
    bool now = o->so_far && i == 0;
    plan_forecast_day(m, (date){ first.days + i }, now ? o->so_far[of] : NULL,
                      now ? o->so_far_known : 0, o->cover, f);
}

static void ahead_series(const struct forecast_order *o, const struct plan_series *s, int of,
                         struct arena *arena, struct jsonw *w)
{
    struct plan_forecast_model *m = plan_forecast_fit(&s->h, (date){ INT32_MAX }, arena);
    struct plan_forecast f;
    if (o->today.days)
        plan_forecast_passed(m, o->today);
    if (w) {
        jw_i64(w, "days_trained", s->h.n);
        jw_array(w, "days");
    } else {
        printf("%-14s %10s %10s %10s\n", "day", "forecast", "low", "high");
    }
    for (int i = 0; i < o->days; i++) {
        ahead_day(o, s, of, m, i, &f);
        if (w)
            write_day(w, &f, NULL);
        else
            print_day(&f, NULL);
    }
    if (w)
        jw_end(w);
    for (int i = 0; !w && i < o->days; i++) {
        ahead_day(o, s, of, m, i, &f);
        if (f.closed)
            continue;
        print_slots(&f);
        break;
    }
}

/* The plain mean of the series' errors, as the posts of a competition are counted. */
static void write_mean(struct jsonw *w, const struct plan_rolling *r, int n)
{
    struct plan_score s[1 + PLAN_BASELINES];
    jw_object(w, "mean_of_series");
    for (int b = 0; b <= PLAN_BASELINES; b++) {
        double x[4] = { 0 };
        for (int i = 0; i < n; i++) {
            s[b] = b ? r[i].by[b - 1] : r[i].ours;
            x[0] += plan_wape(&s[b].slot) / n;
            x[1] += plan_mape(&s[b].slot) / n;
            x[2] += plan_wape(&s[b].day) / n;
            x[3] += plan_mape(&s[b].day) / n;
        }
        jw_object(w, b ? plan_baseline_code((enum plan_baseline)(b - 1)) : "forecast");
        jw_f64(w, "half_hour_wape", x[0], 5);
        jw_f64(w, "half_hour_mape", x[1], 5);
        jw_f64(w, "day_wape", x[2], 5);
        jw_f64(w, "day_mape", x[3], 5);
        jw_end(w);
    }
    jw_end(w);
}

/* False, after saying so, when no day is left to test. Trained on all there is, the days after it
 * are forecast. */
static bool days_to_test(struct forecast_order *o, const struct plan_series *series, int n)
{
    int32_t last = INT32_MIN;
    char until[DATE_TEXT], at[DATE_TEXT];
    for (int i = 0; i < n; i++)
        if (series[i].h.n && series[i].h.day[series[i].h.n - 1].days > last)
            last = series[i].h.day[series[i].h.n - 1].days;
    if (!o->rolling || last > o->until.days)
        return true;
    date_print(o->until, until);
    if (last == INT32_MIN) {
        cli_fail(CLI_FINDING, "no day of the history is whole");
        return false;
    }
    if (last == o->until.days && !o->known) {
        o->rolling = false;
        return true;
    }
    date_print((date){ last }, at);
    cli_fail(CLI_FINDING, "--train-until %s: no day is left to test, the last of the history is %s",
             until, at);
    return false;
}

int forecast_series(struct cli *c, const struct forecast_order *given, struct plan_series *series,
                    int n, struct arena *arena)
{
    struct forecast_order own = *given, *o = &own;
    if (!days_to_test(o, series, n))
        return CLI_FINDING;
    struct plan_rolling *r = arena_alloc(arena, sizeof *r * (size_t)(n + 1));
    struct buf b;
    struct jsonw writer, *w = c->json ? &writer : NULL;
    char until[DATE_TEXT];
    int done = 0;
    date_print(o->until, until);
    buf_init(&b, 256 << 20);
    jw_init(&writer, &b);
    jw_object(&writer, NULL);
    jw_text(&writer, "format", o->so_far ? "tickets" : plan_history_code(o->format));
    jw_text(&writer, "train_until", given->rolling ? until : NULL);
    jw_f64(&writer, "cover", o->cover, 4);
    jw_array(&writer, "series");
    for (int i = 0; i < n; i++) {
        struct plan_series *s = &series[i];
        if (o->series && strcmp(o->series, s->name) != 0)
            continue;
        s->h.calendar = o->calendar;
        if (!w && *s->name)
            printf("%sseries %s\n", done ? "\n" : "", s->name);
        if (!w && s->incomplete)
            printf("%d days lack intervals and are left out\n", s->incomplete);
        if (!w && s->repeated)
            printf("%d rows are there twice and count once\n", s->repeated);
        jw_object(&writer, NULL);
        jw_text(&writer, "name", s->name);
        jw_i64(&writer, "incomplete_days", s->incomplete);
        jw_i64(&writer, "repeated_rows", s->repeated);
        if (o->rolling)
            roll_series(o, s, arena, w, &r[done]);
        else
            ahead_series(o, s, i, arena, w);
        jw_end(&writer);
        done++;
    }
    jw_end(&writer);
    if (o->rolling && done > 1)
        write_mean(&writer, r, done);
    jw_end(&writer);
    if (w && done)
        printf("%s\n", b.at);
    buf_release(&b);
    return done ? CLI_DONE : cli_fail(CLI_FINDING, "--series: no series '%s'", o->series);
}

static int forecast_file(struct cli *c, struct arena *arena)
{
    struct forecast_order o;
    struct plan_series *series = NULL;
    const char *path = cli_flag(c, "history"), *outlet = cli_flag(c, "outlet");
    char error[300] = "", *text = NULL;
    size_t len = 0;
    int n = 0;
    if (!path == !outlet)
        return cli_fail(CLI_USAGE, "plan forecast needs --history FILE, or --outlet CODE");
    if (!read_order(c, arena, &o))
        return CLI_USAGE;
    if (outlet)
        return forecast_own(c, &o, arena);
    int status = cli_read_file(path, (size_t)128 << 20, arena, &text, &len);
    if (status)
        return status;
    if (plan_history_read(text, len, o.format, arena, &series, &n, error, sizeof error))
        return cli_fail(CLI_FINDING, "%s: %s", path, error);
    return forecast_series(c, &o, series, n, arena);
}

static int run_forecast(struct cli *c)
{
    struct arena *arena = arena_new((size_t)8 << 30);
    int status = forecast_file(c, arena);
    arena_free(arena);
    return status;
}

static const struct cli_flag forecast_flags[] = {
    { "history", "FILE", "counts of earlier days" },
    { "format", "F", "bank-calls, technion-6min, cmb, or csv: date,time,count[,service]" },
    { "outlet", "CODE", "instead: the tickets of this outlet; today with what came until now" },
    { "now", "T", "with --outlet: as if it were 2026-11-23T11:30" },
    { "train-until", "DATE", "fit up to that day; forecast each later day of the file" },
    { "intraday", "HH:MM", "with the counts before that time known: the rest of the day" },
    { "days", "N", "days to forecast after the last of the file (7)" },
    { "series", "NAME", "only that post or service" },
    { "calendar", "C", "china or none (china for cmb and csv)" },
    { "holidays", "FILE", "more holidays, one date a line" },
    { "pension-day", "N", "day of the month pensions are paid; 0: none (15)" },
    { "salary-day", "N", "day of the month wages are paid; 0: none (0)" },
    { "from", "HH:MM", "errors are counted from (cmb: 08:30)" },
    { "to", "HH:MM", "errors are counted to (cmb: 18:30)" },
    { "cover", "P", "percent the ranges are to hold (90)" },
};

const struct cli_verb cli_forecast_verbs[] = {
    { "plan forecast", NULL, "arrivals by day and half-hour, and how good such forecasts were",
      forecast_flags, COUNT(forecast_flags), 0, 0, NULL, run_forecast },
};
const size_t cli_forecast_verbs_count = COUNT(cli_forecast_verbs);
