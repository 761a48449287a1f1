/* advice.c -- Is live advice right? The demo bank's weeks, then days that are looked at every ten
 * minutes and scored by what came: said and kept, by horizon.
 *
 *     slow_advice [DAYS [SEED [FUTURES [WEEKS [FUTURES_WITH_THE_TRUTH [habit|roster [SECONDS]]]]]]]
 *
 * habit: no roster is published; windows open by the city's usual hours, and nobody says so.
 * SECONDS: from look to look, 600. */
#include "slow.h"
#include "advice_truth.h"
#include "advise/advise.h"
#include "lobby/queue.h"
#include "lobby/told.h"
#include "app/demo.h"
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FROM_S = 9 * 3600, UNTIL_S = 17 * 3600, OVER_S = 21 * 3600 };

enum { FORECASTS = 20000, AHEAD_S = 5400 };
struct forecast { /* of the next hour and a half: who comes, how many windows call */
    outlet_id outlet;
    int64_t at_us;
    double people, windows;
};

struct course {
    struct sim *sims;
    struct advise_cache *cache;
    struct arena *arena;
    date day;
    uint64_t seed;
    int futures, every_s;
    bool begin, score;
    int64_t until_us;
    int64_t looks;
    struct forecast *forecast;
    int n_forecasts;
    struct truth *truth; /* NULL: not asked for */
};

/* Window minutes of the next hour and a half, as the look expects them. */
static double minutes_of(const struct live_state *s)
{
    double sum = 0;
    for (int i = 0; i < s->n_windows; i++) {
        const struct live_window *w = &s->windows[i];
        double from = w->open ? 0 : w->paused ? w->back : w->opens > 0 ? w->opens : 90;
        double to = fmin(w->closes, 90), rest = 0;
        if (w->open && w->pause_long > 0)
            rest = fmax(0, fmin(90, w->pause_at + w->pause_long) - fmin(90, w->pause_at));
        sum += fmax(0, to - from - rest);
    }
    return sum;
}

static void keep_forecast(struct course *k, outlet_id o, const struct live_state *s)
{
    struct forecast f = { .outlet = o, .at_us = k->until_us, .windows = minutes_of(s) };
    for (int i = 0; i < AHEAD_S / 60 / LIVE_SLOT; i++)
        f.people += s->model.expected[i];
    for (int i = 0; i < s->model.n_bookings; i++)
        f.people += s->model.bookings[i].at < AHEAD_S / 60. ? s->model.bookings[i].show : 0;
    if (k->n_forecasts < FORECASTS)
        k->forecast[k->n_forecasts++] = f;
}

static int look(struct call *c, struct course *k, int at)
{
    struct advise_look l = { .open = false };
    struct call own = *c;
    own.arena = k->arena;
    own.now_us = k->until_us;
    own.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    int rc = advise_look(&own, k->cache, k->sims[at].outlet, k->futures,
                         k->seed ^ (uint64_t)k->until_us, &l);
    if (!rc)
        rc = advise_write(&own, &l);
    k->looks += l.open;
    if (!rc && l.open)
        keep_forecast(k, k->sims[at].outlet, l.state);
    if (!rc && l.open && k->truth)
        truth_keep(k->truth, k->sims[at].outlet, k->until_us, l.state);
    advise_look_release(&l);
    arena_clear(k->arena);
    return rc;
}

static int run(struct call *c, void *ctx)
{
    struct course *k = ctx;
    int second = date_second_of_day(k->until_us), settled = 0, rc = 0;
    for (int i = 0; rc >= 0 && i < DEMO_OUTLETS; i++) {
        struct sim *s = &k->sims[i];
        struct call own = *c;
        own.arena = k->arena;
        own.now_us = k->until_us - k->every_s * US_SECOND;
        if (k->begin) {
            own.now_us = date_instant(k->day, 0);
            rc = sim_begin(&own, s, k->day, 0, k->seed);
            if (!rc)
                rc = sim_book(&own, s);
        }
        for (int64_t at = sim_next_us(s); rc >= 0 && at <= k->until_us; at = sim_next_us(s)) {
            own.now_us = at > own.now_us ? at : own.now_us;
            rc = sim_step(&own, s);
            arena_clear(k->arena);
        }
        if (rc >= 0 && second >= FROM_S && second <= UNTIL_S)
            rc = look(c, k, i);
        own.now_us = k->until_us;
        if (rc >= 0 && k->score)
            rc = advise_score(&own, s->outlet, &settled);
        arena_clear(k->arena);
    }
    if (rc >= 0 && k->score && k->truth) {
        struct call own = *c;
        own.arena = k->arena;
        rc = truth_day(&own, k->truth);
    }
    return rc < 0 ? rc : 0;
}

