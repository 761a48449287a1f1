/* seats.c -- Does the demo city keep what its published roster's certificate says? Weeks of
 * history, a roster, then days acted out: windows open by half-hour and kind as the roster has them
 * and as they were, and how many waited longer than the promise, said and kept.
 *
 *     slow_seats [DAYS [SEED [SIMULATED_DAYS [WEEKS [DRAWS [TIMES]]]]]]
 *
 * DRAWS: why do they differ? See seats_why.h. TIMES: each day is acted out so often more,
 * otherwise, from the same morning. A roster is published each Monday. */
#include "slow.h"
#include "seats_why.h"
#include "app/demo.h"
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include "lobby/stats.h"
#include "roster/forecast.h"
#include "roster/need.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 40000 };
struct cell { /* an outlet's half-hour of one day */
    int slot, planned[ROSTER_PARTS];
    double said, expected, open[ROSTER_PARTS];
    int came, late;
    int least[ROSTER_PARTS], most[ROSTER_PARTS]; /* open at a minute of it */
};
struct course {
    date day;
    int64_t simulated;
    struct sim *sims;
    struct arena *arena;
    struct cell *cell;
    struct why *why;
    uint64_t seed;
    int n_cells, first[DEMO_OUTLETS], slots[DEMO_OUTLETS];
};

/* What the planner's page says of the published roster, on that morning. */
static int certificate(struct call *c, struct course *k, int at)
{
    outlet_id o = k->sims[at].outlet;
    struct roster_model *m = arena_alloc(c->arena, sizeof *m);
    struct plan_crew *crew = arena_alloc(c->arena, sizeof *crew);
    struct plan_tally *t = arena_alloc(c->arena, sizeof *t);
    struct roster_week *week = arena_alloc(c->arena, sizeof *week);
    int windows[ROSTER_PARTS][WEEK_SLOTS];
    uint64_t open[PLAN_SLOTS];
    struct roster_fit fit;
    struct roster_forecast f;
    date monday = { k->day.days - date_weekday(k->day) + 1 };
    int rc = roster_model(c, o, k->day, m);
    k->slots[at] = 0;
    if (rc || !m->open)
        return rc;
    rc = roster_fit(c, o, k->day, c->arena, &fit);
    if (!rc)
        rc = roster_week_get(c, o, monday, week);
    if (rc)
        return rc;
    roster_forecast(&fit, m, k->day, NULL, &f);
    m->model.day_cv = f.day_cv;
    if (f.fitted)
        roster_model_expect(m, f.mean);
    roster_windows_at_work(m, &week->week, &week->published_work, k->day.days - monday.days,
                           windows);
    roster_open_windows(m, windows, open);
    roster_model_crew(m, open, crew);
    if (k->why)
        why_keep(k->why, o, k->day, m, crew);
    memset(t, 0, sizeof *t);
    plan_simulate(&m->model, crew, 1020 + (uint64_t)k->n_cells, 0, k->simulated, t);
    k->first[at] = k->n_cells;
    k->slots[at] = m->model.slots;
    for (int s = 0; s < m->model.slots && k->n_cells < CELLS; s++) {
        struct cell *x = &k->cell[k->n_cells++];
        *x = (struct cell){ .slot = m->open_s / ROSTER_SLOT_S + s,
                            .said = plan_late_share(&t->slot[s][0]),
                            .expected = m->model.expected[s] };
        for (int i = 0; i < m->n_windows; i++)
            x->planned[m->windows[i].corporate] += open[s] >> i & 1;
    }
    return 0;
}

static struct cell *cell_at(struct course *k, int at, int64_t at_us)
{
    int half = date_second_of_day(at_us) / ROSTER_SLOT_S;
    int s = half - k->cell[k->first[at]].slot;
    s = s < 0 ? 0 : s >= k->slots[at] ? k->slots[at] - 1 : s;
    return &k->cell[k->first[at] + s];
}

static void see_minutes(struct cell *x, const int *open, int kind)
{
    x->least[kind] = x->most[kind] = open[x->slot * 30];
    for (int t = x->slot * 30; t < x->slot * 30 + 30; t++) {
        x->least[kind] = open[t] < x->least[kind] ? open[t] : x->least[kind];
        x->most[kind] = open[t] > x->most[kind] ? open[t] : x->most[kind];
    }
}

