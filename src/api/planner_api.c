/* planner_api.c -- The planner's page: forecast, what-if, needs, and the long computations. */
#include "api/planner.h"
#include "api/office.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

static const double z99 = 2.3263478740408408;

static double clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int planner_body_day(struct call *c, struct request *q, date *out)
{
    const char *text = NULL;
    json_need_text(q->doc, q->body, "day", 10, &text);
    *out = date_of_instant(c->now_us);
    if (text && !date_parse(text, out))
        return call_refuse(c, BASE_BAD_INPUT, "day", "YYYY-MM-DD");
    return planner_near(c, "day", *out);
}

static void numbers_json(struct jsonw *w, const char *key, const double *n, int count, int decimals)
{
    jw_array(w, key);
    for (int i = 0; i < count; i++)
        jw_f64(w, NULL, n[i], decimals);
    jw_end(w);
}

/* ---- forecast ---- */

int api_plan_forecast(struct call *c, struct request *q, struct buf *answer)
{
    struct planner_day *d = arena_alloc(c->arena, sizeof *d);
    struct jsonw w;
    date day;
    int rc = request_date(c, q, "day", date_of_instant(c->now_us), &day);
    if (!rc)
        rc = planner_near(c, "day", day);
    if (!rc)
        rc = planner_day(c, q->api->planner, (outlet_id){ q->id[0] }, day, d);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "day", day);
    jw_bool(&w, "open", d->m.open);
    jw_i64(&w, "opens", d->m.open_s / 60);
    jw_i64(&w, "closes", d->m.close_s / 60);
    jw_bool(&w, "forecast", d->forecast);
    jw_i64(&w, "history_days", d->history_days);
    jw_i64(&w, "measured_services", d->m.measured);
    numbers_json(&w, "mean", d->mean, 48, 3);
    numbers_json(&w, "low", d->low, 48, 3);
    numbers_json(&w, "high", d->high, 48, 3);
    jw_f64(&w, "total", d->total, 1);
    jw_f64(&w, "total_low", d->total_low, 1);
    jw_f64(&w, "total_high", d->total_high, 1);
    jw_i64(&w, "windows_personal", roster_windows_of(&d->m, ROSTER_PERSONAL));
    jw_i64(&w, "windows_corporate", roster_windows_of(&d->m, ROSTER_CORPORATE));
    jw_f64(&w, "patience_minutes", d->m.model.patience, 1);
    jw_f64(&w, "within_minutes", d->m.model.within, 1);
    jw_f64(&w, "late_share", d->m.model.late, 4);
    jw_array(&w, "services");
    for (int k = 0; k < d->m.model.n_kinds; k++) {
        char prefix[2] = { d->m.model.kinds[k].prefix, 0 };
        jw_object(&w, NULL);
        jw_text(&w, "prefix", prefix);
        jw_bool(&w, "corporate", d->m.corporate[k]);
        jw_f64(&w, "share", d->m.model.kinds[k].share, 3);
        jw_f64(&w, "mean_minutes", d->m.model.kinds[k].takes.mean, 2);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- what if ---- */

enum { CERTIFIED = 1020 }; /* the seed of the days that a certificate is about */
struct what_if {
    struct planner_day day;
    int windows[ROSTER_PARTS][WEEK_SLOTS];
    int64_t days;
    bool fix;
};

/* Which windows: numbers in the body, the roster in the body, the saved need, or the published
 * roster. */
static int read_windows(struct call *c, struct request *q, date day, struct what_if *x)
{
    const char *use = "windows";
    outlet_id o = { q->id[0] };
    struct roster_need need;
    json_want_text(q->doc, q->body, "use", 10, &use);
    need_read(q, &need);
    if (!strcmp(use, "need")) {
        int rc = roster_need_get(c, o, day, &need);
        if (rc)
            return rc;
    } else if (!strcmp(use, "roster") || !strcmp(use, "work")) {
        struct roster_week *k = arena_alloc(c->arena, sizeof *k);
        struct week_roster r = { .n = 0 };
        date monday = { day.days - date_weekday(day) + 1 };
        int rc = roster_week_get(c, o, monday, k);
        if (rc)
            return rc;
        if (!strcmp(use, "work"))
            week_read(q, k, "work", c->arena, &r);
        else
            r = k->published.saved_us ? k->published_work : k->work;
        roster_windows_at_work(&x->day.m, &k->week, &r, day.days - monday.days, x->windows);
        return 0;
    } else if (strcmp(use, "windows") != 0) {
        return call_refuse(c, BASE_BAD_INPUT, "use", "windows, need, roster or work");
    }
    memcpy(x->windows, need.windows, sizeof x->windows);
    return 0;
}

static int read_changes(struct call *c, struct request *q, struct what_if *x)
{
    struct plan_model *m = &x->day.m.model;
    double arrivals = 1, service = 1, patience = m->patience;
    int64_t plus = 0;
    const char *rule = NULL;
    char error[200] = "";
    json_want_f64(q->doc, q->body, "arrivals", .1, 5, &arrivals);
    json_want_f64(q->doc, q->body, "service", .1, 5, &service);
    json_want_f64(q->doc, q->body, "patience", 0, 1000, &patience);
    json_want_i64(q->doc, q->body, "plus", -20, 20, &plus);
    json_want_text(q->doc, q->body, "rule", RULE_TEXT - 1, &rule);
    json_want_i64(q->doc, q->body, "days", 50, 20000, &x->days);
    json_want_bool(q->doc, q->body, "fix", &x->fix);
    int rc = body_done(c, q);
    if (rc || !x->day.m.open)
        return rc;
    for (int i = 0; i < m->slots; i++)
        m->expected[i] *= arrivals;
    for (int k = 0; k < m->n_kinds; k++)
        m->kinds[k].takes.mean *= service;
    m->patience = patience;
    int most = roster_windows_of(&x->day.m, ROSTER_PERSONAL);
    for (int t = 0; t < WEEK_SLOTS && plus; t++) {
        int n = x->windows[SKILL_PERSONAL][t] + (int)plus;
        if (x->windows[SKILL_PERSONAL][t] > 0)
            x->windows[SKILL_PERSONAL][t] = n < 1 ? 1 : n > most ? most : n;
    }
    if (rule && plan_model_rule(m, rule, error, sizeof error))
        return call_refuse(c, LOBBY_BAD_RULE, "rule", "%s", error);
    return 0;
}

static void cell_json(struct jsonw *w, const struct plan_cell *k)
{
    jw_f64(w, "late", plan_late_share(k), 5);
    jw_f64(w, "late_upper", fmin(1, plan_late_upper(k, z99)), 5);
    jw_f64(w, "wait", k->n ? k->wait / (double)k->n : 0, 2);
    jw_f64(w, "gave_up", k->n ? (double)k->gave_up / (double)k->n : 0, 4);
}

static void classes_json(struct jsonw *w, const struct plan_model *m, const struct plan_cell *cells)
{
    jw_array(w, "classes");
    for (int k = 0; k < m->n_classes && m->n_classes > 1; k++) {
        jw_object(w, NULL);
        jw_text(w, "code", m->classes[k].code);
        jw_f64(w, "within", m->classes[k].within > 0 ? m->classes[k].within : m->within, 1);
        jw_f64(w, "promised", m->classes[k].within > 0 ? m->classes[k].late : m->late, 4);
        cell_json(w, &cells[k + 1]);
        jw_end(w);
    }
    jw_end(w);
}

static void outcome_json(struct jsonw *w, const struct what_if *x, const struct plan_tally *t)
{
    const struct plan_model *m = &x->day.m.model;
    int first = x->day.m.open_s / ROSTER_SLOT_S;
    jw_f64(w, "within_minutes", m->within, 1);
    jw_f64(w, "promised", m->late, 4);
    jw_object(w, "whole");
    cell_json(w, &t->whole[0]);
    classes_json(w, m, t->whole);
    jw_end(w);
    jw_array(w, "slots");
    for (int s = 0; s < m->slots; s++) {
        jw_object(w, NULL);
        jw_i64(w, "slot", first + s);
        jw_f64(w, "expected", m->expected[s], 2);
        jw_i64(w, "personal", first + s < WEEK_SLOTS ? x->windows[0][first + s] : 0);
        jw_i64(w, "corporate", first + s < WEEK_SLOTS ? x->windows[1][first + s] : 0);
        cell_json(w, &t->slot[s][0]);
        classes_json(w, m, t->slot[s]);
        jw_end(w);
    }
    jw_end(w);
}

/* The people of the half-hours that break the promise, beyond what it allows. */
static double beyond(const struct plan_model *m, const struct plan_tally *t, double *worst)
{
    double sum = 0;
    *worst = 0;
    for (int s = 0; s < m->slots; s++) {
        const struct plan_cell *k = &t->slot[s][0];
        *worst = fmax(*worst, plan_late_share(k));
        sum += fmax(0, (double)k->late - m->late * (double)k->n);
    }
    return sum;
}

/* Found on few days and judged on those of the certificate, so that "before" is what stands there.
 * What does not help by a tenth is no fix. */
static void fix_json(struct jsonw *w, struct what_if *x, const struct plan_tally *before,
                     struct plan_crew *crew, struct plan_tally *after)
{
    const struct plan_model *m = &x->day.m.model;
    struct roster_fix f;
    uint64_t open[PLAN_SLOTS];
    double customers = 1, worst_before, worst_after;
    for (int i = 0; i < m->slots; i++)
        customers += m->expected[i];
    int64_t days = (int64_t)(30000 / customers) + 40;
    double over = beyond(m, before, &worst_before);
    bool found = over > 0 && roster_cheapest_fix(&x->day.m, x->windows, 77, days, &f);
    if (found) {
        for (int s = f.slot; s < f.slot + f.slots; s++)
            x->windows[f.kind][s]++;
        roster_open_windows(&x->day.m, x->windows, open);
        roster_model_crew(&x->day.m, open, crew);
        plan_simulate(m, crew, CERTIFIED, 0, x->days, after);
        found = beyond(m, after, &worst_after) < over * .9;
    }
    if (!found) {
        jw_null(w, "fix");
        return;
    }
    jw_object(w, "fix");
    jw_bool(w, "corporate", f.kind == SKILL_CORPORATE);
    jw_i64(w, "slot", f.slot);
    jw_i64(w, "slots", f.slots);
    jw_f64(w, "late_before", plan_late_share(&before->whole[0]), 5);
    jw_f64(w, "late_after", plan_late_share(&after->whole[0]), 5);
    jw_f64(w, "worst_before", worst_before, 5);
    jw_f64(w, "worst_after", worst_after, 5);
    jw_end(w);
}

int api_plan_simulate(struct call *c, struct request *q, struct buf *answer)
{
    struct what_if *x = arena_alloc(c->arena, sizeof *x);
    struct plan_tally *t = arena_alloc(c->arena, sizeof *t);
    struct plan_crew *crew = arena_alloc(c->arena, sizeof *crew);
    uint64_t open[PLAN_SLOTS];
    struct jsonw w;
    date day;
    double customers = 1, from = clock_ms();
    int rc = planner_body_day(c, q, &day);
    if (!rc)
        rc = planner_day(c, q->api->planner, (outlet_id){ q->id[0] }, day, &x->day);
    if (!rc)
        rc = read_windows(c, q, day, x);
    if (!rc)
        rc = read_changes(c, q, x);
    if (rc)
        return rc;
    if (!x->day.m.open)
        return ROSTER_CLOSED;
    double read = clock_ms();
    for (int i = 0; i < x->day.m.model.slots; i++)
        customers += x->day.m.model.expected[i];
    /* A slider wants its answer at once: some hundred milliseconds of one core. */
    int64_t most = (int64_t)(220000 / customers) + 60;
    x->days = x->days && x->days < most * 8 ? x->days : most > 2000 ? 2000 : most;
    roster_open_windows(&x->day.m, x->windows, open);
    roster_model_crew(&x->day.m, open, crew);
    plan_simulate(&x->day.m.model, crew, CERTIFIED, 0, x->days, t);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "day", day);
    jw_i64(&w, "days", x->days);
    outcome_json(&w, x, t);
    if (x->fix)
        fix_json(&w, x, t, crew, arena_alloc(c->arena, sizeof *t));
    jw_f64(&w, "read_ms", read - from, 1);
    jw_f64(&w, "ms", clock_ms() - from, 1);
    jw_end(&w);
    return 0;
}