static int run_day(struct bank *b, struct course *k)
{
    int rc = 0;
    k->begin = true;
    for (int s = FROM_S; !rc && s <= OVER_S; s += k->every_s) {
        k->until_us = date_instant(k->day, s);
        k->score = s + k->every_s > OVER_S;
        rc = app_bank_write(b, k->until_us, run, k);
        k->begin = false;
    }
    return rc;
}

/* Was it the people, or the windows? */
static int tell_forecasts(struct call *c, const struct course *k)
{
    double people = 0, windows = 0, came = 0, called = 0;
    int rc = 0;
    for (int i = 0; !rc && i < k->n_forecasts; i++) {
        const struct forecast *f = &k->forecast[i];
        struct ticket *list;
        struct window_span *spans;
        int n = 0, m = 0;
        int64_t until = f->at_us + AHEAD_S * US_SECOND;
        int64_t day = date_instant(date_of_instant(f->at_us), 0);
        rc = lobby_day_tickets(c, f->outlet, date_of_instant(f->at_us), &list, &n);
        if (!rc)
            rc = lobby_window_spans(c, f->outlet, day, day + US_DAY, &spans, &m);
        for (int t = 0; !rc && t < n; t++)
            came += list[t].queued_us > f->at_us && list[t].queued_us <= until;
        for (int t = 0; !rc && t < m; t++) {
            int64_t to = spans[t].until_us && spans[t].until_us < until ? spans[t].until_us : until;
            int64_t from = spans[t].from_us > f->at_us ? spans[t].from_us : f->at_us;
            called += to > from ? (double)(to - from) / 6e7 * (spans[t].pause ? -1 : 1) : 0;
        }
        people += f->people;
        windows += f->windows;
        arena_clear(c->arena);
    }
    printf(
        "90 min ahead: %.2f people expected, %.2f came; %.1f window minutes expected, %.1f open\n",
        people / k->n_forecasts, came / k->n_forecasts, windows / k->n_forecasts,
        called / k->n_forecasts);
    return rc;
}

/* Said less kept, with a standard error by days of an outlet: looks of one day go together. */
enum { CLUSTERS = 2000 };
struct gap {
    int64_t outlet, day;
    double off[LIVE_HORIZONS], n[LIVE_HORIZONS];
};
static const double gap_most = .02;

static int read_gaps(struct call *c, struct gap *list, int *n)
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r,
                 "SELECT outlet_id, business_date, said_30, said_60, said_90, kept_30, kept_60,"
                 " kept_90 FROM advise_minute WHERE scored=$1 ORDER BY outlet_id,"
                 " business_date, at_us",
                 DB_ARGS(DB_I(1)));
    *n = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t outlet = db_i64(&r, 0), day = db_i64(&r, 1);
        if (*n == 0 || list[*n - 1].outlet != outlet || list[*n - 1].day != day) {
            if (*n == CLUSTERS)
                break;
            list[(*n)++] = (struct gap){ .outlet = outlet, .day = day };
        }
        for (int h = 0; h < LIVE_HORIZONS; h++)
            if (db_i64(&r, 5 + h) >= 0) {
                list[*n - 1].off[h] += (double)db_i64(&r, 2 + h) / 1e6 - (double)db_i64(&r, 5 + h);
                list[*n - 1].n[h]++;
            }
    }
    db_done(&r);
    return rc;
}