static int what_came(struct call *c, struct course *k, int at)
{
    outlet_id o = k->sims[at].outlet;
    struct stats_range range = { o, k->day, k->day };
    struct stats s = { .n = 0 };
    struct window_span *span;
    struct branch_window *windows;
    int n = 0, m = 0, rc = stats_read(c, &range, &s);
    static int at_minute[ROSTER_PARTS][1440];
    memset(at_minute, 0, sizeof at_minute);
    for (size_t i = 0; !rc && i < s.n; i++)
        if (s.visit[i].end != VISIT_VOID) {
            struct cell *x = cell_at(k, at, s.visit[i].at_us);
            x->came++;
            x->late += s.visit[i].wait_us > 20 * US_MINUTE;
        }
    stats_release(&s);
    if (!rc)
        rc = branch_windows(c, o, &windows, &m);
    if (!rc)
        rc = lobby_window_spans(c, o, date_instant(k->day, 0), date_instant(k->day, 86400), &span,
                                &n);
    for (int i = 0; !rc && i < n; i++) {
        int kind = 0;
        for (int w = 0; w < m; w++)
            if (windows[w].id.n == span[i].window.n)
                kind = windows[w].corporate;
        int64_t day = date_instant(k->day, 0);
        for (int t = 0; t < 1440; t++)
            if (span[i].from_us <= day + t * US_MINUTE && span[i].until_us > day + t * US_MINUTE)
                at_minute[kind][t] += span[i].pause ? -1 : 1;
        for (int q = 0; q < k->slots[at]; q++) {
            struct cell *x = &k->cell[k->first[at] + q];
            int64_t a = date_instant(k->day, x->slot * ROSTER_SLOT_S), b = a + 30 * US_MINUTE;
            int64_t until = span[i].until_us && span[i].until_us < b ? span[i].until_us : b;
            int64_t part = until - (span[i].from_us > a ? span[i].from_us : a);
            if (part > 0)
                x->open[kind] += (double)part / (30. * US_MINUTE) * (span[i].pause ? -1 : 1);
        }
    }
    for (int q = 0; !rc && q < k->slots[at]; q++)
        for (int kind = 0; kind < ROSTER_PARTS; kind++)
            see_minutes(&k->cell[k->first[at] + q], at_minute[kind], kind);
    return rc;
}

static int each(struct call *c, struct course *k, int (*f)(struct call *, struct course *, int))
{
    int rc = 0;
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct call own = *c;
        own.arena = k->arena;
        if (f == certificate || k->slots[at])
            rc = f(&own, k, at);
        arena_clear(k->arena);
    }
    return rc;
}

static int say(struct call *c, void *ctx)
{
    return each(c, ctx, certificate);
}

static int see(struct call *c, void *ctx)
{
    struct course *k = ctx;
    int rc = each(c, k, what_came);
    if (!rc && k->why)
        rc = why_day(c, k->why);
    if (k->why)
        why_forget(k->why);
    return rc;
}

/* The same day again, otherwise: what came of it is seen, and undone. */
static int another(struct call *c, void *ctx)
{
    struct course *k = ctx;
    int rc = 0;
    for (int at = 0; rc >= 0 && at < DEMO_OUTLETS; at++) {
        struct sim *s = &k->sims[at];
        struct call own = *c;
        own.arena = k->arena;
        own.now_us = date_instant(k->day, 0);
        rc = sim_begin(&own, s, k->day, 0, k->seed);
        if (!rc)
            rc = sim_book(&own, s);
        arena_clear(k->arena);
        for (int64_t next = sim_next_us(s); rc >= 0 && next != SIM_NEVER; next = sim_next_us(s)) {
            own.now_us = next > own.now_us ? next : own.now_us;
            rc = sim_step(&own, s);
            arena_clear(k->arena);
        }
    }
    c->now_us = date_instant(k->day, 23 * 3600);
    if (rc >= 0)
        rc = why_day(c, k->why);
    return rc ? rc : 1;
}