int api_need_put(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_need need;
    date day;
    int rc = planner_body_day(c, q, &day);
    need_read(q, &need);
    if (!rc)
        rc = body_done(c, q);
    if (!rc)
        rc = roster_need_put(c, (outlet_id){ q->id[0] }, day, &need);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int planner_answer(int rc, int64_t id, struct buf *answer)
{
    if (!rc)
        buf_printf(answer, "{\"job\":%lld}", (long long)id);
    return rc;
}

/* ---- a roster ---- */

struct roster_ctx {
    outlet_id outlet;
    date monday;
    double seconds;
    int n;
    struct week_work keep[(ROSTER_STAFF + 64) * 7];
    int64_t staff[(ROSTER_STAFF + 64) * 7]; /* of keep: who it is, whatever the order then */
    struct roster_week *week;
};

static int read_roster(struct call *c, void *ctx)
{
    struct roster_ctx *x = ctx;
    x->week = arena_alloc(c->arena, sizeof *x->week);
    return roster_week_get(c, x->outlet, x->monday, x->week);
}

static bool watch_roster(void *ctx, const struct week_progress *p)
{
    struct planner_job *j = ctx;
    const struct roster_ctx *x = planner_ctx(j);
    planner_progress(j, (int)(p->seconds / x->seconds * 100), 100, p->best, p->bound);
    return !planner_stopping(j);
}

static int run_roster(struct planner_job *j, struct buf *out)
{
    struct roster_ctx *x = planner_ctx(j);
    struct arena *arena = planner_arena(j);
    struct week_report *report = arena_alloc(arena, sizeof *report);
    struct week_roster keep = { .n = 0 };
    struct week_answer a;
    struct jsonw w;
    int rc = planner_read(j, read_roster, x);
    if (rc)
        return rc;
    for (int i = 0; i < x->n; i++)
        for (int p = 0; p < x->week->week.n_people; p++)
            if (x->week->week.people[p].id == x->staff[i]) {
                x->keep[i].person = p;
                week_add(&keep, arena, &x->keep[i]);
            }
    struct week_order o = { .seconds = x->seconds, .watch = watch_roster, .ctx = j };
    rc = week_solve(&x->week->week, &keep, &o, arena, &a);
    if (rc)
        return rc;
    week_check(&x->week->week, &a.roster, arena, report);
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_text(&w, "state", a.state == MILP_OPTIMAL ? "optimal" : "best_so_far");
    jw_f64(&w, "gap", a.gap, 5);
    jw_f64(&w, "seconds", a.seconds, 2);
    week_work_json(&w, "work", &x->week->week, &a.roster);
    week_judged_json(&w, "report", &x->week->week, &a.roster, report);
    jw_end(&w);
    return 0;
}

int api_roster_solve(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_ctx *x = arena_alloc(c->arena, sizeof *x);
    struct roster_week *k = arena_alloc(c->arena, sizeof *k);
    struct week_roster r = { .n = 0 };
    const char *text = NULL;
    int64_t seconds = 20, id = 0;
    x->outlet.n = q->id[0];
    json_need_text(q->doc, q->body, "week", 10, &text);
    json_want_i64(q->doc, q->body, "seconds", 1, 120, &seconds);
    if (text && !date_parse(text, &x->monday))
        return call_refuse(c, BASE_BAD_INPUT, "week", "YYYY-MM-DD");
    int rc = text ? planner_near(c, "week", x->monday) : 0;
    if (!rc && text)
        rc = roster_week_get(c, x->outlet, x->monday, k);
    if (!rc && text)
        week_read(q, k, "work", c->arena, &r);
    if (!rc)
        rc = body_done(c, q);
    for (int i = 0; !rc && i < r.n && x->n < (int)COUNT(x->keep); i++)
        if (r.work[i].person >= 0) {
            x->staff[x->n] = k->week.people[r.work[i].person].id;
            x->keep[x->n++] = r.work[i];
        }
    x->seconds = (double)seconds;
    if (!rc)
        rc = planner_start(q->api->planner, q, x->outlet, "roster", run_roster, x, sizeof *x, &id);
    return planner_answer(rc, id, answer);
}