static int tell_gaps(struct call *c)
{
    struct gap *list = arena_alloc(c->arena, sizeof *list * CLUSTERS);
    int n = 0, rc = read_gaps(c, list, &n);
    for (int h = 0; !rc && h < LIVE_HORIZONS; h++) {
        double off = 0, all = 0, squares = 0;
        for (int i = 0; i < n; i++) {
            off += list[i].off[h];
            all += list[i].n[h];
        }
        for (int i = 0; i < n && all > 0; i++) {
            double rest = list[i].off[h] - off / all * list[i].n[h];
            squares += rest * rest;
        }
        double se = n > 1 ? sqrt(squares * n / (n - 1)) / all : 1;
        printf("%d min: said less kept %+.3f, standard error %.3f by %d days of an outlet\n",
               live_horizon[h], off / all, se, n);
        slow_expect(all > 0 && fabs(off / all) < gap_most + 2 * se,
                    "said and kept differ by no more than %.2f and chance over %d minutes",
                    gap_most, live_horizon[h]);
    }
    return rc;
}

/* The same with those who gave up, or went to another outlet, as censored (Kaplan-Meier): of what
 * was told each has waited a share, and was called at it or not. This is what a range is about: the
 * wait of one who stays. Of those who were called alone more than half are within the P50, since
 * long waits end by giving up. */
static int tell_censored(struct call *c)
{
    enum { MOST = 200000, WHOLE = 1000000 };
    struct wait *p50 = arena_alloc(c->arena, sizeof *p50 * MOST),
                *p90 = arena_alloc(c->arena, sizeof *p90 * MOST);
    struct db_rows r;
    size_t n_50 = 0, n_90 = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT p50_s, p90_s, waited_s, outcome FROM told_ticket WHERE outcome>0"
                      " AND p50_s>=0 AND p90_s>=0",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        enum wait_end end = db_i64(&r, 3) == 1 ? WAIT_SERVED : WAIT_ABANDONED;
        int64_t middle = db_i64(&r, 0), most = db_i64(&r, 1), waited = db_i64(&r, 2) * WHOLE;
        int64_t share = most > 0 ? waited / most : waited > 0 ? 2 * WHOLE : 0;
        if (n_90 < MOST)
            p90[n_90++] = (struct wait){ share, end };
        if (middle >= TOLD_GRAIN_S && n_50 < MOST)
            p50[n_50++] = (struct wait){ waited / middle, end };
    }
    db_done(&r);
    struct share a = promise_share(p90, n_90, WHOLE, PROMISE_KAPLAN_MEIER, c->arena);
    struct share b = promise_share(p50, n_50, WHOLE, PROMISE_KAPLAN_MEIER, c->arena);
    printf("with %zu, %zu told to wait, the uncalled censored: %.3f within the P90, %.3f within "
           "the P50\n",
           n_90, n_50, a.value, b.value);
    slow_expect(n_90 > 0 && fabs(a.value - .9) < .03,
                "nine in ten wait no longer than the P90, who was not called censored");
    slow_expect(n_50 > 0 && fabs(b.value - .5) < .03,
                "half wait no longer than the P50, who was not called censored");
    return rc;
}

/* Of those called, by what was told with the number: were half within the P50, nine in ten within
 * the P90? */
static int tell_ranges(struct call *c)
{
    struct told_sum *list;
    int n = 0, rc = told_sums(c, (outlet_id){ 0 }, (date){ 0 }, (date){ INT32_MAX }, &list, &n);
    double all = 0, told = 0, p50 = 0, p90 = 0;
    for (int i = 0; !rc && i < n; i++) {
        all += (double)list[i].n;
        told += (double)list[i].n_50;
        p50 += (double)list[i].within_50;
        p90 += (double)list[i].within_90;
    }
    printf("ranges told: %.0f, %.3f within the P90; %.0f were told to wait, %.3f within the P50\n",
           all, p90 / all, told, p50 / told);
    slow_expect(all > 0 && fabs(p90 / all - .9) < .03, "nine in ten wait no longer than the P90");
    return rc;
}