static void tell(const struct course *k)
{
    static const char *const kind[] = { "personal", "corporate" };
    double said = 0, expected = 0, came = 0, late = 0, within = 0, kept = 0, cells = 0, few = 0;
    printf("half-hour: windows by roster, open (personal; corporate); late said, kept\n");
    for (int t = 16; t < 36; t++) {
        double n = 0, p[2] = { 0 }, o[2] = { 0 }, s = 0, e = 0, l = 0, a = 0;
        for (int i = 0; i < k->n_cells; i++) {
            const struct cell *x = &k->cell[i];
            if (x->slot != t)
                continue;
            n++;
            s += x->said * x->expected;
            e += x->expected;
            l += x->late;
            a += x->came;
            for (int j = 0; j < 2; j++) {
                p[j] += x->planned[j];
                o[j] += x->open[j];
            }
        }
        if (n > 0)
            printf("  %02d:%02d  %5.2f %5.2f; %5.2f %5.2f;  %.3f %.3f\n", t / 2, t % 2 * 30,
                   p[0] / n, o[0] / n, p[1] / n, o[1] / n, s / e, l / a);
        said += s;
        expected += e;
        came += a;
        late += l;
    }
    for (int i = 0; i < k->n_cells; i++) {
        const struct cell *x = &k->cell[i];
        cells++;
        within += x->said <= .05;
        few += x->open[0] + x->open[1] < x->planned[0] + x->planned[1] - .5;
        kept += x->came == 0 || x->late <= .05 * x->came;
    }
    for (int j = 0; j < 2; j++) {
        double off = 0, p = 0, o = 0;
        int missing = 0, more = 0;
        for (int i = 0; i < k->n_cells; i++) {
            missing += k->cell[i].most[j] < k->cell[i].planned[j];
            more += k->cell[i].least[j] > k->cell[i].planned[j];
            off += fabs(k->cell[i].open[j] - k->cell[i].planned[j]);
            p += k->cell[i].planned[j];
            o += k->cell[i].open[j];
        }
        printf("%s windows: %.3f by roster, %.3f open, off by %.3f a half-hour\n", kind[j],
               p / cells, o / cells, off / cells);
        slow_expect(missing == 0, "no half-hour has fewer %s windows than its roster", kind[j]);
        slow_expect(more <= .02 * cells, "more only while somebody is still served: %s, %d of %.0f",
                    kind[j], more, cells);
    }
    printf("half-hours %d: certificate within the promise %.3f, kept as they came %.3f; half a"
           " window or more missing in %.3f\n",
           k->n_cells, within / cells, kept / cells, few / cells);
    printf("customers %.0f (%.0f expected): late said %.4f, kept %.4f\n", came, expected,
           said / expected, late / came);
    slow_expect(late / came < .05, "fewer than 5 %% wait longer than 20 minutes");
    slow_expect(fabs(late / came - said / expected) < .02,
                "who waits longer is what the certificate says, within 0.02");
}

int main(int argc, char **argv)
{
    int days = argc > 1 ? atoi(argv[1]) : 2, weeks = argc > 4 ? atoi(argv[4]) : 4;
    uint64_t seed = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
    struct course k = { .simulated = argc > 3 ? atoll(argv[3]) : 60 };
    char path[300], error[600] = "";
    struct bank b;
    date monday = { 20780 - date_weekday((date){ 20780 }) + 1 };
    struct demo_settings d = { .seed = seed,
                               .first = { monday.days - 7 * weeks },
                               .days = 7 * weeks };
    struct demo_numbers made = { 0 };
    snprintf(path, sizeof path, "%s/seats.db", slow_dir());
    int rc = app_bank_open(path, true, date_instant(d.first, 0), &b, error, sizeof error);
    if (rc) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rc = demo_make(&b, &d);
    if (!rc)
        rc = demo_history(&b, &d, NULL, &made);
    if (!rc)
        rc = demo_rosters(&b, monday);
    if (!rc)
        rc = demo_sims_open(&b, &k.sims);
    slow_expect(rc == 0, "a demo bank of %d weeks, %" PRId64 " tickets", weeks, made.tickets);
    int times = argc > 6 ? atoi(argv[6]) : 0;
    if (argc > 5 && atoi(argv[5]) > 0)
        k.why = why_new(atoi(argv[5]));
    k.cell = calloc(CELLS, sizeof *k.cell);
    k.arena = arena_new((size_t)1 << 30);
    for (k.day = monday; !rc && k.day.days < monday.days + days; k.day.days++) {
        if (k.day.days > monday.days && date_weekday(k.day) == 1)
            rc = demo_rosters(&b, k.day);
        if (!rc)
            rc = app_bank_write(&b, date_instant(k.day, 0), say, &k);
        for (int i = 0; !rc && k.why && i < times; i++) {
            k.seed = seed + 1000 + (uint64_t)i;
            rc = app_bank_write(&b, date_instant(k.day, 0), another, &k);
            rc = rc == 1 ? 0 : -1;
        }
        if (!rc)
            rc = demo_run_day(&b, k.sims, k.day, INT64_MAX, seed);
        if (!rc)
            rc = app_bank_write(&b, date_instant(k.day, 23 * 3600), see, &k);
        fprintf(stderr, "%.0f s\n", slow_seconds());
    }
    slow_expect(rc == 0, "%d days are acted out", days);
    if (!rc)
        tell(&k);
    if (!rc && k.why)
        why_tell(k.why);
    why_free(k.why);
    arena_free(k.arena);
    free(k.cell);
    demo_sims_free(k.sims);
    app_bank_close(&b);
    return slow_finish();
}