static int tell(struct call *c, void *ctx)
{
    struct course *k = ctx;
    struct advise_scores s;
    double said[LIVE_HORIZONS] = { 0 }, off[LIVE_HORIZONS] = { 0 };
    int64_t n[LIVE_HORIZONS] = { 0 }, kept[LIVE_HORIZONS] = { 0 };
    int rc = advise_scores(c, (outlet_id){ 0 }, (date){ 0 }, (date){ INT32_MAX }, &s);
    for (int i = 0; !rc && i < s.n_promise; i++) {
        const struct advise_bucket *b = &s.promise[i];
        int h = b->horizon_min / 30 - 1;
        printf("  %d min, said %2d-%3d %%: %4" PRId64 " times, said %.3f, kept %.3f\n",
               b->horizon_min, advise_bucket_percent[b->bucket],
               advise_bucket_percent[b->bucket + 1], b->kept.of, b->said,
               (double)b->kept.kept / (double)b->kept.of);
        n[h] += b->kept.of;
        kept[h] += b->kept.kept;
        said[h] += b->said * (double)b->kept.of;
        off[h] += fabs(b->said * (double)b->kept.of - (double)b->kept.kept);
    }
    for (int h = 0; !rc && h < LIVE_HORIZONS; h++)
        if (n[h])
            printf("%d min: %" PRId64 " looks, said %.3f, kept %.3f; off by bucket %.3f\n",
                   live_horizon[h], n[h], said[h] / (double)n[h], (double)kept[h] / (double)n[h],
                   off[h] / (double)n[h]);
    printf("advice: %" PRId64 " given, %" PRId64 " scored, said %.3f, kept %.3f without it\n",
           s.given, s.not_followed.scored, s.not_followed.said,
           s.not_followed.scored ? (double)s.not_followed.kept / (double)s.not_followed.scored : 0);
    struct call own = *c;
    own.arena = k->arena;
    if (!rc)
        rc = tell_gaps(&own);
    if (!rc)
        rc = tell_ranges(&own);
    if (!rc)
        rc = tell_censored(&own);
    return rc ? rc : tell_forecasts(&own, k);
}

int main(int argc, char **argv)
{
    int days = argc > 1 ? atoi(argv[1]) : 2, weeks = argc > 4 ? atoi(argv[4]) : 4;
    char path[300], error[600] = "";
    struct bank b;
    struct course k = { .seed = argc > 2 ? (uint64_t)atoll(argv[2]) : 1,
                        .futures = argc > 3 ? atoi(argv[3]) : 300,
                        .every_s = argc > 7 ? atoi(argv[7]) : 600 };
    date monday = { 20780 - date_weekday((date){ 20780 }) + 1 };
    struct demo_settings d = { .seed = k.seed,
                               .first = { monday.days - 7 * weeks },
                               .days = 7 * weeks };
    struct demo_numbers made = { 0 };
    snprintf(path, sizeof path, "%s/advice.db", slow_dir());
    int rc = app_bank_open(path, true, date_instant(d.first, 0), &b, error, sizeof error);
    if (rc) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rc = demo_make(&b, &d);
    if (!rc)
        rc = demo_history(&b, &d, NULL, &made);
    if (!rc && !(argc > 6 && !strcmp(argv[6], "habit")))
        rc = demo_rosters(&b, monday);
    if (!rc)
        rc = demo_sims_open(&b, &k.sims);
    slow_expect(rc == 0, "a demo bank of %d weeks, %" PRId64 " tickets", weeks, made.tickets);
    if (argc > 5 && atoi(argv[5]) > 0)
        k.truth = truth_new(atoi(argv[5]));
    k.forecast = calloc(FORECASTS, sizeof *k.forecast);
    k.cache = advise_cache_new();
    k.arena = arena_new((size_t)256 << 20);
    for (k.day = monday; !rc && k.day.days < monday.days + days; k.day.days++) {
        rc = run_day(&b, &k);
        fprintf(stderr, "%.0f s: %" PRId64 " looks\n", slow_seconds(), k.looks);
    }
    slow_expect(rc == 0, "%d days are looked at every ten minutes: %" PRId64 " looks", days,
                k.looks);
    if (!rc)
        rc = app_bank_write(&b, date_instant(k.day, 0), tell, &k);
    if (k.truth)
        truth_tell(k.truth);
    truth_free(k.truth);
    advise_cache_free(k.cache);
    arena_free(k.arena);
    free(k.forecast);
    demo_sims_free(k.sims);
    app_bank_close(&b);
    return slow_finish();
}
